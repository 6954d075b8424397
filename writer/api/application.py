"""Puts the API together."""

from typing import TYPE_CHECKING

from fastapi import FastAPI

from writer.api import (
    articles,
    budgets,
    checks,
    claims,
    collections,
    comments,
    draft_imports,
    drafts,
    editing,
    exports,
    gaps,
    health,
    imports,
    jobs,
    library,
    manuscripts,
    models,
    playground,
    prompts,
    publishing,
    questions,
    research,
    search,
    sources,
    usage,
    usage_files,
    versions,
    voices,
)
from writer.api.guard import Guard
from writer.api.problems import LastResort, add_problem_handlers
from writer.api.shapes import WhoAsks, the_local_owner

if TYPE_CHECKING:
    from writer.bootstrap import App


def create_api(app: "App", who: WhoAsks = the_local_owner) -> FastAPI:
    """Serve it under /api: OpenAPI is then at /api/openapi.json. No documentation page: those load from afar."""
    api = FastAPI(title="Writer", version=app.settings.version, docs_url=None, redoc_url=None)
    for resource in (
        health,
        sources,
        imports,
        collections,
        search,
        articles,
        jobs,
        drafts,
        exports,
        draft_imports,
        library,
        comments,
        voices,
        gaps,
        publishing,
        research,
        manuscripts,
        models,
        editing,
        checks,
        claims,
        questions,
        playground,
        prompts,
        usage,
        usage_files,
        budgets,
        versions,
    ):
        api.include_router(resource.routes(app, who))
    add_problem_handlers(api)
    api.add_middleware(Guard, allowed_hosts=app.settings.allowed_hosts)
    api.add_middleware(LastResort, told=app.metrics.request)
    return api
