"""What staff see, from a real SQLite and PostgreSQL: the queue's order and waiting times, and what a search finds."""

from datetime import timedelta

import pytest

from assistant.conversation import Identity
from assistant.errors import NotOpen
from assistant.shoppers.store import Shoppers
from assistant.support.desk.board import Board
from assistant.support.desk.panel import Panel
from assistant.support.orders import Orders
from tests.assistant.support.desk.conftest import JON, LEA, MIA


@pytest.fixture
def board(engine, clock):
    return Board(engine, clock, Panel(Shoppers(engine, clock), Orders(engine), clock, str))


def said(talks, text, replied="Fine.", channel="shop"):
    key = talks.start(Identity(), channel)
    talks.append(key, text, {"reply": replied, "products": []}, {})
    return key


def test_the_longest_wait_is_first_and_a_conversation_waits_once(board, clock, talks, handoffs, door, waiting):
    clock.now += timedelta(minutes=5)
    later = said(talks, "me too")
    handoffs.open(later, {"reason": "me too", "mood": "annoyed"})
    handoffs.open(waiting, {"reason": "where are you?", "mood": "angry"})  # asked once more
    clock.now += timedelta(minutes=1)
    rows = board.queue(MIA)
    assert [(row["id"], row["waited_s"], row["reason"], row["mood"]) for row in rows] == [
        (waiting, 360, "where are you?", "angry"), (later, 60, "me too", "annoyed")
    ]  # fmt: skip
    door.take(waiting, MIA)
    assert [(row["id"], row["status"], row["mine"]) for row in board.queue(MIA)] == [
        (later, "waiting", False), (waiting, "taken", True)
    ]  # fmt: skip
    assert [row["id"] for row in board.queue(JON)] == [later]
    assert [row["by"] for row in board.queue(LEA)] == [None, "Mia"]
    door.hand_back(waiting, MIA)
    assert [row["id"] for row in board.queue(LEA)] == [later]


def test_a_conversation_shows_its_latest_packet_and_who_said_what(board, door, handoffs, waiting):
    handoffs.open(waiting, {"reason": "again", "transcript": [["long", ""]]})
    door.take(waiting, MIA)
    door.say(waiting, MIA, "Hello")
    shown = board.conversation(waiting, MIA)
    assert shown["can"] == {"take": False, "answer": True, "hand_back": True}
    assert "transcript" not in shown["packet"]  # the turns are it
    assert [turn["from"] and turn["from"]["kind"] for turn in shown["turns"]] == [None, "joined", "said"]
    assert board.conversation(waiting, LEA)["can"] == {"take": False, "answer": False, "hand_back": True}
    with pytest.raises(NotOpen):
        board.conversation(waiting, JON)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("kettle", ["kettle"]), ("KETTLE leaks", ["kettle"]), ("leaks nothing", []), ("refund", ["refund"]), ("100%", ["refund"]),
        ("%", ["refund"]), ("水壶", ["zh"]), ("已经退款", ["zh"]), ("", []), ("   ", []), ("'; drop table turns", []), ("desk", []),
    ],
)  # fmt: skip
def test_a_search_finds_by_all_words_in_messages_and_replies(board, talks, words, found):
    keys = {
        "kettle": said(talks, "My kettle leaks"),
        "refund": said(talks, "money", "We refund 100% of it"),
        "zh": said(talks, "水壶漏水", "已经退款"),
        "desk": said(talks, "at the desk", channel="desk"),  # drafting is no shopper's conversation
    }
    assert [row["id"] for row in board.search(words, LEA)] == [keys[name] for name in found]
    assert board.search(words, MIA) == []


def test_a_search_shows_where_it_was_found(board, talks):
    said(talks, "x " * 100 + "a kettle, please " + "y " * 100)
    (row,) = board.search("kettle", LEA)
    assert "a kettle, please" in row["excerpt"]
    assert row["excerpt"].startswith("… ") and row["excerpt"].endswith(" …") and len(row["excerpt"]) < 200


def test_a_search_knows_capitals_that_are_not_ascii_and_takes_any_character(talks, board, waiting):
    talks.append(waiting, "ÄRGER mit dem Rucksack", {"reply": ""}, {})
    for text in ("ärger", "Ärger\0 ruck"):
        assert [row["id"] for row in board.search(text, LEA)] == [waiting]
