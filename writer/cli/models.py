"""`models`: those on this machine, downloads from the hub, and deleting."""

import argparse
from typing import TYPE_CHECKING

from writer.cli.console import DONE, PROVIDER_FAILED, STOPPED, UNEXPECTED, emit, opened, say, show, stoppable
from writer.domain.actors import LOCAL_ACTOR

if TYPE_CHECKING:
    from writer.bootstrap import App
    from writer.cli.console import Commands
    from writer.domain.models import HubModel


def add_to(commands: "Commands") -> None:
    models = commands.add_parser("models", help="models that run on this machine: list, download, delete")
    models.add_argument("model", nargs="?", metavar="MODEL", help="a model of the hub: ask what it is made of")
    what = models.add_mutually_exclusive_group()
    what.add_argument("--download", action="store_true", help="download it; the same command goes on with a broken one")
    what.add_argument("--delete", action="store_true", help="delete it from this machine")
    what.add_argument("--write-with", action="store_true", help="make it the first that writes")
    models.add_argument("--json", action="store_true", help="one JSON document on standard output")
    models.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from writer.domain.errors import UserMistake

    if not args.model and (args.download or args.delete or args.write_with):
        raise UserMistake("Say which model: python -m writer models MODEL --download.")
    with stoppable(), opened(start=args.download) as app:
        if args.download:
            return _download(app, args.model, as_json=args.json)
        if args.delete:
            app.models.delete(args.model, LOCAL_ACTOR)
            say("Deleted.")
        elif args.write_with:
            say(f"{app.models.write_with(args.model, LOCAL_ACTOR)} writes from now on.")
        elif args.model:
            return _find(app, args.model, as_json=args.json)
        return _list(app, as_json=args.json)


def _list(app: "App", *, as_json: bool) -> int:
    from writer.domain.models import said_bytes
    from writer.services.models.telling import local_model_json

    models = app.models.listing(LOCAL_ACTOR)
    if as_json:
        emit([local_model_json(model) for model in models])
        return DONE
    for model in models:
        show(f"{model.id}  {model.state.value}  {said_bytes(model.size)}  {model.licence or 'licence not stated'}")
    if not models:
        say("No model is on this machine.")
    return DONE


def _find(app: "App", name: str, *, as_json: bool) -> int:
    from writer.services.models.telling import hub_model_json

    model = app.models.find(name, LOCAL_ACTOR)
    lacking = app.models.room_for(model)
    if as_json:
        emit(hub_model_json(model, lacking))
    else:
        _print(model, lacking)
    return DONE


def _print(model: "HubModel", lacking: str) -> None:
    from writer.domain.models import said_bytes

    show(f"{model.id}: {said_bytes(model.size)}, licence {model.licence or 'not stated'}")
    for file in model.files:
        show(f"  {file.name}  {said_bytes(file.size)}")
    if model.gated:
        say("It is gated: accept its terms on the hub, and save an access token on the page Models.")
    if model.obstacle or lacking:
        say(model.obstacle or lacking)


def _download(app: "App", name: str, *, as_json: bool) -> int:
    from writer.cli.reports import failed_by_provider
    from writer.domain.errors import NotFound
    from writer.domain.jobs import JobState
    from writer.services.models.telling import local_model_json

    try:
        job = app.models.resume(name, LOCAL_ACTOR)
    except NotFound:
        job = app.models.download(name, LOCAL_ACTOR)
    model_id = str(job.args["model"])
    try:
        for _ in app.jobs.follow(job.id, LOCAL_ACTOR):
            _tell(app, model_id)
    except KeyboardInterrupt:
        app.models.pause(model_id, LOCAL_ACTOR)
        say("Paused. The same command goes on where it stopped.")
    job = app.jobs.get(job.id, LOCAL_ACTOR)
    if job.state is JobState.FAILED:
        say(job.error)
        return PROVIDER_FAILED if failed_by_provider(app.jobs.steps(job.id, LOCAL_ACTOR)) else UNEXPECTED
    if job.state is JobState.DONE and as_json:
        emit(local_model_json(app.models.get(model_id, LOCAL_ACTOR)))
    return {JobState.DONE: DONE, JobState.STOPPED: STOPPED}.get(job.state, UNEXPECTED)


def _tell(app: "App", model_id: str) -> None:
    from writer.services.models.progress import said

    for model in app.models.listing(LOCAL_ACTOR):
        if model.id == model_id and model.progress:
            say(said(model.progress))
