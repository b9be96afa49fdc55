"""What sells: counts of purchases, older ones weighing less. Counted, never trained: it is as fresh as its input."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from assistant.taste.histories import Floats, Ints

# In days. How they differ is what comes into fashion and what goes out.
HALF_LIVES = {"popular": 7.0, "lasting": 30.0, "ever": 120.0}


def popularity(items: Ints, days: NDArray[np.float64], at: float, size: int) -> Mapping[str, Floats]:
    """Each kind of popularity at a moment, shape (1, size).

    Args:
        items: (events,) rows of what was bought.
        days: (events,) when, in days since any epoch. What came after `at` does not count.
    """
    known = days <= at
    ages = at - days[known]
    return {
        name: np.bincount(items[known], weights=0.5 ** (ages / half), minlength=size).astype(np.float32)[None]
        for name, half in HALF_LIVES.items()
    }


def counts(items: Ints, size: int) -> Mapping[str, Floats]:
    """Popularity where no times are known: how often each item was bought, shape (1, size)."""
    return {"popular": np.bincount(items, minlength=size).astype(np.float32)[None]}
