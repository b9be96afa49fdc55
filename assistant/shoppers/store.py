"""Shoppers: who they are, what they did, what they like, and whether it may be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, func, insert, select, update

from assistant.conversation import Clock
from assistant.db import events, lock, shoppers
from assistant.errors import Forgotten
from assistant.shoppers import refused
from assistant.shoppers.feed import naive
from assistant.shoppers.log import EventLog, read_log
from assistant.shoppers.tombstones import may_keep
from index.catalogue import Product
from index.sql import reading

VIEW_AGAIN = timedelta(days=1)  # looking at a product again before that is no news
KIND_WEIGHT = {"purchase": 1.0, "cart": 0.7, "view": 0.4}  # how much an event says of its shopper, by its kind
LISTS = ("prefers", "avoids")  # preferences that grow; the others are single values


@dataclass(frozen=True, slots=True)
class Shopper:
    id: str
    name: str
    email: str | None
    preferences: Mapping[str, Any]
    personalization: bool


@dataclass(frozen=True, slots=True)
class EventRef:
    """Names an event of a known shopper: its kind, its product, and its time to the second, with a zone."""

    type: str
    product_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Event(EventRef):
    """A view, a cart or a purchase."""

    quantity: int
    price: str | None
    order_id: str | None


@dataclass(frozen=True, slots=True)
class History:
    """What one shopper did.

    Args:
        events: the latest, oldest first.
        bought: every product that was ever bought.
        dismissed: the product groups that are not to be suggested.
    """

    events: list[Event]
    bought: frozenset[str]
    dismissed: frozenset[str]


class Shoppers:
    """The store of shoppers and their events."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def get(self, shopper_id: str) -> Shopper | None:
        """A shopper by id; one who is known by events alone has no name but the id."""
        with reading(self._engine) as db:
            row = db.execute(select(shoppers).where(shoppers.c.id == shopper_id)).first()
            if row is None:
                seen = db.execute(select(events.c.n).where(events.c.shopper_id == shopper_id).limit(1)).first()
                return Shopper(shopper_id, shopper_id, None, {}, True) if seen else None
        return Shopper(row.id, row.name, row.email, row.preferences, row.personalization)

    def all(self) -> list[Shopper]:
        """Everyone with a profile, by name."""
        with reading(self._engine) as db:
            rows = db.execute(select(shoppers).order_by(shoppers.c.name)).all()
        return [Shopper(r.id, r.name, r.email, r.preferences, r.personalization) for r in rows]

    def events(self, shopper_id: str, until: datetime | None = None) -> list[Event]:
        """A shopper's events up to `until`, oldest first."""
        with reading(self._engine) as db:
            return _events(db, shopper_id, naive(until) if until else datetime.max)

    def history(self, shopper_id: str, until: datetime, latest: int) -> History:
        """What a shopper who has not opted out did and refused, up to a moment; of the events the latest so many."""
        asked = {"shopper": shopper_id, "until": naive(until)}
        with reading(self._engine) as db:
            return History(
                _events(db, shopper_id, naive(until), latest),
                frozenset(db.execute(_BOUGHT, asked).scalars()),
                refused.dismissed(db, shopper_id),
            )

    def last_event_at(self) -> datetime | None:
        """When the shop's last event was, of any shopper."""
        with reading(self._engine) as db:
            at = db.execute(select(func.max(events.c.at))).scalar()
        return at.replace(tzinfo=UTC) if at else None

    def sold(self, until: datetime) -> list[tuple[str, date, int]]:
        """(product id, day, how often it was bought) up to `until`, by those who have not opted out: popularity's input."""
        opted_out = select(shoppers.c.id).where(shoppers.c.personalization.is_(False))
        day = func.date(events.c.at)
        query = (
            select(events.c.product_id, day, func.count())
            .where(events.c.type == "purchase", events.c.shopper_id.not_in(opted_out), events.c.at <= naive(until))
            .group_by(events.c.product_id, day)
        )
        with reading(self._engine) as db:
            return [(product, date.fromisoformat(str(at)), count) for product, at, count in db.execute(query)]

    def log(self, until: datetime | None = None) -> EventLog:
        """The events of all who have not opted out, up to `until`, in columns: a recommender's input."""
        return read_log(self._engine, until)

    def record(self, shopper_id: str, kind: str, product_id: str, quantity: int = 1, price: str = "") -> None:
        """Keep a live event, unless the shopper has opted out or is unknown. A product's view is kept once a day."""
        now = naive(self._clock())
        with self._engine.begin() as db:
            if not _may_use(db, shopper_id) or (kind == "view" and _seen(db, shopper_id, product_id, now - VIEW_AGAIN)):
                return
            db.execute(
                insert(events).values(
                    shopper_id=shopper_id,
                    type=kind,
                    product_id=product_id,
                    at=now,
                    quantity=quantity,
                    price=price or None,
                    live=True,
                )
            )

    def cart_filled(self, shopper_id: str, product: Product, quantity: int) -> None:
        """Something was put in a signed-in shopper's cart."""
        self.record(shopper_id, "cart", product.id, quantity, str(product.current_price))

    def dismiss(self, shopper_id: str, group_id: str) -> bool:
        """Keep that a product group is not to be suggested. False, and nothing kept, for one who has opted out."""
        with self._engine.begin() as db:
            kept = _may_use(db, shopper_id)
            if kept:
                refused.dismiss(db, shopper_id, group_id, self._clock())
        return kept

    def undismiss(self, shopper_id: str, group_id: str) -> bool:
        """Let a product group be suggested again. True if it was dismissed."""
        with self._engine.begin() as db:
            return refused.undismiss(db, shopper_id, group_id)

    def dismissed(self, shopper_id: str) -> frozenset[str]:
        """The product groups that are not to be suggested; none for one who has opted out: no choice is personal."""
        with reading(self._engine) as db:
            return refused.dismissed(db, shopper_id) if _consents(db, shopper_id) else frozenset()

    def forget_event(self, shopper_id: str, event: EventRef) -> bool:
        """Erase an event of theirs (an `Event`, or what names one), for good: it does not come back from the shop's
        files, and no reply that is kept names it as a reason. True if there was one."""
        with self._engine.begin() as db:
            lock(db, "seed")  # who reads the shop's files now would put it back
            known = may_keep(db, shopper_id)
            return known and refused.forget_event(db, shopper_id, event.type, event.product_id, event.at)

    def remember(self, shopper_id: str, key: str, value: str) -> bool:
        """Keep a stated preference; lists grow, single values are replaced. Consent is the key `personalization`.

        False, and nothing kept, where the shopper has opted out: but for the consent itself.
        """
        return self._change(shopper_id, key, value, forget=False)

    def welcome(self, shopper_id: str, name: str) -> None:
        """Have a profile of whoever the shop's own login vouches for; one that is there stays, and gets its name.

        Raises:
            Forgotten: the shopper was erased.
        """
        with self._engine.begin() as db:
            if not may_keep(db, shopper_id):
                raise Forgotten("this shopper was erased")
            known = db.execute(select(shoppers.c.name).where(shoppers.c.id == shopper_id)).scalar()
            if known is None:
                db.execute(insert(shoppers).values(id=shopper_id, name=name, preferences={}, personalization=True))
            elif known == shopper_id != name:
                db.execute(update(shoppers).where(shoppers.c.id == shopper_id).values(name=name))

    def forget(self, shopper_id: str, key: str, value: str | None) -> bool:
        """Take a stated preference back (all values of the key without a value). True if there was one."""
        return self._change(shopper_id, key, value, forget=True)

    def _change(self, shopper_id: str, key: str, value: str | None, *, forget: bool) -> bool:
        with self._engine.begin() as db:
            if not may_keep(db, shopper_id):
                return False
            row = db.execute(select(shoppers).where(shoppers.c.id == shopper_id)).first()
            if not forget and key != "personalization" and row is not None and not row.personalization:
                return False
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


