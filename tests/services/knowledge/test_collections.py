import io

import pytest

from tests.services.knowledge.studio import Studio
from writer.domain.actors import LOCAL_ACTOR, Actor
from writer.domain.collections import Cut
from writer.domain.errors import NotFound, ProviderUnavailable, UserMistake
from writer.domain.scopes import Scope
from writer.domain.sources import SourceState
from writer.services.knowledge import recutting
from writer.services.knowledge.collections import MAX_TAG, MOST_TAGS

OTHER = Actor("somebody else")
SENTENCE = "The tide rises by {n} metres in the spring of year {n}, and the pilots wait for high water again. "
LONG = "# Tides\n\n" + "".join(SENTENCE.format(n=n) for n in range(60)) + "\n\n## A short part\n\nIt stays as it is.\n"


def added(studio: Studio, text: str = LONG, name: str = "tides.md", by: Actor = LOCAL_ACTOR, **more: int) -> int:
    source_id = studio.sources.upload(name, io.BytesIO(text.encode()), by, **more).source.id  # type: ignore[arg-type]  # one keyword, a number
    assert studio.work() == []
    return source_id


def sizes(studio: Studio, source_id: int, by: Actor = LOCAL_ACTOR) -> list[int]:
    return [len(passage.text.split()) for passage in studio.sources.passages(source_id, by)]


def test_a_collections_passage_size_reaches_the_passages_and_the_unchanged_ones_keep_their_ids(studio: Studio):
    source_id = added(studio)
    before = {passage.text: passage.id for passage in studio.sources.passages(source_id, LOCAL_ACTOR)}
    vectors = {v.passage_id: v.vector for v in studio.stores.sources.vectors(studio.search_model, [source_id])}
    small = studio.collections.add("Small", LOCAL_ACTOR, cut=Cut(64))

    studio.collections.join(small.id, [source_id], LOCAL_ACTOR)
    assert studio.sources.get(source_id, LOCAL_ACTOR).state is SourceState.READY
    assert studio.work() == []

    passages = studio.sources.passages(source_id, LOCAL_ACTOR)
    assert len(passages) > len(before)
    assert max(sizes(studio, source_id)) <= 64
    last = passages[-1]
    assert before[last.text] == last.id
    now = {v.passage_id: v.vector for v in studio.stores.sources.vectors(studio.search_model, [source_id])}
    assert now[last.id] == vectors[last.id]
    assert now.keys() == {passage.id for passage in passages}
    assert studio.sources.get(source_id, LOCAL_ACTOR).state is SourceState.READY


def test_an_upload_into_a_collection_is_cut_as_it_says_from_the_start(studio: Studio):
    small = studio.collections.add("Small", LOCAL_ACTOR, cut=Cut(64))
    source_id = added(studio, collection_id=small.id)

    assert max(sizes(studio, source_id)) <= 64
    assert studio.collections.members(small.id, LOCAL_ACTOR) == [source_id]
    assert studio.collections.recuts(LOCAL_ACTOR) == []


def test_changing_the_cut_cuts_only_what_joined_this_collection_first(studio: Studio):
    first, second = (studio.collections.add(name, LOCAL_ACTOR) for name in ("First", "Second"))
    source_id = added(studio, collection_id=first.id)
    studio.collections.join(second.id, [source_id], LOCAL_ACTOR)
    before = sizes(studio, source_id)

    studio.collections.change(second.id, LOCAL_ACTOR, cut=Cut(64))
    assert studio.collections.recuts(LOCAL_ACTOR) == []
    studio.collections.change(first.id, LOCAL_ACTOR, cut=Cut(100))
    assert [job.args["what"] for job in studio.collections.recuts(LOCAL_ACTOR)] == ["Cutting 1 source anew"]
    studio.work()
    assert sizes(studio, source_id) != before
    between = sizes(studio, source_id)

    studio.collections.leave(first.id, [source_id], LOCAL_ACTOR)
    studio.work()
    assert len(sizes(studio, source_id)) > len(between)
    studio.collections.delete(second.id, LOCAL_ACTOR)
    studio.work()
    assert sizes(studio, source_id) == before


def test_a_merge_cuts_what_came_over_as_the_second_says(studio: Studio):
    first = studio.collections.add("First", LOCAL_ACTOR)
    second = studio.collections.add("Second", LOCAL_ACTOR, cut=Cut(64))
    source_id = added(studio, collection_id=first.id)

    merged = studio.collections.merge(first.id, second.id, LOCAL_ACTOR)
    studio.work()

    assert (merged.name, merged.sources) == ("Second", 1)
    assert max(sizes(studio, source_id)) <= 64
    with pytest.raises(UserMistake, match="with itself"):
        studio.collections.merge(second.id, second.id, LOCAL_ACTOR)


