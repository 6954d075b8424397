from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Screen, said
from tests.support.furnished import Furnished
from tests.support.site_server import PASSWORD, USER, Fault, WordPressSite, serving
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.jobs import JobState
from writer.domain.publishing import Publication, Stage


@pytest.fixture
def site() -> Iterator[WordPressSite]:
    with serving(WordPressSite()) as site:
        yield site


@pytest.fixture
def settings_of_app(site: WordPressSite) -> dict[str, str]:
    return {"WRITER_FETCH_HOSTS": site.host}


def test_a_site_is_added_tested_and_removed_in_settings(app: App, screen: Screen, site: WordPressSite) -> None:
    at = screen("settings")
    at.text_input("site:address").input(site.url)
    at.text_input("site:name").input("My blog")
    at.text_input("site:user").input(USER)
    at.text_input("site:secret:wordpress").input(PASSWORD)
    next(button for button in at.button if button.label == "Save site").click().run()

    (saved,) = app.publishing.sites.listing(LOCAL_ACTOR)
    assert (saved.name, saved.address) == ("My blog", site.url)
    at.button(f"site:test:{saved.id}").click().run()
    assert "may publish" in at.success[0].value
    at.button(f"site:remove:{saved.id}").click().run()
    assert app.publishing.sites.listing(LOCAL_ACTOR) == []


@pytest.fixture
def desk(app: App, screen: Screen, site: WordPressSite, furnished: Furnished) -> AppTest:
    """The drawer, open over the finished draft."""
    app.publishing.sites.add(LOCAL_ACTOR, "wordpress", "My blog", site.url, PASSWORD, USER)
    return screen("editor", draft=furnished.written_id).button("publish").click().run()


def press(at: AppTest, key: str) -> AppTest:
    """The driver knows no drawer that stays open: what opened it is pressed again with what is pressed in it."""
    at.button("publish").click()
    return at.button(key).click().run()


def filled(at: AppTest) -> AppTest:
    at.button("publish").click()
    return at.run()


def told(at: AppTest) -> str:
    return said(at).replace("\\", "")


def sent(at: AppTest, app: App, draft_id: str) -> Publication:
    """Clicks, and waits for the job's end."""
    press(at, "publish:send")
    (publication,) = app.publishing.of_draft(draft_id, LOCAL_ACTOR)
    for _ in app.jobs.follow(publication.job_id, LOCAL_ACTOR):
        pass
    return app.publishing.get(publication.id, LOCAL_ACTOR)


def test_a_draft_is_previewed_and_then_sent_from_the_editor(
    app: App, desk: AppTest, site: WordPressSite, furnished: Furnished
) -> None:
    desk.text_input("publish:slug").input("my-address")
    press(desk, "publish:preview")
    assert site.requests == []
    assert "Address: my-address" in told(desk)

    sent(desk, app, furnished.written_id)

    assert [post["slug"] for post in site.live] == ["my-address"]
    filled(desk)
    assert "Draft there" in said(desk)


def test_a_post_is_scheduled_for_a_day_that_is_to_come(
    app: App, desk: AppTest, site: WordPressSite, furnished: Furnished
) -> None:
    day = datetime.now(UTC).date() + timedelta(days=300)
    desk.selectbox("publish:stage").set_value(Stage.SCHEDULED)
    filled(desk)
    desk.date_input("publish:day").set_value(day)
    desk.time_input("publish:time").set_value(time(8, 0))
    press(desk, "publish:preview")
    assert f"{day:%-d %B %Y}, 08:00 UTC" in told(desk)

    publication = sent(desk, app, furnished.written_id)

    assert publication.stage is Stage.SCHEDULED
    assert site.live[0]["date_gmt"].startswith(f"{day}T08:00")


def test_a_time_that_is_over_is_refused_with_a_sentence_and_nothing_is_sent(desk: AppTest, site: WordPressSite) -> None:
    desk.selectbox("publish:stage").set_value(Stage.SCHEDULED)
    filled(desk)
    desk.date_input("publish:day").set_value(datetime.now(UTC).date() - timedelta(days=300))
    press(desk, "publish:preview")
    press(desk, "publish:send")

    assert "is over" in said(desk)
    assert site.requests == []


def test_a_change_on_the_site_is_told_and_sent_over_only_when_asked_for(
    app: App, desk: AppTest, site: WordPressSite, furnished: Furnished
) -> None:
    press(desk, "publish:preview")
    first = sent(desk, app, furnished.written_id)
    site.edit(first.remote_id, content="Somebody else's words.")
    press(filled(desk), "publish:preview")

    assert "Somebody changed the post" in said(desk)
    assert desk.button("publish:send").label == "Send over it"
    again = sent(desk, app, furnished.written_id)

    assert again.remote_id == first.remote_id
    assert "Somebody else's words." not in site.live[0]["content"]
    assert len(site.live) == 1


def test_what_is_being_sent_can_be_stopped(app: App, desk: AppTest, site: WordPressSite, furnished: Furnished) -> None:
    site.faults.append(Fault("GET", "/posts", "silent"))
    press(desk, "publish:preview")
    press(desk, "publish:send")
    (publication,) = app.publishing.of_draft(furnished.written_id, LOCAL_ACTOR)

    press(filled(desk), "publish:stop")

    for _ in app.jobs.follow(publication.job_id, LOCAL_ACTOR):
        pass
    assert app.jobs.get(publication.job_id, LOCAL_ACTOR).state is JobState.STOPPED
    assert site.live == []
    assert "It was stopped" in filled(desk).info[0].value


def test_the_secret_of_a_site_is_renewed_without_being_shown(app: App, screen: Screen, site: WordPressSite) -> None:
    made = app.publishing.sites.add(LOCAL_ACTOR, "wordpress", "My blog", site.url, "an old one", USER)
    assert not app.publishing.sites.test(made.id, LOCAL_ACTOR).ok
    at = screen("settings")
    at.text_input(f"site:new:{made.id}").input(PASSWORD)
    at.button(f"FormSubmitter:site:renew:{made.id}-Save").click().run()

    assert app.publishing.sites.test(made.id, LOCAL_ACTOR).ok
    assert PASSWORD not in said(at)


def test_without_a_site_the_way_to_settings_is_named(screen: Screen, furnished: Furnished) -> None:
    at = screen("editor", draft=furnished.written_id).button("publish").click().run()

    assert "No site is set up yet" in said(at)
    assert at.button("publish:settings").label == "Open Settings"
