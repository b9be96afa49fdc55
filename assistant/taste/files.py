"""A fitted recommender on disk: a folder a version, and a pointer that is moved in one step.

Numbers are kept as float32, as int8 with a scale a row, or pruned: as int8, with the strongest neighbours of an item only. Vectors of texts are not kept: they are the index's.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_matrix

from assistant.errors import SetupError
from assistant.taste.blend import Blend
from assistant.taste.fitted import Fitted, Newcomers
from assistant.taste.histories import Floats, Ints
from assistant.taste.methods import FADES, Methods
from assistant.taste.neighbours import Factors, Nearby, Neighbours, strongest

if TYPE_CHECKING:
    from assistant.taste.sequence import SequenceModel

FORMAT = 3
LEVELS = 127
STEP = 255  # the widest gap between two columns that a byte holds
PRUNED = 50  # neighbours of an item that are kept, where they are pruned
ARRAYS = "model.safetensors"
Precision = Literal["float32", "int8", "pruned"]


@dataclass(frozen=True)
class Kept:
    """A recommender as it was read.

    Args:
        version: names this training.
        ids: the items that it knows, in the order of its rows.
        neighbours: what was counted, by name.
        factors: the arrays of the factors by name; empty where there are none.
        sequence: the arrays of the sequence model by name; empty where there is none.
        manifest: what it was trained on and how good it is, with all that the arrays do not say.
    """

    version: str
    ids: tuple[str, ...]
    neighbours: Mapping[str, csr_matrix]
    factors: Mapping[str, Floats]
    sequence: Mapping[str, Floats]
    manifest: Mapping[str, Any]

    def over(self, ids: Sequence[str], vectors: Floats) -> Fitted:
        """What was learned, for a catalogue as it stands now; see `Newcomers` for what is new there.

        Args:
            ids: of its items, in the order of their rows.
            vectors: (items, d) of their texts, of length 1.

        Raises:
            SetupError: it was trained with vectors of another width.
        """
        sequence = self.manifest["sequence"]
        if sequence and sequence["text"] != vectors.shape[1]:
            raise SetupError("the recommender was trained with another encoder. Run `onevoice train` again.")
        place = {key: row for row, key in enumerate(ids)}
        rows = np.array([place.get(key, -1) for key in self.ids], dtype=np.int64)
        neighbours = {
            name: Neighbours(_moved(matrix, rows, len(ids)), FADES[name]) for name, matrix in self.neighbours.items()
        }
        parts = {name: _placed(part, rows, len(ids)) for name, part in self.factors.items()}
        factors = Factors(**parts, fade=FADES["factors"]) if parts else None
        methods = Methods(neighbours, factors, Nearby(vectors, FADES["similar"]), self._sequence(rows, vectors))
        unknown = np.setdiff1d(np.arange(len(ids)), rows)
        return Fitted(methods, Blend.of(self.manifest["blend"]), newcomers=Newcomers.of(unknown, vectors))

    def _sequence(self, rows: Ints, vectors: Floats) -> SequenceModel | None:
        if not self.sequence:
            return None
        import torch  # slow to import, and an untrained shop needs none

        from assistant.taste.sequence import SequenceModel, Shape

        parts = dict(self.sequence)
        parts["own.weight"] = _placed(parts["own.weight"], rows, len(vectors))
        shape = Shape(**{**self.manifest["sequence"], "items": len(vectors)})
        model = SequenceModel(shape, torch.from_numpy(np.ascontiguousarray(vectors)))
        model.load_state_dict({name: torch.from_numpy(np.asarray(part)) for name, part in parts.items()})
        return model.eval()


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
        matrix = strongest(method.matrix, PRUNED) if precision == "pruned" else method.matrix
        arrays |= _packed_matrix(f"neighbours.{name}", matrix, precision)
    factors = fitted.methods.factors
    if factors is not None:
        arrays |= _packed("factors.matrix", factors.matrix, precision) | _packed(
            "factors.often", factors.often, precision
        )
    model = fitted.methods.sequence
    if model is not None:
        for name, part in model.state_dict().items():
            arrays |= _packed(f"sequence.{name}", part.numpy(), precision)
    save_file(arrays, draft / ARRAYS)
    manifest = {
        "format": FORMAT,
        "blend": fitted.blend.to_json(),
        "neighbours": list(fitted.methods.neighbours),
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


def current(folder: Path) -> str | None:
    """Which version is served; None where none was trained."""
    try:
        return (folder / "current").read_text().strip()
    except FileNotFoundError:
        return None


def load(folder: Path) -> Kept | None:
    """The recommender that is served; None where none was trained.

    Raises:
        SetupError: it cannot be read; the message says what to do.
    """
    version = current(folder)
    if version is None:
        return None
    path = folder / version
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise ValueError(f"format {manifest['format']}, not {FORMAT}")
        ids = tuple(json.loads((path / "items.json").read_text(encoding="utf-8")))
        arrays = load_file(path / ARRAYS)
        neighbours = {name: _unpacked_matrix(f"neighbours.{name}", arrays, len(ids)) for name in manifest["neighbours"]}
        factors, sequence = _within("factors", arrays), _within("sequence", arrays)
        if bool(sequence) != bool(manifest["sequence"]) or (sequence and len(sequence["own.weight"]) != len(ids)):
            raise ValueError("its parts do not belong together")
        Blend.of(manifest["blend"])
        return Kept(version, ids, neighbours, factors, sequence, manifest)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise SetupError(f"{path}: the recommender cannot be read ({error}). Run `onevoice train` again.") from error


def _within(group: str, arrays: Mapping[str, Any]) -> dict[str, Floats]:
    """The arrays of a group, by their names in it."""
    names = [name for name in arrays if name.startswith(f"{group}.") and not name.endswith(".scale")]
    return {name.removeprefix(f"{group}."): _unpacked(name, arrays) for name in names}


def _placed(array: Floats, rows: Ints, size: int) -> Floats:
    """An array by item with item i at `rows[i]` of so many; what is at -1 is dropped, what is new is 0."""
    found = np.zeros((size, *array.shape[1:]), dtype=np.float32)
    found[rows[rows >= 0]] = array[rows >= 0]
    return found


def _moved(matrix: csr_matrix, rows: Ints, size: int) -> csr_matrix:
    """A matrix from item to item with item i at `rows[i]`; what is at -1 is dropped."""
    entries = matrix.tocoo()
    first, second = rows[entries.row], rows[entries.col]
    kept = (first >= 0) & (second >= 0)
    return csr_matrix((entries.data[kept], (first[kept], second[kept])), shape=(size, size))


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
    if whole:
        return {
            f"{name}.data": kept.data.astype(np.float32),
            f"{name}.columns": kept.indices,
            f"{name}.ends": kept.indptr,
        }
    gaps, data, ends = _gaps(kept)
    return {
        f"{name}.data": data.astype(np.int8),
        f"{name}.scale": scales.astype(np.float32),
        f"{name}.gaps": gaps,
        f"{name}.ends": ends.astype(np.int32),
    }


def _unpacked_matrix(name: str, arrays: Mapping[str, Any], size: int) -> csr_matrix:
    ends, data = arrays[f"{name}.ends"], arrays[f"{name}.data"].astype(np.float32)
    if f"{name}.gaps" not in arrays:
        return csr_matrix((data, arrays[f"{name}.columns"], ends), shape=(size, size))
    lengths = np.diff(ends)
    walked = np.concatenate([[0], np.cumsum(arrays[f"{name}.gaps"], dtype=np.int64)])
    columns = walked[1:] - np.repeat(walked[ends[:-1]], lengths) - 1
    found = csr_matrix((data * np.repeat(arrays[f"{name}.scale"], lengths), columns, ends), shape=(size, size))
    found.eliminate_zeros()
    return found


def _gaps(matrix: csr_matrix) -> tuple[Any, Any, Any]:
    """A matrix with each column as its distance from the one before in its row, in a byte: (gaps, data, ends of rows).

    A distance that a byte does not hold is walked in steps, with zeros as data.
    """
    matrix.sort_indices()
    before = np.roll(matrix.indices, 1).astype(np.int64)
    before[matrix.indptr[:-1][np.diff(matrix.indptr) > 0]] = -1
    distances = matrix.indices - before
    steps = (distances - 1) // STEP + 1
    ends = np.concatenate([[0], np.cumsum(steps)])
    gaps, data = np.full(ends[-1], STEP, dtype=np.uint8), np.zeros(ends[-1], dtype=matrix.data.dtype)
    gaps[ends[1:] - 1] = distances - STEP * (steps - 1)
    data[ends[1:] - 1] = matrix.data
    return gaps, data, ends[matrix.indptr]
