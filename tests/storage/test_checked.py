from tests.storage.makers import OWNER, a_brief
from writer.domain.claims import CheckedDraft, Claim, ClaimStatus, Verdict
from writer.storage import Stores

CLAIM = Claim(
    "s1", 0, 12, "It is so. ✓", ("S1.p1", "S2.p4"),
    Verdict(ClaimStatus.WEAK, 0.41, ("Only “half”.",), "So it is.", "S1.p1"),
    "key", (("S1.p1", "digest"),), ("S1.p1",),
)  # fmt: skip


def test_claims_come_back_as_they_were_put_in_their_order(stores: Stores):
    draft = stores.drafts.create(OWNER, a_brief(), "Title")
    other = Claim("s2", 3, 9, "No id.", (), Verdict(ClaimStatus.UNCITED))

    stores.claims.put(draft.id, OWNER, 3, [CLAIM, other])

    assert stores.claims.of(draft.id) == CheckedDraft(3, (CLAIM, other))


def test_an_older_check_does_not_replace_a_newer_one(stores: Stores):
    draft = stores.drafts.create(OWNER, a_brief(), "Title")
    stores.claims.put(draft.id, OWNER, 4, [CLAIM])

    stores.claims.put(draft.id, OWNER, 3, [])

    assert stores.claims.of(draft.id) == CheckedDraft(4, (CLAIM,))


def test_claims_go_with_their_draft_and_cannot_come_back_after_it(stores: Stores):
    draft = stores.drafts.create(OWNER, a_brief(), "Title")
    stores.claims.put(draft.id, OWNER, 1, [CLAIM])
    stores.drafts.trash(draft.id)
    stores.drafts.purge(-1)

    stores.claims.put(draft.id, OWNER, 2, [CLAIM])

    assert stores.claims.of(draft.id) == CheckedDraft(0, ())


def test_a_draft_that_was_never_checked_has_no_claims(stores: Stores):
    assert stores.claims.of("nobody") == CheckedDraft(0, ())
