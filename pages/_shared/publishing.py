"""A draft on its way to a site: looked at first, then sent. All of it is in a drawer, with room for the preview."""

from datetime import UTC, datetime

import streamlit as st

from pages._shared import drawers, place
from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.paper import post_block, show_paper
from pages._shared.text import counted, words_of
from writer.domain.drafts import Draft
from writer.domain.jobs import JobState
from writer.domain.publishing import GONE, Publication, Stage
from writer.security.render import as_markdown, plain
from writer.services.publishing import Preview, Wishes

_STAGES = {
    Stage.AS_IT_IS: "As it is there",
    Stage.DRAFT: "Draft",
    Stage.SCHEDULED: "Scheduled",
    Stage.PUBLISHED: "Published",
}
_LOOK_S = 1.0
_SEEN = "publish:seen"


def publish_button(draft_id: str) -> None:
    if st.button("Publish", icon=":material/publish:", key="publish"):
        drawers.show("Publish", lambda: draw_publishing(draft_id))


def draw_publishing(draft_id: str) -> None:
    app, actor = get_app(), current_actor()
    draft = app.drafts.open(draft_id, actor)
    sites = {site.id: site.name for site in app.publishing.sites.listing(actor)}
    if not sites:
        st.markdown("No site is set up yet: a WordPress or Ghost site is added in Settings, under Sites.")
        if st.button("Open Settings", type="primary", icon=":material/settings:", key="publish:settings"):
            place.go_to(place.SETTINGS)
        return
    left, right = st.columns(2)
    chosen = left.selectbox("Site", list(sites), format_func=lambda id_: plain(sites[id_]), key="publish:site")
    publication = next((one for one in app.publishing.of_draft(draft.id, actor) if one.site_id == chosen), None)
    with right:
        stage = _stage()
    wishes = _wishes(draft, stage, publication)
    if publication:
        _state(publication)
    if st.button("Preview", icon=":material/preview:", key="publish:preview"):
        with banners(), st.spinner("Asking the site what is there…"):
            st.session_state[_SEEN] = (app.publishing.preview(draft.id, chosen, actor, wishes), wishes)
    seen, seen_with = st.session_state.get(_SEEN, (None, wishes))
    if seen and (seen.draft.id, seen.draft.revision, seen.site.id, seen_with) == (
        draft.id,
        draft.revision,
        chosen,
        wishes,
    ):  # what was looked at is what is sent
        _preview(seen, wishes)


def _stage() -> Stage:
    """A new post is a draft there until it is asked for otherwise."""
    return st.selectbox(
        "State on the site",
        list(_STAGES),
        format_func=_STAGES.__getitem__,
        key="publish:stage",
        help="A post that is new there begins as a draft.",
    )


def _wishes(draft: Draft, stage: Stage, publication: Publication | None) -> Wishes:
    at = None
    if stage is Stage.SCHEDULED:
        day, hour = st.columns(2)
        date, time = day.date_input("Day", key="publish:day"), hour.time_input("Time (UTC)", key="publish:time")
        at = datetime.combine(date, time, UTC)
    known = draft.slug or (publication.slug if publication else "") or draft.address
    slug = st.text_input("End of the address", key="publish:slug", placeholder=known).strip()
    return Wishes(stage=None if stage is Stage.AS_IT_IS else stage, at=at, slug=slug or None)


def _state(publication: Publication) -> None:
    job = get_app().jobs.get(publication.job_id, current_actor())
    if not job.state.is_over:
        st.fragment(_sending, run_every=_LOOK_S)(publication)
    elif job.state is JobState.FAILED:
        st.error(as_markdown(job.error, 500))
    elif job.state is JobState.STOPPED:
        st.info("It was stopped. Send it again to go on with the same post.")
    if publication.sent_at:
        link = f"[{as_markdown(publication.url, 200)}]({publication.url})" if publication.url else ""
        st.caption(f"{words_of(publication.stage.value)} there: {link}")


def _sending(publication: Publication) -> None:
    """Looks again by itself until it is over."""
    job = get_app().jobs.get(publication.job_id, current_actor())
    if job.state.is_over:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key="publish_sending"):
        st.markdown(":material/upload: It is being sent.")
        if st.button("Stop", icon=":material/stop:", key="publish:stop"):
            get_app().jobs.stop(job.id, current_actor())
            st.rerun()


def _preview(seen: Preview, wishes: Wishes) -> None:
    post = seen.post
    st.subheader(f"{'A new post' if seen.is_new else 'An update'}: {as_markdown(post.title)}", anchor=False)
    facts = [f"Address: {post.slug}", f"Tags: {', '.join(post.tags) or 'none'}"]
    facts += [f"Appears: {post.at:%-d %B %Y, %H:%M} UTC"] if post.at else []
    facts += [counted(len(seen.pictures), "picture")] if seen.pictures else []
    st.caption(as_markdown(" · ".join(facts), 600))
    if post.excerpt:
        st.caption(as_markdown(f"Excerpt: {post.excerpt}", 500))
    if seen.linked:
        st.caption(as_markdown(f"Only linked, since they are elsewhere: {', '.join(seen.linked)}", 500))
    for change in seen.changes:
        st.caption(as_markdown(f"Changes {change.field}: {change.before} → {change.after}", 400))
    if seen.overwrite:
        st.warning(_told(seen.overwrite), icon=":material/warning:")
    if st.button(_label(seen), type="primary", icon=":material/send:", key="publish:send"):
        _send(seen, wishes)
    with st.container(border=True, key="post_frame"):
        show_paper([post_block(post.html)], key="post", label="What the site is sent")


def _told(overwrite: str) -> str:
    if overwrite == GONE:
        return "The post is not on the site any more. Sending makes a new one."
    return "Somebody changed the post on the site since it was sent from here. Sending replaces what they wrote."


def _label(seen: Preview) -> str:
    if seen.overwrite == GONE:
        return "Send as a new post"
    return "Send over it" if seen.overwrite else "Send"


def _send(seen: Preview, wishes: Wishes) -> None:
    desk, draft = get_app().publishing, seen.draft
    with banners():
        desk.publish(draft.id, seen.site.id, current_actor(), wishes, overwrite=seen.overwrite, revision=draft.revision)
        st.session_state.pop(_SEEN, None)
        st.rerun()
