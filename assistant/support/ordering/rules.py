"""What is against an action: one row a rule, in the order in which they are asked. Pure.

A rule's name is its code, by which texts speak of it; it is true of a case that breaks it. Each says which policy it
stems from: "τ²" is τ²-bench's retail policy (also the defaults of `OrderTerms`), "returns" the demo shop's
policies/returns.md and "delivery" its policies/delivery.md, by `orders:` of its shop.yaml.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from assistant.countries import code_of
from assistant.support.cart import stock
from assistant.support.ordering import actions
from assistant.support.ordering.actions import Action
from assistant.support.ordering.case import Case
from index.filters import accepts

Broken = Callable[[Case], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, and which actions it is about."""

    code: str
    actions: tuple[type[Action], ...]
    broken: Broken

    def breaks(self, case: Case) -> bool:
        """Whether the case is one that the rule is about, and breaks it."""
        return isinstance(case.action, self.actions) and self.broken(case)


_rules: list[Rule] = []


def _rule(*actions: type[Action]) -> Callable[[Broken], Broken]:
    def add(broken: Broken) -> Broken:
        _rules.append(Rule(broken.__name__, actions, broken))
        return broken

    return add


@_rule(actions.Cancel, actions.ChangeAddress, actions.ChangeItems, actions.ChangePayment)
def not_pending(case: Case) -> bool:
    """τ²: "An order can only be cancelled if its status is 'pending'"; "... only be modified if ..."."""
    return case.ordered.status != "pending"


@_rule(actions.Exchange)
def exchanged_already(case: Case) -> bool:
    """τ²: "Exchange or modify order tools can only be called once per order"; returns: "once for each order"."""
    return case.ordered.details.get("exchanged") is not None


@_rule(actions.Return, actions.Exchange)
def not_delivered(case: Case) -> bool:
    """τ²: "An order can only be returned if its status is 'delivered'"; "... only be exchanged if ..."."""
    return case.ordered.status != "delivered"


@_rule(actions.Cancel, actions.ChangeAddress, actions.ChangeItems, actions.ChangePayment)
def items_changed_already(case: Case) -> bool:
    """τ²: "This action can only be called once ... not be able to modify or cancel the order anymore"."""
    return bool(case.ordered.details.get("items_changed"))


@_rule(actions.Cancel)
def cancel_reason(case: Case) -> bool:
    """τ²: "either 'no longer needed' or 'ordered by mistake' ... Other reasons are not acceptable"."""
    return isinstance(case.action, actions.Cancel) and case.action.reason not in case.terms.cancel_reasons


@_rule(actions.ChangeAddress, actions.ChangeDefaultAddress)
def address_incomplete(case: Case) -> bool:
    """Ours: nothing can be sent to an address without street, town, postal code or country."""
    if not isinstance(case.action, actions.ChangeAddress | actions.ChangeDefaultAddress):
        return False
    to = case.action.address
    return not all(part.strip() for part in (to.address1, to.city, to.zip, to.country))


@_rule(actions.ChangeAddress, actions.ChangeDefaultAddress)
def not_delivered_there(case: Case) -> bool:
    """delivery: "We do not deliver outside Europe"; a country that is not known is none that the shop delivers to."""
    if not isinstance(case.action, actions.ChangeAddress | actions.ChangeDefaultAddress):
        return False
    allowed = case.terms.deliver_to
    return bool(allowed) and code_of(case.action.address.country) not in allowed


@_rule(actions.ChangeItems, actions.Return, actions.Exchange)
def nothing_chosen(case: Case) -> bool:
    """τ²: "confirm the order id and the list of items to be returned"; there is no list of none."""
    return not case.chosen


@_rule(actions.ChangeItems, actions.Return, actions.Exchange)
def not_in_order(case: Case) -> bool:
    """τ²: the items are the order's own, and no more of one than it has."""
    return case.pieces is None


