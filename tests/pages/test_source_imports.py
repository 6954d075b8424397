"""Adding from the web, from a folder, and files of the same name, on the Sources page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Screen, said
from tests.support.furnished import finished
from tests.support.sites import Page, ServeSite, Site, serving
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.imports import Import, ImportOutcome
from writer.domain.jobs import JobState
from writer.domain.sources import SourceState
from writer.security.render import as_markdown

serve = pytest.fixture(serving)
TEXT = "The tide rises by four metres in spring, and pilots wait for high water before they bring ships in. " * 4
HTML = {"Content-Type": "text/html"}


def a_page(title: str) -> Page:
    return Page(body=f"<h1>{title}</h1><p>{title}. {TEXT}</p>".encode(), headers=HTML)


@pytest.fixture
def settings_of_app() -> dict[str, str]:
    return {"WRITER_FETCH_HOSTS": "127.0.0.1"}


@pytest.fixture
def site(serve: ServeSite) -> Iterator[Site]:
    made = serve({"/a": a_page("Tides"), "/b": a_page("Mills")})
    place = f"http://127.0.0.1:{made.port}"
    made.pages["/sitemap.xml"] = Page(
        body=f"<urlset><url><loc>{place}/a</loc></url><url><loc>{place}/b</loc></url></urlset>".encode()
    )
    return made


def submit(at: AppTest, label: str) -> AppTest:
    return next(button for button in at.button if button.label == label).click().run()


def the_import(app: App) -> Import:
    (newest, *_) = app.sources.imports(LOCAL_ACTOR)
    finished(app, newest.job)
    return app.sources.imports(LOCAL_ACTOR)[0]


def test_addresses_become_sources_with_a_result_and_a_reason_for_each(app: App, screen: Screen, site: Site) -> None:
    place = f"http://127.0.0.1:{site.port}"
    at = screen("sources")
    at.text_area(key="sources:addresses").set_value(f"{place}/a\n{place}/none")
    at = submit(at, "Fetch")

    assert not at.exception
    done = the_import(app)
    at.run()
    assert [row.outcome for row in done.rows] == [ImportOutcome.ADDED, ImportOutcome.REFUSED]
    assert "1 added · 1 refused" in said(at)
    assert "answered with the status 404" in said(at)
    assert as_markdown(f"127.0.0.1:{site.port}/a") in said(at)


def test_a_sitemap_is_read_up_to_the_number_of_pages_that_was_asked_for(app: App, screen: Screen, site: Site) -> None:
    at = screen("sources")
    at.radio(key="sources:web_kind").set_value("Sitemap").run()
    at.text_input(key="sources:sitemap").set_value(f"http://127.0.0.1:{site.port}/sitemap.xml")
    at.number_input(key="sources:limit").set_value(1)
    submit(at, "Fetch")

    assert [row.place for row in the_import(app).rows] == [f"http://127.0.0.1:{site.port}/a"]


def test_an_import_is_stopped_gone_on_with_and_repeated(app: App, screen: Screen, site: Site) -> None:
    place = f"http://127.0.0.1:{site.port}"
    urls = "\n".join(f"{place}/{n}" for n in range(30))
    job = app.sources.add_addresses(urls, LOCAL_ACTOR)
    at = screen("sources")
    at.button(key=f"stop:{job.id}").click().run()
    assert finished(app, job).state is JobState.STOPPED

    at.button(key=f"go_on:{job.id}").click().run()
    assert app.jobs.get(job.id, LOCAL_ACTOR).state is JobState.RUNNING
    app.jobs.stop(job.id, LOCAL_ACTOR)
    at.run()
    at.button(key=f"again:{job.id}").click().run()

    newest = app.sources.imports(LOCAL_ACTOR)[0]
    assert newest.job.id != job.id
    assert len(newest.rows) == 30
    app.jobs.stop(newest.job.id, LOCAL_ACTOR)


def test_what_was_refused_is_tried_again_alone(app: App, screen: Screen, site: Site) -> None:
    place = f"http://127.0.0.1:{site.port}"
    job = app.sources.add_addresses(f"{place}/a\n{place}/late", LOCAL_ACTOR)
    finished(app, job)
    site.pages["/late"] = a_page("Late")
    at = screen("sources")
    at.button(key=f"refused:{job.id}").click().run()

    assert [(row.place, row.outcome) for row in the_import(app).rows] == [(f"{place}/late", ImportOutcome.ADDED)]


def test_all_web_pages_are_checked_for_changes_at_once(app: App, screen: Screen, site: Site) -> None:
    finished(app, app.sources.add_address(f"http://127.0.0.1:{site.port}/a", LOCAL_ACTOR))
    (source,) = app.sources.listing(LOCAL_ACTOR)
    job = app.jobs.for_source(source.id, LOCAL_ACTOR)
    assert job is not None
    finished(app, job)
    site.pages["/a"] = a_page("Tides and moons")
    at = screen("sources")
    at.button(key="sources:sync").click().run()

    assert [row.outcome for row in the_import(app).rows] == [ImportOutcome.UPDATED]
    assert app.sources.get(source.id, LOCAL_ACTOR).revision == 2


def test_a_folder_of_this_computer_is_taken_in(
    app: App, screen: Screen, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder: Path = tmp_path_factory.mktemp("notes")
    (folder / "tides.md").write_text("# Tides\n\nThe moon moves the sea.")
    at = screen("sources")
    at.text_input(key="sources:folder_path").set_value(str(folder))
    submit(at, "Add this folder")

    assert [row.outcome for row in the_import(app).rows] == [ImportOutcome.ADDED]
    assert [source.filename for source in app.sources.listing(LOCAL_ACTOR)] == ["tides.md"]


def test_a_folder_of_the_system_is_refused_with_a_sentence(screen: Screen) -> None:
    at = screen("sources")
    at.text_input(key="sources:folder_path").set_value("/etc")
    at = submit(at, "Add this folder")

    assert "belongs to the system" in at.warning[0].value


class TestWhereOthersCanReachTheApp:
    @pytest.fixture(params=[{"WRITER_HOST": "0.0.0.0"}, {"WRITER_ALLOWED_HOSTS": "writer.example"}])
    def settings_of_app(self, request: pytest.FixtureRequest) -> dict[str, str]:
        settings: dict[str, str] = request.param
        return settings

    def test_there_is_no_field_for_folders(self, screen: Screen) -> None:
        at = screen("sources")

        assert "sources:folder_path" not in {field.key for field in at.text_input}


def test_a_file_of_the_same_name_replaces_its_source_and_is_said(app: App, screen: Screen) -> None:
    at = screen("sources")
    at.file_uploader[0].upload("notes.md", b"# Notes\n\nThe harbour holds heat.").run()
    at.file_uploader[0].upload("notes.md", b"# Notes\n\nThe harbour holds ice.").run()

    (source,) = app.sources.listing(LOCAL_ACTOR)
    assert source.revision == 2
    assert "has changed and is read again" in at.info[0].value
    at.run()
    assert "has changed and is read again" in at.info[0].value
    at.button(key="sources:upload:outcome:dismiss").click().run()
    assert not at.info


def test_both_files_of_the_same_name_are_kept_on_wish_and_the_same_bytes_are_recognised(
    app: App, screen: Screen
) -> None:
    at = screen("sources")
    at.toggle(key="sources:upload:renews").set_value(False).run()
    at.file_uploader[0].upload("notes.md", b"# Notes\n\nThe harbour holds heat.").run()
    at.file_uploader[0].upload("notes.md", b"# Notes\n\nThe harbour holds ice.").run()
    at.file_uploader[0].upload("copy.md", b"# Notes\n\nThe harbour holds ice.").run()

    assert len(app.sources.listing(LOCAL_ACTOR)) == 2
    assert as_markdown("copy.md: This is here already as S2") in at.info[0].value
    assert all(source.state is not SourceState.FAILED for source in app.sources.listing(LOCAL_ACTOR))


def test_what_is_fetched_or_added_while_a_collection_is_chosen_joins_it(
    app: App, screen: Screen, site: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder: Path = tmp_path_factory.mktemp("notes")
    (folder / "tides.md").write_text("# Tides\n\nThe moon moves the sea.")
    shelf = app.collections.add("Shelf", LOCAL_ACTOR)
    at = screen("sources")
    at.session_state["sources:collection"] = shelf.id
    at.run()
    at.text_area(key="sources:addresses").set_value(f"http://127.0.0.1:{site.port}/a")
    at = submit(at, "Fetch")
    the_import(app)
    at.text_input(key="sources:folder_path").set_value(str(folder))
    submit(at, "Add this folder")
    the_import(app)

    ids = sorted(source.id for source in app.sources.listing(LOCAL_ACTOR))
    assert len(ids) == 2
    assert app.collections.members(shelf.id, LOCAL_ACTOR) == ids
