"""What sells."""

import numpy as np
import pytest

from assistant.taste.popularity import HALF_LIVES, counts, popularity


@pytest.mark.parametrize("name", HALF_LIVES)
def test_a_purchase_counts_half_after_a_half_life(name: str):
    half = HALF_LIVES[name]
    found = popularity(np.array([0, 1, 2, 2]), np.array([100.0, 100.0 - half, 100.0 - 2 * half, 100.0]), 100.0, 4)
    assert found[name].shape == (1, 4)
    assert found[name][0] == pytest.approx([1.0, 0.5, 1.25, 0.0])


def test_what_came_after_the_moment_does_not_count():
    items, days = np.array([0, 1, 1, 1]), np.array([5.0, 10.0, 10.001, 400.0])
    found, known = popularity(items, days, 10.0, 2), popularity(items[:2], days[:2], 10.0, 2)
    for name in HALF_LIVES:
        assert found[name].tolist() == known[name].tolist()
        assert found[name][0, 1] == 1.0


def test_where_nothing_was_bought_nothing_is_popular():
    for scores in popularity(np.array([], dtype=np.int64), np.array([]), 3.0, 2).values():
        assert scores.tolist() == [[0.0, 0.0]]


def test_without_times_purchases_are_counted():
    assert counts(np.array([2, 0, 2]), 4)["popular"].tolist() == [[1.0, 0.0, 2.0, 0.0]]
