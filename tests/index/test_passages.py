"""Which passage answers, and whether any does."""

import pytest

from index.passages import Passage, embed, rank
from index.policies import split_policy
from tests.toys import ToyEncoder


@pytest.fixture
def policies(shop):
    return [passage for policy in shop.policies for passage in split_policy(policy.source, policy.text)]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("how long do I have to return something?", "60 days"),
        ("how much is express shipping on a 30 euro order?", "Express: 12 EUR"),
        ("how much is express shipping on an order of 80 EUR?", "Express: 9 EUR"),
        ("can used goods be returned?", "Used goods"),
    ],
)
def test_the_answer_is_first_and_supported(policies, question, answer):
    best = rank(question, policies, ToyEncoder())[0]
    assert answer in best.passage.text
    assert best.supported


@pytest.mark.parametrize(
    "question",
    ["do you price match other shops?", "do you have a loyalty program?", "can I pay with bitcoin?"],
)
def test_what_is_not_stated_is_not_supported(policies, question):
    assert not any(row.supported for row in rank(question, policies, ToyEncoder()))


def test_what_the_passages_are_all_about_is_no_evidence():
    passages = [Passage("a", "Alder Kettle, the Alder Kettle."), Passage("b", "The lid of the kettle does lock.")]
    assert (
        rank("does the lid of the Alder Kettle lock?", passages, ToyEncoder(), "Alder Kettle")[0].passage.source == "b"
    )
    assert not any(row.supported for row in rank("Alder Kettle?", passages[:1], ToyEncoder(), "Alder Kettle"))


def test_words_of_a_title_with_a_hyphen_are_no_evidence_either():
    passages = [
        Passage("a", "Keep it out of the dishwasher."),
        Passage("b", "The grain at the end of the board is fine."),
    ]
    asked = "may I put the oak end grain board in the dishwasher?"
    found = {row.passage.source: row for row in rank(asked, passages, ToyEncoder(), "Oak End-grain Board")}
    assert found["a"].supported


def test_of_passages_with_the_same_words_the_one_that_looks_like_an_answer_is_first():
    passages = [Passage("a", "Its weight is low."), Passage("b", "Its weight is 310 g.")]
    assert rank("what is the weight?", passages, ToyEncoder())[0].passage.source == "b"


def test_what_is_asked_for_may_stand_in_several_lists():
    passages = [
        Passage("a", "Induction: Yes"),
        Passage("b", "Oven safe: 260 C"),
        Passage("c", "Weight: 2800 g"),
        Passage("d", "A pan for four eggs."),
    ]

    def found(question):
        ranked = rank(question, passages, ToyEncoder(), "Forge Pan")
        return {row.passage.source for row in ranked if row.supported}

    assert found("does it work on induction and in the oven?") == {"a", "b"}
    assert found("does it work on induction?") == {"a"}
    assert found("does it work on induction and with magnets?") == {"a"}  # named in full; of magnets nothing is said


def test_kept_vectors_give_the_same_ranking(policies):
    question = "can used goods be returned?"
    kept = embed(policies, ToyEncoder())
    assert rank(question, policies, ToyEncoder(), vectors=kept) == rank(question, policies, ToyEncoder())


def test_nothing_is_known_of_nothing():
    assert rank("how heavy is it?", [], ToyEncoder()) == []


def test_a_list_of_values_states_what_it_has_and_nothing_else():
    listing = Passage("feed", "Features bags: Waterproof, TSA Approved, Lockable")
    other = Passage("feed", "Strap: Adjustable, Cross Body, Detachable, Double, Padded, Shoulder")
    ranked = rank("is it waterproof?", [other, listing], ToyEncoder())
    assert (ranked[0].passage, ranked[0].supported) == (listing, True)
    assert not any(row.supported for row in rank("is it wheeled?", [other, listing], ToyEncoder()))
