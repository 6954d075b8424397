"""What can be done with several drafts at once, and where one of them stands."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.text import counted, words_of
from writer.domain.drafts import DraftState
from writer.domain.library import MAX_FOLDER, Card, Shelf
from writer.security.render import as_markdown, plain
from writer.services.drafts import TRASH_DAYS
from writer.services.library import Entry

NO_FOLDER = "No folder"
_ALL = "drafts:select_all"


def select_all_as_asked() -> None:
    """Before the boxes are drawn."""
    for id_ in st.session_state.pop(_ALL, ()):
        st.session_state[f"pick:{id_}"] = True


def draw_selected(entries: Sequence[Entry], shelf: Shelf, *, trashed: bool) -> None:
    """Only what is in sight can be selected: nobody throws away what they do not see."""
    ids = [entry.card.id for entry in entries if st.session_state.get(f"pick:{entry.card.id}")]
    with st.container(horizontal=True, vertical_alignment="center", key="selected"):
        st.caption(f"{len(ids)} selected", width="content")
        if _button("All on this page", "select_all", "selected:all"):
            st.session_state[_ALL] = [entry.card.id for entry in entries]
            st.rerun()
        if trashed:
            if _button("Take back", "restore_from_trash", "selected:restore", disabled=not ids):
                _change(lambda: get_app().library.untrash(ids, current_actor()), "taken back")
            return
        with st.popover("Tags", icon=":material/sell:", type="tertiary", disabled=not ids, key="selected:tags"):
            _draw_tagging(ids, shelf)
        with st.popover("Folder", icon=":material/folder:", type="tertiary", disabled=not ids, key="selected:move"):
            _draw_moving(ids, shelf)
        with st.popover("Status", icon=":material/flag:", type="tertiary", disabled=not ids, key="selected:status"):
            _draw_state(ids)
        _draw_export(ids)
        if _button("Trash selected", "delete", "selected:trash", disabled=not ids):
            _change(lambda: get_app().library.trash(ids, current_actor()), f"in the trash for {TRASH_DAYS} days")


def _draw_tagging(ids: Sequence[str], shelf: Shelf) -> None:
    app, actor = get_app(), current_actor()
    tags = pick_tags("selected:which", shelf)
    bar = st.container(horizontal=True)
    if bar.button("Add tags", icon=":material/new_label:", key="selected:tag"):
        _change(lambda: app.library.tag(ids, actor, add=tags), "tagged")
    if bar.button("Take off", icon=":material/label_off:", key="selected:untag"):
        _change(lambda: app.library.tag(ids, actor, remove=tags), "changed")


def _draw_moving(ids: Sequence[str], shelf: Shelf) -> None:
    folder = pick_folder("selected:into", shelf, "")
    if st.button("Move here", icon=":material/drive_file_move:", key="selected:moved"):
        _change(lambda: get_app().library.move(ids, folder, current_actor()), "moved")


def _draw_state(ids: Sequence[str]) -> None:
    names = {words_of(state.value): state for state in DraftState}
    state = names[st.selectbox("Status", list(names), key="selected:state")]
    if st.button("Set status", icon=":material/check:", key="selected:set"):
        _change(lambda: get_app().library.set_state(ids, state, current_actor()), "changed")


def _draw_export(ids: Sequence[str]) -> None:
    """The file is made when it is asked for; Streamlit says so beside the button if it cannot be made."""
    library, actor, at = get_app().library, current_actor(), datetime.now(UTC)
    st.download_button(
        "Export as ZIP",
        lambda: library.packed(ids, actor, at).content,
        f"drafts-{at:%Y-%m-%d}.zip",
        "application/zip",
        key="selected:export",
        type="tertiary",
        icon=":material/folder_zip:",
        on_click="ignore",
        disabled=not ids,
    )


@st.dialog("Organise")
def organise(card: Card, shelf: Shelf) -> None:
    key = f"organise:{card.id}"
    st.caption(as_markdown(card.title, 160))
    pick_folder(f"{key}:folder", shelf, card.folder)
    pick_tags(f"{key}:tags", shelf, card.tags)
    days = (date(2000, 1, 1), date(2199, 12, 31))
    st.date_input("Planned for", card.planned, *days, key=f"{key}:planned", help="The day it is to appear on.")
    if card.due:
        st.caption(f"Due on {card.due:%-d %B %Y}, as the brief says.")
    if st.button(
        "Save", type="primary", icon=":material/check:", key=f"{key}:save", on_click=_put_in_place, args=(card, key)
    ):
        st.rerun()


def _put_in_place(card: Card, key: str) -> None:
    app, actor, chosen = get_app(), current_actor(), st.session_state
    folder, tags = chosen[f"{key}:folder"], list(chosen[f"{key}:tags"])
    with banners():
        app.library.move([card.id], "" if folder == NO_FOLDER else folder, actor)
        app.library.plan([card.id], chosen[f"{key}:planned"], actor)
        app.library.tag([card.id], actor, add=tags, remove=[tag for tag in card.tags if tag not in tags])


def pick_folder(key: str, shelf: Shelf, now: str) -> str:
    """One that there is, or a new one; "" for none."""
    names = list(dict.fromkeys([NO_FOLDER, *([now] if now else []), *(name for name, _ in shelf.folders)]))
    chosen = st.selectbox(
        "Folder",
        names,
        index=names.index(now or NO_FOLDER),
        accept_new_options=True,
        format_func=lambda name: plain(name, MAX_FOLDER),
        help="Type a name for a new one. A folder in another is written Guides/Heat.",
        key=key,
    )
    return "" if chosen == NO_FOLDER else chosen


def pick_tags(key: str, shelf: Shelf, now: Sequence[str] = ()) -> list[str]:
    names = list(dict.fromkeys([*now, *(name for name, _ in shelf.tags)]))
    return st.multiselect(
        "Tags", names, list(now) or None, accept_new_options=True, key=key, placeholder="Name tags", format_func=plain
    )


def _change(change: Callable[[], int], done: str) -> None:
    with banners():
        number = change()
        for key in [str(key) for key in st.session_state if str(key).startswith("pick:")]:
            del st.session_state[key]
        st.toast(f"{counted(number, 'draft')} {done}.")
        st.rerun()


def _button(label: str, icon: str, key: str, *, disabled: bool = False) -> bool:
    return st.button(label, icon=f":material/{icon}:", type="tertiary", key=key, disabled=disabled)
