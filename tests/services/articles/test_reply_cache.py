"""The whole App with the setting on and off, over a scripted model on real sockets."""

from pathlib import Path

import pytest

from tests.support.scripted_article import quick
from tests.support.scripted_server import ScriptedServer
from writer.bootstrap import App, build
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.briefs import Brief
from writer.domain.jobs import JobState
from writer.domain.usage import UsageEvent
from writer.settings import read_settings

BRIEF = Brief("Tidal power in harbour towns", words=300)


def written(app: App) -> tuple[str, list[UsageEvent]]:
    job = app.articles.write(BRIEF, LOCAL_ACTOR)
    for _ in app.jobs.follow(job.id, LOCAL_ACTOR):
        pass
    assert app.jobs.get(job.id, LOCAL_ACTOR).state is JobState.DONE
    return job.draft_id, app.usage.calls(LOCAL_ACTOR, job_id=job.id)


@pytest.mark.parametrize("setting", ["on", "off"])
def test_a_question_that_was_answered_is_asked_again_only_without_the_cache(setting: str, tmp_path: Path) -> None:
    with ScriptedServer(quick) as server:
        environ = {"WRITER_OPENAI__BASE_URL": server.url, "WRITER_ROUTES": "openai:scripted-1"}
        app = build(read_settings({**environ, "WRITER_DATA_DIR": str(tmp_path), "WRITER_REPLY_CACHE": setting}))
        app.start()
        try:
            first, paid = written(app)
            app.drafts.trash(first, LOCAL_ACTOR)
            asked = len(server.requests)
            _, again = written(app)
            asked_again = len(server.requests) - asked
        finally:
            app.close()

    assert not any(call.cached for call in paid)
    assert again
    assert (asked_again == 0) is (setting == "on")
    assert all(call.cached for call in again) is (setting == "on")
    if setting == "on":
        assert {(call.cost_micros, call.tokens.input, call.tokens.output) for call in again} == {(0, 0, 0)}
