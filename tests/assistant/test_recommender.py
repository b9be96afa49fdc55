"""What sells and what is likely over what the shop sells now: counted once an hour, trained or not."""

import json
import logging
import shutil
import threading
from datetime import timedelta

import numpy as np
import pytest
import torch

from assistant.recommender import Recommender
from assistant.shoppers.log import EventLog
from assistant.shoppers.seed import seed
from assistant.shoppers.store import KIND_WEIGHT, Event, Shoppers
from assistant.taste.blend import Blend
from assistant.taste.files import current, save
from assistant.taste.fitted import Fitted
from assistant.taste.methods import Methods
from assistant.taste.sequence import SequenceModel, Shape
from assistant.taste.shop import train_shop
from assistant.taste.training import Recipe
from index.build import Index
from index.shop import read_shop
from tests.conftest import NOW, rows, write_jsonl, write_shop
from tests.toys import ToyEncoder

HOUR = timedelta(hours=1)
LAST_MOMENT = HOUR - timedelta(seconds=1)
AGAIN = ("M1", "M2")  # what the made-up shoppers buy again


@pytest.fixture(autouse=True)
def _heard(caplog):
    """Other tests run commands that set the level of the log."""
    caplog.set_level(logging.INFO, "onevoice")


@pytest.fixture
def did(shoppers, clock):
    """did(shopper, kind, product, ago) keeps what happened then."""

    def keep(who, kind, product, ago=timedelta(days=1)):
        clock.now = NOW - ago
        shoppers.record(who, kind, product)
        clock.now = NOW

    return keep


@pytest.fixture
def recommender(search, shoppers):
    return Recommender(search, shoppers)


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """The tiny shop without its watch, with a third mug ahead of all else, searched."""
    folder = tmp_path_factory.mktemp("wide")
    shop = write_shop(folder / "shop")
    mug = {"id": "M0", "title": "Hazel Mug Set", "description": "Four enamel mugs.", "product_type": "Kitchen > Sets"}
    kept = [row for row in rows() if row["id"] != "W1"]
    write_jsonl(shop / "products.jsonl", [{**mug, "price": "30.00 EUR", "quantity": 5}, *kept])
    index = Index(read_shop(shop), ToyEncoder(), folder / "index")
    index.build(progress=False)
    search = index.open()
    yield search
    search.close()


@pytest.fixture(scope="module")
def training(tiny_app, tmp_path_factory):
    """A training on shoppers that were made up: each buys every group once, in the index's order, and mugs again."""
    search = tiny_app.search
    events = []
    for shopper in range(120):
        rng = np.random.default_rng(shopper)
        at = np.datetime64("2026-01-01T00:00:00") + rng.integers(0, 30 * 86_400)
        order = [search.groups[(shopper + step) % len(search.groups)] for step in range(len(search.groups))]
        for group in (*order, *AGAIN):
            product = search.catalogue.groups[group].variants[0].id
            events.append((f"s{shopper:03}", product, at))
            at = at + rng.integers(86_400, 10 * 86_400)
    who, what, times = zip(*events, strict=True)
    log = EventLog(who, what, ("purchase",) * len(events), np.array(times), np.ones(len(events), dtype=np.int64))
    row = {group: number for number, group in enumerate(search.groups)}
    groups = {key: row[product.group_id] for key, product in search.catalogue.products.items()}
    folder = tmp_path_factory.mktemp("taste")
    train_shop(log, groups, search.groups, search.vectors, folder, recipe=Recipe(epochs=2), progress=False)
    return folder


@pytest.fixture
def folder(tmp_path):
    """Where a training would lie; there is none yet."""
    return tmp_path / "taste"


def publish(training, folder, version=""):
    """Serve a training, as what `save` writes last makes it: the pointer. Named anew where a name is given."""
    found = current(training)
    version = version or found
    shutil.copytree(training / found, folder / version)
    (folder / "current").write_text(version)
    return folder / version


def events(*happened):
    """(kind, product, days ago), oldest first."""
    return [Event(kind, product, NOW - timedelta(days=days), 1, None, None) for kind, product, days in happened]


def scores(recommender, found):
    return {group: float(found[recommender.row(group)]) for group in recommender._rows}


def best(recommender, found):
    return recommender._search.groups[int(found.argmax())]


def recounted(recommender, at):
    """The recommender asked at a moment when it reads anew, once that is done."""
    recommender.popular(at)
    for thread in threading.enumerate():
        if thread.name == "recommender":
            thread.join()
    return recommender


