"""Prose, signs of machine writing, style and citations: what is found, where it stands, and what a fix makes of it."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.services.checks.making import checked, draft, found, quotes
from writer.domain.checking import CheckReport, Finding, Severity
from writer.domain.claims import Claim, ClaimStatus, Verdict
from writer.domain.style_guide import Ignored, Preferred, StyleGuide
from writer.services.checks.document import Document
from writer.services.checks.service import report
from writer.services.checks.style import in_style

GUIDE = StyleGuide((Preferred("web site", "website"), Preferred("utilise", "use")), ("synergy",), "en-US", "always")
PIECES = [
    "the the water",
    "due to the fact that",
    "in order to",
    "very unique",
    "Some experts say",
    "I think",
    "“quoted colour”",
    "colour",
    "web site",
    "Utilise",
    "synergy",
    "apples, pears and plums",
    "We sell apples, pears and plums",
    "[[S1.p4]]",
    "`the the code`",
    "https://example.org/the the",
    "**bold**",
    "🌊",
    "It is wet.",
    "As an AI language model",
    "[insert name]",
    "\n\n",
    "\n",
    "- ",
    "## ",
    "> ",
    "1. ",
    "```\ncode the the\n```",
    "| a | b |",
    'He said "wet".',
    "潮汐。",
    "e-mail email",
    "delve",
    "not just wet, but cold",
    "5 - 6",
    "was taken by",
    "[[",
    "]]",
    "![](a.png)",
    "[x](y)",
    "\u200d",
    "é",
    "İ",
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=25).map(" ".join)


@given(text=TEXTS)
@example(text="🌊🌊 the the 🌊 colour")
@settings(max_examples=150)
def test_each_finding_stands_where_it_says_and_its_fix_is_of_that_place(text: str) -> None:
    seen = checked(text, GUIDE)

    for finding in seen.findings:
        if finding.target == "text":
            assert seen.text[finding.start : finding.end] == finding.quote
        if finding.fix:
            assert (finding.fix.at, finding.fix.old) == (finding.start, finding.quote)
            assert finding.fix.new != finding.fix.old


@given(text=TEXTS)
@settings(max_examples=100)
def test_what_was_looked_at_before_changes_nothing(text: str) -> None:
    assert checked(text, GUIDE) == checked(text, GUIDE)


def fixed(text: str, finding: Finding) -> str:
    assert finding.fix
    return text[: finding.start] + finding.fix.new + text[finding.end :]


@given(text=TEXTS)
@settings(max_examples=100)
def test_a_fix_of_a_term_or_a_repetition_is_not_found_again(text: str) -> None:
    seen = checked(text, GUIDE)
    for finding in seen.findings:
        if finding.fix and finding.check in ("terms", "variety"):
            before = [one for one in seen.findings if one.check == finding.check]
            after = found(fixed(seen.text, finding), finding.check, GUIDE)
            assert len(after) < len(before)


@given(text=TEXTS)
@settings(max_examples=100)
def test_a_style_guide_is_applied_once_and_for_all(text: str) -> None:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    once = in_style(plain, GUIDE, "en")

    assert in_style(once, GUIDE, "en") == once


@pytest.mark.parametrize(
    ("text", "check", "quote", "new"),
    [
        ("We saw the the water.", "repetition", "the the", "the"),
        ("It closed due to the fact that it rained.", "wordiness", "due to the fact that", "because"),
        ("A preventative measure.", "variants", "preventative", "preventive"),
        ('He said "wet".', "typography", '"', "“"),
    ],
)
def test_prose_is_mended_by_a_hunk(text: str, check: str, quote: str, new: str) -> None:
    first = found(text, check)[0]

    assert (first.quote, first.fix.new if first.fix else None) == (quote, new)


@pytest.mark.parametrize(
    ("text", "check", "quote"),
    [
        ("Some experts say it rains.", "weasel", "Some experts say"),
        ("Perhaps it rains.", "hedges", "Perhaps"),
        ("It is the tip of the iceberg.", "cliches", "tip of the iceberg"),
        ("The harbour is a tapestry of work.", "tell-words", "tapestry"),
        ("It is not just a pier, but a home.", "tell-patterns", "not just a pier, but"),
        ("As an AI language model, I cannot say.", "leftover", "As an AI language model"),
        ("It was built in [insert year].", "placeholder", "[insert year]"),
    ],
)
def test_what_can_only_be_pointed_at_is_pointed_at(text: str, check: str, quote: str) -> None:
    assert quotes(found(text, check)) == [quote]


def test_signs_of_machine_writing_say_that_they_are_guesses() -> None:
    tells = [one for one in checked("We delve into a tapestry.").findings if one.family == "machine"]

    assert tells
    assert all(one.heuristic for one in tells)
    family = next(one for one in checked("We delve into a tapestry.").families if one.family == "machine")
    assert family.heuristic
    assert family.score == "400.0 for 1,000 words"


def test_dashes_are_named_where_they_pile_up() -> None:
    many = "It rained — we stayed — it ended — we left — at last."
    assert len(found(many, "dashes")) == 4
    assert found(many + " And then we walked for a long time over the hills." * 60, "dashes") == []


def test_other_peoples_words_code_and_addresses_are_left_alone() -> None:
    text = "He wrote “some experts say the the”.\n\n`in order to`\n\n```\nvery very\n```\n\nhttps://example.org/due-to"

    assert [one for one in checked(text).findings if one.family in ("prose", "machine")] == []


def test_english_lists_are_kept_from_other_languages() -> None:
    assert {one.check for one in checked("Das ist very unique delve.", language="de").findings} & {
        "wordiness", "tell-words", "usage", "hedges",
    } == set()  # fmt: skip


def test_a_style_guide_has_terms_bans_spelling_and_commas() -> None:
    text = "We utilise the web site for synergy. The colour is grey. We sell apples, pears and plums."

    assert quotes(found(text, "terms", GUIDE)) == ["utilise", "web site"]
    assert [(one.quote, one.severity) for one in found(text, "banned", GUIDE)] == [("synergy", Severity.PROBLEM)]
    assert [one.fix.new for one in found(text, "variety", GUIDE) if one.fix] == ["color", "gray"]
    assert [one.fix.new for one in found(text, "oxford-comma", GUIDE) if one.fix] == ["pears,"]


def test_an_introduction_before_a_pair_is_no_list() -> None:
    assert found("In spring, Ann and Bo left.", "oxford-comma", GUIDE) == []


def test_no_oxford_comma_takes_the_comma_out() -> None:
    never = StyleGuide(oxford_comma="never")
    first = found("We sell apples, pears, and plums.", "oxford-comma", never)[0]

    assert (first.quote, first.fix.new if first.fix else "") == ("pears,", "pears")


def test_the_spelling_used_more_often_is_offered_for_the_other() -> None:
    places = found("An e-mail came. Another e-mail came. The email went.", "variants")

    assert [(one.quote, one.fix.new) for one in places if one.fix] == [("email", "e-mail")]


def test_what_is_ignored_is_not_found_again() -> None:
    guide = StyleGuide(ignored=(Ignored("repetition", "the the"),))

    assert found("We saw the the water, and we had no no idea.", "repetition", guide) == []
    assert quotes(found("We saw a a pier.", "repetition", guide)) == []
    assert quotes(found("We saw water water.", "repetition", guide)) == ["water water"]


def with_claims(text: str, *claims: Claim) -> CheckReport:
    return report(Document.of(draft(), text), StyleGuide(), claims)


def test_citations_say_what_their_check_said_where_the_sentence_still_stands() -> None:
    broken, gone = (
        Claim("opening", 0, 0, text, ("S1.p4",), Verdict(ClaimStatus.NOT_FOUND))
        for text in ("The moon pulls [[S1.p4]].", "This was taken out [[S1.p4]].")
    )
    seen = with_claims("It is wet. The moon pulls [[S1.p4]].", broken, gone)

    places = [one for one in seen.findings if one.family == "citations"]
    assert quotes(places) == ["The moon pulls [[S1.p4]]."]
    assert places[0].severity is Severity.PROBLEM


def test_a_token_that_cites_nothing_is_found_at_once() -> None:
    assert quotes(found("It is wet [[S1]].", "malformed")) == ["[[S1]]"]


def test_the_rules_of_the_kind_point_at_the_title_or_the_section() -> None:
    listicle = checked("## One\n\nText.\n\n## Two\n\nText.", title="5 piers", content_type="listicle")

    title = next(one for one in listicle.findings if one.family == "kind" and one.target == "title")
    assert "5" in title.sentence
    assert title.quote == "5 piers"


def test_findings_name_the_section_that_they_stand_in() -> None:
    text = "We saw the the pier.\n\n## Tides\n\nWe saw a a wave and the the sea."
    sections = {one.quote: one.section for one in found(text, "repetition")}

    assert sections["the the"] != "opening"
    assert len({one.section for one in found(text, "repetition")}) == 2


def test_one_section_can_be_looked_at_alone() -> None:
    mine = draft()
    seen = report(Document.of_section(mine, mine.sections[0], "We saw the the pier."), StyleGuide())

    assert {one.section for one in seen.findings} == {"opening"}
    assert not [one for one in seen.figures if one.family == "seo"]
