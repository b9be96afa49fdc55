"""A fitted recommender on disk: a folder a version, and a pointer that is moved in one step.

Numbers are kept as int8 with a scale a row, or as float32. Vectors of texts are not kept: they are the index's.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_matrix

from assistant.errors import SetupError
from assistant.taste.blend import Blend
from assistant.taste.fitting import Fitted
from assistant.taste.histories import Floats
from assistant.taste.methods import FADES, Methods
from assistant.taste.neighbours import Neighbours, alike
from assistant.taste.sequence import SequenceModel, Shape

FORMAT = 1
LEVELS = 127
Precision = Literal["int8", "float32"]


@dataclass(frozen=True)
class Kept:
    """A recommender as it was read: the groups that it knows, in the order of its rows, and its manifest."""

    fitted: Fitted
    ids: tuple[str, ...]
    manifest: Mapping[str, Any]


def save(
    fitted: Fitted, ids: Sequence[str], folder: Path, about: Mapping[str, Any], precision: Precision = "int8"
) -> Path:
    """Write a version beside what is served, serve it from now on, and remove the older ones. Returns its folder.

    Args:
        ids: of the items, in the order of their rows.
        about: goes into the manifest: what it was trained on and how good it is. No shopper is named there.
    """
    version = f"t-{uuid.uuid4().hex[:8]}"
    draft = folder / f"{version}.draft"
    draft.mkdir(parents=True)
    arrays: dict[str, Any] = {}
    for name, method in fitted.methods.neighbours.items():
        if name != "similar":
            arrays |= _packed_matrix(f"neighbours.{name}", method.matrix, precision)
    model = fitted.methods.sequence
    if model is not None:
        for name, part in model.state_dict().items():
            arrays |= _packed(f"sequence.{name}", part.numpy(), precision)
    save_file(arrays, draft / "model.safetensors")
    manifest = {
        "format": FORMAT,
        "blend": asdict(fitted.blend),
        "neighbours": [name for name in fitted.methods.neighbours if name != "similar"],
        "sequence": model.shape.to_json() if model is not None else None,
        "precision": precision,
        **about,
    }
    (draft / "items.json").write_text(json.dumps(list(ids), ensure_ascii=False), encoding="utf-8")
    (draft / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=2), encoding="utf-8")
    os.replace(draft, folder / version)
    pointer = folder / "current.draft"
    pointer.write_text(version)
    os.replace(pointer, folder / "current")
    for other in folder.glob("t-*"):
        if other.name != version:
            shutil.rmtree(other, ignore_errors=True)
    return folder / version


def load(folder: Path, vectors: Mapping[str, Floats]) -> Kept | None:
    """The recommender that is served; None where none was trained.

    Args:
        vectors: id → the unit vector of its text, for the items that there still are.

    Raises:
        SetupError: it cannot be read; the message says what to do.
    """
    try:
        version = (folder / "current").read_text().strip()
    except FileNotFoundError:
        return None
    path = folder / version
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise ValueError(f"format {manifest['format']}, not {FORMAT}")
        ids = tuple(json.loads((path / "items.json").read_text(encoding="utf-8")))
        arrays = load_file(path / "model.safetensors")
        width = len(next(iter(vectors.values()))) if vectors else 1
        texts = np.stack([vectors.get(key, np.zeros(width, dtype=np.float32)) for key in ids]).astype(np.float32)
        neighbours = {
            name: Neighbours(_unpacked_matrix(f"neighbours.{name}", arrays, len(ids)), FADES[name])
            for name in manifest["neighbours"]
        }
        neighbours["similar"] = Neighbours(alike(texts), FADES["similar"])
        model = _model(manifest["sequence"], arrays, texts)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise SetupError(f"{path}: the recommender cannot be read ({error}). Run `onevoice train` again.") from error
    return Kept(Fitted(Methods(neighbours, model), Blend(**manifest["blend"])), ids, manifest)


def _model(shape: Mapping[str, Any] | None, arrays: Mapping[str, Any], texts: Floats) -> SequenceModel | None:
    if shape is None:
        return None
    model = SequenceModel(Shape(**shape), torch.from_numpy(texts))
    names = model.state_dict().keys()
    model.load_state_dict({name: torch.from_numpy(_unpacked(f"sequence.{name}", arrays)) for name in names})
    return model.eval()


def _packed(name: str, array: Any, precision: Precision) -> dict[str, Any]:
    """An array by name; as int8, rows are scaled to ±127 (what is no matrix stays as it is)."""
    if precision == "float32" or array.ndim < 2:
        return {name: np.ascontiguousarray(array, dtype=np.float32)}
    scales = np.maximum(np.abs(array).max(axis=1, keepdims=True), 1e-12) / LEVELS
    return {name: np.rint(array / scales).astype(np.int8), f"{name}.scale": scales.astype(np.float32)}


def _unpacked(name: str, arrays: Mapping[str, Any]) -> Floats:
    found: Floats = arrays[name].astype(np.float32)
    return found * arrays[f"{name}.scale"] if f"{name}.scale" in arrays else found


def _packed_matrix(name: str, matrix: csr_matrix, precision: Precision) -> dict[str, Any]:
    """A sparse matrix by rows; as int8, what falls below half a step of its row's largest is dropped."""
    whole = precision == "float32"
    scales = np.asarray(abs(matrix).max(axis=1).todense()).ravel() / LEVELS
    counts = np.diff(matrix.indptr)
    data = matrix.data if whole else np.rint(matrix.data / np.maximum(np.repeat(scales, counts), 1e-12))
    kept = csr_matrix((data, matrix.indices.copy(), matrix.indptr.copy()), shape=matrix.shape)
    kept.eliminate_zeros()
    small = not whole and matrix.shape[1] <= np.iinfo(np.uint16).max
    return {
        f"{name}.data": kept.data.astype(np.float32 if whole else np.int8),
        f"{name}.scale": (np.ones_like(scales) if whole else scales).astype(np.float32),
        f"{name}.columns": kept.indices.astype(np.uint16 if small else np.int32),
        f"{name}.ends": kept.indptr.astype(np.int32),
    }


def _unpacked_matrix(name: str, arrays: Mapping[str, Any], size: int) -> csr_matrix:
    ends = arrays[f"{name}.ends"]
    data = arrays[f"{name}.data"].astype(np.float32) * np.repeat(arrays[f"{name}.scale"], np.diff(ends))
    return csr_matrix((data, arrays[f"{name}.columns"].astype(np.int32), ends), shape=(size, size))