def test_what_sells_is_counted_once_an_hour(recommender, did, shoppers, clock):
    did("ben", "purchase", "W1")
    before = recommender.popular(NOW)
    assert best(recommender, before) == "W1"
    shoppers.record("ada", "purchase", "M2")
    shoppers.record("ben", "purchase", "M2")
    assert np.array_equal(recommender.popular(NOW), before)
    assert np.array_equal(recommender.popular(NOW + LAST_MOMENT), before)
    after = recounted(recommender, NOW + HOUR).popular(NOW + HOUR)
    assert best(recommender, after) == "M2" and scores(recommender, after)["W1"] > 0
    assert np.array_equal(recommender.popular(NOW + HOUR + LAST_MOMENT), after)


def test_no_turn_waits_for_the_hourly_count_and_one_thread_makes_it(recommender, did, shoppers, monkeypatch):
    did("ben", "purchase", "W1")
    before = recommender.popular(NOW)
    did("ada", "purchase", "M2")
    did("ben", "purchase", "M2")
    asked, go_on, sold = [], threading.Event(), shoppers.sold

    def slow(until):
        asked.append(until)
        assert go_on.wait(10)
        return sold(until)

    monkeypatch.setattr(shoppers, "sold", slow)
    for minute in range(3):
        assert np.array_equal(recommender.popular(NOW + HOUR + timedelta(minutes=minute)), before)
    go_on.set()
    assert best(recommender, recounted(recommender, NOW + HOUR).popular(NOW + HOUR)) == "M2"
    assert asked == [NOW + HOUR]


def test_a_count_that_fails_leaves_what_was_served_and_is_tried_again(recommender, did, shoppers, monkeypatch, caplog):
    did("ben", "purchase", "W1")
    before = recommender.popular(NOW)
    did("ada", "purchase", "M2")
    did("ben", "purchase", "M2")
    with monkeypatch.context() as broken:
        broken.setattr(shoppers, "sold", lambda until: 1 / 0)
        assert np.array_equal(recounted(recommender, NOW + HOUR).popular(NOW + LAST_MOMENT), before)
    assert "could not be counted" in caplog.text
    assert best(recommender, recounted(recommender, NOW + HOUR).popular(NOW + HOUR)) == "M2"


def test_what_was_counted_a_day_ago_is_not_served(recommender, did):
    did("ben", "purchase", "W1")
    recommender.popular(NOW)
    did("ada", "purchase", "M2")
    did("ben", "purchase", "M2")
    assert best(recommender, recommender.popular(NOW + timedelta(days=1))) == "M2"


def test_a_clock_that_goes_back_counts_anew(recommender, did):
    did("ben", "purchase", "W1", timedelta(days=2))
    did("ada", "purchase", "M2", timedelta(hours=1))
    did("ben", "purchase", "M2", timedelta(hours=1))
    assert best(recommender, recommender.popular(NOW)) == "M2"
    back = recommender.popular(NOW - timedelta(hours=2))
    assert best(recommender, back) == "W1" and scores(recommender, back)["M2"] == 0
    assert best(recommender, recounted(recommender, NOW).popular(NOW)) == "M2"


def test_what_is_bought_after_the_moment_does_not_count(recommender, did):
    did("ben", "purchase", "W1")
    did("ada", "purchase", "M2", -timedelta(minutes=1))
    did("ben", "purchase", "M2", -timedelta(days=3))
    assert scores(recommender, recommender.popular(NOW))["M2"] == 0
    assert best(recommender, recommender.popular(NOW)) == "W1"


def test_what_those_who_opted_out_bought_does_not_count(recommender, did, shoppers):
    did("ben", "purchase", "W1")
    did("ada", "purchase", "M2")
    did("ada", "purchase", "M2", timedelta(days=2))
    assert best(recommender, recommender.popular(NOW)) == "M2"
    shoppers.remember("ada", "personalization", "false")
    left = recounted(recommender, NOW + HOUR).popular(NOW + HOUR)
    assert best(recommender, left) == "W1" and scores(recommender, left)["M2"] == 0


def counts(days):
    """What a purchase of so many days ago counts: in the week's popularity and in the month's."""
    return 0.5 ** (days / 7) + 0.5 ** (days / 30)


