"""Shoppers: who they are, what they did, what they like, and whether it may be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, func, insert, select, update

from assistant.conversation import Clock
from assistant.db import events, shoppers
from index.catalogue import Product

LISTS = ("prefers", "avoids")  # preferences that grow; the others are single values


@dataclass(frozen=True, slots=True)
class Shopper:
    id: str
    name: str
    email: str | None
    preferences: Mapping[str, Any]
    personalization: bool


@dataclass(frozen=True, slots=True)
class Event:
    """A view, a cart or a purchase, at a time with a zone."""

    type: str
    product_id: str
    at: datetime
    quantity: int
    price: str | None
    order_id: str | None


class Shoppers:
    """The store of shoppers and their events."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def get(self, shopper_id: str) -> Shopper | None:
        """A shopper by id; one who is known by events alone has no name but the id."""
        with self._engine.connect() as db:
            row = db.execute(select(shoppers).where(shoppers.c.id == shopper_id)).first()
            if row is None:
                seen = db.execute(select(events.c.n).where(events.c.shopper_id == shopper_id).limit(1)).first()
                return Shopper(shopper_id, shopper_id, None, {}, True) if seen else None
        return Shopper(row.id, row.name, row.email, row.preferences, row.personalization)

    def all(self) -> list[Shopper]:
        """Everyone with a profile, by name."""
        with self._engine.connect() as db:
            rows = db.execute(select(shoppers).order_by(shoppers.c.name)).all()
        return [Shopper(r.id, r.name, r.email, r.preferences, r.personalization) for r in rows]

    def events(self, shopper_id: str, until: datetime | None = None) -> list[Event]:
        """A shopper's events up to `until`, oldest first."""
        query = select(events).where(events.c.shopper_id == shopper_id).order_by(events.c.at, events.c.n)
        if until is not None:
            query = query.where(events.c.at <= until.astimezone(UTC).replace(tzinfo=None))
        with self._engine.connect() as db:
            return [
                Event(r.type, r.product_id, r.at.replace(tzinfo=UTC), r.quantity, r.price, r.order_id)
                for r in db.execute(query)
            ]

    def last_event_at(self) -> datetime | None:
        """When the shop's last event was, of any shopper."""
        with self._engine.connect() as db:
            at = db.execute(select(func.max(events.c.at))).scalar()
        return at.replace(tzinfo=UTC) if at else None

    def purchases(self) -> list[tuple[str, datetime, int]]:
        """(product id, when, quantity) of every purchase of those who have not opted out: popularity's input."""
        opted_out = select(shoppers.c.id).where(shoppers.c.personalization.is_(False))
        query = select(events.c.product_id, events.c.at, events.c.quantity).where(
            events.c.type == "purchase", events.c.shopper_id.not_in(opted_out)
        )
        with self._engine.connect() as db:
            return [(r.product_id, r.at.replace(tzinfo=UTC), r.quantity) for r in db.execute(query)]

    def record(self, shopper_id: str, kind: str, product_id: str, quantity: int = 1, price: str = "") -> None:
        """Keep a live event, unless the shopper has opted out."""
        shopper = self.get(shopper_id)
        if shopper is None or not shopper.personalization:
            return
        with self._engine.begin() as db:
            db.execute(
                insert(events).values(
                    shopper_id=shopper_id,
                    type=kind,
                    product_id=product_id,
                    at=self._clock().astimezone(UTC).replace(tzinfo=None),
                    quantity=quantity,
                    price=price or None,
                    live=True,
                )
            )

    def cart_filled(self, shopper_id: str, product: Product, quantity: int) -> None:
        """Something was put in a signed-in shopper's cart."""
        self.record(shopper_id, "cart", product.id, quantity, str(product.current_price))

    def remember(self, shopper_id: str, key: str, value: str) -> None:
        """Keep a stated preference; lists grow, single values are replaced. Consent is the key `personalization`."""
        self._change(shopper_id, key, value, forget=False)

    def forget(self, shopper_id: str, key: str, value: str | None) -> bool:
        """Take a stated preference back (all values of the key without a value). True if there was one."""
        return self._change(shopper_id, key, value, forget=True)

    def _change(self, shopper_id: str, key: str, value: str | None, *, forget: bool) -> bool:
        with self._engine.begin() as db:
            row = db.execute(select(shoppers).where(shoppers.c.id == shopper_id)).first()
            if row is None:
                if forget:
                    return False
                db.execute(
                    insert(shoppers).values(id=shopper_id, name=shopper_id, preferences={}, personalization=True)
                )
            preferences: dict[str, Any] = dict(row.preferences) if row else {}
            consent = row.personalization if row else True
            if key == "personalization":
                consent = not forget and str(value).lower() in ("true", "yes", "on", "1")
                changed = True
            elif forget:
                changed = _remove(preferences, key, value)
            else:
                changed = _put(preferences, key, value)
            db.execute(
                update(shoppers)
                .where(shoppers.c.id == shopper_id)
                .values(preferences=preferences, personalization=consent)
            )
        return changed


def _put(preferences: dict[str, Any], key: str, value: str | None) -> bool:
    if key in LISTS:
        held = list(preferences.get(key, []))
        if value and value.lower() not in [h.lower() for h in held]:
            preferences[key] = [*held, value]
    else:
        preferences[key] = value
    return True


def _remove(preferences: dict[str, Any], key: str, value: str | None) -> bool:
    if key not in preferences:
        return False
    if key in LISTS and value:
        kept = [held for held in preferences[key] if held.lower() != value.lower()]
        changed = len(kept) < len(preferences[key])
        preferences[key] = kept
        return changed
    del preferences[key]
    return True
