"""Runs: each from the shop's own state, judged, written down as it comes, resumed where it was broken off."""

import json
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from langchain_core.messages import AIMessage
from typer.testing import CliRunner

import eval.play
import eval.results
import eval.run
from assistant.cli import cli
from assistant.events import REFUSALS
from eval.checks import check_turn, seen_of
from eval.dialogues import Dialogue
from eval.results import Results, read_results
from eval.run import BrokenOff, run
from index.errors import ShopError
from index.intake import read_catalogue
from tests.toys import plan

ADD = plan(("update_cart", {"product_id": "Glen Mug", "quantity": 1, "mode": "add"}))
LOOK = plan(("view_cart", {}))
ASK = plan(("ask_policy", {"question": "returns"}))
SHOW, PRICE = plan(("show_product", {"product_id": "Glen Mug"})), AIMessage("The Glen Mug costs 12.00 EUR.")
SAY = "add the Glen Mug to my cart"


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch) -> Path:
    """A file that stands for the program, whose text a resumed evaluation must find unchanged."""
    file = tmp_path / "program" / "assistant" / "agent.py"
    file.parent.mkdir(parents=True)
    file.write_text("x = 1\n")
    monkeypatch.setattr(eval.results, "ROOT", tmp_path / "program")
    return file


def dialogue(name="adds", shopper="guest", cart=None, turns=1, **more):
    asked = [{"say": SAY, "expect": {"cart": {"M1": number}}} for number in range(1, turns + 1)]
    if cart is not None:
        asked[-1]["expect"]["cart"] = cart
    return Dialogue.model_validate({"name": name, "shopper": shopper, "turns": asked, "file": "d.yaml", **more})


def lines(out: Path):
    return [json.loads(line) for line in (out / "results.jsonl").read_text(encoding="utf-8").splitlines()]


def go(app, scripts, out, **more):
    return run(app, scripts, out=out, progress=False, **more)


def test_runs_are_isolated_judged_and_written_down(make_app, tmp_path: Path):
    app = make_app(ADD, ADD, ADD)
    summary = go(app, [dialogue(shopper=["guest", "ada"]), dialogue("fails", cart={})], tmp_path / "out")
    assert (summary["runs"], summary["passed"], summary["pass_1"]) == (3, 2, 0.6667)
    assert summary["failed"] == ["d.yaml: fails (guest)"]
    assert summary["checks"]["cart"] == {"passed": 2, "failed": 1, "not_evaluated": 0}
    assert (summary["turns"], summary["models"]) == (3, ["scripted"])
    assert summary["prompt_versions"] == [app.composer.voice_version]
    assert summary["unfinished"] is False
    assert [row["passed"] for row in lines(tmp_path / "out")] == [True, True, False]
    assert ElementTree.parse(tmp_path / "out" / "junit.xml").getroot().get("failures") == "1"
    page = (tmp_path / "out" / "report.html").read_text()
    assert SAY in page
    assert "http://" not in page and "https://" not in page  # nothing is loaded from outside


def test_a_turn_can_be_judged_again_from_its_line_alone(make_app, tmp_path: Path):
    script = Dialogue.model_validate(
        {
            "name": "two", "shopper": "ada", "file": "d.yaml",
            "turns": [
                {"say": SAY, "expect": {"cart": {"M1": 1}, "refuses": False}},
                {"say": "how much is the Glen Mug?", "expect": {"cart": {"M1": 1}, "reply": {"includes": ["12.00"]}}},
            ],
        }
    )  # fmt: skip
    app = make_app(ADD, SHOW, PRICE)
    go(app, [script], tmp_path / "out")
    (result,) = lines(tmp_path / "out")
    catalogue = read_catalogue(app.shop, lambda row: None)
    first, second = (seen_of(result, number, script, app.shop, catalogue) for number in (1, 2))
    assert (first.before, first.earlier, first.events) == ({}, (), frozenset({("purchase", "M2")}))
    assert (second.before, second.earlier) == ({"M1": 1}, (SAY,))
    assert second.events == frozenset({("purchase", "M2"), ("cart", "M1")})  # what it put in the cart is its own by now
    assert first.held_before["cart"] == {} and first.held_after["cart"] == {"M1": 1}
    assert first.held_before["preferences"]["size"] == "M" and first.held_before["personalization"] is True
    for number, seen in enumerate((first, second)):
        again = check_turn(script.turns[number].expect, seen)
        kept = [(c["name"], c["passed"], c["reason"]) for c in result["turns"][number]["checks"]]
        assert [(c.name, c.passed, c.reason) for c in again] == kept
    for outside in (0, 3):
        with pytest.raises(IndexError):
            seen_of(result, outside, script, app.shop, catalogue)