# Made once: that takes as long as running them.
_THEIRS = (events.c.shopper_id == bindparam("shopper"), events.c.at <= bindparam("until"))
_EVENTS = (
    select(*(events.c[name] for name in ("type", "product_id", "at", "quantity", "price", "order_id")))
    .where(*_THEIRS)
    .order_by(events.c.at.desc(), events.c.n.desc())
)
_LATEST = _EVENTS.limit(bindparam("latest"))
_BOUGHT = select(events.c.product_id).distinct().where(*_THEIRS, events.c.type == "purchase")


def _events(db: Connection, shopper_id: str, until: datetime, latest: int | None = None) -> list[Event]:
    """The events up to a moment (UTC, without a zone), oldest first: the latest so many, or all."""
    asked = {"shopper": shopper_id, "until": until}
    found = db.execute(_LATEST, {**asked, "latest": latest}) if latest else db.execute(_EVENTS, asked)
    return [Event(kind, product, at.replace(tzinfo=UTC), *more) for kind, product, at, *more in reversed(found.all())]


def _consents(db: Connection, shopper_id: str) -> bool:
    """Whether what is known of a shopper may be used: yes, until they have opted out."""
    held = db.execute(select(shoppers.c.personalization).where(shoppers.c.id == shopper_id)).scalar()
    return held is None or bool(held)


def _may_use(db: Connection, shopper_id: str) -> bool:
    """Whether something may be added to what is known of a shopper: they are known, and have not opted out."""
    if not may_keep(db, shopper_id) or not _consents(db, shopper_id):
        return False
    return any(
        db.execute(select(column).where(column == shopper_id).limit(1)).first() is not None
        for column in (shoppers.c.id, events.c.shopper_id)
    )


def _seen(db: Connection, shopper_id: str, product_id: str, since: datetime) -> bool:
    """Whether a shopper was shown a product after a moment, as far as it was kept."""
    query = select(events.c.n).where(
        events.c.shopper_id == shopper_id,
        events.c.at > since,
        events.c.type == "view",
        events.c.product_id == product_id,
    )
    return db.execute(query.limit(1)).first() is not None


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
