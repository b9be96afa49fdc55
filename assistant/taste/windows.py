"""Pieces of histories to learn from: what was known at each event, and what was bought at the next visit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from assistant.taste.histories import Histories, Ints


class Windows:
    """Each history in pieces of at most `length` events, from its end.

    What an event teaches is drawn from all that the shopper bought at the next visit with a purchase: the order of the lines
    within one order tells nothing. Events after which nothing was bought teach nothing, and are left out.
    """

    def __init__(self, histories: Histories, length: int) -> None:
        self._items = histories.items
        self._bought, self._first, self._last = _next_purchases(histories)
        taught = self._first < self._last  # those of a shopper are the first of their events
        counts = np.bincount(histories.owners()[taught], minlength=len(histories))
        self._pieces = [
            (max(int(start), end - length), end)
            for start, count in zip(histories.ends[:-1], counts, strict=True)
            for end in range(int(start + count), int(start), -length)
        ]

    def __len__(self) -> int:
        return len(self._pieces)

    def batches(self, size: int, rng: np.random.Generator) -> list[list[int]]:
        """Numbers of windows in random batches of like lengths, so that little of a batch is padding."""
        lengths = [end - start for start, end in self._pieces]
        order = rng.permutation(len(self))
        batches: list[list[int]] = []
        for start in range(0, len(order), 20 * size):
            block = sorted(order[start : start + 20 * size].tolist(), key=lengths.__getitem__)
            batches += [block[at : at + size] for at in range(0, len(block), size)]
        return [batches[n] for n in rng.permutation(len(batches))]

    def stacked(self, share: Sequence[int], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """(share, width) rows of items, oldest first, padded in front with -1; and for each event an item that was bought
        at the next visit, drawn anew each time."""
        pieces = [self._pieces[number] for number in share]
        width = max((end - start for start, end in pieces), default=0)
        before = np.full((len(pieces), width), -1, dtype=np.int64)
        after = before.copy()
        for row, (start, end) in enumerate(pieces):
            drawn = rng.integers(self._first[start:end], self._last[start:end])
            before[row, width - (end - start) :] = self._items[start:end]
            after[row, width - (end - start) :] = self._items[self._bought[drawn]]
        return torch.from_numpy(before), torch.from_numpy(after)


def _next_purchases(histories: Histories) -> tuple[Ints, Ints, Ints]:
    """The numbers of all purchases; and for each event, from where to where in them the shopper's next visit with a purchase
    lies. An empty range where nothing was bought later."""
    owners, visits = histories.owners(), histories.visits()
    bought = np.flatnonzero(histories.weights >= 1.0)
    first = np.searchsorted(visits[bought], visits, side="right")
    reached = np.append(bought, len(owners))[first]  # the next purchase of anybody
    same = np.append(owners, -1)[reached] == owners
    last = np.searchsorted(visits[bought], np.append(visits, visits[-1:] if len(visits) else 0)[reached], side="right")
    return bought, first, np.where(same, last, first)
