"""How much each method counts."""

import json
from collections.abc import Iterator

import numpy as np
import pytest

from assistant.taste.blend import DRAWN, PENALTY, UNTRAINED, Blend, sample, tune
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


def test_the_blend_beats_each_method_alone_also_where_it_was_not_tuned_and_hardly_listens_to_noise():
    blend = tune(sample(batches(*validation()), np.random.default_rng(0)))
    shares = blend.shares()
    assert abs(shares["noise"]) < 0.1 < min(shares["left"], shares["right"])
    for seed in (0, 1):
        scores, targets = validation(seed)
        best = max(quality(found, targets) for found in scores.values())
        assert quality(blend(scores), targets) > best + 0.03


def test_noise_does_not_spoil_an_oracle():
    scores, targets = validation()
    oracle = np.zeros((SHOPPERS, SIZE), dtype=np.float32)
    for row, wanted in enumerate(targets):
        oracle[row, wanted] = 0.3
    blend = tune(sample(batches({"oracle": oracle, "noise": scores["noise"]}, targets), np.random.default_rng(0)))
    assert quality(blend({"oracle": oracle, "noise": scores["noise"]}), targets) == pytest.approx(1.0)


def test_what_speaks_against_counts_against():
    scores, targets = validation()
    against = 1.0 - scores["left"]
    blend = tune(sample(batches({"against": against}, targets), np.random.default_rng(0)))
    assert blend.shares()["against"] < -0.5
    assert quality(blend({"against": against}), targets) > 3 * quality(against, targets)


def test_the_weights_are_those_of_least_surprise_and_the_same_twice():
    """Against the definition: no step from the weights found makes what was bought stand out better."""
    among = sample(batches(*validation()), np.random.default_rng(0))
    blend = tune(among)
    assert tune(sample(batches(*validation()), np.random.default_rng(0))) == blend
    powers = [power for _, power, _ in blend.parts]
    columns = [among.names.index(name) for name, _, _ in blend.parts]
    bought, others = among.bought[:, columns] ** powers, among.others[..., columns] ** powers

    def surprise(weights: np.ndarray) -> float:
        rivals = (others @ weights + among.stand_for)[among.owners]
        whole = np.log(np.exp(rivals).sum(axis=1) + np.exp(bought @ weights))
        return float((whole - bought @ weights).mean() + PENALTY * (weights**2).sum())

    weights = np.array([weight for _, _, weight in blend.parts])
    least = surprise(weights)
    for place in range(len(weights)):
        for step in (-0.3, 0.3):
            moved = weights.copy()
            moved[place] += step
            assert surprise(moved) > least


def test_a_sample_holds_every_target_with_its_shopper():
    scores, targets = validation()
    among = sample(batches(scores, targets), np.random.default_rng(0))
    assert list(among.names) == list(scores)
    assert np.bincount(among.owners).tolist() == [len(wanted) for wanted in targets]
    assert among.bought[:, 0].tolist() == [scores["left"][n, item] for n, row in enumerate(targets) for item in row]


def test_the_others_are_the_best_of_every_method_and_a_sample_that_stands_for_the_whole():
    scores, targets = validation()
    among = sample(batches(scores, targets), np.random.default_rng(0))
    assert np.exp(among.stand_for[:, :DRAWN]).sum(axis=1) == pytest.approx(SIZE)
    for m, name in enumerate(among.names):
        for shopper in range(20):
            wrong = np.delete(scores[name][shopper], targets[shopper])
            there = among.stand_for[shopper, DRAWN:] == 0
            held = among.others[shopper, DRAWN:, m][there]
            assert np.sort(held)[-5:] == pytest.approx(np.sort(wrong)[-5:])
            assert len(held) < SIZE - len(targets[shopper])


def test_a_small_catalogue_can_be_tuned_on():
    scores = np.eye(4, dtype=np.float32)
    among = sample(iter([({"one": scores}, [np.array([n]) for n in range(4)])]), np.random.default_rng(0))
    assert tune(among).shares()["one"] > 0


def test_a_blend_is_the_weighted_sum_of_powers_and_what_is_missing_adds_nothing():
    blend = Blend((("a", 0.5, 3.0), ("b", 1.0, 1.0), ("a", 1.0, -1.0)))
    a, b = np.array([[0.25, 1.0]], dtype=np.float32), np.array([[1.0, 0.0]], dtype=np.float32)
    assert blend({"a": a, "b": b}).tolist() == [[2.25, 2.0]]
    assert blend({"a": a}).tolist() == [[1.25, 2.0]]
    assert blend({"a": a, "b": b, "unknown": b}).tolist() == [[2.25, 2.0]]
    assert blend.shares() == {"a": 0.4, "b": 0.2}


def test_a_blend_comes_back_from_json_as_it_was():
    blend = Blend((("a", 0.5, 3.0), ("b", 1.0, -1.25)))
    assert Blend.of(json.loads(json.dumps(blend.to_json()))) == blend


def test_a_blend_of_which_every_method_is_missing_holds_all_equally_likely():
    found = Blend((("a", 1.0, 1.0),))({"other": np.ones((2, 3), dtype=np.float32)})
    assert found.tolist() == [[0.0] * 3] * 2


def test_untrained_goes_by_likeness_first_and_by_what_sells_where_that_says_nothing():
    similar = np.array([[0.0, 0.9, 0.0], [0.0, 0.0, 0.0]], dtype=np.float32)
    popular = np.array([[1.0, 0.0, 0.5]] * 2, dtype=np.float32)
    found = UNTRAINED({"similar": similar, "lasting": popular})
    assert np.argsort(-found, axis=1).tolist() == [[1, 0, 2], [0, 2, 1]]
