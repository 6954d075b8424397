"""Every type loads, and every check that a type names finds what it is for, and nothing in a good example."""

import pytest

from writer.domain.briefs import Brief
from writer.domain.drafts import Gap, Section
from writer.domain.errors import ConfigurationError, UserMistake
from writer.services.articles.checks import CHECKS, Article, Finding, findings
from writer.services.articles.content_types import DEFAULT, content_types, parsed, type_of

TYPES = content_types()


def article(*sections: tuple[str, str], title: str = "Tides", description: str = "", **extra: str) -> Article:
    made = tuple(Section(f"s{i}", heading, text) for i, (heading, text) in enumerate(sections, start=1))
    return Article(title, description, made, extra)


def test_there_are_the_eighteen_types_and_the_default_is_one_of_them():
    assert len(TYPES) == 18
    assert DEFAULT in TYPES
    assert Brief("x").content_type == DEFAULT


@pytest.mark.parametrize("name", TYPES)
def test_a_type_is_complete_and_names_only_checks_and_fields_that_exist(name: str):
    type_ = TYPES[name]
    fields = {field.name for field in type_.fields}

    assert type_.title
    assert type_.description
    assert type_.outline
    assert type_.guidance
    assert type_.checks
    assert 100 <= type_.words <= 20_000
    for rule in type_.checks:
        assert rule.name in CHECKS
        assert {rule.parameters["field"]} <= fields if "field" in rule.parameters else True
        assert set(rule.parameters.get("fields", ())) <= fields
    findings(article(("A", "Text.")), type_)
    findings(Article("", "", (), {}), type_)


def test_every_check_is_named_by_a_type():
    assert {rule.name for type_ in TYPES.values() for rule in type_.checks} == set(CHECKS)


GOOD_STEPS = "1. Open the valve.\n2. Wait.\n3. Close it."
TABLE = "| | Cost | Noise |\n|---|---|---|\n| Barrage | high | low |\n| Stream | low | not found |"
HOLED = "| | Cost | Noise |\n|---|---|---|\n| Barrage | high | |"
QUOTE = "“We never thought it would work so well”"

