"""The vector index: a Chroma collection of one unit vector a group, embedded or on a server. Ranks by cosine.

It is made from the vectors that the store keeps, and can always be made again from them.
"""

from __future__ import annotations

import ctypes
import logging
import os
import weakref
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from index.embedding import Vectors
from index.errors import ShopError

logger = logging.getLogger("onevoice")

BATCH = 2_000  # Chroma's SQLite takes about 5,000 records at once
# Of 100,000 varied copies these find .99 of the ten nearest in under 3 ms; Chroma's defaults (16, 100, 100) find .73.
HNSW = {"space": "cosine", "max_neighbors": 48, "ef_construction": 300, "ef_search": 1_000}
M_PERTURB = -6  # glibc's mallopt(3): fill memory that is handed out


def client(path: Path, url: str | None) -> Any:
    """A Chroma client: of the server at `url`, else embedded at `path`. Whoever asks for one closes it.

    Raises:
        ShopError: the server does not answer.
    """
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    if not url:
        _blank_memory()
        path.mkdir(parents=True, exist_ok=True)
        return chromadb.PersistentClient(str(path), settings=settings)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ShopError(f"ONEVOICE_CHROMA_URL={url} is no address; write it like http://127.0.0.1:8000")
    try:
        return chromadb.HttpClient(
            host=parts.hostname,
            port=parts.port or (443 if parts.scheme == "https" else 8000),
            ssl=parts.scheme == "https",
            settings=settings,
        )
    except (ValueError, httpx.HTTPError) as error:
        raise unreachable(url, error) from error


def unreachable(url: str, error: Exception) -> ShopError:
    """What is said where a Chroma server does not answer, or not any more."""
    return ShopError(f"No Chroma server answers at ONEVOICE_CHROMA_URL={url}: {error}")


def write(chroma: Any, name: str, ids: Sequence[str], vectors: Any, *, progress: bool = False) -> None:
    """Create the collection, in place of one of the same name, and fill it in the order of the ids."""
    remove(chroma, [name])
    with tqdm(total=len(ids), desc="vector index", unit="product", disable=not progress) as bar:
        collection = chroma.create_collection(name, embedding_function=None, configuration={"hnsw": HNSW})
        for start in range(0, len(ids), BATCH):
            part = list(ids[start : start + BATCH])
            collection.add(ids=part, embeddings=np.asarray(vectors[start : start + BATCH], dtype=np.float32))
            bar.update(len(part))


def _blank_memory() -> None:
    """Have the C library fill what it hands out from now on, where it can (glibc).

    Chroma writes places of an index that are not taken yet as they lie in memory, also when it opens one: whatever this
    process held there before, a shopper's words perhaps, would stand in a file that nobody erases.
    """
    with suppress(AttributeError, OSError, TypeError):  # another C library; TypeError is Windows'
        ctypes.CDLL(None).mallopt(M_PERTURB, 0xFF)


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
    """A collection in Chroma, opened for reading: approximate, and as fast for a million as for a thousand.

    Args:
        chroma: the client, which is closed when the collection is dropped.
        instead: who answers while Chroma fails; where nobody does, a search fails.
    """

    def __init__(self, chroma: Any, name: str, instead: Nearest | None = None) -> None:
        weakref.finalize(self, chroma.close)
        self._collection = chroma.get_collection(name, embedding_function=None)
        self._instead = instead

    def __len__(self) -> int:
        return int(self._collection.count())

    def rank(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        try:
            found = self._collection.query(query_embeddings=[vector], n_results=limit, include=["distances"])
        except Exception as error:  # a server that is gone, a damaged file: Chroma raises of every kind
            problem = f"the vector index {self._collection.name} cannot be read: {error!r} (ONEVOICE_CHROMA_URL)"
            if self._instead is None:
                raise ShopError(problem) from error
            logger.warning("%s; every product is compared instead, which is slow above 100,000", problem)
            return self._instead.rank(vector, limit)
        return [(key, 1.0 - distance) for key, distance in zip(found["ids"][0], found["distances"][0], strict=True)]


class Exact:
    """Compares with every vector: exact, and slower the more there are."""

    def __init__(self, ids: Sequence[str], matrix: Any) -> None:
        self._ids = ids
        self._stored = matrix

    def rank(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        cosines = self._matrix @ vector
        best = np.argsort(-cosines, kind="stable")[:limit]
        return [(self._ids[row], float(cosines[row])) for row in best]

    @cached_property
    def _matrix(self) -> npt.NDArray[np.float32]:
        """In single precision, made at the first use: twenty times as fast as half, and twice the memory."""
        return np.asarray(self._stored, dtype=np.float32)