def test_what_is_stored_is_looked_at_and_not_believed(make_app, tmp_path: Path, monkeypatch):
    app = make_app(ASK, ADD)
    script = Dialogue.model_validate(
        {"name": "no", "shopper": "ada", "turns": [{"say": "do you match prices of other shops?", "expect": {"refuses": True}}]}
    )  # fmt: skip
    assert go(app, [script], tmp_path / "quiet")["passed"] == 1

    def meddling(*args, original=eval.play.Talk.reply):
        reply = original(*args)
        talk, _ = args
        talk.app.shoppers.remember("ben", "avoids", "silk")  # somebody else's, behind the reply's back
        return reply

    monkeypatch.setattr(eval.play.Talk, "reply", meddling)
    app = make_app(ASK, ADD)
    go(app, [script], tmp_path / "out")
    (result,) = lines(tmp_path / "out")
    assert result["turns"][0]["reply"]["outcome"] in REFUSALS
    assert [c["reason"] for c in result["turns"][0]["checks"] if c["passed"] is False] == [
        "what is held of others changed"
    ]


def test_facts_are_compared_among_all_who_ask_and_the_named_run_too(make_app, tmp_path: Path):
    app = make_app(SHOW, PRICE, SHOW, PRICE)
    script = Dialogue.model_validate(
        {"name": "same", "turns": [{"say": "how much is the Glen Mug?", "expect": {"same_facts_for": ["guest", "ada"]}}]}
    )  # fmt: skip
    assert go(app, [script], tmp_path / "out")["passed"] == 2
    for row, other in zip(lines(tmp_path / "out"), ("ada", "guest"), strict=True):
        assert row["turns"][0]["same_facts"] == {other: ""}
        assert {c["name"]: c["passed"] for c in row["turns"][0]["checks"]}["same_facts_for"] is True


def test_a_run_that_breaks_lists_the_turns_that_it_did_not_reach(make_app, tmp_path: Path, monkeypatch):
    def breaks(*args, original=eval.play.check_turn):
        if args[1].before:
            raise RuntimeError("out of paper")
        return original(*args)

    monkeypatch.setattr(eval.play, "check_turn", breaks)
    app = make_app(ADD, ADD, ADD)
    summary = go(app, [dialogue(turns=3), dialogue("after"), dialogue("who", shopper="nobody")], tmp_path / "out")
    assert (summary["passed"], summary["errors"]) == (1, 2)
    broken, after, nobody = lines(tmp_path / "out")
    assert "out of paper" in broken["error"] and after["passed"]
    assert "no shopper 'nobody'" in nobody["error"]
    assert (len(broken["turns"]), [turn["say"] for turn in broken["unreached"]]) == (1, [SAY, SAY])
    reasons = [{c["name"]: c["reason"] for c in turn["checks"]}["cart"] for turn in broken["unreached"]]
    assert reasons == ["the run broke in this turn", "the run broke before this turn"]
    assert all(check["passed"] is None for turn in broken["unreached"] for check in turn["checks"])
    assert summary["checks"]["cart"] == {"passed": 2, "failed": 0, "not_evaluated": 3}
    root = ElementTree.parse(tmp_path / "out" / "junit.xml").getroot()
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("3", "0", "2")


