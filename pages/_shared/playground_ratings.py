"""What the votes say of routes, and how sure that is."""

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.text import counted
from writer.security.render import as_markdown
from writer.services.playground.ratings import Rating

_HEADERS = ("Route", "Points", "95 in 100 lie between", "Won", "Lost", "Ties", "Both bad")


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
    st.markdown(_table(found))
    st.caption(_how_sure(found))
    if st.button("Forget all votes", type="tertiary", icon=":material/delete:", key="playground:forget"):
        _confirm_forget()


def _table(found: list[Rating]) -> str:
    rows = [
        (
            as_markdown(one.name, 120),
            f"**{one.points:,.0f}**",
            f"{one.low:,.0f} to {one.high:,.0f}",
            *(str(number) for number in (one.wins, one.losses, one.ties, one.both_bad)),
        )
        for one in found
    ]
    lines = [_HEADERS, ("---", *("---:",) * (len(_HEADERS) - 1)), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


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
