"""Questions without an answer: alike ones together, nobody named, the most frequent first."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assistant.cli import main
from assistant.conversation import Conversations, Identity
from assistant.db import open_engine
from assistant.shoppers.seed import seed
from assistant.support.desk import gaps
from assistant.support.desk.gaps import Unanswered, grouped, unanswered
from index.sql import sqlite_url
from tests.conftest import NOW, write_jsonl
from tests.toys import ToyEncoder

of_conversation = gaps._of_conversation
MATCH = ("do you price match other shops?", "do you price match?", "would you price match another shop?")


def asked(talks, *said, shopper=None):
    """A conversation of (message, outcome, the question that was passed on)."""
    key = talks.start(Identity("shopper", shopper) if shopper else Identity())
    for text, outcome, *reason in said:
        packet = {"reason": reason[0]} if reason else None
        talks.append(key, text, {"reply": "", "outcome": outcome, "handoff": packet}, {})
    return key


@pytest.fixture
def engine(tmp_path, shop_folder):
    write_jsonl(shop_folder / "shoppers.jsonl", [{"id": "zora-7", "name": "Zora Quill", "email": "zora@example.com"}])
    found = open_engine(sqlite_url(tmp_path / "s.sqlite"))
    seed(found, shop_folder)
    yield found
    found.dispose()


@pytest.fixture
def talks(engine, clock):
    return Conversations(engine, clock)


def test_what_was_answered_is_no_gap(engine, talks):
    asked(talks, ("a mug?", "answered"), ("is it bulletproof?", "not_stated"), ("a unicorn", "not_sold"))
    assert unanswered(engine) == [Unanswered("is it bulletproof?", "not_stated", NOW)]


def test_a_question_that_is_passed_on_is_counted_once_and_by_its_own_words(engine, talks):
    asked(talks, (MATCH[0], "not_stated"), ("yes please", "handed_off", MATCH[0]))
    asked(talks, ("a mug?", "answered"), ("let me talk to a human", "handed_off", "let me talk to a human"))
    assert [(one.text, one.outcome) for one in unanswered(engine)] == [
        ("a mug?", "handed_off"),
        (MATCH[0], "handed_off"),
    ]


def test_alike_questions_are_together_and_the_most_frequent_come_first():
    rows = [Unanswered(text, "not_stated", NOW) for text in (*MATCH, MATCH[1], "is it bulletproof?")]
    first, second = grouped(rows, ToyEncoder())
    assert (first.count, first.examples[0]) == (4, MATCH[1])
    assert set(first.examples) <= set(MATCH)
    assert (second.count, second.examples) == (1, ("is it bulletproof?",))
    assert grouped(rows[::-1], ToyEncoder()) == [first, second]
    assert grouped([], ToyEncoder()) == []


def test_nobody_is_named(engine, talks):
    asked(talks, ("I am Zora, zora@example.com, do you price match?", "not_stated"), shopper="zora-7")
    (one,) = unanswered(engine)
    assert one.text == "I am [private], [e-mail], do you price match?"


def test_since(engine, talks, clock):
    asked(talks, ("is it old?", "not_stated"))
    clock.now = NOW + timedelta(days=2)
    asked(talks, ("is it new?", "not_stated"))
    assert [one.text for one in unanswered(engine, NOW + timedelta(days=1))] == ["is it new?"]


def test_of_what_is_long_past_nothing_is_read_but_what_leads_to_a_new_question(engine, talks, clock, monkeypatch):
    asked(talks, ("is it old?", "not_stated"))
    going_on = asked(talks, (MATCH[0], "not_stated"))
    clock.now = NOW + timedelta(days=2)
    asked(talks, ("a mug?", "answered"))
    talks.append(going_on, "a person", {"reply": "", "outcome": "handed_off", "handoff": {"reason": MATCH[0]}}, {})
    read = []
    monkeypatch.setattr(gaps, "_of_conversation", lambda rows: read.append(rows) or of_conversation(rows))
    found = unanswered(engine, NOW + timedelta(days=1))
    assert [(one.text, one.outcome) for one in found] == [(MATCH[0], "handed_off")]
    assert [row.conversation_id for rows in read for row in rows] == [going_on] * 2
    assert not {"reply", "state"} & set(read[0][0]._fields)


@pytest.mark.postgres
def test_postgres_finds_the_same(postgres, clock):
    engine = open_engine(postgres)
    talks = Conversations(engine, clock)
    asked(talks, ("is it old?", "not_stated"))
    clock.now = NOW + timedelta(days=2)
    asked(talks, (MATCH[0], "not_stated"), ("yes please", "handed_off", MATCH[0]), ("a mug?", "answered"))
    found = {one.text: one.outcome for one in unanswered(engine, NOW + timedelta(days=1))}  # of other tests, too
    assert found[MATCH[0]] == "handed_off"
    assert not {"is it old?", "a mug?"} & found.keys()
    engine.dispose()


def test_the_command_prints_them_and_ends_in_one_json_object(shop_folder, make_app, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("assistant.app.open_encoder", lambda settings: ToyEncoder())
    for name, folder in (("DATA", tmp_path / "data"), ("CACHE", tmp_path / "cache")):
        monkeypatch.setenv(f"ONEVOICE_{name}_DIR", str(folder))
    app = make_app()
    for text in MATCH:
        asked(app.conversations, (text, "not_stated"))
    asked(app.conversations, ("let me talk to a human", "handed_off", "let me talk to a human"))

    def desk(*arguments):
        with pytest.raises(SystemExit) as end:
            main(["desk", "gaps", "--shop", str(shop_folder), *arguments])
        assert not end.value.code
        return capsys.readouterr().out.strip()

    printed = desk()
    assert printed.startswith("4 questions without an answer, in 2 groups.\n3 times, last 2026-11-01:\n")
    assert "1 times, 1 handed off" in printed
    last = json.loads(desk("--json").splitlines()[-1])
    assert last["questions"] == 4
    assert [gap["count"] for gap in last["gaps"]] == [3, 1]
    assert last["gaps"][0]["last"] == "2026-11-01T12:00:00Z"
    assert json.loads(desk("--json", "--since", "2026-11-02"))["gaps"] == []


def test_the_day_of_since_counts_from_its_beginning():
    from assistant.cli.desk import _start

    assert _start("2026-11-01", UTC) == datetime(2026, 11, 1, tzinfo=UTC)
    assert _start("2026-11-01", ZoneInfo("Asia/Shanghai")) == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert _start("2026-11-01T10:00:00Z", ZoneInfo("Asia/Shanghai")) == datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert _start(None, UTC) is None
