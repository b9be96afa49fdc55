"""Turns text into vectors. The encoder is a setting that the index manifest remembers."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
CACHED_QUERIES = 2_048


class Encoder(Protocol):
    """Text to unit vectors."""

    @property
    def name(self) -> str: ...

    def encode(self, texts: Sequence[str], progress: bool = False) -> Vectors:
        """L2-normalised vectors, shape (len(texts), dimension), in the order of the texts."""
        ...


class SentenceEncoder:
    """A sentence-transformers model on CPU, loaded at its first use: the import alone takes seconds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._model: Any = None
        self._seen: OrderedDict[str, Vectors] = OrderedDict()

    @property
    def name(self) -> str:
        return self._folder.name

    def encode(self, texts: Sequence[str], progress: bool = False) -> Vectors:
        if len(texts) == 1 and texts[0] in self._seen:
            return self._seen[texts[0]]
        with self._lock:  # torch gains nothing from two encodings at once on few cores
            vectors: Vectors = self._load().encode(
                list(texts), batch_size=32, normalize_embeddings=True, show_progress_bar=progress
            )
            if len(texts) == 1:
                self._seen[texts[0]] = vectors
                if len(self._seen) > CACHED_QUERIES:
                    self._seen.popitem(last=False)
        return np.asarray(vectors, dtype=np.float32)

    def _load(self) -> Any:
        if self._model is None:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")  # the model is here: nothing is looked up outside
            os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging

            logging.disable_progress_bar()
            self._model = SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
        return self._model
