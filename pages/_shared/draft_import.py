"""Texts from elsewhere become drafts, from the list of drafts."""

import streamlit as st

from pages._shared import place
from pages._shared.app import current_actor, get_app
from pages._shared.banner import show_error
from pages._shared.text import counted
from writer.domain.drafts import Draft
from writer.domain.errors import WriterError
from writer.services.draft_imports import SUFFIXES_TAKEN


def import_button() -> None:
    if st.button("Import", icon=":material/upload_file:", key="import"):
        _dialog()


@st.dialog("Import drafts")
def _dialog() -> None:
    files = st.file_uploader(
        "Markdown, Word, HTML, OpenDocument, RTF or plain text",
        [suffix.removeprefix(".") for suffix in SUFFIXES_TAKEN],
        accept_multiple_files=True,
        key="import:files",
    )
    st.caption("Each file becomes a draft of its own; its headings become sections, its footnotes stay as text.")
    if st.button("Make drafts", type="primary", key="import:go", disabled=not files):
        made = list(filter(None, map(_made, files)))
        if len(made) == len(files):
            _leave(made)


def _made(file: st.runtime.uploaded_file_manager.UploadedFile) -> Draft | None:
    try:
        return get_app().draft_imports.take(file.name, file, current_actor())
    except WriterError as error:
        show_error(error)
        return None


def _leave(made: list[Draft]) -> None:
    """One draft is opened; of several the list tells."""
    if len(made) == 1:
        place.go_to(place.EDITOR, made[0].id)
    st.toast(f"{counted(len(made), 'draft')} made.")
    st.rerun()
