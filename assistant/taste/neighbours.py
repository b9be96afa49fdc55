"""Which items go with which: matrices from item to item, one way to score with any of them.

A matrix (items, items) holds in row i how much having i speaks for each other item. A history's scores are its weights
times the matrix. Rows keep their strongest `KEPT` entries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import svds

from assistant.taste.histories import FAINT, Floats, Histories, Ints

KEPT = 200
SHARP = 0.1
BLOCK = 256  # items whose neighbours by text are looked up at once
DOUBT = 5  # buyers who are added that did not buy again
DENSE = 15_000  # items up to which EASE is fitted: its matrix is dense (0.9 GB, a minute on two cores)


@dataclass(frozen=True)
class Neighbours:
    """A matrix from item to item, and how fast a history fades before it."""

    matrix: csr_matrix
    fade: float

    def scores(self, histories: Histories) -> Floats:
        """(shoppers, items): how much each history speaks for each item; 0 where it says nothing."""
        return _spread(histories.weighted(self.fade), self.matrix)


class Nearby:
    """Title similarity: a history speaks for what has a text like those of its items, by `nearness`.

    What is near an item is looked up when a history first has it, and kept: a large catalogue costs nothing at start.

    Args:
        vectors: (items, d) of the items' texts, of length 1.
        itself: whether an event speaks for its own item too, as much as for the nearest other.
    """

    def __init__(self, vectors: Floats, fade: float, itself: bool = False) -> None:
        kept = min(KEPT, len(vectors))
        self.vectors = vectors
        self.fade = fade
        self.itself = itself
        self._columns = np.empty((len(vectors), kept), dtype=np.int32)
        self._values = np.empty((len(vectors), kept), dtype=np.float32)
        self._known = np.zeros(len(vectors), dtype=np.bool_)

    def scores(self, histories: Histories) -> Floats:
        """(shoppers, items): how near each item is to each history; 0 where it says nothing."""
        weights = histories.weighted(self.fade)
        items = np.unique(weights.indices)
        self._look_up(items[~self._known[items]])
        ends = np.arange(len(items) + 1) * self._columns.shape[1]
        near = (self._values[items].ravel(), self._columns[items].ravel(), ends)
        found = _spread(weights[:, items], csr_matrix(near, shape=(len(items), histories.size)))
        if not self.itself:
            return found
        own: Floats = weights.toarray()
        top = found.max(axis=1, keepdims=True) / np.maximum(own.max(axis=1, keepdims=True), FAINT)
        return np.asarray(np.maximum(found, own * top), dtype=np.float32)

    def _look_up(self, items: Ints) -> None:
        for start in range(0, len(items), BLOCK):
            part = items[start : start + BLOCK]
            self._columns[part], self._values[part] = nearness(self.vectors, part)
            self._known[part] = True


def _spread(weights: csr_matrix, matrix: csr_matrix) -> Floats:
    """The product of the two as a dense array, (rows, items). For the few entries of one history several times as fast as
    scipy's."""
    counts = np.diff(matrix.indptr)[weights.indices]
    ends = np.cumsum(counts)
    at = np.repeat(matrix.indptr[weights.indices] - ends + counts, counts) + np.arange(counts.sum())
    owners = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
    places = np.repeat(owners * matrix.shape[1], counts) + matrix.indices[at]
    values = np.repeat(weights.data, counts) * matrix.data[at]
    size = weights.shape[0] * matrix.shape[1]
    found: Floats = np.bincount(places, values, minlength=size).astype(np.float32)
    return found.reshape(weights.shape[0], matrix.shape[1])


def together(histories: Histories, *, power: float = 0.5, shrink: float = 10.0) -> csr_matrix:
    """ItemKNN: how often two items are with the same shopper, against how often each is bought at all.

    Cosine of item columns, shoppers weighed by the inverse of how much they bought (Breese et al., UAI 1998), shrunk
    towards 0 where there is little evidence.
    """
    bought = histories.held()
    counts = np.asarray((bought > 0).sum(axis=1)).ravel()
    users = np.log(1.0 + len(counts) / np.maximum(counts, 1.0)) / np.log(1.0 + len(counts))
    pairs = (bought.T @ bought.multiply(users[:, None])).tocsr()
    return strongest(_normalised(pairs, pairs.diagonal(), power, shrink))


