"""Gap cards: what a section lacks, and everything its writer can do about it, in one place."""

import streamlit as st

from pages._shared import place
from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.gap_evidence import add_here, busy_jobs, search_sources, search_web
from pages._shared.routes import route_chosen
from pages._shared.text import counted
from writer.domain.drafts import Draft
from writer.domain.jobs import Job, JobState
from writer.security.render import as_markdown
from writer.services.articles.gaps import KIND, OpenPart

POLL_S = 1.0


def gap_cards(draft: Draft) -> None:
    """Nothing where nothing is missing."""
    app, actor = get_app(), current_actor()
    parts = app.gaps.of(draft.id, actor)
    if [part.key for part in parts] != [section.key for section in draft.sections if section.gap is not None]:
        st.rerun()  # a section was written since the page read the draft that it shows
    if not parts:
        return
    st.header(counted(len(parts), "open part"), anchor=False, help="Sections that your sources do not carry")
    last = app.jobs.for_draft(draft.id, actor, KIND)
    opened = st.session_state.setdefault(f"gap_open:{draft.id}", parts[0].key)
    for part in parts:
        with st.container(border=True, key=f"gap_card:{part.key}"), banners():
            _card(draft, part, last, is_open=part.key == opened or len(parts) == 1)
    at_work = [*(part.retry.id for part in parts if part.retry), *(id_ for p in parts for id_ in busy_jobs(draft, p))]
    if at_work:
        st.fragment(_wait, run_every=POLL_S)(tuple(at_work))


def _card(draft: Draft, part: OpenPart, last: Job | None, *, is_open: bool) -> None:
    st.markdown(f"**{as_markdown(part.heading, 120)}**")
    st.markdown("\n".join(["The sources do not say:", "", *(f"- {as_markdown(one, 300)}" for one in part.gap.missing)]))
    if part.retry is not None:
        _being_written(part.retry)
        return
    _outcome(part, last)
    if not is_open:
        args = (f"gap_open:{draft.id}", part.key)
        st.button("Work on this", key=f"gap_work:{draft.id}:{part.key}", on_click=_open, args=args)
        return
    if part.again:
        search_sources(draft, part)
        search_web(draft, part)
        add_here(f"gap:{draft.id}:{part.key}")
    _options(draft, part)


def _open(name: str, key: str) -> None:
    st.session_state[name] = key


def _being_written(job: Job) -> None:
    row = st.container(horizontal=True, vertical_alignment="center")
    row.caption(":material/sync: This section is being written again.", width="stretch")
    if row.button("Stop", icon=":material/stop_circle:", key=f"gap_stop:{job.id}"):
        get_app().jobs.stop(job.id, current_actor())
        st.rerun()


def _wait(job_ids: tuple[str, ...]) -> None:
    """Asks until one of the jobs is over; then the page is drawn with what came of it."""
    with banners():
        app, actor = get_app(), current_actor()
        if any(app.jobs.get(job_id, actor).state is not JobState.RUNNING for job_id in job_ids):
            st.rerun()


def _outcome(part: OpenPart, last: Job | None) -> None:
    """What came of the last try at this section."""
    if last is None or last.args.get("section") != part.key:
        return
    if last.state is JobState.FAILED:
        st.warning(as_markdown(last.error, 500), icon=":material/error:")
    elif last.state is JobState.DONE:
        st.caption(":material/info: Tried again: there was still too little to write from.")


def _options(draft: Draft, part: OpenPart) -> None:
    app, actor, name = get_app(), current_actor(), f"{draft.id}:{part.key}"
    with st.container(horizontal=True, key=f"gap_options:{part.key}"):
        if part.again and st.button(
            "Try the section again",
            icon=":material/refresh:",
            key=f"gap_retry:{name}",
            help="Writes this section alone, from what your sources hold by now",
        ):
            app.gaps.retry(draft.id, part.key, actor, route=route_chosen())
            st.rerun()
        if st.button("Write it myself", icon=":material/edit:", key=f"gap_own:{name}"):
            app.gaps.write_myself(draft.id, part.key, actor)
            place.go_to(place.EDITOR, draft.id)
        if st.button("Leave the section out", icon=":material/delete:", type="tertiary", key=f"gap_out:{name}"):
            app.gaps.leave_out(draft.id, part.key, actor)
            st.rerun()
