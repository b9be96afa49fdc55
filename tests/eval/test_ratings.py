"""Ratings as an evaluation reads them: strictly, each bad line told and left out."""

import json
from datetime import UTC, datetime

import pytest

from eval.ratings import rated, read_ratings
from eval.shares import Share
from index.errors import ShopError

GOOD = {
    "conversation": "c1", "turn": 1, "thumbs": "up", "reason": "", "at": "2026-11-01T12:00:00Z", "channel": "shop", "message": "hi",
    "reply": "Hello.", "outcome": "answered", "tools": [{"name": "chat", "args": {"a": 1}, "ok": True}], "model": "m", "prompt_sha": "ab",
    "voice_version": "2.1",
}  # fmt: skip


def read(tmp_path, *lines):
    path = tmp_path / "r.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    problems = []
    return read_ratings(path, problems.append), [(row.file, row.line, row.reason) for row in problems]


def test_good_lines_are_read_in_their_order(tmp_path):
    found, problems = read(tmp_path, GOOD, "", {**GOOD, "turn": 2, "thumbs": "down", "reason": "\u2028 dear"})
    assert problems == []
    assert [(one.turn, one.up, one.reason) for one in found] == [(1, True, ""), (2, False, "\u2028 dear")]
    assert found[0].at == datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("no JSON", "Invalid JSON"),
        ("[]", "should be an object"),
        ({**GOOD, "thumbs": "sideways"}, "thumbs: Input should be 'up' or 'down'"),
        ({**GOOD, "outcome": "great"}, "outcome"),
        ({**GOOD, "turn": 0}, "turn"),
        ({**GOOD, "reason": "x" * 501}, "reason"),
        ({**GOOD, "at": "2026-11-01T12:00:00"}, "at"),
        ({**GOOD, "shopper_id": "ada"}, "shopper_id"),
        ({k: v for k, v in GOOD.items() if k != "reply"}, "reply: Field required"),
        ({**GOOD, "tools": [{"name": "chat"}]}, "tools.0.args"),
        (GOOD, "turn 1 of this conversation is rated above already"),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_left_out(tmp_path, line, reason):
    found, problems = read(tmp_path, GOOD, line, {**GOOD, "turn": 3})
    assert [one.turn for one in found] == [1, 3]
    ((file, number, told),) = problems
    assert (file, number) == ("r.jsonl", 2)
    assert reason in told


def test_a_file_that_is_not_there_is_an_error_with_the_remedy(tmp_path):
    with pytest.raises(ShopError, match="onevoice ratings export"):
        read_ratings(tmp_path / "none.jsonl", lambda row: None)


def test_shares_are_by_model_and_voice_outcome_and_tool(tmp_path):
    two_tools = [{"name": name, "args": {}, "ok": True} for name in ("ask_policy", "chat", "chat")]
    rows = [
        {**GOOD, "at": "2026-11-03T12:00:00Z"},
        {**GOOD, "turn": 2, "thumbs": "down", "outcome": "not_sold", "tools": two_tools},
        {**GOOD, "turn": 3, "thumbs": "down", "voice_version": "3", "reason": "cold", "tools": []},
        {**GOOD, "turn": 4, "reason": "kind"},
    ]
    found = rated(read(tmp_path, *rows)[0])
    assert found["share"] == Share(2, 4)
    assert found["shares"] == {
        "Model and voice": {"m, voice 2.1": Share(2, 3), "m, voice 3": Share(0, 1)},
        "Outcome": {"answered": Share(2, 3), "not sold": Share(0, 1)},
        "Tool": {"chat": Share(2, 3), "ask_policy": Share(0, 1), "none": Share(0, 1)},
    }
    assert [one.turn for one in found["listed"]] == [3, 2, 4, 1]
