"""What the votes say of routes, and how sure that is."""

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.text import counted
from writer.security.render import as_markdown
from writer.services.playground.ratings import Rating


def draw_ratings() -> None:
    app, actor = get_app(), current_actor()
    apart = st.toggle("Tell temperatures apart", key="playground:apart", persist_state="session")
    found = app.playground.ratings(actor, with_temperature=apart)
    if not found:
        st.info(
            "No ratings yet. Compare with **Hide names and vote** switched on, and say which reply is better.",
            icon=":material/how_to_vote:",
        )
        return
    for place, rating in enumerate(found, start=1):
        _draw_rating(place, rating)
    st.caption(_how_sure(found))
    if st.button("Forget all votes", type="tertiary", icon=":material/delete:", key="playground:forget"):
        _confirm_forget()


def _draw_rating(place: int, one: Rating) -> None:
    with st.container(border=True, gap="xsmall", key=f"playground:rating:{place}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{place}. {as_markdown(one.name, 160)}**", width="stretch")
            st.markdown(f"**{one.points:,.0f}** points", width="content")
        votes = f"{one.wins} won, {one.losses} lost, {counted(one.ties, 'tie')}, {one.both_bad} both bad"
        st.caption(f"95 in 100 lie between {one.low:,.0f} and {one.high:,.0f} · {votes}")


def _how_sure(found: list[Rating]) -> str:
    votes = sum(one.votes for one in found) // 2
    told = f"From {counted(votes, 'blind vote')}. 1,000 points are average; 400 more are odds of ten to one. "
    first, *others = found
    close = [one for one in others if one.high >= first.low]
    if close:
        return told + "Where the ranges overlap, the votes do not tell for sure which is better. Vote more."
    return told + "The first is ahead of all others by more than chance explains."


@st.dialog("Forget all votes?")
def _confirm_forget() -> None:
    st.caption("The ratings begin anew. Comparisons stay; those whose names are told cannot be voted on again.")
    bar = st.container(horizontal=True)
    if bar.button("Forget them", type="primary", icon=":material/delete:", key="playground:forget_now"):
        with banners():
            get_app().playground.forget_votes(current_actor())
            st.rerun()
    if bar.button("Keep them", key="playground:forget_not"):
        st.rerun()