def test_each_kind_of_store_counts_the_same(engine, shop_folder, search, clock):
    sold = [("ben", "W1", "2026-10-31T23:59:59Z"), ("ada", "W1", "2026-10-31T00:00:00Z"), ("ben", "M2", "2026-10-25")]
    left = [("kit", "B1", "2026-10-31T10:00:00Z"), ("ben", "B1", "2026-11-01T12:00:01Z")]  # opted out, and yet to come
    write_jsonl(
        shop_folder / "events.jsonl",
        [{"shopper_id": who, "type": "purchase", "product_id": key, "at": at} for who, key, at in (*sold, *left)],
    )
    seed(engine, shop_folder)
    recommender = Recommender(search, Shoppers(engine, clock))
    found = scores(recommender, recommender.popular(NOW))
    assert {group for group, score in found.items() if score} == {"W1", "M2"}
    assert found["M2"] / found["W1"] == pytest.approx(counts(7) / (2 * counts(1)), rel=1e-3)


def test_a_look_and_a_full_cart_are_no_sales(recommender, did):
    did("ben", "purchase", "W1", timedelta(days=60))
    for days in (1, 3, 5):
        did("ada", "view", "M2", timedelta(days=days))
        did("ben", "cart", "M2", timedelta(days=days))
    assert scores(recommender, recommender.popular(NOW))["M2"] == 0


def test_what_sold_long_ago_counts_less(recommender, did):
    did("ben", "purchase", "B1", timedelta(days=95))
    did("ada", "purchase", "B1", timedelta(days=90))
    did("ada", "purchase", "M2", timedelta(days=2))
    found = scores(recommender, recommender.popular(NOW))
    assert found["M2"] > found["B1"] > found["W1"] == 0


def test_variants_sell_for_their_group_and_what_is_gone_for_none(recommender, did):
    did("ada", "purchase", "J1-S-Blue")
    did("ben", "purchase", "J1-L-Red")
    did("ada", "purchase", "M2")
    did("ben", "purchase", "GONE")
    found = scores(recommender, recommender.popular(NOW))
    assert found["J1"] == pytest.approx(2 * found["M2"]) and sum(found.values()) == pytest.approx(3 * found["M2"])


def test_where_nothing_was_sold_yet_what_is_liked_is_popular(recommender, did, search):
    liked = search.acclaim()
    did("ada", "view", "W1")
    did("ben", "purchase", "GONE")
    found = scores(recommender, recommender.popular(NOW))
    assert liked["J1"] > 0 and best(recommender, recommender.popular(NOW)) == "J1"
    assert found == pytest.approx({group: liked[group] * found["J1"] / liked["J1"] for group in found})
    did("ben", "purchase", "W1")
    sold = scores(recommender, recounted(recommender, NOW + HOUR).popular(NOW + HOUR))
    assert sold["W1"] > 0 and sold["J1"] == 0


def test_without_a_training_what_is_like_a_shoppers_own_is_likely(recommender, did):
    did("ben", "purchase", "W1")
    assert not recommender.trained(NOW)
    found = recommender.likely(events(("purchase", "M2", 9)), NOW)
    by_group = scores(recommender, found)
    assert best(recommender, found) == "M1"
    assert by_group["W1"] > by_group["B1"]  # no more alike, but it sells
    assert by_group["M2"] == 0  # it is bought
    assert found.min() >= 0 and found.sum() == pytest.approx(1.0)
    looked = scores(recommender, recommender.likely(events(("view", "M2", 9), ("view", "M1", 8)), NOW))
    assert looked["M2"] > 0 and looked["M1"] > 0


def test_what_is_likely_without_an_event_is_as_if_it_had_never_been(recommender):
    happened = events(("purchase", "M2", 9), ("cart", "J1-S-Red", 5), ("view", "B1", 2))
    left = recommender.without(happened, [recommender.row("M2"), recommender.row("B1")], NOW)
    assert left.shape == (2, len(recommender._rows))
    assert np.allclose(left[0], recommender.likely(happened[1:], NOW))
    assert np.allclose(left[1], recommender.likely(happened[:2], NOW))
    assert left[0][recommender.row("M2")] > 0 and left[1][recommender.row("M2")] == 0


