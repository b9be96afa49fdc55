"""One shopper at a time: how likely each product is next for them, and which of their events that rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy.sparse import csr_matrix

from assistant.taste.files import Kept
from assistant.taste.fitting import Fitted
from assistant.taste.histories import Floats, Histories, Ints
from assistant.taste.methods import FADES, Methods
from assistant.taste.neighbours import Neighbours, alike
from assistant.taste.sequence import SequenceModel

LATEST = 200  # events of a shopper that are read: ten thousand say no more


@dataclass(frozen=True)
class Known:
    """What one shopper did, oldest first.

    Args:
        items: (events,) rows of the catalogue.
        moments: (events,) anything that tells one visit from the next: a time.
        weights: (events,) a purchase 1, what says less is less.
    """

    items: Ints
    moments: Ints
    weights: Floats

    def latest(self) -> Known:
        return Known(self.items[-LATEST:], self.moments[-LATEST:], self.weights[-LATEST:])


class Taste:
    """A trained recommender over the catalogue as it stands now.

    Args:
        kept: as it was trained, over the products that there were then.
        ids: of the products that there are now, in the order of their rows; a new one has a place by its text at once.
        vectors: (items, d) of their texts, of length 1.
    """

    def __init__(self, kept: Kept, ids: Sequence[str], vectors: Floats) -> None:
        self._fitted = aligned(kept, ids, vectors)
        self._size = len(ids)

    def likely(self, known: Known, popular: Mapping[str, Floats]) -> Floats:
        """(items,) from 0 to 1: how likely each is next; what is done with counts as 0.

        Args:
            popular: name → (1, items) what sells; see `popularity`.
        """
        found: Floats = self._scores([known.latest()], popular)[0]
        return found

    def without(self, known: Known, events: Sequence[int], popular: Mapping[str, Floats]) -> Floats:
        """(events, items): the same with each of some events left out, by their places in what is known.

        How much less likely an item is without an event is what the event contributed.
        """
        keep = [np.arange(len(known.items)) != place for place in events]
        left = [Known(known.items[k], known.moments[k], known.weights[k]).latest() for k in keep]
        return self._scores(left, popular)

    def _scores(self, parts: Sequence[Known], popular: Mapping[str, Floats]) -> Floats:
        histories = Histories(
            np.concatenate([part.items for part in parts]),
            np.cumsum([0, *(len(part.items) for part in parts)]),
            np.concatenate([np.unique(part.moments, return_inverse=True)[1] for part in parts]),
            np.concatenate([part.weights for part in parts]).astype(np.float32),
            self._size,
        )
        scores = self._fitted.score(histories, popular)
        scores[self._fitted.methods.done_with(histories)] = 0.0
        return scores


def aligned(kept: Kept, ids: Sequence[str], vectors: Floats) -> Fitted:
    """What was learned, with its rows in the order of another catalogue: nothing is counted of what is new there."""
    place = {key: row for row, key in enumerate(ids)}
    rows = np.array([place.get(key, -1) for key in kept.ids], dtype=np.int64)
    there = rows >= 0
    methods = kept.fitted.methods
    neighbours = {
        name: replace(method, matrix=_moved(method.matrix, rows, len(ids)))
        for name, method in methods.neighbours.items()
        if name != "similar"
    }
    neighbours["similar"] = Neighbours(alike(vectors), FADES["similar"])
    model = methods.sequence
    if model is not None:
        own = torch.zeros(len(ids), model.shape.width)
        own[rows[there]] = model.own.weight.detach()[there]
        moved = SequenceModel(replace(model.shape, items=len(ids)), torch.from_numpy(np.ascontiguousarray(vectors)))
        moved.load_state_dict({**model.state_dict(), "own.weight": own})
        model = moved.eval()
    return replace(kept.fitted, methods=Methods(neighbours, model))


def _moved(matrix: csr_matrix, rows: Ints, size: int) -> csr_matrix:
    """A matrix from item to item with item i at `rows[i]`; what is at -1 is dropped."""
    entries = matrix.tocoo()
    first, second = rows[entries.row], rows[entries.col]
    kept = (first >= 0) & (second >= 0)
    return csr_matrix((entries.data[kept], (first[kept], second[kept])), shape=(size, size))
