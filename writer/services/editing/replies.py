"""A model's reply as the text it is meant to be: without what models put round it, and with legal citations only."""

import re
from dataclasses import dataclass

from writer.domain.citations import TOKEN, cited_ids, only_known
from writer.domain.drafts import count_words
from writer.domain.errors import ReplyInvalid
from writer.services.articles.replies import near_citations
from writer.services.editing.asks import Ask

_FENCED = re.compile(r"\A(`{3,}|~{3,})[\w-]*[ \t]*\n(.*?)\n?\1\s*\Z", re.DOTALL)
_TAGGED = re.compile(r"\A<(?:passage|text)(?:-\w+)?>\s*(.*?)\s*</(?:passage|text)(?:-\w+)?>\s*\Z", re.DOTALL)
_STRAY_TAG = re.compile(r"</?(?:passage|text|before|after)-[0-9a-f]{12}>\s*")
_ASKED_FOR = (
    r"(?:re-?written|revised|edited|shortened|expanded|simplified|corrected|translated|improved|version|passage|text|"
    r"paragraph|sentence|translation|rewrite|suggestion|continuation|edit)"
)
_LEAD = re.compile(
    r"\A\**(?:(?:sure|certainly|of course|okay|ok|absolutely|gladly)\b[^\n:]{0,30}[,.!]*\s*)?"
    rf"(?:(?:here|below|this|the following)\b[^\n:]{{0,60}})?\b{_ASKED_FOR}\b[^\n:.]{{0,60}}:[ \t]*\**[ \t]*"
    r"(?:\n+|(?=[\"“]))",
    re.IGNORECASE,
)
_YES = re.compile(r"\A(?:sure|certainly|of course|okay|absolutely)[!,.][ \t]*\n+", re.IGNORECASE)
_TAIL = re.compile(
    r"\n+(?:-{3,}\s*)?(?:let me know|i hope (?:this|that)|feel free|would you like|please let me|\(?note:)[^\n]*\Z",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"\A(?:(?:i['’]?m (?:very )?)?sorry,?\b|i (?:cannot|can['’]t|am (?:not able|unable)|won['’]t)\b|"
    r"i['’]m (?:not able|unable)\b|as an ai\b|unfortunately, i\b)",
    re.IGNORECASE,
)
_QUOTES = {"“": "”", '"': '"', "«": "»", "„": "“", "'": "'", "‘": "’"}
_FEW_WORDS = 12
_OPENINGS = re.compile(
    rf"\A\s*(?:[\"“«„'‘`~<*]|sure\b|certainly|of course|ok|absolutely|gladly|here|below|this|the following|sorry|"
    rf"as an ai|unfortunately|i['’]?m (?:very )?sorry|{_ASKED_FOR})",
    re.IGNORECASE,
)
_DECIDED_AT = 160


@dataclass(frozen=True, slots=True)
class Replacement:
    """`text` takes the place of the whole selection. `notes` are sentences for the writer."""

    text: str
    notes: tuple[str, ...] = ()


def replacement_in(reply: str, ask: Ask) -> Replacement:
    """Raises ReplyInvalid when the reply is none: empty, or a refusal."""
    core = ask.text.strip()
    said = bare(reply, core)
    if not said:
        raise ReplyInvalid("The model answered with nothing that could stand in the text.")
    if _REFUSAL.match(said) and not _REFUSAL.match(core) and count_words(said) < 80:
        raise ReplyInvalid(f"The model declined: “{' '.join(said.split())[:200]}”")
    legal = set(cited_ids(ask.text + (ask.before + ask.after if ask.action == "continue" else "")))
    checked = only_known(near_citations(said), legal.__contains__)
    notes = [_illegal(checked.unknown)] if checked.unknown else []
    said = _line_ends(checked.text.strip(), ask.text or ask.before)
    if ask.action == "continue":
        return Replacement(ask.text + _continued(ask, said), tuple(notes))
    lead = ask.text[: len(ask.text) - len(ask.text.lstrip())]
    trail = ask.text[len(ask.text.rstrip()) :]
    return Replacement(lead + said + trail, (*notes, *_length_notes(core, said, ask)))


def bare(reply: str, core: str) -> str:
    """Without fence, tags, remarks and quotation marks round it that the selection itself does not have."""
    said = reply.strip()
    for _ in range(4):
        before = said
        for pattern, group in ((_TAGGED, 1), (_FENCED, 2)):
            found = pattern.match(said)
            if found and not pattern.match(core):
                said = found.group(group).strip()
        for pattern in (_LEAD, _YES):
            if not pattern.match(core) and pattern.match(said):
                said = pattern.sub("", said, count=1).strip()
        if not _TAIL.search(core):
            said = _TAIL.sub("", said).strip()
        said = _unquoted(_STRAY_TAG.sub("", said), core)
        if said == before:
            break
    return said


def may_be_remark(shown: str) -> bool:
    """Whether what came so far may be something that is not part of the text, so that it is not shown yet."""
    if len(shown) >= _DECIDED_AT or "\n" in shown.strip():
        return False
    return len(shown.strip()) < 4 or _OPENINGS.match(shown) is not None


def _unquoted(said: str, core: str) -> str:
    closing = _QUOTES.get(said[:1])
    if len(said) < 2 or closing is None or said[-1] != closing or core[:1] in _QUOTES:
        return said
    inner = said[1:-1]
    return said if said[0] in inner or closing in inner.replace("n't", "").replace("'s", "") else inner.strip()


def _illegal(ids: tuple[str, ...]) -> str:
    return f"The model cited {', '.join(ids)}, which this text does not cite; that was left out."


def _line_ends(said: str, original: str) -> str:
    said = said.replace("\r\n", "\n")
    return said.replace("\n", "\r\n") if "\r\n" in original else said


def _continued(ask: Ask, said: str) -> str:
    """With the space that belongs between: a paragraph's end ends a paragraph, a word needs a space."""
    there = ask.text or ask.before
    for size in range(min(len(there), len(said), 300), 15, -1):
        if there.rstrip().endswith(said[:size]):
            said = said[size:].lstrip()
            break
    newline = "\r\n" if "\r\n" in there else "\n"
    if said[:1] in ".,;:!?)”’" or not there or there[-1:].isspace():
        return said
    begins_block = said.startswith(("#", "- ", "* ", "> ", "|", "1. ")) and "\n" in said
    return f"{newline * 2}{said}" if begins_block else f" {said}"


def _length_notes(core: str, said: str, ask: Ask) -> list[str]:
    was, now = count_words(TOKEN.sub("", core)), count_words(TOKEN.sub("", said))
    kind = ask.kind
    if was < _FEW_WORDS:
        return []
    if now < kind.least * was:
        return [
            f"The suggestion is much shorter than your text: {now} words instead of {was}. Look for what is missing."
        ]
    if now > kind.most * was:
        more = "did not get shorter" if ask.action == "shorten" else "is much longer than your text"
        return [f"The suggestion {more}: {now} words instead of {was}."]
    return []
