"""All stores over one database."""

from writer.domain.ports.analytics import AnalyticsStore, KeptWordsStore
from writer.domain.ports.budgets import BudgetStore
from writer.domain.ports.claims import ClaimStore
from writer.domain.ports.collections import CollectionStore
from writer.domain.ports.comments import CommentStore
from writer.domain.ports.draft_index import DraftIndex as DraftIndexPort
from writer.domain.ports.drafts import DraftStore
from writer.domain.ports.health import WorkBoard as WorkBoardPort
from writer.domain.ports.jobs import JobLedger
from writer.domain.ports.library import LibraryStore
from writer.domain.ports.playground import PlaygroundStore
from writer.domain.ports.prompt_library import PromptStore
from writer.domain.ports.publishing import PublicationStore
from writer.domain.ports.questions import QuestionStore
from writer.domain.ports.reliability import OpeningLog
from writer.domain.ports.replies import ReplyStore
from writer.domain.ports.settings import Cipher, HealthBoard, SettingsStore
from writer.domain.ports.sources import SourceStore
from writer.domain.ports.suggestions import SuggestionStore
from writer.domain.ports.usage import UsageLedger
from writer.domain.ports.versions import VersionStore
from writer.domain.ports.voices import VoiceStore
from writer.storage.budgets import Budgets
from writer.storage.checked import CheckedClaims
from writer.storage.collections import Collections
from writer.storage.comments import Comments
from writer.storage.database import Database
from writer.storage.draft_index import DraftIndex
from writer.storage.drafts import Drafts
from writer.storage.health import Health
from writer.storage.history import Versions
from writer.storage.jobs import Jobs
from writer.storage.library import Library
from writer.storage.playground import Playground
from writer.storage.prompt_library import Prompts
from writer.storage.publications import Publications
from writer.storage.questions import Questions
from writer.storage.reliability import Openings
from writer.storage.replies import Replies
from writer.storage.settings import Settings
from writer.storage.sources import Sources
from writer.storage.suggestions import Suggestions
from writer.storage.usage import Usage
from writer.storage.usage_figures import Analytics
from writer.storage.usage_kept import Kept
from writer.storage.voices import Voices
from writer.storage.workload import WorkBoard


class Stores:
    def __init__(self, database: Database, cipher: Cipher) -> None:
        self.drafts: DraftStore = Drafts(database)
        self.versions: VersionStore = Versions(database)
        self.draft_index: DraftIndexPort = DraftIndex(database)
        self.library: LibraryStore = Library(database)
        self.comments: CommentStore = Comments(database)
        self.sources: SourceStore = Sources(database)
        self.collections: CollectionStore = Collections(database)
        self.jobs: JobLedger = Jobs(database)
        self.voices: VoiceStore = Voices(database)
        self.usage: UsageLedger = Usage(database)
        self.analytics: AnalyticsStore = Analytics(database)
        self.kept_words: KeptWordsStore = Kept(database)
        self.settings: SettingsStore = Settings(database, cipher)
        self.claims: ClaimStore = CheckedClaims(database)
        self.questions: QuestionStore = Questions(database)
        self.publications: PublicationStore = Publications(database)
        self.playground: PlaygroundStore = Playground(database)
        self.prompts: PromptStore = Prompts(database)
        self.suggestions: SuggestionStore = Suggestions(database)
        self.health: HealthBoard = Health(database)
        self.openings: OpeningLog = Openings(database)
        self.budgets: BudgetStore = Budgets(database)
        self.replies: ReplyStore = Replies(database)
        self.work: WorkBoardPort = WorkBoard(database)
