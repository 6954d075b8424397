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
    except Exception as error:
        show_fault(error)


def show_fault(error: Exception) -> bool:
    """For what nobody foresaw; also the app's last resort (`st.App(on_script_error=)`), hence the True: it was shown."""
    mark = secrets.token_hex(4)
    logger.error("page failed", exc_info=error, extra={"log_id": mark})
    st.error(
        f"Something went wrong here that should not have. Nothing you wrote was changed. "
        f"The log has the details under {mark}.",
        icon=":material/error:",
    )
    return True


def show_error(error: WriterError) -> None:
    if isinstance(error, UserMistake):
        icon = ":material/search_off:" if isinstance(error, NotFound) else ":material/edit_note:"
        st.warning(as_markdown(str(error), 600), icon=icon)
    else:
        st.error(as_markdown(str(error), 600), icon=":material/error:")
