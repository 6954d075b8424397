import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from writer.domain.actors import LOCAL_ACTOR, Actor
from writer.domain.errors import NotFound, UserMistake
from writer.domain.prompt_library import Packed, Place, PromptText
from writer.domain.text import joined_surrogates
from writer.services.playground.prompt_files import Imported, read, written
from writer.services.playground.prompts import MAX_VERSIONS, Prompts
from writer.storage import Stores

STRANGER = Actor("stranger")
HELLO, HI = PromptText("Say hello to {{name}}", "Be kind"), PromptText("Say hi to {{name}}", "Be kind", 0.1)


@pytest.fixture
def library(sqlite_stores: Stores) -> Prompts:
    return Prompts(sqlite_stores.prompts)


def names(library: Prompts, *args: Any, **wanted: Any) -> list[str]:
    return [one.place.name for one in library.search(LOCAL_ACTOR, *args, **wanted)]


def test_prompts_are_found_by_words_folder_and_tag(library: Prompts) -> None:
    library.add(Place("Grüße", "Mail/Cold", ("short",)), HELLO, LOCAL_ACTOR)
    library.add(Place("Summary", "Mail"), PromptText("Sum up {{text}}"), LOCAL_ACTOR)
    library.add(Place("Joke", "", ("short", "fun")), PromptText("Tell a joke"), LOCAL_ACTOR)
    library.add(Place("Another's"), HELLO, STRANGER)

    assert names(library) == ["Joke", "Summary", "Grüße"]
    assert names(library, "GRÜSSE") == names(library, "hello kind") == ["Grüße"]
    assert names(library, folder="Mail") == ["Summary", "Grüße"]
    assert names(library, folder="") == ["Joke"]
    assert names(library, tag="short") == ["Joke", "Grüße"]
    assert names(library, "joke", folder="Mail") == []
    assert library.shelf(LOCAL_ACTOR).folders == ["Mail", "Mail/Cold"]
    assert library.shelf(LOCAL_ACTOR).tags == ["fun", "short"]


def test_a_change_is_a_version_and_any_two_are_compared(library: Prompts) -> None:
    made = library.add(Place("Greeting"), HELLO, LOCAL_ACTOR, "begun")
    library.revise(made.id, HI, LOCAL_ACTOR, "shorter")
    library.revise(made.id, HI, LOCAL_ACTOR)
    found = library.difference(made.id, 1, 2, LOCAL_ACTOR)

    assert [one.note for one in library.versions(made.id, LOCAL_ACTOR)] == ["shorter", "begun"]
    assert library.version(made.id, 1, LOCAL_ACTOR).text == HELLO
    changed = {s.heading: [p for p in s.pieces if p[0] != "="] for s in found.sections if s.change != "same"}
    assert changed["Prompt"] == [("-", "hello"), ("+", "hi")]
    assert set(changed) == {"Prompt", "Parameters"}
    with pytest.raises(NotFound):
        library.version(made.id, 3, LOCAL_ACTOR)


def test_another_persons_prompts_are_not_there(library: Prompts) -> None:
    made = library.add(Place("Greeting"), HELLO, LOCAL_ACTOR)
    for act in (
        lambda: library.get(made.id, STRANGER),
        lambda: library.versions(made.id, STRANGER),
        lambda: library.revise(made.id, HI, STRANGER),
        lambda: library.move(made.id, Place("Mine"), STRANGER),
        lambda: library.delete(made.id, STRANGER),
        lambda: library.export(STRANGER, ids=[made.id]),
    ):
        with pytest.raises(NotFound):
            act()

    assert library.export(STRANGER).count("name:") == 0
    assert library.get(made.id, LOCAL_ACTOR) == made


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_what_is_exported_comes_back_with_all_versions_as_new_prompts(library: Prompts, form: Any) -> None:
    made = library.add(Place("Greeting", "Mail", ("a", "b")), HELLO, LOCAL_ACTOR, "begun")
    library.revise(made.id, HI, LOCAL_ACTOR, "shorter")
    content = library.export(LOCAL_ACTOR, form).encode()

    assert library.load(content, LOCAL_ACTOR) == Imported(1, 0, 0)
    assert library.get(made.id, LOCAL_ACTOR).latest.number == 2
    (copy,) = (one for one in library.search(LOCAL_ACTOR) if one.id != made.id)
    assert copy.place == made.place
    assert [(v.text, v.note) for v in library.versions(copy.id, LOCAL_ACTOR)] == [(HI, "shorter"), (HELLO, "begun")]


def test_imported_as_versions_nothing_is_overwritten_and_what_is_the_same_is_left(library: Prompts) -> None:
    made = library.add(Place("Greeting"), HELLO, LOCAL_ACTOR)
    same = library.add(Place("Same"), HELLO, LOCAL_ACTOR)
    packed = [Packed(Place(name), ((HI if name != "Same" else HELLO, ""),)) for name in ("Greeting", "Same", "New")]
    told = library.load(written(packed, "yaml").encode(), LOCAL_ACTOR, as_versions=True)

    assert told == Imported(1, 1, 1)
    assert [v.text for v in library.versions(made.id, LOCAL_ACTOR)] == [HI, HELLO]
    assert library.versions(made.id, LOCAL_ACTOR)[0].note == "Imported"
    assert library.get(same.id, LOCAL_ACTOR).latest.number == 1
    assert names(library) == ["Greeting", "New", "Same"]