def test_what_is_likely_is_kept_for_its_history_alone_and_no_longer_than_the_count(recommender, did):
    did("ben", "purchase", "W1")
    histories = [events((kind, key, days)) for kind in ("view", "cart") for key in ("M2", "B1") for days in (3, 9)]
    found = [recommender.likely(history, NOW).copy() for history in histories]
    for history in range(100):  # more than are kept
        recommender.likely(events(*(("view", "J2", 9 - day / 100) for day in range(history))), NOW)
    for history, before in zip(histories, found, strict=True):
        assert np.array_equal(recommender.likely(history, NOW), before)
    for looked_at, like, place in (("M2", "M1", 0), ("B1", "B2", 2)):
        others = {group: score for group, score in scores(recommender, found[place]).items() if group != looked_at}
        assert max(others, key=others.__getitem__) == like
    did("ben", "purchase", "J1-S-Red")
    did("ada", "purchase", "J1-S-Red", timedelta(days=2))
    after = recounted(recommender, NOW + HOUR).likely(histories[0], NOW + HOUR)
    assert after[recommender.row("J1")] > found[0][recommender.row("J1")]


def test_a_heavier_event_says_more(recommender):
    found = []
    for kind in sorted(KIND_WEIGHT, key=KIND_WEIGHT.__getitem__):
        likely = recommender.likely(events(("purchase", "M2", 3), (kind, "J2", 3)), NOW)
        found.append(scores(recommender, likely)["J1"])
    assert found == sorted(set(found))


def test_rows_and_vectors_are_those_of_the_index(recommender, search):
    assert [recommender.row(group) for group in search.groups] == list(range(len(search.groups)))
    assert recommender.row_of("J1-L-Red") == recommender.row("J1") and recommender.row_of("GONE") is None
    wanted = [search.vector(search.catalogue.products[key]) for key in ("M2", "B1")]
    assert np.array_equal(recommender.vectors([recommender.row("M2"), recommender.row("B1")]), np.stack(wanted))


def test_without_a_training_nothing_is_bought_again(recommender, search):
    assert recommender.done_with(search.groups, NOW) == set(search.groups)
    assert recommender.done_with([], NOW) == frozenset()


def test_a_training_tells_what_is_bought_again(search, shoppers, training):
    recommender = Recommender(search, shoppers, training)
    assert recommender.done_with(search.groups, NOW) == set(search.groups) - set(AGAIN)
    found = scores(recommender, recommender.likely(events(("purchase", "M2", 9), ("purchase", "J2", 5)), NOW))
    assert found["M2"] > 0 and found["J2"] == 0


def test_with_a_training_too_what_sells_is_popular(search, shoppers, training, did):
    did("ben", "purchase", "W1")
    recommender = Recommender(search, shoppers, training)
    assert recommender.trained(NOW)
    assert np.array_equal(recommender.popular(NOW), Recommender(search, shoppers).popular(NOW))
    assert best(recommender, recommender.popular(NOW)) == "W1"


def test_a_training_that_is_published_is_taken_up_at_the_next_count(search, shoppers, training, folder):
    recommender, happened = Recommender(search, shoppers, folder), events(("purchase", "J3", 9))
    assert not recommender.trained(NOW)
    untrained = recommender.likely(happened, NOW)
    assert best(recommender, untrained) == "J1"  # alike
    publish(training, folder)
    assert not recommender.trained(NOW + LAST_MOMENT)
    assert np.array_equal(recommender.likely(happened, NOW + LAST_MOMENT), untrained)
    assert recounted(recommender, NOW + HOUR).trained(NOW + HOUR)
    found = recommender.likely(happened, NOW + HOUR)
    assert best(recommender, found) == "B1"  # what everybody bought after it
    (folder / "current").unlink()
    assert recommender.trained(NOW + HOUR + LAST_MOMENT)
    assert not recounted(recommender, NOW + 2 * HOUR).trained(NOW + 2 * HOUR)
    assert np.array_equal(recommender.likely(happened, NOW + 2 * HOUR), untrained)


def test_a_training_is_read_once_as_long_as_it_is_served(search, shoppers, training, folder):
    publish(training, folder)
    recommender, happened = Recommender(search, shoppers, folder), events(("purchase", "J3", 9))
    assert best(recommender, recommender.likely(happened, NOW)) == "B1"
    shutil.rmtree(folder / current(folder))
    assert recounted(recommender, NOW + HOUR).trained(NOW + HOUR)
    assert best(recommender, recommender.likely(happened, NOW + HOUR)) == "B1"


def test_where_no_folder_is_named_no_training_is_used(search, shoppers, training):
    assert not Recommender(search, shoppers).trained(NOW)
    assert Recommender(search, shoppers, training).trained(NOW)


