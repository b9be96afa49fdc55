"""Labelled questions about policies: the figures are those counted by hand, and a wrong label is an error."""

import json

import pytest

from assistant.settings import Settings
from eval import policies
from eval.policies import Asked, ask, figures, read_questions
from index.errors import ShopError
from index.passages import Passage, Ranked
from tests.toys import ToyEncoder


def ranked(*rows):
    return [Ranked(Passage("returns.md", text), 1.0 - n / 10, supported) for n, (text, supported) in enumerate(rows)]


def test_shares_are_those_counted_by_hand():
    days, cost = Asked(ask="how long?", says=["60 days"]), Asked(ask="is it free?", says=["free", "no charge"])
    wrap = Asked(ask="do you wrap?")
    found = figures(
        [
            (days, ranked(("Within **60  days**.", True), ("It is free.", True))),
            (cost, ranked(("There is no charge.", False))),
            (cost, ranked(("Within 60 days.", True), ("It is free.", True))),
            (cost, ranked()),
            (wrap, ranked(("Gifts are refunded.", True))),
            (wrap, ranked(("Gifts are refunded.", False))),
            (wrap, ranked()),
        ]
    )
    assert found == {"first": 0.5, "answered": 0.25, "silent": round(2 / 3, 4)}


def test_a_shop_is_asked_over_its_own_policies(shop_folder, tmp_path):
    settings = Settings(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache", _env_file=None)
    questions = [
        Asked(ask="may used goods be returned?", says=["Used goods"]),
        Asked(ask="what does express shipping cost for an order of 20 EUR?", says=["Up to 50 EUR"]),
        Asked(ask="do you sharpen skates?"),
    ]
    found, rows = ask(settings, shop_folder, questions, ToyEncoder(), progress=False)
    assert found["questions"] == 3 and set(found) > {"first", "answered", "silent", "whole_first"}
    assert rows[0]["place"] == 1 and rows[0]["first"].startswith("You may return")
    assert rows[2]["place"] is None and rows[2]["says"] == []
    with pytest.raises(ShopError, match="no policy says 'within a year', the label of 'how long'"):
        ask(settings, shop_folder, [Asked(ask="how long", says=["within a year"])], ToyEncoder(), progress=False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- {ask: hello, sais: []}", r"question 1: Extra inputs"),
        ("- {ask: hello}\n- {says: [x]}", r"question 2: Field required"),
        ("ask: [", "not YAML"),
        ("hello", "list"),
    ],
)
def test_a_wrong_row_is_named(tmp_path, text, told):
    path = tmp_path / "demo.yaml"
    with pytest.raises(ShopError, match="is not there: write"):
        read_questions(path)
    path.write_text(text)
    with pytest.raises(ShopError, match=told):
        read_questions(path)


def test_the_questions_of_this_project_can_be_read():
    files = sorted(policies.FOLDER.glob("*.yaml"))
    assert {path.stem for path in files} >= {"demo", "luma"}
    for path in files:
        questions = read_questions(path)
        assert len(questions) >= 100 and sum(not question.says for question in questions) >= 25
        assert len({question.ask for question in questions}) == len(questions)
        json.dumps([question.model_dump() for question in questions])