EXAMPLES = [
    ("listicle", article(("A", "a"), ("B", "b"), ("C", "c"), title="3 tides"), ""),
    ("listicle", article(("A", "a"), ("B", "b"), ("C", "c"), title="7 tides"), "The title says 7, and the list has 3"),
    ("listicle", article(("A", "a"), ("B", "b"), ("C", "c"), title="Tides"), "names no number"),
    ("listicle", article(("A", "a"), title="1 tide"), "has 3 to 40 sections"),
    ("how-to", article(("Before you start", "A valve."), ("Steps", GOOD_STEPS), steps="a\nb\nc"), ""),
    ("how-to", article(("Before", "."), ("Steps", GOOD_STEPS), steps="a\nb"), "gives 2 steps, and the text numbers 3"),
    ("how-to", article(("Before", "."), ("Steps", "Open. Close.")), "not numbered"),
    ("how-to", article(("Step 1: open", "a"), ("Step 2: close", "b")), "what is needed before the start"),
    ("how-to", article(("Before", "."), ("Steps", GOOD_STEPS), result="A dry cellar"), "“A dry cellar”"),
    ("how-to", article(("Before", "A dry cellar."), ("Steps", GOOD_STEPS), result="A dry cellar"), ""),
    ("comparison", article(("Table", TABLE), ("Which for whom", "x"), options="Barrage\nStream", criteria="cost"), ""),
    ("comparison", article(("Table", HOLED), ("Which for whom", "x")), "empty cell"),
    ("comparison", article(("Table", TABLE), ("Which for whom", "x"), options="Lagoon"), "leaves out “Lagoon”"),
    ("comparison", article(("Table", "none"), ("Which for whom", "x")), "no table"),
    ("comparison", article(("Table", TABLE), ("End", "x")), "which option suits whom"),
    ("review", article(("Pros", "- quiet"), ("Cons", "- dear"), ("Price", "It cost $90 in May 2026.")), ""),
    ("review", article(("Pros", "- quiet"), ("Cons", "It is dear.")), "weak sides are not listed"),
    ("review", article(("Notes", "#### Good\n\n- quiet\n\n#### Bad\n\n- dear\n\nIt costs $90.")), "price has no date"),
    ("opinion", article(("Claim", "Tides should be free."), ("However", "x"), thesis="Tides should be free"), ""),
    (
        "opinion",
        article(("Claim", "Wind is old."), ("However", "x"), thesis="Tides should be free"),
        "not stand in the opening",
    ),
    ("opinion", article(("Claim", "Tides are free.")), "No counter-argument"),
    ("news", article(("News", "The mayor opened the plant [[S1.p1]]."), who="The mayor"), ""),
    ("news", article(("News", "A plant was opened [[S1.p1]]."), who="The mayor"), "do not say who"),
    ("news", article(("News", " ".join(["word"] * 20) + ".")), "names no source"),
    ("case-study", article(("A", f"{QUOTE}, said Ann Lee. From 4 to 9."), before="4", after="9"), ""),
    ("case-study", article(("A", f"{QUOTE}."), before="4", after="9"), "Nobody is named"),
    ("case-study", article(("A", "From 4 to 8."), before="4", after="9"), "The figure after"),
    ("interview", article(("Why?", "a"), ("How?", "b"), ("When?", "c")), ""),
    ("interview", article(("Why", "**How?**\n\nb")), "1 questions stand as headings"),
    ("explainer", article(("A", "A tide is the sea's rise and fall."), ("B", "b"), ("C", "c")), ""),
    ("explainer", article(("A", "Imagine a beach!"), ("B", "b"), ("C", "c")), "no definition"),
    ("data-study", article(("Method", "x"), ("Limits", "y")), ""),
    ("data-study", article(("Results", "x")), "what the figures cannot show"),
    ("newsletter", article(("A", "a"), title="Tides", description="d" * 60), ""),
    ("newsletter", article(("A", "a"), title="T" * 51, description="d" * 60), "subject has 51"),
    ("newsletter", article(("A", "a"), description="short"), "preheader has 5"),
    ("newsletter", article(("A", "a")), "no preheader"),
    (
        "press-release",
        article(
            ("News", f"BREST, 3 May 2026 — A plant opens. {QUOTE}, said Ann Lee."),
            ("About", "We make power."),
            boilerplate="We make power.",
        ),
        "",
    ),
    ("press-release", article(("News", f"A plant opens. {QUOTE}, said Ann Lee.")), "dateline"),
    ("press-release", article(("News", "BREST, 3 May 2026 — A plant opens.")), "at least 1 belong"),
    ("press-release", article(("News", "x"), boilerplate="We make power."), "missing at the end"),
    ("landing-page", article(("A", "Tidal hours. Order now."), features="tidal hours", action="Order now"), ""),
    ("landing-page", article(("A", "Nothing."), features="tidal hours"), "A feature from the brief"),
    (
        "tutorial",
        article(("A", f"{GOOD_STEPS}\n\n```sh\nls\n```\n\nIt prints a list. Python 3.11"), versions="Python 3.11"),
        "",
    ),
    ("tutorial", article(("A", f"{GOOD_STEPS}\n\n```\nls\n```\nIt prints.")), "does not say its language"),
    ("tutorial", article(("A", f"{GOOD_STEPS} It prints.")), "no block of code"),
    ("tutorial", article(("A", f"{GOOD_STEPS}\n\n```sh\nls\n```")), "what the reader should see"),
    ("literature-review", article(("What was included", "x"), ("Themes", "y")), ""),
    ("literature-review", article(("Themes", "y")), "which works were included"),
    ("roundup", article(("A", "a"), ("B", "b"), ("C", "c")), ""),
    ("pillar-guide", article(("A", "A tide is x."), *[(c, c) for c in "BCDE"], subtopics="zebra"), "A subtopic"),
    ("repurpose-pack", article(("Thread", "One.\n\nTwo."), ("Post", "p"), ("Summary", "s"), ("E-mail", "e")), ""),
    (
        "repurpose-pack",
        article(("Thread", "x" * 281), ("Post", "p"), ("Summary", "s"), ("E-mail", "e")),
        "281 characters",
    ),
]


@pytest.mark.parametrize(("name", "example", "sentence"), EXAMPLES)
def test_a_check_finds_the_fault_and_nothing_in_a_good_example(name: str, example: Article, sentence: str):
    found = findings(example, TYPES[name])
    assert not found if not sentence else any(sentence in finding.sentence for finding in found), found


def test_every_type_has_a_bad_example_that_is_found():
    assert {name for name, _, sentence in EXAMPLES if sentence} | {"roundup"} == set(TYPES)


def test_a_finding_points_at_its_section():
    found = findings(article(("Good parts", "- a"), ("Bad", "- b"), ("Price", "It costs $90.")), TYPES["review"])
    assert [finding.key for finding in found] == ["s3"]


def test_a_gap_does_not_break_a_check():
    gapped = Section("s1", "A").lacking(Gap(("x",)))
    assert all(isinstance(f, Finding) for t in TYPES.values() for f in findings(Article("T", "", (gapped,), {}), t))


def test_a_file_with_an_unknown_field_is_refused_by_name():
    with pytest.raises(ConfigurationError, match=r"mine\.yaml"):
        parsed("name: x\ncolour: red", "mine.yaml")


def test_an_unknown_type_names_the_known_ones():
    with pytest.raises(UserMistake, match="Choose one of: case-study, comparison"):
        type_of(Brief("x", content_type="ode"))
