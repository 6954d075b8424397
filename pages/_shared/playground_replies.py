"""The replies beside each other: their facts, the vote, the words in which two differ, and where they go from here."""

from collections.abc import Sequence

import streamlit as st

from pages._shared import drawers, place
from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.comparing import comparison_blocks
from pages._shared.paper import show_paper, text_block
from pages._shared.playground_place import leave_comparison
from pages._shared.text import counted, duration, shortened
from writer.domain.money import money
from writer.domain.playground import LETTERS, MOST, Comparison, Reply, ReplyState, Verdict
from writer.security.render import as_markdown, plain

_NEW_DRAFT = ""


def draw_replies(comparison: Comparison, replies: Sequence[Reply]) -> None:
    """Four in two rows: beside each other they would be too narrow to read."""
    across = 2 if len(replies) == MOST else len(replies)
    for start in range(0, len(replies), across):
        for column, reply in zip(st.columns(across), replies[start : start + across], strict=False):
            with column:
                _draw_reply(comparison, reply)


def _draw_reply(comparison: Comparison, reply: Reply) -> None:
    with st.container(border=True, key=f"playground:reply:{reply.column}"):
        st.subheader(as_markdown(_heading(comparison, reply.column), 200), anchor=False)
        if not comparison.hidden:
            st.caption(_facts(comparison, reply))
        if reply.error:
            st.error(as_markdown(reply.error, 600), icon=":material/error:")
        elif reply.state is ReplyState.STOPPED:
            st.warning("Stopped: this is what had come.", icon=":material/stop_circle:")
        if reply.cut:
            st.warning("Cut off at the longest reply that was allowed.", icon=":material/content_cut:")
        if reply.text.strip():
            label = f"Reply {LETTERS[reply.column]}"
            show_paper([text_block(reply.text)], key=f"playground:text:{reply.column}", label=label)
            use = ":material/post_add:", f"playground:use:{reply.column}"
            if not comparison.hidden and st.button("Use in a draft", icon=use[0], key=use[1]):
                _put_into_draft(comparison, reply.column)


def _heading(comparison: Comparison, column: int) -> str:
    letter = f"Reply {LETTERS[column]}"
    return letter if comparison.hidden else f"{LETTERS[column]} · {comparison.contenders[column].route}"


def _facts(comparison: Comparison, reply: Reply) -> str:
    tokens = reply.tokens
    about = " (estimated)" if tokens and tokens.estimated else ""
    cost = "n/a" if reply.cost_micros is None else money(reply.cost_micros)
    parts = [
        f"temperature {comparison.contenders[reply.column].temperature:g}",
        f"first token {duration(reply.first_token_ms)}",
        f"total {duration(reply.total_ms)}",
        f"{tokens.input:,} tokens in, {tokens.output:,} out{about}" if tokens else "tokens n/a",
        f"cost {cost}",
        *(["answered from the cache"] if reply.cached else []),
    ]
    return as_markdown(" · ".join(parts), 300)


def draw_vote(comparison: Comparison) -> None:
    """One pair after the other, until all are voted on or somebody wants to know."""
    app, actor = get_app(), current_actor()
    pairs = app.playground.open_pairs(comparison)
    with st.container(border=True, key="playground:vote"):
        if pairs:
            first, second = pairs[0]
            a, b = LETTERS[first], LETTERS[second]
            left = f" {counted(len(pairs), 'pair')} to go." if len(comparison.pairs) > 1 else ""
            st.markdown(f"**Which is better, {a} or {b}?**{left}")
        else:
            st.markdown("**There are not two whole replies to vote on.**")
        with st.container(horizontal=True, key="playground:verdicts"):
            if pairs:
                names = {
                    Verdict.FIRST: f"{a} is better",
                    Verdict.SECOND: f"{b} is better",
                    Verdict.TIE: "Tie",
                    Verdict.BOTH_BAD: "Both bad",
                }
                for verdict, name in names.items():
                    if st.button(name, key=f"playground:vote:{verdict.value}"):
                        with banners():
                            app.playground.vote(comparison.id, first, second, verdict, actor)
                            st.rerun()
            if st.button("Show the names", type="tertiary", icon=":material/visibility:", key="playground:reveal"):
                app.playground.reveal(comparison.id, actor)
                st.rerun()


def draw_difference(comparison: Comparison, replies: Sequence[Reply]) -> None:
    whole = [reply.column for reply in replies if reply.text.strip()]
    if len(whole) < 2:
        return
    pairs = [(a, b) for a, b in comparison.pairs if a in whole and b in whole]
    with st.expander(
        "Word by word", icon=":material/difference:", key="playground:difference", on_change="rerun"
    ) as box:
        if not box.open:
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            pair = st.selectbox(
                "Replies", pairs, format_func=lambda pair: f"{LETTERS[pair[0]]} and {LETTERS[pair[1]]}", width=180
            )
            beside = st.toggle("Side by side", key="playground:beside", persist_state="session")
        found = get_app().playground.difference(comparison, *pair)
        gone, come = found.words
        st.caption("Nothing differs." if found.is_empty else f"{counted(gone, 'word')} out, {counted(come, 'word')} in")
        show_paper(comparison_blocks(found, beside=beside), key="playground:words", label="Word by word")


def _put_into_draft(comparison: Comparison, column: int) -> None:
    def body() -> None:
        app, actor = get_app(), current_actor()
        titles = {_NEW_DRAFT: "A new draft"}
        titles |= {one.id: plain(shortened(one.title, 80)) for one in app.drafts.listing(actor, limit=50)}
        st.caption("The reply becomes a section of its own. The draft's versions say which route wrote it.")
        chosen = st.selectbox(
            "Draft", list(titles), format_func=lambda id_: titles.get(id_, id_), key="playground:draft"
        )
        if st.button("Put it there", type="primary", icon=":material/post_add:", key="playground:put"):
            draft = app.playground.into_draft(comparison.id, column, actor, chosen or "")
            place.go_to(place.EDITOR, draft.id)

    drawers.show("Use in a draft", body, position="center")


@st.dialog("Delete this comparison?")
def confirm_delete(comparison: Comparison) -> None:
    st.markdown(as_markdown(comparison.prompt.user, 300))
    st.caption("Its replies go with it. Votes on them still count in the ratings; drafts keep their text.")
    bar = st.container(horizontal=True)
    if bar.button("Delete", type="primary", icon=":material/delete:", key="playground:delete_now"):
        with banners():
            get_app().playground.delete(comparison.id, current_actor())
            leave_comparison()
            st.rerun()
    if bar.button("Keep it", key="playground:delete_not"):
        st.rerun()
