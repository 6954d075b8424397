"""The checked sentences beside the editor and in the reading view."""

import io

import pytest

from pages._shared.chips import Chips, split_at
from tests.pages.conftest import Screen, said
from tests.support.furnished import Furnished, finished
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.claims import Claim
from writer.domain.drafts import Draft, Section


@pytest.fixture
def draft(app: App, furnished: Furnished) -> Draft:
    return furnished.written(app)


def with_text(app: App, draft: Draft, text: str) -> Claim:
    """The draft's first section says `text`; its first claim."""
    now = app.drafts.open(draft.id, LOCAL_ACTOR)
    section = next(section for section in now.sections if section.role == "body" and section.text)
    app.drafts.save(
        draft.id, now.revision, LOCAL_ACTOR, title=now.title, sections=[Section(section.key, "Costs", text)]
    )
    return app.claims.check(draft.id, LOCAL_ACTOR).claims[0]


def test_each_sentence_of_the_draft_has_its_status_in_words(app: App, screen: Screen, draft: Draft) -> None:
    with_text(app, draft, "The plant is on the moon [[S1.p1]]. Its many rooms hold 913,000 pumps in all.")

    shown = said(screen("editor", draft=draft.id))

    assert "not found in the passage" in shown
    assert "no citation" in shown
    assert "This is a guess from its wording" in shown


def test_a_softer_wording_is_shown_before_anything_changes(app: App, screen: Screen, draft: Draft) -> None:
    claim = with_text(app, draft, "The harbour always heats every home on the moon [[S1.p1]].")

    at = screen("editor", draft=draft.id).button(key="claim:soften:0").click().run()

    assert at.button(key="claim:use").label == "Use this wording"
    assert app.drafts.open(draft.id, LOCAL_ACTOR).sections[0].text == claim.sentence


def test_other_passages_are_offered_with_what_the_check_says_of_them(app: App, screen: Screen, draft: Draft) -> None:
    with_text(app, draft, "The plant in the old fish hall cost the town 46.8 million crowns.")

    at = screen("editor", draft=draft.id).button(key="claim:find:0").click().run()

    assert at.button(key="cite:0").label == "Cite this"
    assert "other passage" in said(at)


def test_the_passage_opens_at_its_sentence(app: App, screen: Screen, draft: Draft) -> None:
    cited = next(c for c in app.claims.check(draft.id, LOCAL_ACTOR).claims if c.passage_ids)
    with_text(app, draft, cited.sentence)

    at = screen("editor", draft=draft.id).button(key="claim:open:0").click().run()

    assert "Your sentence:" in said(at)


def test_a_sentence_whose_passage_changed_is_flagged_until_the_writer_has_read_it(
    app: App, screen: Screen, draft: Draft
) -> None:
    name = "notes.md"
    first = app.sources.upload(name, io.BytesIO(b"# Notes\n\nThe crane lifts nine tons at low water."), LOCAL_ACTOR)
    finished_source(app, first.source.id)
    with_text(app, draft, f"The crane lifts nine tons at low water [[S{first.source.id}.p1]].")
    app.sources.upload(name, io.BytesIO(b"# Notes\n\nThe crane lifts eight tons at low water."), LOCAL_ACTOR)
    finished_source(app, first.source.id)

    at = screen("editor", draft=draft.id)

    assert "has changed since" in said(at)
    at = at.button(key="claim:stand:0").click().run()
    assert "has changed since" not in said(at)


def finished_source(app: App, source_id: int) -> None:
    job = app.jobs.for_source(source_id, LOCAL_ACTOR)
    assert job is not None
    finished(app, job)


def test_a_chip_stands_at_the_end_of_its_sentence_and_escapes_what_it_says() -> None:
    text = "<b>One</b> thing [[S1.p1]]. Two."
    chips = Chips([Claim("s1", 0, 27, text[:27], ("S1.p1",))], {})

    marked = chips.marked(Section("s1", "H", text))

    assert chips.drawn(marked).startswith(text[:27] + ' <button type="button" class="claim unchecked"')
    assert chips.drawn("\ue0f07\ue0f1") == ""


def test_a_text_that_holds_our_marks_gets_no_chips() -> None:
    chips = Chips([Claim("s1", 0, 4, "One.", ())], {})

    assert chips.marked(Section("s1", "H", "One. \ue0f00\ue0f1")) == "One. \ue0f00\ue0f1"


def test_a_passage_is_split_at_a_sentence_however_its_lines_break() -> None:
    assert split_at("A b.\nC  d\ne. F", "C d e.") == ["A b.\n", "C  d\ne.", " F"]
    assert split_at("A b.", "") == ["A b.", "", ""]
