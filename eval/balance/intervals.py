"""Confidence intervals: the percentile bootstrap, over shoppers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

ROUNDS = 1_000
COVERED = (2.5, 97.5)  # percentiles: of a hundred such intervals, 95 hold what they are about

Drawn = NDArray[np.int64]


def interval(statistic: Callable[[Drawn], float | None], size: int, *, rounds: int = ROUNDS) -> list[float] | None:
    """[low, high] of a statistic where the shoppers that it rests on are drawn anew, with repetition.

    Args:
        statistic: of the numbers of the shoppers drawn; None where it is not defined for them, which is left out.
        size: how many shoppers there are.
    """
    if size < 2:
        return None
    rng = np.random.default_rng(0)
    found = [statistic(rng.integers(0, size, size)) for _ in range(rounds)]
    values = [value for value in found if value is not None]
    if not values:
        return None
    low, high = np.percentile(values, COVERED)
    return [round(float(low), 4), round(float(high), 4)]
