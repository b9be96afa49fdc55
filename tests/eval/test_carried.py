"""What cards and facts state is looked up: no false word passes, and no true one is accused."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.cards import highlights
from assistant.support.evidence import Evidence
from eval.truth import Records, misstated
from index.shop import read_shop
from tests.conftest import ROOT


@cache
def records() -> Records:
    return Records.of(read_shop(ROOT / "shops" / "demo"))


def stated(*facts: tuple[str, str, Any], products: tuple[Any, ...] = (), orders: Any = ()) -> str:
    held = [{"subject": subject, "field": field, "value": str(value)} for subject, field, value in facts]
    return misstated(records(), {"products": products, "facts": held}, dict(orders))


def test_nothing_that_the_assistant_states_is_accused():
    shop, catalogue = records().shop, records().catalogue
    evidence = Evidence(shop, SimpleNamespace(catalogue=catalogue, encoder=None))  # type: ignore[arg-type]
    for product in (group.variants[-1] for group in catalogue.groups.values()):
        facts = [
            (product.id, name, getattr(product, name)) for name in ("title", "color", "size") if getattr(product, name)
        ]
        facts += [(product.id, "price", product.current_price), (product.id, "availability", product.offered)]
        facts += [(product.id, *fact.partition(": ")[::2]) for fact in highlights(product)]
        facts += [(product.id, "evidence", passage.text) for passage in evidence.passages(product)]
        assert stated(*facts) == ""
    assert stated(*((p.source, "passage", p.text) for p in evidence.policies)) == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "Another Kettle"), ("price", "58.00 EUR"), ("availability", "out_of_stock"), ("color", "Black"), ("material", "Steel, Enamel"),
        ("capacity", "1.2 l"), ("evidence", "It has a timer."), ("evidence", "Capacity: 1.2 l"), ("timer", "Yes"),
    ],
)  # fmt: skip
def test_a_false_fact_is_told(name, value):
    assert stated(("KK01-CREAM-WHITE", name, value)) == f"fact KK01-CREAM-WHITE {name}: {value}"


def test_a_false_passage_and_status_are_told():
    assert stated(("policies/returns.md", "passage", "You may return anything within 61 days of delivery."))
    assert stated(("H2013", "status", "pending"), orders={"H2013": "delivered"}) == "fact H2013 status: pending"
    assert stated(("H2013", "status", "delivered"), ("H1", "status", "pending"), orders={"H2013": "delivered"}) == ""


def test_what_is_about_nothing_of_the_folder_is_left_alone():
    assert stated(("cart", "price checked", "10:42 CET"), ("KK02-BLACK", "because", "you looked at it")) == ""


def test_a_card_must_state_what_the_catalogue_has():
    card = {"id": "KK01-CREAM-WHITE", "color": "Cream White", "size": None, "item_group_id": "KK01"}
    assert stated(products=(card,)) == ""
    assert stated(products=(card | {"color": "Black"},)) == "card KK01-CREAM-WHITE says color Black, not Cream White"
    assert stated(products=(card | {"size": "M"},)) and stated(products=(card | {"id": "KK"},))
