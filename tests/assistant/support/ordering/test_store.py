"""What is proposed writes nothing; what is carried out is done once, in one transaction, and is on record."""

import copy
import json
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select, update

from assistant.conversation import Identity
from assistant.db import accounts, events, metadata, order_audit, orders, shoppers
from assistant.errors import Forgotten
from assistant.shoppers.erase import erase
from assistant.support import ordering
from assistant.support.orders import Orders
from index.money import Money
from tests.assistant.support.ordering.toys import ADA, BEN, HOME, PRODUCTS, actions_of, seeded
from tests.conftest import NOW

STAFF = ordering.Who.staff("carl", Identity("shopper", "ada"))
MISTAKE = ordering.Cancel("ordered by mistake")
SWAPS = (ordering.Swap("lamp-red", "lamp-blue"), ordering.Swap("mug-small", "mug-big"))


def eur(text: str) -> Money:
    return Money.parse(f"{text} EUR")


@pytest.fixture
def actions(engine, shop_folder):
    seeded(engine, shop_folder)
    return actions_of(engine)


def rows(engine) -> dict[str, list[tuple]]:
    with engine.connect() as db:
        tables = (orders, accounts, shoppers, order_audit, events)
        return {table.name: sorted(map(repr, db.execute(select(table)))) for table in tables}


def balance(engine, method: str = "gift-1") -> Money | None:
    return ordering.Accounts(engine).get("ada").method(method).balance


def test_a_proposal_lists_all_that_will_be_done_and_writes_nothing(engine, actions):
    before = rows(engine)
    found = actions.propose("P1", ordering.ChangeItems(SWAPS, "gift-1"), ADA)
    terms = found.terms
    assert (terms.status, terms.new_status, terms.method) == ("pending", "pending", "gift-1")
    assert [(i.product_id, i.price, i.new_product_id, i.new_price) for i in terms.items] == [
        ("lamp-red", eur("38.00"), "lamp-blue", eur("55.50")),
        ("mug-small", eur("10.00"), "mug-big", eur("12.20")),
    ]
    assert terms.movements == (ordering.Movement("payment", "gift-1", eur("19.70"), booked=True, at_once=True),)
    cancel = actions.propose("P2", MISTAKE, ADA).terms
    assert (cancel.new_status, cancel.movements) == (
        "cancelled", (ordering.Movement("refund", "gift-1", eur("10.00"), booked=True, at_once=True),)
    )  # fmt: skip
    back = actions.propose("D1", ordering.Return(("lamp-red", "mug-small")), ADA).terms
    assert (back.new_status, back.method) == ("returning", "card-1")
    assert back.movements == (ordering.Movement("refund", "card-1", eur("48.00"), booked=False, at_once=False),)
    assert rows(engine) == before


@pytest.mark.parametrize(
    ("order_id", "action"),
    [("P1", MISTAKE), ("P1", ordering.ChangeAddress(HOME)), ("P1", ordering.ChangeItems(SWAPS)), ("P1", ordering.ChangePayment("paypal-1")),
     ("D1", ordering.Return(("mug-small",), "gift-1")), ("D1", ordering.Exchange(SWAPS)), (None, ordering.ChangeDefaultAddress(HOME))],
)  # fmt: skip
def test_a_proposal_survives_being_kept_as_json(actions, order_id, action):
    found = actions.propose(order_id, action, STAFF)
    again = ordering.Proposal.of_json(json.loads(json.dumps(found.to_json())))
    assert again == found and again.key == found.key
    done = actions.carry_out(again, ADA)
    assert (done.key, done.terms, done.action) == (found.key, found.terms, action)
    assert actions.carry_out(found, ADA) == done


def test_cancelling_gives_back_what_was_paid_and_not_what_was_refunded_before(engine, actions):
    actions.carry_out(actions.propose("P2", MISTAKE, ADA), ADA)
    found = actions.look_up("P2", ADA)
    assert (found.status, found.details["cancel_reason"]) == ("cancelled", "ordered by mistake")
    assert [(p.kind, p.method, p.amount) for p in found.payments] == [
        ("payment", "gift-1", eur("10.00")), ("refund", "gift-1", eur("10.00"))
    ]  # fmt: skip
    assert balance(engine) == eur("40.00")
    repaid = actions.propose("REPAID", MISTAKE, ADA).terms.movements
    assert [(m.kind, m.method, m.amount) for m in repaid] == [("refund", "paypal-1", eur("86.00"))]


