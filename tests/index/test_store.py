"""The store gives back what was put in, reads what it is asked for, and never serves facts of before a change."""

import json
import random
import threading
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, update

from index import store as module
from index.catalogue import Product
from index.money import Money
from index.store import chunks, products, put_column, put_meta, reviews

text = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
some = st.none() | text.filter(bool)
values = st.lists(text.filter(bool), max_size=3).map(tuple)
money = st.integers(0, 10**10).map(lambda minor: Money(minor, "EUR"))
any_product = st.builds(
    Product,
    id=text.filter(bool),
    group_id=text.filter(bool),
    title=text.filter(bool),
    price=money,
    description=text,
    brand=some,
    product_type=some,
    sale_price=st.none() | money,
    availability=st.sampled_from(["in_stock", "preorder"]),
    quantity=st.none() | st.integers(0, 10**9),
    color=some,
    size=some,
    material=values,
    gender=values,
    image_link=some,
    link=some,
    rating=st.none() | st.decimals(0, 5, places=1),
    review_count=st.integers(0, 10**9),
    attributes=st.dictionaries(text.filter(bool), values, max_size=3),
    line=st.integers(0, 10**9),
)


def feed(count, price="1.00 EUR"):
    return [{"id": f"P{n}", "item_group_id": f"G{n // 2}", "title": f"Thing {n}", "price": price} for n in range(count)]


def reprice(store, price, generation):
    """Write another price of everything, as a refresh of the facts does."""
    with store.engine.begin() as db:
        for n in range(len(store.products)):
            data = json.dumps(Product(f"P{n}", f"G{n // 2}", f"Thing {n}", Money.parse(price)).to_json())
            db.execute(update(products).where(products.c.id == f"P{n}").values(data=data))
        put_meta(db, generation=generation)


def statements(store):
    """A list that grows by every statement sent."""
    sent = []
    event.listen(store.engine, "before_cursor_execute", lambda c, cursor, statement, *rest: sent.append(statement))
    return sent


@given(any_product)
def test_any_product_is_read_as_it_was_written(product):
    assert Product.of_json(json.loads(json.dumps(product.to_json(), ensure_ascii=False)), product.line) == product


def test_any_product_comes_back_from_the_tables(stored):
    store = stored(feed(2))

    @settings(max_examples=60)
    @given(any_product)
    def check(product):
        with store.engine.begin() as db:
            db.execute(products.delete().where(products.c.no == 7))
            stated = {"data": json.dumps(product.to_json(), ensure_ascii=False), "line": product.line}
            db.execute(
                insert(products).values(no=7, id="x", folded="x", group_id=product.group_id, structure="", **stated)
            )
        store.forget()
        assert store.products["x"] == product

    check()


def test_loaded_in_the_order_asked_for_each_once_and_what_is_missing_left_out(stored):
    store = stored(feed(8))
    asked = ["P5", "nothing", "P0", "P5", "P3"]
    assert list(store.products.load(asked)) == ["P5", "P0", "P3"]
    assert list(store.products.load(["P3", *asked, "P7"])) == ["P3", "P5", "P0", "P7"]
    assert store.products.load([]) == {}
    assert [group.id for group in store.groups.load(["G3", "G0"]).values()] == ["G3", "G0"]


def test_the_mappings_are_those_of_the_feed(stored):
    store = stored(feed(5))
    with store.engine.begin() as db:
        db.execute(insert(reviews).values(no=0, group_id="G1", author="A", title="", text="Good.", rating=5))
    assert (list(store.products), len(store.products)) == ([f"P{n}" for n in range(5)], 5)
    assert (list(store.groups), len(store.groups)) == (["G0", "G1", "G2"], 3)
    assert [variant.id for variant in store.groups["G1"].variants] == ["P2", "P3"]
    assert ("P4" in store.products, "P5" in store.products, 4 in store.products) == (True, False, False)
    assert ("G2" in store.reviews, "G9" in store.reviews) == (True, False)
    assert ([review.text for review in store.reviews["G1"]], store.reviews["G2"]) == (["Good."], ())
    for mapping in (store.products, store.groups, store.reviews):
        with pytest.raises(KeyError):
            mapping["absent"]


