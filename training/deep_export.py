"""A trained teacher -> deep.bin: what changed of the base, in 16 bits, and the graph that runs it.

`python -m training.deep_export TEACHER LEXICON VERSION OUT`. The graph is built by hand; its weights are named and
shaped here, and handed in where it is loaded. Activations get their scale from each call, which is one row of one text.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from ringfence.classify.tagger import adapter
from ringfence.classify.tagger.features import VERSION
from ringfence.classify.tagger.merge import HEADS, LAYERS, WIDTH
from ringfence.classify.tagger.reading import MARK_ROWS
from training.base import SHA256, load_lexicon
from training.dataset import TAGS
from training.generate.world import LABELS
from training.teacher import EPSILON, INNER, Teacher

_OPSET, _IR = 20, 9
_ELEMENT = {np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.int8): TensorProto.INT8}


class _Graph:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.values: list[onnx.TensorProto] = []
        self._count = 0

    def constant(self, value: np.ndarray) -> str:
        self._count += 1
        self.values.append(numpy_helper.from_array(value, f"c{self._count}"))
        return f"c{self._count}"

    def given(self, name: str, shape: tuple[int, ...], kind: type[np.generic] = np.float32) -> str:
        """A constant that is handed in under this name."""
        tensor = TensorProto(
            name=name, dims=shape, data_type=_ELEMENT[np.dtype(kind)], data_location=TensorProto.EXTERNAL
        )
        tensor.external_data.add(key="location", value="handed in")
        self.values.append(tensor)
        return name

    def add(self, kind: str, *inputs: str, outputs: int = 1, **attributes: object) -> list[str]:
        self._count += 1
        names = [f"v{self._count}_{each}" for each in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names

    def linear(self, x: str, name: str, wide: int, out: int) -> str:
        small, scale, zero = self.add("DynamicQuantizeLinear", x, outputs=3)
        weight, none = self.given(f"{name}.weight", (wide, out), np.int8), self.constant(np.array(0, np.int8))
        (product,) = self.add("MatMulInteger", small, weight, zero, none)
        (real,) = self.add("Cast", product, to=TensorProto.FLOAT)
        (scales,) = self.add("Mul", scale, self.given(f"{name}.scale", (out,)))
        (scaled,) = self.add("Mul", real, scales)
        return self.add("Add", scaled, self.given(f"{name}.bias", (out,)))[0]

    def norm(self, x: str, name: str) -> str:
        weight, bias = (self.given(f"{name}.{part}", (WIDTH,)) for part in ("weight", "bias"))
        return self.add("LayerNormalization", x, weight, bias, axis=-1, epsilon=EPSILON)[0]

    def attention(self, x: str, layer: int) -> str:
        """The query's weights hold the scores' factor already."""
        joint = self.linear(x, f"{layer}.qkv", WIDTH, 3 * WIDTH)
        shape = self.constant(np.array([-1, 3, HEADS, WIDTH // HEADS], np.int64))
        (parted,) = self.add("Reshape", joint, shape)
        (turned,) = self.add("Transpose", parted, perm=[1, 2, 0, 3])
        query, key, value = (
            self.add("Gather", turned, self.constant(np.array(part, np.int64)), axis=0)[0] for part in range(3)
        )
        (across,) = self.add("Transpose", key, perm=[0, 2, 1])
        (weights,) = self.add("Softmax", self.add("MatMul", query, across)[0], axis=-1)
        (seen,) = self.add("Transpose", self.add("MatMul", weights, value)[0], perm=[1, 0, 2])
        (flat,) = self.add("Reshape", seen, self.constant(np.array([-1, WIDTH], np.int64)))
        return self.linear(flat, f"{layer}.out", WIDTH, WIDTH)


def network() -> bytes:
    graph = _Graph()
    x = graph.norm("x", "norm")
    for layer in range(LAYERS):
        x = graph.norm(graph.add("Add", x, graph.attention(x, layer))[0], f"{layer}.norm1")
        (wide,) = graph.add("Gelu", graph.linear(x, f"{layer}.wide", WIDTH, INNER))
        x = graph.norm(graph.add("Add", x, graph.linear(wide, f"{layer}.narrow", INNER, WIDTH))[0], f"{layer}.norm2")
    (first,) = graph.add("Gather", x, "places", axis=0)
    (raw,) = graph.add("MatMul", first, graph.given("leave.weight", (WIDTH, len(TAGS))))
    (logits,) = graph.add("Add", raw, graph.given("leave.bias", (len(TAGS),)))
    graph.nodes.append(helper.make_node("Softmax", [logits], ["tags"], axis=-1))
    made = helper.make_graph(
        graph.nodes,
        "deep tagger",
        [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, ["subwords", WIDTH]),
            helper.make_tensor_value_info("places", TensorProto.INT64, ["words"]),
        ],
        [helper.make_tensor_value_info("tags", TensorProto.FLOAT, ["words", len(TAGS)])],
        graph.values,
    )
    whole = helper.make_model(made, opset_imports=[helper.make_opsetid("", _OPSET)], producer_name="ringfence")
    whole.ir_version = _IR
    return whole.SerializeToString()


_NAMES = {"query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value"}
_NAMES |= {"out": "attention.output.dense", "wide": "intermediate.dense", "narrow": "output.dense"}
_NAMES |= {"norm1": "attention.output.LayerNorm", "norm2": "output.LayerNorm"}


def arrays(model: Teacher) -> dict[str, adapter.Array]:
    """All that was trained, by its name in the base."""
    found = {}
    for name, value in model.state_dict().items():
        part = name.split(".")
        if part[0] == "layers":
            name = f"encoder.layer.{part[1]}.{_NAMES[part[2]]}.{part[3]}"
        elif part[0] == "norm":
            name = f"embeddings.LayerNorm.{part[1]}"
        elif part[0] == "marks":
            name = f"marks.{part[1]}"
        found[name] = adapter.Array.of(value.float().numpy())
    return found


def main(teacher: Path, lexicon: Path, version: int, out: Path, threshold: float = 0.5) -> None:
    model = Teacher()
    model.load_state_dict(torch.load(teacher)["model"])
    held = load_lexicon(lexicon)
    made = adapter.Adapter(
        version,
        VERSION,
        SHA256,
        TAGS,
        dict.fromkeys(LABELS, threshold),
        arrays(model),
        network(),
        held.hashes.tobytes(),
        held.lists.tobytes(),
    )
    out.write_bytes(adapter.write(made))
    print(f"{out}: {out.stat().st_size / 1e6:.2f} MB, {sum(MARK_ROWS)} rows of marks")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
