"""The vector index: a Chroma collection of one unit vector a group, embedded or on a server. Ranks by cosine.

It is made from the vectors that the store keeps, and can always be made again from them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import numpy as np
from tqdm import tqdm

from index.embedding import Vectors
from index.errors import ShopError

BATCH = 2_000  # Chroma's SQLite takes about 5,000 records at once
HNSW = {"space": "cosine", "max_neighbors": 16, "ef_construction": 100, "ef_search": 200}


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
        path.mkdir(parents=True, exist_ok=True)
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


def write(chroma: Any, name: str, ids: Sequence[str], vectors: Any, *, progress: bool = False) -> None:
    """Create the collection, in place of one of the same name, and fill it in the order of the ids."""
    remove(chroma, [name])
    collection = chroma.create_collection(name, embedding_function=None, configuration={"hnsw": HNSW})
    with tqdm(total=len(ids), desc="vector index", unit="product", disable=not progress) as bar:
        for start in range(0, len(ids), BATCH):
            part = list(ids[start : start + BATCH])
            collection.add(ids=part, embeddings=np.asarray(vectors[start : start + BATCH], dtype=np.float32))
            bar.update(len(part))


def remove(chroma: Any, names: Sequence[str]) -> None:
    """Remove those of these collections that there are."""
    from chromadb.errors import NotFoundError

    for name in names:
        try:
            chroma.delete_collection(name)
        except NotFoundError:
            continue


class Nearest(Protocol):
    """Finds the vectors that are closest to one."""

    def rank(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """(group id, cosine) of the nearest, best first.

        Args:
            vector: shape (d,), unit length.
        """
        ...


class Collection:
    """A collection in Chroma, opened for reading: approximate, and as fast for a million as for a thousand."""

    def __init__(self, chroma: Any, name: str) -> None:
        self._chroma = chroma  # kept alive: a collection does not hold its client
        self._collection = chroma.get_collection(name, embedding_function=None)

    def __len__(self) -> int:
        return int(self._collection.count())

    def rank(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        found = self._collection.query(query_embeddings=[vector], n_results=limit, include=["distances"])
        return [(key, 1.0 - distance) for key, distance in zip(found["ids"][0], found["distances"][0], strict=True)]


class Exact:
    """Compares with every vector: exact, and slower the more there are."""

    def __init__(self, ids: Sequence[str], matrix: Any) -> None:
        self._ids = ids
        self._matrix = np.asarray(matrix, dtype=np.float32)

    def rank(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        cosines = self._matrix @ vector
        best = np.argsort(-cosines, kind="stable")[:limit]
        return [(self._ids[row], float(cosines[row])) for row in best]
