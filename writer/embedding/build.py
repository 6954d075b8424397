"""`python -m writer.embedding.build FOLDER GRAPH`: make the encoder's graph, check it, only then put it in place."""

import os
import sys
from pathlib import Path

from writer.embedding.graph import write_graph
from writer.embedding.onnx_encoder import agrees_with_reference
from writer.embedding.weights import ModelFiles


def build(folder: Path, graph: Path) -> bool:
    unchecked = graph.with_name(f".{graph.stem}.{os.getpid()}.unchecked.onnx")
    write_graph(folder, unchecked)
    if not agrees_with_reference(unchecked, ModelFiles(folder)):
        unchecked.unlink()
        return False
    unchecked.replace(graph)
    return True


if __name__ == "__main__":
    sys.exit(0 if build(Path(sys.argv[1]), Path(sys.argv[2])) else 3)