def test_another_overlap_embeds_all_passages_anew_and_keeps_their_ids(studio: Studio):
    made = studio.collections.add("Made", LOCAL_ACTOR, cut=Cut(100))
    source_id = added(studio, collection_id=made.id)
    ids = [passage.id for passage in studio.sources.passages(source_id, LOCAL_ACTOR)]
    before = {v.passage_id: v.vector for v in studio.stores.sources.vectors(studio.search_model, [source_id])}

    studio.collections.change(made.id, LOCAL_ACTOR, cut=Cut(100, 0))
    studio.work()

    assert [passage.id for passage in studio.sources.passages(source_id, LOCAL_ACTOR)] == ids
    now = {v.passage_id: v.vector for v in studio.stores.sources.vectors(studio.search_model, [source_id])}
    assert now[ids[0]] == before[ids[0]]
    assert now[ids[1]] != before[ids[1]]


def test_a_source_whose_file_is_gone_stays_as_it_was_and_says_so(studio: Studio):
    source_id = added(studio)
    before = studio.sources.passages(source_id, LOCAL_ACTOR)
    studio.blobs.delete(studio.sources.get(source_id, LOCAL_ACTOR).blob)
    small = studio.collections.add("Small", LOCAL_ACTOR, cut=Cut(64))
    studio.collections.join(small.id, [source_id], LOCAL_ACTOR)
    assert studio.work() == []

    source = studio.sources.get(source_id, LOCAL_ACTOR)
    assert source.state is SourceState.READY
    assert source.note.startswith("It could not be cut anew, and stays as it was. The file of this source is missing")
    assert studio.sources.passages(source_id, LOCAL_ACTOR) == before


class Unreliable:
    """The real model as a service would give it: while `fault` is set, that is all it answers with."""

    def __init__(self, inner):
        self._inner = inner
        self.fault = None

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def embed(self, texts):
        if self.fault:
            raise self.fault
        return self._inner.embed(texts)


def test_a_service_for_vectors_that_is_down_leaves_new_passages_to_words_says_so_and_is_asked_again(
    sqlite_stores, tmp_path, embedder
):
    service = Unreliable(embedder)
    with Studio(sqlite_stores, tmp_path, service) as studio:
        ids = [added(studio, LONG.replace("tide", word), f"{word}.md") for word in ("tide", "flood")]
        made = studio.collections.add("Made", LOCAL_ACTOR)
        studio.collections.join(made.id, ids, LOCAL_ACTOR)
        service.fault = ProviderUnavailable("openai", "connection refused")
        studio.collections.change(made.id, LOCAL_ACTOR, cut=Cut(64))

        assert studio.work() == [str(service.fault)]
        for id_ in ids:
            source = studio.sources.get(id_, LOCAL_ACTOR)
            assert source.state is SourceState.READY
            assert source.note.startswith("Its passages wait for their vectors")
            assert max(sizes(studio, id_)) <= 64
        assert studio.sources.search("pilots wait for high water", LOCAL_ACTOR)

        service.fault = None
        (job, *_) = studio.stores.jobs.jobs(LOCAL_ACTOR.user, kind="recut")
        studio.stores.jobs.resume(job.id)
        assert studio.work() == []
        assert [studio.sources.get(id_, LOCAL_ACTOR).note for id_ in ids] == ["", ""]
        assert not studio.stores.sources.lacking(studio.search_model)


def test_a_source_that_is_waiting_to_be_read_is_cut_as_its_new_collection_says(studio: Studio):
    source_id = studio.sources.upload("tides.md", io.BytesIO(LONG.encode()), LOCAL_ACTOR).source.id
    small = studio.collections.add("Small", LOCAL_ACTOR, cut=Cut(64))
    studio.collections.join(small.id, [source_id], LOCAL_ACTOR)

    assert studio.work() == []
    assert max(sizes(studio, source_id)) <= 64
    assert studio.sources.get(source_id, LOCAL_ACTOR).state is SourceState.READY


