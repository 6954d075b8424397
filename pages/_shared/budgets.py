"""Budgets: setting them, and saying where work is begun that they are nearly used up."""

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.text import counted
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.budgets import Standing, Unpriced, month_name
from writer.domain.money import micros_of, money
from writer.security.render import as_markdown

_UNPRICED = {
    Unpriced.REFUSE: "Refuse them and say so",
    Unpriced.ALLOW: "Let them through, uncounted",
}
_ALL = "Every route"
_REACHED = "Calls that cost are refused: raise it, or go on with a model on this machine, or without a model."


def paid_work_banner() -> None:
    """Where paid work is begun; nothing for whoever has no route that could be paid for."""
    if get_app().providers.routes(current_actor()):
        budget_banner()


def budget_banner(*, leads: bool = True) -> None:
    """The worst that holds for this person now: a warning from 80 %, an error at 100 %. `leads` to where it is set."""
    near = get_app().budgets.warnings(current_actor())
    if not near:
        return
    worst = near[0]
    draw = st.error if worst.level == "reached" else st.warning
    more = f" {_REACHED}" if worst.level == "reached" else ""
    with st.container(key="budget_banner"):
        draw(as_markdown(worst.sentence, 400) + more, icon=":material/savings:")
        if leads:
            st.page_link("pages/settings.py", label="Budgets in Settings", icon=":material/settings:")


def draw_budgets() -> None:
    st.caption(
        "Before each paid call, the most that it can cost is set aside. A call that might exceed a budget is not made: "
        "you are told, and choose. Months are those of UTC."
    )
    standings = get_app().budgets.standings(current_actor())
    for standing in standings:
        _card(standing)
    with st.expander("Set a budget", icon=":material/add:", expanded=not standings):
        _add()
    draw_reply_cache()


def draw_reply_cache() -> None:
    """Beside the budgets: it is about not paying twice."""
    cache, actor = get_app().reply_cache, current_actor()
    st.header("Reply cache", anchor=False)
    st.caption(
        "Keeps what models reply to you, on this machine, for thirty days. Whoever asks the same again of the same "
        "route, word for word, gets the same reply at no cost, and it says so. Switch it off to get another one."
    )
    on = st.toggle("Keep replies", cache.is_on(actor), key="cache:on")
    if on != cache.is_on(actor):
        cache.choose(on, actor)
        st.rerun()
    kept = cache.kept(actor)
    with st.container(horizontal=True, vertical_alignment="center", key="cache"):
        st.caption(
            f"{counted(kept.replies, 'reply', 'replies')}, {counted(kept.characters, 'character')}", width="content"
        )
        if st.button("Clear", icon=":material/delete:", type="tertiary", key="cache:clear", disabled=not kept.replies):
            with banners():
                cache.clear(actor)
                st.rerun()


def _card(standing: Standing) -> None:
    budget = standing.budget
    with st.container(border=True, key=f"budget:{budget.id}"):
        st.markdown(f"**{as_markdown(budget.name)}**")
        spent = f"{money(standing.spent_micros)} of {money(budget.limit_micros)} in {month_name(standing.month)}"
        aside = f", {money(standing.reserved_micros)} set aside" if standing.reserved_micros else ""
        st.progress(min(1.0, standing.share), text=as_markdown(f"{spent}{aside} ({standing.share:.0%})"))
        refused = budget.unpriced is Unpriced.REFUSE
        st.caption(f"Calls without a known price are {'refused' if refused else 'let through, uncounted'}.")
        bar = st.container(horizontal=True)
        with bar.popover("Change", icon=":material/edit:", key=f"budget:change:{budget.id}"):
            _change(standing)
        if bar.button("Delete", icon=":material/delete:", type="tertiary", key=f"budget:delete:{budget.id}"):
            with banners():
                get_app().budgets.delete(budget.id, current_actor())
                st.rerun()


def _change(standing: Standing) -> None:
    budget = standing.budget
    with st.form(f"budget:form:{budget.id}", border=False):
        limit = _amount("At most (US dollars)", budget.limit_micros, key=f"budget:limit:{budget.id}")
        unpriced = _unpriced(budget.unpriced, key=f"budget:unpriced:{budget.id}")
        asked = st.form_submit_button("Save", type="primary", icon=":material/save:")
    if asked:
        with banners():
            get_app().budgets.change(budget.id, current_actor(), limit_micros=micros_of(limit), unpriced=unpriced)
            st.rerun()


def _add() -> None:
    app, actor = get_app(), current_actor()
    month = app.budgets.month
    with st.form("budget:add", border=False):
        limit = _amount("At most (US dollars)", 10_000_000, key="budget:limit")
        route = st.selectbox(
            "For",
            [_ALL, *app.providers.routes(actor)],
            key="budget:route",
            accept_new_options=True,
            help="All calls together, or those of one route (provider:model).",
        )
        lasting = st.selectbox("In", ["Every month", f"{month_name(month)} only"], key="budget:month")
        unpriced = _unpriced(Unpriced.REFUSE, key="budget:unpriced")
        asked = st.form_submit_button("Set budget", type="primary", icon=":material/savings:")
    if asked:
        with banners():
            only = "" if lasting == "Every month" else month
            chosen = "" if route in (None, _ALL) else str(route)
            person = "" if actor == LOCAL_ACTOR else actor.user
            app.budgets.add(micros_of(limit), actor, person=person, route=chosen, month=only, unpriced=unpriced)
            st.rerun()


def _amount(label: str, micros: int, *, key: str) -> float:
    return float(st.number_input(label, 0.0, 1_000_000_000.0, micros / 1_000_000, 1.0, "%.2f", key=key))


def _unpriced(now: Unpriced, *, key: str) -> Unpriced:
    kinds = list(_UNPRICED)
    return st.selectbox(
        "Calls whose price is not known",
        kinds,
        kinds.index(now),
        _UNPRICED.__getitem__,
        key=key,
        help="Such as those of a service that is not in the list of prices. Models on this machine cost nothing.",
    )
