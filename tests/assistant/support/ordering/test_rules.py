"""Every rule: a case that breaks it is refused by its name, and its nearest neighbour is not."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from assistant.db import open_engine
from assistant.support import ordering
from index.shop import OrderTerms, read_shop
from tests.assistant.support.ordering.toys import ADA, HOME, PRODUCTS, TERMS, actions_of, seeded
from tests.conftest import NOW, ROOT, write_shop

RED_BLUE, RED_RED, MUGS = (
    ordering.Swap("lamp-red", "lamp-blue"),
    ordering.Swap("lamp-red", "lamp-red"),
    ordering.Swap("mug-small", "mug-big"),
)
RUGS = ordering.Swap("rug-long", "rug")
NOWHERE = ordering.Address("1 Oak Road", " ", "53111", "Germany")
PARIS, ATLANTIS = (ordering.Address("5 Rue Cler", "X", "75007", country) for country in ("France", "Atlantis"))


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    engine = open_engine("sqlite://")
    seeded(engine, write_shop(folder / "shop"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def actions(engine) -> ordering.OrderActions:
    return actions_of(engine)


BREAKS = [
    ("not_pending", "SENT", ordering.Cancel("no longer needed")),
    ("not_pending", "D1", ordering.ChangeAddress(HOME)),
    ("not_pending", "GONE", ordering.ChangeItems((RED_BLUE,))),
    ("not_pending", "D1", ordering.ChangePayment("paypal-1")),
    ("not_pending", "BOUGHT", ordering.Cancel("no longer needed")),
    ("exchanged_already", "AGAIN", ordering.Exchange((RED_BLUE,))),
    ("not_delivered", "P1", ordering.Return(("mug-small",))),
    ("not_delivered", "SENT", ordering.Exchange((MUGS,))),
    ("not_delivered", "BOUGHT", ordering.Return(("lamp-red",))),
    ("items_changed_already", "CHANGED", ordering.Cancel("no longer needed")),
    ("items_changed_already", "CHANGED", ordering.ChangeItems((RED_BLUE,))),
    ("items_changed_already", "CHANGED", ordering.ChangeAddress(HOME)),
    ("items_changed_already", "CHANGED", ordering.ChangePayment("paypal-1")),
    ("cancel_reason", "P1", ordering.Cancel("found it cheaper")),
    ("cancel_reason", "P1", ordering.Cancel("No longer needed")),
    ("address_incomplete", "P1", ordering.ChangeAddress(NOWHERE)),
    ("address_incomplete", None, ordering.ChangeDefaultAddress(NOWHERE)),
    ("not_delivered_there", "P1", ordering.ChangeAddress(PARIS)),
    ("not_delivered_there", "P1", ordering.ChangeAddress(ATLANTIS)),
    ("not_delivered_there", None, ordering.ChangeDefaultAddress(PARIS)),
    ("nothing_chosen", "P1", ordering.ChangeItems(())),
    ("nothing_chosen", "D1", ordering.Return(())),
    ("nothing_chosen", "D1", ordering.Exchange(())),
    ("not_in_order", "D1", ordering.Return(("lamp-red", "lamp-red", "lamp-red"))),
    ("not_in_order", "D1", ordering.Return(("rug",))),
    ("not_in_order", "P1", ordering.ChangeItems((MUGS, MUGS))),
    ("same_item", "P1", ordering.ChangeItems((RED_RED,))),
    ("exchanged_for_itself", "D1", ordering.Exchange((RED_BLUE, RED_RED))),
    ("not_available", "P1", ordering.ChangeItems((ordering.Swap("lamp-red", "lamp-green"),))),
    ("not_available", "D1", ordering.Exchange((ordering.Swap("lamp-red", "lamp-unheard-of"),))),
    ("other_product", "P1", ordering.ChangeItems((ordering.Swap("lamp-red", "mug-big"),))),
    ("other_product", "D1", ordering.Exchange((MUGS, ordering.Swap("lamp-red", "mug-big")))),
    ("not_returnable", "CANDLES", ordering.Return(("mug-small", "candle-tall"))),
    ("not_returnable", "CANDLES", ordering.Exchange((ordering.Swap("candle-tall", "candle-wide"),))),
    ("delivery_date_unknown", "UNDATED", ordering.Return(("mug-small",))),
    ("too_late", "OLD", ordering.Return(("mug-small",))),
    ("too_late", "OLD", ordering.Exchange((MUGS,))),
    ("not_their_method", "P1", ordering.ChangePayment("card-9")),
    ("not_their_method", "D1", ordering.Return(("mug-small",), "gift-9")),
    ("not_their_method", "D1", ordering.Exchange((RED_BLUE,), "card-9")),
    ("not_their_method", "P1", ordering.ChangeItems((RED_BLUE,), "visa")),
    ("not_paid_once", "REPAID", ordering.ChangePayment("gift-1")),
    ("same_method", "P1", ordering.ChangePayment("card-1")),
    ("refund_elsewhere", "D1", ordering.Return(("mug-small",), "paypal-1")),
    ("amounts_unknown", "NOPRICE", ordering.ChangeItems((RED_BLUE,))),
    ("amounts_unknown", "DOLLARS", ordering.ChangeItems((RUGS,))),
    ("gift_card_too_low", "P1", ordering.ChangePayment("gift-1")),  # 86.00, and 30.00 are left
    ("gift_card_too_low", "D1", ordering.Exchange((RED_BLUE, RED_BLUE), "gift-1")),  # 35.00
]  # fmt: skip


@pytest.mark.parametrize(("code", "order_id", "action"), BREAKS)
def test_what_breaks_a_rule_is_refused_by_its_name(actions, code, order_id, action):
    with pytest.raises(ordering.Refused) as refused:
        actions.propose(order_id, action, ADA)
    assert refused.value.code == code


def test_every_rule_is_broken_here_and_says_where_it_comes_from():
    codes = [rule.code for rule in ordering.RULES]
    assert set(codes) == {code for code, _, _ in BREAKS} and len(set(codes)) == len(codes)
    assert all(
        (rule.broken.__doc__ or "").startswith(("τ²: ", "returns: ", "delivery: ", "Ours: ")) for rule in ordering.RULES
    )
    about = {(rule.code, kind) for rule in ordering.RULES for kind in rule.actions}
    assert {(code, type(action)) for code, _, action in BREAKS} <= about


@pytest.mark.parametrize(
    ("order_id", "action"),
    [
        ("P1", ordering.Cancel("ordered by mistake")),
        ("P1", ordering.ChangeAddress(HOME)),
        ("P1", ordering.ChangeItems((RED_BLUE, RED_BLUE, MUGS))),
        ("P1", ordering.ChangePayment("paypal-1")),
        ("P2", ordering.ChangePayment("card-1")),
        ("D1", ordering.Return(("lamp-red", "mug-small", "lamp-red"))),
        ("D1", ordering.Return(("mug-small",), "gift-1")),
        ("D1", ordering.Exchange((RED_BLUE,), "gift-1")),  # 17.50 of 30.00
        ("D1", ordering.Exchange((ordering.Swap("lamp-red", "lamp-black"),), "gift-1")),  # a refund
        ("LIMIT", ordering.Return(("mug-small",))),
        ("AGAIN", ordering.Return(("mug-small",))),
        ("CANDLES", ordering.Return(("mug-small",))),
        (None, ordering.ChangeDefaultAddress(HOME)),
    ],
)
def test_what_breaks_no_rule_is_proposed(actions, order_id, action):
    assert actions.propose(order_id, action, ADA).action == action


def test_where_no_method_is_named_it_is_the_one_that_paid(actions):
    for order_id, action in (
        ("P1", ordering.ChangeItems((RED_BLUE,))),
        ("D1", ordering.Return(("mug-small",))),
        ("D1", ordering.Exchange((MUGS,))),
    ):
        assert actions.propose(order_id, action, ADA).terms.method == "card-1"


def test_days_are_counted_by_the_shops_calendar(engine):
    """Delivered on September 2nd at 00:30 UTC, which in New York is the 1st: 60 days before October 31st there."""
    just, york = ordering.Return(("mug-small",)), ZoneInfo("America/New_York")
    at = {
        hours: ordering.OrderActions(engine, PRODUCTS.get, TERMS, lambda h=hours: NOW + timedelta(hours=h), york)
        for hours in (-13, -6)
    }
    assert at[-13].propose("LIMIT", just, ADA)  # October 31st, 19:00
    with pytest.raises(ordering.Refused) as refused:
        at[-6].propose("LIMIT", just, ADA)  # November 1st, 01:00 or 02:00
    assert refused.value.code == "too_late"


def test_without_terms_of_its_own_a_shop_has_those_of_the_benchmark(engine):
    free = actions_of(engine, terms=OrderTerms(return_days=None))
    assert free.propose("OLD", ordering.Return(("mug-small",)), ADA)
    assert free.propose("P1", ordering.ChangeAddress(ATLANTIS), ADA)
    assert free.propose("UNDATED", ordering.Return(("mug-small",)), ADA)
    assert free.propose("CANDLES", ordering.Return(("candle-tall",)), ADA)
    other = actions_of(engine, terms=OrderTerms(return_days=None, cancel_reasons=["too slow"]))
    assert other.propose("P1", ordering.Cancel("too slow"), ADA)
    with pytest.raises(ordering.Refused):
        other.propose("P1", ordering.Cancel("no longer needed"), ADA)


def test_the_demo_shop_takes_back_for_sixty_days_and_no_candles():
    terms = read_shop(ROOT / "shops" / "demo").settings.orders
    assert (terms.return_days, "Candles" in terms.not_returnable) == (60, True)
    assert terms.cancel_reasons == ["no longer needed", "ordered by mistake"]
    assert {"DE", "AT", "CH", "NO"} < set(terms.deliver_to) and not {"CN", "US", "AU"} & set(terms.deliver_to)
