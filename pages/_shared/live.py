"""A job while it runs. The page only watches: the work goes on whether anybody looks or not."""

from collections.abc import Iterable

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.paper import show_paper, text_block, web_file
from pages._shared.text import counted
from writer.domain.jobs import Job, JobState, StepState
from writer.security.render import as_markdown, plain
from writer.services.jobs.events import JobSnapshot, StepView

_PARTS = ("outline", "section", "repair", "introduction", "conclusion")
SHOWN_KINDS = (*(f"article.{part}" for part in _PARTS), "ask.answer", "playground.reply")
WIDE_KINDS = ("article.outline", "ask.answer")
_POLL_S = 1.0

_live = st.components.v2.component(
    "writer_live", html='<div class="root"></div>', css=web_file("live.css"), js=web_file("live.js")
)


def watch(job: Job, title: str, *, stop: str = "") -> None:
    """Live text over one event stream, without reruns; where no stream can be had, the page asks once a second. `stop`
    is the path below the API that ends one part alone."""
    if st.session_state.get("stream_broken") == job.id:
        st.fragment(_polled, run_every=_POLL_S)(job.id)
        return
    base = st.get_option("server.baseUrlPath").strip("/")
    api = f"{'/' + base if base else ''}/api"
    data = {
        "url": f"{api}/jobs/{job.id}/events",
        "stop": f"{api}{stop}" if stop else "",
        "job": job.id,
        "title": title,
        "shown": list(SHOWN_KINDS),
        "wide": list(WIDE_KINDS),
    }
    _live(key="live", data=data, on_ended_change=_nothing, on_broken_change=lambda: _fall_back(job.id))


def _nothing() -> None:
    """The rerun itself is what the end of a stream is for."""


def _fall_back(job_id: str) -> None:
    st.session_state["stream_broken"] = job_id


def _polled(job_id: str) -> None:
    with banners():
        snapshot = get_app().jobs.snapshot(job_id, current_actor())
        if snapshot.job.state is not JobState.RUNNING:
            st.rerun()
        st.progress(snapshot.done / max(1, len(snapshot.steps)), text=progress_line(snapshot))
        parts = [step for step in snapshot.steps if step.kind in SHOWN_KINDS and step.text]
        show_paper([text_block(step.text, step.label) for step in parts], key="polled", label="What is written so far")


def progress_line(snapshot: JobSnapshot) -> str:
    minutes, seconds = divmod(int(snapshot.elapsed_s), 60)
    return f"{snapshot.done} of {counted(len(snapshot.steps), 'step')} · {minutes}:{seconds:02}"


_ICONS = {
    StepState.READY: ":material/radio_button_unchecked:",
    StepState.RUNNING: "spinner",
    StepState.DONE: ":material/check_circle:",
    StepState.FAILED: ":material/error:",
    StepState.STOPPED: ":material/stop_circle:",
}


def step_list(steps: Iterable[StepView]) -> None:
    """What became of each step, with its error where it has one."""
    for step in steps:
        words = f" · {counted(step.words, 'word')}" if step.words else ""
        again = f" · begun {step.attempt} times" if step.attempt > 1 else ""
        with st.expander(as_markdown(step.label) + words + again, type="step", icon=_ICONS[step.state]):
            st.caption(as_markdown(step.error, 600) if step.error else plain(step.state.value).capitalize())
