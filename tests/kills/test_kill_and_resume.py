"""Real processes, real SIGKILL: whatever dies, the article gets finished and nothing finished is paid for again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.data_folder import warmed
from tests.support.scripted_article import HEADINGS, paced_article, step_of
from tests.support.scripted_server import ServerProcess
from writer import bootstrap
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.briefs import Brief
from writer.domain.jobs import Job, JobState, StepState
from writer.settings import read_settings

PATIENCE = 60.0
assert paced_article  # the script that the server process runs by name


@pytest.fixture
def server() -> Iterator[ServerProcess]:
    with ServerProcess("tests.support.scripted_article:paced_article") as running:
        yield running


@pytest.fixture
def environ(tmp_path: Path, server: ServerProcess) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "WRITER_DATA_DIR": str(warmed(tmp_path / "data")),
        "WRITER_OPENAI__API_KEY": "sk-of-a-test",
        "WRITER_OPENAI__BASE_URL": server.url,
        "WRITER_ROUTES": "openai:gpt-5-mini",
        "WRITER_RUNNER": "off",
    }


@contextmanager
def command(environ: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        [sys.executable, "-m", "writer", *arguments],
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def watching(environ: dict[str, str]) -> Iterator[App]:
    """An App that only looks: its runner is off."""
    app = bootstrap.build(read_settings(environ))
    try:
        yield app
    finally:
        app.close()


def sections_done(app: App, job: Job) -> set[str]:
    steps = app.jobs.steps(job.id, LOCAL_ACTOR)
    return {step.key for step in steps if step.state is StepState.DONE and step.kind == "article.section"}


def until(condition, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {PATIENCE:.0f} s: {what}")
        time.sleep(0.05)


def test_a_generate_that_is_killed_goes_on_where_it_was(environ, server, tmp_path):
    brief, out = tmp_path / "brief.yaml", tmp_path / "article.md"
    brief.write_text("topic: Harbour heat\nwords: 900\n")
    with watching(environ) as app:
        with command(environ, "generate", str(brief), "--out", str(out)) as first:
            until(lambda: app.jobs.recent(LOCAL_ACTOR), "the job is there")
            job = app.jobs.recent(LOCAL_ACTOR)[0]
            until(lambda: len(server.requests()) >= 8, "the sections are being written")
            first.send_signal(signal.SIGKILL)
        done = {step.key for step in app.jobs.steps(job.id, LOCAL_ACTOR) if step.state is StepState.DONE}
        asked = len(server.requests())

        with command(environ, "generate", str(brief), "--out", str(out)) as second:
            assert second.wait(PATIENCE) == 0

        assert not {step_of(record) for record in server.requests()[asked:]} & done
        assert [each.id for each in app.jobs.recent(LOCAL_ACTOR) if each.kind == "article"] == [job.id]
    assert all(f"\n## {heading}\n" in out.read_text() for heading in HEADINGS)


@pytest.fixture
def on_postgres(environ, postgres) -> dict[str, str]:
    return environ | {"WRITER_DATABASE_URL": postgres.migrated()}


def test_two_workers_share_an_article_and_survive_the_death_of_one(on_postgres, server):
    with watching(on_postgres) as app, command(on_postgres, "worker") as doomed, command(on_postgres, "worker") as heir:
        job = app.articles.write(Brief("Harbour heat", words=900), LOCAL_ACTOR)
        until(lambda: sum(step_of(r).startswith("section") for r in server.requests()) >= 6, "sections are asked for")
        doomed.send_signal(signal.SIGKILL)
        doomed.wait(PATIENCE)
        done = sections_done(app, job)
        asked = len(server.requests())
        until(lambda: app.jobs.get(job.id, LOCAL_ACTOR).state is JobState.DONE, "the other worker finishes it")

        assert heir.poll() is None
        assert not {step_of(record) for record in server.requests()[asked:]} & done
        draft = app.drafts.open(job.draft_id, LOCAL_ACTOR)
        assert all(section.text for section in draft.sections)
        assert len({section.key for section in draft.sections}) == len(draft.sections)


def test_work_goes_on_when_the_app_starts_again_without_a_browser(environ, server, tmp_path):
    with watching(environ) as app:
        job = app.articles.write(Brief("Harbour heat", words=900), LOCAL_ACTOR)
        assert app.jobs.get(job.id, LOCAL_ACTOR).state is JobState.RUNNING
    with command(environ, "worker"), watching(environ) as app:
        until(lambda: app.jobs.get(job.id, LOCAL_ACTOR).state is JobState.DONE, "the article is finished")