@pytest.mark.parametrize("channel", ["shop", "desk"])
def test_both_channels_run(make_app, tmp_path: Path, monkeypatch, channel):
    seen = []

    def watching(talk, text, original=eval.play.Talk.reply):
        seen.append(talk.app.conversations.get(talk.id).channel)
        return original(talk, text)

    monkeypatch.setattr(eval.play.Talk, "reply", watching)
    assert go(make_app(ADD), [dialogue(channel=channel)], tmp_path / "out")["passed"] == 1
    assert seen == [channel]
    assert lines(tmp_path / "out")[0]["channel"] == channel


def test_several_runs_at_a_time_are_written_in_the_order_of_the_plan(make_app, tmp_path: Path, monkeypatch):
    meeting, threads = threading.Barrier(2, timeout=30), set()

    def together(*args, original=eval.run.play):
        threads.add(threading.current_thread().name)
        meeting.wait()  # two are under way at once, or this times out
        result = original(*args)
        if args[2].shopper == "guest":
            slow.wait(5)  # the first of the plan ends last
        else:
            slow.set()
        return result

    slow = threading.Event()
    monkeypatch.setattr(eval.run, "play", together)
    app = make_app(planner=False)  # calls tools natively, as an endpoint does
    app.model.chat.script = Serving()
    go(app, [dialogue(shopper=["guest", "ada"])], tmp_path / "out", jobs=2)
    assert len(threads) == 2
    assert [row["shopper"] for row in lines(tmp_path / "out")] == ["guest", "ada"]
    assert [row["turns"][0]["reply"]["cart"] for row in lines(tmp_path / "out")] == [{"M1": 1}, {"M1": 1}]


class Serving(list):
    """A script without end: a call of a tool, and after it a sentence."""

    def __bool__(self):
        return True

    def pop(self, place=0):
        return lambda messages: AIMessage("It is done.") if messages[-1].type == "tool" else ADD


def test_the_embedded_model_takes_one_run_at_a_time(make_app, tmp_path: Path, capsys):
    assert go(make_app(ADD), [dialogue()], tmp_path / "out", jobs=8)["passed"] == 1
    assert "--jobs is 1" in capsys.readouterr().err


def interrupting(messages):
    raise KeyboardInterrupt


def away(messages):
    raise ConnectionError("the model is away")


def broken_off(*args, **more):
    with pytest.raises(BrokenOff) as ended:
        go(*args, **more)
    return ended.value.summary


def test_a_broken_off_evaluation_leaves_valid_files_and_goes_on(make_app, tmp_path: Path, capsys):
    out, scripts = tmp_path / "out", [dialogue(name) for name in ("one", "two", "three")]
    summary = broken_off(make_app(ADD, interrupting), scripts, out)
    assert (summary["unfinished"], summary["runs"]) == (True, 1)
    assert "the same command goes on after these 1 of 3 runs" in capsys.readouterr().err
    assert [row["dialogue"] for row in lines(out)] == ["one"]
    assert ElementTree.parse(out / "junit.xml").getroot().get("tests") == "1"
    with (out / "results.jsonl").open("a") as sink:
        sink.write('{"dialogue": "two", "file": "d.y')  # a line that was cut off
    app = make_app(ADD, ADD)
    summary = go(app, scripts, out, resume=True)
    assert "1 of 3 runs are there" in capsys.readouterr().err
    assert (summary["unfinished"], summary["runs"], summary["passed"], summary["resumed"]) == (False, 3, 3, 1)
    assert [row["dialogue"] for row in lines(out)] == ["one", "two", "three"]
    assert app.model.chat.script == []


def test_more_repeats_may_be_asked_when_it_goes_on_and_fewer_may_not(make_app, tmp_path: Path):
    out, scripts = tmp_path / "out", [dialogue("one"), dialogue("two")]
    broken_off(make_app(ADD, interrupting), scripts, out)
    summary = broken_off(make_app(ADD, interrupting), scripts, out, resume=True, repeat=2)
    assert (summary["runs"], summary["resumed"]) == (2, 1)
    with pytest.raises(ShopError, match="--repeat, which was 2"):
        go(make_app(), scripts, out, resume=True)
    summary = go(make_app(ADD, ADD), scripts, out, resume=True, repeat=2)
    assert (summary["runs"], summary["passed"], summary["pass_hat"]) == (4, 4, [1.0, 1.0])
    assert [(row["dialogue"], row["repeat"]) for row in lines(out)] == [("one", 1), ("one", 2), ("two", 1), ("two", 2)]


