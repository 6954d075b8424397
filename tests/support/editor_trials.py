"""Suggestions in the editor against the model of a merge: cases by chance, and what the text must be after each step.

The editor's own file, as it is built, runs them in a real browser: all in one go, without drawing anything.
"""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route

from tests.support.hunk_cases import PARAGRAPHS, PIECES, Model
from writer.domain.hunks import Hunk, diff
from writer.domain.tokens import utf16_length
from writer.services.editing.lines import hunks_json

EDITOR = Path(__file__).parents[2] / "pages" / "_shared" / "web" / "editor"
TYPED = ("x", " typed ", "\n\n", "é", "👍🏽", "The tide rises. ", "")
ADDRESS = "http://editor.test/"
_HARNESS = Path(__file__).with_suffix(".js")


@dataclass
class Trial:
    """One text with a suggestion for it. `steps` go to the browser, `wanted` is what must be there after each."""

    before: str
    text: str
    after: str
    proposal: str
    hunks: tuple[Hunk, ...]
    steps: list[dict[str, Any]] = field(default_factory=list)
    wanted: list[tuple[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        lines = hunks_json(self.text, self.hunks)
        return {"before": self.before, "text": self.text, "after": self.after, "hunks": lines, "steps": self.steps}


class _Hand:
    """A writer who types and decides; beside the editor's text it keeps the model's."""

    def __init__(self, chance: random.Random, trial: Trial) -> None:
        self.chance, self.trial = chance, trial
        shift = len(trial.before)
        self.model = Model.of(
            trial.before + trial.text + trial.after, [replace(hunk, at=hunk.at + shift) for hunk in trial.hunks]
        )
        self.decided: dict[int, str] = {}
        self.arrived = False

    def step(self, act: str, **more: Any) -> None:
        self.trial.steps.append({"act": act, **more})
        self.trial.wanted.append((self.model.text(set()), self._states()))

    def type(self) -> None:
        text, chance = self.model.text(set()), self.chance
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((0, 0, 0, 1, 3, 8)))
        insert = chance.choice(TYPED)
        if start < end or insert:
            self.model.type(start, end, insert)
            at, to = utf16_length(text[:start]), utf16_length(text[:end])
            self.step("type", **{"from": at, "to": to, "insert": insert})

    def accept(self, numbers: list[int]) -> None:
        done = [number for number in numbers if self._is_open(number)]
        self.model.take(set(done))
        self.decided |= dict.fromkeys(done, "a")
        self.step("accept", numbers=numbers)

    def reject(self, numbers: list[int]) -> None:
        self.decided |= {number: "r" for number in numbers if self._is_open(number)}
        self.step("reject", numbers=numbers)

    def arrive(self) -> None:
        self.arrived = True
        self.step("arrive")

    def _is_open(self, number: int) -> bool:
        return number not in self.model.dead and number not in self.decided

    def _states(self) -> str:
        if not self.arrived:
            return ""
        dead = self.model.dead
        return "".join(self.decided.get(n, "s" if n in dead else "o") for n in range(len(self.trial.hunks)))


def trials(number: int, seed: int = 1) -> Iterator[Trial]:
    chance = random.Random(seed)
    return (_trial(chance) for _ in range(number))


def _trial(chance: random.Random) -> Trial:
    old = _pieces(chance)
    new = _pieces(chance) if chance.random() < 0.2 else _changed(chance, old)
    before, after = ("", "") if chance.random() < 0.3 else (_text(_pieces(chance)), _text(_pieces(chance)))
    trial = Trial(before, _text(old), after, _text(new), diff(_text(old), _text(new)))
    {0: _rejected, 1: _accepted, 2: _undone}.get(chance.randrange(6), _worked)(_Hand(chance, trial))
    return trial


def _rejected(hand: _Hand) -> None:
    hand.arrive()
    hand.reject(list(range(len(hand.trial.hunks))))
    assert hand.trial.wanted[-1][0] == hand.trial.before + hand.trial.text + hand.trial.after


def _accepted(hand: _Hand) -> None:
    hand.arrive()
    hand.accept(list(range(len(hand.trial.hunks))))
    assert hand.trial.wanted[-1][0] == hand.trial.before + hand.trial.proposal + hand.trial.after


def _undone(hand: _Hand) -> None:
    """Each accept is one step back."""
    hand.arrive()
    wanted = []
    for numbers in _batches(hand):
        wanted.append(hand.trial.wanted[-1])
        hand.accept(numbers)
    for before in reversed(wanted):
        hand.trial.steps.append({"act": "undo"})
        hand.trial.wanted.append(before)


def _worked(hand: _Hand) -> None:
    """Typing before the hunks come, after, and between decisions."""
    for _ in range(hand.chance.randrange(3)):
        hand.type()
    hand.arrive()
    for numbers in _batches(hand):
        if hand.chance.random() < 0.4:
            hand.type()
        (hand.accept if hand.chance.random() < 0.7 else hand.reject)(numbers)
    hand.type()


def _batches(hand: _Hand) -> list[list[int]]:
    numbers = [number for number in range(len(hand.trial.hunks)) if hand.chance.random() < 0.8]
    hand.chance.shuffle(numbers)
    batches = []
    while numbers:
        size = hand.chance.randint(1, len(numbers))
        batches.append(numbers[:size])
        numbers = numbers[size:]
    return batches


def _pieces(chance: random.Random) -> list[str]:
    return chance.choices(PIECES + PARAGRAPHS * 3, k=chance.randrange(14))


def _changed(chance: random.Random, pieces: list[str]) -> list[str]:
    made = list(pieces)
    for _ in range(chance.randrange(6)):
        at = chance.randrange(len(made) + 1)
        made[at : at + chance.choice((0, 0, 1, 1, 2))] = chance.choices(PIECES + PARAGRAPHS, k=chance.randrange(3))
    return made


def _text(pieces: Iterable[str]) -> str:
    """Lines end as they do in the editor, and so in what it sends."""
    return "".join(pieces).replace("\r\n", "\n").replace("\r", "\n")


def tried(page: Page, trials: list[Trial]) -> list[str]:
    """What went otherwise than the model says, a sentence for each trial."""
    bundle = next(EDITOR.glob("editor-*.js"))
    files = {"": b"<!doctype html>", "editor.js": bundle.read_bytes(), "trials.js": _HARNESS.read_bytes()}

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(ADDRESS)
        kind = "text/javascript" if name.endswith(".js") else "text/html"
        route.fulfill(body=files.get(name, b""), content_type=f"{kind}; charset=utf-8")

    page.route(f"{ADDRESS}**", answer)
    page.goto(ADDRESS)
    found = page.evaluate(
        "async cases => (await import('/trials.js')).run(await import('/editor.js'), cases)",
        [trial.as_json() for trial in trials],
    )
    return [
        f"{json.dumps(trial.as_json(), ensure_ascii=False)}: wanted {trial.wanted}, found {got}"
        for trial, got in zip(trials, found, strict=True)
        if [list(one) for one in trial.wanted] != got
    ]
