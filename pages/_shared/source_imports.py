"""Ways to add sources, and how imports from the web and from folders are going."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.sources import draw_paste, draw_upload
from pages._shared.text import Colour, ago, counted
from writer.domain.imports import FETCH_LIMIT, MOST_ADDRESSES, Import, ImportOutcome, ImportRow
from writer.domain.jobs import JobState
from writer.domain.sources import Source
from writer.security.render import as_markdown, plain

_SHOWN_FOR = timedelta(hours=12)
_ROWS = 200
_LOOPBACK = ("127.0.0.1", "::1")
_PAGES, _SITEMAP = "Web pages", "Sitemap"
_STATES: dict[JobState, tuple[str, str, Colour]] = {
    JobState.RUNNING: ("Working", ":material/sync:", "blue"),
    JobState.STOPPED: ("Stopped", ":material/stop_circle:", "gray"),
    JobState.FAILED: ("Failed", ":material/error:", "red"),
    JobState.DONE: ("Done", ":material/check:", "green"),
}
_OUTCOMES = {
    ImportOutcome.ADDED: "added",
    ImportOutcome.UPDATED: "changed",
    ImportOutcome.UNCHANGED: "unchanged",
    ImportOutcome.DUPLICATE: "here already",
    ImportOutcome.REFUSED: "refused",
}


def draw_add(collection_id: int | None = None) -> None:
    """What comes in joins the collection."""
    names = [":material/upload_file: Upload", ":material/content_paste: Paste text", ":material/language: Web"]
    asker = st.context.ip_address  # no text where the asker is on this computer
    elsewhere = isinstance(asker, str) and asker not in _LOOPBACK
    folders = get_app().sources.reads_folders and not elsewhere
    tabs = st.tabs([*names, ":material/folder_open: Folder"] if folders else names)
    draws: tuple[Callable[[], None], ...] = (
        lambda: draw_upload("sources:upload", collection_id),
        lambda: draw_paste("sources", collection_id),
        lambda: draw_web(collection_id),
        lambda: draw_folder(collection_id),
    )
    for tab, draw in zip(tabs, draws, strict=False):
        with tab:
            draw()


def draw_web(collection_id: int | None = None) -> None:
    app, actor = get_app(), current_actor()
    what = st.radio("From", [_PAGES, _SITEMAP], horizontal=True, key="sources:web_kind")
    with st.form("sources:web", border=False):
        if what == _SITEMAP:
            text = st.text_input("Address of the sitemap", key="sources:sitemap", placeholder="https://…/sitemap.xml")
            limit = st.number_input("Pages at most", 1, MOST_ADDRESSES, FETCH_LIMIT, key="sources:limit", width=180)
        else:
            text = st.text_area("Addresses, one on each line", key="sources:addresses", placeholder="https://…")
            limit = MOST_ADDRESSES
        st.caption("Only public addresses, as each site's robots.txt allows, with a pause between two requests.")
        asked = st.form_submit_button("Fetch", icon=":material/download:")
    if asked:
        with banners():
            if what == _SITEMAP:
                app.sources.add_sitemap(text, actor, int(limit), collection_id)
            else:
                app.sources.add_addresses(text, actor, int(limit), collection_id)
            st.rerun()


def draw_folder(collection_id: int | None = None) -> None:
    with st.form("sources:folder", border=False):
        path = st.text_input("Folder on this computer", key="sources:folder_path", placeholder="/home/ada/notes")
        st.caption("All documents in it and below; hidden ones are left alone. Again later, only what changed is read.")
        asked = st.form_submit_button("Add this folder", icon=":material/create_new_folder:")
    if asked:
        with banners():
            get_app().sources.add_folder(path, current_actor(), collection_id)
            st.rerun()


def recent_imports() -> list[Import]:
    """Those at work, and those of the last hours."""
    since = datetime.now(UTC) - _SHOWN_FOR
    found = get_app().sources.imports(current_actor(), limit=3)
    return [one for one in found if one.job.state is JobState.RUNNING or one.job.updated_at >= since]


def is_at_work(imports: Sequence[Import]) -> bool:
    return any(one.job.state is JobState.RUNNING for one in imports)


def draw_import(one: Import) -> None:
    label, icon, colour = _STATES.get(one.job.state, ("Waiting", ":material/schedule:", "gray"))
    with st.container(border=True, key=f"import:{one.job.id}", gap="xsmall"):
        top = st.container(horizontal=True, vertical_alignment="center")
        with top:
            st.markdown(f"**{as_markdown(place_shown(one.what))}**", width="stretch")
            st.badge(label, icon=icon, color=colour)
        if one.job.state is JobState.RUNNING:
            doing = place_shown(one.doing)
            told = as_markdown(f"{one.done} of {len(one.rows)} · {doing}" if one.rows else doing, 160)
            st.progress(one.done / len(one.rows) if one.rows else 0.0, text=told)
        bottom = st.container(horizontal=True, vertical_alignment="center")
        with bottom:
            st.caption(summary(one), width="stretch")
            _buttons(one)
        if one.job.error and not one.rows:
            st.caption(f":material/error: {as_markdown(one.job.error, 400)}")
        if one.rows:
            with st.expander("Each one, with its reason"):
                st.markdown("\n".join(_lines(one.rows[:_ROWS])))


def summary(one: Import) -> str:
    counts = [f"{one.count(outcome):,} {words}" for outcome, words in _OUTCOMES.items() if one.count(outcome)]
    return as_markdown(" · ".join([*counts, ago(one.job.created_at)]))


def _lines(rows: Sequence[ImportRow]) -> Iterator[str]:
    for row in rows:
        said = row.sentence or ("waiting" if row.outcome is None else "")
        yield f"- {as_markdown(place_shown(row.place))}: {as_markdown(said, 300)}"


def _buttons(one: Import) -> None:
    app, actor, job = get_app(), current_actor(), one.job
    if job.state is JobState.RUNNING and _button("Stop", "stop", f"stop:{job.id}"):
        with banners():
            app.jobs.stop(job.id, actor)
            st.rerun()
    if job.state in (JobState.STOPPED, JobState.FAILED) and _button("Go on", "play_arrow", f"go_on:{job.id}"):
        with banners():
            app.jobs.resume(job.id, actor)
            st.rerun()
    if job.state is JobState.RUNNING:
        return
    if one.count(ImportOutcome.REFUSED) and _button("Try the refused again", "refresh", f"refused:{job.id}"):
        with banners():
            app.sources.import_again(job.id, actor, only_refused=True)
            st.rerun()
    if _button("Look for changes", "sync", f"again:{job.id}"):
        with banners():
            app.sources.import_again(job.id, actor)
            st.rerun()


def _button(label: str, icon: str, key: str) -> bool:
    return st.button(label, icon=f":material/{icon}:", type="tertiary", key=key)


def draw_sync(pages: int) -> None:
    """For all web pages at once, where there are any."""
    if pages and _button(f"Check {counted(pages, 'web page')} for changes", "sync", "sources:sync"):
        with banners():
            get_app().sources.sync(current_actor())
            st.rerun()


def origin_of(source: Source) -> str:
    """Where a web page is, and when it was read."""
    if not source.url:
        return ""
    read = f"read {ago(source.retrieved_at)}" if source.retrieved_at else ""
    return as_markdown(" · ".join(filter(None, (place_shown(source.url), read))))


def place_shown(place: str) -> str:
    """An address as people say it: what begins with http or www would become a link in the middle of a text."""
    return plain(re.sub(r"^https?://(?:www\.)?", "", place), 120)
