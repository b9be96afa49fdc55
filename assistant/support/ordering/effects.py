"""What an action that no rule is against does: the order and the account afterwards, and the money that moves. Pure.

    pending ──Cancel──▶ cancelled            delivered ──Return────▶ returning
    pending ──Change…─▶ pending              delivered ──Exchange──▶ exchanging

What an order becomes in other ways (processed, delivered) is the shop's doing, and comes with its files.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from assistant.support.ordering import actions
from assistant.support.ordering.accounts import Account
from assistant.support.ordering.case import Case
from assistant.support.ordering.proposals import Item, Movement, Terms
from assistant.support.orders import Order, lines_of
from index.money import Money


@dataclass(frozen=True, slots=True)
class Effect:
    """How things stand afterwards. `order` is None where the action is about the account alone."""

    order: Order | None
    account: Account
    terms: Terms


def effect_of(case: Case) -> Effect:
    """What the action of a case does, on the condition that no rule is against it."""
    action = case.action
    if isinstance(action, actions.ChangeDefaultAddress):
        account = case.account
        after = replace(account, address=_address(action, account.address), version=account.version + 1)
        return Effect(None, after, Terms(None, None))
    match action:
        case actions.Cancel(reason):
            refunds = [_refund(case, method, minor) for method, minor in case.paid.items() if minor > 0]
            return _effect(case, "cancelled", {"cancel_reason": reason}, refunds)
        case actions.ChangeAddress():
            return _effect(case, "pending", {"address": _address(action, case.ordered.details.get("address"))})
        case actions.ChangePayment(method):
            paid = [(name, minor) for name, minor in case.paid.items() if minor > 0]
            moved = [_payment(case, method, sum(minor for _, minor in paid))]
            return _effect(case, "pending", {}, moved + [_refund(case, name, minor) for name, minor in paid])
        case actions.ChangeItems():
            lines = [dict(line) for line in case.ordered.details["lines"]]
            for swap, item in zip(action.swaps, _items(case), strict=True):
                _swap(lines, swap.item, swap.new_item, item.new_price)
            return _effect(case, "pending", {"lines": lines, "items_changed": True}, _difference(case, booked=True))
        case actions.Return(items):
            noted = {"items": list(items), "method": case.method_id}
            moved = [_refund(case, _method(case), case.total.minor, booked=False)] if case.total.minor else []
            return _effect(case, "returning", {"returned": noted}, moved)
        case actions.Exchange():
            difference = case.difference
            noted = {
                "items": list(case.chosen),
                "new_items": [swap.new_item for swap in action.swaps],
                "method": case.method_id,
                "difference": str(Money(abs(difference.minor), difference.currency)),
                "kind": "payment" if difference.minor > 0 else "refund",
            }
            return _effect(case, "exchanging", {"exchanged": noted}, _difference(case, booked=False))


def _effect(case: Case, status: str, changed: dict[str, Any], moved: list[Movement] | None = None) -> Effect:
    """The order with what is changed, its version, and the money that is booked with it; and the gift cards after it."""
    order, account, movements = case.ordered, case.account, tuple(moved or ())
    booked = [movement for movement in movements if movement.booked]
    entries = [{"kind": m.kind, "method": m.method, "amount": str(m.amount)} for m in booked]
    details = {**order.details, **changed, "version": order.details.get("version", 0) + 1}
    if entries:
        details["payments"] = [*order.details.get("payments", []), *entries]
    for movement in booked:
        signed = movement.amount.minor if movement.kind == "payment" else -movement.amount.minor
        account = account.paying(movement.method, Money(signed, movement.amount.currency))
    after = replace(order, status=status, details=details, lines=lines_of(details))
    method = case.method_id if case.chosen or isinstance(case.action, actions.ChangePayment) else None
    return Effect(after, account, Terms(order.status, status, _items(case), method, movements))


def _items(case: Case) -> tuple[Item, ...]:
    new: list[str | None] = [swap.new_item for swap in case.swaps]
    found = []
    for piece, item in zip_longest(case.pieces or (), new):
        product = case.product(item) if item is not None else None
        assert piece is not None and piece.price is not None
        found.append(Item(piece.product_id, piece.price, item, product.current_price if product else None))
    return tuple(found)


def _difference(case: Case, *, booked: bool) -> list[Movement]:
    minor = case.difference.minor
    if minor == 0:
        return []
    move = _payment if minor > 0 else _refund
    return [move(case, _method(case), abs(minor), booked=booked)]


def _payment(case: Case, method: str, minor: int, *, booked: bool = True) -> Movement:
    return Movement("payment", method, Money(minor, case.currency), booked, at_once=True)


def _refund(case: Case, method: str, minor: int, *, booked: bool = True) -> Movement:
    held = case.account.method(method)
    at_once = booked and held is not None and held.is_gift_card
    return Movement("refund", method, Money(minor, case.currency), booked, at_once)


def _method(case: Case) -> str:
    assert case.method_id is not None
    return case.method_id


def _address(action: actions.ChangeAddress | actions.ChangeDefaultAddress, before: Any) -> dict[str, str]:
    """The new address; whose it is stays, unless that is said."""
    name = before.get("name") if isinstance(before, dict) else None
    return ({"name": name} if name else {}) | action.address.to_json()


def _swap(lines: list[dict[str, Any]], item: str, new_item: str, price: Money | None) -> None:
    """Put one piece in the place of another. A line of several is split, its rest staying where fulfilments find it."""
    line = next(row for row in lines if row["product_id"] == item)
    new = {"product_id": new_item, "quantity": 1, "price": str(price)}
    if line.get("quantity", 1) == 1:
        line |= new
    else:
        line["quantity"] -= 1
        lines.append(new)
