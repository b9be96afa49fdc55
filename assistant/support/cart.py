"""Carts: what somebody means to buy. A cart never holds more than the stock; each change is one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from sqlalchemy import Connection, Engine, delete, insert, select, update

from assistant.db import cart_lines, conversations, lock
from assistant.errors import Forgotten, TellShopper
from assistant.shoppers.tombstones import may_keep
from index.catalogue import Product
from index.sql import reading

Mode = Literal["add", "set", "remove"]
MAX_QUANTITY = 999  # of a product whose stock the feed does not count


class BadQuantity(TellShopper):
    """A quantity that cannot be put in a cart: negative, zero where one is needed, or absurd."""


class OutOfStock(TellShopper):
    """The shop has fewer than were asked for; `available` says how many (0: sold out)."""

    def __init__(self, available: int) -> None:
        super().__init__(f"only {available} available")
        self.available = available


class Carts:
    """The store of carts, by owner (`Conversation.cart_owner`)."""

    def __init__(
        self,
        engine: Engine,
        product: Callable[[str], Product | None],
        filled: Callable[[str, Product, int], None] = lambda shopper_id, product, quantity: None,
    ) -> None:
        """`filled` hears of what a signed-in shopper puts in, wherever it was done: shopper id, product, quantity."""
        self._engine = engine
        self._product = product
        self._filled = filled

    def view(self, owner: str) -> dict[str, int]:
        """SKU → quantity, in the order of the SKUs."""
        with reading(self._engine) as db:
            return _lines(db, owner)

    def update(self, owner: str, product_id: str, quantity: int, mode: Mode) -> dict[str, int]:
        """Change one line and return the whole cart.

        `add` adds to what is there, `set` replaces it, `remove` takes that many away (0: all of it).

        Raises:
            BadQuantity: a negative or absurd quantity, or a product that the shop does not have.
            OutOfStock: more than the stock.
            Forgotten: the owner was erased.
        """
        product = self._product(product_id)
        if quantity < 0 or quantity > MAX_QUANTITY or (mode == "add" and quantity == 0):
            raise BadQuantity(f"a quantity of {quantity}")
        with self._engine.begin() as db:
            _hold(db, owner)
            held = _lines(db, owner).get(product_id, 0)
            if mode == "remove":
                wanted = 0 if quantity == 0 else max(held - quantity, 0)
            else:
                wanted = held + quantity if mode == "add" else quantity
                if product is None:
                    raise BadQuantity(f"no product {product_id}")
                available = stock(product)
                if wanted > available:
                    raise OutOfStock(available)
            _write(db, owner, product_id, held, wanted)
            lines = _lines(db, owner)
        kind, _, shopper_id = owner.partition(":")
        if mode == "add" and kind == "shopper" and product is not None:
            self._filled(shopper_id, product, quantity)
        return lines

    def exchange(self, owner: str, held_id: str, wanted_id: str) -> dict[str, int]:
        """Put one product in the place of another, as many of it, and return the whole cart.

        Raises:
            BadQuantity: the first is not in the cart, or the shop does not have the second.
            OutOfStock: more than the stock of the second.
            Forgotten: the owner was erased.
        """
        product = self._product(wanted_id)
        with self._engine.begin() as db:
            _hold(db, owner)
            lines = _lines(db, owner)
            count = lines.get(held_id, 0)
            if product is None or count == 0 or held_id == wanted_id:
                raise BadQuantity(f"nothing of {held_id} to exchange for {wanted_id}")
            wanted = lines.get(wanted_id, 0) + count
            if wanted > stock(product):
                raise OutOfStock(stock(product))
            _write(db, owner, wanted_id, lines.get(wanted_id, 0), wanted)
            _write(db, owner, held_id, count, 0)
            return _lines(db, owner)

    def merge(self, source: str, target: str) -> None:
        """What a guest has gathered goes along when they sign in, up to the stock."""
        with self._engine.begin() as db:
            _hold(db, target)
            held = _lines(db, target)
            for product_id, quantity in _lines(db, source).items():
                product = self._product(product_id)
                if product is None:
                    continue
                before = held.get(product_id, 0)
                _write(db, target, product_id, before, min(before + quantity, stock(product)))
            db.execute(delete(cart_lines).where(cart_lines.c.owner == source))


def stock(product: Product) -> int:
    """How many can be bought now. A feed that does not count says only whether there are any."""
    if not product.in_stock and product.availability not in ("preorder", "backorder"):
        return 0
    return MAX_QUANTITY if product.quantity is None else product.quantity


def _hold(db: Connection, owner: str) -> None:
    """One change of a cart at a time, and none of one who was erased."""
    kind, _, key = owner.partition(":")
    lock(db, owner)
    if kind == "shopper" and not may_keep(db, key):
        raise Forgotten("this shopper was erased")
    if kind == "conversation" and not db.execute(select(conversations.c.id).where(conversations.c.id == key)).first():
        raise Forgotten("this conversation was erased")  # whoever erases one has the cart's lock


def _lines(db: Connection, owner: str) -> dict[str, int]:
    query = select(cart_lines).where(cart_lines.c.owner == owner).order_by(cart_lines.c.product_id)
    return {row.product_id: row.quantity for row in db.execute(query)}


def _write(db: Connection, owner: str, product_id: str, held: int, wanted: int) -> None:
    line = (cart_lines.c.owner == owner) & (cart_lines.c.product_id == product_id)
    if wanted == 0:
        db.execute(delete(cart_lines).where(line))
    elif held:
        db.execute(update(cart_lines).where(line).values(quantity=wanted))
    else:
        db.execute(insert(cart_lines).values(owner=owner, product_id=product_id, quantity=wanted))
