"""Histories as flat arrays."""

import pytest

from assistant.taste.histories import Histories
from tests.taste.made import visits


def test_each_later_moment_fades_and_one_order_is_one_moment():
    histories = visits([(0, 0, 1.0), (1, 1, 1.0), (2, 1, 1.0), (3, 2, 1.0)], size=5)
    assert histories.later().tolist() == [2, 1, 1, 0]
    assert histories.weighted(0.5).toarray().tolist() == [[0.25, 0.5, 0.5, 1.0, 0.0]]


def test_of_several_events_with_an_item_the_heaviest_counts_and_what_comes_again_counts_again():
    histories = visits([(0, 0, 1.0), (0, 1, 0.25), (1, 2, 0.25), (1, 2, 1.0)], size=2)
    assert histories.held().toarray().tolist() == [[1.0, 1.0]]
    assert histories.weighted(0.1).toarray()[0] == pytest.approx([0.01 + 0.025, 1.0])  # two looks at one moment are one


def test_each_visit_has_a_number_of_its_own():
    histories = visits([(0, 0, 1.0), (1, 0, 1.0), (2, 3, 1.0)], [], [(1, 0, 1.0)], size=3)
    assert histories.visits().tolist() == [0, 0, 1, 2]
    assert Histories.of([], 3).visits().tolist() == []


def test_fading_ends_at_each_shoppers_own_last_moment():
    histories = visits([(0, 0, 1.0), (1, 5, 1.0)], [], [(1, 0, 1.0), (0, 1, 1.0)], size=2)
    assert histories.later().tolist() == [5, 0, 1, 0]
    assert histories.weighted(0.5).toarray().tolist() == [[0.5**5, 1.0], [0.0, 0.0], [1.0, 0.5]]


def test_some_are_taken_in_the_order_given_with_all_that_is_theirs():
    histories = visits([(0, 0, 1.0)], [], [(1, 0, 0.5), (2, 3, 1.0)], [(3, 0, 1.0)], size=4)
    taken = histories.take([2, 1, 0, 2])
    assert len(taken) == 4
    assert [taken.row(n).tolist() for n in range(4)] == [[1, 2], [], [0], [1, 2]]
    assert taken.moments.tolist() == [0, 3, 0, 0, 3]
    assert taken.weights.tolist() == [0.5, 1.0, 1.0, 0.5, 1.0]
    assert taken.owners().tolist() == [0, 0, 2, 3, 3]


def test_nobody_and_nothing_are_histories_too():
    assert len(Histories.of([], 3)) == 0
    assert Histories.of([], 3).weighted(1.0).shape == (0, 3)
    assert Histories.of([[], []], 3).weighted(0.5).toarray().tolist() == [[0, 0, 0], [0, 0, 0]]
    assert len(Histories.of([[1]], 3).take([])) == 0
