"""Building: incremental, taken up in one step, and never served when it is of something else."""

import gc
import json
import logging
import random
import sqlite3
import string
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path

import pytest

from index.build import Index
from index.errors import ShopError
from index.filters import Filters
from index.search import Query
from index.shop import read_shop
from tests.conftest import rows, write_jsonl
from tests.toys import ToyEncoder

ROOT = Path(__file__).resolve().parents[2]
OPEN = """
import logging, sys
from pathlib import Path
from index.build import Index
from index.search import Query
from index.shop import read_shop
from tests.toys import ToyEncoder

logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
search = Index(read_shop(Path(sys.argv[1])), ToyEncoder(), Path(sys.argv[2])).open()
print([candidate.product.id for candidate in search.search(Query("waterproof jacket")).candidates])
"""


@pytest.fixture
def open_at(shop_folder: Path, tmp_path: Path, index_settings):
    """open_at(encoder) is the index of the shop folder as it is now; on SQLite and, where there is one, PostgreSQL."""

    def make(encoder=None):
        return Index(read_shop(shop_folder), encoder or ToyEncoder(), tmp_path / "i", **index_settings)

    return make


def test_only_what_changed_is_embedded_again(open_at, shop_folder: Path):
    encoder = ToyEncoder()
    first = open_at(encoder).build(progress=False)
    assert (first.read, first.products, first.indexed, first.unchanged, first.removed) == (13, 13, 8, 0, 0)
    changed = [row for row in rows() if row["id"] != "M2"]
    changed[-1]["title"] = "Glen Stoneware Mug"
    write_jsonl(shop_folder / "products.jsonl", changed)
    before = encoder.encoded
    second = open_at(encoder).build(progress=False)
    assert (second.indexed, second.unchanged, second.removed) == (1, 6, 1)
    assert encoder.encoded == before + 1
    assert "M2" not in open_at(encoder).open().catalogue.products


def test_nothing_is_done_where_nothing_has_changed(open_at):
    encoder = ToyEncoder()
    open_at(encoder).build(progress=False)
    again = open_at(encoder).build(progress=False)
    assert (again.indexed, again.unchanged, again.repriced) == (0, 8, 0)
    assert encoder.encoded == 8


def test_price_and_stock_change_in_place_and_an_open_index_sees_it(open_at, shop_folder: Path):
    encoder = ToyEncoder()
    index = open_at(encoder)
    index.build(progress=False)
    search = index.open()
    assert str(search.search(Query("hazel mug")).candidates[0].product.current_price) == "9.50 EUR"
    changed = rows()
    changed[-1]["price"], changed[-2]["quantity"] = "11.00 EUR", 0
    write_jsonl(shop_folder / "products.jsonl", changed)
    report = open_at(encoder).build(progress=False)
    assert (report.repriced, report.unchanged, report.indexed) == (2, 8, 0)
    assert encoder.encoded == 8 + 1  # the catalogue, and the query above
    found = search.search(Query("mug")).candidates
    assert [(c.product.id, str(c.product.current_price), c.product.in_stock) for c in found] == [
        ("M2", "11.00 EUR", True),
        ("M1", "12.00 EUR", False),
    ]
    assert index.current is search


def test_an_open_index_takes_up_the_next_version(open_at, shop_folder: Path):
    index = open_at()
    index.build(progress=False)
    before = index.open()
    write_jsonl(shop_folder / "products.jsonl", [*rows(), {"id": "N1", "title": "Ivy Lantern", "price": "30.00 EUR"}])
    open_at().build(progress=False)
    assert "N1" not in before.catalogue.products
    assert index.current.search(Query("lantern")).candidates[0].product.id == "N1"
    assert before.search(Query("glen mug")).candidates[0].product.id == "M1"  # who is reading it still may


def test_readers_never_see_half(open_at, shop_folder: Path):
    """While prices alternate between all low and all high, no search sees some of both."""
    index = open_at()
    index.build(progress=False)
    search = index.open()
    stop = threading.Event()
    seen: list[set[str]] = []

    def read() -> None:
        while not stop.is_set():
            seen.append({str(c.product.price)[:3] for c in search.search(Query("mug")).candidates})

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(8):
        price = "500.00 EUR" if turn % 2 else "700.00 EUR"
        write_jsonl(shop_folder / "products.jsonl", [{**r, "price": price, "sale_price": None} for r in rows()])
        open_at().build(progress=False)
    stop.set()
    reader.join()
    whole = [prices for prices in seen if prices & {"500", "700"}]
    assert {"500"} in whole or {"700"} in whole
    assert all(len(prices) == 1 for prices in whole)


