"""Taking a feed in: what is taken, what is not and why, reviews and ratings; in bounded memory."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from index.errors import ShopError
from index.feeds import Rejected
from index.intake import REPORTED, Intake, RejectedFile, mean_rating, read_catalogue
from index.shop import read_shop
from index.store import reviews
from tests.conftest import write_jsonl

ROOT = Path(__file__).resolve().parents[2]
GROWTH_MB = 30
STREAM = """
import sys, threading
from pathlib import Path
import psutil
from index.intake import Intake
from index.shop import read_shop
from index.versions import LocalVersions

folder = Path(sys.argv[1])
versions = LocalVersions(folder)
store = versions.open(versions.create())
seen, done = [], threading.Event()


def watch():
    while not done.wait(0.01):
        seen.append(psutil.Process().memory_info().rss)


def taken(shop):
    intake = Intake(store, read_shop(shop), print)
    intake.run()
    return intake.taken


few = taken(folder / "few")
with store.engine.begin() as db:
    for table in ("products", "groups"):
        db.exec_driver_sql(f"DELETE FROM {table}")
before = psutil.Process().memory_info().rss
watcher = threading.Thread(target=watch)
watcher.start()
many = taken(folder / "many")
done.set()
print(few, many, (max(seen) - before) // 2**20)
"""


def product(key, **more):
    return {"id": key, "title": f"Thing {key}", "price": "5.00 EUR", **more}


@pytest.fixture
def take(versions, tmp_path):
    """take(rows, reviews) is (intake, store, rejected rows) of a feed, in SQLite and in PostgreSQL."""

    def run(rows, said=()):
        folder = tmp_path / "shop"
        folder.mkdir(exist_ok=True)
        write_jsonl(folder / "products.jsonl", rows)
        write_jsonl(folder / "reviews.jsonl", list(said))
        store = versions.open(versions.create())
        rejected: list[Rejected] = []
        intake = Intake(store, read_shop(folder), rejected.append)
        intake.run()
        whole: list[Rejected] = []
        catalogue = read_catalogue(read_shop(folder), whole.append)  # in memory, and to the same effect
        assert dict(store.products.load(list(store.products))) == catalogue.products
        assert dict(store.groups.load(list(store.groups))) == catalogue.groups
        assert {key: held for key, held in store.reviews.load(catalogue.groups).items() if held} == catalogue.reviews
        rejected.sort(key=lambda row: (row.file, row.line))  # reported in batches
        assert sorted(whole, key=lambda row: (row.file, row.line)) == rejected
        return intake, store, rejected

    yield run
    versions.sweep(set())


def review(rating, **of):
    return {"author": "A", "title": "", "text": "Said.", "rating": rating, **of}


def test_of_two_rows_of_one_id_the_first_is_taken_and_the_difference_named(take):
    rows = [product("a"), product("b"), product("a"), product("a", color="Red", price="6.00 EUR"), product("b")]
    intake, store, rejected = take(rows)
    assert (intake.read, intake.taken, list(store.products)) == (5, 2, ["a", "b"])
    assert [(row.line, row.reason) for row in rejected] == [
        (3, "id 'a' is there already, in line 1"),
        (4, "id 'a' is there already, in line 1, and states another price, color"),
        (5, "id 'b' is there already, in line 2"),
    ]


def test_a_second_row_is_found_far_from_the_first(take):
    rows = [product(f"p{n}") for n in range(1_200)]
    intake, _, rejected = take([*rows, rows[3]])
    assert (intake.taken, [row.reason for row in rejected]) == (1_200, ["id 'p3' is there already, in line 4"])


def test_ids_that_differ_in_case_are_two(take):
    assert take([product("ab1"), product("AB1")])[0].taken == 2


def test_the_first_row_decides_the_currency(take):
    intake, _, rejected = take([product("a"), product("b", price="5.00 USD"), product("c")])
    assert (intake.currency, intake.taken) == ("EUR", 2)
    assert [row.reason for row in rejected] == ["price in USD: one currency a shop (EUR), none is converted"]


def test_variants_of_a_group_may_stand_apart(take):
    rows = [product("a1", item_group_id="a"), product("b"), product("a2", item_group_id="a")]
    store = take(rows)[1]
    assert list(store.groups) == ["a", "b"]
    assert [variant.id for variant in store.groups["a"].variants] == ["a1", "a2"]


def test_reviews_name_a_product_or_its_group(take):
    rows = [product("a1", item_group_id="a"), product("a2", item_group_id="a"), product("b")]
    said = [
        review(5, item_group_id="a"),
        review(4, id="a2"),
        review(3, id="b"),
        review(1, id="zebra"),
        review(1, item_group_id="zebra"),
        review(1),
        review(6, id="b"),
    ]
    _, store, rejected = take(rows, said)
    assert [held.rating for held in store.reviews["a"]] == [5, 4]
    assert [held.rating for held in store.reviews["b"]] == [3]
    assert [(row.file, row.line) for row in rejected] == [("reviews.jsonl", line) for line in (4, 5, 6, 7)]
    assert [row.reason for row in rejected][:3] == ["no product 'zebra'", "no product 'zebra'", "no product ''"]


def test_reviews_keep_their_order_over_many(take):
    said = [{**review(1 + n % 5, id="a"), "text": f"number {n}"} for n in range(1_100)]
    store = take([product("a")], said)[1]
    assert [held.text for held in store.reviews["a"]] == [f"number {n}" for n in range(1_100)]
    with store.reading() as db:
        assert list(db.execute(select(reviews.c.no).order_by(reviews.c.no)).scalars()) == list(range(1_100))


def test_a_rating_follows_from_the_reviews_unless_the_feed_has_one(take):
    rows = [
        product("a1", item_group_id="a"),
        product("a2", item_group_id="a", rating=1.5, review_count=7),
        product("b"),
    ]
    store = take(rows, [review(rating, item_group_id="a") for rating in (5, 4, 4, 4)])[1]
    assert [(held.rating, held.review_count) for held in store.groups["a"].variants] == [
        (Decimal("4.3"), 4),  # 4.25, rounded as people do
        (Decimal("1.5"), 7),
    ]
    assert (store.products["b"].rating, store.products["b"].review_count) == (None, 0)


@pytest.mark.parametrize(
    ("total", "count", "mean"), [(17, 4, "4.3"), (9, 2, "4.5"), (5, 1, "5.0"), (13, 3, "4.3"), (14, 3, "4.7")]
)
def test_means_are_rounded_half_up_to_one_decimal(total, count, mean):
    assert str(mean_rating(total, count)) == mean


def test_a_feed_without_a_good_row_says_what_the_first_problem_is(tmp_path, versions):
    write_jsonl(tmp_path / "products.jsonl", [{"title": "No id"}])
    rejected: list[Rejected] = []
    intake = Intake(versions.open(versions.create()), read_shop(tmp_path), rejected.append)
    intake.run()
    assert (intake.read, intake.taken) == (1, 0)
    assert "line 1: id is missing" in intake.nothing_taken(rejected)
    with pytest.raises(ShopError, match="no product could be read"):
        read_catalogue(read_shop(tmp_path), rejected.append)


def test_the_file_of_rejected_rows_replaces_the_last_when_it_is_whole(tmp_path):
    path = tmp_path / "rejected.jsonl"
    for count in (REPORTED + 5, 1):
        rejected = RejectedFile(path)
        for line in range(count):
            rejected.add(Rejected("products.jsonl", line, "why"))
        before = path.read_text() if path.exists() else ""
        assert before.count("\n") in (0, REPORTED + 5)
        rejected.take_up()
        assert (rejected.count, len(rejected.first)) == (count, min(count, REPORTED))
        assert [json.loads(row)["line"] for row in path.read_text().splitlines()] == list(range(count))


def test_memory_does_not_grow_with_the_feed(tmp_path):
    """60,000 rows, measured from after a thousand, in a process of its own; a list of them takes more."""
    for name, count in (("few", 1_000), ("many", 60_000)):
        (tmp_path / name).mkdir()
        with (tmp_path / name / "products.jsonl").open("w") as out:
            for n in range(count):
                more = {"item_group_id": f"g{n // 4}", "size": "M", "attributes": {"weather": ["Rainy", "Windy"]}}
                out.write(json.dumps(product(f"{name}-{n}", description=f"Number {n}", **more)) + "\n")
    command = [sys.executable, "-c", STREAM, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, timeout=200, check=True)
    few, many, grown = map(int, done.stdout.split())
    assert (few, many) == (1_000, 60_000)
    assert grown < GROWTH_MB
