from datetime import UTC, datetime, timedelta

import pytest

from tests.storage.makers import OWNER, a_brief
from writer.domain.errors import NotFound, UserMistake
from writer.domain.suggestions import Change, NewSuggestion, Spent
from writer.storage import Stores


def a_suggestion(id_: str = "one", draft_id: str = "draft", **changes: object) -> NewSuggestion:
    values: dict[str, object] = {
        "owner_id": OWNER,
        "action": "rewrite",
        "route": "test:model",
        "prompt_version": "edit-rewrite@1",
        "changes": (Change(2, 3), Change(1, 0), Change(0, 4)),
        "spent": Spent(700, 90, 30, 12.5, 80.0),
    }
    return NewSuggestion(id=id_, draft_id=draft_id, **{**values, **changes})  # type: ignore[arg-type]  # mixed values


def test_a_suggestion_comes_back_as_it_was_made(stores: Stores):
    added = stores.suggestions.add(a_suggestion())

    assert added.made == a_suggestion()
    assert (added.open, added.kept_words, added.saved) == (3, 0, False)
    assert stores.suggestions.get("draft", "one") == added


def test_an_id_is_given_once_in_a_draft(stores: Stores):
    stores.suggestions.add(a_suggestion())
    stores.suggestions.add(a_suggestion(draft_id="another"))

    with pytest.raises(UserMistake, match="exists already"):
        stores.suggestions.add(a_suggestion(action="expand"))

    assert stores.suggestions.get("draft", "one").made.action == "rewrite"


def test_decisions_add_up_and_the_last_word_counts(stores: Stores):
    stores.suggestions.add(a_suggestion())

    stores.suggestions.decide("draft", "one", [0, 1], [2], {0: 7})
    now = stores.suggestions.decide("draft", "one", [2], [1], {})

    assert (now.accepted, now.rejected, now.open) == ({0, 2}, {1}, 0)
    assert now.kept_words == 7 + 4
    assert stores.suggestions.get("draft", "one") == now


@pytest.mark.parametrize(("accepted", "rejected"), [([3], []), ([-1], []), ([0], [0])])
def test_hunks_that_cannot_be_decided_are_refused(stores: Stores, accepted: list[int], rejected: list[int]):
    made = stores.suggestions.add(a_suggestion())

    with pytest.raises(UserMistake):
        stores.suggestions.decide("draft", "one", accepted, rejected, {})

    assert stores.suggestions.get("draft", "one") == made


def test_the_first_version_bears_the_cost(stores: Stores):
    first = stores.suggestions.add(a_suggestion()).origin()
    stores.suggestions.mark_saved("draft", "one")
    later = stores.suggestions.get("draft", "one").origin()

    assert (first.kind, first.user, first.route, first.prompt_version) == (
        "suggestion",
        OWNER,
        "test:model",
        "edit-rewrite@1",
    )
    assert (first.cost_micros, later.cost_micros) == (700, 0)


def test_what_is_not_there_is_not_found(stores: Stores):
    with pytest.raises(NotFound):
        stores.suggestions.get("draft", "none")
    with pytest.raises(NotFound):
        stores.suggestions.decide("draft", "none", [], [], {})


def test_acceptance_by_route_and_action_of_one_owner(stores: Stores):
    stores.suggestions.add(a_suggestion("one"))
    stores.suggestions.add(a_suggestion("two", action="expand", spent=Spent(None)))
    stores.suggestions.add(a_suggestion("three", route="built-in", action="tighten", spent=Spent(0)))
    stores.suggestions.add(a_suggestion("four", owner_id="somebody else"))
    stores.suggestions.decide("draft", "one", [0, 2], [1], {})
    stores.suggestions.decide("draft", "two", [0], [], {})
    stores.suggestions.decide("draft", "four", [0], [], {})

    model, built_in = stores.suggestions.acceptance(OWNER, "route")
    actions = {found.key: found for found in stores.suggestions.acceptance(OWNER, "action")}

    assert (model.key, model.suggestions, model.hunks, model.accepted, model.rejected) == ("test:model", 2, 6, 3, 1)
    assert (model.kept_words, model.cost_micros, model.unpriced) == (10, 700, 1)
    assert (model.rate, model.micros_per_kept_word) == (0.75, None)
    assert (built_in.rate, built_in.micros_per_kept_word) == (None, None)
    assert set(actions) == {"rewrite", "expand", "tighten"}
    assert actions["rewrite"].micros_per_kept_word == 100


def test_acceptance_of_a_time(stores: Stores):
    stores.suggestions.add(a_suggestion())
    now = datetime.now(UTC)
    hour = timedelta(hours=1)

    assert len(stores.suggestions.acceptance(OWNER, "action", now - hour, now + hour)) == 1
    assert stores.suggestions.acceptance(OWNER, "action", now + hour) == []
    assert stores.suggestions.acceptance(OWNER, "action", until=now - hour) == []


def test_figures_outlive_the_draft(stores: Stores):
    draft = stores.drafts.create(OWNER, a_brief(), "Title")
    stores.suggestions.add(a_suggestion(draft_id=draft.id))
    stores.drafts.trash(draft.id)

    assert stores.drafts.purge(0) == 1

    assert len(stores.suggestions.of_draft(draft.id)) == 1
