"""What no rule may touch: code, addresses, tags, citations, and other people's words."""

import re
from collections.abc import Callable

MASK = "\ue000"
"""Stands for one such piece while rules run: no letter, no space, no punctuation."""

_FENCE = r"^[ \t>]*(?P<fence>`{3,}|~{3,}).*?(?:^[ \t>]*(?P=fence)[`~]*[ \t]*$|\Z)"
_HELD = (
    rf"{MASK}",
    r"\A---\r?\n(?:.{0,5000}?\r?\n)?---[ \t]*$",
    _FENCE,
    r"<!--.*?(?:-->|\Z)",
    r"(?:(?<=\n\n)|\A)(?: {4}|\t)[^\n]*(?:\n(?: {4}|\t)[^\n]*)*",
    r"^[ \t]*\|?[ \t:|-]*-{2}[ \t:|-]*$",  # a table's or a heading's line of dashes, a rule
    r"^[ \t]*(?:[*_-][ \t]*){3,}$",
    r"^[ \t]*\[[^\]\n]{1,300}\]:[^\n]*$",
    r"``[^\n]{1,500}?``|`[^`\n]{1,1000}`",
    r"\[\[[^\[\]\n]{0,300}\]\]",
    r"!\[[^\[\]\n]{0,500}\]\([^()\n]{0,1000}(?:\([^()\n]{0,300}\)[^()\n]{0,300})?\)",
    r"\]\([^()\n]{0,1000}(?:\([^()\n]{0,300}\)[^()\n]{0,300})?\)",
    r"</?[A-Za-z][^<>]{0,500}>",
    r"<?(?:[a-z][a-z0-9+.-]{1,20}://|www\.|mailto:)[^\s<>\"']{1,2000}>?",
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}",
    r"\\[!-/:-@\[-`{-~]",
)
_QUOTED = (
    r"“[^“”\n]{0,2000}”",
    r"„[^„“”\n]{0,2000}[“”]",
    r"«[^«»\n]{0,2000}»",
    r"(?<!\w)\"[^\"\n]{1,2000}\"(?!\w)",
    r"(?<!\w)‘[^‘’\n]{1,500}’(?!\w)",
    r"^[ \t]*>[^\n]*$",
)
_FLAGS = re.MULTILINE | re.DOTALL
_CODE = re.compile("|".join(_HELD), _FLAGS)
_CODE_AND_QUOTATIONS = re.compile("|".join((*_HELD, *_QUOTED)), _FLAGS)


def outside(text: str, change: Callable[[str], str], *, quotations: bool = False) -> str:
    """`change` applied to the text with everything held replaced by MASK. `quotations` holds other people's words, too.
    A change that loses or makes a mask is not taken."""
    pattern = _CODE_AND_QUOTATIONS if quotations else _CODE
    held = [match.group(0) for match in pattern.finditer(text)]
    changed = change(pattern.sub(MASK, text))
    parts = changed.split(MASK)
    if len(parts) != len(held) + 1:
        return text
    return "".join(piece for pair in zip(parts, [*held, ""], strict=True) for piece in pair)


def settled(text: str, change: Callable[[str], str], most: int = 12) -> str:
    """`change` again and again until it finds nothing more: what comes out is left alone by another round."""
    for _ in range(most):
        changed = change(text)
        if changed == text:
            break
        text = changed
    return text
