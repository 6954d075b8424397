"""Files and folders into sources, waiting until each can be searched."""

from pathlib import Path
from typing import TYPE_CHECKING

from writer.cli.console import say
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.errors import SourceRefused, UserMistake
from writer.domain.jobs import JobState
from writer.domain.sources import Source

if TYPE_CHECKING:
    from writer.bootstrap import App

SUFFIXES = (".txt", ".md", ".markdown", ".pdf")


def ingested(app: "App", paths: list[Path]) -> list[Source]:
    """Each as it is at the end. What cannot become a source is said and left out."""
    added = [source for path in files_of(paths) if (source := _added(app, path)) is not None]
    return [_settled(app, source) for source in added]


def settle_library(app: "App") -> None:
    """Waits for the sources that are being read."""
    for source in reversed(app.sources.listing(LOCAL_ACTOR)):
        if not source.state.is_settled:
            _settled(app, source)


def files_of(paths: list[Path]) -> list[Path]:
    """A folder stands for the documents in it and below, by name; hidden ones are left alone."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
            found += [file for file in inside if not any(p.startswith(".") for p in file.relative_to(path).parts)]
        elif path.is_file():
            found.append(path)
        else:
            raise UserMistake(f"There is no file or folder {path}.")
    if not found:
        raise UserMistake("There are no documents in these folders: Writer reads TXT, Markdown and PDF.")
    return found


def _added(app: "App", path: Path) -> Source | None:
    try:
        with path.open("rb") as content:
            return app.sources.add_file(path.name, content, LOCAL_ACTOR)
    except SourceRefused as error:
        say(f"  {path}: {error}")
    except OSError as error:
        say(f"  {path} cannot be read: {error.strerror}.")
    return None


def _settled(app: "App", source: Source) -> Source:
    job = app.jobs.for_source(source.id, LOCAL_ACTOR)
    if job is not None and job.state is JobState.STOPPED:
        app.sources.retry(source.id, LOCAL_ACTOR)
        job = app.jobs.for_source(source.id, LOCAL_ACTOR)
    if job is not None:
        for _ in app.jobs.follow(job.id, LOCAL_ACTOR):
            pass
    now = app.sources.get(source.id, LOCAL_ACTOR)
    note = f": {now.note}" if now.note else ""
    say(f"  {now.label} {now.title}: {now.state.value}, {now.passages} passages{note}")
    return now
