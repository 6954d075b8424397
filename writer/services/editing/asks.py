"""A request as it came from the editor: what cannot work is refused before anything is streamed or paid for."""

import hashlib
import re
from dataclasses import dataclass

from writer.domain.errors import NotFound, UserMistake
from writer.services.editing.actions import ACTIONS, PASSES, Action, Pass

MAX_SELECTION = 60_000
MAX_CONTEXT = 20_000
MAX_WHOLE = 2_000_000
_SHOWN_CONTEXT = 4_000
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_LANGUAGE = re.compile(r"[^\W\d_][\w ().-]{1,39}")


@dataclass(frozen=True, slots=True)
class Ask:
    """`text` is the selection; `before` and `after` are read only. `route` "" leaves the choice to the settings."""

    id: str
    draft_id: str
    action: str
    text: str = ""
    before: str = ""
    after: str = ""
    instruction: str = ""
    language: str = ""
    route: str = ""

    @property
    def kind(self) -> Action:
        return ACTIONS[self.action]

    @property
    def context(self) -> tuple[str, str]:
        """At most two paragraphs on either side."""
        before = "\n\n".join(_paragraphs(self.before)[-2:])[-_SHOWN_CONTEXT:]
        after = "\n\n".join(_paragraphs(self.after)[:2])[:_SHOWN_CONTEXT]
        return before, after


@dataclass(frozen=True, slots=True)
class PassAsk:
    """`text` None stands for the saved draft. `model` asks a model beside the rules."""

    id: str
    draft_id: str
    name: str
    text: str | None = None
    instruction: str = ""
    route: str = ""
    model: bool = False

    @property
    def kind(self) -> Pass:
        return PASSES[self.name]


def checked(ask: Ask) -> Ask:
    """Raises UserMistake or NotFound."""
    _check_id(ask.id)
    if ask.action not in ACTIONS:
        raise NotFound("There is no such action.")
    kind = ask.kind
    if len(ask.text) > MAX_SELECTION:
        raise UserMistake(f"The selection has {len(ask.text):,} characters; select {MAX_SELECTION:,} at the most.")
    if max(len(ask.before), len(ask.after)) > MAX_CONTEXT:
        raise UserMistake("Send two paragraphs of context at the most.")
    if kind.needs_selection and not ask.text.strip():
        raise UserMistake(f"Select the text that “{kind.label}” is for.")
    if not kind.needs_selection and not (ask.text + ask.before).strip():
        raise UserMistake("There is no text to go on from yet.")
    if (kind.has_instruction or ask.action == "tone") and not ask.instruction.strip():
        raise UserMistake("Say what is to be done." if kind.has_instruction else "Say which tone you want.")
    if ask.action == "translate" and not _LANGUAGE.fullmatch(ask.language.strip()):
        raise UserMistake("Say into which language.")
    return ask


def checked_pass(ask: PassAsk) -> PassAsk:
    _check_id(ask.id)
    if ask.name not in PASSES:
        raise NotFound("There is no such pass.")
    if ask.text is not None and len(ask.text) > MAX_WHOLE:
        raise UserMistake(f"The draft has {len(ask.text):,} characters; {MAX_WHOLE:,} is the most for one pass.")
    if ask.model and not ask.kind.may_use_model:
        raise UserMistake(f"“{ask.kind.label}” goes by rules alone.")
    return ask


def mark_for(*texts: str) -> str:
    """The end of the tags round the writer's text: nothing that stands in the text can close them."""
    return hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()[:12]


def _check_id(id_: str) -> None:
    if not _ID.fullmatch(id_):
        raise UserMistake("A suggestion's id has 8 to 64 letters, digits, “-” and “_”.")


def _paragraphs(text: str) -> list[str]:
    return [part.strip("\r\n") for part in re.split(r"\r?\n[^\S\n]*\r?\n", text) if part.strip()]
