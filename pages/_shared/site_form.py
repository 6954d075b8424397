"""Settings of the sites that drafts are published on. A secret goes in and is never shown again."""

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from writer.domain.publishing import Site
from writer.security.render import as_markdown


def draw_sites() -> None:
    sites = get_app().publishing.sites.listing(current_actor())
    st.caption("Drafts go to these sites only when you send them, from the editor. Nothing is asked of them before.")
    for site in sites:
        _card(site)
    with st.expander("Add a site", icon=":material/add:", expanded=not sites):
        _add()


def _card(site: Site) -> None:
    desk, actor = get_app().publishing.sites, current_actor()
    with st.container(border=True, key=f"site:{site.id}"):
        st.markdown(f"**{as_markdown(site.name)}**  \n{as_markdown(site.address)}")
        if site.user:
            st.caption(f"Signs in as {as_markdown(site.user, 100)}.")
        bar = st.container(horizontal=True)
        if bar.button("Test site", icon=":material/network_check:", key=f"site:test:{site.id}"):
            with st.spinner("Asking the site…"):
                tried = desk.test(site.id, actor)
            (st.success if tried.ok else st.error)(as_markdown(tried.sentence, 400))
        if bar.button("Remove site", icon=":material/delete:", key=f"site:remove:{site.id}"):
            desk.remove(site.id, actor)
            st.rerun()
        with st.expander("Renew the password or key", icon=":material/key:"):
            _renew(site)


def _renew(site: Site) -> None:
    """Its field is gone once it is saved: what is in it is never shown again."""
    desk = get_app().publishing.sites
    kind = next((kind for kind in desk.kinds if kind.name == site.kind), None)
    with st.form(f"site:renew:{site.id}", border=False, clear_on_submit=True):
        label = kind.secret if kind else "Password or key"
        secret = st.text_input(f"New: {label}", type="password", key=f"site:new:{site.id}", autocomplete="off")
        asked = st.form_submit_button("Save", icon=":material/save:")
    if asked:
        with banners():
            desk.renew(site.id, current_actor(), secret)
            st.success("Saved. The old one is not used any more. Test the site to see that it works.")


def _add() -> None:
    desk = get_app().publishing.sites
    kinds = {kind.name: kind for kind in desk.kinds}
    chosen = st.selectbox("Kind of site", list(kinds), format_func=lambda name: kinds[name].title, key="site:kind")
    kind = kinds[chosen]
    st.caption(as_markdown(kind.hint, 400))
    with st.form("site", clear_on_submit=False):
        address = st.text_input("Address of the site", key="site:address", placeholder="https://blog.example")
        name = st.text_input("Name", key="site:name", placeholder="The address, if left empty")
        user = st.text_input("User name", key="site:user") if kind.needs_user else ""
        secret = st.text_input(kind.secret, type="password", key=f"site:secret:{chosen}", autocomplete="off")
        asked = st.form_submit_button("Save site", type="primary", icon=":material/save:")
    if asked:
        with banners():
            desk.add(current_actor(), chosen, name, address, secret, user)
            st.toast("Saved.")
            st.rerun()
