"""`publish`: a draft to a site that was set up in Settings, or, with --dry-run, what would be sent."""

import argparse
from datetime import datetime
from typing import TYPE_CHECKING

from writer.cli.console import DONE, PROVIDER_FAILED, STOPPED, UNEXPECTED, emit, opened, say, show, stoppable
from writer.domain.actors import LOCAL_ACTOR

if TYPE_CHECKING:
    from writer.bootstrap import App
    from writer.cli.console import Commands
    from writer.domain.jobs import Job
    from writer.domain.publishing import Publication
    from writer.services.publishing import Preview, Wishes


def add_to(commands: "Commands") -> None:
    publish = commands.add_parser("publish", help="send a draft to a WordPress or Ghost site")
    publish.add_argument("draft", metavar="DRAFT", help="the id of a draft")
    publish.add_argument("--to", required=True, metavar="SITE", help="the name or id of a site from Settings")
    publish.add_argument("--dry-run", action="store_true", help="say what would be sent, and send nothing")
    publish.add_argument(
        "--as", dest="stage", choices=("draft", "scheduled", "published"), help="default: a draft, later as it is there"
    )
    publish.add_argument("--at", default="", metavar="TIME", help="when it appears, such as 2031-05-04T08:00+02:00")
    publish.add_argument("--title", help="another title than the draft's")
    publish.add_argument("--slug", help="the end of the address")
    publish.add_argument("--excerpt", help="another excerpt than the draft's description")
    publish.add_argument(
        "--tag", action="append", metavar="TAG", help="a tag instead of the draft's; may be given again"
    )
    publish.add_argument(
        "--overwrite", default="", metavar="VERSION", help="what --dry-run said of a change on the site"
    )
    publish.add_argument("--json", action="store_true", help="one JSON document on standard output")
    publish.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from writer.services.publishing.telling import preview_json, publication_json

    with stoppable(), opened(start=not args.dry_run) as app:
        if args.dry_run:
            preview = app.publishing.preview(args.draft, args.to, LOCAL_ACTOR, _wishes(args))
            emit(preview_json(preview)) if args.json else _print(preview)
            return DONE
        begun = app.publishing.publish(args.draft, args.to, LOCAL_ACTOR, _wishes(args), overwrite=args.overwrite)
        job = _followed(app, begun)
        publication = app.publishing.get(begun.id, LOCAL_ACTOR)
        if args.json:
            emit(publication_json(publication))
        elif job.state == "done":
            show(publication.url)
        return _code(app, job)


def _followed(app: "App", publication: "Publication") -> "Job":
    try:
        for _ in app.jobs.follow(publication.job_id, LOCAL_ACTOR):
            pass
    except KeyboardInterrupt:
        app.jobs.stop(publication.job_id, LOCAL_ACTOR)
        say("Stopped. The same command goes on with the same post.")
    return app.jobs.get(publication.job_id, LOCAL_ACTOR)


def _wishes(args: argparse.Namespace) -> "Wishes":
    from writer.domain.publishing import Stage
    from writer.services.publishing import Wishes

    return Wishes(
        stage=Stage(args.stage) if args.stage else None,
        at=_time(args.at) if args.at else None,
        title=args.title,
        slug=args.slug,
        excerpt=args.excerpt,
        tags=tuple(args.tag) if args.tag is not None else None,
    )


def _time(text: str) -> datetime:
    from writer.domain.errors import UserMistake

    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise UserMistake(f"“{text[:40]}” is no time: write it like 2031-05-04T08:00+02:00.") from None


def _print(preview: "Preview") -> None:
    post = preview.post
    say(f"Nothing was sent. To {preview.site.name} would go {'a new post' if preview.is_new else 'an update'}:")
    for name, value in (
        ("title", post.title),
        ("address", post.slug),
        ("state", post.stage.value.replace("_", " ")),
        ("at", post.at.isoformat() if post.at else ""),
        ("excerpt", post.excerpt),
        ("tags", ", ".join(post.tags)),
    ):
        if value:
            say(f"  {name}: {value}")
    say(
        f"  pictures: {len(preview.pictures)}"
        + (f", only linked: {', '.join(preview.linked)}" if preview.linked else "")
    )
    for change in preview.changes:
        say(f"  changes {change.field}: {' '.join(change.before.split())} → {change.after}")
    if preview.overwrite:
        say(f"The post on the site is not as it was sent. To go on: --overwrite {preview.overwrite!r}")
    show(post.html)


def _code(app: "App", job: "Job") -> int:
    from writer.cli.reports import failed_by_provider
    from writer.domain.jobs import JobState

    if job.state is JobState.FAILED:
        say(job.error)
        return PROVIDER_FAILED if failed_by_provider(app.jobs.steps(job.id, LOCAL_ACTOR)) else UNEXPECTED
    return {JobState.DONE: DONE, JobState.STOPPED: STOPPED}.get(job.state, UNEXPECTED)
