"""A LangChain ingestion, run by the interpreter of `benchmarks.peers`: reads {"texts": […]} a line, answers seconds.

The usual way: `Chroma.add_texts` with `HuggingFaceEmbeddings`, both as they come, into a fresh Chroma directory.
"""

import json
import sys
import tempfile
import time


def main(model: str) -> None:
    from chromadb.config import Settings
    from langchain_chroma import Chroma  # type: ignore[import-not-found]  # is in another environment only
    from langchain_huggingface import HuggingFaceEmbeddings  # type: ignore[import-not-found]  # so is this

    embeddings = HuggingFaceEmbeddings(model_name=model, encode_kwargs={"normalize_embeddings": True})
    embeddings.embed_documents(["Loaded before the clock starts."])
    print("ready", flush=True)
    for line in sys.stdin:
        texts = json.loads(line)["texts"]
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            quiet = Settings(anonymized_telemetry=False)
            store = Chroma("passages", embeddings, persist_directory=folder, client_settings=quiet)
            started = time.perf_counter()
            store.add_texts(texts)
            print(time.perf_counter() - started, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
