"""Several people act on one order at once, each in a process of their own: one of them wins, and the others are told."""

import multiprocessing
from collections import Counter

import pytest
from sqlalchemy import select

from assistant.conversation import Identity
from assistant.db import order_audit
from assistant.shoppers.seed import seed
from assistant.support.ordering import Accounts, Cancel, ChangeAddress, ChangePayment, OrderChanged, Who
from index.money import Money
from tests.assistant.support.ordering.racer import act
from tests.assistant.support.ordering.toys import ADA, HOME, actions_of, order, seeded
from tests.conftest import write_jsonl

ROUNDS = 8
KEYS = [f"RACE-{n}" for n in range(ROUNDS)]
CARL, DORA = (Who.staff(name, Identity("shopper", "ada")) for name in ("carl", "dora"))


def race(url: str, people: dict[str, list[tuple[dict, Who]]]) -> list[tuple[str, str, str, str]]:
    """What each was told in each round."""
    context = multiprocessing.get_context("spawn")
    start, told = context.Barrier(len(people)), context.Queue()
    processes = [context.Process(target=act, args=(url, name, rounds, start, told)) for name, rounds in people.items()]
    for process in processes:
        process.start()
    found = [told.get(timeout=120) for _ in range(len(people) * ROUNDS)]
    for process in processes:
        process.join(timeout=60)
        assert process.exitcode == 0
    return found


@pytest.fixture
def url(engine, shop_folder) -> str:
    """A store with an order for each round, paid with a gift card."""
    seeded(engine, shop_folder)
    orders = [order(key, "ada", "pending", [("mug-small", 1, "10.00 EUR")], "gift-1") for key in KEYS]
    write_jsonl(shop_folder / "orders.jsonl", orders)
    assert seed(engine, shop_folder) == []
    return engine.url.render_as_string(hide_password=False)


def test_of_two_staff_and_a_shopper_exactly_one_wins_and_nothing_is_lost(engine, url):
    actions = actions_of(engine)
    wishes = {
        "carl": (CARL, Cancel("ordered by mistake")),
        "dora": (DORA, ChangePayment("card-1")),
        "ada": (ADA, ChangeAddress(HOME)),
    }
    people = {
        name: [(actions.propose(key, action, who).to_json(), who) for key in KEYS]
        for name, (who, action) in wishes.items()
    }
    found = race(url, people)
    won = {key: person for key, person, outcome, _ in found if outcome == "done"}
    assert Counter(outcome for *_, outcome, _ in found) == {"done": ROUNDS, "OrderChanged": 2 * ROUNDS}
    assert set(won) == set(KEYS)
    assert {text for *_, outcome, text in found if outcome == "OrderChanged"} == {str(OrderChanged())}
    refunded = 0
    for key, person in won.items():
        after = actions.look_up(key, ADA)
        (row,) = actions.history(ADA, key)
        assert (row.confirmed_by, row.action, row.after) == (*wishes[person], after.to_json())
        assert after.details["version"] == 1
        assert (after.status == "cancelled") == (person == "carl")
        assert (after.details["address"]["city"] == "Bonn") == (person == "ada")
        refunded += 1000 if person in ("carl", "dora") else 0
    assert Accounts(engine).get("ada").method("gift-1").balance == Money(3000 + refunded, "EUR")


def test_one_proposal_confirmed_by_all_at_once_is_done_once(engine, url):
    actions = actions_of(engine)
    stored = [actions.propose(key, Cancel("ordered by mistake"), ADA).to_json() for key in KEYS]
    people = {name: [(one, who) for one in stored] for name, who in (("carl", CARL), ("dora", DORA), ("ada", ADA))}
    found = race(url, people)
    assert Counter(row[2:] for row in found) == {("done", "cancelled"): 3 * ROUNDS}
    with engine.connect() as db:
        assert len(db.execute(select(order_audit)).all()) == ROUNDS
    assert Accounts(engine).get("ada").method("gift-1").balance == Money(3000 + ROUNDS * 1000, "EUR")
