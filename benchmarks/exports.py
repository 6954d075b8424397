"""One draft with everything that files get wrong, in every kind of file: `python -m benchmarks exports`.

Reads each file back and counts marks of citations that differ from those in the text; then how long each kind takes.
"""

import tempfile
import time
from pathlib import Path

from benchmarks.report import at_most, exactly
from tests.support.shipped import EXPECTED, KINDS, full_draft, marks_in, notes_in
from writer.domain.actors import LOCAL_ACTOR
from writer.security.cipher import FileCipher
from writer.services.drafts import Drafts
from writer.services.exports import Exports
from writer.storage import Stores, migrate, open_database
from writer.typesetting import PandocTypesetter, TypstTypesetter

SECONDS = 5.0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/writer.db")
        migrate(database)
        stores = Stores(database, FileCipher(Path(folder) / "key"))
        measure(stores)
        database.dispose()


def measure(stores: Stores) -> None:
    draft = full_draft(stores, LOCAL_ACTOR)
    drafts = Drafts(stores.drafts, stores.sources)
    exports = Exports(drafts, {"docx": PandocTypesetter(), "pdf": TypstTypesetter()})
    notes = notes_in("markdown", exports.export(draft.id, "markdown", LOCAL_ACTOR).content)
    for kind in KINDS:
        began = time.perf_counter()
        content = exports.export(draft.id, kind, LOCAL_ACTOR).content
        took = time.perf_counter() - began
        marks = [int(mark) for mark in marks_in(kind, content)]
        exactly(f"{kind}: marks in the text that differ, of {len(EXPECTED)}", _differing(marks, EXPECTED), 0)
        exactly(f"{kind}: notes that differ, of {len(notes)}", _differing(notes_in(kind, content), notes), 0)
        at_most(f"{kind}: time to make it", took, SECONDS, " s")


def _differing(found: list[int] | list[str], wanted: list[int] | list[str]) -> int:
    return sum(one != other for one, other in zip(found, wanted, strict=False)) + abs(len(found) - len(wanted))


if __name__ == "__main__":
    main()
