"""Models over HTTP: those on this machine and their downloads, Ollama's, local servers, and what providers offer."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints

from writer.api.shapes import Body, WhoAsks
from writer.domain.ports.local_models import LocalChoice, Precision, Quantisation
from writer.services.jobs.events import job_json
from writer.services.models.telling import hub_model_json, local_model_json, offer_json, served_json, server_json

if TYPE_CHECKING:
    from writer.bootstrap import App

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ModelBody(Body):
    id: Name


class DownloadBody(ModelBody):
    """`revision` is the commit that was looked at; with another one on the hub by now nothing is downloaded."""

    revision: Annotated[str, StringConstraints(max_length=40)] = ""


class LoadBody(ModelBody):
    """What is left out is decided by Writer. `context` 0: all that the model can read."""

    device: Name = "auto"
    precision: Precision = Precision.AUTO
    quantisation: Quantisation = Quantisation.NONE
    context: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    together: Annotated[int, Field(ge=1, le=8)] = 4


class ServedBody(Body):
    account: Name
    model: Name


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["models"])
    _local(router, app, who)
    _memory(router, app, who)
    _served(router, app, who)
    return router


def _local(router: APIRouter, app: "App", who: WhoAsks) -> None:
    @router.get("/models")
    def listing(request: Request) -> list[dict[str, Any]]:
        """Models on this machine and on their way to it."""
        return [local_model_json(model) for model in app.models.listing(who(request))]

    @router.post("/models/find")
    def find(body: ModelBody, request: Request) -> dict[str, Any]:
        """Asks the hub. Nothing is downloaded."""
        model = app.models.find(body.id, who(request))
        return hub_model_json(model, app.models.room_for(model))

    @router.post("/models/downloads", status_code=202)
    def download(body: DownloadBody, request: Request) -> dict[str, Any]:
        return job_json(app.models.download(body.id, who(request), body.revision))

    @router.post("/models/downloads/{act}")
    def steer(act: Literal["pause", "resume", "cancel"], body: ModelBody, request: Request) -> list[dict[str, Any]]:
        by = who(request)
        {"pause": app.models.pause, "resume": app.models.resume, "cancel": app.models.cancel}[act](body.id, by)
        return [local_model_json(model) for model in app.models.listing(by)]

    @router.post("/models/delete")
    def delete(body: ModelBody, request: Request) -> list[dict[str, Any]]:
        """Its files, and its route. Not while it is in memory."""
        app.models.delete(body.id, who(request))
        return [local_model_json(model) for model in app.models.listing(who(request))]

    @router.post("/models/write-with")
    def write_with(body: ModelBody, request: Request) -> dict[str, Any]:
        """Its route is the first in the order from then on."""
        return {"route": app.models.write_with(body.id, who(request))}


def _memory(router: APIRouter, app: "App", who: WhoAsks) -> None:
    @router.post("/models/estimate")
    def estimate(body: LoadBody, request: Request) -> dict[str, Any]:
        found = app.models.estimate(body.id, _choice(body), who(request))
        return {
            "memory_bytes": found.total,
            "free_bytes": found.free,
            "fits": found.fits,
            "sentence": found.sentence,
        }

    @router.post("/models/load", status_code=202)
    def load(body: LoadBody, request: Request) -> dict[str, Any]:
        by = who(request)
        app.models.load(body.id, by, _choice(body))
        return local_model_json(app.models.get(body.id, by))

    @router.post("/models/unload")
    def unload(body: ModelBody, request: Request) -> dict[str, Any]:
        by = who(request)
        app.models.unload(body.id, by)
        return {"id": body.id, "unloaded": True}


def _served(router: APIRouter, app: "App", who: WhoAsks) -> None:
    @router.get("/models/offers")
    def offers(request: Request) -> list[dict[str, Any]]:
        """What is known; nobody is asked."""
        return [offer_json(offer) for offer in app.offers.known(who(request))]

    @router.post("/models/offers/ask")
    def ask(request: Request) -> list[dict[str, Any]]:
        """Each provider is asked for its list."""
        return [offer_json(offer) for offer in app.offers.ask(who(request))]

    @router.post("/models/servers/look")
    def look(request: Request) -> list[dict[str, Any]]:
        """Asks the usual ports of the machine that Writer runs on. Nothing is set up."""
        return [server_json(server) for server in app.local_servers.look(who(request))]

    @router.get("/models/ollama/{account}")
    def ollama(account: Name, request: Request) -> list[dict[str, Any]]:
        return [served_json(model) for model in app.served_models.models(account, who(request))]

    @router.post("/models/ollama/{act}", status_code=202)
    def begin(act: Literal["pull", "load"], body: ServedBody, request: Request) -> dict[str, Any]:
        """A job, with its progress."""
        begun = app.served_models.pull if act == "pull" else app.served_models.load
        return job_json(begun(body.account, body.model, who(request)))

    @router.post("/models/ollama/now/{act}")
    def now(act: Literal["unload", "delete"], body: ServedBody, request: Request) -> list[dict[str, Any]]:
        done = app.served_models.unload if act == "unload" else app.served_models.delete
        done(body.account, body.model, who(request))
        return [served_json(model) for model in app.served_models.models(body.account, who(request))]


def _choice(body: LoadBody) -> LocalChoice:
    return LocalChoice(body.device, body.precision, body.quantisation, body.context, body.together)
