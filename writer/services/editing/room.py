"""All of editing in one hand: what pages and API are given."""

from dataclasses import dataclass

from writer.services.editing.passes import Passes
from writer.services.editing.service import Editing
from writer.services.editing.streams import LineStreams
from writer.services.editing.suggestions import Suggestions


@dataclass(frozen=True, slots=True)
class EditingRoom:
    editing: Editing
    passes: Passes
    suggestions: Suggestions
    streams: LineStreams
