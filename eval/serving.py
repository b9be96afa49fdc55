"""What searching one index costs: milliseconds a query, memory, disk, and how near its vector index comes to exact.

Best measured in a process of its own (`in_fresh_process`), so that memory is the index's and no query was seen before.
Nothing here judges what is found.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, cast

import numpy as np
import psutil
from tqdm import tqdm

from assistant.settings import Settings
from index.build import Index
from index.filters import Filters
from index.search import Query, Search, Sort
from index.shop import read_shop
from index.understand import Reader

LIMIT = 50  # results of a query
WARM_UP = 20  # searches for titles before the first that is measured
UNKNOWN = "somethinng nobody sells"  # and one for words that no catalogue has: what is read for these is read once
REPEATS = 3  # of each query with its filters and without; the median counts


@dataclass(frozen=True, slots=True)
class Wish:
    """What a shopper types, and its English where it is in another language."""

    text: str
    english: str | None = None

    def query(self, reader: Reader) -> Query:
        """The query that the assistant makes of it."""
        said = reader.read_translated(self.text, self.english) if self.english else reader.read(self.text)
        return Query(said.rest, said.filters, cast(Sort, said.sort or "relevance"), said.heads)


@dataclass(frozen=True, slots=True)
class Served:
    """What the queries of one index cost; times are in ms and in the order of the queries."""

    ms: tuple[float, ...]  # reading, encoding and searching a query that the process has not seen
    encode_ms: tuple[float, ...]  # the share of encoding in it
    filtered_ms: tuple[float, ...]  # searching alone, of those queries that have filters
    unfiltered_ms: tuple[float, ...]  # the same queries without their filters
    vector_recall: float  # share of the exact ten nearest that the vector index finds among its ten
    rss_mb: int
    index_mb: float | None  # None where the index is no folder


def in_fresh_process(settings: Settings, folder: Path, directory: Path, wishes: Sequence[Wish]) -> Served:
    """Open a shop's index, that is built, in a process of its own and search it.

    Args:
        folder: the shop's.
        directory: the index's.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_serve, settings, folder, directory, tuple(wishes)).result()


def _serve(settings: Settings, folder: Path, directory: Path, wishes: Sequence[Wish]) -> Served:
    from assistant.app import open_encoder

    encoder = open_encoder(settings)
    url = {"database_url": settings.database_url, "chroma_url": settings.chroma_url}
    return serve(Index(read_shop(folder), encoder, directory, **url).open(), wishes, directory)


def serve(search: Search, wishes: Sequence[Wish], directory: Path, *, progress: bool = True) -> Served:
    """Search for each wish as the assistant would. Queries that this process has searched before would be too fast."""
    for text in (*list(search.catalogue.titles.values())[:WARM_UP], UNKNOWN):
        search.search(Wish(text).query(search.reader), LIMIT)
    encoder = _Timed(search.encoder)
    search.encoder = encoder
    ms, encode_ms, queries = [], [], []
    for wish in tqdm(wishes, desc="latency", unit="query", disable=not progress):
        encoder.ms = 0.0
        start = time.perf_counter()
        query = wish.query(search.reader)
        search.search(query, LIMIT)
        ms.append(1000 * (time.perf_counter() - start))
        encode_ms.append(encoder.ms)
        queries.append(query)
    memory = psutil.Process(os.getpid()).memory_info().rss // 1_000_000
    filtered = [query for query in queries if query.filters]
    pairs = [_with_and_without(search, query) for query in tqdm(filtered, desc="filters", disable=not progress)]
    return Served(
        ms=tuple(ms),
        encode_ms=tuple(encode_ms),
        filtered_ms=tuple(pair[0] for pair in pairs),
        unfiltered_ms=tuple(pair[1] for pair in pairs),
        vector_recall=_vector_recall(search, [wish.text for wish in wishes]),
        rss_mb=memory,
        index_mb=index_mb(directory),
    )


def figures(served: Sequence[Served]) -> dict[str, Any]:
    """The figures of one or more indexes as one: percentiles over all queries, the greatest memory."""
    ms = [value for one in served for value in one.ms]
    encoding = [value for one in served for value in one.encode_ms]
    search = [whole - part for whole, part in zip(ms, encoding, strict=True)]
    filtered = [value for one in served for value in one.filtered_ms]
    unfiltered = [value for one in served for value in one.unfiltered_ms]
    sizes = [one.index_mb for one in served if one.index_mb is not None]
    return {
        "p50_ms": _percentile(ms, 50),
        "p95_ms": _percentile(ms, 95),
        "p99_ms": _percentile(ms, 99),
        "encode_p50_ms": _percentile(encoding, 50),
        "search_p50_ms": _percentile(search, 50),
        "search_p99_ms": _percentile(search, 99),
        "filtered_ratio": _ratio(filtered, unfiltered),
        "vector_recall@10": round(statistics.fmean(one.vector_recall for one in served), 4),
        "rss_mb": max(one.rss_mb for one in served),
        "index_mb": round(sum(sizes), 1) if sizes else None,
    }


def index_mb(directory: Path) -> float | None:
    """Size of the version that is served; None where it is kept elsewhere than in files."""
    try:
        version = directory / (directory / "current").read_text().strip()
    except OSError:
        return None
    return round(sum(path.stat().st_size for path in version.rglob("*") if path.is_file()) / 1e6, 1)


class _Timed:
    """An encoder that adds up the milliseconds it takes."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.name: str = inner.name
        self.ms = 0.0

    def encode(self, texts: Sequence[str], progress: bool = False) -> Any:
        start = time.perf_counter()
        try:
            return self._inner.encode(texts, progress)
        finally:
            self.ms += 1000 * (time.perf_counter() - start)


def _with_and_without(search: Search, query: Query) -> tuple[float, float]:
    """Median ms of a query with its filters and without, in turn; its vector is known, so that encoding hides nothing."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(REPEATS):
        for times, asked in zip(taken, (query, replace(query, filters=Filters())), strict=True):
            start = time.perf_counter()
            search.search(asked, LIMIT)
            times.append(1000 * (time.perf_counter() - start))
    return statistics.median(taken[0]), statistics.median(taken[1])


def _vector_recall(search: Search, texts: Sequence[str]) -> float:
    found = [search.rankings(text) for text in texts]
    return statistics.fmean(
        len(set(one["dense"][:10]) & set(one["exact"][:10])) / len(one["exact"][:10]) for one in found
    )


def _percentile(values: Sequence[float], percent: float) -> float | None:
    return round(float(np.percentile(values, percent)), 2) if values else None


def _ratio(one: Sequence[float], other: Sequence[float]) -> float | None:
    return round(statistics.median(one) / statistics.median(other), 3) if one else None