def test_ids_are_found_in_any_case_and_the_first_of_two(stored):
    rows = [{"id": key, "title": "T", "price": "1.00 EUR"} for key in ("AB1", "ab1", "C2")]
    assert stored(rows).typed(["ab1", "c2", "d3"]) == {"ab1": "AB1", "c2": "C2"}


def test_what_was_read_is_held_until_the_facts_change(stored):
    store = stored(feed(4))
    store.products.load(["P0", "P1"])
    sent = statements(store)
    assert store.products["P0"] is store.products["P0"] and not sent
    reprice(store, "2.00 EUR", generation=1)
    assert store.generation() == 1
    assert {str(product.price) for product in store.products.load(["P0", "P1"]).values()} == {"2.00 EUR"}
    assert str(store.groups["G0"].variants[0].price) == "2.00 EUR"
    store.forget()
    before = len(sent)
    assert store.products["P0"].id == "P0" and len(sent) > before


def test_one_load_is_of_one_state_though_some_of_it_was_held(stored):
    """Nobody has noticed yet that the facts have changed: what was held is not mixed with what is read."""
    store = stored(feed(4))
    store.products.load(["P0"])
    reprice(store, "2.00 EUR", generation=1)
    found = store.products.load(["P0", "P1"]).values()
    assert [str(product.price) for product in found] == ["2.00 EUR"] * 2


def test_what_was_being_read_while_the_facts_changed_is_not_held(stored, monkeypatch):
    store = stored(feed(2))
    fetch = store.products._fetch

    def slow(db, keys):
        rows = list(fetch(db, keys))
        monkeypatch.setattr(store.products, "_fetch", fetch)
        reprice(store, "2.00 EUR", generation=1)
        store.generation()
        store.forget()
        return rows

    monkeypatch.setattr(store.products, "_fetch", slow)
    assert str(store.products["P0"].price) == "1.00 EUR"  # as it stood when it was asked for
    assert str(store.products["P0"].price) == "2.00 EUR"


def test_no_more_is_held_than_the_limit(stored, monkeypatch):
    monkeypatch.setattr(module, "KEPT", 3)
    store = stored(feed(10))
    held = lambda: len(store.products._held[1])  # noqa: E731
    for n in range(10):
        assert store.products[f"P{n}"].id == f"P{n}"
        assert held() <= 3
    assert len(store.products.load(list(store.products))) == 10
    assert held() <= 3


def test_a_transaction_reads_one_state(stored):
    store = stored(feed(2))
    with store.reading() as db:
        assert module.get_generation(db) == 0
        reprice(store, "2.00 EUR", generation=1)
        assert module.get_generation(db) == 0
    assert store.generation() == 1


def test_eight_threads_see_one_state_each_and_at_last_the_newest(stored):
    store, failures, done = stored(feed(20)), [], threading.Event()

    def read(seed):
        rng = random.Random(seed)
        while not done.is_set():
            store.generation()
            keys = rng.sample([f"P{n}" for n in range(20)], 6)
            found = store.products.load(keys)
            if list(found) != keys or len({str(product.price) for product in found.values()}) != 1:
                failures.append(found)
            if rng.random() < 0.2:
                store.forget()

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for turn in range(1, 11):
        reprice(store, f"{turn}.00 EUR", generation=turn)
    done.set()
    for thread in threads:
        thread.join()
    assert not failures
    store.generation()
    assert {str(product.price) for product in store.products.load(list(store.products)).values()} == {"10.00 EUR"}


def test_columns_and_notes_are_replaced(stored):
    store = stored(feed(1))
    for value in (1, 2):
        with store.engine.begin() as db:
            put_column(db, "more", np.array([value, value], dtype=np.int64))
            put_meta(db, more={"value": value}, other=str(Decimal(value)))
    assert store.column("more", np.int64).tolist() == [2, 2]
    assert (store.meta()["more"], store.meta()["other"]) == ({"value": 2}, "2")


def test_an_iteration_left_half_way_holds_no_transaction(stored):
    store = stored(feed(3))
    walk = iter(store.products)
    assert next(walk) == "P0"
    assert store.engine.pool.checkedout() == 0
    assert list(walk) == ["P1", "P2"]


def test_pieces_are_whole():
    assert [list(part) for part in chunks(range(7), 3)] == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(chunks([], 3)) == []
