"""Voices over HTTP: learnt from samples, renamed, held against a text."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field

from writer.api.shapes import Body, Id, Line, Text, WhoAsks
from writer.domain.voices import Voice, described

if TYPE_CHECKING:
    from writer.bootstrap import App


class VoiceBody(Body):
    name: Line
    samples: Annotated[list[Text], Field(min_length=1, max_length=50)]


class NameBody(Body):
    name: Line


class UseBody(Body):
    voice: Line


class TextBody(Body):
    text: Text


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["voices"])

    @router.get("/voices")
    def voices(request: Request) -> list[dict[str, Any]]:
        return [voice_json(voice) for voice in app.voices.listing(who(request))]

    @router.post("/voices", status_code=201)
    def learn(body: VoiceBody, request: Request) -> dict[str, Any]:
        """Measured from three or more samples, which are not kept."""
        return voice_json(app.voices.learn(body.name, body.samples, who(request)))

    @router.patch("/voices/{voice_id}")
    def rename(voice_id: Id, body: NameBody, request: Request) -> dict[str, Any]:
        return voice_json(app.voices.rename(voice_id, body.name, who(request)))

    @router.delete("/voices/{voice_id}", status_code=204)
    def delete(voice_id: Id, request: Request) -> None:
        app.voices.delete(voice_id, who(request))

    @router.post("/voices/{voice_id}/distances")
    def distances(voice_id: Id, body: TextBody, request: Request) -> list[dict[str, Any]]:
        """How far each paragraph is from the voice: about 1 for the writer's own."""
        return [asdict(one) for one in app.voices.distances(voice_id, body.text, who(request))]

    @router.put("/drafts/{draft_id}/voice")
    def use(draft_id: Id, body: UseBody, request: Request) -> dict[str, Any]:
        """What is written and changed in the draft from now on is asked for in this voice; "" for none."""
        draft = app.voices.use(draft_id, body.voice, who(request))
        return {"id": draft.id, "revision": draft.revision, "voice": draft.brief.voice}

    return router


def voice_json(voice: Voice) -> dict[str, Any]:
    values = {name: value for name, value in asdict(voice).items() if name != "owner_id"}
    return {**values, "description": described(voice.profile)}
