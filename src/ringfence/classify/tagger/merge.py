"""Base + adapter -> the constants of the deep tagger's graph, by name: matrices in eight bits, vectors in float32.

Weights use seven bits: on processors without VNNI, two products of eight-bit numbers overflow the sixteen-bit sum.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ringfence.classify.tagger.adapter import Adapter

LAYERS, WIDTH, HEADS = 6, 384, 12
_LIMIT = 63
_ATTENTION = ("attention.self.query", "attention.self.key", "attention.self.value")
_LINEAR = {"out": "attention.output.dense", "wide": "intermediate.dense", "narrow": "output.dense"}
_NORMS = {"norm1": "attention.output.LayerNorm", "norm2": "output.LayerNorm"}
Tensors = dict[str, NDArray[np.float32]]
Constants = dict[str, NDArray[np.float32] | NDArray[np.int8]]


def constants(adapter: Adapter, base: Tensors) -> Constants:
    """For each matrix M of layer N: `N.M.weight` int8 [in, out], `N.M.scale` and `N.M.bias` float32 [out] (M: qkv, out,
    wide, narrow); `N.norm1`, `N.norm2`, `norm` with `.weight` and `.bias`; `leave.weight`, `leave.bias`."""
    arrays = {name: array.values() for name, array in adapter.arrays.items()}
    found: Constants = {}

    def linear(name: str, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> None:
        scale = np.maximum(np.abs(weight).max(1), 1e-8) / _LIMIT
        found[f"{name}.weight"] = np.ascontiguousarray(np.round(weight / scale[:, None]).astype(np.int8).T)
        found[f"{name}.scale"] = scale.astype(np.float32)
        found[f"{name}.bias"] = bias.astype(np.float32)

    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}"
        heads = [_merged(f"{at}.{name}", base, arrays) for name in _ATTENTION]
        shrink = (WIDTH // HEADS) ** -0.5  # of the scores, taken into the query
        heads[0] = (heads[0][0] * shrink, heads[0][1] * shrink)
        linear(f"{layer}.qkv", np.concatenate([w for w, _ in heads]), np.concatenate([b for _, b in heads]))
        for name, its in _LINEAR.items():
            linear(f"{layer}.{name}", *_merged(f"{at}.{its}", base, arrays))
        for name, its in _NORMS.items():
            for part in ("weight", "bias"):
                found[f"{layer}.{name}.{part}"] = arrays[f"{at}.{its}.{part}"]
    for part in ("weight", "bias"):
        found[f"norm.{part}"] = arrays[f"embeddings.LayerNorm.{part}"]
    found["leave.weight"] = np.ascontiguousarray(arrays["leave.weight"].T)
    found["leave.bias"] = arrays["leave.bias"]
    return found


def _merged(name: str, base: Tensors, arrays: Tensors) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    weight = base[f"{name}.weight"] + arrays[f"{name}.up"] @ arrays[f"{name}.down"]
    return weight, arrays[f"{name}.bias"]
