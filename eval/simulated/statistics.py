"""What two arms differ by, over the same simulated shoppers: paired bootstrap, McNemar's exact test, sign flips."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from eval.balance.intervals import interval

Values = NDArray[np.float64]
FLIPS = 9_999


def gain(a: Sequence[float], b: Sequence[float], *, fewer: bool = False) -> dict[str, Any]:
    """How much better the mean of b is than that of a, as a share of a's mean, with its 95 % interval and p.

    Args:
        a, b: a figure of each shopper, in the same order.
        fewer: less is better.
    """
    one, two = np.array(a, dtype=np.float64), np.array(b, dtype=np.float64)
    sign = -1.0 if fewer else 1.0

    def change(drawn: NDArray[np.int64]) -> float | None:
        before = float(one[drawn].mean())
        return sign * (float(two[drawn].mean()) - before) / before + 0.0 if before else None  # no -0

    return {
        "relative": _rounded(change(np.arange(len(one)))) if len(one) else None,
        "interval": interval(change, len(one)),
        "p": flipped(one, two),
    }


def mcnemar(a: Sequence[bool], b: Sequence[bool]) -> dict[str, Any]:
    """McNemar's exact test: of the shoppers for whom the arms differ, are as many better off in one as in the other?"""
    only_a = sum(x and not y for x, y in zip(a, b, strict=True))
    only_b = sum(y and not x for x, y in zip(a, b, strict=True))
    p = float(binomtest(only_b, only_a + only_b).pvalue) if only_a + only_b else 1.0
    return {"only_a": only_a, "only_b": only_b, "p": _rounded(p, 6)}


def flipped(a: Values, b: Values) -> float | None:
    """p of the mean difference, two-sided, where each shopper's arms may as well be the other way round."""
    differing = (b - a)[a != b]
    if not len(differing):
        return 1.0 if len(a) else None
    signs = np.random.default_rng(0).integers(0, 2, (FLIPS, len(differing)), dtype=np.int8) * 2 - 1
    as_large = np.abs(signs @ differing) >= abs(differing.sum()) - 1e-9
    return _rounded((1 + int(as_large.sum())) / (1 + FLIPS), 6)


def mean_interval(values: Sequence[float]) -> dict[str, Any]:
    """A mean with its 95 % interval."""
    held = np.array(values, dtype=np.float64)
    return {
        "mean": _rounded(float(held.mean())) if len(held) else None,
        "interval": interval(lambda drawn: float(held[drawn].mean()), len(held)),
    }


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)
