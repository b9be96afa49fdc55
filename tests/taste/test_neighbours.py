"""Matrices from item to item, against values by hand and naive solutions."""

from math import log

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from assistant.taste.histories import Histories
from assistant.taste.neighbours import (
    DOUBT,
    KEPT,
    SHARP,
    Nearby,
    Neighbours,
    again,
    ease,
    factors,
    following,
    nearness,
    strongest,
    together,
)
from tests.taste.made import texts_of, visits


def test_together_counts_shoppers_that_share_two_items_weighed_by_how_little_they_bought():
    found = together(Histories.of([[0, 1], [0, 1], [0, 2, 3]], 4), shrink=10.0).toarray()
    few, many = log(1 + 3 / 2) / log(4), log(1 + 3 / 3) / log(4)
    own = [2 * few + many, 2 * few, many, many]
    assert found[0, 1] == pytest.approx(2 * few / ((own[0] * own[1]) ** 0.5 + 10))
    assert found[0, 2] == pytest.approx(many / ((own[0] * own[2]) ** 0.5 + 10))
    assert found[1, 2] == 0
    assert np.allclose(found, found.T)
    assert not found.diagonal().any()


def test_following_knows_the_direction_and_counts_each_step_half():
    found = following(Histories.of([[0, 1, 2, 3, 4]] * 2, 5), reach=3, shrink=5.0).toarray()
    assert (found[0, 1] > found[0, 2] > found[0, 3] > 0) and found[0, 4] == 0
    assert not np.tril(found).any()
    sold = [3.5, 5.5, 6.0]  # what items 0, 1 and 2 count in all their pairs, as the first and as the second
    assert found[0, 1] == pytest.approx(2 / ((sold[0] * sold[1]) ** 0.5 + 5))
    assert found[0, 2] == pytest.approx(1 / ((sold[0] * sold[2]) ** 0.5 + 5))


def test_following_does_not_reach_from_one_shopper_into_the_next():
    found = following(Histories.of([[0, 1], [2, 3]], 4)).toarray()
    assert sorted(zip(*found.nonzero(), strict=True)) == [(0, 1), (2, 3)]
    assert following(Histories.of([[1]], 3)).nnz == 0
    assert following(Histories.of([], 3)).nnz == 0


def test_one_repeat_does_not_change_how_following_weighs_all_other_items():
    plain = [[0, 1], [0, 1], [1, 2], [0, 2]] * 20
    without = following(Histories.of([*plain, [3, 4]], 5)).toarray()
    repeated = following(Histories.of([*plain, [3, 4], [3, 3]], 5)).toarray()
    assert repeated[:3, :3] == pytest.approx(without[:3, :3])


def test_ease_is_the_closed_form_of_the_paper():
    rng = np.random.default_rng(3)
    histories = Histories.of([rng.permutation(12)[: rng.integers(2, 6)] for _ in range(60)], 14)
    bought = histories.held().toarray()[:, :12].astype(np.float64)
    precision = np.linalg.inv(bought.T @ bought + 7.0 * np.eye(12))
    naive = -precision / np.diag(precision)[None]
    np.fill_diagonal(naive, 0.0)
    found = ease(histories, penalty=7.0).toarray()
    assert found[:12, :12] == pytest.approx(np.maximum(naive, 0.0), abs=1e-5)
    assert not found[12:].any() and not found[:, 12:].any()
    assert not np.allclose(naive, naive.T)  # or a transposed solution would do as well


def test_ease_of_nothing_says_nothing():
    assert ease(Histories.of([[], []], 3)).nnz == 0


def near(vectors, items):
    """(items, all) as one matrix, 0 for what is not kept."""
    found = np.zeros((len(items), len(vectors)), dtype=np.float32)
    np.put_along_axis(found, *nearness(vectors, items), axis=1)
    return found


def test_nearness_is_sharpened_within_0_and_1_and_an_item_is_never_near_itself():
    vectors = texts_of(40)
    found = near(vectors, [7, 3])
    expected = np.exp((vectors[[7, 3]] @ vectors.T - 1.0) / SHARP)
    expected[0, 7] = expected[1, 3] = 0.0
    assert found == pytest.approx(expected, abs=1e-6)
    assert found.min() >= 0 and found.max() <= 1 + 1e-5


def test_of_twins_each_is_nearest_to_the_other_and_not_to_itself():
    vectors = texts_of(30)
    vectors[11] = vectors[4]
    found = near(vectors, range(30))
    assert not found.diagonal().any()
    assert found[4].argmax() == 11 and found[11].argmax() == 4
    assert found[4, 11] == pytest.approx(1.0, abs=1e-4)


