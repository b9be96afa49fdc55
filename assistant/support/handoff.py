"""Hand-offs: what a colleague needs to go on. Stored before the shopper is told so.

A hand-off waits, is taken with its conversation, and is closed when the conversation is handed back. Who takes it and
when is with `desk.takeover`, which alone moves it on.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import Connection, Engine, insert, select, update

from assistant.conversation import Clock, is_open
from assistant.db import handoffs
from assistant.errors import Forgotten
from index.sql import reading

Status = Literal["waiting", "taken", "closed"]


class Handoffs:
    """The queue of conversations that wait for a person."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def open(self, conversation_id: str, packet: Mapping[str, Any]) -> str:
        """Store a packet; returns its id.

        Raises:
            Forgotten: the conversation was erased, with its shopper.
        """
        key = secrets.token_hex(6)
        with self._engine.begin() as db:
            if not is_open(db, conversation_id):
                raise Forgotten("this conversation was erased")
            db.execute(
                insert(handoffs).values(
                    id=key,
                    conversation_id=conversation_id,
                    at=self._clock().replace(tzinfo=None),
                    status="waiting",
                    packet=dict(packet),
                )
            )
        return key

    def waiting(self) -> list[Mapping[str, Any]]:
        """The packets that wait, oldest first."""
        query = select(handoffs).where(handoffs.c.status == "waiting").order_by(handoffs.c.at)
        with reading(self._engine) as db:
            return [{"id": row.id, **row.packet} for row in db.execute(query)]


def move(db: Connection, conversation_id: str, before: Status, after: Status) -> int:
    """Move a conversation's hand-offs on, in the caller's transaction, which holds its lock; how many there were."""
    theirs = (handoffs.c.conversation_id == conversation_id) & (handoffs.c.status == before)
    return db.execute(update(handoffs).where(theirs).values(status=after)).rowcount


def has(db: Connection, conversation_id: str, status: Status) -> bool:
    """Whether a conversation has a hand-off of that status."""
    theirs = (handoffs.c.conversation_id == conversation_id) & (handoffs.c.status == status)
    return db.execute(select(handoffs.c.id).where(theirs).limit(1)).first() is not None
