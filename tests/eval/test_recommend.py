"""The recommender's benchmark over small made-up data sets of each form."""

from __future__ import annotations

import gzip
import json
from datetime import datetime, timedelta

import numpy as np
import pytest

from assistant.settings import Settings
from eval import recommend
from eval.purchases import read_purchases
from eval.recommend import bench_recommend
from index.errors import ShopError
from tests.toys import ToyEncoder

ITEMS = 30


@pytest.fixture
def settings(tmp_path):
    return Settings(data_dir=tmp_path / "state", _env_file=None)


def histories(shoppers: int = 80) -> list[list[int]]:
    """Everybody goes round the catalogue, each from somewhere."""
    return [[(3 * shopper + step) % ITEMS for step in range(8)] for shopper in range(shoppers)]


def sequences(folder):
    folder.mkdir()
    items = [{"item_id": n + 1, "title": f"Thing {n}", "attributes": ["Maker", "Kind"]} for n in range(ITEMS)]
    (folder / "items.jsonl").write_text("\n".join(map(json.dumps, items)))
    rows = [" ".join(map(str, [n + 1, *(item + 1 for item in row)])) for n, row in enumerate(histories())]
    (folder / "sequences.txt").write_text("\n".join(rows))
    return folder


def interactions(folder):
    folder.mkdir()
    (folder / "items.jsonl").write_text(
        "\n".join(json.dumps({"item_id": n, "text": f"Thing {n}"}) for n in range(ITEMS))
    )
    for part, left in (("train", 3), ("valid", 2), ("test", 1)):
        lines = [f"{user}\t{' '.join(map(str, row[:-left]))}\t{row[-left]}" for user, row in enumerate(histories())]
        (folder / f"{part}.inter").write_text(
            "\n".join(["user_id:token\titem_id_list:token_seq\titem_id:token", *lines])
        )
    return folder


def shop(folder):
    """Two things an order, an order a month, the first again each time."""
    folder.mkdir()
    products = [{"id": f"P{n}", "title": f"Thing {n}", "price": "1.00 GBP"} for n in range(ITEMS)]
    (folder / "products.jsonl").write_text("\n".join(map(json.dumps, products)))
    events = []
    for shopper in range(60):
        for month in range(12):
            at = (datetime(2010, 12, 10, 9) + timedelta(days=30 * month, minutes=shopper)).isoformat()
            for item in (shopper % ITEMS, (shopper + month) % ITEMS):
                events.append(
                    {"shopper_id": f"s{shopper}", "type": "purchase", "product_id": f"P{item}", "order_id": f"{shopper}-{month}", "at": at}
                )  # fmt: skip
    with gzip.open(folder / "events.jsonl.gz", "wt") as out:
        out.write("\n".join(map(json.dumps, events)))
    return folder


def test_the_last_item_is_for_testing_and_the_one_before_for_tuning(tmp_path):
    for data in (read_purchases(sequences(tmp_path / "a")), read_purchases(interactions(tmp_path / "b"))):
        row = histories()[5]
        assert data.known.row(5).tolist() == row[:-2] == data.tuning.histories.row(5).tolist()
        assert data.tuning.targets[5].tolist() == [row[-2]]
        assert data.testing.histories.row(5).tolist() == row[:-1]
        assert data.testing.targets[5].tolist() == [row[-1]]


def test_a_shop_is_split_by_time_and_an_order_is_one_target(tmp_path):
    data = read_purchases(shop(tmp_path / "shop"))
    assert len(data.known) == len(data.lately) == 60
    assert len(data.known.items) == 60 * 10 * 2  # ten orders before October
    assert len(data.lately.items) == 60 * 11 * 2
    assert all(len(target) in (1, 2) for target in data.testing.targets)
    assert data.testing.histories.moments.max() == 10  # two lines of an order are one moment
    popular = data.testing.popular(np.array([0]))
    assert popular["popular"].shape == (1, ITEMS) and popular["popular"].sum() > 0


def test_what_sold_last_week_ends_on_the_morning_of_the_order(tmp_path):
    data = read_purchases(shop(tmp_path / "shop"))
    assert data.week(np.array([0])).sum() == 0  # the last orders were a month ago


