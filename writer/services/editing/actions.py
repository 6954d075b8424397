"""What a writer may ask for: each action with what it needs, and how long its answer may be."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Action:
    """`choices` go into the field `choice_field`; with `choices_are_suggestions` other values may be typed.

    `words` and `least` are shares of the selection's words: what a model is asked for, and below which the writer is
    told that much is missing. `most` is the share above which the writer is told that much was added.
    """

    name: str
    label: str
    help: str
    needs_model: bool = True
    needs_selection: bool = True
    has_instruction: bool = False
    choices: tuple[Choice, ...] = ()
    choice_field: str = ""
    choices_are_suggestions: bool = False
    words: float = 1.0
    least: float = 0.5
    most: float = 1.7

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name not in ("words", "least", "most")}


@dataclass(frozen=True, slots=True)
class Pass:
    """Something done to a whole draft, part by part. With `may_use_model` a model can be asked beside the rules."""

    name: str
    label: str
    help: str
    may_use_model: bool = False
    has_instruction: bool = False

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "needs_model": False}


def _choices(text: str) -> tuple[Choice, ...]:
    return tuple(Choice(*pair.split(" ", 1)) for pair in text.split("; "))


LANGUAGES = _choices(
    "en English; de German; fr French; es Spanish; it Italian; pt Portuguese; nl Dutch; pl Polish; sv Swedish; "
    "da Danish; nb Norwegian; fi Finnish; cs Czech; hu Hungarian; ro Romanian; el Greek; tr Turkish; uk Ukrainian; "
    "ru Russian; ar Arabic; he Hebrew; hi Hindi; zh Chinese; ja Japanese; ko Korean"
)
_TONES = tuple(
    Choice(tone, tone.capitalize())
    for tone in ("friendly", "formal", "confident", "neutral", "warm", "direct", "playful", "matter-of-fact")
)
_CASES = (Choice("sentence", "Sentence case"), Choice("title", "Title Case"))

ACTIONS: dict[str, Action] = {
    action.name: action
    for action in (
        Action("rewrite", "Rewrite", "Says the same in clearer words."),
        Action("shorten", "Shorten", "Keeps the points in fewer words.", words=0.6, least=0.2, most=0.95),
        Action("expand", "Expand", "Unfolds what is there, without new facts.", words=1.8, least=1.0, most=4.0),
        Action("simplify", "Simplify", "Short sentences and common words.", least=0.4, most=2.5),
        Action(
            "tone",
            "Change tone",
            "Says the same in another tone.",
            choices=_TONES,
            choice_field="instruction",
            choices_are_suggestions=True,
        ),
        Action("grammar", "Fix grammar", "Corrects mistakes and nothing else.", least=0.8, most=1.25),
        Action("continue", "Continue", "Writes what comes next.", needs_selection=False, least=0.0, most=9e9),
        Action(
            "translate",
            "Translate",
            "Into another language.",
            choices=LANGUAGES,
            choice_field="language",
            choices_are_suggestions=True,
            least=0.2,
            most=4.0,
        ),
        Action(
            "find-source",
            "Find a source",
            "Looks in your sources for what bears the sentence out.",
            needs_model=False,
        ),
        Action("own", "Ask…", "Your own instruction.", has_instruction=True, least=0.0, most=9e9),
        Action("tighten", "Tighten", "Takes out wordy phrases and repetition, by rules.", needs_model=False),
        Action(
            "typography", "Typography", "Quotation marks, dashes and spaces as printers set them.", needs_model=False
        ),
        Action(
            "heading-case",
            "Heading case",
            "Capitals of headings.",
            needs_model=False,
            choices=_CASES,
            choice_field="instruction",
        ),
        Action("list-cleanup", "Clean up list", "Markers, numbers, endings and gaps of lists.", needs_model=False),
    )
}

PASSES: dict[str, Pass] = {
    pass_.name: pass_
    for pass_ in (
        Pass("term-consistency", "Terms", "One spelling for each term: the one used most."),
        Pass("brevity", "Brevity", "Fewer words in the whole draft.", may_use_model=True),
        Pass(
            "style-guide",
            "Style guide",
            "Spelling and typography of the draft's language, and rules of your own.",
            may_use_model=True,
            has_instruction=True,
        ),
        Pass("typography", "Typography", "Quotation marks, dashes and spaces in the whole draft."),
    )
}
