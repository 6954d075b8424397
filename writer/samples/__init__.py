"""The sample collection: five documents written for this project, CC0, about a town that does not exist."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
BRIEF = HERE / "brief.yaml"


@dataclass(frozen=True, slots=True)
class Sample:
    filename: str
    title: str

    @property
    def path(self) -> Path:
        return HERE / self.filename


SAMPLES = (
    Sample("annual-report.md", "Harbour Heat annual report 2024"),
    Sample("a-winter-on-the-harbour-pipe.md", "A winter on the harbour pipe"),
    Sample("engineers-note.txt", "Harbour heat plant: a note by its engineers"),
    Sample("council-minutes.md", "Minutes of the Brindle Bay town council on harbour heat, 2014 to 2024"),
    Sample("household-survey.md", "What households say about harbour heat: a survey"),
)


def brief_fields() -> dict[str, Any]:
    """The fields of the sample brief, lists as tuples: `Brief(**brief_fields())`."""
    import yaml

    stated = yaml.safe_load(BRIEF.read_text(encoding="utf-8"))
    return {name: tuple(value) if isinstance(value, list) else value for name, value in stated.items()}
