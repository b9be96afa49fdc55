"""One shopper at a time: how likely each product is next for them, and which of their events that rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.taste.blend import UNTRAINED
from assistant.taste.fitted import Fitted
from assistant.taste.histories import Floats, Histories, Ints
from assistant.taste.methods import FADES, Methods
from assistant.taste.neighbours import Nearby

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

    def without(self, item: int) -> Known:
        """All but the events with one item: who looked at a thing, put it in the cart and bought it, wanted it once."""
        keep = self.items != item
        return Known(self.items[keep], self.moments[keep], self.weights[keep])


def untrained(vectors: Floats) -> Fitted:
    """For a shop with too few events to learn from: what is like a shopper's own, and a little of what sells.

    What was looked at and not bought is as likely as what is most like it.

    Args:
        vectors: (items, d) of the items' texts, of length 1.
    """
    return Fitted(Methods(nearby=Nearby(vectors, FADES["similar"], itself=True)), UNTRAINED)


class Taste:
    """A recommender asked for one shopper.

    Args:
        size: items of the catalogue.
    """

    def __init__(self, fitted: Fitted, size: int) -> None:
        self._fitted = fitted
        self._size = size

    def likely(self, known: Known, popular: Mapping[str, Floats]) -> Floats:
        """(items,) how likely each is next: they add up to 1, and what is done with counts as 0.

        Args:
            popular: name → (1, items) what sells; see `popularity`.
        """
        found: Floats = _softmax(self._logits([known], popular))[0]
        return found

    def without(self, known: Known, left_out: Sequence[int], popular: Mapping[str, Floats]) -> Floats:
        """(left out, items): the same where what was done with each of some items is left out.

        How much less likely an item is then is what that contributed.
        """
        return _softmax(self._logits([known.without(item) for item in left_out], popular))

    def done_with(self, items: Ints) -> NDArray[np.bool_]:
        """(items,) which of some that were bought nobody buys again."""
        return self._fitted.methods.once(items)

    def _logits(self, parts: Sequence[Known], popular: Mapping[str, Floats]) -> Floats:
        parts = [part.latest() for part in parts]
        histories = Histories(
            np.concatenate([part.items for part in parts]),
            np.cumsum([0, *(len(part.items) for part in parts)]),
            np.concatenate([np.unique(part.moments, return_inverse=True)[1] for part in parts]),
            np.concatenate([part.weights for part in parts]).astype(np.float32),
            self._size,
        )
        with _alone(self._fitted.methods):
            logits = self._fitted.score(histories, popular)
        logits[self._fitted.methods.done_with(histories)] = -np.inf
        return logits


def _softmax(logits: Floats) -> Floats:
    """Likelihoods, row by row; 0 where nothing is left to be likely."""
    top = logits.max(axis=1, keepdims=True, initial=-np.inf)
    shares = np.exp(logits - np.where(np.isfinite(top), top, 0.0))
    found: Floats = shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-30)
    return found


@contextmanager
def _alone(methods: Methods) -> Iterator[None]:
    """One thread for torch: for so little work several wait for each other, a hundred times longer on a busy machine."""
    if methods.sequence is None:
        yield
        return
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