def test_items_are_changed_piece_by_piece_at_their_own_prices(engine, actions):
    actions.carry_out(actions.propose("P1", ordering.ChangeItems(SWAPS, "gift-1"), ADA), ADA)
    found = actions.look_up("P1", ADA)
    assert [(line.product_id, line.quantity, line.price) for line in found.lines] == [
        ("lamp-red", 1, "38.00 EUR"), ("mug-big", 1, "12.20 EUR"), ("lamp-blue", 1, "55.50 EUR")
    ]  # fmt: skip
    assert found.status == "pending" and balance(engine) == eur("10.30")
    with pytest.raises(ordering.Refused, match="items_changed_already"):
        actions.propose("P1", MISTAKE, ADA)


def test_what_costs_less_is_given_back(engine, actions):
    cheaper = ordering.ChangeItems((ordering.Swap("lamp-red", "lamp-black"),), "gift-1")
    (moved,) = actions.carry_out(actions.propose("P1", cheaper, ADA), ADA).terms.movements
    assert (moved.kind, moved.amount, balance(engine)) == ("refund", eur("7.90"), eur("37.90"))


def test_paying_otherwise_moves_the_whole_amount(engine, actions):
    actions.carry_out(actions.propose("P2", ordering.ChangePayment("card-1"), ADA), ADA)
    assert [(p.kind, p.method) for p in actions.look_up("P2", ADA).payments] == [
        ("payment", "gift-1"), ("payment", "card-1"), ("refund", "gift-1")
    ]  # fmt: skip
    assert balance(engine) == eur("40.00")


def test_returns_and_exchanges_book_nothing_before_the_goods_are_back(engine, actions):
    actions.carry_out(actions.propose("D1", ordering.Exchange(SWAPS), ADA), ADA)
    found = actions.look_up("D1", ADA)
    assert found.status == "exchanging" and len(found.payments) == 1
    assert found.details["exchanged"] == {
        "items": ["lamp-red", "mug-small"], "new_items": ["lamp-blue", "mug-big"], "method": "card-1",
        "difference": "19.70 EUR", "kind": "payment",
    }  # fmt: skip
    actions.carry_out(actions.propose("LIMIT", ordering.Return(("lamp-red",), "gift-1"), ADA), ADA)
    assert actions.look_up("LIMIT", ADA).details["returned"] == {"items": ["lamp-red"], "method": "gift-1"}
    assert balance(engine) == eur("30.00")


def test_an_address_is_changed_where_it_was_asked_for_and_keeps_the_name(engine, actions):
    actions.carry_out(actions.propose("P1", ordering.ChangeAddress(HOME), ADA), ADA)
    assert actions.look_up("P1", ADA).details["address"] == {"name": "A. Lee", **HOME.to_json()}
    assert ordering.Accounts(engine).get("ada").address["city"] == "Berlin"
    named = replace(HOME, name="Lee & Sons")
    actions.carry_out(actions.propose(None, ordering.ChangeDefaultAddress(named), ADA), ADA)
    assert ordering.Accounts(engine).get("ada").address == named.to_json()
    assert actions.look_up("P2", ADA).details["address"]["city"] == "Berlin"
    actions.carry_out(actions.propose(None, ordering.ChangeDefaultAddress(HOME), BEN), BEN)  # who had none
    assert ordering.Accounts(engine).get("ben").address == HOME.to_json()


def test_a_shopper_is_found_by_what_they_say_of_themselves(engine, actions):
    people = ordering.Accounts(engine)
    assert people.by_email("ADA@example.com") == people.by_name_zip("ada lee", "10115") == "ada"
    assert people.by_email("x@example.com") is None and people.by_name_zip("Ada Lee", "1") is None
    actions.carry_out(actions.propose(None, ordering.ChangeDefaultAddress(HOME), ADA), ADA)
    assert people.by_name_zip("Ada Lee", "53111") == "ada" and people.by_name_zip("Ada Lee", "10115") is None


