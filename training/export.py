"""A trained student -> the int8 network of the package, as ONNX.

Built by hand rather than by a converter: every scale is fixed here, from one calibration run, so that the same text
gives the same numbers whatever stands beside it in a batch. Weights use seven bits: on processors without VNNI, two
products of eight-bit numbers overflow the sixteen-bit sum.
"""

from __future__ import annotations

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from ringfence.classify.tagger.features import COLUMNS
from training.dataset import TAGS
from training.student import CHANNELS, DILATIONS, WIDTHS, Student

_LIMIT = 63
_OPSET, _IR = 18, 9


class _Graph:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.values: list[onnx.TensorProto] = []
        self._count = 0

    def constant(self, value: np.ndarray) -> str:
        self._count += 1
        self.values.append(numpy_helper.from_array(value.copy(order="C"), f"c{self._count}"))
        return f"c{self._count}"

    def add(self, kind: str, *inputs: str, outputs: int = 1, **attributes: object) -> str:
        self._count += 1
        names = [f"v{self._count}_{each}" for each in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0]

    def linear(self, x: str, scale: float, zero: int, weight: np.ndarray, bias: np.ndarray) -> str:
        """x (uint8, scale, zero) [words, in] -> float [words, out]; `weight` float [out, in]."""
        each = np.maximum(np.abs(weight).max(1), 1e-8) / _LIMIT
        small = np.round(weight / each[:, None]).astype(np.int8).T
        product = self.add(
            "MatMulInteger",
            x,
            self.constant(small),
            self.constant(np.array(zero, np.uint8)),
            self.constant(np.array(0, np.int8)),
        )
        real = self.add("Cast", product, to=TensorProto.FLOAT)
        scaled = self.add("Mul", real, self.constant((each * scale).astype(np.float32)))
        return self.add("Add", scaled, self.constant(bias.astype(np.float32)))

    def quantised(self, x: str, scale: float) -> str:
        return self.add(
            "QuantizeLinear", x, self.constant(np.array(scale, np.float32)), self.constant(np.array(0, np.uint8))
        )


def ranges(model: Student, features: torch.Tensor) -> list[float]:
    """The largest value that each layer's input takes, but for one in 10,000."""
    model.eval()
    kept: list[float] = []
    hooks = [
        layer.register_forward_pre_hook(
            lambda _layer, args: kept.append(float(np.quantile(args[0].numpy().ravel()[::7], 0.9999)))
        )
        for layer in (*model.layers, model.leave)
    ]
    with torch.no_grad():
        model(features)
    for hook in hooks:
        hook.remove()
    return kept


def network(model: Student, calibration: torch.Tensor) -> bytes:
    """The ONNX file: int32 `features` [words, columns], -1 for padding -> float32 `tags` [words, tags], softmax.

    `calibration`: int [rows, words, columns] of ordinary text.
    """
    tops = ranges(model, calibration)
    graph = _Graph()
    zero = graph.constant(np.array([[0]], np.int32))
    first = graph.add("Gather", "features", graph.constant(np.array([0], np.int64)), axis=1)
    mask = graph.add("Cast", graph.add("GreaterOrEqual", first, zero), to=TensorProto.FLOAT)
    index = graph.add("Max", "features", zero)
    columns, weight = [], model.enter.weight.detach().numpy().copy()
    at = 0
    for column, (table, width) in enumerate(zip(model.tables, WIDTHS, strict=True)):
        rows = table.weight.detach().numpy()
        scale = np.quantile(np.abs(rows), 0.9995) / 127
        small = np.clip(np.round(rows / scale) + 128, 0, 255).astype(np.uint8)
        weight[:, at : at + width] *= scale
        at += width
        one = graph.add("Gather", index, graph.constant(np.array(column, np.int64)), axis=1)
        columns.append(graph.add("Gather", graph.constant(small), one, axis=0))
    x = graph.add("Concat", *columns, axis=1)
    x = graph.add("Mul", graph.add("Relu", graph.linear(x, 1.0, 128, weight, model.enter.bias.detach().numpy())), mask)
    for dilation, layer, top in zip(DILATIONS, model.layers, tops[:-1], strict=True):
        scale = top / 255
        small = graph.quantised(x, scale)
        edge = graph.constant(np.zeros((dilation, CHANNELS), np.uint8))
        size = graph.add("Shape", small, start=0, end=1)
        wide = graph.add("Concat", edge, small, edge, axis=0)
        near = []
        for shift in (0, dilation, 2 * dilation):
            start = graph.constant(np.array([shift], np.int64))
            near.append(
                graph.add("Slice", wide, start, graph.add("Add", size, start), graph.constant(np.array([0], np.int64)))
            )
        around = graph.add("Concat", *near, axis=1)
        out = graph.linear(around, scale, 0, layer.weight.detach().numpy(), layer.bias.detach().numpy())
        x = graph.add("Mul", graph.add("Add", x, graph.add("Relu", out)), mask)
    scale = tops[-1] / 255
    logits = graph.linear(
        graph.quantised(x, scale), scale, 0, model.leave.weight.detach().numpy(), model.leave.bias.detach().numpy()
    )
    graph.nodes.append(helper.make_node("Softmax", [logits], ["tags"], axis=-1))
    made = helper.make_graph(
        graph.nodes,
        "tagger",
        [helper.make_tensor_value_info("features", TensorProto.INT32, ["words", len(COLUMNS)])],
        [helper.make_tensor_value_info("tags", TensorProto.FLOAT, ["words", len(TAGS)])],
        graph.values,
    )
    whole = helper.make_model(made, opset_imports=[helper.make_opsetid("", _OPSET)], producer_name="ringfence")
    whole.ir_version = _IR
    onnx.checker.check_model(whole)
    return whole.SerializeToString()
