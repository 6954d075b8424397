"""What pages share and no browser is needed for."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from pages._shared.asgi import KnownHosts, content_policy
from pages._shared.paper import marked_block, section_block, word_changes
from pages._shared.text import ago, cost_of, counted, day, duration, lines, shortened
from writer.domain.drafts import Gap, Section, SectionState
from writer.security.render import CitationView

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("path", "kind"), [("/", "text/plain"), ("/api/drafts", "application/problem+json")])
def test_a_name_that_somebody_else_points_here_is_refused_in_the_words_of_who_was_asked(path: str, kind: str) -> None:
    served = KnownHosts(PlainTextResponse("served"), lambda: ["*.team"])

    answers = [TestClient(served, base_url=f"http://{host}").get(path) for host in ("evil.example", "a.team")]

    assert [answer.status_code for answer in answers] == [421, 200]
    assert answers[0].headers["content-type"].partition(";")[0] == kind
    assert "WRITER_ALLOWED_HOSTS" in answers[0].text


def test_the_content_policy_names_streamlits_inline_script_and_no_foreign_host() -> None:
    policy = content_policy()

    assert "'sha256-" in policy
    assert "http" not in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]


def test_only_inline_scripts_are_named_in_the_policy(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text('<script type="module" src="./a.js"></script><script>1</script>')

    assert content_policy(page).count("sha256-") == 1


@pytest.mark.parametrize(
    ("before", "shown"),
    [
        (30, "just now"),
        (90, "1 minute ago"),
        (7200, "2 hours ago"),
        (86400 * 3, "3 days ago"),
        (86400 * 40, "12 October 2026"),
    ],
)
def test_how_long_ago(before: int, shown: str) -> None:
    assert ago(NOW - timedelta(seconds=before), NOW) == shown


def test_unknown_prices_are_not_zero() -> None:
    assert cost_of(0, 3, 3) == "n/a"
    assert cost_of(1_500_000, 0, 3) == "$1.50"
    assert cost_of(1_500, 1, 3) == "≥ $0.0015"
    assert cost_of(0, 0, 0) == "$0.00"


def test_small_texts() -> None:
    assert duration(None) == "n/a"
    assert duration(2140.0) == "2.1 s"
    assert counted(1, "word") == "1 word"
    assert counted(1200, "word") == "1,200 words"
    assert lines(" a \n\n b") == ("a", "b")
    assert shortened("one two three four", 12) == "one two…"


def test_a_gap_is_a_card_and_not_prose() -> None:
    section = Section("s1", "Costs", state=SectionState.DONE, gap=Gap(("The <b>price</b>",), ("price of heat",)))
    block = section_block(section, {})

    assert block["gap"] == {"missing": ["The <b>price</b>"], "queries": ["price of heat"]}  # becomes text nodes
    assert block["html"] == ""
    assert block["empty"] == ""


def test_citations_become_numbers_that_lead_to_the_reference() -> None:
    section = Section("s1", "Costs", "It cost 4 million [[S1.p2]].")
    block = section_block(section, {"S1.p2": CitationView(3, 'A "title"', "#ref-3")})

    assert '<a href="#ref-3"' in block["html"]
    assert ">3</a>" in block["html"]


def test_markup_in_a_passage_stays_text_and_sought_words_are_marked() -> None:
    html = marked_block(
        "", "Heat <img src=x onerror=alert(1)> of the *harbours* [x](javascript:alert(1))", "heat harbour"
    )["html"]

    assert "<mark>Heat</mark>" in html
    assert "<img" not in html
    assert "<em>" not in html
    assert "href" not in html


def test_word_changes_tell_what_went_and_what_came() -> None:
    assert word_changes("a cold day", "a warm day") == [("=", "a "), ("-", "cold"), ("+", "warm"), ("=", " day")]


def test_a_day_of_this_year_does_not_say_the_year() -> None:
    assert day(date(2026, 12, 24), NOW.date()) == "24 Dec"
    assert day(date(2027, 1, 2), NOW.date()) == "2 Jan 2027"


def test_the_facts_of_a_brief_are_all_that_was_set() -> None:
    def script() -> None:
        from dataclasses import replace
        from datetime import date

        from pages._shared.article import brief_facts
        from writer.domain.briefs import Brief

        own = (("options", "Rail\nRoad"), ("*", "x"))
        brief = Brief("Rail or road", "comparison", language="de", due=date(2099, 12, 24), words=900, extra=own)
        brief_facts(replace(brief, point_of_view="third person", reading_level="expert"))

    at = AppTest.from_function(script).run()

    shown = dict(zip([c.value for c in at.caption], [m.value for m in at.markdown], strict=True))
    assert not at.exception
    assert shown["Language"] == "German"
    assert shown["Due"] == "24 Dec 2099"
    assert shown["Words"] == "900"
    assert shown["Point of view"] == "third person"
    assert shown["Reading level"] == "expert"
    assert shown["Options"] == "Rail; Road"
    assert shown[r"\*"] == "x"
    assert "Tone" not in shown
