"""What int8 gains and costs: the two sentence encoders by turns over the same texts, in this process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.embedding import Encoder, QuantizedEncoder, SentenceEncoder, Vectors
from index.fetch import MINILM, fetch_folder

CHUNK = 256  # texts that an encoder has before it is the other's turn
TOP = 10


def measure(texts: Sequence[str], queries: Sequence[str], cache: Path) -> dict[str, Any]:
    """Encode all texts and queries once with each encoder, by turns, so that a busy machine is busy for both.

    Rates are texts a second, times medians in milliseconds. `mean_cosine` is of a text's two vectors; of each query's
    ten best texts, `top10_overlap` is the share that both find, and `top10_ndcg` the nDCG of the int8 order where a
    text gains what its fp32 cosine is.
    """
    folder = fetch_folder(MINILM, cache)
    int8, fp32 = QuantizedEncoder(folder), SentenceEncoder(folder)
    for encoder in (int8, fp32):  # loading is not encoding
        encoder.encode(texts[:8])
    chunks = [list(texts[start : start + CHUNK]) for start in range(0, len(texts), CHUNK)]
    ours, theirs, seconds, seconds_fp32 = _by_turns(int8, fp32, chunks)
    asked, asked_fp32, waits, waits_fp32 = _by_turns(int8, fp32, [[query] for query in dict.fromkeys(queries)])
    scores, scores_fp32 = asked @ ours.T, asked_fp32 @ theirs.T
    overlap, ndcg = _agreement(scores, scores_fp32)
    return {
        "ingest_per_s": round(len(texts) / sum(seconds), 1),
        "ingest_fp32_per_s": round(len(texts) / sum(seconds_fp32), 1),
        "ratio": round(sum(seconds_fp32) / sum(seconds), 2),
        "mean_cosine": round(float(np.sum(ours * theirs, axis=1).mean()), 5),
        "top10_overlap": round(overlap, 4),
        "top10_ndcg": round(ndcg, 5),
        "query_ms_p50": round(1000 * statistics.median(waits), 2),
        "query_fp32_ms_p50": round(1000 * statistics.median(waits_fp32), 2),
    }


def _by_turns(
    one: Encoder, other: Encoder, chunks: Sequence[list[str]]
) -> tuple[Vectors, Vectors, list[float], list[float]]:
    """Vectors of both, then the seconds of each chunk of both. Who begins changes from chunk to chunk."""
    vectors: dict[str, list[Vectors]] = {one.name: [], other.name: []}
    seconds: dict[str, list[float]] = {one.name: [], other.name: []}
    for place, chunk in enumerate(chunks):
        for encoder in (one, other) if place % 2 else (other, one):
            start = time.perf_counter()
            vectors[encoder.name].append(encoder.encode(chunk))
            seconds[encoder.name].append(time.perf_counter() - start)
    both = [np.concatenate(vectors[encoder.name]) for encoder in (one, other)]
    return both[0], both[1], seconds[one.name], seconds[other.name]


def _agreement(scores: Vectors, reference: Vectors) -> tuple[float, float]:
    """Overlap and nDCG of the best TOP by `scores` with those by `reference`, means over the rows."""
    best = np.argsort(-scores, axis=1, kind="stable")[:, :TOP]
    ideal = np.argsort(-reference, axis=1, kind="stable")[:, :TOP]
    discount = 1 / np.log2(np.arange(2, best.shape[1] + 2))
    gains, most = (np.take_along_axis(reference, order, axis=1) @ discount for order in (best, ideal))
    shared = [len(set(a) & set(b)) / len(a) for a, b in zip(best.tolist(), ideal.tolist(), strict=True)]
    return float(np.mean(shared)), float(np.mean(gains / most))
