"""The store of ratings: one a turn, replaced and taken back; what answered the turn is read from the turn itself."""

import pytest

from assistant.conversation import Conversations, Identity
from assistant.ratings import MAX_REASON, Ratings
from assistant.shoppers.erase import erase
from tests.conftest import NOW

REPLY = {
    "reply": "No.", "outcome": "not_sold", "tools": [], "model": "m-1", "prompt_sha": "ab", "voice": {"version": "2.1"},
}  # fmt: skip


@pytest.fixture
def talks(engine, clock):
    return Conversations(engine, clock)


@pytest.fixture
def ratings(engine, clock):
    return Ratings(engine, clock)


@pytest.fixture
def key(talks):
    found = talks.start(Identity(), channel="desk")
    for text in ("a mug?", "a bag?"):
        talks.append(found, text, REPLY, {})
    return found


def test_a_rating_is_kept_with_what_answered_the_turn(ratings, key):
    assert ratings.rate(key, 1, "down", "too dear") is True
    (held,) = ratings.of(key).values()
    assert (held.number, held.thumbs, held.reason, held.at) == (1, "down", "too dear", NOW)
    assert (held.channel, held.model, held.prompt_sha, held.voice_version) == ("desk", "m-1", "ab", "2.1")
    assert ratings.of("another") == {}


def test_rating_again_replaces_it_and_taking_it_back_removes_it(ratings, key):
    ratings.rate(key, 0, "up", "kind")
    ratings.rate(key, 1, "up")
    ratings.rate(key, 0, "down")
    assert {n: (r.thumbs, r.reason) for n, r in ratings.of(key).items()} == {0: ("down", ""), 1: ("up", "")}
    assert ratings.take_back(key, 0) is True
    assert ratings.take_back(key, 0) is False
    assert list(ratings.of(key)) == [1]


def test_only_a_turn_that_is_there_can_be_rated(ratings, key, talks):
    assert ratings.rate(key, 2, "up") is False
    assert ratings.rate(key, -1, "up") is False
    assert ratings.rate("nope", 0, "up") is False
    assert ratings.rate(talks.start(Identity()), 0, "up") is False
    assert list(ratings.all()) == []


def test_a_reason_is_short_and_on_one_line(ratings, key):
    ratings.rate(key, 0, "up", " a\n\u202eb\x00 " + "x" * 2 * MAX_REASON)
    reason = ratings.of(key)[0].reason
    assert reason.startswith("a b x")
    assert len(reason) == MAX_REASON


def test_all_are_read_with_their_turn_and_whose_it_was(ratings, key, talks):
    ada = talks.start(Identity("shopper", "ada"))
    talks.append(ada, "a coat?", REPLY, {})
    ratings.rate(ada, 0, "up")
    ratings.rate(key, 1, "down")
    found = {(one.turn.text, one.rating.thumbs, one.shopper_id) for one in ratings.all()}
    assert found == {("a coat?", "up", "ada"), ("a bag?", "down", None)}


def test_what_a_forgotten_shopper_said_is_gone_and_nothing_new_is_kept(engine, ratings, key, talks):
    ada = talks.start(Identity("shopper", "ada"))
    talks.append(ada, "a coat?", REPLY, {})
    ratings.rate(ada, 0, "up", "mine")
    ratings.rate(key, 0, "up", "a guest's")
    assert erase(engine, "ada").rows["ratings"] == 1
    assert ratings.rate(ada, 0, "up") is False
    assert [one.rating.reason for one in ratings.all()] == ["a guest's"]
