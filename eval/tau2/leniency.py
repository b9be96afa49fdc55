"""Where the reference differs from its own policy: what its tools do not check, and what they get wrong.

Both are kept apart from the product. They are switched on where the store is compared with the reference call by call.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.support.ordering.actions import Action, Cancel, ChangeItems
from assistant.support.ordering.case import Case
from assistant.support.ordering.effects import Effect, effect_of
from assistant.support.ordering.rules import RULES, Rule
from assistant.support.orders import Order, lines_of
from index.catalogue import Product
from index.money import Money

CHECKED: dict[str, tuple[type[Action], ...]] = {  # rule → the actions for which the reference's tools know it
    "items_changed_already": (Cancel, ChangeItems),  # policy.md: "not ... able to modify or cancel the order anymore"
    "exchanged_for_itself": (),  # policy.md: "of different product option"
    "nothing_chosen": (),
    "address_incomplete": (),
}
REFERENCE_RULES: tuple[Rule, ...] = tuple(
    replace(rule, actions=CHECKED[rule.code]) if rule.code in CHECKED else rule for rule in RULES
)


def reference_effect(case: Case) -> Effect:
    """What the reference does: the same as we, but for two faults.

    - Of several items that are changed, each gets price and options of the last one's new variant, although the
      difference that is paid is right. A difference of nothing is noted as a refund of nothing, or a payment where the
      sum of floats is a little more.
    - Cancelling refunds every entry of the payment history: an order whose payment was changed is refunded three times.
    """
    effect = effect_of(case)
    if effect.order is None:
        return effect
    if isinstance(case.action, ChangeItems):
        return replace(effect, order=_last_variant(case, effect.order))
    if isinstance(case.action, Cancel):
        return _every_entry(case, effect.order, effect)
    return effect


def options_of(product: Product) -> dict[str, str]:
    """The options of a variant."""
    return {name: values[0] for name, values in product.attributes.items()}


def _last_variant(case: Case, order: Order) -> Order:
    lines = [dict(line) for line in case.ordered.details["lines"]]
    last = case.product(case.swaps[-1].new_item) if case.swaps else None
    for swap in case.swaps:
        assert last is not None
        line = next(row for row in lines if row["product_id"] == swap.item)
        line |= {"product_id": swap.new_item, "price": str(last.current_price), "options": options_of(last)}
    details: dict[str, Any] = {**order.details, "lines": lines}
    if case.difference.minor == 0:
        kind = "payment" if _in_floats(case) > 0 else "refund"
        nothing = {"kind": kind, "method": case.method_id, "amount": str(Money(0, case.currency))}
        details["payments"] = [*details["payments"], nothing]
    return replace(order, lines=lines_of(details), details=details)


def _in_floats(case: Case) -> float:
    """The difference as the reference adds it up: nothing may come out as a tiny payment."""
    found = 0.0
    for swap, piece in zip(case.swaps, case.pieces or (), strict=True):
        new = case.product(swap.new_item)
        assert new is not None and piece.price is not None
        found += float(new.current_price.amount) - float(piece.price.amount)
    return found


def _every_entry(case: Case, order: Order, effect: Effect) -> Effect:
    account, entries = case.account, case.ordered.details["payments"]
    for entry in case.ordered.payments:
        assert entry.amount is not None
        account = account.paying(entry.method, Money(-entry.amount.minor, entry.amount.currency))
    details = {**order.details, "payments": [*entries, *({**entry, "kind": "refund"} for entry in entries)]}
    return replace(effect, order=replace(order, details=details), account=account)
