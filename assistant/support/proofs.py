"""Guests who show whose orders they ask about, by what only the owner of an order should know beside its number.

It is no login: the conversation may then act on that shopper's orders, and knows nothing else of them. Whoever tries is
counted by conversation, by order and by what they claim to be; of what they typed only keyed digests are kept, for an hour.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, Engine, delete, func, insert, select

from assistant.conversation import Clock, is_open
from assistant.db import conversations, keys, lock, proof_tries, proofs, shoppers
from assistant.errors import TellShopper
from assistant.shoppers.feed import naive
from assistant.shoppers.tombstones import may_keep
from assistant.support.orders import find_order
from index.sql import reading
from index.words import fold

# Whose a conversation is: by the login, or by what a guest has shown. To be selected beside `conversations`.
WHOSE = func.coalesce(
    conversations.c.shopper_id,
    select(proofs.c.shopper_id).where(proofs.c.conversation_id == conversations.c.id).scalar_subquery(),
).label("shopper_id")
TRIES, WITHIN = 5, timedelta(hours=1)
NAME = "proofs"


class TooManyTries(TellShopper):
    """So often tried within the hour that no more is looked at, right or wrong."""

    def __init__(self) -> None:
        super().__init__("too many tries")


class Proofs:
    """Which guest has shown whose orders they ask about."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def owner(self, conversation_id: str) -> str | None:
        """The shopper whose orders a guest's conversation may act on."""
        with reading(self._engine) as db:
            return db.execute(select(proofs.c.shopper_id).where(proofs.c.conversation_id == conversation_id)).scalar()

    def prove(self, conversation_id: str, order_id: str, email: str, name: str, code: str) -> bool:
        """Whether the order's owner has this e-mail address, or this name and postal code; then it is kept.

        A conversation is about one shopper's orders: another's are not theirs, whatever is shown.

        An order that there is not, and one whose owner is another, are looked up and compared alike.

        Raises:
            TooManyTries: five within an hour, of this conversation, for this order, or with this claim.
        """
        now = naive(self._clock())
        with self._engine.begin() as db:
            lock(db, NAME)
            db.execute(delete(proof_tries).where(proof_tries.c.at <= now - WITHIN))
            subjects = self._subjects(db, conversation_id, order_id, email, name, code)
            counts = select(func.count()).where(proof_tries.c.subject.in_(subjects)).group_by(proof_tries.c.subject)
            if max(db.execute(counts).scalars(), default=0) >= TRIES:
                raise TooManyTries
            spelled = [f"{mark}{key}" for key in (order_id, order_id.upper()) for mark in ("", "#")]
            order = next((found for found in [find_order(db, key) for key in spelled] if found is not None), None)
            owner = order.shopper_id if order is not None else ""
            rows = [{"subject": subject, "shopper_id": owner or None, "at": now} for subject in subjects]
            row = db.execute(select(shoppers).where(shoppers.c.id == owner)).first()
            known = (row.email, row.name, row.zip) if row is not None else (None, None, None)
            same = [_same(said, held) for said, held in zip((email, name, code), known, strict=True)]
            held = owner if same[0] or (same[1] and same[2]) else ""
            if owner and not may_keep(db, owner):
                return False
            db.execute(insert(proof_tries), rows)
            if not held or not is_open(db, conversation_id):
                return False
            shown = db.execute(select(proofs.c.shopper_id).where(proofs.c.conversation_id == conversation_id)).scalar()
            if shown is None:
                db.execute(insert(proofs).values(conversation_id=conversation_id, shopper_id=held, at=now))
            # what was said of the first one's orders goes with them when they are forgotten: it is nobody else's
            return shown in (None, held)

    def _subjects(
        self, db: Connection, conversation_id: str, order_id: str, email: str, name: str, code: str
    ) -> Sequence[str]:
        stored = db.execute(select(keys.c.key).where(keys.c.name == NAME)).scalar()
        key = bytes.fromhex(stored) if stored else secrets.token_bytes(32)
        if not stored:
            db.execute(insert(keys).values(name=NAME, key=key.hex()))
        said = (("conversation", conversation_id), ("order", order_id), ("claim", email or f"{name} {code}"))
        return [hashlib.blake2b(fold(f"{kind} {t}").encode(), key=key, digest_size=16).hexdigest() for kind, t in said]


def _same(said: str, held: str | None) -> bool:
    """Whether what was said is what is held, in capitals or not; nothing is the same as nothing."""
    ours, theirs = (" ".join(fold(text or "").split()).encode() for text in (held, said))
    return hmac.compare_digest(ours, theirs) and bool(ours)
