"""Text cut into the pieces that an edit may change whole: words, marks, white space, citations, links."""

import re
import unicodedata
from dataclasses import dataclass

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTER = rf"(?:(?![{_CJK}])[^\W_])"
_PIECES = re.compile(
    r"\[\[[^\[\]\r\n]{0,300}\]\]"  # a citation
    r"|!?\[(?:[^\[\]\r\n]|!?\[[^\[\]\r\n]{0,300}\](?:\([^()\r\n]{0,500}\))?){0,500}\]"
    r"(?:\((?:[^()\r\n]|\([^()\r\n]{0,300}\)){0,1000}\)|\[[^\[\]\r\n]{0,100}\])"  # a link or an image
    r"|<?(?:https?://|www\.)[^\s<>\"')\[\]]{1,2000}>?"
    r"|(?:\r\n?|\n)+(?:[^\S\r\n]*(?:\r\n?|\n)+)*"
    r"|[^\S\r\n]+"
    rf"|[{_CJK}]"
    rf"|{_LETTER}+(?:(?:['’_\-‐‑·]|(?<=\d)[.,:/](?=\d)){_LETTER}+)*"
    r"|\*+|_+|~+|`+|#+|=+|-+|\.+"
    r"|.",
    re.DOTALL,
)
_SENTENCE_ENDS = frozenset(".!?…。！？")


@dataclass(frozen=True, slots=True)
class Token:
    """`is_space` for white space, line ends included; `is_word` for what a reader counts as a word."""

    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def is_space(self) -> bool:
        return self.text.isspace()

    @property
    def is_word(self) -> bool:
        return any(map(str.isalnum, self.text))

    @property
    def is_citation(self) -> bool:
        return self.text.startswith("[[") and self.text.endswith("]]")

    @property
    def ends_sentence(self) -> bool:
        return self.text[0] in _SENTENCE_ENDS


def tokens(text: str) -> list[Token]:
    """All of the text, in order. No token begins within a character as readers see it: an emoji with its modifiers, a
    letter with its marks, CR LF, two halves of a surrogate pair."""
    shadow = text if text.isascii() else text.translate(_marks_as_letters(text))
    found: list[Token] = []
    for piece in _PIECES.finditer(shadow):
        start, end = piece.span()
        if found and _continues(text, start):
            found[-1] = Token(found[-1].start, text[found[-1].start : end])
        else:
            found.append(Token(start, text[start:end]))
    return found


def utf16_length(text: str) -> int:
    """How long JavaScript finds it."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


def _marks_as_letters(text: str) -> dict[int, str]:
    """So that a letter with its marks is a word like any other: each mark is replaced by one letter."""
    return {ord(character): "a" for character in set(text) if _is_mark(character)}


def _is_mark(character: str) -> bool:
    return (
        unicodedata.category(character)[0] == "M"
        or character in "\u200c\u200d"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
    )


def _continues(text: str, at: int) -> bool:
    """Whether the character at `at` belongs to the one before it."""
    here, before = text[at], text[at - 1]
    if here.isascii() and before.isascii():
        return False
    if _is_mark(here) or before == "\u200d":
        return True
    if "\ud800" <= before <= "\udbff" and "\udc00" <= here <= "\udfff":
        return True
    return _is_flag_letter(here) and _flag_letters_before(text, at) % 2 == 1


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flag_letters_before(text: str, at: int) -> int:
    count = 0
    while at - count > 0 and _is_flag_letter(text[at - count - 1]):
        count += 1
    return count
