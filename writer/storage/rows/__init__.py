"""The tables. Private to storage: callers get domain values."""

from writer.storage.rows.base import Base
from writer.storage.rows.budgets import BudgetRow, CachedReplyRow, JobCapRow, ReservationRow, SpendingRow
from writer.storage.rows.claims import CheckRow, ClaimRow
from writer.storage.rows.collections import CollectionRow, MemberRow
from writer.storage.rows.comments import CommentRow
from writer.storage.rows.draft_index import DraftIndexRow, DraftPassageRow
from writer.storage.rows.drafts import DraftRow, SectionRow, VariantRow, VersionRow
from writer.storage.rows.jobs import JobRow, KeptRow, StepRow
from writer.storage.rows.library import PlaceRow, TitleVectorRow
from writer.storage.rows.playground import BallotRow, ComparisonRow, PromptRow, PromptVersionRow
from writer.storage.rows.publishing import PublicationRow
from writer.storage.rows.questions import QuestionRow
from writer.storage.rows.reliability import BeatRow, OpeningRow
from writer.storage.rows.settings import AccountRow, RouteHealthRow, SettingRow
from writer.storage.rows.sources import CounterRow, PassageRow, SourceChangeRow, SourceRow, SourceTagRow, VectorRow
from writer.storage.rows.suggestions import SuggestionRow
from writer.storage.rows.usage import CountedDraftRow, KeptWordsRow, RollupRow, UsageRow
from writer.storage.rows.voices import VoiceRow

__all__ = [
    "AccountRow",
    "BallotRow",
    "Base",
    "BeatRow",
    "BudgetRow",
    "CachedReplyRow",
    "CheckRow",
    "ClaimRow",
    "CollectionRow",
    "CommentRow",
    "ComparisonRow",
    "CountedDraftRow",
    "CounterRow",
    "DraftIndexRow",
    "DraftPassageRow",
    "DraftRow",
    "JobCapRow",
    "JobRow",
    "KeptRow",
    "KeptWordsRow",
    "MemberRow",
    "OpeningRow",
    "PassageRow",
    "PlaceRow",
    "PromptRow",
    "PromptVersionRow",
    "PublicationRow",
    "QuestionRow",
    "ReservationRow",
    "RollupRow",
    "RouteHealthRow",
    "SectionRow",
    "SettingRow",
    "SourceChangeRow",
    "SourceRow",
    "SourceTagRow",
    "SpendingRow",
    "StepRow",
    "SuggestionRow",
    "TitleVectorRow",
    "UsageRow",
    "VariantRow",
    "VectorRow",
    "VersionRow",
    "VoiceRow",
]
