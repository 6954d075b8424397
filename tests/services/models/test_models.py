"""Models of a real App, from a hub-like server, to the disk and into memory."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.providers.conftest import build_tiny_model
from tests.support import hub_server
from tests.support.hub_server import Fault, HubSite, a_model
from writer.bootstrap import App, build
from writer.domain.actors import LOCAL_ACTOR, Actor
from writer.domain.errors import NotFound, UserMistake
from writer.domain.models import MARGIN_BYTES, HubFile, HubModel, ModelState, Progress, wanted
from writer.domain.ports.settings import ProviderAccount
from writer.hub import Disk
from writer.services.models import Models, ProgressBoard
from writer.services.models.progress import STALLED_S, said
from writer.settings import read_settings

NAME, WEIGHTS = "org/tiny", "model.safetensors"
BY = LOCAL_ACTOR


@pytest.fixture
def hub() -> Iterator[HubSite]:
    with hub_server.serving(HubSite({NAME: a_model()})) as site:
        yield site


@contextmanager
def opened(folder: Path, hub: HubSite) -> Iterator[App]:
    environ = {
        "HOME": str(folder),
        "WRITER_DATA_DIR": str(folder / "data"),
        "WRITER_HUB_URL": hub.url,
        "WRITER_FETCH_HOSTS": f"localhost:{hub.port}",
    }
    app = build(read_settings(environ))
    app.start()
    try:
        yield app
    finally:
        app.close()


@pytest.fixture
def app(tmp_path: Path, hub: HubSite) -> Iterator[App]:
    with opened(tmp_path, hub) as built:
        yield built


def when(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until
        threading.Event().wait(0.02)


def state(app: App) -> ModelState:
    found = [model.state for model in app.models.listing(BY) if model.id == NAME]
    return found[0] if found else ModelState.NOT_DOWNLOADED


def stalled(app: App, hub: HubSite, after: int = 60_000) -> None:
    """A download that came so far and no further."""
    hub.faults.append(Fault(WEIGHTS, "stall", after))
    app.models.download(NAME, BY)
    when(lambda: _held(app) > after)


def _held(app: App) -> int:
    progress = app.models.get(NAME, BY).progress
    return progress.done if progress else 0


def test_a_download_goes_on_by_itself_after_a_restart(tmp_path: Path, hub: HubSite) -> None:
    with opened(tmp_path, hub) as app:
        stalled(app, hub)

    with opened(tmp_path, hub) as app:
        when(lambda: state(app) is ModelState.DOWNLOADED)

    first, second = hub.asked_for(WEIGHTS)
    assert "range" not in first.headers
    assert second.headers["range"].startswith("bytes=6")


def test_a_paused_download_stays_paused_over_a_restart_and_keeps_what_came(tmp_path: Path, hub: HubSite) -> None:
    with opened(tmp_path, hub) as app:
        stalled(app, hub)
        app.models.pause(NAME, BY)
        when(lambda: state(app) is ModelState.PAUSED)

    with opened(tmp_path, hub) as app:
        assert state(app) is ModelState.PAUSED
        assert _held(app) > 60_000
        app.models.resume(NAME, BY)
        when(lambda: state(app) is ModelState.DOWNLOADED)


def test_pause_and_resume_at_once_never_write_side_by_side(app: App, hub: HubSite) -> None:
    stalled(app, hub)

    for _ in range(3):
        app.models.pause(NAME, BY)
        app.models.resume(NAME, BY)

    when(lambda: state(app) is ModelState.DOWNLOADED)
    folder = Path(app.models.get(NAME, BY).stored.folder)
    assert (folder / WEIGHTS).read_bytes() == hub.models[NAME][WEIGHTS]


def test_a_cancelled_download_is_gone_while_it_was_still_coming(app: App, hub: HubSite) -> None:
    stalled(app, hub)

    app.models.cancel(NAME, BY)

    assert state(app) is ModelState.NOT_DOWNLOADED
    app.models.download(NAME, BY)
    when(lambda: state(app) is ModelState.DOWNLOADED)


def test_a_failed_download_says_why_and_goes_on_when_asked(app: App, hub: HubSite) -> None:
    hub.faults.append(Fault(WEIGHTS, "garbled"))
    app.models.download(NAME, BY)
    when(lambda: state(app) is ModelState.FAILED)
    assert "is not the file that" in app.models.get(NAME, BY).trouble

    app.models.resume(NAME, BY)

    when(lambda: state(app) is ModelState.DOWNLOADED)


def test_a_download_is_begun_once_and_two_at_most_run_at_a_time(app: App, hub: HubSite) -> None:
    hub.models |= {"org/two": a_model(), "org/three": a_model()}
    hub.faults += [Fault(f"{name}/{WEIGHTS}", "stall", 50_000) for name in (NAME, "org/two")]

    first = app.models.download(NAME, BY)
    assert app.models.download(NAME, BY).id == first.id
    app.models.download("org/two", BY)

    with pytest.raises(UserMistake, match="2 models are being downloaded"):
        app.models.download("org/three", BY)


def test_another_persons_download_cannot_be_steered(app: App, hub: HubSite) -> None:
    stalled(app, hub)
    other = Actor("grace")

    with pytest.raises(NotFound):
        app.models.pause(NAME, other)
    with pytest.raises(UserMistake, match="Somebody else"):
        app.models.cancel(NAME, other)

    assert state(app) is ModelState.DOWNLOADING


def test_a_disk_without_room_is_told_before_anything_is_downloaded(app: App, hub: HubSite, tmp_path: Path) -> None:
    whole = app.models.find(NAME, BY).size

    def models(free: int) -> Models:
        disk = Disk(tmp_path / "elsewhere", free=lambda folder: free)
        parts = (app.models.runtime, None, None, app.providers, ProgressBoard())
        return Models(_Describing(hub), disk, *parts, stop=app.jobs.stop, wake=app.jobs.wake)

    model = app.models.find(NAME, BY)
    assert models(whole + MARGIN_BYTES).room_for(model) == ""
    assert "needs 500.2 MB of free disk" in models(whole + MARGIN_BYTES - 1).room_for(model)


class _Describing:
    def __init__(self, site: HubSite) -> None:
        self.host = site.host


def test_a_model_is_downloaded_loaded_written_with_and_deleted(app: App, hub: HubSite, tmp_path: Path) -> None:
    made = build_tiny_model(tmp_path / "made", context=40)  # room for a reply of a few tokens
    hub.models[NAME] = {path.name: path.read_bytes() for path in made.iterdir()}
    app.models.download(NAME, BY)
    when(lambda: state(app) is ModelState.DOWNLOADED)

    app.models.load(NAME, BY)
    when(lambda: state(app) is ModelState.LOADED)
    with pytest.raises(UserMistake, match="Unload it first"):
        app.models.delete(NAME, BY)
    route = app.models.write_with(NAME, BY)
    report = app.providers.test(route, BY)

    assert report.ok, report.sentence
    assert app.providers.routes(BY)[0] == route
    assert app.models.unload(NAME, BY)
    when(lambda: state(app) is ModelState.DOWNLOADED)
    app.models.delete(NAME, BY)
    assert app.models.listing(BY) == []
    assert app.providers.accounts(BY) == []
    assert app.providers.routes(BY) == []


def test_writing_with_a_second_model_keeps_the_first_and_its_account(app: App, hub: HubSite) -> None:
    hub.models["org/two"] = a_model()
    app.providers.save(ProviderAccount("at-home", "huggingface", models=("/models/mine",)), BY)
    for name in (NAME, "org/two"):
        job = app.models.download(name, BY)
        when(lambda job=job: app.jobs.get(job.id, BY).state.is_over)
        app.models.write_with(name, BY)

    app.models.delete("org/two", BY)

    assert app.providers.accounts(BY)[0].models == ("/models/mine", NAME)
    assert app.providers.routes(BY)[0] == f"at-home:{NAME}"


@pytest.mark.parametrize("token", ["with blanks in it", "ünknown", "a\nb", "x" * 600])
def test_a_token_that_is_none_is_refused(app: App, token: str) -> None:
    with pytest.raises(UserMistake, match="access token"):
        app.models.set_token(token, BY)


def test_progress_is_told_in_words_and_its_rate_ends_with_the_bytes() -> None:
    now = 100.0
    board = ProgressBoard(clock=lambda: now)
    board.put(NAME, Progress(1_200_000_000, 3_100_000_000, 24_000_000.0))
    first = board.of(NAME)
    now += STALLED_S
    later = board.of(NAME)

    assert first is not None
    assert later is not None
    assert said(first) == "1.2 GB of 3.1 GB · 24.0 MB a second · about 79 s left"
    assert said(later) == "1.2 GB of 3.1 GB"


def test_a_repository_with_two_copies_of_its_weights_is_downloaded_once() -> None:

    names = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "consolidated.safetensors")
    taken, left_out = wanted([HubFile(name, 1, "a" * 64) for name in names])

    assert [file.name for file in taken] == list(names[:2])
    assert left_out == ("consolidated.safetensors",)
    assert HubModel("a", "b" * 40, taken).obstacle.startswith("a has no config.json")
