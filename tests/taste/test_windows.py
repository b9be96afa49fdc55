"""Pieces of histories, and what was bought at the next visit."""

import numpy as np
import pytest

from assistant.taste.histories import Histories
from assistant.taste.windows import Windows
from tests.taste.made import circles, visits


def taught(histories: Histories, length: int, times: int = 1) -> set[tuple[int, int]]:
    """Every pair of an event's item and one that was drawn for it."""
    windows, rng = Windows(histories, length), np.random.default_rng(0)
    pairs = set()
    for _ in range(times):
        before, after = windows.stacked(range(len(windows)), rng)
        pairs |= set(zip(before.flatten().tolist(), after.flatten().tolist(), strict=True))
    return {pair for pair in pairs if pair[0] >= 0}


def test_every_step_of_a_history_is_taught_once():
    rows = [list(range(20)), [20], [], [21, 22]]
    windows = Windows(Histories.of(rows, 30), 6)
    before, after = windows.stacked(range(len(windows)), np.random.default_rng(0))
    seen = before[before >= 0].tolist()
    assert sorted(seen) == [*range(19), 21] and before.shape[1] == 6
    assert (after[before >= 0] == before[before >= 0] + 1).all()
    assert (after[before < 0] == -1).all()


def test_what_is_taught_is_any_of_what_was_bought_at_the_next_visit_and_never_of_the_same():
    orders = visits([(0, 0, 1.0), (1, 0, 1.0), (2, 1, 1.0), (3, 1, 1.0), (4, 2, 1.0)], size=5)
    assert taught(orders, 50, times=40) == {(0, 2), (0, 3), (1, 2), (1, 3), (2, 4), (3, 4)}


def test_a_look_is_known_but_only_purchases_are_taught():
    looks = visits([(0, 0, 0.4), (1, 1, 0.4), (2, 2, 1.0), (3, 3, 0.4)], [(4, 0, 1.0), (5, 1, 0.4)], size=6)
    assert taught(looks, 50, times=5) == {(0, 2), (1, 2)}


def test_the_next_visit_is_never_another_shoppers():
    assert taught(Histories.of([[0], [1], [2, 3]], 4), 50) == {(2, 3)}


@pytest.mark.parametrize("histories", [Histories.of([], 3), Histories.of([[1], []], 3)])
def test_where_nothing_was_bought_twice_there_is_nothing_to_teach(histories: Histories):
    windows = Windows(histories, 5)
    assert len(windows) == 0 and windows.batches(4, np.random.default_rng(0)) == []
    before, after = windows.stacked([], np.random.default_rng(0))
    assert before.shape == after.shape == (0, 0)


def test_batches_hold_every_window_once():
    windows = Windows(circles(37, 10), 3)
    batches = windows.batches(4, np.random.default_rng(0))
    assert sorted(number for batch in batches for number in batch) == list(range(len(windows)))
    assert max(map(len, batches)) == 4
