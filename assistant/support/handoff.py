"""Hand-offs: what a colleague needs to go on. Stored before the shopper is told so."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, insert, select

from assistant.conversation import Clock
from assistant.db import handoffs


class Handoffs:
    """The queue of conversations that wait for a person."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def open(self, conversation_id: str, packet: Mapping[str, Any]) -> str:
        """Store a packet; returns its id."""
        key = secrets.token_hex(6)
        with self._engine.begin() as db:
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
