"""Where the marks of the report's plots are: per cent of the width, so that the page scales a plot and not its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

import numpy as np

DOTS = 200  # of a strip; more are thinned out evenly by rank
SPREAD = 5  # heights at which the dots of a strip lie, so that they do not cover each other


@dataclass(frozen=True)
class Axis:
    """A linear axis from 0. `ticks` are values."""

    end: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """Per cent of the width."""
        return round(100 * value / self.end, 2)


@dataclass(frozen=True)
class Strip:
    """Values of one kind: a dot each, and a box from the lower to the upper quartile with the median in it."""

    label: str
    count: int
    low: float
    median: float
    high: float
    p95: float
    end: float
    dots: tuple[tuple[float, int], ...]  # value, height from 0


def axis(end: float) -> Axis:
    """An axis with 3 to 6 round ticks, whose last is `end` or just above it.

    >>> axis(4.1).ticks
    (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)
    """
    if end <= 0:
        return Axis(1.0, (0.0, 1.0))
    power = 10.0 ** floor(log10(end))
    step = next(power * part for part in (0.2, 0.5, 1, 2) if end / (power * part) <= 5)
    count = ceil(round(end / step, 9))
    return Axis(count * step, tuple(round(step * place, 10) for place in range(count + 1)))


def strip(label: str, values: Sequence[float]) -> Strip | None:
    """The strip of ascending values; None of none."""
    if not values:
        return None
    low, median, high, p95 = (float(q) for q in np.percentile(values, [25, 50, 75, 95]))
    ranks = np.unique(np.linspace(0, len(values) - 1, min(DOTS, len(values))).round().astype(int))
    dots = tuple((values[rank], place * 2 % SPREAD) for place, rank in enumerate(ranks))
    return Strip(label, len(values), low, median, high, p95, values[-1], dots)


def time_plot(timings: Mapping[str, Sequence[float]]) -> dict[str, Any] | None:
    """`strips` over one `axis`; None where nothing was timed."""
    strips = [found for label, values in timings.items() if (found := strip(label, values))]
    if not strips:
        return None
    return {"strips": strips, "axis": axis(max(one.end for one in strips))}


def token_plot(turns: Mapping[int, Mapping[str, float]]) -> dict[str, Any] | None:
    """`turns` as they are over one `axis`; None where no model was called."""
    if not turns:
        return None
    return {
        "turns": turns,
        "axis": axis(max(one["cached"] + one["fresh"] + one["completion"] for one in turns.values())),
    }
