"""Writes a sentence-transformers BERT as an ONNX file in int8, once, beside the model's folder.

The graph reads one text at a time and is written out here, not traced from torch, so that torch is not needed and what
is done to each product can be chosen. The usual way (trace, fuse, quantise) has four times the loss of cosine and is no
faster: its fused layer normalisation is scalar code, and its one scale for a whole batch makes a vector depend on the
texts beside it. Each choice is a measured one:

- Queries, keys, values, the attention's output and the first half of the feed-forward net: int8 weights with a scale
  a column, int8 activations with a scale a text.
- The first half of the feed-forward net reads the normalised vector before its gain, which is multiplied into the
  weights: gains make outliers, and one outlier spoils the scale of a text.
- The second half reads what the activation function leaves, with outliers in few places: a scale each 128 numbers.
- Processors without VNNI add two products of int8 in 16 bits, which clips where weights are large: where the vectors are
  not those of the model, weights of 7 bits are taken, whose sums fit.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from filelock import FileLock
from tqdm import tqdm

from index.errors import ExportError

SUFFIX = "-int8"  # change it with the graph: the file and every index made with it are known by this name
BLOCK = 128  # numbers that share a scale in the second half of the feed-forward net
LEVELS = (127, 63)  # of a weight, on either side of zero: 8 bits, else 7
OPSET, IR, CONTRIB = 17, 8, "com.microsoft"

Array = npt.NDArray[Any]
Dense = tuple[Array, Array]  # weights (inputs, outputs) and bias


def exported(folder: Path) -> Path:
    """Where the int8 file of a model's folder is kept."""
    return folder.with_name(f"{folder.name}{SUFFIX}.onnx")


def export(folder: Path, check: Callable[[Path], None], *, progress: bool = True) -> Path:
    """The int8 file of a model's folder, made if it is not there. Two processes do not make it twice.

    Args:
        check: is given the file before it is taken up, and raises if the vectors are not those of the model.

    Raises:
        ExportError: the model is not such a BERT, the check fails, or the file cannot be written; with the reason.
    """
    target = exported(folder)
    if target.is_file():
        return target
    draft = target.with_suffix(".draft")
    try:
        with FileLock(target.with_suffix(".lock")):
            if target.is_file():
                return target
            with tqdm(total=1, desc=f"model {target.stem}", disable=not progress) as bar:
                try:
                    _draft(draft, folder, check)
                    os.replace(draft, target)
                finally:
                    draft.unlink(missing_ok=True)
                bar.update()
    except Exception as error:  # a missing library, a full disk, another kind of model: all mean the same
        raise ExportError(f"{folder.name} cannot be made int8: {type(error).__name__}: {error}") from error
    return target


def _draft(draft: Path, folder: Path, check: Callable[[Path], None]) -> None:
    """Write the graph with as many levels as this machine computes rightly with."""
    for levels in LEVELS:
        _write(draft, sentence_graph(folder, levels))
        try:
            return check(draft)
        except ValueError:
            if levels == LEVELS[-1]:
                raise
    return None


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def sentence_graph(folder: Path, levels: int = LEVELS[0]) -> bytes:
    """The serialised model: token ids of one text, int64 (1, tokens) → its unit vector, float32 (1, dimension).

    Args:
        levels: that a weight has on either side of zero.

    Raises:
        ValueError: the folder's model is not a BERT with mean pooling.
    """
    from onnx import TensorProto, helper
    from safetensors.numpy import load_file

    config = json.loads((folder / "config.json").read_text())
    pooling = json.loads((folder / "1_Pooling" / "config.json").read_text())
    mean = pooling.get("pooling_mode") == "mean" or pooling.get("pooling_mode_mean_tokens")
    if (config["model_type"], config["hidden_act"]) != ("bert", "gelu") or not mean:
        raise ValueError("only a BERT with GELU and mean pooling can be")
    stored = load_file(folder / "model.safetensors")
    weights = {name.removeprefix("bert."): np.asarray(value, np.float32) for name, value in stored.items()}
    graph = _Graph(config["layer_norm_eps"], levels)
    value = _embeddings(graph, weights)
    for layer in range(config["num_hidden_layers"]):
        prefix = f"encoder.layer.{layer}."
        own = {name.removeprefix(prefix): w for name, w in weights.items() if name.startswith(prefix)}
        value = _layer(graph, own, value, config["num_attention_heads"])
    mean_token = graph.add("ReduceMean", value, axes=[1], keepdims=0)
    graph.add("LpNormalization", mean_token, output="vector", axis=1, p=2)
    inputs = [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "tokens"])]
    outputs = [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, config["hidden_size"]])]
    made = helper.make_graph(graph.nodes, folder.name, inputs, outputs, graph.constants)
    versions = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)]
    serialised: bytes = helper.make_model(made, opset_imports=versions, ir_version=IR).SerializeToString()
    return serialised


