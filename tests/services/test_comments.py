"""Comments over both databases."""

import pytest

from writer.domain import manuscript
from writer.domain.actors import Actor
from writer.domain.briefs import Brief
from writer.domain.drafts import Origin, Section, SectionState
from writer.domain.errors import NotFound, UserMistake
from writer.services.comments import Comments
from writer.services.drafts import Drafts

ANNA, BERT = Actor("anna"), Actor("bert")
GRAIN = "Wheat was weighed twice and stored in warehouses of brick."


@pytest.fixture
def comments(stores) -> Comments:
    return Comments(stores.comments, Drafts(stores.drafts, stores.sources))


def draft_of(stores, *texts: str, owner: str = "anna") -> str:
    draft_id = stores.drafts.create(owner, Brief("The harbour"), "The harbour").id
    write(stores, draft_id, *texts)
    return draft_id


def write(stores, draft_id: str, *texts: str) -> None:
    draft = stores.drafts.get(draft_id)
    sections = [Section(f"s{n}", f"Part {n}", text, SectionState.DONE) for n, text in enumerate(texts)]
    stores.drafts.save(draft_id, draft.revision, Origin("person", draft.owner_id), title=draft.title, sections=sections)


def shown(stores, placed) -> str | None:
    text = manuscript.join(stores.drafts.get(placed.comment.draft_id).sections)
    return None if placed.start is None else text[placed.start : placed.end]


def test_a_comment_follows_its_text_through_edits_and_into_another_section(stores, comments):
    draft_id = draft_of(stores, "The sea rises.", f"{GRAIN} More.")
    made = comments.add(draft_id, ANNA, quote="stored in warehouses", body="Which ones?", prefix="twice and ")
    assert made.section_key == "s1"

    write(stores, draft_id, "A new sentence. The sea rises.", f"First this. {GRAIN} More.")
    (placed,) = comments.of_draft(draft_id, ANNA)
    assert (shown(stores, placed), placed.exact) == ("stored in warehouses", True)

    write(stores, draft_id, f"{GRAIN} The sea rises.", "Nothing else.")
    (placed,) = comments.of_draft(draft_id, ANNA)
    assert shown(stores, placed) == "stored in warehouses"
    assert comments.of_draft(draft_id, ANNA)[0].comment.section_key == "s0"


def test_a_changed_text_is_shown_as_changed_and_one_that_is_gone_keeps_its_quote(stores, comments):
    draft_id = draft_of(stores, f"{GRAIN} The sea rises.")
    comments.add(draft_id, ANNA, quote=GRAIN, body="True?")

    write(stores, draft_id, "Wheat was weighed thrice, then stored in warehouses of brick. The sea rises.")
    (placed,) = comments.of_draft(draft_id, ANNA)
    assert (shown(stores, placed), placed.exact) == (
        "Wheat was weighed thrice, then stored in warehouses of brick.",
        False,
    )

    write(stores, draft_id, "The sea rises.")
    (placed,) = comments.of_draft(draft_id, ANNA)
    assert (placed.start, placed.end, placed.comment.anchor.quote) == (None, None, GRAIN)
    write(stores, draft_id, f"The sea rises. {GRAIN}")
    assert shown(stores, comments.of_draft(draft_id, ANNA)[0]) == GRAIN


def test_replies_and_states_are_kept_and_a_deleted_comment_is_gone(stores, comments):
    draft_id = draft_of(stores, GRAIN)
    made = comments.add(draft_id, ANNA, quote="brick", body="Which?")

    comments.reply(draft_id, made.id, "Red ones.", ANNA)
    comments.reply(draft_id, made.id, "Sure?", ANNA)
    assert comments.resolve(draft_id, made.id, ANNA).resolved
    (placed,) = comments.of_draft(draft_id, ANNA)
    assert [reply.body for reply in placed.comment.replies] == ["Red ones.", "Sure?"]
    assert not comments.resolve(draft_id, made.id, ANNA, resolved=False).resolved
    comments.delete(draft_id, made.id, ANNA)
    assert comments.of_draft(draft_id, ANNA) == []


def test_nobody_reads_or_changes_comments_on_drafts_of_others(stores, comments):
    draft_id, own = draft_of(stores, GRAIN), draft_of(stores, GRAIN, owner="bert")
    made = comments.add(draft_id, ANNA, quote="brick", body="Which?")

    for attempt in (
        lambda id_: comments.of_draft(id_, BERT),
        lambda id_: comments.add(id_, BERT, quote="brick", body="Mine"),
        lambda id_: comments.reply(id_, made.id, "Hello", BERT),
        lambda id_: comments.resolve(id_, made.id, BERT),
        lambda id_: comments.delete(id_, made.id, BERT),
    ):
        with pytest.raises(NotFound):
            attempt(draft_id)
    for attempt in (
        lambda: comments.reply(own, made.id, "Hello", BERT),
        lambda: comments.delete(own, made.id, BERT),
        lambda: comments.resolve(own, made.id, BERT),
    ):
        with pytest.raises(NotFound, match="comment"):
            attempt()
    assert not comments.of_draft(draft_id, ANNA)[0].comment.replies


@pytest.mark.parametrize(
    ("quote", "body", "said"),
    [("", "x", "Select"), ("  ", "x", "Select"), ("brick", " ", "empty"), ("brick", "x" * 5_001, "5,000")],
)
def test_what_cannot_be_a_comment_is_refused(stores, comments, quote, body, said):
    draft_id = draft_of(stores, GRAIN)

    with pytest.raises(UserMistake, match=said):
        comments.add(draft_id, ANNA, quote=quote, body=body)


def test_comments_go_with_their_draft(stores, comments):
    draft_id = draft_of(stores, GRAIN)
    made = comments.add(draft_id, ANNA, quote="brick", body="Which?")
    stores.drafts.trash(draft_id)
    stores.drafts.purge(older_than_days=0)

    with pytest.raises(NotFound):
        stores.comments.get(draft_id, made.id)
