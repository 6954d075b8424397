"""Imports over HTTP: addresses, a sitemap or a folder in, a job out that tells of each place what came of it."""

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import Field

from writer.api.shapes import Body, Id, Line, Number, WhoAsks, source_json
from writer.domain.actors import Actor
from writer.domain.errors import UserMistake
from writer.domain.imports import FETCH_LIMIT, MOST_ADDRESSES, Import, ImportOutcome, ImportRow
from writer.domain.jobs import Job
from writer.services.jobs.events import job_json

if TYPE_CHECKING:
    from writer.bootstrap import App


class ImportBody(Body):
    """One of `addresses`, `sitemap` and `folder`. `limit`: addresses that are asked for at most. `collection`: the id
    or name of one that takes in what comes of it."""

    addresses: Annotated[list[Line], Field(min_length=1, max_length=MOST_ADDRESSES)] | None = None
    sitemap: Line | None = None
    folder: Line | None = None
    limit: int = Field(FETCH_LIMIT, ge=1, le=MOST_ADDRESSES)
    collection: Line | Annotated[int, Field(strict=True)] | None = None


class AgainBody(Body):
    only_refused: bool = False


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["imports"])

    def told(job: Job, request: Request, response: Response) -> dict[str, Any]:
        response.headers["Location"] = f"{request.scope.get('root_path', '')}/imports/{job.id}"
        return import_json(app.sources.one_import(job.id, who(request)))

    @router.post("/imports", status_code=202)
    def start(body: ImportBody, request: Request, response: Response) -> dict[str, Any]:
        """The same import that is still at work is that import."""
        return told(_started(app, body, who(request)), request, response)

    @router.get("/imports")
    def listing(request: Request, limit: int = 50) -> list[dict[str, Any]]:
        """Newest first, without their places."""
        return [import_json(one, rows=False) for one in app.sources.imports(who(request), max(1, min(limit, 200)))]

    @router.get("/imports/{import_id}")
    def get(import_id: Id, request: Request) -> dict[str, Any]:
        return import_json(app.sources.one_import(import_id, who(request)))

    @router.post("/imports/{import_id}/stop")
    def stop(import_id: Id, request: Request) -> dict[str, Any]:
        """What was taken in stays; the rest can go on with /jobs/{job_id}/resume."""
        by = who(request)
        app.jobs.stop(app.sources.one_import(import_id, by).job.id, by)
        return import_json(app.sources.one_import(import_id, by))

    @router.post("/imports/{import_id}/again", status_code=202)
    def again(import_id: Id, request: Request, response: Response, body: AgainBody | None = None) -> dict[str, Any]:
        """Looks for changes in the same places, or asks once more for those that were refused."""
        only_refused = body is not None and body.only_refused
        return told(app.sources.import_again(import_id, who(request), only_refused=only_refused), request, response)

    @router.post("/sources/{source_id}/sync", status_code=202)
    def sync(source_id: Number, request: Request, response: Response) -> dict[str, Any]:
        """Asks the source's web page again, and takes in what changed."""
        by = who(request)
        app.sources.get(source_id, by)
        return told(app.sources.sync(by, [source_id]), request, response)

    @router.post("/sources/{source_id}/retry", status_code=202)
    def retry(source_id: Number, request: Request) -> dict[str, Any]:
        """Does again the step that failed or was stopped, and what comes after it."""
        return source_json(app.sources.retry(source_id, who(request)))

    return router


def _started(app: "App", body: ImportBody, by: Actor) -> Job:
    into = app.collections.ids_of([body.collection], by)[0] if body.collection is not None else None
    match (body.addresses, body.sitemap, body.folder):
        case (list() as addresses, None, None):
            return app.sources.add_addresses("\n".join(addresses), by, body.limit, into)
        case (None, str() as sitemap, None):
            return app.sources.add_sitemap(sitemap, by, body.limit, into)
        case (None, None, str() as folder):
            return app.sources.add_folder(folder, by, into)
    raise UserMistake("Give one of “addresses”, “sitemap” and “folder”.")


def import_json(one: Import, *, rows: bool = True) -> dict[str, Any]:
    found = {
        **job_json(one.job),
        "what": one.what,
        "doing": one.doing,
        "done": one.done,
        "of": len(one.rows),
        "counts": {outcome.value: one.count(outcome) for outcome in ImportOutcome},
    }
    return found | ({"places": [_row_json(row) for row in one.rows]} if rows else {})


def _row_json(row: ImportRow) -> dict[str, Any]:
    return {
        "place": row.place,
        "state": row.state.value,
        "outcome": row.outcome.value if row.outcome else None,
        "sentence": row.sentence,
        "source_id": row.source_id or None,
    }
