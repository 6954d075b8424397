"""Counts, beside everything else, how many words that models wrote are still in each draft."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from writer.domain.analytics import KeptWords
from writer.domain.completions import Purpose
from writer.domain.drafting import BUILT_IN
from writer.domain.drafts import Origin, Section, VersionSummary, count_words
from writer.domain.errors import NotFound
from writer.domain.ports.analytics import AnalyticsStore, KeptWordsStore
from writer.domain.ports.draft_index import StaleDraft
from writer.domain.ports.drafts import DraftStore
from writer.domain.ports.versions import VersionStore
from writer.domain.versions import Sentence, VersionFilter, first_seen

RESTED_S = 120.0
"""A draft is counted once nobody has changed it for so long: a count reads all of its versions."""

_AT_ONCE = 20
_WRITTEN = VersionFilter(kinds=("generated", "suggestion"))
_EDIT = "edit-"
_ANSWER = "answer"
_BY_ROLE = {"introduction": Purpose.INTRODUCTION, "conclusion": Purpose.CONCLUSION}

Place = tuple[date, str, str, str]
"""(day, route, purpose, action)."""


class Counting:
    """For `DraftFollower`: calls into their roll-ups, and words that are kept."""

    def __init__(
        self,
        calls: AnalyticsStore,
        kept: KeptWordsStore,
        drafts: DraftStore,
        versions: VersionStore,
        *,
        rested_s: float = RESTED_S,
    ) -> None:
        self._calls = calls
        self._kept = kept
        self._drafts = drafts
        self._versions = versions
        self._rested_s = rested_s

    def follow(self, go_on: Callable[[], bool] = lambda: True) -> int:
        """Returns of how many drafts the words were counted."""
        while go_on() and self._calls.fold():
            pass
        while go_on() and self._kept.forget_gone():
            pass
        done = 0
        while stale := self._kept.uncounted(self._rested_s, _AT_ONCE):
            for draft in stale:
                if not go_on():
                    return done
                self._count(draft)
                done += 1
        return done

    def _count(self, stale: StaleDraft) -> None:
        try:
            draft = self._drafts.get(stale.id)
        except NotFound:
            return
        words: Sequence[KeptWords] = ()
        if self._versions.count(stale.id, _WRITTEN):
            words = self._words(stale.id, draft.sections)
        self._kept.put_words(StaleDraft(stale.id, stale.owner_id, draft.revision), words)

    def _words(self, draft_id: str, sections: Sequence[Section]) -> list[KeptWords]:
        with self._versions.touched(draft_id) as changes:
            sentences = first_seen(sections, changes)
        numbers = {sentence.version for sentence in sentences if sentence.version is not None}
        summaries = self._versions.summaries(draft_id, numbers)
        roles = {section.key: section.role for section in sections}
        counts: Counter[Place] = Counter()
        for sentence in sentences:
            summary = summaries.get(sentence.version or 0)
            if summary is not None and _is_of_a_model(summary.origin):
                counts[_place(summary, sentence, roles)] += count_words(sentence.text)
        return [KeptWords(*place, words) for place, words in sorted(counts.items()) if words]


def _is_of_a_model(origin: Origin) -> bool:
    return origin.kind in _WRITTEN.kinds and origin.route not in ("", BUILT_IN)


def _place(summary: VersionSummary, sentence: Sentence, roles: dict[str, str]) -> Place:
    prompt = summary.origin.prompt_version.partition("@")[0]
    action = prompt.removeprefix(_EDIT) if prompt.startswith(_EDIT) else ""
    if summary.origin.kind == "suggestion":
        purpose = Purpose.EDIT
    elif prompt.startswith(_ANSWER):
        purpose = Purpose.ASKING
    else:
        purpose = _BY_ROLE.get(roles[sentence.key], Purpose.SECTION)
    return summary.created_at.date(), summary.origin.route, purpose.value, action
