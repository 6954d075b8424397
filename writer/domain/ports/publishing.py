from collections.abc import Sequence
from typing import Protocol

from writer.domain.jobs import NewJob
from writer.domain.publishing import NewPublication, Picture, Post, Publication, RemotePost


class Publisher(Protocol):
    """A site's own interface. All methods block, ask once, and raise Transient where it is not known whether the site
    did it, SendingRefused or another ProviderError where it did not, ReplyInvalid where the answer cannot be read; no
    sentence holds a secret."""

    def test(self) -> str:
        """What the site says of the credentials, as a sentence. Raises where they are no good."""
        ...

    def find(self, mark: str) -> Sequence[RemotePost]:
        """Posts in any state that were created with this mark and never given an address of their own, oldest first."""
        ...

    def create(self, mark: str, title: str) -> RemotePost:
        """A draft without text, with the mark as the end of its address."""
        ...

    def read(self, remote_id: str) -> RemotePost | None:
        """None when it is gone, or in the bin."""
        ...

    def update(self, remote_id: str, post: Post, version: str) -> RemotePost:
        """The same call again leaves the same post. `version` is what was read: where the site can, it refuses another
        (EditedThere)."""
        ...

    def upload(self, picture: Picture) -> str:
        """Its address; the same picture again need not be stored again."""
        ...

    def discard(self, remote_id: str) -> None:
        """Into the bin, where the site has one. What is gone already is no error."""
        ...


class PublicationStore(Protocol):
    def begin(self, new: NewPublication, job: NewJob) -> Publication:
        """The draft's publication on that site, made if there is none, with a job. While one is at work, it is that
        one, and `job` is dropped. `new.id` and `new.mark` count for the first, the mark also afresh."""
        ...

    def get(self, publication_id: str) -> Publication: ...

    def of_draft(self, draft_id: str) -> Sequence[Publication]:
        """In the order in which they were begun."""
        ...
