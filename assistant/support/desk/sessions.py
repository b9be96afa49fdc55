"""Who is signed in at the desk. The store holds digests of what the browsers hold, so that reading it signs nobody in."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, insert, select

from assistant.conversation import Clock
from assistant.db import staff, staff_sessions
from assistant.support.desk.rights import Staff
from index.sql import reading

LASTS = timedelta(hours=12)
DEMO = Staff("Demo agent", "agent")  # whom a demo shop lets in without a password; no account can have the name


class Sessions:
    """The sessions of staff. The role is read from the account each time: who is removed is out at once.

    Args:
        demo: whether the shop is a demo, whose desk is open as `DEMO`.
    """

    def __init__(self, engine: Engine, clock: Clock, *, demo: bool) -> None:
        self._engine = engine
        self._clock = clock
        self._demo = demo

    def start(self, member: Staff) -> str:
        """Begin a session; returns its unguessable token."""
        token, now = secrets.token_urlsafe(24), self._now()
        with self._engine.begin() as db:
            db.execute(delete(staff_sessions).where(staff_sessions.c.until <= now))
            db.execute(insert(staff_sessions).values(digest=_digest(token), name=member.name, until=now + LASTS))
        return token

    def current(self, token: str) -> Staff | None:
        """Whose session it is; None where it is over, or its account is gone."""
        held = staff_sessions.c
        query = (
            select(held.name, staff.c.role)
            .select_from(staff_sessions.outerjoin(staff, staff.c.name == held.name))
            .where(held.digest == _digest(token), held.until > self._now())
        )
        with reading(self._engine) as db:
            row = db.execute(query).first()
        if row is not None and row.role is not None:
            return Staff(row.name, row.role)
        return DEMO if row is not None and row.name == DEMO.name and self._demo else None

    def end(self, token: str) -> None:
        """End a session, if it is there."""
        with self._engine.begin() as db:
            db.execute(delete(staff_sessions).where(staff_sessions.c.digest == _digest(token)))

    def _now(self) -> datetime:
        return self._clock().replace(tzinfo=None)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
