"""What the rules of the article's kind find in its text: a list for the writer, who decides."""

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.article import kind_of
from writer.domain.drafts import Draft
from writer.security.render import as_markdown


def show_findings(draft: Draft) -> None:
    found = get_app().articles.check(draft.id, current_actor())
    kind = as_markdown(kind_of(draft.brief).lower(), 60)
    if not found:
        st.caption(f"Nothing to mend: the draft keeps the rules for its kind ({kind}).")
        return
    st.caption(f"What the rules for its kind ({kind}) find. Nothing is changed by itself.")
    for finding in found:
        section = draft.section(finding.key)
        place = f"**{as_markdown(section.heading, 90)}:** " if section else ""
        st.markdown(f"- {place}{as_markdown(finding.sentence, 400)}")
