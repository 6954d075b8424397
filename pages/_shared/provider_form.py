"""Adding, testing, changing and deleting a provider. A key goes in and is never shown again."""

from collections.abc import Sequence

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.text import counted, lines
from writer.domain.ports.settings import ProviderAccount
from writer.security.render import as_markdown, plain
from writer.services.accounts import AccountView
from writer.services.providers import TestReport


def add_provider(accounts: Sequence[AccountView]) -> None:
    presets = {preset.name: preset for preset in get_app().providers.presets()}
    chosen = presets[
        st.selectbox("Service", list(presets), format_func=lambda name: presets[name].title, key="add:preset")
    ]
    if chosen.hint:
        st.caption(as_markdown(chosen.hint))
    taken = {account.name for account in accounts}
    name = st.text_input(
        "Name", chosen.name, key=f"add:name:{chosen.name}", help="The first half of its routes, as in openai:gpt-5-mini"
    )
    base_url = st.text_input("Address", chosen.base_url, key=f"add:url:{chosen.name}", placeholder="The service's own")
    key = st.text_input(
        "API key" if chosen.needs_key else "API key, if it wants one",
        type="password",
        key=f"add:key:{chosen.name}",
        autocomplete="off",
    )
    models = st.text_area("Models, one per line", "\n".join(chosen.models), key=f"add:models:{chosen.name}", height=96)
    if name in taken:
        st.caption(f"There is a provider called {as_markdown(name)} already: saving changes it.")
    if st.button("Save provider", type="primary", icon=":material/save:", key="add:save"):
        with banners():
            account = ProviderAccount((name or "").strip(), chosen.name, base_url or "", key or "", lines(models or ""))
            get_app().providers.save(account, current_actor())
            st.toast("Saved. The key is stored encrypted and not shown again.")
            st.rerun()


def provider_card(account: AccountView) -> None:
    with st.container(border=True, key=f"provider:{account.name}", gap="small"):
        top = st.container(horizontal=True, vertical_alignment="center")
        with top:
            st.markdown(f"**{as_markdown(account.name)}**", width="stretch")
            if account.origin == "environment":
                st.badge("From the environment", color="gray")
            st.badge("Key set" if account.key_set else "No key", color="green" if account.key_set else "gray")
        st.caption(" · ".join(filter(None, (_address(account), counted(len(_models(account)), "model")))))
        _actions(account)


def _actions(account: AccountView) -> None:
    routes = [f"{account.name}:{model}" for model in _models(account)]
    bar = st.container(horizontal=True, vertical_alignment="bottom")
    with bar:
        route = st.selectbox("Model", routes, key=f"model:{account.name}", format_func=_model_of, width=260)
        asked = st.button("Test", icon=":material/network_check:", key=f"test:{account.name}", disabled=route is None)
        if account.origin == "stored" and st.button(
            "Delete", icon=":material/delete:", type="tertiary", key=f"remove:{account.name}"
        ):
            _confirm_delete(account.name)
    if asked and route:
        with st.spinner("Asking for one word…"):
            show_report(get_app().providers.test(route, current_actor()))


def show_report(report: TestReport) -> None:
    if report.ok:
        st.success(as_markdown(report.sentence, 400), icon=":material/check:")
    else:
        st.error(as_markdown(report.sentence, 600), icon=":material/error:")


@st.dialog("Delete this provider?")
def _confirm_delete(name: str) -> None:
    st.markdown(f"{as_markdown(name)} and its stored key are removed. Drafts keep the note of who wrote them.")
    bar = st.container(horizontal=True)
    if bar.button("Delete", type="primary", icon=":material/delete:", key="remove_now"):
        with banners():
            get_app().providers.delete(name, current_actor())
            st.rerun()
    if bar.button("Keep it", key="remove_not"):
        st.rerun()


def _models(account: AccountView) -> Sequence[str]:
    if account.models:
        return account.models
    return next((p.models for p in get_app().providers.presets() if p.name == account.preset), ())


def _address(account: AccountView) -> str:
    """As code: an address in running text would become a link."""
    return f"`{plain(account.base_url).replace('`', '')}`" if account.base_url else ""


def _model_of(route: str) -> str:
    return route.partition(":")[2]
