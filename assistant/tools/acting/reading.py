"""Fills in a draft with what a message says, and tells what it lacks. Writes nothing, says nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.support.ordering import Method
from assistant.support.orders import Order
from assistant.tools.acting.addresses import address_in, missing
from assistant.tools.acting.drafts import Draft
from assistant.tools.acting.finding import the_items
from assistant.tools.acting.options import wanted_variant
from assistant.tools.acting.words import methods_in, reason_in, says
from assistant.turn import TurnContext

OF_ITEMS = ("return", "exchange", "change")
MAX_REASON = 120  # characters of a reason that is no accepted one
_INSTEAD_OF = re.compile(
    r"\b(?:instead of|rather than|and not)\b.*$|\bfrom (?:my |the )?(?:\w+ )?(?:card|paypal|invoice)\b.*$|(?:而不是|代替).*$",
    re.I | re.S,
)


def filled(context: TurnContext, order: Order, draft: Draft, hint: str, slot: str) -> Draft:
    """The draft with what the message says of it; what it says nothing of stays.

    Args:
        slot: what was asked for, if the message answers that: then it need not say of what it speaks.

    Raises:
        NoSuchOption: it asks for a variant that there is not.
    """
    text = context.text
    if draft.kind == "cancel":
        return replace(draft, reason=_reason(context, draft, slot))
    if draft.kind == "address":
        return with_address(context, draft, order.details.get("address"), slot)
    if draft.kind == "payment" or says("back_to", text) or slot == "order_method":
        draft = replace(draft, method=_method(context, order, draft, slot))
    if draft.kind in OF_ITEMS:
        items, about = the_items(context, order, draft, hint)
        draft = replace(draft, items=items, about=about, new=draft.new if items == draft.items else ())
    if draft.kind in ("exchange", "change") and draft.items:
        wanted = {item: wanted_variant(context, item) for item in dict.fromkeys(draft.items)}
        if all(wanted.values()):
            draft = replace(draft, new=tuple(str(wanted[item]) for item in draft.items))
    return draft


def with_address(context: TurnContext, draft: Draft, held: Any, slot: str) -> Draft:
    """The draft with what the message says of an address; its country is that of the present one, unless it says so."""
    country = {"country": held["country"]} if isinstance(held, Mapping) and held.get("country") else {}
    said = address_in(context.text, answer=slot == "order_address")
    return replace(draft, address={**country, **draft.address, **said})


def lacking_parts(draft: Draft) -> list[str]:
    """What is still to be said of the draft's address."""
    return missing(draft.address)


def lacking(draft: Draft, order: Order) -> str | None:
    """The name of what is to be asked for next: order_items, order_many, order_variant, order_reason, order_address or
    order_method; None where the draft is whole."""
    if draft.kind in OF_ITEMS and not draft.items:
        return "order_many" if draft.about else "order_items"
    if draft.kind in ("exchange", "change") and len(draft.new) != len(draft.items):
        return "order_variant"
    if draft.kind == "cancel" and not draft.reason:
        return "order_reason"
    if draft.kind == "address" and lacking_parts(draft):
        return "order_address"
    return "order_method" if draft.kind == "payment" and not draft.method else None


def ways_to_pay(context: TurnContext, order: Order) -> list[Method]:
    """The owner's ways to pay, and those that have paid for the order."""
    own = list(context.services.accounts.get(order.shopper_id).methods)
    known = {method.id for method in own}
    used = dict.fromkeys(payment.method for payment in order.payments if payment.method not in known)
    return [*own, *(Method(method, method) for method in used)]


def _reason(context: TurnContext, draft: Draft, slot: str) -> str:
    accepted = context.services.shop.settings.orders.cancel_reasons
    found = reason_in(context.text, accepted)
    if found is None and (slot == "order_reason" or says("other_reason", context.text)):
        return context.text.strip()[:MAX_REASON]
    return found or draft.reason


def _method(context: TurnContext, order: Order, draft: Draft, slot: str) -> str:
    """The id of the way to pay that the message names; the kind that it names, where the owner has none of it."""
    said = _INSTEAD_OF.sub("", context.text) or context.text
    ways = ways_to_pay(context, order)
    by_number = [way for way in ways if (last := way.details.get("last_four")) and str(last) in said]
    kinds = methods_in(said)
    found = by_number or [way for way in ways if set(kinds) & set(_kinds(way))]
    typed = [way for way in ways if re.search(rf"(?<![\w-]){re.escape(way.id)}(?![\w-])", said, re.I)]
    found = typed or found
    if len(found) == 1:
        return found[0].id
    if found or not kinds:
        return draft.method
    return kinds[0]


def _kinds(way: Method) -> Sequence[str]:
    return [way.source, *methods_in(way.source.replace("_", " "))]