@_rule(actions.ChangeItems)
def same_item(case: Case) -> bool:
    """τ²: "modified to an available new item of the same product but of different product option"."""
    return any(swap.item == swap.new_item for swap in case.swaps)


@_rule(actions.Exchange)
def exchanged_for_itself(case: Case) -> bool:
    """τ²: "exchanged to an available new item of the same product but of different product option"."""
    return any(swap.item == swap.new_item for swap in case.swaps)


@_rule(actions.ChangeItems, actions.Exchange)
def not_available(case: Case) -> bool:
    """τ²: "an available new item"; the shop has it, and as many as are asked for."""
    found = {item: case.product(item) for item in {swap.new_item for swap in case.swaps}}
    wanted = Counter(swap.new_item for swap in case.swaps)
    return any(product is None or stock(product) < wanted[item] for item, product in found.items())


@_rule(actions.ChangeItems, actions.Exchange)
def other_product(case: Case) -> bool:
    """τ²: "There cannot be any change of product types, e.g. modify shirt to shoe"."""
    pairs = ((case.product(swap.item), case.product(swap.new_item)) for swap in case.swaps)
    return any(old is None or new is None or old.group_id != new.group_id for old, new in pairs)


@_rule(actions.Return, actions.Exchange)
def not_returnable(case: Case) -> bool:
    """returns: "Candles that were lit, opened food and gift cards cannot be returned": whether, only people can see."""
    kinds = case.terms.not_returnable
    found = (case.product(item) for item in case.chosen)
    return bool(kinds) and any(p is None or accepts("product_type", p.product_type or "", kinds) for p in found)


@_rule(actions.Return, actions.Exchange)
def delivery_date_unknown(case: Case) -> bool:
    """returns: "within 60 days of delivery", which cannot be told without its date."""
    return case.terms.return_days is not None and case.ordered.delivered_at is None


@_rule(actions.Return, actions.Exchange)
def too_late(case: Case) -> bool:
    """returns: "You may return anything within 60 days of delivery", counted by the shop's calendar."""
    delivered, days = case.ordered.delivered_at, case.terms.return_days
    if delivered is None or days is None:
        return False
    return case.now.date() - delivered.astimezone(case.now.tzinfo).date() > timedelta(days=days)


@_rule(actions.ChangeItems, actions.ChangePayment, actions.Return, actions.Exchange)
def not_their_method(case: Case) -> bool:
    """τ²: "The user must provide a payment method", one of those that their profile has."""
    return case.method is None


@_rule(actions.ChangePayment)
def not_paid_once(case: Case) -> bool:
    """τ²: "There should be exactly one payment for a pending order" (its tool), so it is changed once at most."""
    return [entry.kind for entry in case.ordered.payments] != ["payment"]


@_rule(actions.ChangePayment)
def same_method(case: Case) -> bool:
    """τ²: "a single payment method different from the original payment method"."""
    return case.method_id == case.original


@_rule(actions.Return)
def refund_elsewhere(case: Case) -> bool:
    """τ²: "The refund must either go to the original payment method, or an existing gift card"."""
    return case.method is not None and not case.method.is_gift_card and case.method_id != case.original


@_rule(actions.Cancel, actions.ChangeItems, actions.ChangePayment, actions.Return, actions.Exchange)
def amounts_unknown(case: Case) -> bool:
    """τ²: "you must list the action details": amounts that are not on record, or of several currencies, cannot be."""
    found = case.amounts
    return None in found or len({amount.currency for amount in found if amount is not None}) > 1


@_rule(actions.ChangeItems, actions.ChangePayment, actions.Exchange)
def gift_card_too_low(case: Case) -> bool:
    """τ²: "it must have enough balance to cover the total amount"; "... to cover the price difference"."""
    if case.method is None or not case.method.is_gift_card:
        return False
    due = sum(case.paid.values()) if isinstance(case.action, actions.ChangePayment) else case.difference.minor
    return (case.method.balance.minor if case.method.balance is not None else 0) < due


RULES = tuple(_rules)
