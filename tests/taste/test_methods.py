"""All methods on one set of histories, and any history before them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from assistant.taste.histories import Histories
from assistant.taste.methods import Methods, counted
from assistant.taste.neighbours import Nearby
from assistant.taste.popularity import counts
from assistant.taste.sequence import SequenceModel, Shape, padded
from tests.taste.made import circles, texts_of, visits

SIZE = 30


@pytest.fixture(scope="module")
def methods() -> Methods:
    torch.manual_seed(0)
    texts = texts_of(SIZE)
    model = SequenceModel(Shape(SIZE, 16), torch.from_numpy(texts)).eval()
    return replace(counted(circles(50, SIZE)), nearby=Nearby(texts, 0.6), sequence=model)


def test_padding_stands_in_front_and_the_latest_are_kept():
    found = padded(Histories.of([[0, 1, 2, 3], [4], [], [5, 6]], 9), 3)
    assert found.tolist() == [[1, 2, 3], [-1, -1, 4], [-1, -1, -1], [-1, 5, 6]]
    assert padded(Histories.of([[7], []], 9), 50).tolist() == [[7], [-1]]
    assert padded(Histories.of([[], []], 9), 50).tolist() == [[-1], [-1]]


@pytest.mark.parametrize("events", [0, 1, 49, 50, 51, 10_000])
def test_any_length_of_history_gets_finite_scores_from_every_method(methods: Methods, events: int):
    history = Histories.of([np.arange(events) % SIZE], SIZE)
    found = methods.scores(history, counts(np.array([1, 1, 4]), SIZE))
    assert set(found) == {"again", "itemknn", "markov", "ease", "similar", "sequence", "popular"}
    for name, scores in found.items():
        assert scores.shape == (1, SIZE), name
        assert np.isfinite(scores).all(), name
        assert scores.min() >= 0 and scores.max() <= 1, name
    for name in set(found) - {"popular", "again"}:
        assert found[name].any() == bool(events), name


def test_a_shopper_has_the_same_scores_alone_as_among_others(methods: Methods):
    rows = [[], [3], [0, 1, 2, 5], list(range(SIZE)) * 3]
    popular = counts(np.array([1, 1, 4]), SIZE)
    among = methods.scores(Histories.of(rows, SIZE), popular)
    for n, row in enumerate(rows):
        for name, scores in methods.scores(Histories.of([row], SIZE), popular).items():
            assert scores[0] == pytest.approx(among[name][n], abs=1e-4), name


def test_popularity_may_be_one_for_all_or_each_shoppers_own(methods: Methods):
    histories = Histories.of([[1], [2]], SIZE)
    own = np.zeros((2, SIZE), dtype=np.float32)
    own[0, 3], own[1, 4] = 8.0, 2.0
    assert methods.alone("popular", histories, {"popular": own}).argmax(axis=1).tolist() == [3, 4]
    assert methods.alone("popular", histories, {"popular": own[:1]}).argmax(axis=1).tolist() == [3, 3]
    assert methods.alone("popular", histories, {"popular": own}).max() == 1.0


def test_an_unknown_method_is_an_error():
    with pytest.raises(KeyError, match="sequence"):
        Methods({}).alone("sequence", Histories.of([[0]], 1), {})


def test_done_with_is_what_was_bought_and_nobody_buys_again():
    known = visits(*[[(0, 0, 1.0), (1, 0, 1.0), (0, 1, 1.0)]] * 20, size=3)
    methods = counted(known)
    asked = visits([(0, 0, 1.0), (1, 0, 1.0), (2, 0, 0.2)], [], [(2, 0, 1.0)], size=3)
    shoppers, items = methods.done_with(asked)
    assert list(zip(shoppers.tolist(), items.tolist(), strict=True)) == [(0, 1), (2, 2)]


def test_without_rates_all_that_was_bought_is_done_with():
    shoppers, items = Methods({}).done_with(Histories.of([[2, 0], [1]], 3))
    assert (shoppers.tolist(), items.tolist()) == ([0, 0, 1], [2, 0, 1])


def test_how_long_each_method_took_is_taken_up():
    seconds: dict[str, float] = {}
    found = counted(circles(5, 6), seconds)
    assert list(seconds) == [*found.neighbours, "factors"]


def test_the_likeliest_of_the_sequence_model_scores_1(methods: Methods):
    assert methods.sequence is not None
    found = methods.sequence.scores(Histories.of([[1, 2], [], [9]], SIZE))
    assert found.max(axis=1).tolist() == [1.0, 0.0, 1.0]
