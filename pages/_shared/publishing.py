"""A draft on its way to a site: looked at first, then sent."""

from datetime import UTC, datetime

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.text import words_of
from writer.domain.drafts import Draft
from writer.domain.jobs import JobState
from writer.domain.publishing import Publication, Stage
from writer.security.render import as_markdown
from writer.services.publishing import Preview, Wishes

_STAGES = {
    Stage.AS_IT_IS: "As it is there (a draft, the first time)",
    Stage.DRAFT: "Draft",
    Stage.SCHEDULED: "Scheduled",
    Stage.PUBLISHED: "Published",
}


@st.fragment
def draw_publishing(draft: Draft) -> None:
    app, actor = get_app(), current_actor()
    sites = {site.id: site.name for site in app.publishing.sites.listing(actor)}
    if not sites:
        st.caption("Add a WordPress or Ghost site in Settings, under Sites, to publish from here.")
        return
    chosen = st.selectbox("Site", list(sites), format_func=lambda id_: as_markdown(sites[id_]), key="publish:site")
    for publication in app.publishing.of_draft(draft.id, actor):
        if publication.site_id == chosen:
            _state(publication)
    wishes = _wishes()
    if st.button("Preview", icon=":material/preview:", key="publish:preview"):
        with banners(), st.spinner("Asking the site what is there…"):
            st.session_state["publish:seen"] = (app.publishing.preview(draft.id, chosen, actor, wishes), wishes)
    seen, seen_with = st.session_state.get("publish:seen", (None, wishes))
    if seen and (seen.draft.id, seen.site.id) == (draft.id, chosen):
        _preview(seen, seen_with)


def _wishes() -> Wishes:
    stage = st.selectbox("State on the site", list(_STAGES), format_func=_STAGES.__getitem__, key="publish:stage")
    at = None
    if stage is Stage.SCHEDULED:
        day, hour = st.columns(2)
        date, time = day.date_input("Day", key="publish:day"), hour.time_input("Time (UTC)", key="publish:time")
        at = datetime.combine(date, time, UTC)
    slug = st.text_input("End of the address", key="publish:slug", placeholder="Made from the title").strip()
    return Wishes(stage=None if stage is Stage.AS_IT_IS else stage, at=at, slug=slug or None)


def _state(publication: Publication) -> None:
    job = get_app().jobs.get(publication.job_id, current_actor())
    if publication.sent_at:
        link = f"[{as_markdown(publication.slug)}]({publication.url})" if publication.url else ""
        st.caption(f"{words_of(publication.stage.value)} there: {link}")
    if not job.state.is_over:
        st.caption("It is being sent.")
        if st.button("Stop", icon=":material/stop:", key="publish:stop"):
            get_app().jobs.stop(job.id, current_actor())
        st.button("Look again", icon=":material/refresh:", key="publish:refresh")
    elif job.state is JobState.FAILED:
        st.error(as_markdown(job.error, 500))


def _preview(seen: Preview, wishes: Wishes) -> None:
    post = seen.post
    st.markdown(f"**{'A new post' if seen.is_new else 'An update'}**: {as_markdown(post.title)}")
    st.caption(as_markdown(f"Address: {post.slug}. Tags: {', '.join(post.tags) or 'none'}. {post.excerpt}", 500))
    st.caption(f"{len(post.html):,} characters of HTML, {len(seen.pictures)} pictures.")
    if seen.linked:
        st.caption(as_markdown(f"Only linked, since they are elsewhere: {', '.join(seen.linked)}", 500))
    for change in seen.changes:
        st.caption(as_markdown(f"Changes {change.field}: {change.before} → {change.after}", 400))
    if seen.overwrite:
        st.warning("The post on the site is not as it was sent from here: somebody changed it or took it away.")
    if st.button("Send over it" if seen.overwrite else "Send", type="primary", key="publish:send"):
        with banners():
            desk, draft = get_app().publishing, seen.draft
            desk.publish(
                draft.id, seen.site.id, current_actor(), wishes, overwrite=seen.overwrite, revision=draft.revision
            )
            del st.session_state["publish:seen"]
            st.rerun(scope="fragment")
