import io
import json
import stat
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.services.knowledge.studio import Studio
from writer.domain.actors import LOCAL_ACTOR, Actor
from writer.domain.collections import Cut
from writer.domain.errors import UserMistake
from writer.domain.sources import SourceState
from writer.services.knowledge.manifests import manifest_from

OTHER = Actor("somebody else")
HARBOUR = b"# The harbour\n\nThe harbour was built in 1802. Ships from the north brought timber and grain.\n"
NOTES = b"The board met twice in the spring. The price was agreed on the second evening.\n"
GOOD = {"format": "writer-collection", "version": 1, "name": "Brought in", "sources": []}


def filled(studio: Studio, by: Actor = LOCAL_ACTOR) -> int:
    """A collection with two sources, one of them tagged."""
    made = studio.collections.add("Harbour", by, "What the board decided", Cut(128, 1))
    for name, content in (("harbour.md", HARBOUR), ("notes.txt", NOTES)):
        studio.sources.upload(name, io.BytesIO(content), by, collection_id=made.id)
    first = studio.collections.members(made.id, by)[0]
    studio.collections.tag([first], ["history"], by)
    assert studio.work() == []
    return made.id


def exported(studio: Studio, collection_id: int) -> bytes:
    into = io.BytesIO()
    assert studio.portable.export(collection_id, LOCAL_ACTOR, into) == []
    return into.getvalue()


def packed(manifest: object, **files: bytes) -> io.BytesIO:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for name, content in files.items():
            archive.writestr(f"sources/{name.removeprefix('n')}.md", content)
    return io.BytesIO(into.getvalue())


def listed(number: int = 1, **more: object) -> dict[str, object]:
    return {"file": f"sources/{number}.md", "title": "A title", **more}


def test_what_was_exported_comes_back_for_somebody_else_as_new_things_of_theirs(studio: Studio):
    content = exported(studio, filled(studio))
    imported = studio.portable.take(io.BytesIO(content), OTHER)
    assert studio.work() == []

    assert (imported.added, imported.here, imported.refused) == (2, 0, ())
    collection = imported.collection
    assert (collection.owner_id, collection.name, collection.description) == (
        OTHER.user,
        *("Harbour", "What the board decided"),
    )
    assert collection.cut == Cut(128, 1)
    sources = studio.sources.listing(OTHER)
    assert [(s.title, s.filename, s.tags, s.state) for s in sources] == [
        ("notes", "notes.txt", (), SourceState.READY),
        ("The harbour", "harbour.md", ("history",), SourceState.READY),
    ]
    assert not {s.id for s in sources} & {s.id for s in studio.sources.listing(LOCAL_ACTOR)}
    assert not {s.blob for s in sources} & {s.blob for s in studio.sources.listing(LOCAL_ACTOR)}


def test_an_import_where_it_came_from_overwrites_and_doubles_nothing(studio: Studio):
    collection_id = filled(studio)
    before = studio.collections.get(collection_id, LOCAL_ACTOR)
    sources = studio.sources.listing(LOCAL_ACTOR)

    names = [
        studio.portable.take(io.BytesIO(exported(studio, collection_id)), LOCAL_ACTOR).collection.name for _ in range(3)
    ]

    assert names == ["Harbour (2)", "Harbour (3)", "Harbour (4)"]
    assert studio.collections.get(collection_id, LOCAL_ACTOR) == before
    assert studio.sources.listing(LOCAL_ACTOR) == sources
    assert studio.collections.ids_of(["Harbour (2)"], LOCAL_ACTOR) != (collection_id,)


def test_ids_owners_states_and_places_in_the_file_are_not_looked_at(studio: Studio):
    mine = filled(studio)
    source = studio.sources.listing(LOCAL_ACTOR)[0]
    claims = {
        "id": source.id,
        "owner_id": LOCAL_ACTOR.user,
        "blob": source.blob,
        "origin": "file:/etc/passwd",
        "digest": source.digest,
    }
    entry = listed(filename="../../etc/passwd.md", url="file:///etc/passwd", **claims)
    archive = packed(
        {**GOOD, "id": mine, "owner_id": LOCAL_ACTOR.user, "sources": [entry]}, n1=b"# Mine\n\nAnother text.\n"
    )

    imported = studio.portable.take(archive, OTHER)

    (added,) = studio.sources.listing(OTHER)
    assert imported.collection.id != mine
    assert (added.owner_id, added.url, added.origin, added.filename) == (OTHER.user, "", "", "passwd.md")
    assert added.id != source.id
    assert added.blob != source.blob
    assert studio.sources.get(source.id, LOCAL_ACTOR) == source


def test_a_document_that_cannot_be_a_source_is_refused_and_the_others_are_taken(studio: Studio):
    manifest = {**GOOD, "sources": [listed(1), listed(2), listed(3, tags=["x" * 100])]}
    imported = studio.portable.take(
        packed(manifest, n1=b"\x89PNG\r\n\x1a\n" + bytes(99), n3=b"A good text."), LOCAL_ACTOR
    )

    assert (imported.added, len(imported.refused)) == (1, 2)
    assert all(sentence.startswith("A title: ") for sentence in imported.refused)


def test_a_source_whose_document_is_missing_is_left_out_of_the_export_and_named(studio: Studio):
    collection_id = filled(studio)
    source = studio.sources.listing(LOCAL_ACTOR)[0]
    studio.blobs.delete(source.blob)
    into = io.BytesIO()

    assert studio.portable.export(collection_id, LOCAL_ACTOR, into) == [source]
    assert studio.portable.take(io.BytesIO(into.getvalue()), OTHER).added == 1


