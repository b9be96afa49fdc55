"""The dialogues in which something is done about an order pass in the demo shop as it is, with a model that plans no such
thing: what is asked for, listed and confirmed is the code's to find. It proves wiring, no quality of a model."""

from __future__ import annotations

import pytest

from assistant.app import App, build_app
from assistant.llm import Model
from assistant.settings import Settings
from eval.dialogues import Dialogue, read_dialogues
from eval.redteam.cases import Play
from eval.redteam.obeying import ObeyingModel
from eval.results import read_results
from eval.run import run
from tests.conftest import ROOT
from tests.toys import ToyEncoder

DEMO = ROOT / "eval" / "dialogues" / "demo"
KINDS = {"cancel_order", "change_order", "request_return"}


@pytest.fixture(scope="module")
def app(tmp_path_factory) -> App:
    settings = Settings(data_dir=tmp_path_factory.mktemp("orders"), _env_file=None)
    model = ObeyingModel(native=False)
    model.obey(Play(calls=[{"tool": "order_status"}]))
    app = build_app(settings, model=Model(model, "obeying", native=False), encoder=ToyEncoder(), progress=False)
    yield app
    app.close()


def acting() -> list[Dialogue]:
    """Those that say how much is carried out."""
    found = [script for name in ("orders", "zh_service") for script in read_dialogues(DEMO / f"{name}.yaml")]
    return [script for script in found if any(turn.expect.done is not None for turn in script.turns)]


def test_what_is_asked_for_is_done_in_the_demo_shop_and_nothing_else(app, tmp_path):
    summary = run(app, acting(), out=tmp_path / "out", progress=False)
    failed = [
        (result["dialogue"], turn["say"], turn["reply"]["reply"], check)
        for result in read_results(tmp_path / "out" / "results.jsonl")
        for turn in result["turns"]
        for check in turn["checks"]
        if check["passed"] is False
    ]
    assert failed == [] and summary["failed"] == []


def test_every_tool_that_acts_succeeds_in_a_dialogue_in_both_languages():
    done = {
        (script.language, turn.expect.tool.name, turn.expect.orders is not None)
        for script in acting()
        for turn in script.turns
        if turn.expect.done and turn.expect.tool
    }
    assert {name for _, name, _ in done} == KINDS
    assert {name for language, name, _ in done if language == "zh"} >= {"cancel_order", "change_order"}
    assert all(told for *_, told in done)  # the state first
