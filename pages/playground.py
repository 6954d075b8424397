"""Playground: one prompt on several models beside each other, votes without names, and the prompts that are kept."""

import streamlit as st

from pages._shared import drawers
from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners, show_error
from pages._shared.budgets import paid_work_banner
from pages._shared.header import title_row
from pages._shared.live import watch
from pages._shared.playground_form import draw_form, fill_from, no_routes, routes_known
from pages._shared.playground_place import VIEW, VIEWS, current_comparison, leave_comparison, show_comparison
from pages._shared.playground_prompts import draw_library, keep_prompt
from pages._shared.playground_ratings import draw_ratings
from pages._shared.playground_replies import confirm_delete, draw_difference, draw_replies, draw_vote
from pages._shared.text import ago, shortened
from writer.domain.errors import NotFound
from writer.domain.jobs import JobState
from writer.domain.playground import Comparison
from writer.security.render import as_markdown

app, actor = get_app(), current_actor()


def one(comparison: Comparison) -> None:
    job = app.playground.job(comparison)
    st.header(as_markdown(shortened(comparison.prompt.user, 160), 300), anchor=False)
    if comparison.values:
        st.caption(as_markdown(" · ".join(f"{k}: {shortened(v, 80)}" for k, v in comparison.values.items()), 400))
    if job and job.state is JobState.RUNNING:
        if st.button("Stop all", icon=":material/stop_circle:", key="playground:stop"):
            with banners():
                app.playground.stop(comparison.id, actor)
        watch(job, "Answering", stop=f"/comparisons/{comparison.id}/stop")
        return
    replies = app.playground.replies(comparison)
    if comparison.hidden:
        draw_vote(comparison)
    draw_replies(comparison, replies)
    draw_difference(comparison, replies)
    actions(comparison)


def actions(comparison: Comparison) -> None:
    with st.container(horizontal=True, gap="small", key="playground:after"):
        if st.button("Ask again", icon=":material/refresh:", key="playground:again"):
            with banners():
                show_comparison(app.playground.again(comparison.id, actor).id)
                st.rerun()
        if not comparison.hidden:
            st.button(
                "Change and compare",
                icon=":material/edit:",
                key="playground:change",
                on_click=fill_from,
                args=(comparison,),
                help="Puts the prompt, its values and the routes back into the form above.",
            )
        if st.button("Delete", icon=":material/delete:", type="tertiary", key="playground:delete"):
            confirm_delete(comparison)


def earlier(shown: str) -> None:
    others = [one for one in app.playground.recent(actor) if one.id != shown]
    if not others:
        return
    st.subheader("Earlier comparisons", anchor=False)
    for other in others:
        with st.container(horizontal=True, vertical_alignment="center", key=f"playground:row:{other.id}"):
            label = as_markdown(shortened(other.prompt.user, 100))
            if st.button(label, type="tertiary", key=f"playground:open:{other.id}"):
                show_comparison(other.id)
                st.rerun()
            st.space("stretch")
            if other.hidden:
                st.badge("Not voted on", icon=":material/how_to_vote:", color="blue")
            st.caption(f"{len(other.contenders)} routes, {ago(other.created_at)}", width="content")


def compare() -> None:
    routes = routes_known()
    if not routes:
        no_routes()
    else:
        paid_work_banner()
        draw_form(routes, keep_prompt)
    shown = current_comparison()
    if shown:
        try:
            one(app.playground.get(shown, actor))
        except NotFound as error:
            leave_comparison()
            show_error(error)
    earlier(shown)


def page() -> None:
    title_row("Playground")
    tabs = st.tabs(VIEWS, key=VIEW, on_change="rerun", bind="query-params")
    for tab, draw in zip(tabs, (compare, draw_library, draw_ratings), strict=True):
        if tab.open:
            with tab, banners():
                draw()


with banners():
    page()
drawers.draw_again()
