"""A request in the words that a model was trained on. Its folder's template comes from strangers: it is run in jinja's
sandbox by transformers, and what a person or a document wrote cannot become one of the model's control tokens."""

from dataclasses import dataclass
from typing import Any

from writer.domain.completions import CompletionRequest
from writer.providers.schemas import in_words

Messages = list[dict[str, str]]
_SPEAKERS = {"system": "Instructions", "user": "Question", "assistant": "Answer"}


@dataclass(frozen=True, slots=True)
class Prompt:
    """`stops`: texts with which a model that knows no end of a turn would begin the other side's."""

    ids: list[int]
    stops: tuple[str, ...] = ()


def prompt(tokenizer: Any, request: CompletionRequest) -> Prompt:
    messages = [{"role": message.role, "content": message.content} for message in request.messages]
    if request.reply_schema:
        messages.insert(0, {"role": "system", "content": in_words(request.reply_schema)})
    if tokenizer.chat_template:
        for wording in (messages, _alternating(messages)):
            if (ids := _templated(tokenizer, wording)) is not None:
                return Prompt(ids)
    return _plain(tokenizer, messages)


def _templated(tokenizer: Any, messages: Messages) -> list[int] | None:
    """None where the template refuses these roles, or cannot be run."""
    from jinja2.exceptions import TemplateError

    try:
        found = tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_dict=True, sanitize_control_tokens=True
        )
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError):
        return None
    return list(found["input_ids"]) or None


def _alternating(messages: Messages) -> Messages:
    """For templates that know no system role, or want the two sides to take turns."""
    turns: Messages = []
    for message in messages:
        role = "user" if message["role"] == "system" else message["role"]
        if turns and turns[-1]["role"] == role:
            turns[-1] = {"role": role, "content": f"{turns[-1]['content']}\n\n{message['content']}"}
        else:
            turns.append({"role": role, "content": message["content"]})
    return turns


def _plain(tokenizer: Any, messages: Messages) -> Prompt:
    said = [f"{_SPEAKERS[message['role']]}:\n{message['content']}" for message in messages]
    text = "\n\n".join([*said, f"{_SPEAKERS['assistant']}:\n"])
    stops = tuple(f"\n\n{speaker}:\n" for speaker in _SPEAKERS.values())
    return Prompt(list(tokenizer(text, split_special_tokens=True)["input_ids"]), stops)
