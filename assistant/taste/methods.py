"""Every method, fitted to one set of histories, and what each makes of a history."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass

import numpy as np
import torch
from scipy.sparse import csr_matrix

from assistant.taste.histories import Floats, Histories, Ints
from assistant.taste.neighbours import Neighbours, again, alike, ease, following, together
from assistant.taste.sequence import SequenceModel

FADES = {"again": 0.7, "itemknn": 0.7, "markov": 0.6, "ease": 0.7, "similar": 0.6}  # chosen on validation items
BOUGHT_AGAIN = 0.02  # share of an item's buyers who bought it again, from which it may be suggested again


@dataclass(frozen=True)
class Methods:
    """What is learned from histories, by name. Popularity is counted at the moment of asking and handed in."""

    neighbours: Mapping[str, Neighbours]
    sequence: SequenceModel | None = None

    def names(self, popular: Mapping[str, Floats]) -> list[str]:
        """The methods that there are."""
        return [*self.neighbours, *(["sequence"] if self.sequence is not None else []), *popular]

    def scores(self, histories: Histories, popular: Mapping[str, Floats]) -> dict[str, Floats]:
        """What each method makes of each history; see `alone`."""
        return {name: self.alone(name, histories, popular) for name in self.names(popular)}

    def alone(self, name: str, histories: Histories, popular: Mapping[str, Floats]) -> Floats:
        """(shoppers, items) from 0 to 1: 1 for what the method holds most likely for a shopper.

        Args:
            popular: name → (1 or shoppers, items), not yet scaled.
        """
        if name in self.neighbours:
            return _scaled(self.neighbours[name].scores(histories))
        if name in popular:
            return np.repeat(_scaled(popular[name]), len(histories) // len(popular[name]), 0)
        if self.sequence is None:
            raise KeyError(name)
        return sequence_scores(self.sequence, histories)

    def done_with(self, histories: Histories) -> tuple[Ints, Ints]:
        """(shopper, item) of what each has bought and nobody buys again, as two index arrays."""
        rates = self.neighbours["again"].matrix.diagonal() if "again" in self.neighbours else np.zeros(histories.size)
        done = (histories.weights >= 1.0) & (rates[histories.items] < BOUGHT_AGAIN)
        return histories.owners()[done], histories.items[done]


def counted(
    histories: Histories, vectors: Floats, seconds: MutableMapping[str, float] | None = None
) -> dict[str, Neighbours]:
    """The methods that count, all but the sequence model: seconds for thousands of items.

    Args:
        vectors: (items, d) of the items' texts, of length 1.
        seconds: takes up how long each took.
    """
    builders: Mapping[str, Callable[[], csr_matrix]] = {
        "again": lambda: again(histories),
        "itemknn": lambda: together(histories),
        "markov": lambda: following(histories),
        "ease": lambda: ease(histories),
        "similar": lambda: alike(vectors),
    }
    found = {}
    for name, build in builders.items():
        started = time.perf_counter()
        found[name] = Neighbours(build(), FADES[name])
        if seconds is not None:
            seconds[name] = time.perf_counter() - started
    return found


@torch.inference_mode()
def sequence_scores(model: SequenceModel, histories: Histories) -> Floats:
    """(shoppers, items): the model's probability of each item, against that of the likeliest; 0 without a history."""
    if model.training:
        model.eval()
    found = np.zeros((len(histories), histories.size), dtype=np.float32)
    some = np.flatnonzero(np.diff(histories.ends))
    if len(some):
        logits = model.likely(model(padded(histories.take(some), model.shape.length))[:, -1])
        found[some] = (logits - logits.amax(dim=1, keepdim=True)).exp().numpy()
    return found


def padded(histories: Histories, length: int) -> torch.Tensor:
    """(shoppers, length or less) the latest items of each, oldest first, padded in front with -1."""
    lengths = np.minimum(np.diff(histories.ends), length)
    width = max(int(lengths.max(initial=1)), 1)
    rows = np.full((len(histories), width), -1, dtype=np.int64)
    at = np.arange(width)[None] - (width - lengths[:, None])
    place = histories.ends[1:, None] - lengths[:, None] + at
    rows[at >= 0] = histories.items[place[at >= 0]]
    return torch.from_numpy(rows)


def _scaled(scores: Floats) -> Floats:
    """Divided by the largest of each row."""
    scaled: Floats = scores / np.maximum(scores.max(axis=1, keepdims=True), 1e-9)
    return scaled
