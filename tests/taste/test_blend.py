"""How much each method counts."""

from collections.abc import Iterator

import numpy as np
import pytest

from assistant.taste.blend import DRAWN, UNTRAINED, WHOLE, Blend, Sample, objective, sample, tune
from assistant.taste.histories import Floats, Histories, Ints
from assistant.taste.measure import measure

SIZE, SHOPPERS = 150, 300


def validation(seed: int = 0) -> tuple[dict[str, Floats], list[Ints]]:
    """Two methods that know something else of what comes next, and one that knows nothing."""
    rng = np.random.default_rng(seed)
    targets = [rng.permutation(SIZE)[: rng.integers(1, 3)] for _ in range(SHOPPERS)]
    scores = {name: rng.random((SHOPPERS, SIZE)).astype(np.float32) for name in ("left", "right", "noise")}
    for row, wanted in enumerate(targets):
        for name in ("left", "right"):
            scores[name][row, wanted] += rng.random() * 0.9
    return {name: found / found.max(axis=1, keepdims=True) for name, found in scores.items()}, targets


def batches(scores: dict[str, Floats], targets: list[Ints]) -> Iterator[tuple[dict[str, Floats], list[Ints]]]:
    for start in range(0, len(targets), 128):
        yield {name: found[start : start + 128] for name, found in scores.items()}, targets[start : start + 128]


def quality(scores: Floats, targets: list[Ints]) -> float:
    return measure(lambda _, n: scores[n], Histories.of([[]] * len(targets), scores.shape[1]), targets)["ndcg@10"]


def test_the_blend_beats_each_method_alone_also_where_it_was_not_tuned_and_leaves_noise_out():
    blend = tune(sample(batches(*validation()), np.random.default_rng(0)))
    assert set(blend.weights) == {"left", "right"}
    for seed in (0, 1):
        scores, targets = validation(seed)
        best = max(quality(found, targets) for found in scores.values())
        assert quality(blend(scores), targets) > best + 0.05


def test_noise_does_not_spoil_an_oracle():
    scores, targets = validation()
    oracle = np.zeros((SHOPPERS, SIZE), dtype=np.float32)
    for row, wanted in enumerate(targets):
        oracle[row, wanted] = 0.3
    among = sample(batches({"oracle": oracle, "noise": scores["noise"]}, targets), np.random.default_rng(0))
    blend = tune(among)
    assert quality(blend({"oracle": oracle, "noise": scores["noise"]}), targets) == pytest.approx(1.0)


def test_tuning_never_ends_below_where_it_began_and_is_the_same_twice():
    among = sample(batches(*validation()), np.random.default_rng(0))
    blend = tune(among)
    total = sum(w * among.scores[..., among.names.index(n)] ** blend.powers[n] for n, w in blend.weights.items())
    assert objective(np.asarray(total), among) > objective((among.scores**0.5).sum(axis=-1), among)
    assert tune(sample(batches(*validation()), np.random.default_rng(0))) == blend


def test_the_objective_of_an_oracle_is_the_whole_of_both_parts():
    among = sample(batches(*validation()), np.random.default_rng(0))
    found = objective(among.right.astype(np.float64), among)
    assert found == pytest.approx(1 + WHOLE, abs=0.01 * WHOLE + 0.001)  # a target may be among those drawn
    assert objective(np.zeros(among.right.shape), among) == pytest.approx(0, abs=0.2)


def test_of_equal_scores_the_target_stands_last_in_tuning_too():
    right = np.zeros((1, 20 + DRAWN), dtype=bool)
    right[0, 0] = True
    top = np.arange(20 + DRAWN)[None] < 20
    among = Sample(["one"], np.ones((1, 20 + DRAWN, 1), dtype=np.float32), right, top, np.array([1.0]))
    assert objective(np.ones((1, 20 + DRAWN)), among) == 0


def test_the_order_of_the_whole_is_against_what_was_drawn_not_against_padding():
    """Shoppers have unlike numbers of candidates; the shorter rows are padded."""
    rng = np.random.default_rng(0)
    one = (0.1 + 0.9 * rng.random((2, 400))).astype(np.float32)
    other = one.copy()
    other[1] = rng.permutation(other[1])  # other candidates: a longer row
    targets = [np.array([0]), np.array([0])]
    for scores in (one, other):
        scores[:, 0] = 0.001  # below everything
    among = sample(iter([({"one": one, "other": other}, targets)]), rng)
    assert objective(among.scores[..., 0].astype(np.float64), among) == 0


def test_the_top_competes_with_the_best_of_every_method():
    scores, targets = validation()
    among = sample(batches(scores, targets), np.random.default_rng(0))
    for m, name in enumerate(among.names):
        best = np.sort(scores[name][:, :], axis=1)[:, -5:]
        kept = np.sort(np.where(among.top, among.scores[..., m], -1.0), axis=1)[:, -5:]
        assert kept == pytest.approx(best)


def test_a_small_catalogue_can_be_tuned_on():
    scores = np.eye(4, dtype=np.float32)
    among = sample(iter([({"one": scores}, [np.array([n]) for n in range(4)])]), np.random.default_rng(0))
    assert tune(among).weights["one"] > 0


def test_a_blend_is_the_weighted_sum_of_powers_and_what_is_missing_adds_nothing():
    blend = Blend({"a": 3.0, "b": 1.0}, {"a": 0.5, "b": 1.0})
    a, b = np.array([[0.25, 1.0]], dtype=np.float32), np.array([[1.0, 0.0]], dtype=np.float32)
    assert blend({"a": a, "b": b}).tolist() == [[0.625, 0.75]]
    assert blend({"a": a}).tolist() == [[0.375, 0.75]]
    assert blend({"a": a, "b": b, "unknown": b}).tolist() == [[0.625, 0.75]]


def test_a_blend_of_which_every_method_is_missing_holds_nothing_likely():
    found = Blend({"a": 1.0}, {"a": 1.0})({"other": np.ones((2, 3), dtype=np.float32)})
    assert found.tolist() == [[0.0] * 3] * 2


def test_untrained_goes_by_likeness_first_and_by_what_sells_where_that_says_nothing():
    similar = np.array([[0.0, 0.9, 0.0], [0.0, 0.0, 0.0]], dtype=np.float32)
    popular = np.array([[1.0, 0.0, 0.5]] * 2, dtype=np.float32)
    found = UNTRAINED({"similar": similar, "popular": popular})
    assert np.argsort(-found, axis=1).tolist() == [[1, 0, 2], [0, 2, 1]]
