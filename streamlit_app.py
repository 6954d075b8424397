"""Writer's one entry. Run as a script it draws the pages; imported (`uvicorn streamlit_app:app`) it is the ASGI app.

`streamlit run streamlit_app.py` does both in one process: pages and API share one port and one `App`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from fastapi import FastAPI

HERE = Path(__file__).parent
SCREENS = (
    ("write", "Write", ":material/edit_note:"),
    ("drafts", "Drafts", ":material/article:"),
    ("editor", "Editor", ":material/ink_pen:"),
    ("ask", "Ask", ":material/contact_support:"),
    ("sources", "Sources", ":material/library_books:"),
    ("playground", "Playground", ":material/compare_arrows:"),
    ("analytics", "Analytics", ":material/monitoring:"),
    ("models", "Models", ":material/deployed_code:"),
    ("settings", "Settings", ":material/settings:"),
    ("health", "Health", ":material/monitor_heart:"),
)


def draw() -> None:
    from pages._shared import drawers

    mark = HERE / "static" / "mark.svg"
    # A local icon before st.navigation: a page's own material icon would be fetched from a font host.
    st.set_page_config(page_title="Writer", page_icon=str(mark), layout="wide")
    pages = [
        st.Page(HERE / "pages" / f"{name}.py", title=title, icon=icon, default=name == "write")
        for name, title, icon in SCREENS
    ]
    page = st.navigation(pages)
    st.logo(str(HERE / "static" / "logo.svg"), size="large", icon_image=str(mark))
    drawers.begin_run(page.url_path)
    page.run()


def api() -> FastAPI:
    """Imported at the API's first request: its modules need not be loaded before the first page is painted."""
    from writer.api import create_api
    from writer.bootstrap import shared

    return create_api(shared())


if __name__ == "__main__":
    draw()
else:
    from pages._shared.asgi import asgi_app

    app = st.App(__file__, **asgi_app(HERE / "static", api))
