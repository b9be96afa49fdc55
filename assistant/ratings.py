"""What shoppers say of replies: thumbs up or down and, if they like, why. One rating a turn; a later one replaces it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Engine, delete, insert, select

from assistant.conversation import Clock, Turn
from assistant.db import conversations, lock, ratings, turns
from assistant.support.proofs import WHOSE
from assistant.untrusted import received
from index.sql import reading

Thumbs = Literal["up", "down"]
THUMBS: tuple[str, ...] = get_args(Thumbs)
MAX_REASON = 500  # characters


@dataclass(frozen=True, slots=True)
class Rating:
    """What was said of a turn, with what had answered it. `reason` is the shopper's own words, empty where none."""

    conversation_id: str
    number: int  # of the turn, from 0
    thumbs: Thumbs
    reason: str
    channel: str
    model: str
    prompt_sha: str
    voice_version: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RatedTurn:
    """A rating with the turn that it is of, and whose conversation it was: None of a guest who has not shown that."""

    rating: Rating
    turn: Turn
    shopper_id: str | None


class Ratings:
    """The store of ratings. Whether somebody may rate a conversation is decided by who holds it: see `web`."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def rate(self, conversation_id: str, number: int, thumbs: Thumbs, reason: str = "") -> bool:
        """Keep what is said of a turn in place of what was said before. False, and nothing kept, without such a turn.

        Args:
            number: of the turn, from 0.
            reason: its first `MAX_REASON` characters are kept, on one line.
        """
        with self._engine.begin() as db:
            lock(db, conversation_id)  # who erases it waits for this, or has erased it
            reply = db.execute(select(turns.c.reply).where(_turn(turns, conversation_id, number))).scalar()
            if reply is None or reply.get("from"):  # a person's words are not the assistant's
                return False
            channel = select(conversations.c.channel).where(conversations.c.id == conversation_id)
            db.execute(delete(ratings).where(_turn(ratings, conversation_id, number)))
            db.execute(
                insert(ratings).values(
                    conversation_id=conversation_id,
                    n=number,
                    thumbs=thumbs,
                    reason=received(reason[: 4 * MAX_REASON])[:MAX_REASON],
                    channel=db.execute(channel).scalar_one(),
                    model=reply.get("model", ""),
                    prompt_sha=reply.get("prompt_sha", ""),
                    voice_version=reply.get("voice", {}).get("version", ""),
                    at=self._clock().replace(tzinfo=None),
                )
            )
        return True

    def take_back(self, conversation_id: str, number: int) -> bool:
        """Remove what was said of a turn. True if there was something."""
        with self._engine.begin() as db:
            return db.execute(delete(ratings).where(_turn(ratings, conversation_id, number))).rowcount > 0

    def of(self, conversation_id: str) -> dict[int, Rating]:
        """The ratings of a conversation, by the number of the turn."""
        query = select(ratings).where(ratings.c.conversation_id == conversation_id)
        with reading(self._engine) as db:
            return {row.n: _rating(row) for row in db.execute(query)}

    def all(self) -> list[RatedTurn]:
        """Every rating with its turn, oldest first."""
        joined = ratings.join(turns, _turn(turns, ratings.c.conversation_id, ratings.c.n)).join(
            conversations, conversations.c.id == ratings.c.conversation_id
        )
        columns = [turns.c.text, turns.c.reply, turns.c.state, turns.c.at.label("said_at"), WHOSE]
        query = select(ratings, *columns).select_from(joined)
        query = query.order_by(ratings.c.at, ratings.c.conversation_id, ratings.c.n)
        with reading(self._engine) as db:
            return [
                RatedTurn(_rating(row), Turn(row.text, row.reply, row.state, row.said_at), row.shopper_id)
                for row in db.execute(query)
            ]


def _turn(table: Any, conversation_id: Any, number: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = (table.c.conversation_id == conversation_id) & (table.c.n == number)
    return found


def _rating(row: Any) -> Rating:
    return Rating(
        row.conversation_id,
        row.n,
        row.thumbs,
        row.reason,
        row.channel,
        row.model,
        row.prompt_sha,
        row.voice_version,
        row.at.replace(tzinfo=UTC),
    )
