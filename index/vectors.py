"""The vector index: a Chroma collection of one unit vector a group, embedded or on a server. Ranks by cosine."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from index.embedding import Vectors
from index.errors import ShopError

BATCH = 2_000  # Chroma's SQLite takes about 5,000 records at once


def client(path: Path, url: str | None) -> Any:
    """A Chroma client: of the server at `url`, else embedded at `path`.

    Raises:
        ShopError: the server does not answer.
    """
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    if not url:
        return chromadb.PersistentClient(str(path), settings=settings)
    parts = urlsplit(url)
    try:
        return chromadb.HttpClient(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or (443 if parts.scheme == "https" else 8000),
            ssl=parts.scheme == "https",
            settings=settings,
        )
    except ValueError as error:
        raise ShopError(f"No Chroma server answers at ONEVOICE_CHROMA_URL={url}: {error}") from error


def write(chroma: Any, name: str, ids: Sequence[str], vectors: Vectors) -> None:
    """Create the collection and fill it, in the order of the ids."""
    collection = chroma.create_collection(name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}})
    for start in range(0, len(ids), BATCH):
        stop = start + BATCH
        collection.add(ids=list(ids[start:stop]), embeddings=vectors[start:stop])


class VectorIndex:
    """A collection opened for reading. The vectors are also held in memory, for tastes and exact comparisons."""

    def __init__(self, chroma: Any, name: str) -> None:
        self._chroma = chroma  # kept alive: a collection does not hold its client
        self._collection = chroma.get_collection(name, embedding_function=None)
        held = self._collection.get(include=["embeddings"])
        self.ids: list[str] = list(held["ids"])
        self.matrix: Vectors = np.asarray(held["embeddings"], dtype=np.float32)
        self.row: Mapping[str, int] = {key: row for row, key in enumerate(self.ids)}

    def rank(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """(group id, cosine) of the nearest, best first.

        Args:
            vector: shape (d,), unit length.
        """
        found = self._collection.query(
            query_embeddings=[vector], n_results=min(limit, len(self.ids)), include=["distances"]
        )
        return [(key, 1.0 - distance) for key, distance in zip(found["ids"][0], found["distances"][0], strict=True)]
