"""The claims of a draft as the last check left them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from writer.domain.claims import CheckedDraft, Claim, ClaimStatus, Verdict
from writer.storage.database import Database
from writer.storage.job_rows import QUIET
from writer.storage.rows import CheckRow, ClaimRow, DraftRow


class CheckedClaims:
    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, draft_id: str, owner_id: str, revision: int, claims: Sequence[Claim]) -> None:
        """Not durable against a power cut: it can be computed anew."""
        with self._database.writing(durable=False) as session:
            draft = session.scalar(select(DraftRow.id).where(DraftRow.id == draft_id).with_for_update())
            known = session.scalar(select(CheckRow.revision).where(CheckRow.draft_id == draft_id))
            if draft is None or (known or 0) > revision:
                return
            insert = self._database.inserting(CheckRow)
            row = {"draft_id": draft_id, "owner_id": owner_id, "revision": revision}
            changed = {"revision": revision}
            session.execute(insert.values(**row).on_conflict_do_update(index_elements=["draft_id"], set_=changed))
            session.execute(delete(ClaimRow).where(ClaimRow.draft_id == draft_id), execution_options=QUIET)
            rows = [_values(draft_id, owner_id, position, claim) for position, claim in enumerate(claims)]
            if rows:
                session.execute(self._database.inserting(ClaimRow), rows)

    def of(self, draft_id: str) -> CheckedDraft:
        wanted = select(ClaimRow).where(ClaimRow.draft_id == draft_id).order_by(ClaimRow.position)
        with self._database.reading() as session:
            revision = session.scalar(select(CheckRow.revision).where(CheckRow.draft_id == draft_id))
            return CheckedDraft(revision or 0, tuple(_claim(row) for row in session.scalars(wanted)))


def _values(draft_id: str, owner_id: str, position: int, claim: Claim) -> dict[str, Any]:
    verdict = claim.verdict
    return {
        "draft_id": draft_id,
        "position": position,
        "owner_id": owner_id,
        "section_key": claim.section_key,
        "start": claim.start,
        "end": claim.end,
        "sentence": claim.sentence,
        "passage_ids": list(claim.passage_ids),
        "status": verdict.status.value,
        "score": verdict.score,
        "reasons": list(verdict.reasons),
        "quote": verdict.quote,
        "quote_passage": verdict.quote_passage,
        "key": claim.key,
        "baseline": [list(pair) for pair in claim.baseline],
        "changed": list(claim.changed),
    }


def _claim(row: ClaimRow) -> Claim:
    verdict = Verdict(ClaimStatus(row.status), row.score, tuple(row.reasons), row.quote, row.quote_passage)
    baseline = tuple((str(id_), str(digest)) for id_, digest in row.baseline)
    return Claim(
        section_key=row.section_key,
        start=row.start,
        end=row.end,
        sentence=row.sentence,
        passage_ids=tuple(row.passage_ids),
        verdict=verdict,
        key=row.key,
        baseline=baseline,
        changed=tuple(row.changed),
    )
