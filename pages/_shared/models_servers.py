"""Servers of models in the own network: Ollama's models, and looking for servers on this machine."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from pages._shared import drawers
from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from writer.domain.jobs import JobState
from writer.domain.models import FoundServer, ServedModel, said_bytes
from writer.security.render import as_markdown, plain
from writer.services.models import Pull
from writer.services.models.progress import said

_POLL_S = 1.0
_SERVERS = "servers:found"


def draw_servers() -> None:
    _look()
    accounts = get_app().served_models.accounts(current_actor())
    for account in accounts:
        st.header("Ollama" if account.name == "ollama" else as_markdown(f"Ollama: {account.name}"), anchor=False)
        with banners():
            _ollama(account.name)
    if not accounts:
        st.caption("Once an Ollama is added, its models are listed, downloaded, loaded and deleted from here.")


def _look() -> None:
    app, actor = get_app(), current_actor()
    st.caption(
        "Ollama, vLLM, LM Studio and llama.cpp listen on 127.0.0.1, at the ports 11434, 8000, 1234 and 8080. The "
        "button asks these four which models they have. None is used before you add it."
    )
    if st.button("Look for local servers", icon=":material/search:", key="servers:look"):
        with banners(), st.spinner("Asking four ports of this machine…"):
            st.session_state[_SERVERS] = list(app.local_servers.look(actor))
    found: Sequence[FoundServer] | None = st.session_state.get(_SERVERS)
    if found is None:
        return
    if not found:
        st.info(
            "None of them answers on this machine. Start one, then look again. A server at another address is added in "
            "Settings, under Providers.",
            icon=":material/search_off:",
        )
    for server in found:
        _found(server)


def _found(server: FoundServer) -> None:
    app, actor = get_app(), current_actor()
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"server:{server.preset}"):
        names = ", ".join(server.models[:5]) or "no model"
        more = f" and {len(server.models) - 5} more" if len(server.models) > 5 else ""
        st.markdown(f"**{as_markdown(server.title)}** {as_markdown(names + more, 400)}", width="stretch")
        if app.local_servers.is_added(server, actor):
            st.badge("Added", color="green")
        elif st.button("Add as provider", icon=":material/add:", key=f"server:add:{server.preset}"):
            with banners():
                name = app.local_servers.add(server.preset, actor)
                drawers.close(f"Added as {name}. Its models can be chosen wherever a model is.")


def _ollama(account: str) -> None:
    app, actor = get_app(), current_actor()
    listed = f"ollama:listed:{account}"
    with st.form(f"ollama:pull:{account}", border=False, clear_on_submit=True):
        row = st.container(horizontal=True, vertical_alignment="bottom")
        name = row.text_input("Download into Ollama", key=f"ollama:name:{account}", placeholder="llama3.2")
        asked = row.form_submit_button("Download", icon=":material/download:", key=f"ollama:get:{account}")
    if asked:
        with banners():
            app.served_models.pull(account, name, actor)
    _works(account)
    if st.button("List its models", icon=":material/refresh:", key=f"ollama:list:{account}"):
        with banners(), st.spinner("Asking Ollama…"):
            st.session_state[listed] = list(app.served_models.models(account, actor))
    for model in st.session_state.get(listed) or ():
        _served(account, model)
    if st.session_state.get(listed) == []:
        st.caption("It has no model yet. Download one: llama3.2 is a small one.")


def _works(account: str) -> None:
    """Downloads and loadings that are not done."""
    works = [pull for pull in get_app().served_models.pulls(current_actor()) if pull.account == account]
    if works:
        moving = any(pull.state is JobState.RUNNING for pull in works)
        st.fragment(_standing, run_every=_POLL_S if moving else None)(account, moving)


def _standing(account: str, was_moving: bool) -> None:
    with banners():
        works = [pull for pull in get_app().served_models.pulls(current_actor()) if pull.account == account]
        if was_moving and not any(pull.state is JobState.RUNNING for pull in works):
            _listed_anew(account)
            st.rerun()
        for pull in works:
            _work(pull)


def _listed_anew(account: str) -> None:
    st.session_state[f"ollama:listed:{account}"] = list(get_app().served_models.models(account, current_actor()))


def _work(pull: Pull) -> None:
    app, actor = get_app(), current_actor()
    what = "Loading" if pull.loads else "Downloading"
    with st.container(horizontal=True, vertical_alignment="center", key=f"pull:{pull.job_id}"):
        if pull.state is JobState.RUNNING:
            words = said(pull.progress) if pull.progress else pull.said
            share = pull.progress.share if pull.progress else 0.0
            st.progress(share, as_markdown(" · ".join(filter(None, (f"{what} {pull.model}", words)))))
            if st.button("Stop", icon=":material/stop:", key=f"pull:stop:{pull.job_id}"):
                app.served_models.stop(pull.job_id, actor)
                st.rerun()
            return
        stopped = pull.state is JobState.STOPPED
        st.caption(as_markdown(f"{what} {pull.model} was stopped." if stopped else pull.trouble, 400), width="stretch")
        if st.button("Go on", icon=":material/play_arrow:", key=f"pull:again:{pull.job_id}"):
            again = app.served_models.load if pull.loads else app.served_models.pull
            again(pull.account, pull.model, actor)
            st.rerun()


def _served(account: str, model: ServedModel) -> None:
    app, actor = get_app(), current_actor()
    with st.container(border=True, key=f"served:{account}:{model.name}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{as_markdown(model.name)}**", width="stretch")
            if model.loaded:
                st.badge("Loaded", color="green")
        memory = f" · {said_bytes(model.memory)} in memory" if model.loaded else ""
        st.caption(as_markdown(" · ".join(filter(None, (said_bytes(model.size), model.detail))) + memory))
        bar = st.container(horizontal=True)
        with banners():
            key = f"{account}:{model.name}"
            if bar.button("Write with it", icon=":material/edit_note:", key=f"served:write:{key}"):
                drawers.close(f"{app.served_models.write_with(account, model.name, actor)} writes from now on.")
            if not model.loaded and bar.button("Load", icon=":material/memory:", key=f"served:load:{key}"):
                app.served_models.load(account, model.name, actor)
                st.rerun()
            if model.loaded and bar.button("Unload", icon=":material/eject:", key=f"served:unload:{key}"):
                app.served_models.unload(account, model.name, actor)
                _listed_anew(account)
                st.rerun()
            if bar.button("Delete", icon=":material/delete:", type="tertiary", key=f"served:delete:{key}"):
                title = f"Delete {plain(model.name, 80)}?"
                drawers.show(title, partial(_confirm_delete, account, model.name), position="center")


def _confirm_delete(account: str, name: str) -> None:
    st.markdown(f"{as_markdown(name)} is deleted from Ollama's disk. It can be downloaded again.")
    bar = st.container(horizontal=True)
    if bar.button("Delete", type="primary", icon=":material/delete:", key="served:confirmed"):
        get_app().served_models.delete(account, name, current_actor())
        _listed_anew(account)
        drawers.close("Deleted.")
    if bar.button("Keep it", key="served:kept"):
        drawers.close()
