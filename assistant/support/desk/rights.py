"""Who may do what at the desk: one table, by role and by how a conversation stands to the member of staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import Connection, select

from assistant.db import takeovers
from assistant.support.handoff import has

Role = Literal["agent", "lead"]
Near = Literal["mine", "waiting", "other"]
What = Literal["read", "take", "answer", "hand_back", "name", "orders", "preferences", "events", "contact", "gaps"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff who has signed in. The name is what shoppers read."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Takeover:
    """A conversation that a person answers: who, and since when (UTC, without a zone)."""

    conversation_id: str
    staff: Staff
    at: datetime


_NONE: frozenset[Near] = frozenset()
_MINE: frozenset[Near] = frozenset({"mine"})
_WAITING: frozenset[Near] = frozenset({"waiting"})
_OPEN = _MINE | _WAITING
_ALL: frozenset[Near] = frozenset(get_args(Near))

# mine: they have taken it over; waiting: it is in the queue, and nobody has it; other: anything else.
TABLE: Mapping[What, Mapping[Role, frozenset[Near]]] = {
    "read": {"agent": _OPEN, "lead": _ALL},  # packet and transcript, in the queue and in what a search finds
    "take": {"agent": _WAITING, "lead": _ALL - _MINE},
    "answer": {"agent": _MINE, "lead": _MINE},  # write to the shopper, and have a draft made
    "hand_back": {"agent": _MINE, "lead": _MINE | {"other"}},
    "name": {"agent": _OPEN, "lead": _ALL},
    "orders": {"agent": _OPEN, "lead": _ALL},
    "preferences": {"agent": _OPEN, "lead": _ALL},  # and the consent
    "events": {"agent": _MINE, "lead": _ALL},  # what was looked at and bought; of one who opted out nobody sees them
    "contact": {"agent": _MINE, "lead": _ALL},  # e-mail and addresses
    "gaps": {"agent": _NONE, "lead": _ALL},  # unanswered questions of all conversations, masked
}


def may(staff: Staff, what: What, near: Near) -> bool:
    """Whether a member of staff may do something with a conversation that stands so to them."""
    return near in TABLE[what][staff.role]


def taken(db: Connection, conversation_id: str) -> Takeover | None:
    """Who answers a conversation in the assistant's place."""
    query = select(takeovers).where(takeovers.c.conversation_id == conversation_id, takeovers.c.ended_at.is_(None))
    row = db.execute(query).first()
    return None if row is None else Takeover(conversation_id, Staff(row.name, row.role), row.at)


def near_of(db: Connection, staff: Staff, conversation_id: str) -> Near:
    """How a conversation stands to a member of staff."""
    held = taken(db, conversation_id)
    if held is not None:
        return "mine" if held.staff.name == staff.name else "other"
    return "waiting" if has(db, conversation_id, "waiting") else "other"
