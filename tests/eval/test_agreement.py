"""`same_facts_for`: every pair of the same repeat is compared, whatever the order in which runs come."""

from itertools import permutations

import pytest

from eval.agreement import agree, disagreement
from eval.dialogues import Dialogue
from tests.eval.dialogue_toys import fact, line, turn

SCRIPT = Dialogue.model_validate(
    {"name": "a", "turns": [{"say": "hi", "expect": {"same_facts_for": ["guest", "ada", "ben"]}}]}
)


def asked(shopper, *facts, repeat=1, citations=()):
    run = line(shopper=shopper, repeat=repeat)
    run["turns"] = [turn(checks=[("outcome", True, "")], facts=list(facts), citations=list(citations))]
    return run


def verdicts(runs):
    return {
        (run["shopper"], run["repeat"]): next(
            (c["passed"], c["reason"]) for c in run["turns"][0]["checks"] if c["name"] == "same_facts_for"
        )
        for run in runs
    }


def test_each_pair_is_compared_in_whatever_order_the_runs_come():
    for order in permutations(
        [("guest", "12.00"), ("ada", "12.00"), ("ben", "13.00")]
    ):  # the two that agree with each other both differ from the third
        runs = [asked(shopper, fact("M1", "price", price)) for shopper, price in order]
        agree(SCRIPT, runs)
        found = verdicts(runs)
        assert found["guest", 1] == (False, "ben: M1 price is 12.00 here and 13.00 there")
        assert found["ada", 1][0] is False
        assert found["ben", 1][0] is False and "guest: M1 price is 13.00 here" in found["ben", 1][1]
        assert [run["passed"] for run in runs] == [False] * 3
        assert runs[0]["turns"][0]["same_facts"].keys() == {"guest", "ada", "ben"} - {runs[0]["shopper"]}


def test_repeats_are_compared_each_for_itself():
    runs = [
        asked("guest", fact("M1", "price", "12.00")),
        asked("ada", fact("M1", "price", "12.00")),
        asked("guest", fact("M1", "price", "13.00"), repeat=2),
        asked("ada", fact("M1", "price", "13.00"), repeat=2),
    ]
    agree(SCRIPT, runs)
    assert {passed for passed, _ in verdicts(runs).values()} == {True}


def test_it_may_be_asked_again_when_more_runs_are_there():
    runs = [asked("guest", fact("M1", "price", "12.00"))]
    agree(SCRIPT, runs)
    assert verdicts(runs) == {("guest", 1): (None, "no other run is there to compare with")}
    runs.append(asked("ada", fact("M1", "price", "13.00")))
    agree(SCRIPT, runs)
    assert verdicts(runs)["guest", 1][0] is False
    assert [c["name"] for c in runs[0]["turns"][0]["checks"]] == ["outcome", "same_facts_for"]


def test_a_run_that_broke_is_not_compared_and_said_so():
    runs = [asked("guest"), line(shopper="ada", error="Boom"), asked("ben")]
    agree(SCRIPT, runs)
    reason = "the run for ada broke before there was a reply"
    assert verdicts([runs[0], runs[2]]) == {("guest", 1): (None, reason), ("ben", 1): (None, reason)}
    assert [run["passed"] for run in runs] == [True, False, True]
    runs[2]["turns"][0]["reply"]["facts"] = [fact("M1", "price", "1.00")]
    runs[0]["turns"][0]["reply"]["facts"] = [fact("M1", "price", "2.00")]
    agree(SCRIPT, runs)
    assert runs[0]["passed"] is False


PASSAGE = {"source": "policies/returns.md", "quote": "60 days."}


@pytest.mark.parametrize(
    ("mine", "theirs", "differs"),
    [
        ([fact("M1", "price", "1")], [fact("M2", "price", "2")], ""),
        ([fact("M1", "price", "1")], [fact("M1", "title", "x")], ""),
        ([fact("M1", "price", "1")], [fact("M1", "price", "2")], "M1 price is 1 here and 2 there"),
        ([fact("M1", "evidence", "1")], [fact("M1", "evidence", "2")], ""),
        ([fact("cart", "price checked", "1")], [fact("cart", "price checked", "2")], ""),
        ([fact("p", "passage", "1"), fact("p", "passage", "2")], [fact("p", "passage", "2"), fact("p", "passage", "1")], ""),
        ([fact("p", "passage", "1"), fact("p", "passage", "2")], [fact("p", "passage", "2")], "p passage is 1, 2 here and 2 there"),
    ],
)  # fmt: skip
def test_what_two_replies_share_has_the_same_values(mine, theirs, differs):
    assert disagreement(turn(facts=mine)["reply"], turn(facts=theirs)["reply"]) == differs


def test_citations_agree_in_file_and_words():
    mine = turn(citations=[PASSAGE])["reply"]
    assert disagreement(mine, turn(citations=[PASSAGE | {"quote": "60  days."}])["reply"]) == ""
    assert disagreement(mine, turn(citations=[PASSAGE, PASSAGE])["reply"]) == ""
    for other in ([], [PASSAGE | {"source": "policies/other.md"}], [PASSAGE | {"quote": "30 days."}]):
        assert disagreement(mine, turn(citations=other)["reply"]).startswith("the citations differ")
