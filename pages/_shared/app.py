"""The one App of this process, and who is asking."""

import streamlit as st

from writer.bootstrap import App, shared
from writer.domain.actors import LOCAL_ACTOR, Actor


@st.cache_resource(show_spinner=False)
def get_app() -> App:
    """The same instance that the API uses. Under a bare script run, without the ASGI lifespan, starting falls to us."""
    app = shared()
    app.start()
    return app


def current_actor() -> Actor:
    return LOCAL_ACTOR
