"""The one door between a conversation and a person who answers it: take over, write, hand back. Page and API use it.

While a person has it, the shopper's messages are kept and not answered. All is kept in the transcript, as turns whose
reply says who they are from; what of it the assistant reads later is with `heard`. Who leaves a shopper without an
answer for `WAITS` loses the conversation: it waits again, or goes back to the assistant, and the shopper is told.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Engine, insert, select, update

from assistant.conversation import Clock, append_between, is_open
from assistant.db import takeovers, turns
from assistant.errors import NotOpen, Taken
from assistant.events import Reply
from assistant.prompts import FixedTexts
from assistant.support.desk.rights import Staff, Takeover, may, near_of, taken
from assistant.support.handoff import has, move
from assistant.untrusted import received
from index.sql import reading
from index.words import is_chinese

Kind = Literal["joined", "said", "held", "left"]
MAX_ANSWER = 2_000  # characters
WAITS = timedelta(minutes=10)  # that a shopper waits for an answer of the person who has the conversation
QUIET = timedelta(hours=2)  # in which nobody says anything, after which it is over though nobody has ended it
NO_TOKENS = {"prompt": 0, "cached": 0, "completion": 0}  # no model is asked


def written(text: str) -> str:
    """What staff wrote, as it is kept: its first `MAX_ANSWER` characters, line by line, without what is invisible."""
    lines = [received(line) for line in text[: 2 * MAX_ANSWER].splitlines()]
    return "\n".join(lines).strip()[:MAX_ANSWER]


class Takeovers:
    """Who answers which conversation. Every call is one transaction, and holds the conversation's lock."""

    def __init__(self, engine: Engine, clock: Clock, texts: FixedTexts) -> None:
        self._engine = engine
        self._clock = clock
        self._texts = texts

    def of(self, conversation_id: str) -> Takeover | None:
        """Who answers a conversation in the assistant's place; None where nobody does."""
        with reading(self._engine) as db:
            return taken(db, conversation_id)

    def take(self, conversation_id: str, staff: Staff) -> None:
        """Take a conversation over, with its hand-offs; of two who do, one wins. Doing it again changes nothing.

        Raises:
            Taken: a colleague has it.
            NotOpen: it is not theirs to take, or not there.
        """
        with self._engine.begin() as db:
            if not is_open(db, conversation_id):
                raise NotOpen
            held, near = taken(db, conversation_id), near_of(db, staff, conversation_id)
            if near == "mine":
                return
            if held is not None and (may(staff, "take", near) or has(db, conversation_id, "taken")):
                raise Taken(held.staff.name)  # it was in the queue a moment ago, for all to see
            if not may(staff, "take", near):
                raise NotOpen
            db.execute(
                insert(takeovers).values(
                    id=secrets.token_hex(6),
                    conversation_id=conversation_id,
                    name=staff.name,
                    role=staff.role,
                    at=self._now(),
                )
            )
            move(db, conversation_id, "waiting", "taken")
            self._write(db, conversation_id, staff, "joined", self._text(db, conversation_id, "person_joined", staff))

    def say(self, conversation_id: str, staff: Staff, text: str) -> None:
        """Write to the shopper. The same text once more, with nothing said in between, is the same request sent again.

        Args:
            text: kept as `written` gives it.

        Raises:
            NotOpen: they have not taken it over, or it is not there.
        """
        message = written(text)
        with self._engine.begin() as db:
            self._check(db, conversation_id, staff, "answer")
            if message and not self._said_last(db, conversation_id, staff, message):
                self._write(db, conversation_id, staff, "said", message)

    def hand_back(self, conversation_id: str, staff: Staff) -> None:
        """Give a conversation back to the assistant, and close its hand-offs.

        Raises:
            NotOpen: they may not, nobody has it, or it is not there.
        """
        with self._engine.begin() as db:
            self._check(db, conversation_id, staff, "hand_back")
            self._end(db, conversation_id)
            self._close(db, conversation_id)

    def release(self, name: str) -> int:
        """Give back whatever somebody has who is no longer there; those who waited, wait again. How many there were."""
        held = select(takeovers.c.conversation_id).where(takeovers.c.name == name, takeovers.c.ended_at.is_(None))
        with self._engine.begin() as db:
            found = sorted(db.execute(held).scalars())
            for conversation_id in found:
                if is_open(db, conversation_id) and taken(db, conversation_id) is not None:
                    self._end(db, conversation_id)
                    move(db, conversation_id, "taken", "waiting")
        return len(found)

    def lapse(self) -> int:
        """End what was left alone for `WAITS` or `QUIET`; how many there were. To be called every now and then."""
        held = select(takeovers.c.conversation_id).where(takeovers.c.ended_at.is_(None))
        with reading(self._engine) as db:
            keys = list(db.execute(held).scalars())
            late = [key for key in keys if self._left_alone(db, key)]
        ended = 0
        for key in late:
            with self._engine.begin() as db:  # it may have been answered or ended since
                ended += is_open(db, key) and self._lapsed(db, key)
        return ended

    def hold(self, conversation_id: str, text: str, cart: Mapping[str, int]) -> Reply | None:
        """Keep a shopper's message for the person who answers, and say so; None, and nothing kept, where nobody does.

        Args:
            text: as it was received; nothing is kept of an empty one.
            cart: the shopper's, for the reply.
        """
        if self.of(conversation_id) is None:  # nearly always; asked without a lock
            return None
        with self._engine.begin() as db:
            held = taken(db, conversation_id) if is_open(db, conversation_id) else None
            if held is None or self._lapsed(db, conversation_id):
                return None
            language = "zh" if is_chinese(text) else "en"
            told = self._texts(language, "person_answers", name=held.staff.name)
            reply = Reply(told, "handed_off", cart=dict(cart), tokens=dict(NO_TOKENS), timings_ms={"total": 0.0})
            if text:
                self._write(db, conversation_id, held.staff, "held", told, text, reply)
        return reply

    def _check(self, db: Connection, conversation_id: str, staff: Staff, what: Literal["answer", "hand_back"]) -> None:
        if not is_open(db, conversation_id) or taken(db, conversation_id) is None:
            raise NotOpen
        if not may(staff, what, near_of(db, staff, conversation_id)):
            raise NotOpen

    def _end(self, db: Connection, conversation_id: str, key: str = "person_left") -> None:
        held = taken(db, conversation_id)
        assert held is not None
        theirs = (takeovers.c.conversation_id == conversation_id) & takeovers.c.ended_at.is_(None)
        db.execute(update(takeovers).where(theirs).values(ended_at=self._now()))
        self._write(db, conversation_id, held.staff, "left", self._text(db, conversation_id, key, held.staff))

    def _close(self, db: Connection, conversation_id: str) -> None:
        """Close the hand-offs, also one that a turn opened which still ran when the person came."""
        move(db, conversation_id, "taken", "closed")
        move(db, conversation_id, "waiting", "closed")

    def _lapsed(self, db: Connection, conversation_id: str) -> bool:
        """End what was left alone, in the caller's transaction, which holds the lock. Whether it was."""
        why = self._left_alone(db, conversation_id)
        if why == "waits":  # whom the queue has not sent goes to the assistant, who can pass them on
            queued = move(db, conversation_id, "taken", "waiting") or has(db, conversation_id, "waiting")
            self._end(db, conversation_id, "person_gone_queued" if queued else "person_gone")
        elif why == "quiet":
            self._end(db, conversation_id)
            self._close(db, conversation_id)
        return why is not None

    def _left_alone(self, db: Connection, conversation_id: str) -> Literal["waits", "quiet"] | None:
        """Whether the shopper waits for a person too long, or nobody says anything any more."""
        held = taken(db, conversation_id)
        if held is None:
            return None
        query = select(turns.c.at, turns.c.text, turns.c.reply).where(
            turns.c.conversation_id == conversation_id, turns.c.at >= held.at
        )
        waits: datetime | None = held.at  # also who was joined and never spoken to
        last = held.at
        for row in db.execute(query.order_by(turns.c.n)):
            if (row.reply.get("from") or {}).get("kind") == "said":
                waits = None
            elif row.text:
                waits = waits or row.at
            last = row.at
        if waits is not None and self._now() - waits >= WAITS:
            return "waits"
        return "quiet" if self._now() - last >= QUIET else None

    def _said_last(self, db: Connection, conversation_id: str, staff: Staff, text: str) -> bool:
        """Whether this is what stands last, and is theirs."""
        query = select(turns.c.reply).where(turns.c.conversation_id == conversation_id)
        reply = db.execute(query.order_by(turns.c.n.desc()).limit(1)).scalar() or {}
        sender = reply.get("from") or {}
        return (sender.get("kind"), sender.get("name"), reply.get("reply")) == ("said", staff.name, text)

    def _now(self) -> datetime:
        return self._clock().replace(tzinfo=None)

    def _write(
        self,
        db: Connection,
        conversation_id: str,
        staff: Staff,
        kind: Kind,
        told: str,
        text: str = "",
        reply: Reply | None = None,
    ) -> None:
        sender: dict[str, Any] = {"kind": kind, "role": staff.role, "name": staff.name}
        stored = {**(reply or Reply(told, "answered")).to_json(), "from": sender}
        append_between(db, conversation_id, text, stored, self._clock())

    def _text(self, db: Connection, conversation_id: str, key: str, staff: Staff) -> str:
        """A fixed text in the language of the shopper's last message."""
        query = select(turns.c.text).where(turns.c.conversation_id == conversation_id, turns.c.text != "")
        last = db.execute(query.order_by(turns.c.n.desc()).limit(1)).scalar()
        return self._texts("zh" if last and is_chinese(last) else "en", key, name=staff.name)