def test_a_finished_evaluation_is_run_again(make_app, tmp_path: Path):
    out = tmp_path / "out"
    go(make_app(ADD), [dialogue()], out, resume=True)
    app = make_app(ADD)
    assert go(app, [dialogue()], out, resume=True)["resumed"] == 0
    assert app.model.chat.script == []


def test_another_evaluation_does_not_go_on_where_one_was_broken_off(make_app, tmp_path: Path, shop_folder, program):
    out, scripts = tmp_path / "out", [dialogue("one"), dialogue("two")]
    broken_off(make_app(ADD, interrupting), scripts, out)
    with pytest.raises(ShopError, match=r"differs in the dialogue d\.yaml: two\. Give --fresh"):
        go(make_app(), [scripts[0], dialogue("two", cart={})], out, resume=True)
    program.write_text("x = 2\n")
    with pytest.raises(ShopError, match="differs in the program or its prompts"):
        go(make_app(), scripts, out, resume=True)
    program.write_text("x = 1\n")
    app = make_app()
    with pytest.raises(ShopError, match="differs in --now"):
        go(app, scripts, out, resume=True, now=datetime(2026, 11, 20, tzinfo=UTC))
    app.model = replace(app.model, name="another")
    with pytest.raises(ShopError, match="differs in the model"):
        go(app, scripts, out, resume=True)
    (shop_folder / "policies" / "more.md").write_text("# More\n\nMore.\n")
    with pytest.raises(ShopError, match="differs in the shop"):
        go(make_app(), scripts, out, resume=True)
    assert [row["dialogue"] for row in lines(out)] == ["one"]  # nothing was lost
    assert go(make_app(ADD, ADD), scripts, out)["resumed"] == 0  # without resuming it begins anew


@pytest.fixture
def onevoice(make_app, monkeypatch, tmp_path: Path, shop_folder):
    """The command over the tiny shop, with a model that plays these steps."""

    def call(*arguments, script=(), text=None):
        path = tmp_path / "d.yaml"
        if text is not None:
            path.write_text(text, encoding="utf-8")
        monkeypatch.setattr(eval.run, "build_app", lambda settings: make_app(*script))
        return CliRunner().invoke(
            cli,
            ["eval", "--shop", str(shop_folder), "--dialogues", str(path), "--out", str(tmp_path / "out"), *arguments],
        )

    return call


ONE = f"name: one\nturns:\n  - say: {SAY}\n    expect: {{cart: {{M1: 1}}}}\n"
TWO = f"{ONE}---\nname: two\nturns:\n  - say: {SAY}\n    expect: {{cart: {{M1: 2}}}}\n"


def last(result):
    return json.loads(result.stdout.splitlines()[-1])


def test_the_command_exits_by_what_came_of_it(onevoice):
    assert onevoice(script=[ADD], text=ONE).exit_code == 0
    failing = onevoice(script=[ADD, ADD], text=TWO)
    assert (failing.exit_code, last(failing)["failed"]) == (1, ["d.yaml: two (guest)"])
    assert "failed  d.yaml: two (guest), turn 1, cart: the cart is {'M1': 1}, not {'M1': 2}" in failing.stderr
    ended = onevoice(script=[interrupting], text=ONE)
    assert (ended.exit_code, last(ended)["unfinished"]) == (130, True)
    assert "the same command goes on" in ended.stderr
    gone_on = onevoice(script=[ADD], text=ONE)
    assert gone_on.exit_code == 0 and "going on" in gone_on.stderr


def test_some_dialogues_are_run_by_name(onevoice):
    assert last(onevoice("--only", "ONE", script=[ADD], text=TWO))["runs"] == 1
    assert last(onevoice("--only", "t*", "--only", "d.yaml: one", script=[ADD, ADD]))["runs"] == 2
    unknown = onevoice("--only", "three")
    assert isinstance(unknown.exception, ShopError) and "There are: d.yaml: one; d.yaml: two" in str(unknown.exception)


