"""Settings of the web search: off until a service is chosen. A key goes in and is never shown again."""

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from writer.security.render import as_markdown

_OFF = "Off"


def web_search_form() -> None:
    app, actor = get_app(), current_actor()
    setup = app.web_search.setup(actor)
    st.caption(
        "Research can look for pages on the web. Only the questions that you tick are sent, and only to this service; "
        "no page is fetched before you accept it."
    )
    kinds = {kind.name: kind for kind in app.web_search.kinds}
    names = ["", *kinds]
    chosen = st.selectbox(
        "Search service",
        names,
        index=names.index(setup.kind) if setup.kind in names else 0,
        format_func=lambda name: kinds[name].title if name else _OFF,
        key="web_search:kind",
    )
    address, key = "", ""
    if chosen:
        st.caption(as_markdown(kinds[chosen].hint))
    if chosen and kinds[chosen].needs == "address":
        address = st.text_input(
            "Address of your instance", setup.address, key="web_search:address", placeholder="https://search.example"
        )
        st.caption("An address in your own network must be named in WRITER_FETCH_HOSTS as well.")
    elif chosen:
        kept = "Stored; leave empty to keep it" if setup.kind == chosen and setup.key_set else ""
        key = st.text_input(
            "Key of the service", type="password", key=f"web_search:key:{chosen}", autocomplete="off", placeholder=kept
        )
    bar = st.container(horizontal=True)
    if bar.button("Save web search", type="primary", icon=":material/save:", key="web_search:save"):
        with banners():
            app.web_search.save(chosen or "", actor, address=address or "", key=key or "")
            st.toast("Saved." if chosen else "Web search is off, and its keys are gone.")
            st.rerun()
    if setup.kind and bar.button("Test web search", icon=":material/network_check:", key="web_search:test"):
        with st.spinner("Searching for one word…"):
            tried = app.web_search.test(actor)
        (st.success if tried.ok else st.error)(as_markdown(tried.sentence, 400))
