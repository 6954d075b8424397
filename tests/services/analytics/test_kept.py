"""Words that are kept: counted from versions, and part of every figure that knows them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.storage.makers import OWNER, PERSON, a_brief, a_section, an_event
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.analytics import Dimension, Filter, Step
from writer.domain.completions import Caller, Purpose
from writer.domain.drafts import Draft, Origin, Section
from writer.domain.usage import Outcome
from writer.services.analytics import Analytics, Counting
from writer.storage import Stores

MODEL = Origin("generated", OWNER, "test:model", "section@3-1a2b", 10)
EDIT = Origin("suggestion", OWNER, "other:model", "edit-shorten@1-1a2b", 10)
BUILT_IN = Origin("generated", OWNER, "built-in")
WRITTEN = "The tide rises twice a day. The moon pulls the sea. Harbours wait for it."

ALL = Filter()


@pytest.fixture
def counting(stores: Stores) -> Counting:
    return Counting(stores.analytics, stores.kept_words, stores.drafts, stores.versions, rested_s=0)


def saved(stores: Stores, draft: Draft, origin: Origin, *sections: Section) -> Draft:
    return stores.drafts.save(draft.id, draft.revision, origin, title=draft.title, sections=sections)


def kept(stores: Stores, wanted: Filter = ALL) -> int | None:
    return stores.analytics.totals(OWNER, wanted).words_kept


def by(stores: Stores, dimension: Dimension, wanted: Filter = ALL) -> dict[str, int | None]:
    return {g.key: g.figures.words_kept for g in stores.analytics.groups(OWNER, wanted, dimension)}


def test_a_sentence_counts_until_the_writer_changes_it(stores: Stores, counting: Counting):
    draft = stores.drafts.create(OWNER, a_brief(), "Tides")
    draft = saved(stores, draft, MODEL, a_section("s1", WRITTEN))
    counting.follow()
    assert kept(stores) == 15

    draft = saved(stores, draft, PERSON, a_section("s1", WRITTEN.replace("twice a day", "again and again")))
    counting.follow()
    assert kept(stores) == 9

    saved(stores, draft, PERSON, a_section("s1", "The moon pulls the sea. My own words."))
    counting.follow()
    assert kept(stores) == 5


def test_words_are_told_by_everything_that_knows_them(stores: Stores, counting: Counting):
    draft = stores.drafts.create(OWNER, replace(a_brief(), content_type="how-to"), "Tides")
    first, end = a_section("s1", WRITTEN), a_section("end", "So the sea moves.", role="conclusion")
    draft = saved(stores, draft, MODEL, first, end)
    edited = a_section("s1", f"{WRITTEN} It is the moon.")
    draft = saved(stores, draft, EDIT, edited, end)
    saved(stores, draft, BUILT_IN, edited, end, a_section("s2", "No model wrote this."))
    stores.usage.record([an_event(Caller(OWNER, draft_id=draft.id), at=datetime.now(UTC))])

    counting.follow()

    assert by(stores, Dimension.ROUTE) == {"test:model": 19, "other:model": 4}
    assert by(stores, Dimension.PURPOSE) == {"section": 15, "conclusion": 4, "edit": 4}
    assert by(stores, Dimension.ACTION) == {"": 19, "shorten": 4}
    assert by(stores, Dimension.CONTENT_TYPE) == {"how-to": 23}
    assert by(stores, Dimension.DRAFT) == {draft.id: 23}
    assert kept(stores, Filter(routes=("other:model",), actions=("shorten",))) == 4
    assert kept(stores, Filter(drafts=(draft.id,))) == 23
    assert kept(stores, Filter(drafts=("another",))) == 0
    points = stores.analytics.series(OWNER, Filter(), Step.DAY, Dimension.ROUTE)
    assert sum(point.figures.words_kept or 0 for point in points) == 23
    assert stores.analytics.totals(OWNER, Filter(routes=("test:model",))).micros_per_kept_word == pytest.approx(10 / 19)


def test_what_became_of_calls_says_nothing_about_words(stores: Stores, counting: Counting):
    draft = stores.drafts.create(OWNER, a_brief(), "Tides")
    saved(stores, draft, MODEL, a_section("s1", WRITTEN))
    counting.follow()
    moment = datetime.now(UTC) - timedelta(minutes=1)

    for wanted in (Filter(outcomes=(Outcome.OK,)), Filter(cached=False), Filter(errors=("X",)), Filter(since=moment)):
        assert kept(stores, wanted) is None
    for dimension in (Dimension.HOUR, Dimension.OUTCOME, Dimension.ERROR, Dimension.CACHED):
        assert set(by(stores, dimension).values()) <= {None}


def test_a_draft_that_is_gone_for_good_takes_its_words_with_it(stores: Stores, counting: Counting):
    draft = stores.drafts.create(OWNER, a_brief(), "Tides")
    saved(stores, draft, MODEL, a_section("s1", WRITTEN))
    counting.follow()
    stores.drafts.trash(draft.id)
    counting.follow()
    assert kept(stores) == 15

    stores.drafts.purge(-1)
    counting.follow()

    assert kept(stores) == 0
    assert kept(stores, Filter(drafts=(draft.id,))) == 0


def test_a_draft_is_counted_once_it_rests_and_once_a_revision(stores: Stores):
    draft = stores.drafts.create(OWNER, a_brief(), "Tides")
    saved(stores, draft, MODEL, a_section("s1", WRITTEN))
    parts = (stores.analytics, stores.kept_words, stores.drafts, stores.versions)

    assert Counting(*parts, rested_s=3600).follow() == 0
    assert Counting(*parts, rested_s=0).follow(lambda: False) == 0
    assert Counting(*parts, rested_s=0).follow() == 1
    assert Counting(*parts, rested_s=0).follow() == 0


def test_the_background_takes_calls_into_the_sums(stores: Stores, counting: Counting):
    stores.usage.record([an_event(purpose=Purpose.ASKING) for _ in range(3)])

    counting.follow()

    assert stores.analytics.fold() == 0
    assert stores.analytics.totals(OWNER, Filter()).calls == 3


def test_a_service_shows_ones_own_calls_alone(stores: Stores):
    stores.usage.record([an_event(Caller("somebody else")), an_event()])
    analytics = Analytics(stores.analytics, stores.library, stores.suggestions)

    assert analytics.totals(LOCAL_ACTOR, Filter()).calls == 1
    assert analytics.totals(LOCAL_ACTOR, Filter(persons=("somebody else",))).calls == 0
    assert analytics.groups(LOCAL_ACTOR, Filter(persons=("somebody else",)), Dimension.ROUTE) == []
    assert list(analytics.every_call(LOCAL_ACTOR, Filter(persons=("somebody else",)))) == []
    assert analytics.choices(LOCAL_ACTOR, Filter()).routes == ("test:model",)
