"""A scripted model that writes whole articles: what it answers depends on the prompt alone, so every run is alike.

`quick` answers at once; `steady_article` takes 200 ms to the first of 50 chunks at 5 ms; `paced_article` and
`slow_article` leave time to press Stop or to pull the plug; `same_statistic` says the same sentence in every section.
"""

import json
import random
import re
from dataclasses import replace

from tests.support.scripted_replies import Asked, Reply

_SYLLABLES = (
    "ba",
    "co",
    "du",
    "fe",
    "gi",
    "ho",
    "ja",
    "ke",
    "li",
    "mo",
    "nu",
    "pa",
    "re",
    "si",
    "to",
    "vu",
    "wa",
    "zo",
)
HEADINGS = ("Costs", "People", "Machines", "Weather", "Harbours", "Prospects")
STATISTIC = "In 2024 exactly 47 percent of all harbour towns had switched to tidal power, more than ever before."


def quick(asked: Asked) -> Reply:
    return Reply(answer(asked))


def steady_article(asked: Asked) -> Reply:
    return replace(quick(asked), count=50, first_s=0.2, every_s=0.005)


def slow_article(asked: Asked) -> Reply:
    return replace(quick(asked), count=60, first_s=0.3, every_s=0.05)


def paced_article(asked: Asked) -> Reply:
    return replace(quick(asked), count=20, first_s=0.15, every_s=0.02)


def same_statistic(asked: Asked) -> Reply:
    reply = quick(asked)
    if kind_of(asked) not in ("section", "repair"):
        return reply
    legal = _legal(asked)
    return Reply(f"{STATISTIC[:-1]}{f' [[{legal[0]}]]' if legal else ''}.\n\n{reply.text}\n\n{STATISTIC}")


def kind_of(asked: Asked) -> str:
    """Which of the engine's prompts this is, by how its system prompt begins."""
    openings = {
        "You shape the outline": "outline",
        "You plan an article": "plan",
        "You write one section": "section",
        "You rewrite one section": "repair",
        "You write the introduction": "introduction",
        "You write the conclusion": "conclusion",
        "You write the title": "headline",
    }
    return next((kind for opening, kind in openings.items() if asked.system.startswith(opening)), "other")


def step_of(asked: Asked) -> str:
    """The key of the job's step that asked: "plan", "section:s2", "repair:s2"."""
    kind = kind_of(asked)
    return f"{kind}:{section_key(asked)}" if kind in ("section", "repair") else kind


def section_key(asked: Asked) -> str:
    found = re.search(r"Task: (?:re)?write the section “.*” \((\w+)\)", asked.prompt)
    return found.group(1) if found else ""


def answer(asked: Asked) -> str:
    match kind_of(asked):
        case "outline":
            return _outline()
        case "plan":
            return _plan(asked)
        case "section" | "repair":
            return _prose(f"section {section_key(asked)}", _words(asked), _legal(asked))
        case "headline":
            return json.dumps({"title": "Tides at work in six harbours", "description": _prose("meta", 24, [])[:150]})
        case "introduction" | "conclusion" as part:
            return _prose(part, _words(asked), [])
    return "A reply to something else."


def _outline() -> str:
    blocks = [f"## {heading}\nPromise: What {heading.lower()} mean.\n- point" for heading in HEADINGS]
    return "\n".join(["# Tides at work", "Thesis: Tidal power pays.", *blocks])


def _plan(asked: Asked) -> str:
    outline = asked.prompt.partition("<outline>")[2].partition("</outline>")[0]
    keys = list(dict.fromkeys(re.findall(r"\bs\d+\b", outline)))
    words = _words(asked) // max(1, len(keys))
    must = asked.prompt.partition("word for word as it stands here:")[2].partition("All budgets")[0]
    items = [line.strip(" -") for line in must.splitlines() if line.strip(" -") and "nothing" not in line.lower()]
    legal = _legal(asked)
    rows = [
        {
            "key": key,
            "promise": f"What {key} gives.",
            "key_points": [f"point of {key}"],
            "owned": items if number == 0 else [f"fact of {key}"],
            "mention_only": [],
            "must_not_cover": [],
            "opening": "plainly",
            "closing": "plainly",
            "words": words,
            "passages": legal[number :: len(keys)][:4],
        }
        for number, key in enumerate(keys)
    ]
    return json.dumps({"thesis": "Tidal power pays.", "glossary": [], "sections": rows})


def _words(asked: Asked) -> int:
    found = re.findall(r"about (\d[\d,]*) words", asked.prompt)
    return int(found[-1].replace(",", "")) if found else 120


def _legal(asked: Asked) -> list[str]:
    return re.findall(r"S\d+\.p\d+", asked.prompt.rpartition("Legal")[2])


def _prose(seed: str, words: int, legal: list[str]) -> str:
    """Sentences of made-up words: two seeds never share a run of eight."""
    chance = random.Random(seed)
    sentences = []
    for number in range(max(1, words // 12)):
        run = " ".join("".join(chance.choices(_SYLLABLES, k=3)) for _ in range(12))
        citation = f" [[{legal[number % len(legal)]}]]" if legal else ""
        sentences.append(f"{run.capitalize()}{citation}.")
    return "\n\n".join(" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4))
