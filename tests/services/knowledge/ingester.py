"""A process that ingests what is queued and tells of each thing it has written, so that a test can kill it in between.

`python -m tests.services.knowledge.ingester DATABASE_URL FOLDER MODELS`
"""

import sys
from pathlib import Path

from tests.services.knowledge.studio import Studio
from writer.embedding.choice import find_embedder
from writer.security.cipher import FileCipher
from writer.storage import Stores, open_database


def tell(*_: object) -> None:
    print("wrote", flush=True)


def main(url: str, folder: str, models: str) -> None:
    stores = Stores(open_database(url), FileCipher(Path(folder) / "secret.key"))
    stores.jobs.abandon("test")  # the process before this one was killed
    with Studio(stores, Path(folder), find_embedder(Path(models)), pause=tell) as studio:
        studio.vectors.start()
        while steps := stores.jobs.claim("test", 1, 60):
            for step in steps:
                studio.run(step)
                tell()
            studio.vectors.catch_up()
        studio.vectors.wait_until_current(60)
    print("finished", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