def test_an_index_of_something_else_is_refused_with_the_remedy(open_at, shop_folder: Path):
    with pytest.raises(ShopError, match=r"not indexed yet.*onevoice index"):
        open_at().open()
    open_at().build(progress=False)
    other = ToyEncoder()
    other.name = "another"
    with pytest.raises(ShopError, match="onevoice index"):
        open_at(other).open()
    write_jsonl(shop_folder / "products.jsonl", rows()[1:])
    with pytest.raises(ShopError, match=r"another catalogue.*onevoice index"):
        open_at().open()


def test_a_feed_without_a_good_row_leaves_what_is_served(open_at, shop_folder: Path):
    index = open_at()
    index.build(progress=False)
    search = index.open()
    write_jsonl(shop_folder / "products.jsonl", [{"id": "x"}])
    with pytest.raises(ShopError, match="line 1: title is missing"):
        open_at().build(progress=False)
    assert index.current is search
    assert search.search(Query("mug")).verdict == "found"


def test_all_rejected_rows_are_in_a_file(open_at, shop_folder: Path):
    broken = [{"id": f"x{n}", "title": "No price"} for n in range(120)]
    dear = {**rows()[-1], "price": "99.00 EUR"}
    write_jsonl(shop_folder / "products.jsonl", [*rows(), *broken, dear, rows()[-1]])
    report = open_at().build(progress=False)
    assert (report.read, report.products, report.rejections) == (13 + 122, 13, 122)
    lines = [json.loads(line) for line in report.rejected_file.read_text().splitlines()]
    assert len(lines) == 122
    assert (lines[0]["line"], lines[0]["reason"]) == (14, "price is missing")
    assert lines[-2]["reason"] == "id 'M2' is there already, in line 13, and states another price"
    assert lines[-1]["reason"] == "id 'M2' is there already, in line 13"
    assert open_at().build(progress=False).rejections == 122  # said again where nothing has changed


def test_a_build_that_died_half_way_leaves_the_old_version(shop_folder: Path, tmp_path: Path):
    index = Index(read_shop(shop_folder), ToyEncoder(), tmp_path / "i")
    index.build(progress=False)
    served = (tmp_path / "i" / "current").read_text()
    half = tmp_path / "i" / "v-half"
    (half / "chroma").mkdir(parents=True)
    (tmp_path / "i" / "current.draft").write_text("v-half")
    assert index.open().search(Query("mug")).verdict == "found"
    assert (tmp_path / "i" / "current").read_text() == served


@pytest.mark.parametrize("broken", ["index.sqlite", "chroma-*/chroma.sqlite3"])
def test_a_damaged_version_is_built_again(shop_folder: Path, tmp_path: Path, broken: str):
    shop, encoder = read_shop(shop_folder), ToyEncoder()
    Index(shop, encoder, tmp_path / "i").build(progress=False)
    version = tmp_path / "i" / (tmp_path / "i" / "current").read_text()
    if broken == "index.sqlite":
        with sqlite3.connect(version / broken) as db:
            db.execute("DROP TABLE terms")
            db.execute("DROP TABLE meta")
    else:
        next(version.glob(broken)).write_bytes(b"not a database")
    index = Index(shop, encoder, tmp_path / "i")
    index.build(progress=False)
    assert index.open().search(Query("mug")).verdict == "found"


def test_the_feed_s_order_and_lines_are_kept(open_at):
    open_at().build(progress=False)
    catalogue = open_at().open().catalogue
    assert list(catalogue.products) == [row["id"] for row in rows()]
    assert catalogue.products["M2"].line == 13
    assert [v.id for v in catalogue.groups["J1"].variants][:2] == ["J1-S-Blue", "J1-M-Blue"]
    assert str(catalogue.products["J1-M-Blue"].rating) == "4.5"
    assert [review.author for review in catalogue.reviews["J1"]] == ["A", "B"]


def in_another_process(shop_folder: Path, directory: Path) -> tuple[str, str]:
    """What another process finds, and what it logs."""
    command = [sys.executable, "-c", OPEN, str(shop_folder), str(directory)]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, timeout=120, check=True)
    return done.stdout.splitlines()[-1], done.stderr


