"""Sources as pages show them: adding, states, and reading a passage in place."""

import io
from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pages._shared import drawers
from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners, show_error
from pages._shared.paper import marked_block, show_paper
from pages._shared.text import Colour, counted
from writer.domain.errors import WriterError
from writer.domain.imports import ImportOutcome, Taken
from writer.domain.kinds import SUFFIXES
from writer.domain.sources import Passage, Source, SourceState
from writer.security.render import as_markdown, plain

KINDS = sorted({suffix.removeprefix(".") for suffix in SUFFIXES})
AT_WORK = (SourceState.QUEUED, SourceState.READING, SourceState.EMBEDDING)
STATES: dict[SourceState, tuple[str, str, Colour]] = {
    SourceState.QUEUED: ("Waiting", ":material/schedule:", "gray"),
    SourceState.READING: ("Reading", ":material/auto_stories:", "blue"),
    SourceState.EMBEDDING: ("Indexing", ":material/manage_search:", "blue"),
    SourceState.READY: ("Ready", ":material/check:", "green"),
    SourceState.FAILED: ("Failed", ":material/error:", "red"),
}


def draw_upload(key: str, collection_id: int | None = None) -> None:
    """An uploader that empties itself once its files are taken in; what is refused or here already is said by file."""
    turn = st.session_state.setdefault(f"{key}:turn", 0)
    files = st.file_uploader(
        "Add PDF, Word, OpenDocument, EPUB, HTML, RTF, CSV, Markdown or text files",
        KINDS,
        accept_multiple_files=True,
        key=f"{key}:{turn}",
    )
    renews = st.toggle(
        "Replace same-named files",
        value=True,
        key=f"{key}:renews",
        help="Passages that stay the same keep their citations. Off: both are kept.",
    )
    _draw_outcome(f"{key}:outcome")
    if files:
        st.session_state[f"{key}:outcome"] = take_in(files, renews, collection_id)
        st.session_state[f"{key}:turn"] = turn + 1
        st.rerun()


def _draw_outcome(key: str) -> None:
    """Stays until it is dismissed or the next files come: the page runs again whenever a file has been read."""
    refused, told = st.session_state.get(key, ((), ()))
    for error in refused:
        show_error(error)
    for sentence in told:
        st.info(as_markdown(sentence), icon=":material/info:")
    if refused or told:
        st.button(
            "Dismiss",
            key=f"{key}:dismiss",
            type="tertiary",
            icon=":material/close:",
            on_click=st.session_state.pop,
            args=(key, None),
        )


def take_in(
    files: Sequence[UploadedFile], renews: bool, collection_id: int | None = None
) -> tuple[list[WriterError], list[str]]:
    """What was refused, and what is worth saying of the others. All that is taken is in the collection then."""
    app, actor = get_app(), current_actor()
    ids: list[int] = []
    refused: list[WriterError] = []
    told: list[str] = []
    for file in files:
        try:
            content = io.BytesIO(file.getvalue())
            taken = app.sources.upload(file.name, content, actor, renews=renews, collection_id=collection_id)
        except WriterError as error:
            refused.append(error)
        else:
            ids.append(taken.source.id)
            told += [f"{file.name}: {taken.sentence}"] if is_worth_saying(taken) else []
    if collection_id is not None:
        app.collections.join(collection_id, ids, actor)
    return refused, told


def is_worth_saying(taken: Taken) -> bool:
    return taken.outcome is not ImportOutcome.ADDED


def draw_paste(key: str, collection_id: int | None = None) -> None:
    with st.form(f"{key}:paste", border=False, clear_on_submit=False):
        title = st.text_input("Title", key=f"{key}:title", placeholder="Notes from the harbour board")
        text = st.text_area("Text", key=f"{key}:text", height=180)
        pasted = st.form_submit_button("Add this text", icon=":material/add:")
    if pasted:
        with banners():
            source = get_app().sources.add_text(title, text, current_actor(), collection_id)
            if collection_id is not None:
                get_app().collections.join(collection_id, [source.id], current_actor())
            st.toast("Added. It can be used as soon as it is indexed.")
            st.rerun()


def state_badge(source: Source) -> None:
    label, icon, colour = STATES[source.state]
    st.badge(label, icon=icon, color=colour)


def facts(source: Source) -> str:
    told = [source.label, source.kind.upper() if len(source.kind) <= 4 else source.kind.capitalize()]
    told += [counted(source.pages, "page")] if source.pages else []
    told += [counted(source.words, "word")] if source.words else []
    told += [counted(source.passages, "passage")] if source.passages else []
    told += [f"version {source.revision}"] if source.revision > 1 else []
    told += [fact for fact in (source.authors, source.published, source.licence) if fact]
    return as_markdown(" · ".join(told))


def place_of(passage: Passage) -> str:
    page = f"page {passage.page}" if passage.page else ""
    return " · ".join(filter(None, (passage.id, page, " › ".join(passage.heading_path))))


def read_source(source: Source, at: str = "", sought: str = "") -> None:
    """Opens the source beside the page, from the passage `at` on or from its beginning."""

    def passages() -> None:
        st.caption(facts(source))
        found = get_app().sources.passages(source.id, current_actor())
        start = next((n for n, passage in enumerate(found) if passage.id == at), 0)
        blocks = [marked_block(place_of(p), p.text, sought) for p in found[max(0, start - 1) : start + 40]]
        show_paper(blocks, key=f"reading:{source.id}:{at}", label=plain(source.title))
        if st.button("More like this source", icon=":material/join_inner:", key=f"like_source:{source.id}"):
            _draw_similar(source)

    drawers.show(plain(source.title, 80), passages)


def _draw_similar(source: Source) -> None:
    """What other sources say of the same matter."""
    hits = get_app().sources.similar_to_source(source.id, current_actor())
    if not hits:
        st.caption("No passage of another source is close enough.")
        return
    heads = [f"{hit.passage.source_title} · {place_of(hit.passage)}" for hit in hits]
    blocks = [marked_block(head, hit.passage.text, "") for head, hit in zip(heads, hits, strict=True)]
    show_paper(blocks, key=f"like:{source.id}", label=plain(f"Like {source.title}"))