@pytest.mark.parametrize("name", ["model.safetensors", "manifest.json", "items.json"])
def test_a_damaged_training_is_told_and_shoppers_are_served_without_it(
    search, shoppers, training, folder, caplog, name
):
    (publish(training, folder) / name).write_bytes(b"not what it was")
    recommender, happened = Recommender(search, shoppers, folder), events(("purchase", "J3", 9))
    assert not recommender.trained(NOW)
    (told,) = [record for record in caplog.records if record.name == "onevoice"]
    assert told.levelno == logging.ERROR and "onevoice train" in told.getMessage()
    assert str(folder) in told.getMessage()
    plain = Recommender(search, shoppers)
    assert np.array_equal(recommender.likely(happened, NOW), plain.likely(happened, NOW))
    assert np.array_equal(recommender.popular(NOW), plain.popular(NOW))
    assert recommender.done_with(search.groups, NOW) == set(search.groups)
    assert len(caplog.records) == 1  # told once an hour
    publish(training, folder, version="t-mended")
    assert not recommender.trained(NOW + LAST_MOMENT)
    assert recounted(recommender, NOW + HOUR).trained(NOW + HOUR)
    assert best(recommender, recommender.likely(happened, NOW + HOUR)) == "B1"


def test_a_damaged_training_after_a_good_one_leaves_none(search, shoppers, training, folder, caplog):
    publish(training, folder)
    recommender = Recommender(search, shoppers, folder)
    assert recommender.trained(NOW)
    (publish(training, folder, version="t-broken") / "model.safetensors").unlink()
    assert not recounted(recommender, NOW + HOUR).trained(NOW + HOUR)
    assert "t-broken" in caplog.text


def test_over_another_index_rows_are_its_own(recommender, did, wide, search):
    did("ben", "purchase", "M2")
    did("ada", "purchase", "W1")
    did("ada", "purchase", "W1", timedelta(days=2))
    other = recommender.over(wide)
    assert best(recommender, recommender.popular(NOW)) == "W1"
    assert other.popular(NOW).shape == (len(wide.groups),) and best(other, other.popular(NOW)) == "M2"
    assert "M0" in wide.groups and "W1" not in wide.groups
    happened = events(("purchase", "M2", 3))
    assert best(recommender, recommender.likely(happened, NOW)) == "M1"
    assert best(other, other.likely(happened, NOW)) == "M0"
    assert other.likely(events(("view", "M0", 3)), NOW)[other.row("M2")] > 0
    assert not other.trained(NOW)


def test_over_another_index_the_training_serves_on(search, shoppers, training, wide):
    other = Recommender(search, shoppers, training).over(wide)
    assert other.trained(NOW)
    found = other.likely(events(("purchase", "J3", 9)), NOW)
    assert found.shape == (len(wide.groups),) and best(other, found) == "B1"
    assert other.done_with(["J1", "M0", *AGAIN], NOW) == {"J1", "M0"}
    assert np.isfinite(other.likely(events(("purchase", "M0", 9)), NOW)).all()


@pytest.mark.parametrize("damage", ["null", "no blend", "another width", "bytes", "folder"])
def test_whatever_is_wrong_with_a_training_shoppers_are_served_without_it(search, shoppers, tmp_path, caplog, damage):
    folder = tmp_path / "taste"
    vectors = search.vectors
    model = SequenceModel(Shape(len(vectors), vectors.shape[1], width=8), torch.from_numpy(vectors)).eval()
    save(Fitted(Methods(sequence=model), Blend((("sequence", 0.5, 1.0),))), search.groups, folder, {})
    assert Recommender(search, shoppers, folder).trained(NOW)
    manifest = folder / (folder / "current").read_text() / "manifest.json"
    kept = json.loads(manifest.read_text())
    if damage == "null":
        manifest.write_text("null")
    elif damage == "no blend":
        manifest.write_text(json.dumps({name: value for name, value in kept.items() if name != "blend"}))
    elif damage == "another width":
        manifest.write_text(json.dumps({**kept, "sequence": {**kept["sequence"], "text": 7}}))
    elif damage == "bytes":
        (folder / "current").write_bytes(b"\xff\xfe\xff")
    else:
        (folder / "current").unlink()
        (folder / "current").mkdir()
    recommender = Recommender(search, shoppers, folder)
    assert not recommender.trained(NOW)
    assert recommender.likely(events(("view", "M2", 3)), NOW).sum() == pytest.approx(1.0)
    assert any(record.levelname == "ERROR" for record in caplog.records)
