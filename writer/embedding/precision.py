"""In how many bits the built-in model computes: exact, or faster for a little of its quality."""

from dataclasses import dataclass

from writer.embedding.weights import DEFAULT_MODEL, INT8_MODEL


@dataclass(frozen=True, slots=True)
class Precision:
    """`close_enough`: the least cosine with the reference vectors that a graph must reach to be used at all.

    `disabled` are onnxruntime's own rewritings that make this graph slower."""

    name: str
    model: str
    close_enough: float
    disabled: tuple[str, ...] = ()


FP32 = Precision("fp32", DEFAULT_MODEL, 0.9999)

# Its skip-and-normalise kernel takes five times what the addition and the normalisation take apart: 2.2 times the speed
# of fp32 without it, 1.6 times with it.
INT8 = Precision("int8", INT8_MODEL, 0.98, ("SkipLayerNormFusion",))

PRECISIONS = {precision.name: precision for precision in (FP32, INT8)}
BY_MODEL = {precision.model: precision for precision in (FP32, INT8)}
