"""Hand-offs: what a colleague needs to go on. Stored before the shopper is told so."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, insert, select

from assistant.conversation import Clock, is_open
from assistant.db import handoffs
from assistant.errors import Forgotten


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
        with self._engine.connect() as db:
            return [{"id": row.id, **row.packet} for row in db.execute(query)]
