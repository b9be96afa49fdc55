"""What staff see: the queue, a conversation, what a search finds. What a role may not see is not read for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select

from assistant.conversation import Clock
from assistant.db import conversations, handoffs, shoppers, takeovers, turns
from assistant.errors import NotOpen
from assistant.events import iso
from assistant.support.desk.panel import Panel
from assistant.support.desk.rights import Near, Staff, What, may, near_of, taken
from assistant.untrusted import received
from index.sql import reading

MOST = 50  # conversations that a search finds, newest first
LONGEST, MOST_WORDS = 200, 6  # characters of a search, and words of it
AROUND = 80  # characters on each side of what was found


class Board:
    """Reads for the desk. Nothing here changes anything."""

    def __init__(self, engine: Engine, clock: Clock, panel: Panel) -> None:
        self._engine = engine
        self._clock = clock
        self._panel = panel

    def queue(self, staff: Staff) -> list[dict[str, Any]]:
        """What waits, longest first, then what a person has: as far as it is open to them.

        Each `{"id", "since", "waited_s", "status", "by", "mine", "reason", "mood", "language", "name"}`.
        """
        with self._reading() as db:
            return self._queue(db, staff)

    def check(self, conversation_id: str, staff: Staff, what: What) -> Near:
        """How a conversation stands to them, where they may do `what` with it.

        Raises:
            NotOpen: they may not, or it is not there.
        """
        with self._reading() as db:
            there = db.execute(select(conversations.c.id).where(conversations.c.id == conversation_id)).first()
            near = near_of(db, staff, conversation_id)
        if there is None or not may(staff, what, near):
            raise NotOpen
        return near

    def conversation(self, conversation_id: str, staff: Staff) -> dict[str, Any]:
        """A conversation with all that they may see of it: `packet`, `turns`, `panel`, and what they `can` do.

        Raises:
            NotOpen: it is not open to them, or not there.
        """
        with self._reading() as db:
            row = db.execute(select(conversations).where(conversations.c.id == conversation_id)).first()
            near = near_of(db, staff, conversation_id)
            if row is None or not may(staff, "read", near):
                raise NotOpen
            held = taken(db, conversation_id)
            query = select(handoffs.c.packet).where(handoffs.c.conversation_id == conversation_id)
            packet = db.execute(query.order_by(handoffs.c.at.desc()).limit(1)).scalar()
            said = select(turns).where(turns.c.conversation_id == conversation_id).order_by(turns.c.n)
            shown = [_turn(turn) for turn in db.execute(said)]
        can = {
            "take": held is None and may(staff, "take", near),
            "answer": held is not None and may(staff, "answer", near),
            "hand_back": held is not None and may(staff, "hand_back", near),
        }
        return {
            "id": conversation_id,
            "by": held.staff.name if held else None,
            "can": can,
            "packet": {name: value for name, value in packet.items() if name != "transcript"} if packet else None,
            "turns": shown,
            "panel": self._panel.of(row.shopper_id, staff, near),
        }

    def search(self, text: str, staff: Staff) -> list[dict[str, Any]]:
        """Conversations with a message or reply that has all the words, newest first.

        Each `{"id", "at", "excerpt", "name"}`; `name` is None of a guest.
        """
        words = received(text[:LONGEST]).lower().split()[:MOST_WORDS]  # PostgreSQL takes no NUL
        if not words:
            return []
        replied = func.coalesce(turns.c.reply["reply"].as_string(), "")
        told = turns.c.text + "\n" + replied
        query = (
            select(turns.c.conversation_id, turns.c.at, told.label("told"), shoppers.c.name)
            .join(conversations, conversations.c.id == turns.c.conversation_id)
            .outerjoin(shoppers, shoppers.c.id == conversations.c.shopper_id)
            .where(conversations.c.channel != "desk")
            .where(*(func.lower(told).contains(word, autoescape=True) for word in words))
            .order_by(turns.c.at.desc(), turns.c.n.desc())
        )
        with self._reading() as db:
            if not may(staff, "read", "other"):
                query = query.where(turns.c.conversation_id.in_([row["id"] for row in self._queue(db, staff)]))
            found: dict[str, dict[str, Any]] = {}
            for row in db.execute(query):
                excerpt = _excerpt(row.told, words[0])
                made = {"id": row.conversation_id, "at": iso(row.at), "excerpt": excerpt, "name": row.name}
                found.setdefault(row.conversation_id, made)
                if len(found) == MOST:
                    break
        return list(found.values())

    def _reading(self) -> Connection:
        return reading(self._engine)

    def _queue(self, db: Connection, staff: Staff) -> list[dict[str, Any]]:
        held = {row.conversation_id: row for row in db.execute(select(takeovers).where(takeovers.c.ended_at.is_(None)))}
        theirs = handoffs.c.status.in_(("waiting", "taken")) | handoffs.c.conversation_id.in_(list(held))
        packets: dict[str, list[Row[Any]]] = {}
        for row in db.execute(select(handoffs).where(theirs).order_by(handoffs.c.at)):
            packets.setdefault(row.conversation_id, []).append(row)
        names = self._names(db, [*packets, *held])
        rows = []
        for key in dict.fromkeys([*packets, *held]):
            by = held.get(key)
            near: Near = "waiting" if by is None else "mine" if by.name == staff.name else "other"
            opened = [row for row in packets.get(key, []) if row.status != "closed"]
            if (by is None and not opened) or not may(staff, "read", near):
                continue
            name = names.get(key) if may(staff, "name", near) else None
            rows.append(self._row(key, by, opened, near == "mine", name))
        return sorted(rows, key=lambda row: (row["status"] == "taken", row["since"]))

    def _row(
        self, key: str, by: Row[Any] | None, opened: Sequence[Row[Any]], mine: bool, name: str | None
    ) -> dict[str, Any]:
        begun = opened[0] if opened else by
        assert begun is not None  # the caller lists only what waits or is taken
        since: datetime = begun.at
        packet: Mapping[str, Any] = opened[-1].packet if opened else {}
        return {
            "id": key,
            "since": iso(since),
            "waited_s": max(0, int((self._clock().replace(tzinfo=None) - since).total_seconds())),
            "status": "waiting" if by is None else "taken",
            "by": by.name if by is not None else None,
            "mine": mine,
            "reason": packet.get("reason"),
            "mood": packet.get("mood"),
            "language": packet.get("language"),
            "name": name,
        }

    def _names(self, db: Connection, keys: Sequence[str]) -> dict[str, str]:
        """Conversation → the shopper's name, where it is no guest's."""
        joined = conversations.join(shoppers, shoppers.c.id == conversations.c.shopper_id)
        query = select(conversations.c.id, shoppers.c.name).select_from(joined).where(conversations.c.id.in_(keys))
        return {row.id: row.name for row in db.execute(query)}


def _turn(row: Row[Any]) -> dict[str, Any]:
    reply = row.reply
    return {
        "n": row.n,
        "at": iso(row.at),
        "text": row.text,
        "reply": reply.get("reply", ""),
        "products": [{name: card[name] for name in ("id", "title", "price")} for card in reply.get("products", [])],
        "from": reply.get("from"),
    }


def _excerpt(text: str, word: str) -> str:
    place = max(0, text.lower().find(word))
    start, end = max(0, place - AROUND), place + len(word) + AROUND
    return ("… " if start else "") + text[start:end].strip() + (" …" if end < len(text) else "")
