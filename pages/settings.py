"""Settings: providers and their keys, the order of routes, breaker states, and how this installation is doing."""

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.budgets import budget_banner, draw_budgets
from pages._shared.header import title_row
from pages._shared.installation import draw_findings, draw_route
from pages._shared.provider_form import add_provider, provider_card
from pages._shared.routes import BUILT_IN_NOTE
from pages._shared.search_model import draw_search_model
from pages._shared.site_form import draw_sites
from pages._shared.style_guide_form import style_guide_form
from pages._shared.voices import draw_voices
from pages._shared.web_search_form import web_search_form

app, actor = get_app(), current_actor()


def providers() -> None:
    accounts = app.providers.accounts(actor)
    if not accounts:
        st.caption(f"No provider yet. {BUILT_IN_NOTE.replace('in Settings', 'here')}")
    for account in accounts:
        provider_card(account)
    with st.expander("Add a provider", icon=":material/add:", expanded=not accounts):
        add_provider(accounts)


def order() -> None:
    accounts = app.providers.accounts(actor)
    presets = {preset.name: preset for preset in app.providers.presets()}
    known = [
        f"{a.name}:{m}"
        for a in accounts
        for m in (a.models or presets[a.preset].models if a.preset in presets else a.models)
    ]
    routes = app.providers.routes(actor)
    if not known and not routes:
        st.caption("Routes appear here once there is a provider. Until then the built-in drafter writes.")
        return
    st.caption(
        "The first route writes. When it fails before its first word, the next one takes over, and the draft says so."
    )
    chosen = st.multiselect(
        "Routes in order",
        list(dict.fromkeys([*routes, *known])),
        default=routes,
        key="routes",
        accept_new_options=True,
        placeholder="provider:model",
    )
    if chosen != routes and st.button("Save this order", type="primary", key="save_routes"):
        app.providers.set_routes(chosen, actor)
        st.toast("Saved.")
        st.rerun()
    for route in app.providers.health(actor):
        draw_route(route)


def installation() -> None:
    st.caption(f"Writer {app.settings.version}")
    draw_findings(app.doctor())


def appearance() -> None:
    st.caption(
        "Light or dark follows your system. To choose one, open the menu at the top right of the page, then Settings."
    )


def page() -> None:
    title_row("Settings")
    budget_banner(leads=False)
    tabs = st.tabs(
        [
            ":material/hub: Providers",
            ":material/alt_route: Routes",
            ":material/savings: Budgets",
            ":material/manage_search: Search model",
            ":material/travel_explore: Web search",
            ":material/publish: Sites",
            ":material/spellcheck: Style guide",
            ":material/record_voice_over: Voices",
            ":material/stethoscope: This installation",
            ":material/contrast: Appearance",
        ]
    )
    for tab, draw in zip(
        tabs,
        (
            providers,
            order,
            draw_budgets,
            draw_search_model,
            web_search_form,
            draw_sites,
            style_guide_form,
            draw_voices,
            installation,
            appearance,
        ),
        strict=True,
    ):
        with tab, banners():
            draw()


with banners():
    page()
