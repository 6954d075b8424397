"""Refusals as models word them when they forget the form that was asked for."""

import re

from writer.domain.questions import Refusal
from writer.domain.text import sentences
from writer.services.articles.replies import NOTHING_NAMED, gap_in

_MATERIAL = r"(?:sources?|passages?|documents?|texts?|materials?|excerpts?|context|information)"
_TELLS = (
    r"(?:say|state|mention|contain|hold|include|provide|specify|tell|name|give|answer|address|cover|reveal|discuss)"
)
_TOLD = r"(?:mentioned|stated|said|specified|given|found|provided|covered|contained|answered|named)"
_IN_PROSE = re.compile(
    rf"\b{_MATERIAL}\b[^.!?]{{0,60}}\bdo(?:es)?(?: not|n['’]t)\b[^.!?]{{0,40}}\b{_TELLS}"
    rf"|\b(?:not|nowhere|n['’]t)\b[^.!?]{{0,30}}\b{_TOLD}\b[^.!?]{{0,40}}\b{_MATERIAL}\b"
    r"|\b(?:no|not enough|insufficient) (?:information|mention|answer|evidence|data)\b"
    r"|\bI (?:cannot|can['’]t|could not|couldn['’]t|am (?:not able|unable)|do(?:n['’]t| not) (?:know|have|find|see))\b"
    r"|\b(?:Quellen?|Texte?|Dokumente?|Passagen?)\b[^.!?]{0,60}\b(?:nicht|keine?n?)\b"
    r"|\bkeine (?:Angabe|Information|Antwort)"
    r"|\b(?:sources?|passages?|documents?|textes?)\b[^.!?]{0,40}\bne\b[^.!?]{0,40}\b(?:pas|rien|aucune?)\b"
    r"|\b(?:fuentes?|documentos?|textos?|pasajes?)\b[^.!?]{0,30}\bno\b|\bno hay (?:información|mención)",
    re.IGNORECASE,
)
_MOST = 300


def refusal_in(text: str) -> Refusal | None:
    """Of a reply that cites nothing: the value that was asked for, or prose that says so. Of prose only the sentences
    that say what is missing are kept: what else stands there was cited from nowhere."""
    if gap := gap_in(text):
        missing = () if gap.missing == (NOTHING_NAMED,) else gap.missing
        return Refusal(missing=missing, suggested=gap.suggested_queries)
    said = [" ".join(sentence.split())[:_MOST] for sentence in sentences(text) if _IN_PROSE.search(sentence)]
    return Refusal(missing=tuple(said[:3])) if said else None
