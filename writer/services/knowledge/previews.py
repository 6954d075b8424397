"""How a document would be cut, tried on its beginning before anything is stored."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Lock

from writer.domain.collections import Cut
from writer.domain.errors import ConfigurationError, NotFound, SourceRefused, UserMistake
from writer.domain.ports.sources import BlobStore, DocumentReader, Embedder, SourceStore
from writer.domain.sources import Block, Document, NewPassage, Source
from writer.services.knowledge.chunking import estimated_tokens
from writer.services.knowledge.ingestion import cut_into_passages

SAMPLE_CHARACTERS = 40_000
SHOWN = 6
_KEPT = 4
_SEPARATOR = "\n\n"


@dataclass(frozen=True, slots=True)
class Preview:
    """`sizes` are in tokens, one for each passage of the sample; `first` are the first few of them. `whole`: the sample
    is the whole document. `cut` is what the model at hand can do of what was asked for."""

    cut: Cut
    sizes: tuple[int, ...]
    first: tuple[NewPassage, ...]
    whole: bool


class Previews:
    """`reader` has little time: what it cannot read in that is put together from the passages that are stored."""

    def __init__(
        self, sources: SourceStore, blobs: BlobStore, reader: DocumentReader, embedder: Embedder | None
    ) -> None:
        self._sources = sources
        self._blobs = blobs
        self._reader = reader
        self._embedder = embedder
        self._samples: OrderedDict[tuple[int, str], tuple[Document, bool]] = OrderedDict()
        self._lock = Lock()

    def of(self, source: Source, cut: Cut) -> Preview:
        document, whole = self._sample(source)
        passages = cut_into_passages(document, cut, self._embedder)
        if not passages:
            raise UserMistake(f"“{source.title}” holds no text that could be cut. Choose another source.")
        sizes = self._sizes([passage.text for passage in passages])
        fitted = cut.within(self._embedder.max_tokens - 2) if self._embedder else cut
        return Preview(fitted, tuple(sizes), tuple(passages[:SHOWN]), whole)

    def _sizes(self, texts: list[str]) -> list[int]:
        if self._embedder is not None:
            with suppress(ConfigurationError):
                return self._embedder.count_tokens(texts)
        return estimated_tokens(texts)

    def _sample(self, source: Source) -> tuple[Document, bool]:
        """Kept for a while: whoever tries settings tries several."""
        key = (source.id, source.digest)
        with self._lock:
            if key in self._samples:
                return self._samples[key]
        found = _beginning(self._document(source))
        with self._lock:
            self._samples[key] = found
            while len(self._samples) > _KEPT:
                self._samples.popitem(last=False)
        return found

    def _document(self, source: Source) -> Document:
        try:
            with self._blobs.path(source.blob) as path:
                return self._reader.read(path, source.kind, source.filename)
        except (SourceRefused, NotFound):
            return self._from_passages(source)

    def _from_passages(self, source: Source) -> Document:
        blocks: list[Block] = []
        text = ""
        path: tuple[str, ...] = ()
        for passage in self._sources.passages(source.id):
            for level, heading in _new_headings(path, passage.heading_path):
                blocks.append(Block("heading", heading, level, passage.page, len(text), len(text) + len(heading)))
                text += heading + _SEPARATOR
            path = passage.heading_path
            blocks.append(Block("paragraph", passage.text, 0, passage.page, len(text), len(text) + len(passage.text)))
            text += passage.text + _SEPARATOR
        return Document(source.title, tuple(blocks), text)


def _new_headings(before: tuple[str, ...], now: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    same = next((n for n, pair in enumerate(zip(before, now, strict=False)) if pair[0] != pair[1]), len(before))
    yield from ((level, heading) for level, heading in enumerate(now[same:], start=same + 1))


def _beginning(document: Document) -> tuple[Document, bool]:
    """The blocks that begin in the first 40,000 characters, the last one cut there; and whether that is all."""
    if len(document.text) <= SAMPLE_CHARACTERS:
        return document, True
    kept = (block for block in document.blocks if block.start < SAMPLE_CHARACTERS)
    blocks = tuple(
        block
        if block.end <= SAMPLE_CHARACTERS
        else replace(block, text=block.text[: SAMPLE_CHARACTERS - block.start], end=SAMPLE_CHARACTERS)
        for block in kept
    )
    return replace(document, blocks=blocks, text=document.text[:SAMPLE_CHARACTERS]), False
