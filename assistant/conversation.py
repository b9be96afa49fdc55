"""Conversations: who speaks, what was said, and the little that the next turn must know. Kept in the database."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, func, insert, select, update

from assistant.db import conversations, lock, turns
from assistant.errors import Forgotten
from assistant.shoppers.tombstones import may_keep
from index.sql import reading

Clock = Callable[[], datetime]
Role = Literal["guest", "shopper", "staff"]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is asking, as the login says; a message or a model never decides it."""

    role: Role = "guest"
    shopper_id: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    id: str
    identity: Identity
    channel: str
    created_at: datetime
    closed: bool = False  # no cookie opens it any more

    @property
    def cart_owner(self) -> str:
        """Whose cart it is: a shopper's follows them, a guest's belongs to the conversation."""
        if self.identity.shopper_id:
            return f"shopper:{self.identity.shopper_id}"
        return f"conversation:{self.id}"


@dataclass(frozen=True, slots=True)
class Turn:
    """A finished turn: the message, the reply in the format of `Reply.to_json`, and the state after it."""

    text: str
    reply: Mapping[str, Any]
    state: Mapping[str, Any]
    at: datetime


class Conversations:
    """The store of conversations. Turns are only ever appended, at their end, in one transaction."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def start(self, identity: Identity, channel: str = "shop") -> str:
        """Begin a conversation; returns its unguessable id.

        Raises:
            Forgotten: its shopper was erased.
        """
        key = secrets.token_urlsafe(16)
        with self._engine.begin() as db:
            if identity.shopper_id and not may_keep(db, identity.shopper_id):
                raise Forgotten("this shopper was erased")
            db.execute(
                insert(conversations).values(
                    id=key,
                    role=identity.role,
                    shopper_id=identity.shopper_id,
                    channel=channel,
                    created_at=self._clock().replace(tzinfo=None),
                )
            )
        return key

    def close(self, conversation_id: str) -> None:
        """Whoever had it has left: a cookie that somebody has copied opens it no more."""
        with self._engine.begin() as db:
            db.execute(update(conversations).where(conversations.c.id == conversation_id).values(closed=True))

    def get(self, conversation_id: str) -> Conversation | None:
        with reading(self._engine) as db:
            row = db.execute(select(conversations).where(conversations.c.id == conversation_id)).first()
        if row is None:
            return None
        return Conversation(row.id, Identity(row.role, row.shopper_id), row.channel, row.created_at, row.closed)

    def turns(self, conversation_id: str) -> list[Turn]:
        """All turns, oldest first."""
        query = select(turns).where(turns.c.conversation_id == conversation_id).order_by(turns.c.n)
        with reading(self._engine) as db:
            return [Turn(row.text, row.reply, row.state, row.at) for row in db.execute(query)]

    def since(self, conversation_id: str, number: int) -> list[Turn]:
        """The turns from a number on (the first is 0), oldest first."""
        query = select(turns).where(turns.c.conversation_id == conversation_id, turns.c.n >= number).order_by(turns.c.n)
        with reading(self._engine) as db:
            return [Turn(row.text, row.reply, row.state, row.at) for row in db.execute(query)]

    def count(self, conversation_id: str) -> int:
        """How many turns there are."""
        query = select(func.count()).where(turns.c.conversation_id == conversation_id)
        with reading(self._engine) as db:
            return db.execute(query).scalar_one()

    def last_state(self, conversation_id: str) -> Mapping[str, Any]:
        query = (
            select(turns.c.state).where(turns.c.conversation_id == conversation_id).order_by(turns.c.n.desc()).limit(1)
        )
        with reading(self._engine) as db:
            row = db.execute(query).first()
        return row.state if row else {}

    def append(self, conversation_id: str, text: str, reply: Mapping[str, Any], state: Mapping[str, Any]) -> None:
        """Commit a finished turn. Of a conversation that was erased meanwhile, with its shopper, nothing is kept."""
        with self._engine.begin() as db:
            if is_open(db, conversation_id):
                _append(db, conversation_id, text, reply, state, self._clock())


def append_between(db: Connection, conversation_id: str, text: str, reply: Mapping[str, Any], at: datetime) -> None:
    """Append what was said while the assistant had no turn, in the caller's transaction, which has called `is_open`.

    The state stays as it was: what was said is taken up by the next turn.
    """
    last = select(turns.c.state).where(turns.c.conversation_id == conversation_id).order_by(turns.c.n.desc()).limit(1)
    _append(db, conversation_id, text, reply, db.execute(last).scalar() or {}, at)


def _append(
    db: Connection, conversation_id: str, text: str, reply: Mapping[str, Any], state: Mapping[str, Any], at: datetime
) -> None:
    last = select(turns.c.n).where(turns.c.conversation_id == conversation_id).order_by(turns.c.n.desc()).limit(1)
    number = db.execute(last).scalar()
    db.execute(
        insert(turns).values(
            conversation_id=conversation_id,
            n=0 if number is None else number + 1,
            text=text,
            reply=dict(reply),
            state=dict(state),
            at=at.replace(tzinfo=None),
        )
    )


def is_open(db: Connection, conversation_id: str) -> bool:
    """Whether a conversation is there still; nobody else changes or erases it until the caller's transaction ends."""
    lock(db, conversation_id)
    return db.execute(select(conversations.c.id).where(conversations.c.id == conversation_id)).first() is not None
