"""What the writer asks for. Only the topic is required."""

from dataclasses import dataclass
from datetime import date

from writer.domain.errors import UserMistake

MAX_TOPIC = 300
MAX_WORDS = 20_000
MAX_ITEMS = 50


@dataclass(frozen=True, slots=True)
class Brief:
    """`words` is the target length; `extra` holds the content type's own fields as (name, value) pairs.

    `source_ids` are the sources to write from, and what is in `collection_ids` whenever an outline is made is written
    from too; both empty means every source that the writer has.
    `language` is a BCP 47 tag; `voice` is the id of one that was learnt from samples, "" for none; `style_guide` the id
    of one of the writer's, "" for their first.
    """

    topic: str
    content_type: str = "explainer"
    reader: str = ""
    goal: str = ""
    angle: str = ""
    keyphrases: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    must_include: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    tone: str = ""
    point_of_view: str = ""
    reading_level: str = ""
    language: str = "en"
    words: int = 1200
    due: date | None = None
    source_ids: tuple[int, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()
    collection_ids: tuple[int, ...] = ()
    voice: str = ""
    style_guide: str = ""

    def __post_init__(self) -> None:
        if not any(character.isalnum() for character in self.topic):
            raise UserMistake("Say what the article is about: the topic is empty.")
        if len(self.topic) > MAX_TOPIC:
            raise UserMistake(
                f"The topic has {len(self.topic)} characters; keep it to {MAX_TOPIC} and put the rest into the angle."
            )
        if not 100 <= self.words <= MAX_WORDS:
            raise UserMistake(f"Ask for 100 to {MAX_WORDS:,} words; {self.words:,} is outside that.")
        for name in ("keyphrases", "questions", "must_include", "avoid"):
            if len(getattr(self, name)) > MAX_ITEMS:
                raise UserMistake(f"At most {MAX_ITEMS} entries fit under {name.replace('_', ' ')}.")
