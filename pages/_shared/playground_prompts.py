"""The library of prompts: found again, opened, changed by new versions, exported and imported."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from pages._shared import drawers
from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.comparing import comparison_blocks, told
from pages._shared.paper import escaped, show_paper, text_block
from pages._shared.playground_form import fill_form, path_of, prompt_written
from pages._shared.playground_place import VIEW, VIEWS
from pages._shared.text import ago, counted, shortened
from writer.domain.prompt_library import (
    MAX_NAME,
    MAX_NOTE,
    MAX_OUTPUT_TOKENS,
    MAX_TEMPERATURE,
    MAX_TEXT,
    Place,
    PromptText,
    PromptVersion,
    SavedPrompt,
)
from writer.security.render import as_markdown, plain
from writer.services.playground.prompt_files import Form

_ANY = ""


def draw_library() -> None:
    shelf = get_app().prompts.shelf(current_actor())
    with st.container(horizontal=True, vertical_alignment="bottom", key="prompts:find"):
        words = st.text_input("Search prompts", key="prompts:words", placeholder="Words of a name, folder, tag or text")
        folder = _choice("Folder", shelf.folders, "Every folder")
        tag = _choice("Tag", shelf.tags, "Every tag")
    found = shelf.search(words, folder=folder or None, tag=tag)
    with st.container(horizontal=True, key="prompts:bar"):
        if st.button("New prompt", icon=":material/add:", key="prompts:new"):
            drawers.show("New prompt", lambda: _edit(None))
        if st.button("Import", icon=":material/upload:", key="prompts:import"):
            drawers.show("Import prompts", _import, position="center")
        if found:
            _export([one.id for one in found])
    if not found:
        narrowed = words or folder or tag
        st.info("No prompt fits." if narrowed else "No prompts yet. Keep one that worked, or write a new one.")
    for prompt in found:
        _row(prompt)


def keep_prompt() -> None:
    """What stands in the form of the playground, as a prompt or as a version of one."""
    drawers.show("Keep this prompt", lambda: _edit(None, prompt_written()), position="center")


def _choice(label: str, options: Sequence[str], every: str) -> str:
    if not options:
        return _ANY
    return st.selectbox(
        label, [_ANY, *options], format_func=lambda one: plain(one) or every, key=f"prompts:{label}", width=200
    )


def _row(prompt: SavedPrompt) -> None:
    with st.container(border=True, key=f"prompts:row:{prompt.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{as_markdown(path_of(prompt), 200)}**", width="stretch")
            for tag in prompt.place.tags[:5]:
                st.badge(as_markdown(tag), color="gray")
            st.caption(f"version {prompt.latest.number}, {ago(prompt.updated_at)}", width="content")
        st.caption(as_markdown(shortened(prompt.latest.text.user, 200), 260))
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Use", icon=":material/play_arrow:", key=f"prompts:use:{prompt.id}", on_click=_use, args=(prompt,)
            )
            if st.button("Edit", icon=":material/edit:", key=f"prompts:edit:{prompt.id}"):
                drawers.show("Edit prompt", _later(prompt, _edit))
            if st.button("Versions", icon=":material/history:", key=f"prompts:versions:{prompt.id}"):
                drawers.show("Versions", _later(prompt, _versions))
            if st.button("Delete", icon=":material/delete:", type="tertiary", key=f"prompts:delete:{prompt.id}"):
                _confirm_delete(prompt)


def _later(prompt: SavedPrompt, draw: Callable[[SavedPrompt], None]) -> Callable[[], None]:
    """As it is when it is drawn."""
    return lambda: draw(get_app().prompts.get(prompt.id, current_actor()))


def _use(prompt: SavedPrompt) -> None:
    fill_form(prompt.latest.text, prompt.id)
    st.session_state[VIEW] = VIEWS[0]


def _edit(prompt: SavedPrompt | None, written: PromptText | None = None) -> None:
    """A changed text is a new version; a changed name is not."""
    text = prompt.latest.text if prompt else written
    where = prompt.place if prompt else None
    with st.form(f"prompts:form:{prompt.id if prompt else 'new'}", border=False):
        name = st.text_input("Name", where.name if where else "", max_chars=MAX_NAME)
        with st.container(horizontal=True):
            folder = st.text_input("Folder", where.folder if where else "", placeholder="Mail/Replies")
            tags = st.text_input("Tags, with commas", ", ".join(where.tags) if where else "")
        user = st.text_area("Prompt text", text.user if text else "", height=180, max_chars=MAX_TEXT)
        system = st.text_area("System text", text.system if text else "", height=90, max_chars=MAX_TEXT)
        with st.container(horizontal=True):
            temperature = st.number_input("Temperature", 0.0, MAX_TEMPERATURE, text.temperature if text else 0.7, 0.1)
            length = st.number_input(
                "Longest reply", 1, MAX_OUTPUT_TOKENS, text.max_output_tokens if text else 1024, 256
            )
        note = st.text_input("What is new", max_chars=MAX_NOTE) if prompt else ""
        kept = st.form_submit_button("Keep", type="primary", icon=":material/save:")
    st.caption("Variables stand in {{double braces}}. Nothing else between braces is read.")
    if kept:
        place = Place(name, folder, tuple(tags.split(",")))
        _keep(prompt, place, PromptText(user, system, temperature, length), note)


def _keep(prompt: SavedPrompt | None, place: Place, text: PromptText, note: str) -> None:
    library, actor = get_app().prompts, current_actor()
    if prompt is None:
        made = library.add(place, text, actor)
        drawers.close(said=f"“{as_markdown(made.place.name)}” is kept.")
    library.move(prompt.id, place, actor)
    now = library.revise(prompt.id, text, actor, note)
    same = now.latest.number == prompt.latest.number
    drawers.close(said="Kept." if same else f"Kept as version {now.latest.number}.")


def _versions(prompt: SavedPrompt) -> None:
    library, actor = get_app().prompts, current_actor()
    versions = library.versions(prompt.id, actor)
    st.markdown(f"**{as_markdown(path_of(prompt), 200)}**, {counted(len(versions), 'version')}")
    if len(versions) == 1:
        st.caption("Edit it, and the text as it is now stays here to be compared.")
        show_paper([text_block(escaped(versions[0].text.user))], key="prompts:only", label="The only version")
        return
    numbers = {one.number: _line(one) for one in versions}
    with st.container(horizontal=True):
        first = _number("From", numbers, 1, prompt)
        second = _number("To", numbers, 0, prompt)
    found = library.difference(prompt.id, first, second, actor)
    st.caption(told(found))
    show_paper(comparison_blocks(found, beside=False), key="prompts:difference", label="What differs")
    if second != prompt.latest.number and st.button("Make this the newest again", icon=":material/restore:"):
        library.revise(prompt.id, library.version(prompt.id, second, actor).text, actor, f"Version {second} again")
        drawers.close(said=f"Version {second} is the newest again.")


def _number(label: str, numbers: dict[int, str], index: int, prompt: SavedPrompt) -> int:
    key = f"prompts:{label}:{prompt.id}:{prompt.latest.number}"
    chosen = st.selectbox(label, list(numbers), index, format_func=lambda number: numbers.get(number, ""), key=key)
    return int(chosen)


def _line(version: PromptVersion) -> str:
    return plain(f"{version.number}: {version.note or 'without a note'}, {ago(version.created_at)}", 100)


def _export(ids: Sequence[str]) -> None:
    """Made when it is asked for."""
    actor = current_actor()
    forms: tuple[tuple[Form, str], ...] = (("yaml", "Export as YAML"), ("json", "Export as JSON"))
    for form, label in forms:
        st.download_button(
            label,
            partial(get_app().prompts.export, actor, form, ids),
            file_name=f"prompts.{form}",
            icon=":material/download:",
            key=f"prompts:export:{form}",
            on_click="ignore",
        )


def _import() -> None:
    st.caption("A file that Writer exported, or one like it. Nothing that you have is overwritten.")
    file = st.file_uploader("File", ["yaml", "yml", "json"], key="prompts:file", label_visibility="collapsed")
    as_versions = st.toggle(
        "Same names are new versions",
        key="prompts:as_versions",
        help="A prompt with the same name in the same folder gets the file's text as its newest version.",
    )
    if file is not None and st.button("Import them", type="primary", key="prompts:take"):
        came = get_app().prompts.load(file.getvalue(), current_actor(), as_versions=as_versions)
        drawers.close(said=f"{came.added:,} new, {came.revised:,} with a new version, {came.unchanged:,} as they were.")


@st.dialog("Delete this prompt?")
def _confirm_delete(prompt: SavedPrompt) -> None:
    st.markdown(as_markdown(path_of(prompt), 200))
    st.caption("All its versions go with it.")
    bar = st.container(horizontal=True)
    if bar.button("Delete", type="primary", icon=":material/delete:", key="prompts:delete_now"):
        with banners():
            get_app().prompts.delete(prompt.id, current_actor())
            st.rerun()
    if bar.button("Keep it", key="prompts:delete_not"):
        st.rerun()
