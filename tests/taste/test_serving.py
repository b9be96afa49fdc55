"""One shopper against a catalogue that has changed since the training."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.taste.files import load
from assistant.taste.popularity import popularity
from assistant.taste.serving import Known, Taste
from assistant.taste.shop import train_shop
from assistant.taste.training import Recipe
from tests.taste.test_shop import GROUPS, IDS, ITEMS, log, vectors


def known(*items: int, weight: float = 1.0) -> Known:
    return Known(np.array(items, dtype=np.int64), np.arange(len(items)), np.full(len(items), weight, dtype=np.float32))


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("taste")
    train_shop(log(), GROUPS, IDS, vectors(), folder, recipe=Recipe(epochs=3), progress=False)
    return load(folder)


def taste(kept, ids, vectors):
    return Taste(kept.over(ids, vectors), len(ids))


def selling(size: int) -> dict:
    return dict(popularity(np.arange(size), np.zeros(size), 1.0, size))


def test_what_comes_next_is_likelier_than_what_does_not(kept):
    scores = taste(kept, IDS, vectors()).likely(known(3, 4, 5), selling(ITEMS))
    assert scores.argmax() in (6, 7, 8) and scores.min() >= 0 and scores.max() <= 1


def test_what_nobody_buys_again_is_done_with(kept):
    scores = taste(kept, IDS, vectors()).likely(known(3, 4, 5), selling(ITEMS))
    assert scores[[3, 4, 5]].tolist() == [0, 0, 0]
    looked = taste(kept, IDS, vectors()).likely(known(3, 4, 5, weight=0.4), selling(ITEMS))
    assert (looked[[3, 4, 5]] > 0).all()  # a look buys nothing


def test_another_order_of_the_catalogue_changes_nothing(kept):
    order = np.random.default_rng(1).permutation(ITEMS)
    row = {int(item): place for place, item in enumerate(order)}
    plain = taste(kept, IDS, vectors()).likely(known(3, 4, 5), selling(ITEMS))
    moved = taste(kept, [IDS[item] for item in order], vectors()[order])
    assert np.allclose(
        moved.likely(known(row[3], row[4], row[5]), selling(ITEMS))[[row[n] for n in range(ITEMS)]], plain, atol=1e-5
    )


def test_a_new_product_has_a_place_by_its_text_at_once(kept):
    twin = vectors()[5:6]  # of the family of 4 to 7
    stranger = -vectors()[5:6]
    wide = np.concatenate([vectors(), twin, stranger])
    scores = taste(kept, [*IDS, "NEW", "STRANGE"], wide).likely(known(4, 5), selling(ITEMS + 2))
    assert scores[ITEMS] > scores[ITEMS + 1]
    assert scores[ITEMS] > np.median(scores)


def test_a_product_that_is_gone_is_gone(kept):
    scores = taste(kept, IDS[:-4], vectors()[:-4]).likely(known(3, 4, 5), selling(ITEMS - 4))
    assert scores.shape == (ITEMS - 4,) and scores.argmax() in (6, 7, 8)


def test_an_event_is_worth_what_is_missing_without_it(kept):
    asked, events = taste(kept, IDS, vectors()), known(15, 3, 4)
    scores = asked.likely(events, selling(ITEMS))
    left = asked.without(events, [15, 4], selling(ITEMS))
    lost = scores[5] - left[:, 5]
    assert lost[1] > lost[0]  # the 4 before the 5 says more than the 15 of long ago


def test_no_event_one_event_and_ten_thousand_are_served(kept):
    asked = taste(kept, IDS, vectors())
    sells = dict(popularity(np.array([7, 7, 7, 2]), np.zeros(4), 1.0, ITEMS))
    rng = np.random.default_rng(0)
    for events in (known(), known(9), known(*rng.integers(0, ITEMS, 10_000).tolist())):
        scores = asked.likely(events, sells)
        assert np.isfinite(scores).all() and scores.shape == (ITEMS,)
