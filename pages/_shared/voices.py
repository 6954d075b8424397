"""Voices: learnt from samples in Settings, chosen for a draft and held against it in the editor."""

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.text import counted, shortened
from writer.domain import manuscript
from writer.domain.drafts import Draft
from writer.domain.voices import FEWEST_WORDS, MAX_NAME, Voice, described
from writer.security.render import as_markdown, plain
from writer.services.voices import FEWEST_PARAGRAPHS, FEWEST_SAMPLES, MAX_CHARACTERS

NONE = ""
FAR = 1.5
_SHOWN = 5


def draw_voices() -> None:
    st.caption(
        "A voice is measured on texts of yours and described in sentences, which models are told when they write or "
        "change a draft that uses it. The texts themselves are not kept. Counts of words are made for English."
    )
    for voice in get_app().voices.listing(current_actor()):
        _draw_voice(voice)
    with st.expander("Learn a voice", icon=":material/record_voice_over:"):
        _draw_learning()


def _draw_voice(voice: Voice) -> None:
    app, actor = get_app(), current_actor()
    with st.expander(as_markdown(voice.name, MAX_NAME)):
        st.caption(f"Measured on {counted(voice.samples, 'text')} of {counted(voice.words, 'word')}.")
        st.markdown("\n".join(f"- {as_markdown(sentence)}" for sentence in described(voice.profile)))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.text_input("Name", voice.name, max_chars=MAX_NAME, key=f"voice:name:{voice.id}")
            if st.button("Rename", icon=":material/check:", key=f"voice:rename:{voice.id}"):
                with banners():
                    app.voices.rename(voice.id, name, actor)
                    st.rerun()
            if st.button("Delete voice", icon=":material/delete:", type="tertiary", key=f"voice:delete:{voice.id}"):
                with banners():
                    app.voices.delete(voice.id, actor)
                    st.rerun()


def _draw_learning() -> None:
    st.caption(
        f"{FEWEST_SAMPLES} texts at least, with {FEWEST_PARAGRAPHS} paragraphs of {FEWEST_WORDS} words or more between "
        f"them; {MAX_CHARACTERS:,} characters together at the most."
    )
    with st.form("voices:learn", border=False):
        name = st.text_input("Name of the voice", key="voices:name", max_chars=MAX_NAME, placeholder="My newsletter")
        samples = [
            st.text_area(f"Sample {number}", key=f"voices:sample:{number}", height=120)
            for number in range(1, FEWEST_SAMPLES + 3)
        ]
        learnt = st.form_submit_button("Learn", icon=":material/graphic_eq:")
    if learnt:
        with banners():
            get_app().voices.learn(name, [sample for sample in samples if sample.strip()], current_actor())
            st.rerun()


def names_of_voices() -> dict[str, str]:
    """By id, with none first."""
    return {
        NONE: "No voice",
        **{one.id: plain(one.name, MAX_NAME) for one in get_app().voices.listing(current_actor())},
    }


def draw_voice_of(draft: Draft) -> None:
    """Which voice a draft uses, and which of its paragraphs are furthest from it."""
    app, actor, names = get_app(), current_actor(), names_of_voices()
    if len(names) == 1:
        st.caption("Learn a voice in Settings to have drafts written in it, and held against it.")
        return
    now = draft.brief.voice if draft.brief.voice in names else NONE
    key = f"voice:{draft.id}:{draft.revision}"
    chosen = st.selectbox("Voice of this draft", list(names), list(names).index(now), names.__getitem__, key=key)
    if chosen != now:
        app.voices.use(draft.id, chosen, actor)
        st.rerun()
    if now:
        _draw_distances(draft)


def _draw_distances(draft: Draft) -> None:
    text = manuscript.join(draft.sections)
    found = get_app().voices.distances(draft.brief.voice, text, current_actor())
    if not found:
        st.caption("No paragraph is long enough to be held against the voice.")
        return
    far = sorted((one for one in found if one.distance >= FAR), key=lambda one: -one.distance)
    st.caption(f"{len(far)} of {counted(len(found), 'paragraph')} far from the voice (1 is usual, {FAR} is far).")
    for one in far[:_SHOWN]:
        told = ", ".join(f"{name}: {'more' if z > 0 else 'less'}" for name, z in one.furthest)
        st.markdown(f"**{one.distance:.1f}** “{as_markdown(shortened(text[one.start : one.end], 90))}”")
        st.caption(told)
