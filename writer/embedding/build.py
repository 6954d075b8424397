"""`python -m writer.embedding.build FOLDER GRAPH PRECISION`: make the encoder's graph, check it, only then put it in
place. PRECISION is fp32 or int8."""

import os
import sys
from pathlib import Path

from writer.embedding.graph import write_graph
from writer.embedding.onnx_encoder import agrees_with_reference
from writer.embedding.precision import PRECISIONS, Precision
from writer.embedding.quantized import write_int8
from writer.embedding.weights import ModelFiles

REFUSED = 3


def build(folder: Path, graph: Path, precision: Precision) -> bool:
    unchecked = graph.with_name(f".{graph.stem}.{os.getpid()}.unchecked.onnx")
    (write_int8 if precision.name == "int8" else write_graph)(folder, unchecked)
    if not agrees_with_reference(unchecked, ModelFiles(folder), precision.close_enough):
        unchecked.unlink()
        return False
    unchecked.replace(graph)
    return True


if __name__ == "__main__":
    sys.exit(0 if build(Path(sys.argv[1]), Path(sys.argv[2]), PRECISIONS[sys.argv[3]]) else REFUSED)