@pytest.mark.parametrize("who", [BEN, ordering.Who.staff("carl", Identity("shopper", "ben"))])
def test_another_shoppers_order_cannot_be_told_from_none(engine, actions, who):
    before, told = rows(engine), []
    mine = actions.propose("P1", MISTAKE, ADA)
    for deed in (
        lambda: actions.look_up("P1", who),
        lambda: actions.look_up("none", who),
        lambda: actions.propose("P1", MISTAKE, who),
        lambda: actions.propose("none", MISTAKE, who),
        lambda: actions.propose("P1", ordering.ChangeDefaultAddress(HOME), who),
        lambda: actions.propose(None, MISTAKE, who),
        lambda: actions.propose(None, ordering.ChangeDefaultAddress(HOME), ordering.Who.proven(who.shopper_id)),
        lambda: actions.carry_out(mine, who),
        lambda: actions.carry_out(replace(mine, asked_by=who), who),
        lambda: actions.carry_out(replace(mine, order_id="none"), ADA),
    ):
        with pytest.raises(ordering.NotYours) as error:
            deed()
        told.append(str(error.value))
    assert len(set(told)) == 1
    assert rows(engine) == before


def test_who_acts_follows_from_the_login_alone():
    assert ordering.Who.of(Identity("shopper", "ada")) == ADA
    assert (STAFF.role, STAFF.id, STAFF.shopper_id) == ("staff", "carl", "ada")
    for deed in (
        lambda: ordering.Who.of(Identity()),
        lambda: ordering.Who.of(Identity("staff", "ada")),
        lambda: ordering.Who.staff("carl", Identity()),
    ):
        with pytest.raises(ordering.NotYours):
            deed()


def test_what_is_carried_out_twice_is_done_once(engine, actions):
    proposal = actions.propose("P1", ordering.ChangePayment("paypal-1"), ADA)
    first = actions.carry_out(proposal, ADA)
    after = rows(engine)
    assert actions.carry_out(proposal, STAFF) == first  # whoever confirms it again
    assert rows(engine) == after and len(after["order_audit"]) == 1


def test_asking_for_the_same_again_later_is_something_new(engine, actions):
    """There and back and there: the first key must not stand for the third deed."""
    away = ordering.Address("9 Pine", "Ulm", "89073", "Germany")
    for to in (HOME, away, HOME):
        actions.carry_out(actions.propose("P1", ordering.ChangeAddress(to), ADA), ADA)
        actions.carry_out(actions.propose(None, ordering.ChangeDefaultAddress(to), ADA), ADA)
    assert actions.look_up("P1", ADA).details["address"]["city"] == "Bonn"
    assert len(actions.history(ADA, "P1")) == 3 and len(actions.history(ADA)) == 6


def test_a_proposal_is_stale_when_the_order_has_changed(engine, actions):
    stale = [
        actions.propose("P1", action, who) for action, who in ((MISTAKE, ADA), (ordering.ChangeItems(SWAPS), STAFF))
    ]
    address = actions.propose(None, ordering.ChangeDefaultAddress(HOME), STAFF)
    actions.carry_out(actions.propose("P1", ordering.ChangeAddress(HOME), ADA), ADA)
    actions.carry_out(actions.propose(None, ordering.ChangeDefaultAddress(HOME), ADA), ADA)
    before = rows(engine)
    for proposal in (*stale, address):
        with pytest.raises(ordering.OrderChanged):
            actions.carry_out(proposal, ADA)
    assert rows(engine) == before


def test_a_change_by_the_shop_itself_makes_it_stale_too(engine, actions):
    proposal = actions.propose("P1", MISTAKE, ADA)
    with engine.begin() as db:
        db.execute(update(orders).where(orders.c.id == "P1").values(status="processed"))
    with pytest.raises(ordering.OrderChanged):
        actions.carry_out(proposal, ADA)
    assert actions.look_up("P1", ADA).status == "processed"


