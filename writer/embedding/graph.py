"""The ONNX graph of a BERT sentence encoder, built straight from its weights: no torch, no exporter, the same numbers.

token ids, attention mask → BERT → mean over the real tokens → unit length.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from writer.domain.errors import ConfigurationError

OPSET = 20  # the first with Gelu as one operator
_IR_VERSION = 10
_MASKED = -10_000.0


class BertGraph:
    """Collects nodes and weights of one encoder. `config` is the model's config.json, `weights` its tensors by name."""

    def __init__(self, config: Mapping[str, Any], weights: Mapping[str, Any]) -> None:
        if config.get("model_type") != "bert" or config.get("hidden_act") != "gelu":
            raise ConfigurationError("Only BERT encoders with GELU can be run without PyTorch; this model is another.")
        if config.get("position_embedding_type", "absolute") != "absolute":
            raise ConfigurationError("Only absolute position embeddings can be run without PyTorch.")
        self._config = config
        self._weights = {name.removeprefix("bert."): tensor for name, tensor in weights.items()}
        self._width = int(config["hidden_size"])
        self._heads = int(config["num_attention_heads"])
        self._nodes: list[Any] = []
        self._initializers: list[Any] = []
        self._count = 0

    def model(self) -> Any:
        from onnx import TensorProto, helper

        self._shared_constants()
        hidden = self._embeddings()
        mask = self._additive_mask()
        for layer in range(int(self._config["num_hidden_layers"])):
            hidden = self._layer(f"encoder.layer.{layer}", hidden, mask)
        self._pooled(hidden)
        graph = helper.make_graph(
            self._nodes,
            "sentence-encoder",
            [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"]) for name in ("ids", "mask")],
            [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", self._width])],
            self._initializers,
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=_IR_VERSION)

    def _op(self, kind: str, *inputs: str, output: str = "", outputs: int = 1, **attributes: Any) -> Any:
        from onnx import helper

        self._count += 1
        names = [output] if output else [f"{kind.lower()}_{self._count}_{n}" for n in range(outputs)]
        self._nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def _tensor(self, name: str, values: Any) -> str:
        import numpy as np
        from onnx import numpy_helper

        self._initializers.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _shared_constants(self) -> None:
        import numpy as np

        self._tensor("axis_1", np.array([1], np.int64))
        self._tensor("axis_2", np.array([2], np.int64))
        self._tensor("axes_1_2", np.array([1, 2], np.int64))
        self._tensor("zero", np.array([0], np.int64))
        self._tensor("one", np.array(1.0, np.float32))
        self._tensor("masked", np.array(_MASKED, np.float32))
        self._tensor("tiny", np.array(1e-9, np.float32))
        self._tensor("split_heads", np.array([0, 0, self._heads, self._width // self._heads], np.int64))
        self._tensor("join_heads", np.array([0, 0, self._width], np.int64))

    def _embeddings(self) -> str:
        words = self._tensor("words", self._weights["embeddings.word_embeddings.weight"])
        # Every token is of type 0 here, so its type embedding is one row that can be added to the positions for good.
        positions = self._tensor(
            "positions",
            self._weights["embeddings.position_embeddings.weight"]
            + self._weights["embeddings.token_type_embeddings.weight"][0],
        )
        length = self._op("Shape", "ids", start=1, end=2)
        used = self._op("Slice", positions, "zero", length, "zero")
        total = self._op("Add", self._op("Gather", words, "ids"), used)
        return self._norm("embeddings.LayerNorm", total)

    def _additive_mask(self) -> str:
        """0 for tokens and a large negative number for padding, shaped to be added to attention scores."""
        from onnx import TensorProto

        self._op("Cast", "mask", output="mask_as_float", to=TensorProto.FLOAT)
        padding = self._op("Mul", self._op("Sub", "one", "mask_as_float"), "masked")
        return str(self._op("Unsqueeze", padding, "axes_1_2"))

    def _layer(self, prefix: str, hidden: str, mask: str) -> str:
        attended = self._attention(f"{prefix}.attention.self", hidden, mask)
        projected = self._linear(f"{prefix}.attention.output.dense", attended)
        hidden = self._norm(f"{prefix}.attention.output.LayerNorm", self._op("Add", projected, hidden))
        inner = self._op("Gelu", self._linear(f"{prefix}.intermediate.dense", hidden))
        outer = self._linear(f"{prefix}.output.dense", inner)
        return self._norm(f"{prefix}.output.LayerNorm", self._op("Add", outer, hidden))

    def _attention(self, prefix: str, hidden: str, mask: str) -> str:
        """Query, key and value come from one product; the query's 1/√d is folded into its weights."""
        import numpy as np

        scale = 1 / math.sqrt(self._width // self._heads)
        parts = [(name, scale if name == "query" else 1.0) for name in ("query", "key", "value")]
        weight = np.concatenate([self._weights[f"{prefix}.{name}.weight"].T * np.float32(by) for name, by in parts], 1)
        bias = np.concatenate([self._weights[f"{prefix}.{name}.bias"] * np.float32(by) for name, by in parts])
        product = self._op("MatMul", hidden, self._tensor(f"{prefix}.weight", weight.astype(np.float32)))
        joined = self._op("Add", product, self._tensor(f"{prefix}.bias", bias.astype(np.float32)))
        query, key, value = (
            self._op("Transpose", self._op("Reshape", part, "split_heads"), perm=order)
            for part, order in zip(
                self._op("Split", joined, outputs=3, axis=2, num_outputs=3),
                ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]),
                strict=True,
            )
        )
        scores = self._op("Add", self._op("MatMul", query, key), mask)
        mixed = self._op("MatMul", self._op("Softmax", scores, axis=-1), value)
        return str(self._op("Reshape", self._op("Transpose", mixed, perm=[0, 2, 1, 3]), "join_heads"))

    def _linear(self, name: str, hidden: str) -> str:
        weight = self._tensor(f"{name}.weight", self._weights[f"{name}.weight"].T)
        bias = self._tensor(f"{name}.bias", self._weights[f"{name}.bias"])
        return str(self._op("Add", self._op("MatMul", hidden, weight), bias))

    def _norm(self, name: str, hidden: str) -> str:
        scale = self._tensor(f"{name}.weight", self._weights[f"{name}.weight"])
        bias = self._tensor(f"{name}.bias", self._weights[f"{name}.bias"])
        epsilon = float(self._config["layer_norm_eps"])
        return str(self._op("LayerNormalization", hidden, scale, bias, axis=-1, epsilon=epsilon))

    def _pooled(self, hidden: str) -> None:
        kept = self._op("Unsqueeze", "mask_as_float", "axis_2")
        total = self._op("ReduceSum", self._op("Mul", hidden, kept), "axis_1", keepdims=0)
        tokens = self._op("Max", self._op("ReduceSum", kept, "axis_1", keepdims=0), "tiny")
        mean = self._op("Div", total, tokens)
        length = self._op("Max", self._op("ReduceL2", mean, "axis_1", keepdims=1), "tiny")
        self._op("Div", mean, length, output="vectors")


def write_graph(folder: Path, target: Path) -> None:
    """Read `folder`'s config.json and model.safetensors; write the graph to `target` in one atomic step."""
    import onnx
    from safetensors.numpy import load_file

    config = json.loads((folder / "config.json").read_text("utf-8"))
    model = BertGraph(config, load_file(folder / "model.safetensors")).model()
    unfinished = target.with_name(f".{target.name}.unfinished")
    onnx.save(model, str(unfinished))
    unfinished.replace(target)
