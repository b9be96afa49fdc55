"""Every rule: a case that breaks it is refused by its name, and its nearest neighbour is not."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from assistant.db import open_engine
from assistant.support.ordering import (
    RULES,
    Address,
    Cancel,
    ChangeAddress,
    ChangeDefaultAddress,
    ChangeItems,
    ChangePayment,
    Exchange,
    OrderActions,
    Refused,
    Return,
    Swap,
)
from index.shop import OrderTerms, read_shop
from tests.assistant.support.ordering.toys import ADA, HOME, PRODUCTS, TERMS, actions_of, seeded
from tests.conftest import NOW, ROOT, write_shop

RED_BLUE, RED_RED, MUGS = Swap("lamp-red", "lamp-blue"), Swap("lamp-red", "lamp-red"), Swap("mug-small", "mug-big")
RUGS = Swap("rug-long", "rug")
NOWHERE = Address("1 Oak Road", " ", "53111", "Germany")


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    engine = open_engine("sqlite://")
    seeded(engine, write_shop(folder / "shop"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def actions(engine) -> OrderActions:
    return actions_of(engine)


BREAKS = [
    ("not_pending", "SENT", Cancel("no longer needed")),
    ("not_pending", "D1", ChangeAddress(HOME)),
    ("not_pending", "GONE", ChangeItems((RED_BLUE,))),
    ("not_pending", "D1", ChangePayment("paypal-1")),
    ("not_pending", "BOUGHT", Cancel("no longer needed")),
    ("exchanged_already", "AGAIN", Exchange((RED_BLUE,))),
    ("not_delivered", "P1", Return(("mug-small",))),
    ("not_delivered", "SENT", Exchange((MUGS,))),
    ("not_delivered", "BOUGHT", Return(("lamp-red",))),
    ("items_changed_already", "CHANGED", Cancel("no longer needed")),
    ("items_changed_already", "CHANGED", ChangeItems((RED_BLUE,))),
    ("items_changed_already", "CHANGED", ChangeAddress(HOME)),
    ("items_changed_already", "CHANGED", ChangePayment("paypal-1")),
    ("cancel_reason", "P1", Cancel("found it cheaper")),
    ("cancel_reason", "P1", Cancel("No longer needed")),
    ("address_incomplete", "P1", ChangeAddress(NOWHERE)),
    ("address_incomplete", None, ChangeDefaultAddress(NOWHERE)),
    ("nothing_chosen", "P1", ChangeItems(())),
    ("nothing_chosen", "D1", Return(())),
    ("nothing_chosen", "D1", Exchange(())),
    ("not_in_order", "D1", Return(("lamp-red", "lamp-red", "lamp-red"))),
    ("not_in_order", "D1", Return(("rug",))),
    ("not_in_order", "P1", ChangeItems((MUGS, MUGS))),
    ("same_item", "P1", ChangeItems((RED_RED,))),
    ("exchanged_for_itself", "D1", Exchange((RED_BLUE, RED_RED))),
    ("not_available", "P1", ChangeItems((Swap("lamp-red", "lamp-green"),))),
    ("not_available", "D1", Exchange((Swap("lamp-red", "lamp-unheard-of"),))),
    ("other_product", "P1", ChangeItems((Swap("lamp-red", "mug-big"),))),
    ("other_product", "D1", Exchange((MUGS, Swap("lamp-red", "mug-big")))),
    ("not_returnable", "CANDLES", Return(("mug-small", "candle-tall"))),
    ("not_returnable", "CANDLES", Exchange((Swap("candle-tall", "candle-wide"),))),
    ("delivery_date_unknown", "UNDATED", Return(("mug-small",))),
    ("too_late", "OLD", Return(("mug-small",))),
    ("too_late", "OLD", Exchange((MUGS,))),
    ("not_their_method", "P1", ChangePayment("card-9")),
    ("not_their_method", "D1", Return(("mug-small",), "gift-9")),
    ("not_their_method", "D1", Exchange((RED_BLUE,), "card-9")),
    ("not_their_method", "P1", ChangeItems((RED_BLUE,), "visa")),
    ("not_paid_once", "REPAID", ChangePayment("gift-1")),
    ("same_method", "P1", ChangePayment("card-1")),
    ("refund_elsewhere", "D1", Return(("mug-small",), "paypal-1")),
    ("amounts_unknown", "NOPRICE", ChangeItems((RED_BLUE,))),
    ("amounts_unknown", "DOLLARS", ChangeItems((RUGS,))),
    ("gift_card_too_low", "P1", ChangePayment("gift-1")),  # 86.00, and 30.00 are left
    ("gift_card_too_low", "D1", Exchange((RED_BLUE, RED_BLUE), "gift-1")),  # 35.00
]  # fmt: skip


@pytest.mark.parametrize(("code", "order_id", "action"), BREAKS)
def test_what_breaks_a_rule_is_refused_by_its_name(actions, code, order_id, action):
    with pytest.raises(Refused) as refused:
        actions.propose(order_id, action, ADA)
    assert refused.value.code == code


def test_every_rule_is_broken_here_and_says_where_it_comes_from():
    codes = [rule.code for rule in RULES]
    assert set(codes) == {code for code, _, _ in BREAKS} and len(set(codes)) == len(codes)
    assert all((rule.broken.__doc__ or "").startswith(("τ²: ", "returns: ", "Ours: ")) for rule in RULES)
    about = {(rule.code, kind) for rule in RULES for kind in rule.actions}
    assert {(code, type(action)) for code, _, action in BREAKS} <= about


@pytest.mark.parametrize(
    ("order_id", "action"),
    [
        ("P1", Cancel("ordered by mistake")),
        ("P1", ChangeAddress(HOME)),
        ("P1", ChangeItems((RED_BLUE, RED_BLUE, MUGS))),
        ("P1", ChangePayment("paypal-1")),
        ("P2", ChangePayment("card-1")),
        ("D1", Return(("lamp-red", "mug-small", "lamp-red"))),
        ("D1", Return(("mug-small",), "gift-1")),
        ("D1", Exchange((RED_BLUE,), "gift-1")),  # 17.50 of 30.00
        ("D1", Exchange((Swap("lamp-red", "lamp-black"),), "gift-1")),  # a refund
        ("LIMIT", Return(("mug-small",))),
        ("AGAIN", Return(("mug-small",))),
        ("CANDLES", Return(("mug-small",))),
        (None, ChangeDefaultAddress(HOME)),
    ],
)
def test_what_breaks_no_rule_is_proposed(actions, order_id, action):
    assert actions.propose(order_id, action, ADA).action == action


def test_where_no_method_is_named_it_is_the_one_that_paid(actions):
    for order_id, action in (
        ("P1", ChangeItems((RED_BLUE,))),
        ("D1", Return(("mug-small",))),
        ("D1", Exchange((MUGS,))),
    ):
        assert actions.propose(order_id, action, ADA).terms.method == "card-1"


def test_days_are_counted_by_the_shops_calendar(engine):
    """Delivered on September 2nd at 00:30 UTC, which in New York is the 1st: 60 days before October 31st there."""
    just, york = Return(("mug-small",)), ZoneInfo("America/New_York")
    at = {
        hours: OrderActions(engine, PRODUCTS.get, TERMS, lambda h=hours: NOW + timedelta(hours=h), york)
        for hours in (-13, -6)
    }
    assert at[-13].propose("LIMIT", just, ADA)  # October 31st, 19:00
    with pytest.raises(Refused) as refused:
        at[-6].propose("LIMIT", just, ADA)  # November 1st, 01:00 or 02:00
    assert refused.value.code == "too_late"


def test_without_terms_of_its_own_a_shop_has_those_of_the_benchmark(engine):
    free = actions_of(engine, terms=OrderTerms(return_days=None))
    assert free.propose("OLD", Return(("mug-small",)), ADA)
    assert free.propose("UNDATED", Return(("mug-small",)), ADA)
    assert free.propose("CANDLES", Return(("candle-tall",)), ADA)
    other = actions_of(engine, terms=OrderTerms(return_days=None, cancel_reasons=["too slow"]))
    assert other.propose("P1", Cancel("too slow"), ADA)
    with pytest.raises(Refused):
        other.propose("P1", Cancel("no longer needed"), ADA)


def test_the_demo_shop_takes_back_for_sixty_days_and_no_candles():
    terms = read_shop(ROOT / "shops" / "demo").settings.orders
    assert (terms.return_days, "Candles" in terms.not_returnable) == (60, True)
    assert terms.cancel_reasons == ["no longer needed", "ordered by mistake"]
