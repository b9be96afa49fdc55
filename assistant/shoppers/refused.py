"""What a shopper does not want: a product suggested, an event remembered. Each within the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from assistant.db import conversations, dismissals, events, turns
from assistant.shoppers.feed import naive
from assistant.shoppers.tombstones import Tombstones

SECOND = timedelta(seconds=1)


def dismiss(db: Connection, shopper_id: str, group_id: str, at: datetime) -> None:
    """Keep that a group of products is not to be suggested; keeping it twice changes nothing."""
    if db.execute(select(dismissals).where(_row(shopper_id, group_id))).first() is None:
        db.execute(insert(dismissals).values(shopper_id=shopper_id, item_group_id=group_id, at=naive(at)))


def undismiss(db: Connection, shopper_id: str, group_id: str) -> bool:
    """Take it back; whether there was something to take back."""
    return db.execute(delete(dismissals).where(_row(shopper_id, group_id))).rowcount > 0


def dismissed(db: Connection, shopper_id: str) -> frozenset[str]:
    query = select(dismissals.c.item_group_id).where(dismissals.c.shopper_id == shopper_id)
    return frozenset(db.execute(query).scalars())


def forget_event(db: Connection, shopper_id: str, kind: str, product_id: str, at: datetime) -> bool:
    """Erase a shopper's events of a kind, a product and a second, and the reasons that rested on them in what was
    shown. What the shop's files say of them is not taken in again. Whether there was one."""
    second = naive(at).replace(microsecond=0)
    theirs = (
        (events.c.shopper_id == shopper_id)
        & (events.c.type == kind)
        & (events.c.product_id == product_id)
        & (events.c.at >= second)
        & (events.c.at < second + SECOND)
    )
    live = db.execute(select(events.c.live).where(theirs)).scalars().all()
    if not live:
        return False
    db.execute(delete(events).where(theirs))
    if not all(live):  # of what only we have seen, no trace need be kept
        Tombstones(db).bury_event(shopper_id, kind, product_id, second)
    _take_reasons_back(db, shopper_id, kind, product_id, second)
    return True


def _row(shopper_id: str, group_id: str) -> ColumnElement[bool]:
    return (dismissals.c.shopper_id == shopper_id) & (dismissals.c.item_group_id == group_id)


def _take_reasons_back(db: Connection, shopper_id: str, kind: str, product_id: str, second: datetime) -> None:
    """A kept reply whose card says "because you bought ..." would go on telling what was forgotten."""

    def rests(card: Mapping[str, Any]) -> bool:
        event = (card.get("because") or {}).get("event") or {}
        if (event.get("type"), event.get("product_id")) != (kind, product_id):
            return False
        return naive(datetime.fromisoformat(event["at"])) == second

    own = select(conversations.c.id).where(conversations.c.shopper_id == shopper_id)
    query = select(turns.c.conversation_id, turns.c.n, turns.c.reply).where(turns.c.conversation_id.in_(own))
    for row in db.execute(query).all():
        cards = row.reply.get("products") or []
        if any(rests(card) for card in cards):
            kept = [{**card, "because": None} if rests(card) else card for card in cards]
            where = (turns.c.conversation_id == row.conversation_id) & (turns.c.n == row.n)
            db.execute(update(turns).where(where).values(reply={**row.reply, "products": kept}))
