"""Which items go with which: matrices from item to item, one way to score with any of them.

A matrix (items, items) holds in row i how much having i speaks for each other item. A history's scores are its weights
times the matrix. Rows keep their strongest `KEPT` entries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy import sparse
from scipy.sparse import csr_matrix

from assistant.taste.histories import Floats, Histories

KEPT = 200
SHARP = 0.1
DOUBT = 5  # buyers who are added that did not buy again
DENSE = 15_000  # items up to which EASE is fitted: its matrix is dense (0.9 GB, a minute on two cores)


@dataclass(frozen=True)
class Neighbours:
    """A matrix from item to item, and how fast a history fades before it."""

    matrix: csr_matrix
    fade: float

    def scores(self, histories: Histories) -> Floats:
        """(shoppers, items): how much each history speaks for each item; 0 where it says nothing."""
        found = histories.weighted(self.fade) @ self.matrix
        return np.asarray(found.todense(), dtype=np.float32)


def together(histories: Histories, *, power: float = 0.5, shrink: float = 10.0) -> csr_matrix:
    """ItemKNN: how often two items are with the same shopper, against how often each is bought at all.

    Cosine of item columns, shoppers weighed by the inverse of how much they bought (Breese et al., UAI 1998), shrunk
    towards 0 where there is little evidence.
    """
    bought = histories.weighted()
    counts = np.asarray((bought > 0).sum(axis=1)).ravel()
    users = np.log(1.0 + len(counts) / np.maximum(counts, 1.0)) / np.log(1.0 + len(counts))
    pairs = (bought.T @ bought.multiply(users[:, None])).tocsr()
    return strongest(_normalised(pairs, pairs.diagonal(), power, shrink))


def following(histories: Histories, *, reach: int = 3, power: float = 0.5, shrink: float = 5.0) -> csr_matrix:
    """Markov: how often an item comes as one of the next `reach` after another; each step further counts half."""
    owners, total = histories.owners(), csr_matrix((histories.size, histories.size), dtype=np.float32)
    for gap in range(1, reach + 1):
        if len(histories.items) <= gap:
            break
        same = owners[gap:] == owners[:-gap]
        before, after = histories.items[:-gap][same], histories.items[gap:][same]
        values = np.full(len(before), 0.5 ** (gap - 1), dtype=np.float32)
        total = total + csr_matrix((values, (before, after)), shape=total.shape)
    ends = np.asarray(total.sum(axis=0)).ravel() + np.asarray(total.sum(axis=1)).ravel()
    return strongest(_normalised(total.tocsr(), ends, power, shrink))


def ease(histories: Histories, *, penalty: float = 100.0) -> csr_matrix:
    """EASE (Steck, WWW 2019): the linear model from items to items with the best squared error, in closed form.

    Its matrix of the items that were bought is dense: up to `DENSE` of them, those bought most, have a place in it.
    """
    bought = histories.weighted()
    counts = np.asarray(bought.sum(axis=0)).ravel()
    seen = np.sort(np.argsort(-counts, kind="stable")[: min(DENSE, int(np.count_nonzero(counts)))])
    if not len(seen):
        return csr_matrix((histories.size, histories.size), dtype=np.float32)
    some = bought[:, seen]
    gram = torch.from_numpy(np.asarray((some.T @ some).todense(), dtype=np.float32))
    gram.diagonal().add_(penalty)
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(gram))
    weights = -inverse / inverse.diagonal()
    weights.fill_diagonal_(0.0)
    top, at = weights.topk(min(KEPT, len(seen)), dim=1)
    rows = np.repeat(seen, top.shape[1])
    found = csr_matrix((top.numpy().ravel(), (rows, seen[at.numpy().ravel()])), shape=(histories.size, histories.size))
    found.data[found.data < 0] = 0.0
    found.eliminate_zeros()
    return found


def alike(vectors: Floats) -> csr_matrix:
    """Title similarity: how close the texts of two items are, by `nearness` of their vectors."""
    parts = [nearness(vectors, range(start, min(start + 1024, len(vectors)))) for start in range(0, len(vectors), 1024)]
    return sparse.vstack(parts).tocsr()


def nearness(vectors: Floats, rows: Sequence[int]) -> csr_matrix:
    """(rows, items): the items whose texts are closest to those of some, from 0 to 1; an item is not near itself.

    Sharpened, so that what is merely of the same kind counts little: exp((cosine - 1) / `SHARP`). The constant was
    chosen by NDCG@10 on the validation items of the Scientific set (1.0, 0.1 and 0.05 tried).

    Args:
        vectors: (items, d) of length 1.
    """
    chosen = np.asarray(rows, dtype=np.int64)
    near = np.exp((vectors[chosen] @ vectors.T - 1.0) / SHARP)
    near[np.arange(len(chosen)), chosen] = 0.0
    kept = min(KEPT, near.shape[1])
    best = np.argpartition(-near, kept - 1, axis=1)[:, :kept]
    values = np.take_along_axis(near, best, axis=1)
    ends = np.arange(0, kept * len(chosen) + 1, kept)
    return csr_matrix((values.ravel(), best.ravel(), ends), shape=near.shape)


def again(histories: Histories) -> csr_matrix:
    """What is bought again: the share of an item's buyers who bought it at more than one moment, on the diagonal.

    Shrunk towards 0 where few bought it; see `Methods.done_with` for what follows from it.
    """
    whole = histories.weights >= 1.0
    rows = np.unique(np.stack([histories.owners()[whole], histories.items[whole], histories.moments[whole]], 1), axis=0)
    pairs, times = np.unique(rows[:, :2], axis=0, return_counts=True)
    buyers = np.bincount(pairs[:, 1], minlength=histories.size)
    twice = np.bincount(pairs[:, 1], weights=times > 1, minlength=histories.size)
    return sparse.diags((twice / (buyers + DOUBT)).astype(np.float32)).tocsr()


def strongest(matrix: csr_matrix, kept: int = KEPT) -> csr_matrix:
    """The `kept` largest entries of each row."""
    entries = matrix.tocoo()
    order = np.lexsort((-entries.data, entries.row))
    rows = entries.row[order]
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=matrix.shape[0]))])
    first = np.arange(len(rows)) - starts[rows] < kept
    at = order[first]
    return csr_matrix((entries.data[at].astype(np.float32), (entries.row[at], entries.col[at])), shape=matrix.shape)


def _normalised(pairs: csr_matrix, own: Floats, power: float, shrink: float) -> csr_matrix:
    """What goes with what, against how often each occurs at all; an item does not go with itself."""
    entries = pairs.tocoo()
    off = entries.row != entries.col
    rows, columns, values = entries.row[off], entries.col[off], entries.data[off]
    scale = np.maximum(own, 0.0) ** power
    return csr_matrix((values / (scale[rows] * scale[columns] + shrink), (rows, columns)), shape=pairs.shape)
