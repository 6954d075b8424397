"""Models: those on this machine, local servers, and what each provider offers."""

import streamlit as st

from pages._shared import drawers
from pages._shared.banner import banners
from pages._shared.header import title_row
from pages._shared.models_find import draw_find, draw_token
from pages._shared.models_local import draw_local, open_asked
from pages._shared.models_offers import draw_offers
from pages._shared.models_servers import draw_servers


def on_this_machine() -> None:
    st.caption(
        "Models that run on this machine, inside Writer: nothing you write leaves it. They are slower than those in "
        "the cloud, and a small one follows the brief less closely."
    )
    draw_local()
    st.header("Find a model", anchor=False)
    draw_find()
    draw_token()


def page() -> None:
    title_row("Models")
    tabs = st.tabs(
        [
            ":material/computer: On this machine",
            ":material/dns: Local servers",
            ":material/hub: What providers offer",
        ]
    )
    for tab, draw in zip(tabs, (on_this_machine, draw_servers, draw_offers), strict=True):
        with tab, banners():
            draw()
    open_asked()


with banners():
    page()
drawers.draw_again()
