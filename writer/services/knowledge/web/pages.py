"""One address into one source: asked for with what is known of it, checked for what it is, and taken in."""

import io
import json
from typing import BinaryIO, cast

from writer.domain.errors import SourceRefused
from writer.domain.imports import Origin, Taken
from writer.domain.kinds import MEDIA_TYPES, READABLE, SUFFIX_OF, SUFFIXES
from writer.domain.ports.sources import SourceStore
from writer.domain.sources import NewSource, Source, SourceState
from writer.security.fetch import NOT_KNOWN, Fetched, Version
from writer.services.knowledge.intake import Intake, Sniff
from writer.services.knowledge.titles import tidy, title_from
from writer.services.knowledge.uploads import received
from writer.services.knowledge.web.addresses import canonical_of, filename_of, normalised, suffix_of
from writer.services.knowledge.web.manners import Fetch

PAGE_SECONDS = 30.0
_VAGUE = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/download"})


class WebPages:
    def __init__(self, sources: SourceStore, intake: Intake, fetch: Fetch, sniff: Sniff) -> None:
        self._sources = sources
        self._intake = intake
        self._fetch = fetch
        self._sniff = sniff

    def take(self, owner_id: str, url: str, collection_id: int | None = None) -> Taken:
        """Asks for the address, and takes in what is there, new pages into the collection. SourceRefused says why
        not."""
        address = normalised(url)
        here = self._sources.by_origin(owner_id, address)
        known = _version_of(here) if here is not None and here.state is not SourceState.FAILED else NOT_KNOWN
        fetched = self._fetch(address, limit_bytes=self._intake.max_bytes, timeout=PAGE_SECONDS, known=known)
        if here is not None and fetched.unchanged:
            return self._intake.unchanged(here, here.stamp)
        return self._taken(owner_id, address, fetched, collection_id)

    def _taken(self, owner_id: str, address: str, fetched: Fetched, collection_id: int | None) -> Taken:
        kind = _kind_of(fetched)
        content = _as_unicode(fetched, kind)
        landed = normalised(fetched.url)
        canonical = canonical_of(landed, content) if kind == "html" else landed
        filename = filename_of(landed, SUFFIX_OF[kind])
        self._sniff(filename, content[:8192])
        origin = Origin(address, _stamp_of(fetched.version), fetched.url, canonical, renews=True)
        with received(cast(BinaryIO, io.BytesIO(content)), address, self._intake.max_bytes) as upload:
            new = NewSource(kind, title_from(filename), tidy(filename), upload.digest, collection_id=collection_id)
            return self._intake.take(owner_id, upload, new, origin)


def _kind_of(fetched: Fetched) -> str:
    kind = MEDIA_TYPES.get(fetched.media_type)
    if kind == "text":  # how servers send files they know nothing of
        return SUFFIXES.get(suffix_of(fetched.url), "text") if suffix_of(fetched.url) in (".md", ".csv") else "text"
    if kind is not None:
        return kind
    if fetched.media_type in _VAGUE:
        stated = SUFFIXES.get(suffix_of(fetched.url))
        guessed = stated or ("pdf" if fetched.content.startswith(b"%PDF-") else "")
        if guessed:
            return guessed
    what = fetched.media_type or "something that it does not name"
    raise SourceRefused(f"This address holds {what[:80]}. Writer reads {READABLE}.")


def _as_unicode(fetched: Fetched, kind: str) -> bytes:
    """With the encoding that only the server told, marked so that readers need not guess."""
    if kind not in ("html", "text", "markdown", "csv") or fetched.charset in ("", "utf-8", "utf8"):
        return fetched.content
    try:
        return fetched.content.decode(fetched.charset, "replace").encode("utf-8-sig")
    except LookupError:
        return fetched.content


def _stamp_of(version: Version) -> str:
    return json.dumps([version.etag[:500], version.modified[:100]]) if version != NOT_KNOWN else ""


def _version_of(source: Source) -> Version:
    try:
        etag, modified = json.loads(source.stamp)
    except (ValueError, TypeError):
        return NOT_KNOWN
    return Version(str(etag), str(modified))
