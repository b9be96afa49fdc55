"""Labelled questions about policies: the figures are those counted by hand, and a wrong label is an error."""

import json

import pytest

from assistant.settings import Settings
from eval import policies
from eval.policies import Asked, Got, ask, figures, read_questions
from index.errors import ShopError
from tests.toys import ToyEncoder


def test_shares_are_those_counted_by_hand():
    answered, nothing = ("60 days",), ()
    got = [
        Got("a", answered, "", told=True, silent=False, place=1),
        Got("b", answered, "", told=False, silent=True, place=1),
        Got("c", answered, "", told=False, silent=False, place=None),
        Got("d", answered, "", told=True, silent=False, place=3),
        Got("e", nothing, "", told=False, silent=True, place=None),
        Got("f", nothing, "", told=False, silent=False, place=None),
        Got("g", nothing, "", told=False, silent=True, place=None),
    ]
    assert figures(got) == {"told": 0.5, "silent": round(2 / 3, 4), "first": 0.5}


def test_a_shop_is_asked_over_its_own_policies(shop_folder, tmp_path):
    settings = Settings(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache", _env_file=None)
    questions = [
        Asked(ask="May **used  goods** be returned?", says=["USED  goods"]),
        Asked(ask="Do you sharpen skates?"),
        Asked(ask="May used goods be returned?", says=["12 EUR"]),
    ]
    right, silent, wrong = ask(settings, shop_folder, questions, ToyEncoder(), progress=False)
    assert (right.place, right.told, right.silent) == (1, True, False) and "Used goods cannot" in right.reply
    assert (silent.place, silent.told, silent.silent) == (None, False, True)
    assert wrong.place != 1 and not wrong.told
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