def test_nothing_runs_where_a_dialogue_names_what_the_shop_has_not(onevoice):
    text = """\
name: one
shopper: [ada, nobody]
turns:
  - say: hi
    expect:
      cart: {M1: 1, M9: 1}
      products: {none: {id: M9}}
      cites: policies/return.md
  - say: hi
    expect:
      same_facts_for: [guest, kitt]
"""
    refused = onevoice(text=text)
    assert isinstance(refused.exception, ShopError)
    told = str(refused.exception)
    assert told.startswith("4 mistakes:")
    for words in ("line 2, shopper.1: no shopper 'nobody'", "line 6, turns.0.expect.cart.M9: no product 'M9'", "line 8, turns.0.expect.cites: no file 'policies/return.md'", "line 11, turns.1.expect.same_facts_for.1: no shopper 'kitt'"):  # fmt: skip
        assert words in told, told
    assert "there is kit" in told and "policies/returns.md" in told


def test_a_shopper_who_is_known_by_events_alone_can_run(onevoice, shop_folder):
    with (shop_folder / "events.jsonl").open("a") as sink:
        sink.write('{"shopper_id": "zoe", "type": "view", "product_id": "M1", "at": "2026-10-01T10:00:00Z"}\n')
    assert onevoice(script=[ADD], text=ONE.replace("turns:", "shopper: zoe\nturns:")).exit_code == 0


def test_a_regression_against_an_earlier_evaluation_fails(onevoice, tmp_path: Path):
    onevoice(script=[ADD, ADD], text=TWO)
    same = onevoice("--against", str(tmp_path / "out"), script=[ADD, ADD])  # the very file that is written over
    assert (same.exit_code, last(same)["regressions"]) == (1, [])
    assert "no dialogue differs" in same.stderr
    kept = tmp_path / "kept.jsonl"
    kept.write_text((tmp_path / "out" / "results.jsonl").read_text())
    worse = onevoice("--against", str(kept), script=[away, ADD])
    (row,) = last(worse)["regressions"]
    assert (row["case"], row["before"], row["now"]) == ("d.yaml: one (guest)", "1/1", "0/1")
    assert "worse" in worse.stderr and "turn 1, cart" in worse.stderr
    nothing = onevoice("--against", str(tmp_path / "missing.jsonl"))
    assert isinstance(nothing.exception, ShopError) and "no results" in str(nothing.exception)


def test_a_spoiled_reply_that_no_check_notices_fails(onevoice, monkeypatch):
    proof = {
        "mutants": 3, "caught": 2, "by_check": {"cart": {"mutants": 2, "caught": 2}, "voice": {"mutants": 1, "caught": 0}},
        "missed": [{"check": "voice", "dialogue": "one", "mutation": "shouts"}], "unproved": ["cites"],
    }  # fmt: skip
    given = []
    monkeypatch.setitem(sys.modules, "eval.prove", SimpleNamespace(prove=lambda *args: given.append(args) or proof))
    missed = onevoice("--prove", script=[ADD], text=ONE)
    assert (missed.exit_code, last(missed)["prove"]) == (1, proof)
    ((results, (script,), shop, catalogue),) = given
    assert (results[0]["dialogue"], script.name, "M1" in catalogue.products, shop.name) == ("one", "one", True, "Tiny")
    for words in (
        "voice        1       0",
        "all          3       2",
        "missed  voice: one: shouts",
        "without a mutant: cites",
    ):
        assert words in missed.stderr
    proof["missed"] = []
    assert onevoice("--prove", script=[ADD]).exit_code == 0


def test_rows_of_an_older_evaluation_are_not_taken_for_this_ones(tmp_path: Path, make_app):
    out = tmp_path / "out"
    broken_off(make_app(ADD, interrupting), [dialogue("one"), dialogue("two")], out)
    (row,) = read_results(out / "results.jsonl")
    (out / "results.jsonl").write_text(json.dumps(row | {"evaluation": "older"}) + "\n")
    held = Results(out).unfinished()
    assert held is not None and Results(out).kept(held) == []