def following(histories: Histories, *, reach: int = 3, power: float = 0.5, shrink: float = 5.0) -> csr_matrix:
    """Markov: how often an item comes at one of the next `reach` visits after another; each visit further counts half.

    The order of the lines within one order tells nothing.
    """
    numbers = histories.visits()
    first = np.flatnonzero(np.diff(numbers, prepend=-1))
    owners, total = histories.owners()[first], csr_matrix((histories.size, histories.size), dtype=np.float32)
    visits = csr_matrix((histories.weights, (numbers, histories.items)), shape=(len(first), histories.size))
    for gap in range(1, min(reach, len(first) - 1) + 1):
        same = np.flatnonzero(owners[gap:] == owners[:-gap])
        total = total + 0.5 ** (gap - 1) * (visits[same].T @ visits[same + gap])
    ends = np.asarray(total.sum(axis=0)).ravel() + np.asarray(total.sum(axis=1)).ravel()
    return strongest(_normalised(total.tocsr(), ends, power, shrink))


def ease(histories: Histories, *, penalty: float = 100.0) -> csr_matrix:
    """EASE (Steck, WWW 2019): the linear model from items to items with the best squared error, in closed form.

    Its matrix of the items that were bought is dense: up to `DENSE` of them, those bought most, have a place in it.
    """
    bought = histories.held()
    counts = np.asarray(bought.sum(axis=0)).ravel()
    seen = np.sort(np.argsort(-counts, kind="stable")[: min(DENSE, int(np.count_nonzero(counts)))])
    if not len(seen):
        return csr_matrix((histories.size, histories.size), dtype=np.float32)
    import torch  # slow to import, and the rest needs none

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


def nearness(vectors: Floats, items: Sequence[int] | Ints) -> tuple[Ints, Floats]:
    """The `KEPT` items whose texts are closest to those of some, and how close each is, from 0 to 1: in no order, both
    of shape (some, kept). An item is not near itself.

    Args:
        vectors: (items, d) of length 1.
    """
    chosen = np.asarray(items, dtype=np.int64)
    cosines = vectors[chosen] @ vectors.T
    cosines[np.arange(len(chosen)), chosen] = -np.inf
    kept = min(KEPT, cosines.shape[1])
    best = np.argpartition(-cosines, kept - 1, axis=1)[:, :kept]
    return best, sharpened(np.take_along_axis(cosines, best, axis=1))


def sharpened(cosines: Floats) -> Floats:
    """How near texts are by their cosines, from 0 to 1: what is merely of the same kind counts little.

    The constant was chosen by NDCG@10 on the validation items of the Scientific set (1.0, 0.1 and 0.05 tried).
    """
    found: Floats = np.exp((cosines - 1.0) / SHARP)
    return found


@dataclass(frozen=True)
class Factors:
    """What goes with what through a few tastes that shoppers share: it speaks for the rare too, of which no two were ever
    bought together.

    PureSVD (Cremonesi et al., RecSys 2010) of the purchases, each against how much its shopper bought and how often its
    item is bought.

    Args:
        matrix: (items, factors) the leading singular vectors.
        often: (items,) the square root of how many bought each; 0 of what nobody bought.
        fade: as of `Neighbours`.
    """

    matrix: Floats
    often: Floats
    fade: float

    def scores(self, histories: Histories) -> Floats:
        """(shoppers, items): how much each history speaks for each item, from 0."""
        tastes = histories.weighted(self.fade) @ self._from_items
        found: Floats = np.maximum(tastes @ self._to_items, 0.0)
        return found

    @cached_property
    def _from_items(self) -> Floats:
        return self.matrix * np.divide(1.0, self.often, out=np.zeros_like(self.often), where=self.often > 0)[:, None]

    @cached_property
    def _to_items(self) -> Floats:
        return np.ascontiguousarray((self.matrix * self.often[:, None]).T)


def factors(histories: Histories, fade: float, *, rank: int = 64) -> Factors | None:
    """The factors of some histories; None where there are too few of them."""
    bought = histories.held()
    shoppers, items = (np.asarray((bought > 0).sum(axis=axis), dtype=np.float32).ravel() for axis in (1, 0))
    if min(np.count_nonzero(shoppers), np.count_nonzero(items)) <= rank:
        return None
    scaled = sparse.diags(_inverse_root(shoppers)) @ bought @ sparse.diags(_inverse_root(items))
    start = np.random.default_rng(0).normal(size=min(scaled.shape))
    right = svds(scaled.astype(np.float32), k=rank, v0=start, return_singular_vectors="vh")[2]
    return Factors(np.ascontiguousarray(right.T, dtype=np.float32), np.sqrt(items), fade)


def _inverse_root(counts: Floats) -> Floats:
    found: Floats = np.divide(1.0, np.sqrt(counts), out=np.zeros_like(counts), where=counts > 0)
    return found


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