def test_many_sources_are_cut_anew_in_several_steps(sqlite_studio: Studio, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(recutting, "IN_ONE_STEP", 2)
    ids = [added(sqlite_studio, f"# Note {n}\n\n{LONG}", f"n{n}.md") for n in range(3)]
    small = sqlite_studio.collections.add("Small", LOCAL_ACTOR, cut=Cut(64))
    sqlite_studio.collections.join(small.id, ids, LOCAL_ACTOR)
    (job,) = sqlite_studio.collections.recuts(LOCAL_ACTOR)
    assert sqlite_studio.work() == []

    assert len(sqlite_studio.stores.jobs.steps(job.id)) == 2
    assert all(max(sizes(sqlite_studio, id_)) <= 64 for id_ in ids)


def test_a_preview_shows_what_the_settings_would_do_and_stores_nothing(studio: Studio):
    source_id = added(studio)
    before = studio.sources.passages(source_id, LOCAL_ACTOR)

    small = studio.collections.preview(source_id, Cut(64), LOCAL_ACTOR)
    usual = studio.collections.preview(source_id, Cut(), LOCAL_ACTOR)

    assert [p.text for p in usual.first] == [p.text for p in before][: len(usual.first)]
    assert len(usual.sizes) == len(before)
    assert len(small.sizes) > len(usual.sizes)
    assert max(small.sizes) <= 64
    assert small.whole
    assert studio.collections.preview(source_id, Cut(1024), LOCAL_ACTOR).cut.tokens == 254
    assert studio.sources.passages(source_id, LOCAL_ACTOR) == before


def test_a_preview_of_a_long_document_takes_its_beginning_and_one_without_its_file_its_passages(studio: Studio):
    long_id = added(studio, LONG * 12, "long.md")
    preview = studio.collections.preview(long_id, Cut(), LOCAL_ACTOR)
    assert not preview.whole
    assert 20 < len(preview.sizes) < len(studio.sources.passages(long_id, LOCAL_ACTOR))

    source_id = added(studio)
    studio.blobs.delete(studio.sources.get(source_id, LOCAL_ACTOR).blob)
    assert len(studio.collections.preview(source_id, Cut(64), LOCAL_ACTOR).sizes) > 10


def test_another_owner_sees_finds_and_changes_nothing(studio: Studio):
    mine = added(studio)
    theirs = added(studio, LONG + "Other words.", "other.md", by=OTHER)
    made = studio.collections.add("Mine", LOCAL_ACTOR)
    studio.collections.join(made.id, [mine], LOCAL_ACTOR)
    studio.collections.tag([mine], ["tides"], LOCAL_ACTOR)
    their_own = studio.collections.add("Theirs", OTHER)

    assert [one.name for one in studio.collections.listing(OTHER)] == ["Theirs"]
    assert studio.collections.tags(OTHER) == {}
    for attempt in (
        lambda: studio.collections.get(made.id, OTHER),
        lambda: studio.collections.change(made.id, OTHER, name="Taken"),
        lambda: studio.collections.delete(made.id, OTHER),
        lambda: studio.collections.members(made.id, OTHER),
        lambda: studio.collections.join(made.id, [theirs], OTHER),
        lambda: studio.collections.join(their_own.id, [mine], OTHER),
        lambda: studio.collections.leave(made.id, [mine], OTHER),
        lambda: studio.collections.merge(made.id, their_own.id, OTHER),
        lambda: studio.collections.merge(their_own.id, made.id, OTHER),
        lambda: studio.collections.of_source(mine, OTHER),
        lambda: studio.collections.tag([mine], ["x"], OTHER),
        lambda: studio.collections.untag([mine], ["tides"], OTHER),
        lambda: studio.collections.set_tags([mine], [], OTHER),
        lambda: studio.collections.preview(mine, Cut(), OTHER),
        lambda: studio.collections.ids_of([made.id], OTHER),
        lambda: studio.collections.ids_of(["Mine"], OTHER),
        lambda: studio.portable.export(made.id, OTHER, io.BytesIO()),
    ):
        with pytest.raises(NotFound, match=r"There is no (such )?(collection|source)"):
            attempt()
    studio.work()
    assert studio.sources.get(mine, LOCAL_ACTOR).tags == ("tides",)
    assert studio.stores.sources.in_scope(OTHER.user, Scope(collections=(made.id,))) == []
    assert studio.stores.sources.in_scope(OTHER.user, Scope(tags=("tides",))) == []


def test_collections_are_found_by_name_and_by_id(studio: Studio):
    made, number = studio.collections.add("Harbour board", LOCAL_ACTOR), studio.collections.add("2024", LOCAL_ACTOR)

    assert studio.collections.ids_of(["harbour  BOARD", made.id, f"C{made.id}"], LOCAL_ACTOR) == (made.id,)
    assert studio.collections.ids_of(["2024"], LOCAL_ACTOR) == (number.id,)
    with pytest.raises(NotFound, match="There is no collection called “Harbor”"):
        studio.collections.ids_of(["Harbor"], LOCAL_ACTOR)


@pytest.mark.parametrize("name", ["", "  ", "—", "x" * 81])
def test_a_name_that_says_nothing_or_too_much_is_refused(studio: Studio, name: str):
    with pytest.raises(UserMistake):
        studio.collections.add(name, LOCAL_ACTOR)


def test_tags_are_in_small_letters_each_once_and_bounded(studio: Studio):
    source_id = added(studio)
    studio.collections.set_tags([source_id], [" #Tides", "tides", "", "Cost 2024"], LOCAL_ACTOR)
    assert studio.sources.get(source_id, LOCAL_ACTOR).tags == ("cost 2024", "tides")

    with pytest.raises(UserMistake, match="too long"):
        studio.collections.tag([source_id], ["x" * (MAX_TAG + 1)], LOCAL_ACTOR)
    with pytest.raises(UserMistake, match="20 tags"):
        studio.collections.tag([source_id], [f"t{n}" for n in range(MOST_TAGS)], LOCAL_ACTOR)
    assert studio.sources.get(source_id, LOCAL_ACTOR).tags == ("cost 2024", "tides")