def _embeddings(graph: _Graph, weights: dict[str, Array]) -> str:
    from onnx import TensorProto

    table = {name.removeprefix("embeddings."): w for name, w in weights.items()}
    places = table["position_embeddings.weight"] + table["token_type_embeddings.weight"][0]  # one segment a text
    norm = (table["LayerNorm.weight"], table["LayerNorm.bias"])
    ids = graph.add("Cast", "ids", to=TensorProto.INT32)
    inputs = (ids, "", table["word_embeddings.weight"], places, "", *norm)
    return graph.add("EmbedLayerNormalization", *inputs, outputs=2, domain=CONTRIB, epsilon=graph.epsilon)


def _layer(graph: _Graph, weights: dict[str, Array], value: str, heads: int) -> str:
    """One layer of the transformer: attention, then the feed-forward net, each added to what came in."""

    def dense(name: str) -> Dense:
        return weights[f"{name}.weight"].T, weights[f"{name}.bias"]

    asked = [dense(f"attention.self.{part}") for part in ("query", "key", "value")]
    joined = (np.concatenate([w for w, _ in asked], axis=1), np.concatenate([bias for _, bias in asked]))
    context = graph.attention(value, joined, heads)
    attended = graph.int8(context, dense("attention.output.dense"))
    gain, shift = weights["attention.output.LayerNorm.weight"], weights["attention.output.LayerNorm.bias"]
    middle, bare = graph.normalised(attended, value, gain, shift)
    widen, bias = dense("intermediate.dense")
    inner = graph.int8(bare, (gain[:, None] * widen, shift @ widen + bias))
    result = graph.blockwise(graph.add("Gelu", inner, domain=CONTRIB), dense("output.dense"))
    return graph.normalised(result, middle, weights["output.LayerNorm.weight"], weights["output.LayerNorm.bias"])[0]


class _Graph:
    """Nodes in the order in which they run. Methods take and return names of values; an array becomes a constant."""

    def __init__(self, epsilon: float, levels: int) -> None:
        self.epsilon = epsilon  # of the layer normalisations
        self.levels = levels
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def add(
        self, kind: str, *inputs: str | Array, outputs: int = 1, output: str = "", domain: str = "", **options: Any
    ) -> str:
        """Add a node. Its first output is returned; the others are named as it with .1, .2 behind."""
        from onnx import helper

        first = output or f"{kind}_{len(self.nodes)}"
        names = [first, *(f"{first}.{place}" for place in range(1, outputs))]
        given = [value if isinstance(value, str) else self._constant(value) for value in inputs]
        self.nodes.append(helper.make_node(kind, given, names, domain=domain, **options))
        return first

    def int8(self, value: str, dense: Dense) -> str:
        """A product of int8 weights with a scale a column, and int8 activations with one scale."""
        weights, scales, zeros = _columns(dense[0], self.levels)
        q, scale, zero = self._dynamic(value)
        return self.add("MatMulIntegerToFloat", q, weights, scale, scales, zero, zeros, dense[1], domain=CONTRIB)

    def blockwise(self, value: str, dense: Dense) -> str:
        """A product in int8 with a scale for each BLOCK numbers of the weights and of the activations."""
        inputs, outputs = dense[0].shape
        blocks = dense[0].T.reshape(outputs, inputs // BLOCK, BLOCK)
        scales = np.maximum(np.abs(blocks).max(axis=-1), 1e-9) / 127
        packed = (np.rint(blocks / scales[..., None]) + 128).astype(np.uint8)
        shape = {"K": inputs, "N": outputs, "bits": 8, "block_size": BLOCK}
        given = (value, packed, scales.ravel(), "", "", dense[1])
        return self.add("MatMulNBits", *given, domain=CONTRIB, accuracy_level=4, **shape)  # 4: computed in int8

    def attention(self, value: str, joined: Dense, heads: int) -> str:
        """Self-attention whose queries, keys and values are one int8 product."""
        weights, scales, zeros = _columns(joined[0], self.levels)
        q, scale, zero = self._dynamic(value)
        inputs = (q, weights, joined[1], scale, scales, "", zero, zeros)
        return self.add("QAttention", *inputs, domain=CONTRIB, num_heads=heads)

    def normalised(self, value: str, before: str, gain: Array, shift: Array) -> tuple[str, str]:
        """Layer normalisation of a sum: with gain and shift, and bare.

        In small steps, since each is vector code where the operator for the whole is not.
        """
        total = self.add("Add", value, before)
        centred = self.add("Sub", total, self.add("ReduceMean", total, axes=[-1]))
        variance = self.add("ReduceMean", self.add("Mul", centred, centred), axes=[-1])
        deviation = self.add("Sqrt", self.add("Add", variance, np.array([self.epsilon], np.float32)))
        bare = self.add("Div", centred, deviation)
        return self.add("Add", self.add("Mul", bare, gain), shift), bare

    def _dynamic(self, value: str) -> tuple[str, str, str]:
        name = self.add("DynamicQuantizeLinear", value, outputs=3)
        return name, f"{name}.1", f"{name}.2"

    def _constant(self, array: Array) -> str:
        from onnx import numpy_helper

        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name


def _columns(weights: Array, levels: int) -> tuple[Array, Array, Array]:
    """Weights in int8, the scale of each column, and zero points, which are zero."""
    scales = np.maximum(np.abs(weights).max(axis=0), 1e-9) / levels
    return np.rint(weights / scales).astype(np.int8), scales, np.zeros(scales.shape, np.int8)