def test_nearness_keeps_the_strongest_of_many():
    vectors = texts_of(1100)
    items, values = nearness(vectors, [1050])
    assert items.shape == values.shape == (1, KEPT)
    cosines = vectors[1050] @ vectors.T
    cosines[1050] = -2
    assert set(items[0]) == set(np.argsort(-cosines)[:KEPT])


def test_what_is_near_a_history_is_what_its_items_say_weighed_and_does_not_depend_on_what_was_asked_before():
    vectors = texts_of(600)
    each = near(vectors, range(600))
    nearby = Nearby(vectors, 0.5)
    rows = [[3, 500], [], list(range(400))]
    for histories in (Histories.of(rows, 600), Histories.of(rows[:1], 600)):
        found = nearby.scores(histories)
        assert found[0] == pytest.approx(0.5 * each[3] + each[500], abs=1e-5)
    assert not nearby.scores(Histories.of([[]], 600)).any()
    again = nearby.scores(Histories.of(rows, 600))
    assert again == pytest.approx(Nearby(vectors, 0.5).scores(Histories.of(rows, 600)))
    assert again[2] == pytest.approx(sum(0.5 ** (399 - n) * each[n] for n in range(400)), abs=1e-4)


def test_an_event_may_speak_for_its_own_item_as_much_as_for_the_nearest():
    histories = Histories.of([[3, 40], []], 60)
    plain, own = (Nearby(texts_of(60), 0.5, itself=itself).scores(histories) for itself in (False, True))
    assert own[0, 40] == pytest.approx(plain[0].max()) and own[0, 3] == pytest.approx(0.5 * plain[0].max())
    others = np.delete(np.arange(60), [3, 40])
    assert np.array_equal(own[0, others], plain[0, others]) and not own[1].any()


def test_near_one_item_there_is_nothing():
    assert not near(texts_of(1), [0]).any()
    assert not Nearby(texts_of(1), 0.5).scores(Histories.of([[0]], 1)).any()


def test_strongest_is_what_a_loop_over_rows_keeps():
    rng = np.random.default_rng(0)
    dense = rng.permutation(20 * 30).reshape(20, 30) * (rng.random((20, 30)) < 0.6)
    dense[5] = 0
    found = strongest(csr_matrix(dense.astype(np.float32)), 4).toarray()
    for row, kept in zip(dense, found, strict=True):
        naive = np.zeros(30)
        for column in sorted(range(30), key=lambda n: -row[n])[:4]:
            naive[column] = row[column]
        assert kept.tolist() == naive.tolist()


def test_again_is_the_share_who_bought_at_more_than_one_moment():
    histories = visits(
        [(0, 0, 1.0), (0, 1, 1.0), (1, 1, 1.0)],  # item 0 again
        [(0, 0, 1.0), (0, 0, 1.0)],  # two in one order are not again
        [(0, 0, 1.0), (0, 1, 0.2)],  # looked at again
        [(1, 0, 1.0), (1, 3, 1.0), (1, 4, 1.0)],  # item 1 again, and again
        size=3,
    )
    found = again(histories).toarray()
    assert found.diagonal() == pytest.approx([1 / (3 + DOUBT), 1 / (2 + DOUBT), 0.0])
    assert np.count_nonzero(found) == 2


def test_scores_are_weights_that_fade_times_the_matrix():
    matrix = csr_matrix(np.array([[0, 1, 2], [3, 0, 0], [0, 0, 0]], dtype=np.float32))
    found = Neighbours(matrix, 0.5).scores(Histories.of([[0, 1], [2], []], 3))
    assert found.tolist() == [[3.0, 0.5, 1.0], [0, 0, 0], [0, 0, 0]]
    assert found.dtype == np.float32


def test_factors_speak_for_what_a_taste_goes_with_though_the_two_were_never_bought_together():
    """Two tastes of 20 items each; nobody has both 0 and 19."""
    rng = np.random.default_rng(0)
    rows = [taste * 20 + rng.permutation(20)[:8] for taste in (0, 1) for _ in range(200)]
    rows = [row for row in rows if not {0, 19} <= set(row.tolist())]
    found = factors(Histories.of(rows, 40), 0.9, rank=2)
    assert found is not None
    scores = found.scores(Histories.of([[0], [30], []], 40))
    assert scores[0, :20].min() > scores[0, 20:].max()
    assert scores[1, 20:].min() > scores[1, :20].max()
    assert scores.min() >= 0 and not scores[2].any()


def test_factors_need_more_shoppers_and_items_than_there_are_factors():
    assert factors(Histories.of([[0, 1], [1, 2]], 3), 0.9, rank=4) is None
    assert factors(Histories.of([], 3), 0.9) is None
