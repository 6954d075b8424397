"""The encoder's graph with its products in eight bits: weights per channel, activations measured as they come."""

import logging
import os
from pathlib import Path

from writer.embedding.graph import write_graph


def write_int8(folder: Path, target: Path) -> None:
    """One scale for each column of a weight matrix: with one for the whole matrix the cosine with fp32 falls to 0.90.

    Word vectors stay as they are: looking them up costs nothing, and rounding them would cost quality. Activations are
    unsigned and weights signed, which is what the processor's own eight-bit products (VNNI) take."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    from onnxruntime.quantization import QuantType, quantize_dynamic

    exact = target.with_name(f".{target.name}.fp32")
    write_graph(folder, exact)
    logging.disable(logging.WARNING)  # it advises a preparation that changes nothing here
    try:
        quantize_dynamic(
            exact,
            target,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True},
        )
    finally:
        logging.disable(logging.NOTSET)
        exact.unlink()
