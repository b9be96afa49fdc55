"""Whether shoppers are told the same, and shown the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from eval.balance.intervals import Drawn, interval

ROUNDS = 200  # of the bootstrap, each of which compares all anew

Key = tuple[str, ...]
Lists = Mapping[str, Mapping[str, Sequence[str]]]  # script → shopper → what they were shown, in order


@dataclass(frozen=True)
class Compared:
    """Values of the same things by shopper, as numbers.

    Args:
        table: (things, shoppers) which value each was told; -1 where it was not told.
    """

    table: NDArray[np.int64]

    @classmethod
    def of(cls, told: Sequence[tuple[str, Mapping[Key, str]]]) -> Compared:
        """From (shopper, what → value), any number of a shopper."""
        columns = {shopper: n for n, shopper in enumerate(dict.fromkeys(shopper for shopper, _ in told))}
        rows: dict[Key, dict[int, str]] = {}
        for shopper, values in told:
            for key, value in values.items():
                rows.setdefault(key, {})[columns[shopper]] = value
        table = np.full((len(rows), len(columns)), -1, dtype=np.int64)
        for place, held in enumerate(rows.values()):
            numbers = {value: n for n, value in enumerate(dict.fromkeys(held.values()))}
            for column, value in held.items():
                table[place, column] = numbers[value]
        return cls(table)

    def things(self) -> int:
        """How many things two shoppers or more were told."""
        return int(((self.table >= 0).sum(axis=1) > 1).sum())

    def identical(self, drawn: Drawn | None = None) -> float | None:
        """The share of the things which two or more were told, of which all were told the same; of all or some shoppers."""
        table = self.table if drawn is None else self.table[:, np.unique(drawn)]
        table = table[(table >= 0).sum(axis=1) > 1]
        if not len(table):
            return None
        least = np.where(table >= 0, table, np.iinfo(np.int64).max).min(axis=1)
        return float((table.max(axis=1) == least).mean())

    def interval(self) -> list[float] | None:
        return interval(self.identical, self.table.shape[1], rounds=ROUNDS)


def lists_differ(lists: Lists, among: Collection[str] | None = None) -> float | None:
    """The share of pairs of shoppers who get different lists, over scripts; of all shoppers, or among some."""
    held = [[tuple(v) for who, v in by.items() if among is None or who in among] for by in lists.values()]
    pairs = [one != other for by in held for one, other in combinations(by, 2)]
    return sum(pairs) / len(pairs) if pairs else None


def lists_interval(lists: Lists) -> list[float] | None:
    who = sorted({shopper for by in lists.values() for shopper in by})
    return interval(lambda drawn: lists_differ(lists, {who[n] for n in drawn.tolist()}), len(who), rounds=ROUNDS)


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
