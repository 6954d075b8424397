"""The whole App with the setting on and off, over a scripted model on real sockets."""

from pathlib import Path

import pytest

from tests.providers.doubles import ScriptedProvider
from tests.support.data_folder import warmed
from tests.support.reply_memory import Memory
from tests.support.scripted_article import quick
from tests.support.scripted_server import ScriptedServer
from writer.bootstrap import App, build
from writer.domain.actors import LOCAL_ACTOR, Actor
from writer.domain.briefs import Brief
from writer.domain.completions import Caller, CompletionRequest, Message, Purpose
from writer.domain.jobs import JobState
from writer.domain.usage import UsageEvent
from writer.providers.cached import Cached
from writer.services.articles.asking import KEPT_REPLY, Asking, Hidden
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
        app = build(read_settings({**environ, "WRITER_DATA_DIR": str(warmed(tmp_path)), "WRITER_REPLY_CACHE": setting}))
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


def test_each_person_chooses_and_replies_are_kept_over_a_restart(tmp_path: Path) -> None:
    with ScriptedServer(quick) as server:
        environ = {"WRITER_OPENAI__BASE_URL": server.url, "WRITER_ROUTES": "openai:scripted-1"}
        settings = read_settings({**environ, "WRITER_DATA_DIR": str(warmed(tmp_path))})
        app = build(settings)
        app.reply_cache.choose(True, LOCAL_ACTOR)
        assert app.reply_cache.is_on(LOCAL_ACTOR)
        assert not app.reply_cache.is_on(Actor("bob"))
        app.start()
        first, _ = written(app)
        app.drafts.trash(first, LOCAL_ACTOR)
        app.close()
        asked = len(server.requests)

        app = build(settings)
        app.start()
        try:
            _, calls = written(app)
            assert len(server.requests) == asked
            assert all(call.cached for call in calls)
            assert app.reply_cache.kept(LOCAL_ACTOR).replies > 0

            app.reply_cache.clear(LOCAL_ACTOR)
            assert app.reply_cache.kept(LOCAL_ACTOR).replies == 0
        finally:
            app.close()


async def test_a_kept_reply_says_so_to_whoever_reads_it() -> None:
    request = CompletionRequest((Message("user", "Why?"),), Purpose.SECTION, Caller("ada"))
    asking = Asking(Cached(ScriptedProvider(["Because it is so."]), Memory(), "test:model", lambda call: None))

    first = await asking.prose(request, Hidden(), 10)
    again = await asking.prose(request, Hidden(), 10)

    assert (first.text, first.notes) == ("Because it is so.", ())
    assert (again.text, again.notes) == ("Because it is so.", (KEPT_REPLY,))
