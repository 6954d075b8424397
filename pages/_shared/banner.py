"""Errors as sentences: the page's boundary, one of the three places that catch everything."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException, StopException

from writer.domain.errors import NotFound, UserMistake, WriterError
from writer.security.render import as_markdown

logger = logging.getLogger(__name__)


@contextmanager
def banners() -> Iterator[None]:
    """Shows what went wrong where it went wrong, and lets the rest of the page go on. Never a traceback."""
    try:
        yield
    except (RerunException, StopException):
        raise
    except WriterError as error:
        show_error(error)
    except Exception:
        mark = secrets.token_hex(4)
        logger.exception("page failed", extra={"log_id": mark})
        _say_fault(mark)


def show_fault(error: Exception) -> bool:
    """The app's last resort (`st.App(on_script_error=)`), for pages that fail outside `banners`. True: it was shown."""
    mark = secrets.token_hex(4)
    logger.error("page failed", exc_info=error, extra={"log_id": mark})
    _say_fault(mark)
    return True


def _say_fault(mark: str) -> None:
    st.error(
        "Something went wrong here that should not have. Nothing you wrote was changed. "
        f"The log has the details under {mark}.",
        icon=":material/error:",
    )


def show_error(error: WriterError) -> None:
    if isinstance(error, UserMistake):
        icon = ":material/search_off:" if isinstance(error, NotFound) else ":material/edit_note:"
        st.warning(as_markdown(str(error), 600), icon=icon)
    else:
        st.error(as_markdown(str(error), 600), icon=":material/error:")
