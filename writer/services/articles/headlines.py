"""Title and meta description inside their bounds, also when the model kept none of them."""

import re

from writer.domain.citations import TOKEN
from writer.domain.drafting import Headline, WrittenBody
from writer.domain.text import sentences
from writer.services.articles.content_types import type_of

MOST_TITLE = 100
_NUMBER = re.compile(r"\b\d{1,3}\b")


def plain_headline(body: WrittenBody) -> Headline:
    """The approved working title, and the thesis."""
    return Headline(body.outline.title, body.plan.thesis or body.outline.thesis)


def in_bounds(headline: Headline, body: WrittenBody, route: str, prompt_version: str) -> Headline:
    title = shortened(headline.title, MOST_TITLE)
    if type_of(body.brief).counts_sections_in_title:
        # The number in a list's title is a promise that can be counted, so it is counted.
        title = _NUMBER.sub(str(len(body.sections)), title, count=1)
    return Headline(title, described(headline.description, body), route, prompt_version)


def described(description: str, body: WrittenBody) -> str:
    """Shortened at a word when too long; too short ones grow by the article's own first sentences that fit."""
    low, high = type_of(body.brief).description_bounds
    text = shortened(description, high)
    for sentence in _own_sentences(body):
        if len(text) >= low:
            break
        if sentence not in text and len(text) + len(sentence) + 1 <= high:
            text = f"{text} {sentence}".strip()
    return text


def _own_sentences(body: WrittenBody) -> list[str]:
    texts = [body.plan.thesis, *(section.text for section in body.sections)]
    found = (" ".join(TOKEN.sub("", sentence).split()) for text in texts for sentence in sentences(text)[:3])
    return [re.sub(r"\s+([.,;:!?])", r"\1", text) for text in found if text and text[0].isalnum()]


def shortened(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return f"{text[: limit - 1].rsplit(' ', 1)[0].rstrip(' ,;:–-')}…"
