"""Everybody's events in columns, split by time: what was known at a moment, and what was bought next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assistant.taste.fitting import Examples
from assistant.taste.histories import Floats, Histories, Ints
from assistant.taste.popularity import popularity

Days = NDArray[np.float64]


@dataclass(frozen=True)
class Orders:
    """Events by shopper, each shopper's oldest first. What one shopper bought at one time is an order.

    Args:
        items: (events,) rows of the catalogue.
        days: (events,) since the epoch.
        shoppers: (events,) numbers, never falling.
        weights: (events,) a purchase 1, what says less is less.
        size: items of the catalogue.
    """

    items: Ints
    days: Days
    shoppers: Ints
    weights: Floats
    size: int

    def of(self, shoppers: Ints) -> Orders:
        """The events of some shoppers only."""
        kept = np.isin(self.shoppers, shoppers)
        return Orders(self.items[kept], self.days[kept], self.shoppers[kept], self.weights[kept], self.size)

    def before(self, day: float) -> Histories:
        """The history of everybody who did anything before a moment."""
        return self._histories([own[self.days[own] < day] for own in self._each()])

    def next_orders(self, start: float, end: float, sold_to: Orders | None = None) -> tuple[Examples, Days]:
        """Every order from one moment to another, of those who had done something before the first.

        Each with all that the shopper did before it, and what sold up to its morning; the mornings are returned too.

        Args:
            sold_to: whose purchases count as what sells; None: those of these shoppers.
        """
        before, targets, mornings = [], [], []
        for own in self._each():
            days, bought = self.days[own], self.weights[own] >= 1.0
            if days[0] >= start:
                continue
            for moment in np.unique(days[bought & (days >= start) & (days < end)]):
                before.append(own[days < moment])
                targets.append(np.unique(self.items[own[bought & (days == moment)]]))
                mornings.append(np.floor(moment))
        everybody = sold_to or self
        whole, days = everybody.weights >= 1.0, np.array(mornings)
        items, when = everybody.items[whole], everybody.days[whole]

        @lru_cache
        def sold(day: float) -> Mapping[str, Floats]:
            return popularity(items, when, day, self.size)

        def popular(numbers: Ints) -> Mapping[str, Floats]:
            each = [sold(float(day)) for day in days[numbers]]
            return {name: np.concatenate([one[name] for one in each]) for name in each[0]}

        return Examples(self._histories(before), targets, popular), days

    def _each(self) -> list[Ints]:
        """The numbers of each shopper's events."""
        starts = np.flatnonzero(np.diff(self.shoppers, prepend=-1))
        return [part for part in np.split(np.arange(len(self.items)), starts) if len(part)]

    def _histories(self, parts: Sequence[Ints]) -> Histories:
        """Histories of events by number; those of one time are one moment."""
        filled = [part for part in parts if len(part)]
        at = np.concatenate([np.zeros(0, dtype=np.int64), *filled])
        moments = [np.unique(self.days[part], return_inverse=True)[1] for part in filled]
        ends = np.cumsum([0, *map(len, filled)])
        return Histories(
            self.items[at],
            ends,
            np.concatenate([np.zeros(0, dtype=np.int64), *moments]),
            self.weights[at],
            self.size,
        )
