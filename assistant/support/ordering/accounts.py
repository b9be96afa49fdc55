"""Accounts: where a shopper has things sent, and the ways to pay that they have left with the shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from assistant.db import accounts, shoppers
from assistant.support.orders import money
from index.money import Money
from index.sql import reading

GIFT_CARD = "gift_card"


@dataclass(frozen=True, slots=True)
class Method:
    """A way to pay. `source` is its kind (gift_card, credit_card, paypal, …); only a gift card has a balance."""

    id: str
    source: str
    balance: Money | None = None
    details: Mapping[str, Any] = field(default_factory=dict)  # brand, last_four

    @property
    def is_gift_card(self) -> bool:
        return self.source == GIFT_CARD

    def to_json(self) -> dict[str, Any]:
        balance = {} if self.balance is None else {"balance": str(self.balance)}
        return {"id": self.id, "source": self.source, **self.details, **balance}

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Method:
        more = {key: value for key, value in stored.items() if key not in ("id", "source", "balance")}
        return cls(stored["id"], stored["source"], money(stored.get("balance")), more)


@dataclass(frozen=True, slots=True)
class Account:
    """A shopper's account; of one who has left nothing, it is empty.

    Args:
        version: how often the address was changed.
    """

    shopper_id: str
    address: Mapping[str, str] | None = None
    methods: tuple[Method, ...] = ()
    version: int = 0

    def method(self, method_id: str) -> Method | None:
        """A way to pay by its id."""
        return next((method for method in self.methods if method.id == method_id), None)

    def paying(self, method_id: str, amount: Money) -> Account:
        """The account when an amount (negative: a refund) has gone off a method; only gift cards are counted here."""
        return replace(self, methods=tuple(_after(m, amount) if m.id == method_id else m for m in self.methods))

    def to_json(self) -> dict[str, Any]:
        """The whole account, ready for JSON."""
        methods = [method.to_json() for method in self.methods]
        address = dict(self.address) if self.address is not None else None
        return {"shopper_id": self.shopper_id, "address": address, "methods": methods, "version": self.version}


class Accounts:
    """The store of accounts, and who a shopper is by what they say of themselves: for staff, never as a login."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, shopper_id: str) -> Account:
        """A shopper's account."""
        with reading(self._engine) as db:
            return read_account(db, shopper_id)

    def by_email(self, email: str) -> str | None:
        """The id of the shopper with this e-mail address, in capitals or not; None where there is none, or several."""
        query = select(shoppers.c.id).where(func.lower(shoppers.c.email) == email.lower()).limit(2)
        with reading(self._engine) as db:
            return _only(db.execute(query).scalars().all())

    def by_name_zip(self, name: str, code: str) -> str | None:
        """The id of the shopper of this name, in capitals or not, and postal code; None where none or several are."""
        query = select(shoppers.c.id, shoppers.c.name).where(shoppers.c.zip == code)
        with reading(self._engine) as db:  # SQLite's own lower() knows ASCII only
            return _only([row.id for row in db.execute(query) if row.name.lower() == name.lower()])


def read_account(db: Connection, shopper_id: str) -> Account:
    """A shopper's account, within a transaction."""
    row = db.execute(select(accounts).where(accounts.c.shopper_id == shopper_id)).first()
    if row is None:
        return Account(shopper_id)
    return Account(shopper_id, row.address, tuple(Method.of_json(stored) for stored in row.methods), row.version)


def write_account(db: Connection, before: Account, after: Account) -> None:
    """Store what has changed. The postal code of the profile, by which a shopper is found, follows the address."""
    if after == before:
        return
    stored = after.to_json()
    mine = accounts.c.shopper_id == after.shopper_id
    if not db.execute(update(accounts).where(mine).values(stored)).rowcount:
        db.execute(insert(accounts).values(stored))
    if after.address != before.address and after.address is not None:
        code = after.address.get("zip")
        db.execute(update(shoppers).where(shoppers.c.id == after.shopper_id).values(zip=code))


def _only(found: Sequence[str]) -> str | None:
    return found[0] if len(found) == 1 else None


def _after(method: Method, amount: Money) -> Method:
    if method.balance is None:
        return method
    return replace(method, balance=Money(method.balance.minor - amount.minor, amount.currency))
