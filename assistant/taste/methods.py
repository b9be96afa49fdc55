"""Every method, fitted to one set of histories, and what each makes of a history."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from assistant.taste.histories import Floats, Histories, Ints
from assistant.taste.neighbours import Factors, Nearby, Neighbours, again, ease, factors, following, together

if TYPE_CHECKING:  # torch is slow to import, and an untrained shop needs none
    from assistant.taste.sequence import SequenceModel

FADES = {
    "again": 0.95,
    "itemknn": 0.7,
    "markov": 0.6,
    "ease": 0.7,
    "factors": 0.9,
    "similar": 0.6,
}  # chosen on validation items
T = TypeVar("T")
BY_TEXT = ("similar", "sequence")  # methods that know a new item by its text
BOUGHT_AGAIN = 0.02  # share of an item's buyers who bought it again, from which it may be suggested again


@dataclass(frozen=True)
class Methods:
    """What is learned from histories, by name. Popularity is counted at the moment of asking and handed in.

    Args:
        nearby: by the items' texts, which need no learning.
    """

    neighbours: Mapping[str, Neighbours] = field(default_factory=dict)
    factors: Factors | None = None
    nearby: Nearby | None = None
    sequence: SequenceModel | None = None

    def names(self, popular: Mapping[str, Floats]) -> list[str]:
        """The methods that there are."""
        others = {"factors": self.factors, "similar": self.nearby, "sequence": self.sequence}
        return [*self.neighbours, *(name for name, method in others.items() if method is not None), *popular]

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
        if name == "factors" and self.factors is not None:
            return _scaled(self.factors.scores(histories))
        if name == "similar" and self.nearby is not None:
            return _scaled(self.nearby.scores(histories))
        if name == "sequence" and self.sequence is not None:
            return self.sequence.scores(histories)
        raise KeyError(name)

    def done_with(self, histories: Histories) -> tuple[Ints, Ints]:
        """(shopper, item) of what each has bought and nobody buys again, as two index arrays."""
        done = (histories.weights >= 1.0) & self.once(histories.items)
        return histories.owners()[done], histories.items[done]

    def once(self, items: Ints) -> NDArray[np.bool_]:
        """(items,) which are not bought again, as far as is known."""
        if self._rates is None:
            return np.ones(len(items), dtype=np.bool_)
        rare: NDArray[np.bool_] = self._rates[items] < BOUGHT_AGAIN
        return rare

    @cached_property
    def _rates(self) -> Floats | None:
        """(items,) how many of its buyers bought each again."""
        return self.neighbours["again"].matrix.diagonal() if "again" in self.neighbours else None


def counted(histories: Histories, seconds: MutableMapping[str, float] | None = None) -> Methods:
    """The methods that count, and need no training: seconds for thousands of items.

    Args:
        seconds: takes up how long each took.
    """
    took = {} if seconds is None else seconds

    def timed(name: str, build: Callable[[], T]) -> T:
        started = time.perf_counter()
        built = build()
        took[name] = time.perf_counter() - started
        return built

    builders: Mapping[str, Callable[[], csr_matrix]] = {
        "again": lambda: again(histories),
        "itemknn": lambda: together(histories),
        "markov": lambda: following(histories),
        "ease": lambda: ease(histories),
    }
    neighbours = {name: Neighbours(timed(name, build), FADES[name]) for name, build in builders.items()}
    return Methods(neighbours, timed("factors", lambda: factors(histories, FADES["factors"])))


def _scaled(scores: Floats) -> Floats:
    """Divided by the largest of each row."""
    scaled: Floats = scores / np.maximum(scores.max(axis=1, keepdims=True), 1e-9)
    return scaled
