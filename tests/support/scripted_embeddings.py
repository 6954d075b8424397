"""Scripted vectors in the words of each service. Texts that share words are near, so that searches find something."""

import hashlib
import re
from typing import Any

from tests.support.scripted_replies import Asked, Reply


def vector(text: str, dimension: int) -> list[float]:
    """One axis for each word, as far as there are axes; not of unit length, as those of some services are not."""
    numbers = [0.01] * dimension
    for word in re.findall(r"\w+", text.lower()) if dimension else ():
        numbers[int(hashlib.sha256(word.encode()).hexdigest(), 16) % dimension] += 1.0
    return numbers


def embeddings(asked: Asked, reply: Reply) -> dict[str, Any]:
    vectors = [vector(text, reply.dimension) for text in asked.texts]
    if asked.is_gemini:
        return {"embeddings": [{"values": numbers} for numbers in vectors]}
    # The order of the list is not promised: the index is.
    data = [{"object": "embedding", "index": n, "embedding": numbers} for n, numbers in enumerate(vectors)][::-1]
    body: dict[str, Any] = {"object": "list", "data": data, "model": asked.model}
    tokens = sum(len(text) // 4 for text in asked.texts)
    return body if reply.usage == "never" else body | {"usage": {"prompt_tokens": tokens, "total_tokens": tokens}}
