"""A draft that a job still writes says so."""

import streamlit as st

from pages._shared import place
from pages._shared.app import current_actor, get_app
from writer.domain.drafts import Draft
from writer.domain.jobs import JobState


def still_writing(draft: Draft) -> None:
    job = get_app().jobs.for_draft(draft.id, current_actor())
    if job and job.state in (JobState.RUNNING, JobState.WAITING):
        note = st.container(horizontal=True, vertical_alignment="center")
        note.caption("This draft is still being written. What you change here is kept.", width="stretch")
        if note.button("Watch it", icon=":material/visibility:", type="tertiary", key="watch"):
            place.go_to(place.WRITE, draft.id)
