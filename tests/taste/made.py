"""Made-up histories that can be checked by hand or learned in seconds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from assistant.taste.histories import Floats, Histories, Ints
from assistant.taste.sequence import SequenceModel


def rows_of(*lists: list[int]) -> list[Ints]:
    return [np.array(row, dtype=np.int64) for row in lists]


def visits(*shoppers: list[tuple[int, int, float]], size: int) -> Histories:
    """Histories of (item, moment, weight), a list a shopper."""
    flat = [event for row in shoppers for event in row]
    return Histories(
        np.array([item for item, _, _ in flat], dtype=np.int64),
        np.cumsum([0, *map(len, shoppers)]).astype(np.int64),
        np.array([moment for _, moment, _ in flat], dtype=np.int64),
        np.array([weight for _, _, weight in flat], dtype=np.float32),
        size,
    )


def circles(shoppers: int, size: int, length: int = 8, seed: int = 0) -> Histories:
    """Each item is always followed by the next, the last by the first; shoppers begin anywhere."""
    starts = np.random.default_rng(seed).integers(0, size, shoppers)
    return Histories.of([(start + np.arange(length)) % size for start in starts.tolist()], size)


def texts_of(items: int, width: int = 16, seed: int = 0) -> Floats:
    """Unit vectors that are drawn at random."""
    drawn = np.random.default_rng(seed).normal(size=(items, width))
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), dtype=np.float32)


def judge_of_circles(size: int) -> Callable[[SequenceModel], float]:
    """Share of items after which the model holds the next of the circle likeliest."""
    asked = Histories.of([[(item - 2) % size, (item - 1) % size, item] for item in range(size)], size)

    def judge(model: SequenceModel) -> float:
        found = model.scores(asked).argmax(axis=1)
        return float((found == (np.arange(size) + 1) % size).mean())

    return judge
