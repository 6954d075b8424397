"""Questions as a model puts them: validated, asked for once more when they cannot be used."""

from pydantic import BaseModel, ConfigDict, ValidationError

from writer.domain.briefs import Brief
from writer.domain.completions import Caller, CompletionRequest, Provider, Purpose
from writer.domain.errors import ReplyInvalid
from writer.domain.research import Question
from writer.domain.text import words
from writer.services.articles import material
from writer.services.articles.asking import Asking, said
from writer.services.articles.content_types import type_of
from writer.services.articles.prompts import prompts
from writer.services.articles.replies import json_in
from writer.services.articles.section_writing import ROOM_TO_THINK
from writer.services.research.questions import MOST, MOST_CHARACTERS

_FEWEST = 3
_TOKENS = ROOM_TO_THINK + 1_500
SCHEMA = (
    '{"additionalProperties":false,"properties":{"perspectives":{"items":{"additionalProperties":false,"properties":'
    '{"name":{"type":"string"},"questions":{"items":{"type":"string"},"type":"array"}},"required":["name","questions"],'
    '"type":"object"},"type":"array"}},"required":["perspectives"],"type":"object"}'
)


class _Perspective(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)
    name: str
    questions: list[str]


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore")
    perspectives: list[_Perspective]


class ModelQuestions:
    def __init__(self, provider: Provider) -> None:
        self._asking = Asking(provider)

    async def of(self, brief: Brief, caller: Caller) -> list[Question]:
        """The writer's own questions first. Raises ReplyInvalid when two replies cannot be used."""
        prompt = prompts()["research"]
        request = CompletionRequest(
            prompt.messages(brief=material.brief_text(brief), content_type=material.type_text(type_of(brief))),
            Purpose.RESEARCH,
            caller,
            max_output_tokens=_TOKENS,
            reply_schema=SCHEMA,
            prompt_version=prompt.version,
        )
        reply = await self._asking.value(request)
        found = questions_in(reply.text, brief)
        if len(found) < _FEWEST:
            fault = "it does not hold three questions in that form."
            again = said(request, reply.text, prompts()["research-again"].messages(fault=fault))
            reply = await self._asking.value(again)
            found = questions_in(reply.text, brief)
        if len(found) < _FEWEST:
            raise ReplyInvalid(f"{reply.route} was asked twice and gave no research questions that can be used.")
        return found


def questions_in(text: str, brief: Brief) -> list[Question]:
    """None when the reply is not of the form; each question once, on one line."""
    try:
        reply = _Reply.model_validate(json_in(text))
    except ValidationError:
        return []
    asked = [(p.name, question) for p in reply.perspectives for question in p.questions]
    found: dict[tuple[str, ...], Question] = {}
    for name, question in (*(("writer", own) for own in brief.questions), *asked):
        line = " ".join(question.split())[:MOST_CHARACTERS]
        key = tuple(words(line))
        if key and len(found) < MOST:
            found.setdefault(key, Question(line, " ".join(name.split())[:40].lower() or "reader"))
    return list(found.values()) if asked else []