def test_a_folder_without_purchases_is_refused(tmp_path):
    with pytest.raises(ShopError, match=r"neither sequences\.txt"):
        read_purchases(tmp_path)


@pytest.mark.parametrize("make", [sequences, shop])
def test_every_method_and_the_blend_are_measured_in_one_run(tmp_path, settings, make):
    found = bench_recommend(settings, make(tmp_path / "data"), quick=True, encoder=ToyEncoder(), progress=False)
    names = {"again", "itemknn", "markov", "ease", "similar", "sequence", "popular", "blend"}
    assert names <= found["methods"].keys()
    assert {"hr@5", "ndcg@5", "hr@10", "ndcg@10", "coverage", "train_s", "serve_ms"} <= found["methods"]["blend"].keys()
    assert found["methods"]["blend"]["ndcg@10"] >= 0.9 * max(
        row["ndcg@10"] for name, row in found["methods"].items() if name != "blend"
    )
    assert found["methods"]["blend"]["hr@10"] > 0.6  # going round is easy to learn


def test_in_conversation_the_category_is_asked_for_and_history_lifts_what_was_bought(tmp_path, settings):
    found = bench_recommend(settings, sequences(tmp_path / "data"), quick=True, encoder=ToyEncoder(), progress=False)
    assert found["conversations"] == 80
    assert 0 < found["conversation_plain_ndcg@10"] < found["conversation_ndcg@10"] <= 1
    assert found["conversation_lift"] > 1.5  # going round is easy to learn, and all are of one kind
    assert found["serve_p50_ms"] >= max(found["profile_ms"], found["rank_ms"]) > 0


def test_a_shop_has_no_categories_to_ask_for_but_its_ranking_is_timed(tmp_path, settings):
    found = bench_recommend(settings, shop(tmp_path / "data"), quick=True, encoder=ToyEncoder(), progress=False)
    assert found["conversation_lift"] is None and found["serve_p50_ms"] > 0


def test_smaller_variants_are_read_again_and_measured(tmp_path, settings):
    found = bench_recommend(settings, sequences(tmp_path / "data"), quick=True, encoder=ToyEncoder(), progress=False)[
        "variants"
    ]
    assert found["float32"]["mb"] > found["int8"]["mb"] >= found["pruned"]["mb"] > 0
    assert (
        found["float32"]["ndcg@10"] == pytest.approx(found["int8"]["ndcg@10"], rel=0.05)
        and found["float32"]["lost"] == 0
    )


def test_runs_with_several_seeds_tell_their_deviation(tmp_path, settings):
    found = bench_recommend(
        settings, sequences(tmp_path / "data"), quick=True, seeds=2, encoder=ToyEncoder(), progress=False
    )
    assert len(found["runs"]["ndcg@10"]["each"]) == 2 and found["runs"]["ndcg@10"]["deviation"] >= 0


def test_the_folds_of_a_shop_part_its_shoppers_and_all_orders_are_what_sells(tmp_path):
    data = read_purchases(shop(tmp_path / "data"))
    folds = recommend._folds(data)
    assert sum(len(fold.testing.targets) for fold in folds) == len(data.testing.targets)
    assert [len(fold.known) for fold in folds] == [48] * 5
    assert all(len(fold.tuning.targets) < len(data.tuning.targets) for fold in folds)
    popular = folds[0].testing.popular(np.array([0]))["ever"]
    assert popular.sum() > 0.99 * data.testing.popular(np.array([0]))["ever"].sum()


def test_a_fold_is_tested_on_shoppers_that_taught_nothing(tmp_path):
    data = read_purchases(sequences(tmp_path / "data"))
    folds = recommend._folds(data)
    assert sum(len(fold.testing.targets) for fold in folds) == len(data.known)
    assert all(len(fold.known) + len(fold.testing.targets) == len(data.known) for fold in folds)
    tested = {tuple(row) for fold in folds for row in [fold.testing.histories.row(0).tolist()]}
    assert len(tested) == len(folds)
