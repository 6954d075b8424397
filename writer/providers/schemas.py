"""JSON Schemas for replies: which ones a service can enforce to the letter, and how to ask in words."""

import json
from typing import Any


def is_strict(schema: Any) -> bool:
    """Whether every object requires all its properties and allows no others: only then is `strict` accepted."""
    if isinstance(schema, list):
        return all(map(is_strict, schema))
    if not isinstance(schema, dict):
        return True
    properties = schema.get("properties")
    if schema.get("type") == "object" or properties is not None:
        closed = schema.get("additionalProperties") is False
        if not closed or set(schema.get("required", ())) != set(properties or {}):
            return False
    return all(map(is_strict, schema.values()))


def in_words(schema: str) -> str:
    """For services that cannot be held to a schema."""
    return (
        "Reply with one JSON value that fits the following JSON Schema, and with nothing else: "
        f"no explanation, no code fence.\n{json.dumps(json.loads(schema), ensure_ascii=False)}"
    )