@contextmanager
def asked_of_the_database() -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        heard.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


def test_many_prompts_are_read_at_once_and_taken_in_by_one_transaction(library: Prompts) -> None:
    for number in range(5):
        library.add(Place(f"Prompt {number}"), HELLO, LOCAL_ACTOR)
    packed = [Packed(Place(f"Prompt {number}"), ((HI, ""),)) for number in range(7)]
    with asked_of_the_database() as of_export:
        content = library.export(LOCAL_ACTOR)
    with asked_of_the_database() as of_import:
        told = library.load(written(packed, "yaml").encode(), LOCAL_ACTOR, as_versions=True)

    assert content.count("Say hello") == 5
    assert len([one for one in of_export if one.startswith("SELECT")]) == 2
    assert told == Imported(2, 5, 0)
    assert of_import.count("BEGIN IMMEDIATE") == 1


def test_a_file_that_brings_one_version_too_many_changes_nothing_at_all(library: Prompts) -> None:
    texts = tuple((PromptText(f"Text {number}"), "") for number in range(MAX_VERSIONS))
    library.load(written([Packed(Place("Full"), texts)], "json").encode(), LOCAL_ACTOR)
    again = [Packed(Place("New"), ((HELLO, ""),)), Packed(Place("Full"), texts[-1:])]
    more = [Packed(Place("Other"), ((HELLO, ""),)), Packed(Place("Full"), ((HELLO, ""),))]

    assert library.load(written(again, "json").encode(), LOCAL_ACTOR, as_versions=True) == Imported(1, 0, 1)
    with pytest.raises(UserMistake, match="500 versions"):
        library.load(written(more, "json").encode(), LOCAL_ACTOR, as_versions=True)
    assert names(library) == ["Full", "New"]


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join(f'*{a}' for _ in range(10))}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
LONG = (
    "t: &t "
    + "x" * 90_000
    + "\nformat: writer-prompts/1\nprompts:\n- name: n\n  versions:\n"
    + ("  - {prompt: *t}\n" * 100)
)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"just words",
        b"[1, 2]",
        b"{",
        b"format: writer-prompts/2\nprompts: []",
        b"format: writer-prompts/1\nprompts: [{name: x, versions: []}]",
        b"format: writer-prompts/1\nprompts: [{name: x, versions: [{prompt: 3}]}]",
        b"format: writer-prompts/1\nprompts: [{name: x, versions: [{prompt: y, temperature: 99.0}]}]",
        b"!!python/object/apply:os.system ['echo run']",
        b"format: writer-prompts/1\nprompts: !!python/object/apply:os.listdir ['/']",
        ("[" * 100_000).encode(),
        ('{"a":' * 100_000).encode(),
        BOMB.encode(),
        (BOMB + "format: writer-prompts/1\nprompts: *i\n").encode(),
        LONG.encode(),
        b"x" * 4_000_001,
        b"format: writer-prompts/1\nprompts: 1" + b":1" * 1_900_000,  # to the base of 60: hours, if it were read
        b"format: writer-prompts/1\nprompts: 1" + b":1" * 300 + b".5",
        b"format: writer-prompts/1\nprompts: !!int '1" + b": 1" * 1_000_000 + b"'",
    ],
    ids=range(20),
)
def test_a_file_that_is_not_one_of_ours_is_refused_whole(library: Prompts, content: bytes) -> None:
    with pytest.raises(UserMistake) as refused:
        library.load(content, LOCAL_ACTOR)

    assert str(refused.value).endswith(".")
    assert library.search(LOCAL_ACTOR) == []


def test_one_bad_prompt_keeps_the_good_ones_of_its_file_out(library: Prompts) -> None:
    prompts = [{"name": "good", "versions": [{"prompt": "x"}]}, {"name": "bad", "versions": [{"prompt": " "}]}]
    with pytest.raises(UserMistake):
        library.load(json.dumps({"format": "writer-prompts/1", "prompts": prompts}).encode(), LOCAL_ACTOR)

    assert library.search(LOCAL_ACTOR) == []


TEXTS = st.text(max_size=60).map(joined_surrogates)


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(TEXTS.filter(str.strip), TEXTS, st.floats(0, 2)), min_size=1, max_size=3),
    st.sampled_from(["yaml", "json"]),
)
def test_every_text_survives_the_way_through_a_file(told: list[tuple[str, str, float]], form: Any) -> None:
    texts = tuple((PromptText(user, system, temperature), "") for user, system, temperature in told)
    packed = [Packed(Place("It"), texts)]

    assert read(written(packed, form).encode()) == packed


@pytest.mark.parametrize(
    "text", ["0\x85", "a\x85b", "a\u2028 b\u2029", "a\r\nb\r", " a \n\n b\t", "---\n...", "\ufeffa"]
)
def test_unusual_line_breaks_and_spaces_survive_it(text: str) -> None:
    packed = [Packed(Place("It"), ((PromptText(text, text), ""),))]

    assert read(written(packed, "yaml").encode()) == packed


def test_an_exported_file_is_plain_yaml() -> None:
    text = written([Packed(Place("It"), ((HELLO, ""),))], "yaml")

    assert yaml.safe_load(text)["prompts"][0]["versions"][0]["prompt"] == HELLO.user
    assert "!!" not in text
