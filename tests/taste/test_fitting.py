"""The whole fit, on shoppers who go round in circles."""

import numpy as np
import pytest

from assistant.taste.fitted import Fitted
from assistant.taste.fitting import Examples, fit, report, scored
from assistant.taste.histories import Floats, Histories, Ints
from assistant.taste.methods import counted
from assistant.taste.training import Recipe
from tests.taste.made import circles, texts_of, visits

SIZE = 25
TEXTS = texts_of(SIZE)
NAMES = {"again", "itemknn", "markov", "ease", "similar", "sequence", "popular"}


def nothing_sells(numbers: Ints) -> dict[str, Floats]:
    return {"popular": np.ones((1, SIZE), dtype=np.float32)}


def examples(shoppers: int, seed: int) -> Examples:
    rows = circles(shoppers, SIZE, 7, seed)
    before = [rows.row(n)[:-1] for n in range(shoppers)]
    return Examples(Histories.of(before, SIZE), [rows.row(n)[-1:] for n in range(shoppers)], nothing_sells)


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    recipe = Recipe(batch=32, negatives=64, rate=3e-3, epochs=4)
    return fit(circles(100, SIZE, 6), examples(60, 1), TEXTS, recipe=recipe, progress=False)


def test_what_comes_next_is_found_among_held_out_shoppers_and_better_than_by_what_sells(fitted: Fitted):
    found = report(fitted, examples(80, 2))
    assert set(found) == NAMES | {"blend"}
    assert found["blend"]["ndcg@10"] > 0.9
    assert found["blend"]["ndcg@10"] >= found["markov"]["ndcg@10"] - 0.02
    assert found["popular"]["ndcg@10"] < 0.4
    assert found["blend"]["pair_accuracy"] > 0.95
    assert set(report(fitted, examples(5, 3), each=False)) == {"blend"}


def test_each_method_and_the_blend_took_some_time(fitted: Fitted):
    assert set(fitted.seconds) == NAMES - {"popular", "similar"} | {"factors", "blend"}
    assert all(value >= 0 for value in fitted.seconds.values())


@pytest.mark.parametrize("row", [[], [3], [n % SIZE for n in range(10_000)]], ids=["new", "one", "many"])
def test_any_shopper_gets_finite_scores(fitted: Fitted, row: list[int]):
    found = fitted.score(Histories.of([row], SIZE), nothing_sells(np.array([0])))
    assert found.shape == (1, SIZE)
    assert np.isfinite(found).all()


def test_counted_anew_the_latest_events_count_and_what_was_learned_stays(fitted: Fitted):
    backwards = circles(100, SIZE, 6)
    backwards = Histories.of([backwards.row(n)[::-1] for n in range(100)], SIZE)
    found = fitted.counted_anew(backwards)
    asked = Histories.of([[5]], SIZE)
    assert fitted.methods.alone("markov", asked, {}).argmax() == 6
    assert found.methods.alone("markov", asked, {}).argmax() == 4
    assert found.methods.sequence is fitted.methods.sequence
    assert found.blend is fitted.blend


def test_some_are_drawn_in_their_order_with_what_is_theirs():
    def popular(numbers: Ints) -> dict[str, Floats]:
        return {"popular": np.repeat(numbers[:, None], 100, 1).astype(np.float32)}

    all_of_them = Examples(Histories.of([[n] for n in range(100)], 100), [np.array([n]) for n in range(100)], popular)
    some = all_of_them.some(50, np.random.default_rng(0)).some(10, np.random.default_rng(1))
    chosen = some.histories.items.tolist()
    assert len(chosen) == 10 and chosen == sorted(chosen)
    assert [int(row[0]) for row in some.targets] == chosen
    assert some.popular(np.arange(2, 5))["popular"][:, 0].tolist() == chosen[2:5]
    assert all_of_them.some(100, np.random.default_rng(0)) is all_of_them


def test_what_nobody_buys_again_scores_nothing_but_a_target_keeps_its_scores():
    methods = counted(visits(*[[(0, 0, 1.0), (1, 1, 1.0), (2, 2, 1.0)]] * 30, size=3))
    histories = Histories.of([[0, 1], [0, 1]], 3)
    sells = {"popular": np.array([[3.0, 2.0, 1.0]], dtype=np.float32)}
    asked = Examples(histories, [np.array([2]), np.array([0])], lambda numbers: sells)
    ((scores, targets),) = scored(methods, asked)
    assert [row.tolist() for row in targets] == [[2], [0]]
    assert scores["popular"] == pytest.approx(np.array([[0, 0, 1 / 3], [1, 0, 1 / 3]]))
    assert not scores["ease"][:, 1].any()
    assert scores["ease"][0, 2] > 0