def test_nothing_is_done_at_another_price_than_was_confirmed(engine, actions):
    proposal = actions.propose("P1", ordering.ChangeItems(SWAPS), ADA)
    before = rows(engine)
    dearer = {**PRODUCTS, "lamp-blue": replace(PRODUCTS["lamp-blue"], price=eur("56.00"))}
    with pytest.raises(ordering.OrderChanged):
        actions_of(engine, products=dearer).carry_out(proposal, ADA)
    sold = {**PRODUCTS, "lamp-blue": replace(PRODUCTS["lamp-blue"], quantity=0)}
    with pytest.raises(ordering.Refused, match="not_available"):
        actions_of(engine, products=sold).carry_out(proposal, ADA)
    forged = replace(proposal, terms=replace(proposal.terms, movements=()))
    with pytest.raises(ordering.OrderChanged):
        actions.carry_out(forged, ADA)
    assert rows(engine) == before


def test_a_gift_card_is_not_spent_twice(engine, actions):
    """Two orders, one card of 30.00: what was allowed for each is not allowed for both."""
    first = actions.propose(
        "P1", ordering.ChangeItems((ordering.Swap("lamp-red", "lamp-blue"),), "gift-1"), ADA
    )  # 17.50
    second = actions.propose("D1", ordering.Exchange((ordering.Swap("lamp-red", "lamp-blue"),), "gift-1"), ADA)
    actions.carry_out(first, ADA)
    assert balance(engine) == eur("12.50")
    with pytest.raises(ordering.Refused, match="gift_card_too_low"):
        actions.carry_out(second, ADA)
    assert actions.look_up("D1", ADA).status == "delivered"


def test_the_audit_says_who_asked_who_confirmed_and_how_it_was_before_and_after(engine, actions):
    before = copy.deepcopy(actions.look_up("P1", ADA).to_json())
    done = actions.carry_out(actions.propose("P1", MISTAKE, STAFF), ADA)
    assert actions.history(ADA, "P1") == [done]
    assert (done.asked_by, done.confirmed_by, done.at) == (STAFF, ADA, NOW)
    assert (done.before, done.after) == (before, actions.look_up("P1", ADA).to_json())
    assert (done.before["status"], done.after["status"]) == ("pending", "cancelled")
    address = actions.carry_out(actions.propose(None, ordering.ChangeDefaultAddress(HOME), ADA), STAFF)
    assert address.before["address"]["city"] == "Berlin" and address.after["address"]["city"] == "Bonn"
    assert actions.history(BEN) == []


def test_half_a_deed_is_none(engine, actions, monkeypatch):
    """The audit cannot be written: neither are the order and the gift card."""
    proposal, before = actions.propose("P2", MISTAKE, ADA), rows(engine)
    monkeypatch.setattr("assistant.support.ordering.store.action_to_json", lambda action: {}["gone"])
    with pytest.raises(KeyError):
        actions.carry_out(proposal, ADA)
    assert rows(engine) == before


def test_nothing_is_done_for_who_was_forgotten(engine, actions):
    proposal = actions.propose("P1", MISTAKE, ADA)
    erase(engine, "ada")
    with pytest.raises(Forgotten):
        actions.carry_out(proposal, STAFF)
    assert rows(engine)["order_audit"] == []


def test_reading_the_shops_files_again_does_not_undo_what_was_done(engine, actions, shop_folder):
    actions.carry_out(actions.propose("P1", MISTAKE, ADA), ADA)
    actions.carry_out(actions.propose(None, ordering.ChangeDefaultAddress(HOME), ADA), ADA)
    with (shop_folder / "orders.jsonl").open("a") as file:
        file.write(json.dumps({"id": "NEW", "shopper_id": "ada", "at": None, "status": "pending"}) + "\n")
    (shop_folder / "shoppers.jsonl").write_text((shop_folder / "shoppers.jsonl").read_text() + "\n")
    from assistant.shoppers.seed import seed

    assert seed(engine, shop_folder) == []
    assert (
        actions.look_up("P1", ADA).status == "cancelled"
        and ordering.Accounts(engine).get("ada").address["city"] == "Bonn"
    )
    found = Orders(engine).of("ada")
    assert found[-1].id == "NEW" and found[-1].at is None  # of no known date: last
    assert all(isinstance(order.at, datetime) for order in found[:-1])
    assert set(metadata.tables) >= {"accounts", "order_audit"}
