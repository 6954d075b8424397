"""Looking for a model on the hub. Nothing is asked of it until somebody presses the button that names it."""

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.text import counted
from writer.domain.models import HubModel, said_bytes
from writer.security.render import as_markdown, plain

_FOUND = "models:found"


def draw_find() -> None:
    app, actor = get_app(), current_actor()
    with st.form("models:find", border=False, enter_to_submit=True):
        row = st.container(horizontal=True, vertical_alignment="bottom")
        typed = row.text_input(
            "Its name on the hub", key="models:id", placeholder="Qwen/Qwen2.5-0.5B-Instruct", autocomplete="off"
        )
        asked = row.form_submit_button(f"Ask {plain(app.models.host, 60)}", icon=":material/search:", key="models:ask")
    st.caption(f"Only this button asks {as_markdown(app.models.host)}; it learns the model's name and your address.")
    if asked:
        st.session_state.pop(_FOUND, None)
        with banners(), st.spinner("Asking…"):
            st.session_state[_FOUND] = app.models.find(typed, actor)
    if found := st.session_state.get(_FOUND):
        _result(found)


def _result(model: HubModel) -> None:
    app, actor = get_app(), current_actor()
    with st.container(border=True, key="models:result", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{as_markdown(model.id)}**", width="stretch")
            if model.gated:
                st.badge("Gated", color="orange", icon=":material/lock:")
        st.markdown(f"Licence: **{as_markdown(model.licence) or 'not stated: ask its makers'}**")
        st.caption(as_markdown(" · ".join(_facts(model)), 600))
        if model.gated and not app.models.has_token(actor):
            st.info(
                "Its makers want to know who uses it: accept their terms on the hub's page of the model, make an "
                "access token there that may read, and save it below under Access token.",
                icon=":material/lock:",
            )
        here = any(one.id == model.id for one in app.models.listing(actor))
        obstacle = model.obstacle or ("" if here else app.models.room_for(model))
        if obstacle:
            st.warning(as_markdown(obstacle, 600), icon=":material/block:")
        elif here:
            st.caption("It is in the list above.")
        elif st.button(
            f"Download {said_bytes(model.size)}", type="primary", icon=":material/download:", key="models:get"
        ):
            with banners():
                app.models.download(model.id, actor, model.revision)
                st.session_state.pop(_FOUND, None)
                st.rerun()


def _facts(model: HubModel) -> list[str]:
    facts = [f"{said_bytes(model.size)} in {counted(len(model.files), 'file')}"]
    if model.parameters:
        facts.append(f"{_said(model.parameters)} parameters")
    if model.task:
        facts.append(f"made for {model.task}")
    if model.left_out:
        facts.append(f"{counted(len(model.left_out), 'other file')} not downloaded (code, pickles, other formats)")
    return facts


def _said(parameters: int) -> str:
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if parameters >= size:
            return f"{parameters / size:,.1f} {word}"
    return f"{parameters:,}"


def draw_token() -> None:
    app, actor = get_app(), current_actor()
    has = app.models.has_token(actor)
    with st.expander("Access token" + (" (saved)" if has else ""), icon=":material/key:"):
        st.caption(
            f"Only gated and private models need one. It is stored encrypted, sent to {as_markdown(app.models.host)} "
            "alone, and not shown again."
        )
        token = st.text_input("Access token of the hub", type="password", key="models:token", autocomplete="off")
        bar = st.container(horizontal=True)
        if bar.button("Save token", icon=":material/save:", key="models:token_save", disabled=not token):
            with banners():
                app.models.set_token(token, actor)
                st.rerun()
        if has and bar.button("Remove token", icon=":material/delete:", type="tertiary", key="models:token_gone"):
            app.models.set_token("", actor)
            st.rerun()
