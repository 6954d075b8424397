"""`python -m writer.storage.index.probe`: open a Chroma folder and see whether it still finds what it holds.

Reads {"path", "name", "count" or null, "sample": [[id, base64 vector], …]} from stdin. Exit 0: whole.
"""

import base64
import json
import sys
from pathlib import Path
from typing import Any

from writer.storage.index.chroma_home import _local_client, made_collection

DAMAGED = 4
_SAME = 0.001  # cosine distance under which two vectors are the same one


def is_whole(question: dict[str, Any]) -> bool:
    client = _local_client(Path(question["path"]))
    collection = made_collection(client, question["name"])
    held = collection.count()
    if question["count"] is not None and held != question["count"]:
        return False
    return all(_finds(collection, *vector) for vector in question["sample"])


def _finds(collection: Any, passage_id: str, encoded: str) -> bool:
    import numpy as np

    vector = np.frombuffer(base64.b64decode(encoded), "<f4")
    held = collection.get(ids=[passage_id], include=["embeddings"])
    if not held["ids"]:
        return True  # not applied yet, or the count would be off
    found = collection.query(query_embeddings=[vector], n_results=1, include=["distances"])
    return bool(found["ids"][0]) and float(found["distances"][0][0]) < _SAME


if __name__ == "__main__":
    sys.exit(0 if is_whole(json.load(sys.stdin)) else DAMAGED)
