"""Values that tests need and do not care about."""

from datetime import UTC, datetime
from itertools import count

from writer.domain.briefs import Brief
from writer.domain.completions import Caller, Purpose, Tokens
from writer.domain.drafts import Origin, Section, SectionState
from writer.domain.jobs import NewJob, NewStep
from writer.domain.outlines import Outline, OutlineSection
from writer.domain.sources import Document, NewPassage, NewSource
from writer.domain.usage import Outcome, UsageEvent

OWNER = "local"
PERSON = Origin("person", OWNER)
MACHINE = Origin("generated", OWNER, "test:model", "section-1", 1200)
_numbers = count(1)


def a_brief(topic: str = "How tides work") -> Brief:
    return Brief(topic, keyphrases=("tides", "moon"), extra=(("audience", "sailors"),), source_ids=(1, 2))


def an_outline(*keys: str) -> Outline:
    return Outline(
        "Tides", tuple(OutlineSection(key, f"Heading {key}", "A promise", ("a", "b")) for key in keys), "Why"
    )


def a_section(key: str, text: str = "Some text.", role: str = "body") -> Section:
    return Section(key, f"Heading {key}", text, SectionState.DONE, role)


def an_event(caller: Caller | None = None, **changes: object) -> UsageEvent:
    values: dict[str, object] = {
        "id": f"event-{next(_numbers)}",
        "at": datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
        "caller": caller or Caller(OWNER),
        "route": "test:model",
        "purpose": Purpose.SECTION,
        "tokens": Tokens(100, 50),
        "cost_micros": 10,
        "first_token_ms": 200.0,
        "total_ms": 900.0,
        "outcome": Outcome.OK,
    }
    return UsageEvent(**{**values, **changes})  # type: ignore[arg-type]  # a dict of mixed values


def a_job(*steps: NewStep, draft_id: str = "", **changes: object) -> NewJob:
    return NewJob("article", OWNER, steps or (a_step("one"),), draft_id=draft_id, **changes)  # type: ignore[arg-type]  # a dict of mixed values


def a_step(key: str, wave: int = 0) -> NewStep:
    return NewStep(key, "write", wave, f"Step {key}", {"n": 1})


def a_source(title: str = "On tides") -> NewSource:
    return NewSource("text", title, "tides.txt", f"digest of {title}")


def a_document(text: str = "Tides rise. Tides fall.", title: str = "") -> Document:
    return Document(title, (), text)


def some_passages(number: int) -> list[NewPassage]:
    return [
        NewPassage(n, f"Passage {n} text", ("Chapter", f"Part {n}"), 1, n * 10, n * 10 + 9, f"d{n}")
        for n in range(1, number + 1)
    ]
