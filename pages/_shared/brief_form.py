"""The brief: five fields in sight, the rest folded. What is typed stays while the person looks at other pages."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.text import lines
from pages._shared.voices import names_of_voices
from writer.domain.briefs import MAX_TOPIC, MAX_WORDS, Brief
from writer.domain.sources import Source
from writer.security.render import plain
from writer.services.articles.content_types import DEFAULT, ContentType

LANGUAGES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "pt": "Portuguese",
    "nl": "Dutch",
}
VIEWPOINTS = ("", "first person", "second person", "third person")
LEVELS = ("", "general reader", "practitioner", "expert")
FIELDS = (
    "topic",
    "content_type",
    "reader",
    "goal",
    "words",
    "angle",
    "tone",
    "point_of_view",
    "reading_level",
    "language",
    "due",
    "voice",
)
_USUAL = "usual_words"
_COLLECTIONS = "brief:collections"
LISTS = ("keyphrases", "questions", "must_include", "avoid")


def draw_brief(kinds: Mapping[str, ContentType]) -> ContentType:
    """Returns the kind of article that is chosen."""
    _text("Topic or working title", "topic", "Why tidal power is finally ready", max_chars=MAX_TOPIC)
    left, right = st.columns([2, 1])
    with left:
        chosen = st.selectbox(
            "Kind of article",
            list(kinds),
            index=list(kinds).index(DEFAULT),
            format_func=lambda name: kinds[name].title if name in kinds else name,
            key="brief:content_type",
            on_change=_words_of_kind,
            args=(kinds,),
            persist_state="session",
        )
    with right:
        if _USUAL not in st.session_state:
            st.session_state[_USUAL] = kinds[chosen].words
            st.session_state.setdefault("brief:words", kinds[chosen].words)
        st.number_input("Words", 100, MAX_WORDS, step=100, key="brief:words", persist_state="session")
    _text("Who reads it, and what for", "reader", "Town councillors who must vote on a harbour scheme")
    _text("What it should achieve", "goal", "They can weigh cost against reliability")
    return kinds[chosen]


def _words_of_kind(kinds: Mapping[str, ContentType]) -> None:
    """The usual length of the kind that was chosen, unless the writer asked for another one."""
    usual = kinds[st.session_state["brief:content_type"]].words
    if st.session_state.get("brief:words") == st.session_state.get(_USUAL):
        st.session_state["brief:words"] = usual
    st.session_state[_USUAL] = usual


def draw_more(kind: ContentType) -> None:
    with st.expander("More about this article", icon=":material/tune:"):
        _text("Angle", "angle", "What makes this piece different from others")
        left, right = st.columns(2)
        with left:
            _area("Must include, one per line", "must_include")
            _area("Questions to answer, one per line", "questions")
        with right:
            _area("Keyphrases, one per line", "keyphrases")
            _area("Claims to avoid, one per line", "avoid")
        left, right = st.columns(2)
        with left:
            _text("Tone or voice", "tone", "Plain, dry, a little amused")
            _choice("Point of view", "point_of_view", VIEWPOINTS)
            _voice()
        with right:
            _choice("Language", "language", tuple(LANGUAGES), LANGUAGES)
            _choice("Reading level", "reading_level", LEVELS)
        draw_own_fields(kind)
        st.date_input("Due", None, key="brief:due", persist_state="session")


def _voice() -> None:
    names = names_of_voices()
    if st.session_state.get("brief:voice", "") not in names:
        st.session_state["brief:voice"] = ""  # it was deleted since
    if len(names) > 1:
        _choice("Voice", "voice", tuple(names), names)


def draw_own_fields(kind: ContentType) -> None:
    """The fields that this kind of article alone asks for."""
    for field in kind.fields:
        key = f"extra:{kind.name}:{field.name}"
        if field.kind in ("text", "list"):
            label = f"{field.label}, one per line" if field.kind == "list" else field.label
            st.text_area(label, key=key, height=96, help=field.help or None, persist_state="session")
        else:
            st.text_input(field.label, key=key, help=field.help or None, persist_state="session")


def brief_as_typed(source_ids: tuple[int, ...], kind: ContentType) -> Brief:
    """Raises UserMistake with what is wrong."""
    given = {name: st.session_state.get(f"brief:{name}") for name in FIELDS}
    kept: dict[str, Any] = {n: v.strip() if isinstance(v, str) else v for n, v in given.items() if v is not None}
    kept |= {name: lines(st.session_state.get(f"brief:{name}", "")) for name in LISTS}
    kept["collection_ids"] = tuple(st.session_state.get(_COLLECTIONS, ()))
    return Brief(**kept, source_ids=source_ids, extra=tuple(_own_values(kind)))


def _own_values(kind: ContentType) -> Iterator[tuple[str, str]]:
    for field in kind.fields:
        value = str(st.session_state.get(f"extra:{kind.name}:{field.name}", "")).strip()
        if value:
            yield field.name, value


def pick_sources(ready: Sequence[Source]) -> tuple[int, ...]:
    """Empty stands for all of them, those that are added later included, unless collections are chosen."""
    in_collections = _pick_collections()
    titles = {source.id: plain(source.title, 80) for source in ready}
    chosen = st.multiselect(
        "Sources to write from",
        list(titles),
        format_func=lambda id_: titles.get(id_, f"S{id_}"),
        key="brief:sources",
        placeholder="None besides" if in_collections else _all_of(len(titles)),
        persist_state="session",
    )
    return tuple(chosen)


def _all_of(number: int) -> str:
    return f"All {number} sources" if number > 1 else "The one source there is"


def _pick_collections() -> list[int]:
    """Drawn where there are any. What is in them when the outline is made is written from."""
    found = {one.id: one for one in get_app().collections.listing(current_actor())}
    if not found:
        st.session_state.pop(_COLLECTIONS, None)
        return []
    st.session_state[_COLLECTIONS] = [id_ for id_ in st.session_state.get(_COLLECTIONS, ()) if id_ in found]
    return st.multiselect(
        "Collections to write from",
        list(found),
        format_func=lambda id_: f"{plain(found[id_].name, 60)} · {found[id_].sources:,}" if id_ in found else str(id_),
        key=_COLLECTIONS,
        placeholder="All sources, or choose collections",
        persist_state="session",
    )


def _text(label: str, name: str, example: str, max_chars: int | None = None) -> None:
    st.text_input(label, key=f"brief:{name}", placeholder=example, max_chars=max_chars, persist_state="session")


def _area(label: str, name: str) -> None:
    st.text_area(label, key=f"brief:{name}", height=96, persist_state="session")


def _choice(label: str, name: str, options: tuple[str, ...], labels: Mapping[str, str] | None = None) -> None:
    def shown(option: str) -> str:
        return (labels or {}).get(option, option.capitalize()) or "No preference"

    st.selectbox(label, options, format_func=shown, key=f"brief:{name}", persist_state="session")