def test_text_that_packs_too_well_can_still_be_imported(studio: Studio):
    made = studio.collections.add("Zeros", LOCAL_ACTOR)
    studio.sources.upload("zeros.txt", io.BytesIO(b"0 0 0 0\n" * 600_000), LOCAL_ACTOR, collection_id=made.id)

    assert studio.portable.take(io.BytesIO(exported(studio, made.id)), OTHER).added == 1


def with_member(name: str, content: bytes = b"text", mode: int = 0) -> io.BytesIO:
    into = packed({**GOOD, "sources": [listed()]}, n1=b"A good text.")
    with zipfile.ZipFile(into, "a") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, content)
    return io.BytesIO(into.getvalue())


def a_bomb() -> io.BytesIO:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("manifest.json", json.dumps({**GOOD, "sources": [listed()]}))
        archive.writestr("sources/1.md", bytes(45_000_000))
    return io.BytesIO(into.getvalue())


def twice() -> io.BytesIO:
    into = packed({**GOOD, "sources": [listed()]}, n1=b"A good text.")
    with zipfile.ZipFile(into, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("sources/1.md", "Another one.")
    return io.BytesIO(into.getvalue())


ATTACKS: dict[str, tuple[Callable[[], io.BytesIO], str]] = {
    "absolute": (lambda: with_member("/etc/cron.d/x"), "lead out of it"),
    "drive": (lambda: with_member("C:/x.md"), "lead out of it"),
    "upwards": (lambda: with_member("sources/../../x.md"), "lead out of it"),
    "backslashes": (lambda: with_member("..\\..\\x.md"), "lead out of it"),
    "link": (lambda: with_member("sources/2.md", b"/etc/passwd", stat.S_IFLNK | 0o777), "holds links"),
    "device": (lambda: with_member("sources/2.md", b"", stat.S_IFCHR | 0o777), "holds links"),
    "stranger": (lambda: with_member("setup.py"), "which no exported collection has"),
    "bomb": (a_bomb, "far more than its size suggests"),
    "twice": (twice, "names a document twice"),
    "no zip": (lambda: io.BytesIO(b"not a zip at all"), "broken"),
    "empty": (lambda: io.BytesIO(b""), "broken"),
    "cut off": (lambda: io.BytesIO(with_member("sources/2.md").getvalue()[:-30]), "broken"),
    "no manifest": (lambda: zip_without_manifest(), "no list of contents"),
    "no JSON": (lambda: raw_manifest(b"{"), "no list of contents"),
    "nested": (lambda: raw_manifest(b"[" * 200_000), "no list of contents"),
    "other format": (lambda: packed({**GOOD, "format": "other"}), "cannot be used (format)"),
    "newer": (lambda: packed({**GOOD, "version": 2}), "cannot be used (version)"),
    "path in manifest": (lambda: packed({**GOOD, "sources": [listed(file="../x")]}), "cannot be used (sources.0.file)"),
    "wrong cut": (lambda: packed({**GOOD, "tokens": 10**9}), "tokens"),
    "too many": (lambda: packed({**GOOD, "sources": [listed()] * 5_001}), "cannot be used (sources)"),
}  # fmt: skip


def zip_without_manifest() -> io.BytesIO:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr("sources/1.md", "text")
    return io.BytesIO(into.getvalue())


def raw_manifest(data: bytes) -> io.BytesIO:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr("manifest.json", data)
    return io.BytesIO(into.getvalue())


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_archive_that_is_no_export_ends_in_a_sentence_and_leaves_nothing(sqlite_studio: Studio, attack: str):
    made, sentence = ATTACKS[attack]
    with pytest.raises(UserMistake) as refusal:
        sqlite_studio.portable.take(made(), LOCAL_ACTOR)

    assert sentence in str(refusal.value)
    assert sqlite_studio.collections.listing(LOCAL_ACTOR) == []
    assert sqlite_studio.sources.listing(LOCAL_ACTOR) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(["format", "version", "name", "description", "tokens", "overlap", "sources"])
LISTED = st.dictionaries(
    st.sampled_from(["file", "title", "filename", "authors", "published", "url", "licence", "tags"]), JSON | st.text()
)


@given(
    st.builds(
        lambda one, changes: {**GOOD, "sources": [{**listed(), **one}], **changes},
        LISTED,
        st.dictionaries(NAMES, JSON, max_size=2),
    )
    | JSON
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_manifest_says_it_is_taken_or_refused_and_nothing_else_changes(
    sqlite_studio: Studio, manifest: object
):
    if not sqlite_studio.collections.listing(OTHER):
        filled(sqlite_studio, OTHER)
    before = (sqlite_studio.collections.listing(OTHER), sqlite_studio.sources.listing(OTHER))
    own = sqlite_studio.collections.listing(LOCAL_ACTOR)

    try:
        imported = sqlite_studio.portable.take(packed(manifest, n1=b"A good text with some words."), LOCAL_ACTOR)
    except UserMistake:
        now = own
    else:
        now = [*own, imported.collection]
        assert imported.collection.owner_id == LOCAL_ACTOR.user

    assert {c.id for c in sqlite_studio.collections.listing(LOCAL_ACTOR)} == {c.id for c in now}
    assert len(sqlite_studio.sources.listing(LOCAL_ACTOR)) <= 1
    assert (sqlite_studio.collections.listing(OTHER), sqlite_studio.sources.listing(OTHER)) == before


@given(st.binary(max_size=300))
def test_any_bytes_as_a_manifest_end_in_a_sentence(data: bytes):
    with pytest.raises(UserMistake):
        manifest_from(data)
