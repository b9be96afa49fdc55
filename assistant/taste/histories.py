"""Histories as numbers: what each shopper did, oldest first, with items as rows of a catalogue.

No shopper's id is kept here, nor in anything that is made from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
FAINT = 1e-4


@dataclass(frozen=True)
class Histories:
    """The events of many shoppers in flat arrays, each shopper's oldest first.

    Args:
        items: (events,) rows of the catalogue, from 0.
        ends: (shoppers + 1,) shopper s has the events from `ends[s]` up to `ends[s + 1]`.
        moments: (events,) which of the shopper's visits an event belongs to, from 0, never falling: what is bought in
            one order is one moment.
        weights: (events,) how much an event says by its kind: a purchase 1, a look less.
        size: how many items the catalogue has.
    """

    items: Ints
    ends: Ints
    moments: Ints
    weights: Floats
    size: int

    def __len__(self) -> int:
        return len(self.ends) - 1

    @classmethod
    def of(cls, rows: Iterable[Sequence[int]], size: int) -> Histories:
        """Histories of purchases in time order, each a moment of its own.

        >>> Histories.of([[3, 1], [2]], 4).weighted(0.5).toarray().tolist()
        [[0.0, 1.0, 0.0, 0.5], [0.0, 0.0, 1.0, 0.0]]
        """
        kept = [np.asarray(row, dtype=np.int64) for row in rows]
        lengths = np.array([len(row) for row in kept], dtype=np.int64)
        items = np.concatenate(kept) if kept else np.zeros(0, dtype=np.int64)
        moments = np.concatenate([np.arange(n) for n in lengths]) if kept else np.zeros(0, dtype=np.int64)
        ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return cls(items, ends, moments.astype(np.int64), np.ones(len(items), dtype=np.float32), size)

    def row(self, shopper: int) -> Ints:
        """One shopper's items, oldest first."""
        return self.items[self.ends[shopper] : self.ends[shopper + 1]]

    def take(self, shoppers: Sequence[int] | Ints) -> Histories:
        """The histories of some shoppers, in the order given."""
        chosen = np.asarray(shoppers, dtype=np.int64)
        lengths = self.ends[chosen + 1] - self.ends[chosen]
        ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        at = np.repeat(self.ends[chosen] - ends[:-1], lengths) + np.arange(ends[-1])
        return Histories(self.items[at], ends, self.moments[at], self.weights[at], self.size)

    def owners(self) -> Ints:
        """(events,) whose each event is."""
        return np.repeat(np.arange(len(self)), np.diff(self.ends))

    def visits(self) -> Ints:
        """(events,) a number for each visit of each shopper, from 0, rising through all events."""
        owners = self.owners()
        new = np.ones(len(owners), dtype=np.int64)
        new[1:] = (owners[1:] != owners[:-1]) | (self.moments[1:] != self.moments[:-1])
        return np.cumsum(new) - 1

    def later(self) -> Ints:
        """(events,) how many moments of the same shopper came after each event's; 0 for the last."""
        lengths = np.diff(self.ends)
        last = np.zeros(len(self), dtype=np.int64)
        filled = lengths > 0
        last[filled] = self.moments[self.ends[1:][filled] - 1]
        return np.repeat(last, lengths) - self.moments

    def weighted(self, fade: float) -> csr_matrix:
        """(shoppers, size): the weight of each item to each shopper; each later moment multiplies by `fade`.

        Of several events with an item at one moment the heaviest counts; what comes again at another counts again. What is
        fainter than `FAINT` is left out: it changes no order, and most of a long history is.
        """
        one, owners, later = self._once_a_visit
        values = self.weights[one] * np.float32(fade) ** later
        telling = values >= FAINT
        ends = np.concatenate([[0], np.cumsum(np.bincount(owners[telling], minlength=len(self)))])
        return csr_matrix((values[telling], self.items[one[telling]], ends), shape=(len(self), self.size))

    @cached_property
    def _once_a_visit(self) -> tuple[Ints, Ints, Floats]:
        """The heaviest event with each item of each visit, in the visits' order; whose it is; how many moments came after."""
        one = self._heaviest(self.visits())
        return one, self.owners()[one], self.later()[one].astype(np.float32)

    def held(self) -> csr_matrix:
        """(shoppers, size): the weight of the heaviest event of each shopper with each item."""
        one = self._heaviest(self.owners())
        return csr_matrix((self.weights[one], (self.owners()[one], self.items[one])), shape=(len(self), self.size))

    def _heaviest(self, group: Ints) -> Ints:
        """The number of the heaviest event with each item, of each group of events."""
        order = np.lexsort((-self.weights, self.items, group))
        groups, items = group[order], self.items[order]
        first = np.ones(len(order), dtype=np.bool_)
        first[1:] = (groups[1:] != groups[:-1]) | (items[1:] != items[:-1])
        return order[first]
