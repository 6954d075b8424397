"""What an article will cost, the most that it may, and the choices when that is used up."""

import math

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.budgets import paid_work_banner
from writer.domain.briefs import Brief
from writer.domain.budgets import JobCap
from writer.domain.drafting import BUILT_IN
from writer.domain.drafts import Draft
from writer.domain.errors import FaultKind
from writer.domain.jobs import Job, StepState
from writer.domain.money import micros_of
from writer.domain.outlines import Outline
from writer.security.render import as_markdown
from writer.services.articles.steps import KIND as ARTICLE
from writer.services.budgets import told


def estimate_line(draft: Draft, outline: Outline, job: Job | None) -> None:
    """Beside the button that begins the paid work, with what budgets say of it."""
    paid_work_banner()
    app, actor = get_app(), current_actor()
    route = str(job.args.get("route", "")) if job else ""
    ids = app.articles.source_ids(draft.brief, actor)
    st.caption(as_markdown(told(app.estimates.article(draft.brief, outline, actor, route, ids), "Writing this"), 200))


def research_line(brief: Brief, route: str) -> None:
    """Beside the button that begins it; nothing where no model is asked."""
    app, actor = get_app(), current_actor()
    if app.providers.routes(actor) and route != BUILT_IN:
        st.caption(as_markdown(told(app.estimates.research(brief, actor, route), "Research"), 200))


def cap_field(draft: Draft) -> int | None:
    """None without a cap."""
    with st.expander("Limit the cost", icon=":material/savings:"):
        most = st.number_input(
            "Stop before it costs more than (US dollars)",
            0.0,
            1_000_000.0,
            None,
            0.05,
            "%.2f",
            key=f"cap:{draft.id}",
            placeholder="No limit",
            help="What is finished by then is kept, and you choose how to go on. A call must fit at its dearest.",
        )
    return None if most is None else micros_of(most)


def set_cap(job: Job | None, micros: int | None) -> None:
    if job and micros is not None:
        get_app().budgets.set_cap(job.id, micros, current_actor())


def _ended_by_budget(job: Job) -> bool:
    steps = get_app().jobs.steps(job.id, current_actor())
    return any(step.state is StepState.FAILED and step.error_kind == FaultKind.BUDGET for step in steps)


def budget_choices(draft: Draft, job: Job) -> bool:
    """Raise what is used up, go on with another route or the built-in drafter, or come back another day. False where
    it was no budget that ended the job."""
    if job.kind != ARTICLE or not _ended_by_budget(job):
        return False
    app, actor = get_app(), current_actor()
    cap = app.budgets.cap(job.id, actor)
    with st.container(border=True, key="budget_choices"):
        if cap is not None:
            _another_cap(draft, job, cap)
        if cap is None or app.budgets.standings(actor):  # either may have ended it
            st.page_link("pages/settings.py", label="Raise the budget in Settings", icon=":material/savings:")
        _another_route(draft, job)
    return True


def _another_cap(draft: Draft, job: Job, cap: JobCap) -> None:
    """A higher one, or none: no amount is enough for a route whose price is not known."""
    most = st.number_input(
        "It may cost (US dollars)",
        0.0,
        1_000_000.0,
        _enough(draft, job, cap),
        0.05,
        "%.2f",
        key=f"cap:raise:{job.id}",
    )
    bar = st.container(horizontal=True)
    raised = bar.button("Allow this and go on", type="primary", icon=":material/play_arrow:", key="raise_cap")
    if bar.button("Take the limit away and go on", key="drop_cap") or raised:
        with banners():
            get_app().budgets.set_cap(job.id, micros_of(most) if raised else None, current_actor())
            get_app().jobs.resume(job.id, current_actor())
            st.rerun()


def _enough(draft: Draft, job: Job, cap: JobCap) -> float:
    """What writing it will cost at most, beside what it has; to whole cents."""
    app, actor = get_app(), current_actor()
    route = str(job.args.get("route", ""))
    ids = app.articles.source_ids(draft.brief, actor)
    estimate = app.estimates.article(draft.brief, draft.outline, actor, route, ids)
    more = cap.spent_micros + 2 * estimate.high_micros if estimate else 0
    return math.ceil(max(more, 2 * cap.cap_micros, 10_000) / 10_000) / 100


def _another_route(draft: Draft, job: Job) -> None:
    app, actor = get_app(), current_actor()
    routes = app.providers.routes(actor)
    now = str(job.args.get("route", "")) or next(iter(routes), "")
    others = [route for route in routes if route != now]
    labels = {route: route for route in others} | {BUILT_IN: "Built-in drafter (cited extracts, costs nothing)"}
    bar = st.container(horizontal=True, vertical_alignment="bottom")
    chosen = bar.selectbox("Or the rest is written by", list(labels), format_func=labels.__getitem__, key="go_on_by")
    if bar.button("Go on with this", icon=":material/alt_route:", key="go_on_other"):
        with banners():
            app.articles.go_on(draft.id, actor, chosen)
            st.rerun()
