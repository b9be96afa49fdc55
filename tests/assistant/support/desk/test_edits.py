"""What an editor changed: tone or fact, and what the shop says to it. The table is `edits.yaml`."""

from pathlib import Path

import pytest
import yaml

from assistant.conversation import Identity
from assistant.errors import TellStaff

CASES = yaml.safe_load(Path(__file__).with_name("edits.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def desk(make_app):
    """desk(product id, shopper) is (Edits, a conversation where that product was last spoken of)."""
    app = make_app()

    def made(focus=None, shopper=None):
        key = app.conversations.start(Identity("shopper", shopper) if shopper else Identity())
        state = {"focus": [focus], "shown": [focus]} if focus else {}
        app.conversations.append(key, "a question?", {"reply": ""}, state)
        return app.edits, key

    return made


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["edited"])
def test_a_change_is_of_tone_or_of_fact_and_facts_are_checked(desk, case):
    edits, key = desk(case.get("of"), case.get("shopper"))
    found = edits.changes(key, case["draft"], case["edited"])
    read = [(change.kind, change.verdict, change.says) for change in found]
    wanted = [(*row, None, None)[:3] for row in case["found"]]
    if not case.get("any"):
        assert len(read) == len(wanted), read
    for kind, verdict, says in wanted:
        assert any(
            one[:2] == (kind, verdict) and (not says or says.lower() in (one[2] or "").lower()) for one in read
        ), read
    if not any(row[0] == "fact" for row in wanted):
        assert {one[0] for one in read} == {"tone"}, read


def test_the_table_is_wide_enough():
    facts = [row for case in CASES for row in case["found"]]
    assert len(CASES) >= 40
    assert {row[0] for row in facts} == {"tone", "fact"}
    assert {row[1] for row in facts if len(row) > 1} >= {"supported", "contradicted", "not_found"}


def test_a_change_says_where_it_is_and_where_the_shop_says_otherwise(desk):
    edits, key = desk("M1")
    (change,) = edits.changes(key, "It is white. It costs 12.00 EUR.", "It is white. It costs 10.00 EUR.")
    assert (change.before, change.after, change.sentence) == ("12.00 EUR", "10.00 EUR", "It costs 10.00 EUR.")
    assert (change.says, change.source) == ("12.00 EUR", "products")
    (change,) = edits.changes(key, "", "You may return anything within 30 days of delivery.")
    assert change.source == "policies/returns.md"


def test_an_unchanged_text_has_no_changes(desk):
    edits, key = desk("M1")
    assert edits.changes(key, "It is white. It is 9 EUR.", "It is white. It is 9 EUR.") == []


def test_one_false_change_does_not_speak_against_another(desk):
    edits, key = desk("M1")
    found = edits.changes(key, "It is blue and costs 12.00 EUR.", "It is white and costs 11.00 EUR.")
    assert [(change.after, change.verdict) for change in found] == [
        ("white", "supported"), ("11.00 EUR", "contradicted")
    ]  # fmt: skip


def test_a_text_from_scratch_is_checked_sentence_by_sentence(desk):
    edits, key = desk("M1")
    found = edits.check(key, "Hello, thank you for waiting. The Glen Mug costs 12.00 EUR. It is red.")
    assert [(change.kind, change.verdict) for change in found] == [
        ("tone", None), ("fact", "supported"), ("fact", "contradicted")
    ]  # fmt: skip


def test_an_order_is_checked_against_the_shoppers_own(desk):
    edits, key = desk(shopper="ada")
    right, wrong = edits.check(key, "Order T100 is of 2026-10-01. Order T100 is of 2026-10-05.")
    assert right.verdict == "supported"
    assert (wrong.verdict, wrong.source) == ("contradicted", "orders")
    (other,) = edits.check(key, "Order T200 is of 2026-10-02.")
    assert other.verdict == "not_found"


def test_there_must_be_such_a_conversation(desk):
    edits, _ = desk()
    with pytest.raises(TellStaff):
        edits.check("nope", "Hello.")
