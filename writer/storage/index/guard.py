"""Keeps Chroma from embedding by itself: its default would load another model, or fetch one from the internet."""

from typing import Any


def embeds_nothing() -> Any:
    """An embedding function that raises. `None` is no guard: a query by text would still embed."""
    from chromadb import Documents, EmbeddingFunction, Embeddings

    class EmbedsNothing(EmbeddingFunction[Documents]):  # type: ignore[misc,unused-ignore]  # chromadb is not typed here
        def __init__(self) -> None:
            pass

        def __call__(self, input: Any) -> Embeddings:
            raise RuntimeError("Vectors are made by Writer's own embedder, never by Chroma.")

        @staticmethod
        def name() -> str:
            return "writer-embeds-nothing"

        @staticmethod
        def build_from_config(config: dict[str, Any]) -> "EmbedsNothing":
            return EmbedsNothing()

        def get_config(self) -> dict[str, Any]:
            return {}

    return EmbedsNothing()
