"""Publishing as pages, API and commands see it: looked at before, then sent by a job."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4

from writer.domain.actors import Actor, authorize
from writer.domain.drafts import Draft
from writer.domain.errors import EditConflict, UserMistake
from writer.domain.jobs import NewJob
from writer.domain.ports.publishing import PublicationStore
from writer.domain.publishing import (
    GONE,
    JOB_KIND,
    MARK,
    MAX_EXCERPT,
    MAX_TAG,
    MAX_TAGS,
    MAX_TITLE,
    NewPublication,
    Picture,
    Post,
    Publication,
    RemotePost,
    Site,
    Stage,
    pictures_in,
)
from writer.domain.text import slug
from writer.services.drafts import Drafts
from writer.services.publishing.composing import html_of, left_out, post_json
from writer.services.publishing.job import steps_for
from writer.services.publishing.sites import Sites

MOST_PICTURE_BYTES = 8_000_000
MOST_PICTURES_BYTES = 24_000_000


@dataclass(frozen=True, slots=True)
class Wishes:
    """None leaves a field to the draft, and to what was sent before. `at` needs a time zone."""

    stage: Stage | None = None
    at: datetime | None = None
    title: str | None = None
    slug: str | None = None
    excerpt: str | None = None
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """`before` is what is there now, as far as it is known."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent, and what is there. `overwrite` names a change on the site that sending would undo, GONE where
    the post is missing there; it has to be given back to go on. `linked` are pictures that are elsewhere."""

    site: Site
    draft: Draft
    post: Post
    pictures: tuple[Picture, ...] = ()
    linked: tuple[str, ...] = ()
    there: RemotePost | None = None
    changes: tuple[Change, ...] = ()
    overwrite: str = ""

    @property
    def is_new(self) -> bool:
        return self.there is None


class Publishing:
    """`wake` tells the runner of a new job."""

    def __init__(
        self,
        store: PublicationStore,
        drafts: Drafts,
        sites: Sites,
        *,
        wake: Callable[[str], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._drafts = drafts
        self.sites = sites
        self._wake = wake
        self._now = now

    def of_draft(self, draft_id: str, by: Actor) -> Sequence[Publication]:
        self._drafts.open(draft_id, by)
        return self._store.of_draft(draft_id)

    def get(self, publication_id: str, by: Actor) -> Publication:
        found = self._store.get(publication_id)
        authorize(by, "read", found.owner_id, "publication")
        return found

    def preview(self, draft_id: str, site: str, by: Actor, wishes: Wishes | None = None) -> Preview:
        """Sends nothing. Asks the site for the post that is there, if there should be one: blocks for as long."""
        draft, place = self._drafts.open(draft_id, by), self.sites.get(site, by)
        publication = self._publication(draft, place)
        post = self._post(draft, publication, wishes or Wishes())
        base = Preview(place, draft, post, tuple(pictures_in(post.html)), tuple(left_out(draft)))
        if publication is None or not publication.remote_id:
            return base
        remote = self.sites.publisher(by.user, place.id).read(publication.remote_id)
        if remote is None:
            return replace(base, overwrite=GONE)
        edited = remote.version if publication.is_edited_in(remote) else ""
        return replace(base, there=remote, changes=_changes(publication, remote, post), overwrite=edited)

    def publish(
        self,
        draft_id: str,
        site: str,
        by: Actor,
        wishes: Wishes | None = None,
        *,
        overwrite: str = "",
        revision: int | None = None,
    ) -> Publication:
        """A job sends it. `overwrite` is what the preview said of changes there; `revision` is the draft's that was
        looked at: another by now is refused. While it is being sent, it is that job."""
        draft, place = self._drafts.open(draft_id, by), self.sites.get(site, by)
        authorize(by, "write", draft.owner_id, "draft")
        if revision is not None and draft.revision != revision:
            raise EditConflict("The draft has changed since you looked at it. Look again.", revision=draft.revision)
        before = self._publication(draft, place)
        post = self._post(draft, before, wishes or Wishes())
        if post.at is not None and post.at <= self._now():
            raise UserMistake("The time to publish at is over: choose one that is to come.")
        _check_pictures(pictures_in(post.html))
        id_ = before.id if before else uuid4().hex
        new = NewPublication(id_, by.user, draft.id, place.id, f"{MARK}{uuid4().hex}", afresh=overwrite == GONE)
        args = {"publication": id_, "post": post_json(post), "overwrite": overwrite}
        job = NewJob(JOB_KIND, by.user, steps_for(post, place.name), draft.id, args=args)
        publication = self._store.begin(new, job)
        self._wake(publication.job_id)
        return publication

    def _publication(self, draft: Draft, site: Site) -> Publication | None:
        return next((one for one in self._store.of_draft(draft.id) if one.site_id == site.id), None)

    def _post(self, draft: Draft, before: Publication | None, wishes: Wishes) -> Post:
        known = before.slug if before else ""
        title = _shortened(" ".join((draft.title if wishes.title is None else wishes.title).split()), MAX_TITLE)
        excerpt = _shortened(draft.description, MAX_EXCERPT) if wishes.excerpt is None else wishes.excerpt.strip()
        tags = tuple(tag[:MAX_TAG] for tag in draft.tags[:MAX_TAGS]) if wishes.tags is None else wishes.tags
        stage = wishes.stage or (Stage.AS_IT_IS if before and before.sent else Stage.DRAFT)
        html = html_of(draft, self._drafts.references(draft))
        if not html:
            raise UserMistake("The draft has no text yet: there is nothing to publish.")
        if wishes.at is not None and wishes.at.tzinfo is None:
            raise UserMistake("The time to publish at needs its time zone, as in 2031-05-04T08:00:00+00:00.")
        return Post(title, wishes.slug or draft.slug or known or slug(title), html, excerpt, tags, stage, wishes.at)


def _check_pictures(pictures: Sequence[Picture]) -> None:
    sizes = [len(picture.data) * 3 // 4 for picture in pictures]
    if any(size > MOST_PICTURE_BYTES for size in sizes) or sum(sizes) > MOST_PICTURES_BYTES:
        raise UserMistake(
            f"The pictures are too large to send: {MOST_PICTURE_BYTES // 1_000_000} MB each and "
            f"{MOST_PICTURES_BYTES // 1_000_000} MB together at most."
        )


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0].rstrip() + "…"


def _changes(publication: Publication, remote: RemotePost, post: Post) -> tuple[Change, ...]:
    sent = publication.sent
    stage = remote.stage if post.stage is Stage.AS_IT_IS else post.stage
    pairs = [
        Change("title", remote.title, post.title),
        Change("address", remote.slug, post.slug),
        Change("excerpt", str(sent.get("excerpt", "")), post.excerpt),
        Change("tags", ", ".join(sent.get("tags", ())), ", ".join(post.tags)),
        Change("state", remote.stage.value, stage.value),
    ]
    if post.digest not in (sent.get("digest"), remote.digest):
        pairs.append(Change("text", "as it was sent before" if sent else "none", "as it is in the draft now"))
    return tuple(change for change in pairs if change.before != change.after)
