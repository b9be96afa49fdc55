"""A shop's recommender from its events: trained, kept, read again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from assistant.errors import SetupError
from assistant.shoppers.log import EventLog
from assistant.taste.files import load
from assistant.taste.shop import orders_of, train_shop
from assistant.taste.training import Recipe

ITEMS = 24
IDS = [f"G{number}" for number in range(ITEMS)]
START = datetime(2026, 1, 1, tzinfo=UTC)


def vectors() -> np.ndarray:
    """Items of one family of four are alike, in some random space."""
    rng = np.random.default_rng(0)
    found = rng.normal(size=(ITEMS // 4, 32)).repeat(4, axis=0) + 0.3 * rng.normal(size=(ITEMS, 32))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def log(shoppers: int = 120, opted: str = "") -> EventLog:
    """Everybody goes round the catalogue from somewhere, an item every few days; none of it real."""
    rows = []
    for shopper in range(shoppers):
        rng = np.random.default_rng(shopper)
        at = START + timedelta(days=float(rng.uniform(0, 20)))
        for step in range(12):
            rows.append((f"s{shopper:03}", f"P{(shopper + step) % ITEMS}", "purchase", at))
            at += timedelta(days=float(rng.uniform(1, 12)))
    who, what, kinds, times = zip(*rows, strict=True)
    at = np.array([moment.replace(tzinfo=None) for moment in times], dtype="datetime64[s]")
    return EventLog(who, what, kinds, at, np.ones(len(rows), dtype=np.int64))


GROUPS = {f"P{number}": number for number in range(ITEMS)}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("taste")
    manifest = train_shop(log(), GROUPS, IDS, vectors(), folder, recipe=Recipe(epochs=3), progress=False)
    return folder, manifest


def test_what_comes_next_is_learned_and_told_of_held_out_orders(trained):
    _, manifest = trained
    assert manifest["held_out"]["blend"]["hr@5"] > 2 * manifest["held_out"]["popular"]["hr@5"]
    assert manifest["held_out"]["blend"]["ndcg@10"] >= 0.8
    assert manifest["tuned_from"] < manifest["tested_from"]
    assert manifest["orders_tested"] >= 50


def test_what_is_kept_names_no_shopper(trained):
    folder, _ = trained
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert not [f"s{number:03}" for number in range(120) if f"s{number:03}".encode() in kept]
    assert not list(folder.glob("*.draft")) and not (folder / "checkpoint.pt").exists()


def test_kept_and_read_again_it_finds_the_same(trained):
    folder, manifest = trained
    kept = load(folder)
    assert kept is not None and kept.ids == tuple(IDS)
    orders = orders_of(log(), GROUPS, ITEMS)
    examples, _ = orders.next_orders(float(np.quantile(orders.days, 0.9)), np.inf)
    numbers = np.arange(len(examples.targets))
    scores = kept.over(IDS, vectors()).score(examples.histories, examples.popular(numbers))
    best = scores.argsort(axis=1)[:, ::-1][:, :5]
    hits = np.mean([np.isin(row, target).any() for row, target in zip(best, examples.targets, strict=True)])
    assert hits >= 0.9
    assert kept.manifest["precision"] == "int8" and kept.manifest["held_out"] == manifest["held_out"]


def test_int8_is_a_third_at_most_and_ranks_the_same(tmp_path):
    sizes, ranked = {}, {}
    for precision in ("float32", "int8"):
        folder = tmp_path / precision
        train_shop(log(), GROUPS, IDS, vectors(), folder, recipe=Recipe(epochs=1), precision=precision, progress=False)
        version = folder / (folder / "current").read_text()
        sizes[precision] = (version / "model.safetensors").stat().st_size
        kept = load(folder)
        orders = orders_of(log(), GROUPS, ITEMS)
        examples, _ = orders.next_orders(float(np.quantile(orders.days, 0.9)), np.inf)
        ranked[precision] = kept.over(IDS, vectors()).score(
            examples.histories, examples.popular(np.arange(len(examples.targets)))
        )
    assert sizes["int8"] * 3 <= sizes["float32"]
    same = ranked["int8"].argmax(axis=1) == ranked["float32"].argmax(axis=1)
    assert same.mean() >= 0.95


def test_too_few_events_are_an_error_that_says_what_serves_instead(tmp_path):
    with pytest.raises(SetupError, match=r"too few to learn from; 1,000 are needed.*what sells decide"):
        train_shop(log(10), GROUPS, IDS, vectors(), tmp_path, progress=False)


def test_events_of_products_no_longer_sold_are_left_out():
    orders = orders_of(log(3), {"P0": 0, "P1": 1}, 2)
    assert set(orders.items.tolist()) <= {0, 1} and len(orders.items) == len(orders.days) == len(orders.shoppers)


def test_a_damaged_recommender_says_what_to_do(trained, tmp_path):
    folder, _ = trained
    copy = tmp_path / "taste"
    copy.mkdir()
    version = (folder / "current").read_text()
    (copy / "current").write_text(version)
    (copy / version).mkdir()
    for path in (folder / version).iterdir():
        (copy / version / path.name).write_bytes(path.read_bytes())
    (copy / version / "model.safetensors").write_bytes(b"not a model")
    with pytest.raises(SetupError, match="onevoice train"):
        load(copy)


def test_without_a_training_there_is_none(tmp_path):
    assert load(tmp_path) is None


def test_a_new_training_takes_the_place_of_the_old(trained):
    folder, _ = trained
    before = (folder / "current").read_text()
    train_shop(log(), GROUPS, IDS, vectors(), folder, recipe=Recipe(epochs=1), progress=False)
    after = (folder / "current").read_text()
    assert after != before and [path.name for path in folder.glob("t-*")] == [after]
    assert json.loads((folder / after / "manifest.json").read_text())["recipe"]["epochs"] == 1
