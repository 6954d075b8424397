from collections.abc import Iterator

import pytest

from tests.pages.conftest import Furnished, Screen
from tests.support.site_server import PASSWORD, USER, WordPressSite, serving
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR


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


def test_a_draft_is_previewed_and_then_sent_from_the_editor(
    app: App, screen: Screen, site: WordPressSite, furnished: Furnished
) -> None:
    app.publishing.sites.add(LOCAL_ACTOR, "wordpress", "My blog", site.url, PASSWORD, USER)
    draft_id = furnished.written_id
    at = screen("editor", draft=draft_id)
    at.text_input("publish:slug").input("my-address")
    at.button("publish:preview").click().run()
    assert site.requests == []

    at.button("publish:send").click().run()

    (publication,) = app.publishing.of_draft(draft_id, LOCAL_ACTOR)
    for _ in app.jobs.follow(publication.job_id, LOCAL_ACTOR):
        pass
    assert [post["slug"] for post in site.live] == ["my-address"]
