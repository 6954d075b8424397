"""Checked sentences on real screens: chips that open the passage, and what a writer does about a weak one."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened, Served, button, settled
from tests.browser.test_every_page import violations
from tests.browser.writing import content, desk_of, ready, saved, to_end
from writer.bootstrap import build
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.drafts import Gap, Section, SectionState
from writer.settings import read_settings

pytestmark = pytest.mark.furnished


def edited(visit: Opened, text: str = "", *, dark: bool = False) -> Page:
    """The editor on the draft that was made; `text` replaces the first section's."""
    page = visit("/drafts", dark=dark)
    button(page, "Edit").first.click()
    page.get_by_role("textbox", name="Title", exact=True).wait_for()
    if text:
        page.get_by_text("Sections", exact=True).click()
        field = page.locator("[class*=st-key-section]").first  # not the editor that is leaving the screen
        field.get_by_role("textbox", name="Text of").fill(text)
        expect(field.get_by_text("Saved", exact=True)).to_be_visible()
        settled(page)
        button(page, "Check again").click()
    page.locator(".st-key-claims").wait_for()
    settled(page)
    return page


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_chips_open_the_passage_at_its_sentence_and_break_no_rule(visit: Opened, dark: bool) -> None:
    page = edited(visit, dark=dark)
    page.get_by_text("Reading view").click()
    chip = page.locator("button.claim").first
    chip.wait_for()
    assert violations(Axe().run(page).response) == []

    chip.click()

    card = page.get_by_role("dialog", name="What the check says")
    expect(card.locator("mark")).not_to_be_empty()
    assert violations(Axe().run(page).response) == []
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)


def test_a_claim_is_softened_and_another_source_is_cited(visit: Opened) -> None:
    page = edited(visit, "The fish hall always cost the town 46.8 million crowns [[S1.p1]].")
    expect(page.get_by_text("not found in the passage").first).to_be_visible()

    page.get_by_role("button", name="Soften").first.click()
    page.get_by_role("button", name="Use this wording").click()

    text = page.get_by_role("textbox", name="Text of").first
    expect(text).to_have_value("The fish hall often cost the town 46.8 million crowns [[S1.p1]].")
    page.get_by_role("button", name="Find a source").first.click()
    page.get_by_role("button", name="Cite this").first.click()
    expect(text).to_have_value(re.compile(r"\]\]\. \[\[S\d+\.p\d+\]\]$"))


def test_softening_in_the_text_view_loses_nothing_that_is_being_typed(visit: Opened, served: Served) -> None:
    desk = desk_of(served)
    desk.put("The fish hall always cost the town 46.8 million crowns [[S1.p1]].\n\nIt is cold.")
    page = ready(visit(desk.address))
    page.get_by_role("button", name="Soften").first.wait_for()
    to_end(page)
    page.keyboard.type(" This is typed just now.")
    page.get_by_role("button", name="Soften").first.click()
    page.get_by_role("button", name="Use this wording").click()

    softened = "The fish hall often cost the town 46.8 million crowns"
    expect(content(page)).to_contain_text(softened, timeout=30_000)
    expect(content(page)).to_contain_text("It is cold. This is typed just now.")
    saved(page)
    assert desk.text == f"{softened} [[S1.p1]].\n\nIt is cold. This is typed just now."


def test_a_gap_is_worked_on_beside_the_text(visit: Opened, served: Served) -> None:
    page = ready(visit(f"/editor?draft={with_gap(served)}"))
    page.get_by_text("1 open part").wait_for()
    to_end(page)
    page.keyboard.type(" Typed before it.")
    page.get_by_role("button", name="Write it myself").click()

    expect(page.get_by_text("1 open part")).to_have_count(0, timeout=30_000)
    expect(content(page)).to_contain_text("Typed before it.")
    saved(page)
    assert violations(Axe().run(page).response) == []


def with_gap(served: Served) -> str:
    """A draft whose sources do not carry its first section."""
    app = build(read_settings({"WRITER_DATA_DIR": str(served.log.parent / "data")}))
    draft = app.drafts.begin("Ships", LOCAL_ACTOR)
    lacking = Section("s1", "Scurvy", "", SectionState.DONE, gap=Gap(("What sauerkraut did on ships.",)))
    sections = [lacking, Section("s2", "Ships", "They sail.", SectionState.DONE)]
    app.drafts.save(draft.id, draft.revision, LOCAL_ACTOR, title="Ships", sections=sections)
    app.close()
    return draft.id
