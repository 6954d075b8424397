"""One spelling for each term in a text: the one used most, and where two are used alike, the one that comes first."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from writer.services.editing.masks import outside

FOLDER = Path(__file__).parents[2] / "wording"
BRITISH, AMERICAN = "British", "American"
_WORD = re.compile(r"[^\W_]+(?:[-‐‑][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Terms:
    """What is written how from now on: lower-cased forms, and forms whose capitals matter."""

    replaced: Mapping[str, str]
    cased: Mapping[str, str]

    def in_text(self, text: str) -> str:
        """Quotations, code and links stay."""
        return outside(text, self._applied, quotations=True) if self.replaced or self.cased else text

    def _applied(self, prose: str) -> str:
        phrases = sorted((form for form in self.replaced if " " in form), key=len, reverse=True)
        if phrases:
            pattern = rf"(?<![\w-])(?:{'|'.join(map(re.escape, phrases))})(?![\w-])"
            prose = re.sub(pattern, lambda found: self._instead(found[0]), prose, flags=re.IGNORECASE)
        return _WORD.sub(lambda found: self._instead(found[0]), prose)

    def _instead(self, word: str) -> str:
        if word in self.cased:
            return self.cased[word]
        better = self.replaced.get(word.lower())
        return _cased_like(better, word) if better else word


def terms_of(text: str, variety: str = "") -> Terms:
    """The variants in a text. `variety` says how English words are spelt; "" leaves that to the majority, too."""
    words: list[str] = []

    def collect(prose: str) -> str:
        words.extend(match[0] for match in _WORD.finditer(prose))
        return prose

    outside(text, collect, quotations=True)
    return terms_in(words, variety)


def terms_in(words: Sequence[str], variety: str = "") -> Terms:
    """The same, where the words are known: in order, without those of quotations and code."""
    prose = " ".join(words)
    replaced = {**_compounds(words, prose), **_accents(words)}
    return Terms({**replaced, **_spellings(words, variety)}, _capitals(words))


def variety_of(language: str) -> str:
    return {"en-US": AMERICAN, "en-CA": "", "en": ""}.get(language, BRITISH if language.startswith("en-") else "")


def respelled(variety: str) -> Mapping[str, str]:
    """From the other variety's spelling of each word to this one's, lower-cased."""
    british, american = _varieties()
    return american if variety == BRITISH else british


def _compounds(words: Iterable[str], prose: str) -> dict[str, str]:
    """ "e-mail" and "email", "web site" and "website"."""
    counts = Counter(_singular(word.lower()) for word in words)
    groups: dict[str, dict[str, int]] = defaultdict(dict)
    for form in counts:
        if "-" in form:
            closed = form.replace("-", "")
            if closed in counts and closed not in _listed("other_words"):
                groups[closed] |= {form: counts[form], closed: counts[closed]}
    lowered = prose.lower()
    for first, second in set(zip(lowered.split(), lowered.split()[1:], strict=False)):
        closed = first + second
        if closed in counts and _may_be_one_word(first, second, closed):
            form = f"{first} {second}"
            found = len(re.findall(rf"(?<![\w-]){re.escape(form)}(?![\w-])", lowered))
            groups[closed] |= {form: found, closed: counts[closed]}
    better = dict(_to_majority(groups.values(), lowered))
    return better | {f"{form}s": f"{best}s" for form, best in better.items()}


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word


def _may_be_one_word(first: str, second: str, closed: str) -> bool:
    return (
        min(len(first), len(second)) > 2 and second not in _listed("particles") and closed not in _listed("other_words")
    )


def _to_majority(groups: Iterable[Mapping[str, int]], lowered: str) -> Iterator[tuple[str, str]]:
    for forms in groups:
        best = max(forms, key=lambda form: (forms[form], -_first_place(form, lowered)))
        yield from ((form, best) for form in forms if form != best)


def _first_place(form: str, lowered: str) -> int:
    found = re.search(rf"(?<![\w-]){re.escape(form)}(?![\w-])", lowered)
    return found.start() if found else len(lowered)


def _accents(words: Iterable[str]) -> dict[str, str]:
    """ "naïve" and "naive"."""
    counts = Counter(word.lower() for word in words)
    groups: dict[str, dict[str, int]] = defaultdict(dict)
    for form in counts:
        if not form.isascii() and (plain := _plain(form)) in counts and len(plain) > 3:
            groups[plain] |= {form: counts[form], plain: counts[plain]}
    return dict(_to_majority(groups.values(), " ".join(counts)))


def _plain(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


def _capitals(words: Iterable[str]) -> dict[str, str]:
    """ "GitHub" and "Github": only where one form has a capital inside, since others may be different words."""
    counts = Counter(word for word in words if not word.isupper())
    groups: dict[str, list[str]] = defaultdict(list)
    for form in counts:
        groups[form.lower()].append(form)
    cased: dict[str, str] = {}
    for forms in groups.values():
        if len(forms) > 1 and any(character.isupper() for form in forms for character in form[1:]):
            best = max(forms, key=lambda form: counts[form])
            cased |= {form: best for form in forms if form != best}
    return cased


def _spellings(words: Iterable[str], variety: str) -> dict[str, str]:
    british, american = _varieties()
    counts = Counter(word.lower() for word in words)
    ours = sum(counts[word] for word in british)
    theirs = sum(counts[word] for word in american)
    wanted = variety or (BRITISH if ours >= theirs else AMERICAN)
    if not variety and not (ours and theirs):
        return {}
    table = american if wanted == BRITISH else british
    return {word: table[word] for word in table if counts[word]}


@cache
def _data() -> dict[str, str]:
    data: dict[str, str] = yaml.safe_load((FOLDER / "spelling-en.yaml").read_text(encoding="utf-8"))
    return data


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(_data()[name].split())


@cache
def _varieties() -> tuple[dict[str, str], dict[str, str]]:
    """British to American, and American to British."""
    data = _data()
    pairs = [tuple(pair.split()) for pair in data["pairs"].split(",")]
    forms = [
        (british + end, american + end) for british, american in pairs for end in ("", *data["noun_endings"].split())
    ]
    for stem in data["verbs"].split():
        forms += [(f"{stem}is{end}", f"{stem}iz{end}") for end in data["verb_endings"].split()]
    return dict(forms), {american: british for british, american in forms}


def _cased_like(word: str, model: str) -> str:
    if model.isupper() and len(model) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].isupper() else word
