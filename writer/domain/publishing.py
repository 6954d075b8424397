"""Articles on their way to a site: what is sent, what is there, and what is remembered of both."""

import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from writer.domain.errors import ProviderError, UserMistake

JOB_KIND = "publish"
GONE = "gone"
"""Stands for the state of a post that is not on its site any more."""

MAX_TITLE, MAX_EXCERPT, MAX_TAGS, MAX_TAG = 255, 300, 30, 60
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TAG = re.compile(r"<[^>]*>")
_PICTURE = re.compile(r'(?<=src=")data:image/(png|jpeg|gif|webp);base64,([A-Za-z0-9+/=\s]+)(?=")')


class Stage(StrEnum):
    """What readers of the site see. `AS_IT_IS` leaves that to the site."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    AS_IT_IS = "as_it_is"


class EditedThere(UserMistake):
    """Somebody changed the post on the site since it was sent, or took it away: nothing was overwritten."""


class SendingRefused(ProviderError):
    """The site refused it, and will again: what was sent is not there."""

    def __init__(self, site: str, message: str) -> None:
        super().__init__(site, message)


@dataclass(frozen=True, slots=True)
class Site:
    """A place to publish to. `user` is whose application password it is (WordPress). The secret is not part of it."""

    id: str
    kind: str
    name: str
    address: str
    user: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """`html` holds its pictures as data; a site is given addresses instead. `at` is when it appears, for SCHEDULED."""

    title: str
    slug: str
    html: str
    excerpt: str = ""
    tags: tuple[str, ...] = ()
    stage: Stage = Stage.DRAFT
    at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.title.strip() or len(self.title) > MAX_TITLE:
            raise UserMistake(f"A post needs a title of at most {MAX_TITLE} characters.")
        if not _SLUG.fullmatch(self.slug) or len(self.slug) > 190 or self.slug.startswith(MARK):
            raise UserMistake("The end of the address may hold small letters, digits and single hyphens only.")
        if len(self.excerpt) > MAX_EXCERPT:
            raise UserMistake(f"The excerpt has {len(self.excerpt)} characters; sites take {MAX_EXCERPT} at most.")
        if len(self.tags) > MAX_TAGS or any(not tag.strip() or len(tag) > MAX_TAG for tag in self.tags):
            raise UserMistake(f"A post takes up to {MAX_TAGS} tags of up to {MAX_TAG} characters.")
        if (self.at is None) == (self.stage is Stage.SCHEDULED):
            raise UserMistake("A time is for a post that is scheduled, and that needs one.")

    @property
    def digest(self) -> str:
        return digest_of(self.title, self.html)

    def with_pictures(self, urls: Mapping[str, str]) -> Self:
        """`urls` by the pictures' digests."""
        return replace(self, html=_PICTURE.sub(lambda found: html.escape(urls[_digest(found[2])]), self.html))


@dataclass(frozen=True, slots=True)
class Picture:
    digest: str
    kind: str
    data: str = field(repr=False)
    """Base64."""

    @property
    def name(self) -> str:
        return f"writer-{self.digest[:24]}.{'jpg' if self.kind == 'jpeg' else self.kind}"


def pictures_in(markup: str) -> list[Picture]:
    """Each once, in order of appearance."""
    found = (Picture(_digest(data), kind, data) for kind, data in _PICTURE.findall(markup))
    return list({picture.digest: picture for picture in found}.values())


def _digest(data: str) -> str:
    return hashlib.sha256("".join(data.split()).encode()).hexdigest()


def digest_of(title: str, markup: str) -> str:
    """Of the words that readers see: sites rewrite markup, so that it cannot be compared."""
    words = "".join(html.unescape(_TAG.sub("", f"{title}\n{markup}")).split())
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()


MARK = "writer-mark-"
"""What the address of a post begins with from its creation to its first content. It is how a post is found again whose
creation was not acknowledged: no person chooses it, and one that still has it afterwards is a copy."""


@dataclass(frozen=True, slots=True)
class RemotePost:
    """A post as its site has it. Written by strangers: data, never markup or an instruction. `version` changes with
    each change there; `bare` is one that holds nothing yet."""

    id: str
    version: str
    title: str = ""
    html: str = ""
    slug: str = ""
    url: str = ""
    stage: Stage = Stage.DRAFT

    @property
    def digest(self) -> str:
        return digest_of(self.title, self.html)

    @property
    def bare(self) -> bool:
        return not self.html.strip() and self.stage is Stage.DRAFT and self.slug.startswith(MARK)


@dataclass(frozen=True, slots=True)
class Publication:
    """A draft on one site. `mark` finds what was created without an answer. `version` is the site's when it last
    acknowledged something of ours; `sent` what that was, with the digest of what was then `there`; `begun` are digests
    of what may have arrived since."""

    id: str
    owner_id: str
    draft_id: str
    site_id: str
    mark: str
    created_at: datetime
    remote_id: str = ""
    version: str = ""
    url: str = ""
    slug: str = ""
    stage: Stage = Stage.DRAFT
    sent: Mapping[str, Any] = field(default_factory=dict)
    begun: tuple[str, ...] = ()
    job_id: str = ""
    sent_at: datetime | None = None

    def is_edited_in(self, remote: RemotePost) -> bool:
        """Whether somebody else changed it: another version than we know, that neither what we sent without an answer
        nor the site's own clock accounts for."""
        if not self.version or remote.version == self.version or remote.bare or remote.digest in self.begun:
            return False
        appeared = self.stage is Stage.SCHEDULED and remote.stage is Stage.PUBLISHED
        return not (appeared and remote.digest == self.sent.get("there"))


@dataclass(frozen=True, slots=True)
class NewPublication:
    """`afresh`: what was on the site is gone, and a new post takes its place."""

    id: str
    owner_id: str
    draft_id: str
    site_id: str
    mark: str
    afresh: bool = False


@dataclass(frozen=True, slots=True)
class PublicationChange:
    """What a step adds to a publication; None leaves a value as it is. With `sent`, what had `begun` is over."""

    id: str
    remote_id: str | None = None
    version: str | None = None
    url: str | None = None
    slug: str | None = None
    stage: Stage | None = None
    sent: Mapping[str, Any] | None = None
    begun: Sequence[str] | None = None
