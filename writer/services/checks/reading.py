"""What one piece of a text is made of: its sentences and words with their places, out of Markdown."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from writer.domain.text import sentence_spans
from writer.services.checks.blocks import Kind
from writer.services.checks.syllables import syllables
from writer.services.checks.wording import familiar, participles, transitions

FILL = "\ue000"
"""Stands for each character that is no prose: no letter, no space, no punctuation."""

_HELD = re.compile(
    r"``[^\n]{1,500}?``|`[^`\n]{1,1000}`"
    r"|\[\[[^\[\]\n]{0,300}\]\]"
    r"|!\[[^\[\]\n]{0,500}\](?:\([^()\n]{0,1000}\))?"
    r"|\]\([^()\n]{0,1000}(?:\([^()\n]{0,300}\)[^()\n]{0,300})?\)|\]\[[^\[\]\n]{0,100}\]|\[\^[^\[\]\n]{1,100}\]"
    r"|</?[A-Za-z!][^<>]{0,500}>"
    r"|<?(?:[A-Za-z][A-Za-z0-9+.-]{1,20}://|www\.|mailto:)[^\s<>\"'\])]{1,2000}>?"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"
    r"|\\[!-/:-@\[-`{-~]|(?<=\n)[ \t]{0,3}>[ \t]?"
    r"|\*+|~~+|(?<!\w)_+(?=\S)|(?<=\S)_+(?!\w)|[\[\]]"
)
CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{CJK}]|(?:(?![{CJK}])[^\W_])+(?:['’\-‐‑](?:(?![{CJK}])[^\W_])+)*|\d[\d.,]*\d")
_CJK_END = re.compile(r"[。！？]+[」』”’）]*")
_BE = re.compile(r"(?:am|is|are|was|were|be|been|being|'s|’s|get|gets|got|gotten)", re.IGNORECASE)
_COMPLEX_ENDING = re.compile(r"(?:es|ed|ing)$")
_ADVERBS = 3
LONG = 20
"""Words from which on a sentence counts as long is one more than this."""


@dataclass(frozen=True, slots=True)
class Word:
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True)
class Sentence:
    """`start` and `end` are places in the block's text. What is counted for English is counted on demand."""

    start: int
    end: int
    text: str
    words: tuple[Word, ...]

    @property
    def is_long(self) -> bool:
        return len(self.words) > LONG

    @property
    def beginning(self) -> str:
        """The first word; the first two where the first is an article."""
        first = [word.text.casefold() for word in self.words[:2]]
        return " ".join(first if first and first[0] in ("the", "a", "an") else first[:1])

    @cached_property
    def passive(self) -> tuple[int, int] | None:
        """The place of a form of “be” with a participle: a guess, as any without a parser is."""
        for number, word in enumerate(self.words):
            if not _BE.fullmatch(word.text):
                continue
            for then in self.words[number + 1 : number + 2 + _ADVERBS]:
                if then.text.casefold() in participles() or _regular(then.text):
                    return word.start, then.end
                if not then.text.endswith("ly") and then.text.casefold() not in ("not", "been", "being", "also"):
                    break
        return None

    @cached_property
    def has_transition(self) -> bool:
        return transitions().search(self.text) is not None


def _regular(word: str) -> bool:
    return len(word) > 4 and word.endswith("ed") and not word.endswith("eed")


@dataclass(frozen=True)
class Reading:
    """`prose` is as long as the text and has FILL where there is none."""

    kind: Kind
    prose: str
    sentences: tuple[Sentence, ...]

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for sentence in self.sentences for word in sentence.words)

    @cached_property
    def folded(self) -> str:
        return self.prose.lower()

    @cached_property
    def letters(self) -> int:
        return sum(character.isalnum() for word in self.words for character in word.text)

    @cached_property
    def long_words(self) -> int:
        return sum(len(word.text) > 6 for word in self.words)

    @cached_property
    def syllables(self) -> int:
        return sum(map(_syllables, self.words))

    @cached_property
    def polysyllables(self) -> int:
        return sum(_syllables(word) >= 3 for word in self.words)

    @cached_property
    def complex_words(self) -> int:
        """Gunning's: three syllables or more, without names, compounds, and endings that make the third."""
        return sum(_is_complex(word, first) for word, first in self._with_firsts())

    @cached_property
    def unfamiliar_words(self) -> int:
        return sum(not familiar(word.text) for word, first in self._with_firsts() if first or not _is_name(word))

    def _with_firsts(self) -> list[tuple[Word, bool]]:
        return [(word, n == 0) for sentence in self.sentences for n, word in enumerate(sentence.words)]


def _syllables(word: Word) -> int:
    return sum(syllables(part) for part in re.split(r"[-‐‑]", word.text) if part)


def _is_name(word: Word) -> bool:
    return word.text[:1].isupper()


def _is_complex(word: Word, first: bool) -> bool:
    if (_is_name(word) and not first) or not word.text.isalpha() or syllables(word.text) < 3:
        return False
    bare = _COMPLEX_ENDING.sub("", word.text)
    return bare == word.text or syllables(bare) >= 3


def prose_of(text: str) -> str:
    """The same length, with FILL for code, addresses, citations and marks."""
    return _HELD.sub(lambda held: FILL * len(held[0]), text)


@lru_cache(maxsize=4096)
def reading_of(kind: Kind, text: str) -> Reading:
    """Remembered: most of a text is as it was at the keystroke before."""
    prose = prose_of(text)
    spans = [span for start, end in sentence_spans(text) for span in _cjk_cut(text, start, end)]
    found = (_sentence(prose, start, end) for start, end in spans)
    return Reading(kind, prose, tuple(sentence for sentence in found if sentence.words))


def _cjk_cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    cuts = [start, *(m.end() for m in _CJK_END.finditer(text, start, end)), end]
    return [(a, b) for a, b in pairwise(cuts) if a < b]


def _sentence(prose: str, start: int, end: int) -> Sentence:
    words = tuple(Word(match.start(), match[0]) for match in _WORD.finditer(prose, start, end))
    return Sentence(start, end, prose[start:end], words)