def test_a_second_process_on_an_embedded_index_compares_with_every_product(shop_folder: Path, tmp_path: Path, caplog):
    index = Index(read_shop(shop_folder), ToyEncoder(), tmp_path / "i")
    index.build(progress=False)
    with caplog.at_level(logging.WARNING, "onevoice"):
        search = index.open()
    gc.collect()
    expected = str([candidate.product.id for candidate in search.search(Query("waterproof jacket")).candidates])
    found, logged = in_another_process(shop_folder, tmp_path / "i")
    assert found == expected
    assert "onevoice: Another process uses the embedded vector index" in logged and "ONEVOICE_CHROMA_URL" in logged
    assert not caplog.records
    del search, index
    gc.collect()
    found, logged = in_another_process(shop_folder, tmp_path / "i")
    assert (found, "onevoice" in logged) == (expected, False)  # nobody else reads it any more


def test_a_served_index_sees_new_facts_before_any_search(open_at, shop_folder: Path):
    index = open_at()
    index.build(progress=False)
    search = index.open()
    assert str(search.catalogue.products["M2"].price) == "9.50 EUR"
    write_jsonl(shop_folder / "products.jsonl", [*rows()[:-1], {**rows()[-1], "price": "8.00 EUR"}])
    open_at().build(progress=False)
    assert index.current is search
    assert str(search.catalogue.products["M2"].price) == "8.00 EUR"


def test_another_currency_is_another_version(open_at, shop_folder: Path):
    index = open_at()
    index.build(progress=False)
    before = index.open()
    yen = [{**row, "price": "900 JPY", "sale_price": None} for row in rows()]
    write_jsonl(shop_folder / "products.jsonl", yen)
    assert open_at().build(progress=False).repriced == 0
    assert index.current is not before
    assert index.current.catalogue.currency == "JPY"
    found = index.current.search(Query("mug", Filters(max_price=Decimal(900)))).candidates
    assert {str(candidate.product.price) for candidate in found} == {"900 JPY"}


def test_others_are_served_while_one_opens_the_next_version(open_at, shop_folder: Path, monkeypatch):
    index = open_at()
    index.build(progress=False)
    before = index.open()
    write_jsonl(shop_folder / "products.jsonl", rows()[1:])
    open_at().build(progress=False)
    opening, go_on = threading.Event(), threading.Event()
    whole = index._open

    def slow(*args):
        opening.set()
        assert go_on.wait(10)
        return whole(*args)

    monkeypatch.setattr(index, "_open", slow)
    thread = threading.Thread(target=lambda: index.current)
    thread.start()
    assert opening.wait(10)
    assert index.current is before
    go_on.set()
    thread.join()
    assert index.current is not before


def test_a_shop_of_any_name_is_indexed(shop_folder: Path, tmp_path: Path, index_settings):
    folder = shop_folder.rename(tmp_path / "店铺 größe #1 & 100%")
    index = Index(read_shop(folder), ToyEncoder(), tmp_path / "i" / folder.name, **index_settings)
    index.build(progress=False)
    assert index.open().search(Query("mug")).verdict == "found"


def test_no_row_is_too_long_for_the_database(open_at, shop_folder: Path):
    letters = "".join(random.Random(1).choices(string.ascii_lowercase, k=9_000))  # which no database can compress
    long = {"material": [f"Wool {letters}"], "care": [letters]}
    write_jsonl(
        shop_folder / "products.jsonl", [*rows(), {**rows()[-1], "id": "L1", "title": "Lamp", "attributes": long}]
    )
    open_at().build(progress=False)
    found = open_at().open().search(Query("lamp", Filters(material=("wool",)))).candidates
    assert [candidate.product.id for candidate in found] == ["L1"]


def test_no_file_stays_open(shop_folder: Path, tmp_path: Path):
    """Eight refreshes, of the text and of facts alone, leave no more open files than two."""
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("this system does not list the files of a process")
    counts = []
    for turn in range(8):
        title = f"Hazel Mug {turn // 2}"
        write_jsonl(shop_folder / "products.jsonl", [*rows()[:-1], {**rows()[-1], "title": title, "quantity": turn}])
        Index(read_shop(shop_folder), ToyEncoder(), tmp_path / "i").build(progress=False)
        gc.collect()
        counts.append(len(list(Path("/proc/self/fd").iterdir())))
    assert counts[-1] <= counts[2]
