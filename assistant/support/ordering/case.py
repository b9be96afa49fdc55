"""An action together with all that decides about it, and the sums in question. Pure: read once, in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from assistant.support.ordering.accounts import Account, Method
from assistant.support.ordering.actions import Action, Cancel, ChangeItems, ChangePayment, Exchange, Return, Swap
from assistant.support.orders import Line, Order, money
from index.catalogue import Product
from index.money import Money
from index.shop import OrderTerms

Products = Callable[[str], Product | None]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of an order: in which line it is, and what was paid for it (None: that is not on record)."""

    line: int
    product_id: str
    price: Money | None


@dataclass(frozen=True)
class Case:
    """What is asked for, and what it is judged by.

    Args:
        order: None where it is about the account alone.
        product: a product of the catalogue by its id, as it stands.
        now: by the shop's clock.
    """

    order: Order | None
    account: Account
    action: Action
    product: Products
    terms: OrderTerms
    now: datetime

    @property
    def fingerprint(self) -> str:
        """Changes when what the action changes has changed."""
        if self.order is not None:
            return self.order.fingerprint
        stated = f"{self.account.shopper_id} {self.account.version}"
        return hashlib.blake2b(stated.encode(), digest_size=12).hexdigest()

    @property
    def ordered(self) -> Order:
        """The order, where the action is about one."""
        assert self.order is not None
        return self.order

    @property
    def swaps(self) -> tuple[Swap, ...]:
        """Old and new items, where the action names such."""
        return self.action.swaps if isinstance(self.action, ChangeItems | Exchange) else ()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The items of the order that the action is about."""
        if isinstance(self.action, Return):
            return self.action.items
        return tuple(swap.item for swap in self.swaps)

    @cached_property
    def pieces(self) -> tuple[Piece, ...] | None:
        """The piece of the order that each chosen item is, the first that is left; None where there are not so many."""
        return allot(self.ordered.lines, self.chosen)

    @cached_property
    def paid(self) -> dict[str, int]:
        """Method → what it has paid and not got back, in minor units; the first to pay comes first.

        To be asked for only where every amount is known.
        """
        found: dict[str, int] = {}
        for entry in self.ordered.payments:
            assert entry.amount is not None
            signed = entry.amount.minor if entry.kind == "payment" else -entry.amount.minor
            found[entry.method] = found.get(entry.method, 0) + signed
        return found

    @cached_property
    def original(self) -> str | None:
        """The method that has paid for the order."""
        entries = self.ordered.payments
        if entries and all(entry.amount is not None for entry in entries):
            return next((method for method, minor in self.paid.items() if minor > 0), entries[0].method)
        return entries[0].method if entries else None

    @property
    def method_id(self) -> str | None:
        """The method that the action names, or else the original one."""
        named = self.action.method if isinstance(self.action, ChangeItems | ChangePayment | Exchange | Return) else None
        return named or self.original

    @cached_property
    def method(self) -> Method | None:
        """That method, if it is the owner's: of their account, or one that has paid for this very order."""
        if self.method_id is None:
            return None
        used = any(entry.method == self.method_id for entry in self.ordered.payments)
        return self.account.method(self.method_id) or (Method(self.method_id, self.method_id) if used else None)

    @property
    def amounts(self) -> list[Money | None]:
        """Every amount that the action's sums are made of."""
        if isinstance(self.action, Cancel | ChangePayment):
            found = [entry.amount for entry in self.ordered.payments]
        else:
            found = [piece.price for piece in self.pieces or ()]
        products = [self.product(swap.new_item) for swap in self.swaps]
        found += [product.current_price for product in products if product is not None]
        balance = self.method.balance if self.method is not None else None
        return found if balance is None else [*found, balance]

    @property
    def currency(self) -> str:
        """The one currency of all amounts."""
        known = [*self.amounts, *(money(line.price) for line in self.ordered.lines)]
        return next((amount.currency for amount in known if amount is not None), "")

    @cached_property
    def total(self) -> Money:
        """What was paid for the chosen pieces. A rule refuses the case where one of them has no price on record."""
        return self._sum(piece.price for piece in self.pieces or () if piece.price is not None)

    @cached_property
    def difference(self) -> Money:
        """What the new items cost more than was paid for the old; negative where they cost less."""
        products = (self.product(swap.new_item) for swap in self.swaps)
        new = self._sum(product.current_price for product in products if product is not None)
        return Money(new.minor - self.total.minor, self.currency)

    def _sum(self, amounts: Iterable[Money]) -> Money:
        return Money(sum(amount.minor for amount in amounts), self.currency)


def allot(lines: tuple[Line, ...], items: tuple[str, ...]) -> tuple[Piece, ...] | None:
    """A piece for each item, none of them twice; None where the lines do not hold so many."""
    left = [line.quantity for line in lines]
    found: list[Piece] = []
    for item in items:
        place = next((n for n, line in enumerate(lines) if line.product_id == item and left[n] > 0), None)
        if place is None:
            return None
        left[place] -= 1
        found.append(Piece(place, item, money(lines[place].price)))
    return tuple(found)
