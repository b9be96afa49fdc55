"""A share of counts, and how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from scipy.stats import binomtest

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of`. Of nothing there is no share: `value` and `interval` are None."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """From 0 to 1."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95% interval of Wilson (1927) for independent trials, each end from 0 to 1."""
        if not self.of:
            return None
        found = binomtest(self.count, self.of).proportion_ci(method="wilson")
        return float(found.low), float(found.high)


def share(holds: Iterable[bool]) -> Share:
    """How many of them are true.

    >>> share([True, False, True])
    Share(count=2, of=3)
    """
    listed = list(holds)
    return Share(sum(listed), len(listed))


def shares_by(items: Iterable[T], keys: Callable[[T], Iterable[K]], holds: Callable[[T], bool]) -> dict[K, Share]:
    """The share of the items for which something holds, for each key; an item may have several keys, or none.

    Returns:
        key → share, that of the most items first.
    """
    found: dict[K, list[bool]] = {}
    for item in items:
        for key in dict.fromkeys(keys(item)):
            found.setdefault(key, []).append(holds(item))
    return {key: share(found[key]) for key in sorted(found, key=lambda key: (-len(found[key]), str(key)))}
