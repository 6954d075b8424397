"""How long the checks beside the text take, all of a text and after one keystroke: `python -m benchmarks.checks`.

Seconds of this process's own work: nothing is waited for, and a busy machine does not count.
"""

import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

from benchmarks.report import at_most
from writer.domain.briefs import Brief
from writer.domain.checking import CheckReport
from writer.domain.drafts import Draft, DraftState, Section, SectionState
from writer.domain.style_guide import Preferred, StyleGuide
from writer.services.checks.document import Document
from writer.services.checks.service import report

WORDS = 5_000
KEYSTROKES = 40
GUIDE = StyleGuide((Preferred("utilise", "use"), Preferred("web site", "website")), ("synergy",), "en-GB", "always")
SENTENCES = (
    "The harbour pipe was laid in the year {n}, and it was measured by two engineers from the town.",
    "However, the water rose by {n} centimetres at night, which nobody had expected in the spring.",
    "It is very important to note that the pumps, the valves and the gates were made of iron.",
    "Some experts say that the colour of the water shows how deep the channel is at this point in time.",
    "Costs came to {n} crowns; the council paid half of that, because the mill needed the water as well.",
    'The keeper said "we delve into the mud every day" and went on with the work for {n} hours.',
)


def text_of(words: int) -> str:
    """Paragraphs of different sentences under headings, the same on every run."""
    chance, paragraphs, count = random.Random(1), list[str](), 0
    while count < words:
        if len(paragraphs) % 6 == 0:
            paragraphs.append(f"## Part {len(paragraphs)} of the harbour")
        number = len(paragraphs)
        sentences = [chance.choice(SENTENCES).format(n=number * 7 + at) for at in range(5)]
        paragraphs.append(" ".join(sentences))
        count += len(paragraphs[-1].split())
    return "\n\n".join(paragraphs)


def draft() -> Draft:
    now = datetime.now(UTC)
    brief = Brief("The harbour", keyphrases=("harbour",))
    section = Section("opening", "Introduction", "", SectionState.DONE, "introduction")
    return Draft("d", "local", "How the harbour works", DraftState.IN_REVIEW, 1, brief, None, (section,), now, now)


def seconds(check: Callable[[], CheckReport]) -> float:
    begun = time.process_time()
    check()
    return time.process_time() - begun


def main() -> None:
    text, mine = text_of(WORDS), draft()
    first = seconds(lambda: report(Document.of(mine, text), GUIDE))
    # Another text of the same kind: the rules are loaded, and no paragraph is remembered.
    other = text.replace("harbour", "channel").replace("town", "city")
    full = seconds(lambda: report(Document.of(mine, other), GUIDE))
    chance = random.Random(2)
    typed = []
    for _ in range(KEYSTROKES):
        place = chance.randrange(len(other))
        other = f"{other[:place]}{chance.choice('aeinrst ')}{other[place:]}"
        typed.append(seconds(lambda now=other: report(Document.of(mine, now), GUIDE)))  # type: ignore[misc]  # mypy does not infer lambdas with defaults
    at_most("all checks of 5,000 words", full, 1.0, "s")
    at_most("the same for the first text of a process, its rules loaded", first, 1.0, "s")
    at_most("after a keystroke, median", 1000 * statistics.median(typed), 100, "ms")
    at_most("after a keystroke, the slowest", 1000 * max(typed), 100, "ms")
    at_most("after a keystroke / all of it", statistics.median(typed) / full, 0.2, "")


if __name__ == "__main__":
    main()
