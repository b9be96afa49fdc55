"""Figures that can be checked by hand."""

from math import log2

import pytest

from eval.metrics import fused, ndcg, recall, reciprocal_rank, told


def test_ndcg_is_one_for_the_ideal_order_and_counts_places_below():
    assert ndcg(["a", "b", "x"], {"a", "b"}) == 1
    assert ndcg(["x", "a"], {"a"}) == pytest.approx(1 / log2(3))
    assert ndcg(["x", "a", "y", "b"], {"a", "b"}) == pytest.approx((1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3)))
    assert ndcg(["x"], {"a"}) == 0
    assert ndcg([], {"a"}) == 0


def test_the_ideal_is_cut_where_the_ranking_is():
    right = {str(n) for n in range(30)}
    assert ndcg([str(n) for n in range(10)], right) == 1
    assert ndcg([*"abcdefghij", "0"], right) == 0  # the eleventh does not count


def test_what_is_not_found_counts_in_the_ideal():
    assert ndcg(["a"], {"a", "b"}) == pytest.approx(1 / (1 + 1 / log2(3)))


def test_recall_is_of_all_right_answers_within_the_depth():
    assert recall(["a", "x", "b"], {"a", "b", "c"}) == pytest.approx(2 / 3)
    assert recall(["x", "a"], {"a"}, depth=1) == 0
    assert recall(["a"], set()) == 0


def test_reciprocal_rank_is_of_the_first_right_answer():
    assert reciprocal_rank(["x", "y", "a", "b"], {"a", "b"}) == pytest.approx(1 / 3)
    assert reciprocal_rank(["x"], {"a"}) == 0


def test_fusion_favours_what_several_rankings_have():
    assert fused([["a", "b"], ["b", "c"]]) == ["b", "a", "c"]  # 1/62 + 1/61 > 1/61 > 1/62
    assert fused([["a"], []]) == ["a"]


def test_a_no_is_judged_by_precision_and_recall():
    pairs = [(True, True), (True, False), (False, True), (False, False), (True, True)]  # said, true
    assert told(pairs) == {
        "precision": pytest.approx(2 / 3),
        "recall": pytest.approx(2 / 3),
        "f1": pytest.approx(2 / 3),
    }
    assert told([(True, False)]) == {"precision": 0, "recall": None, "f1": 0}
    assert told([(False, False)]) == {"precision": None, "recall": None, "f1": None}
