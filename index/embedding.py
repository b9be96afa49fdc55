"""Turns text into vectors. The encoder is a setting that the index manifest remembers."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from index.errors import ExportError
from index.onnx_export import export, exported

Vectors = npt.NDArray[np.float32]
CACHED_QUERIES = 2_048
AGREES = 0.98  # cosine to the fp32 vector that int8 must reach; 0.998 is usual
PROBES = (
    "red mug",
    "a warm jacket for rainy days under 100 euros",
    "Is it waterproof, and may I bring it back after 30 days if it does not fit?",
    "Alder Rain Jacket. Men, Jackets. Nylon. Blue, Red. weather: Rainy, Windy. Keeps rain out on long walks. " * 20,
)

logger = logging.getLogger("onevoice")


class Encoder(Protocol):
    """Text to unit vectors. Threads may share one."""

    @property
    def name(self) -> str:
        """Model and precision: vectors of one name can be compared."""
        ...

    def encode(self, texts: Sequence[str], progress: bool = False) -> Vectors:
        """L2-normalised vectors, shape (len(texts), dimension), in the order of the texts."""
        ...


def open_fastest(folder: Path, *, progress: bool = True) -> Encoder:
    """The int8 encoder of a sentence-transformers folder, made at the first call; where that fails, the fp32 one."""
    encoder = QuantizedEncoder(folder, progress=progress)
    try:
        encoder.load()
    except ExportError as error:
        logger.warning("%s. Its fp32 form is used: as good, but slower.", error)
        return SentenceEncoder(folder)
    return encoder


class SentenceEncoder:
    """A sentence-transformers model in fp32: the reference. Loaded at its first use: the import alone takes seconds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._model: Any = None
        self._query: Callable[[str], Vectors] = lru_cache(CACHED_QUERIES)(lambda text: self._encode([text], False))

    @property
    def name(self) -> str:
        return self._folder.name

    def encode(self, texts: Sequence[str], progress: bool = False) -> Vectors:
        return self._query(texts[0]).copy() if len(texts) == 1 else self._encode(texts, progress)

    def _encode(self, texts: Sequence[str], progress: bool) -> Vectors:
        with self._lock:  # torch gains nothing from two encodings at once on few cores
            vectors = self._load().encode(
                list(texts), batch_size=32, normalize_embeddings=True, show_progress_bar=progress
            )
        return np.asarray(vectors, dtype=np.float32)

    def _load(self) -> Any:
        if self._model is None:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")  # the model is here: nothing is looked up outside
            os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging as transformers_logging

            transformers_logging.disable_progress_bar()
            self._model = SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
        return self._model


class QuantizedEncoder:
    """The same model in int8 on ONNX Runtime, without torch. Loaded, and made where it is not yet, at its first use.

    Each text is a run of its own on one thread, and as many run at once as there are cores: nothing is padded, no
    thread waits for another within a text, and a text has the same vector in whatever company it is encoded.
    """

    def __init__(self, folder: Path, file: Path | None = None, *, progress: bool = True) -> None:
        """Take a sentence-transformers folder; `file` is an int8 file to use instead of the one kept beside it."""
        self._folder, self._file, self._progress = folder, file, progress
        self._lock = threading.Lock()
        self._model: _Int8 | None = None
        self._query: Callable[[str], Vectors] = lru_cache(CACHED_QUERIES)(lambda text: self.load()(text))

    @property
    def name(self) -> str:
        return exported(self._folder).stem

    def encode(self, texts: Sequence[str], progress: bool = False) -> Vectors:
        if len(texts) == 1:
            return self._query(texts[0]).copy()
        model = self.load()
        found = np.empty((len(texts), model.dimension), np.float32)
        with ThreadPoolExecutor(_cores()) as pool:
            rows = tqdm(pool.map(model, texts), total=len(texts), unit="text", disable=not progress)
            for place, row in enumerate(rows):
                found[place] = row
        return found

    def load(self) -> _Int8:
        """Have the model ready.

        Raises:
            ExportError: it cannot be made int8, or not be run.
        """
        with self._lock:
            if self._model is None:
                file = self._file or export(self._folder, self._check, progress=self._progress)
                try:
                    self._model = _Int8(self._folder, file)
                except Exception as error:  # ONNX Runtime is missing or too old, the file is damaged
                    raise ExportError(f"{file} cannot be run: {type(error).__name__}: {error}") from error
            return self._model

    def _check(self, draft: Path) -> None:
        """Compare a new file with the reference: another kind of model, or a CPU whose int8 overflows, is found here.

        Raises:
            ValueError: a vector is another.
        """
        ours, reference = QuantizedEncoder(self._folder, draft), SentenceEncoder(self._folder)
        lowest = float(np.sum(ours.encode(PROBES) * reference.encode(PROBES), axis=1).min())
        if not lowest >= AGREES:  # nan is no agreement either
            raise ValueError(f"a vector has only a cosine of {lowest:.3f} to that of fp32")


class _Int8:
    """A loaded int8 file and its tokenizer. Called with a text, gives its vector, shape (1, dimension)."""

    def __init__(self, folder: Path, file: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        settings = json.loads((folder / "sentence_bert_config.json").read_text())
        self._tokenizer.enable_truncation(settings["max_seq_length"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        # more would fuse the small steps of the layer normalisations into one that is slower
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        self._session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self.dimension: int = self._session.get_outputs()[0].shape[1]

    def __call__(self, text: str) -> Vectors:
        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        vector: Vectors = self._session.run(None, {"ids": ids})[0]
        return vector


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
