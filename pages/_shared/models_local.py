"""Models on this machine and on their way to it, each with its state and what can be done with it now."""

from functools import partial

import streamlit as st

from pages._shared import drawers
from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.models_load import load_form
from pages._shared.text import Colour, counted
from writer.domain.models import ModelState, said_bytes, said_seconds
from writer.security.render import as_markdown
from writer.services.models import LocalModel
from writer.services.models.progress import said

POLL_S = 1.0
_ASKED = "models:asked"
_AT_WORK = (ModelState.DOWNLOADING, ModelState.VERIFYING, ModelState.LOADING)
_COLOURS: dict[ModelState, Colour] = {
    ModelState.DOWNLOADING: "blue",
    ModelState.VERIFYING: "blue",
    ModelState.PAUSED: "orange",
    ModelState.DOWNLOADED: "gray",
    ModelState.LOADING: "blue",
    ModelState.LOADED: "green",
    ModelState.FAILED: "red",
}


def draw_local() -> None:
    """Asks again only while something is at work, or in memory."""
    models = get_app().models.listing(current_actor())
    moving = any(model.state in _AT_WORK or model.running for model in models)
    if not models:
        st.info(
            "No model is on this machine yet. Look for one below: **Qwen/Qwen2.5-0.5B-Instruct** is small enough for "
            "any laptop.",
            icon=":material/download:",
        )
        return
    st.fragment(_cards, run_every=POLL_S if moving else None)(moving)


def _cards(was_moving: bool) -> None:
    with banners():
        app, actor = get_app(), current_actor()
        models, routes = app.models.listing(actor), app.providers.routes(actor)
        if was_moving and not any(model.state in _AT_WORK or model.running for model in models):
            st.rerun()
        for model in models:
            _card(model, routes[0] if routes else "")


def _card(model: LocalModel, first: str) -> None:
    with st.container(border=True, key=f"model:{model.id}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{as_markdown(model.id)}**", width="stretch")
            if model.route and model.route == first:
                st.badge("Writes first", color="violet")
            st.badge(model.state.value.capitalize(), color=_COLOURS[model.state])
        st.caption(as_markdown(" · ".join(_facts(model)), 400))
        if model.progress:
            st.progress(model.progress.share, as_markdown(said(model.progress)))
        if model.trouble:
            st.error(as_markdown(model.trouble, 600), icon=":material/error:")
        with st.container(horizontal=True):
            _actions(model, first)


def _facts(model: LocalModel) -> list[str]:
    facts = [said_bytes(model.size)] if model.size else []
    facts += [f"licence: {model.licence}"] if model.licence else []
    running = model.running
    if running and running.estimate:
        chosen = running.estimate.choice
        bits = "" if chosen.quantisation.value == "none" else f", {chosen.quantisation.value}"
        facts.append(f"{chosen.device}, {chosen.precision.value}{bits}, about {said_bytes(running.estimate.total)}")
    if running and running.writing + running.waiting:
        facts.append(f"{counted(running.writing, 'reply', 'replies')} in writing, {running.waiting} waiting")
    elif running and running.unload_in_s is not None:
        facts.append(f"unloads itself in {said_seconds(running.unload_in_s)}")
    return facts


def _actions(model: LocalModel, first: str) -> None:
    match model.state:
        case ModelState.DOWNLOADING | ModelState.VERIFYING:
            _button(model, "Pause", "pause")
            _button(model, "Cancel", "close", asks=True)
        case ModelState.PAUSED:
            _button(model, "Resume", "play_arrow", primary=True)
            _button(model, "Cancel", "close", asks=True)
        case ModelState.LOADING | ModelState.LOADED:
            _button(model, "Unload", "eject")
        case ModelState.FAILED if not model.is_here and model.progress:
            _button(model, "Resume", "play_arrow", primary=True)
            _button(model, "Cancel", "close", asks=True)
        case _:
            _button(model, "Load", "memory", asks=True)
    if model.is_here:
        if model.route != first:
            _button(model, "Write with it", "edit_note", primary=True)
        if model.state not in (ModelState.LOADING, ModelState.LOADED):
            _button(model, "Delete", "delete", asks=True)


def _button(model: LocalModel, label: str, icon: str, *, primary: bool = False, asks: bool = False) -> None:
    pressed = st.button(
        label,
        icon=f":material/{icon}:",
        type="primary" if primary else "secondary",
        key=f"model:{label}:{model.id}",
    )
    if not pressed:
        return
    if asks:  # a dialog belongs to the page: this list draws itself anew every second
        st.session_state[_ASKED] = (label, model.id)
        st.rerun()
    with banners():
        _done(label, model.id)
        st.rerun()


def _done(label: str, model_id: str) -> None:
    models, actor = get_app().models, current_actor()
    match label:
        case "Pause":
            models.pause(model_id, actor)
        case "Resume":
            models.resume(model_id, actor)
        case "Unload":
            models.unload(model_id, actor)
        case "Write with it":
            drawers.close(f"{models.write_with(model_id, actor)} writes from now on.")


def open_asked() -> None:
    """The dialog that a button of the list asked for."""
    label, model_id = st.session_state.pop(_ASKED, ("", ""))
    if label == "Load":
        drawers.show(f"Load {model_id}", partial(load_form, model_id))
    elif label == "Delete":
        drawers.show(f"Delete {model_id}?", partial(_confirm, "Delete", model_id), position="center")
    elif label == "Cancel":
        drawers.show("Cancel this download?", partial(_confirm, "Cancel", model_id), position="center")


def _confirm(label: str, model_id: str) -> None:
    models, actor = get_app().models, current_actor()
    deletes = label == "Delete"
    what = (
        "its files are deleted, and its route is taken out" if deletes else "what has been downloaded of it is deleted"
    )
    st.markdown(f"{as_markdown(model_id)}: {what}. Drafts stay as they are.")
    bar = st.container(horizontal=True)
    if bar.button("Delete" if deletes else "Cancel the download", type="primary", key="model:confirmed"):
        (models.delete if deletes else models.cancel)(model_id, actor)
        drawers.close("Deleted." if deletes else "Cancelled.")
    if bar.button("Keep it" if deletes else "Go on with it", key="model:kept"):
        drawers.close()
