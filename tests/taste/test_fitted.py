"""What was learned, over a catalogue that has grown since."""

import numpy as np
import pytest

from assistant.taste.blend import Blend
from assistant.taste.fitted import NEAREST, Fitted, Newcomers
from assistant.taste.histories import Histories
from assistant.taste.methods import Methods
from assistant.taste.popularity import counts
from tests.taste.made import texts_of


def test_a_new_item_is_scored_as_those_whose_texts_are_nearest():
    vectors = texts_of(20)
    vectors[19] = vectors[4]  # what nearly nobody will tell from item 4
    newcomers = Newcomers.of(np.array([19]), vectors)
    assert newcomers is not None
    assert newcomers.nearest.shape == newcomers.shares.shape == (1, NEAREST)
    assert newcomers.nearest[0, 0] == 4 and newcomers.shares.sum() == pytest.approx(1.0)
    scores = np.zeros((2, 20), dtype=np.float32)
    scores[0, 4], scores[1, 3] = 1.0, 1.0
    found = newcomers.scored(scores)
    assert found[0, 19] == pytest.approx(newcomers.shares[0, 0]) and found[0, 19] > 0.5
    assert found[1, 19] < 0.1
    assert np.array_equal(found[:, :19], scores[:, :19])


def test_what_a_new_item_has_of_its_own_is_not_lowered():
    newcomers = Newcomers.of(np.array([0]), texts_of(5))
    assert newcomers is not None
    assert newcomers.scored(np.array([[0.9, 0.0, 0.0, 0.0, 0.0]], dtype=np.float32))[0, 0] == pytest.approx(0.9)


@pytest.mark.parametrize("items", [[], list(range(5))])
def test_without_new_items_or_known_ones_there_is_nothing_to_lend(items: list[int]):
    assert Newcomers.of(np.array(items, dtype=np.int64), texts_of(5)) is None


def test_a_new_item_like_what_sells_stands_before_one_like_what_does_not():
    vectors = np.concatenate([texts_of(10), texts_of(10)[[2]], texts_of(10)[[7]]])
    popular = counts(np.array([2, 2, 2, 7]), 12)
    fitted = Fitted(Methods(), Blend((("popular", 0.5, 1.0),)), newcomers=Newcomers.of(np.array([10, 11]), vectors))
    found = fitted.score(Histories.of([[0]], 12), popular)[0]
    assert found[2] >= found[10] > found[11] > found[0]
