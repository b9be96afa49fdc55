"""Figures of a ranking, against sorting the whole catalogue in a loop."""

from math import log2

import numpy as np
import pytest

from assistant.taste.histories import Floats, Histories, Ints
from assistant.taste.measure import measure
from tests.taste.made import rows_of


def brute(scores: Floats, targets: list[Ints]) -> dict[str, float]:
    """The same by sorting; of equal scores the target stands last."""
    found = dict.fromkeys(("hr@5", "ndcg@5", "hr@10", "ndcg@10"), 0.0)
    shown = set()
    for row, wanted in zip(scores, targets, strict=True):
        right = set(wanted.tolist())
        order = sorted(range(len(row)), key=lambda n: (-row[n], n in right))
        shown |= set(order[:10])
        for k in (5, 10):
            gains = [1 / log2(place + 2) for place in range(k) if order[place] in right]
            found[f"hr@{k}"] += bool(gains) / len(targets)
            ideal = sum(1 / log2(place + 2) for place in range(min(k, len(right))))
            found[f"ndcg@{k}"] += sum(gains) / ideal / len(targets)
    return found | {"coverage": len(shown) / scores.shape[1]}


def measured(scores: Floats, targets: list[Ints], **more: object) -> dict[str, float]:
    histories = Histories.of([[]] * len(targets), scores.shape[1])
    return dict(measure(lambda part, numbers: scores[numbers], histories, targets, **more))  # type: ignore[arg-type]


def drawn(shoppers: int, size: int, seed: int = 0) -> tuple[Floats, list[Ints]]:
    rng = np.random.default_rng(seed)
    targets = [rng.permutation(size)[: rng.integers(1, 15)] for _ in range(shoppers)]
    return rng.random((shoppers, size)).astype(np.float32), targets


def agree(scores: Floats, targets: list[Ints]) -> None:
    found = measured(scores, targets)
    for name, value in brute(scores, targets).items():
        assert found[name] == pytest.approx(value), name


def test_figures_are_those_of_sorting_for_several_targets_and_more_than_a_batch():
    agree(*drawn(300, 80))


@pytest.mark.parametrize("at", [[0], [11], [5, 17]])
def test_of_equal_scores_the_target_stands_last(at: list[int]):
    scores = np.full((1, 20), 0.5, dtype=np.float32)
    assert measured(scores, rows_of(at))["hr@10"] == 0
    scores[0, 12:] = 0.0
    scores[0, at] = 0.5
    agree(scores, rows_of(at))


def test_of_equal_scores_the_target_stands_last_however_large_they_are():
    scores = np.full((1, 20), 100.0, dtype=np.float32)
    assert measured(scores, rows_of([0]))["hr@10"] == 0


def test_figures_do_not_change_with_the_scale_of_the_scores():
    scores, targets = drawn(50, 40)
    expected = measured(scores, targets)
    assert measured(scores * np.float32(2.0**-30), targets) == pytest.approx(expected)
    assert measured(scores * np.float32(2.0**10), targets) == pytest.approx(expected)


def test_by_hand():
    scores = np.linspace(1, 0, 20, dtype=np.float32)[None]
    found = measured(scores, rows_of([1, 6]))
    assert (found["hr@5"], found["hr@10"], found["coverage"]) == (1, 1, 0.5)
    assert found["ndcg@5"] == pytest.approx(1 / log2(3) / (1 + 1 / log2(3)))
    assert found["ndcg@10"] == pytest.approx((1 / log2(3) + 1 / log2(8)) / (1 + 1 / log2(3)))


@pytest.mark.parametrize("size", [11, 10, 9, 1])
def test_a_small_catalogue_is_measured_too(size: int):
    found = measured(np.linspace(1, 0, size, dtype=np.float32)[None], rows_of([0]))
    assert found["ndcg@10"] == 1
    assert found["coverage"] == pytest.approx(min(10, size) / size)


def test_an_oracle_has_every_pair_right_and_noise_half_of_them():
    scores, targets = drawn(400, 100)
    oracle = np.zeros_like(scores)
    for row, wanted in zip(oracle, targets, strict=True):
        row[wanted] = 1.0
    best = measured(oracle, targets)
    assert (best["pair_accuracy"], best["ndcg@10"], best["hr@5"]) == (1.0, pytest.approx(1.0), 1.0)
    assert measured(1 - oracle, targets)["pair_accuracy"] == 0.0
    assert measured(scores, targets)["pair_accuracy"] == pytest.approx(0.5, abs=0.02)
    assert measured(np.ones_like(scores), targets)["pair_accuracy"] == 0.5


def test_what_is_done_with_is_not_shown_but_a_target_is_one_whatever_was_said_of_it():
    scores = np.linspace(1, 0, 20, dtype=np.float32)[None]
    shoppers, items = np.zeros(5, dtype=np.int64), np.arange(5)
    found = measured(scores, rows_of([7]), done=lambda part: (shoppers, items))
    assert found["ndcg@10"] == pytest.approx(1 / log2(4))  # 5 and 6 are before it
    assert measured(scores, rows_of([3]), done=lambda part: (shoppers, items))["ndcg@10"] == pytest.approx(1.0)


def test_the_scorers_own_array_is_left_as_it_was():
    scores, targets = drawn(20, 30)
    before = scores.copy()
    measured(scores, targets, done=lambda part: (np.array([0]), np.array([3])))
    assert (scores == before).all()


def test_numbers_are_those_of_the_shoppers_whose_histories_come_with_them():
    histories = Histories.of([[n % 40] for n in range(300)], 40)
    targets = [np.array([n % 40]) for n in range(300)]

    def score(part: Histories, numbers: Ints) -> Floats:
        assert part.items.tolist() == (numbers % 40).tolist()
        return np.asarray(part.held().toarray(), dtype=np.float32)

    assert measure(score, histories, targets)["hr@5"] == 1
