"""What is said of an action on an order: what it would do, what was done, and why it is not. Fixed texts and the store's facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from assistant import cards
from assistant.support.ordering import Carried, ChangeAddress, ChangePayment, Item, Method, Movement, Proposal, Terms
from assistant.support.orders import Order
from assistant.tools.acting.drafts import Draft
from assistant.tools.acting.words import TOOL, look_up_for, refunds_question
from assistant.tools.policy import stated
from assistant.turn import TurnContext

# What a colleague may decide otherwise, or can look at.
FOR_A_COLLEAGUE = (
    *("not_pending", "not_returnable", "too_late", "delivery_date_unknown", "amounts_unknown", "items_changed_already"),
    *("not_paid_once", "exchanged_already"),
)
_NAMED = ("gift_card", "credit_card", "paypal", "invoice", "card")  # kinds of ways to pay that have a text


def list_proposal(context: TurnContext, draft: Draft, proposal: Proposal, order: Order) -> str:
    """List all that an action would do, and ask whether to do it."""
    _state(context, order, proposal.terms, order.status)
    values = _values(context, draft, proposal.terms, order)
    context.fix(f"order_listed_{draft.kind}", "asks", **values)
    _movements(context, draft, proposal.terms, order)
    if draft.kind == "return" and (passages := stated(context, refunds_question())):
        context.fix("policy_quote", "asks", quote=passages[0].text)
    return context.fix("order_shall_i", "asks")


def tell_done(context: TurnContext, draft: Draft, carried: Carried, order: Order) -> str:
    """Say what was done."""
    _state(context, order, carried.terms, carried.terms.new_status)
    text = context.fix(f"order_done_{draft.kind}", **_values(context, draft, carried.terms, order))
    _movements(context, draft, carried.terms, order)
    return text


def tell_refused(context: TurnContext, code: str, draft: Draft, order: Order) -> str:
    """Say which rule is against it, with what the policies say of it, and offer a colleague where one may help."""
    context.record(TOOL[draft.kind], draft.args(), ok=False)
    _keep_status(context, order, order.status)
    reasons = context.services.shop.settings.orders.cancel_reasons
    text = context.fix(
        f"refused_{code}",
        "not_allowed",
        id=order.id,
        status=status_of(context, order),
        items=_listed(context, _counted(context, draft.items)),
        reasons=_listed(context, [context.text_of("order_quoted", text=reason) for reason in reasons]),
    )
    question = look_up_for(code)
    if question and (passages := stated(context, question)):
        context.fix("policy_quote", "not_allowed", quote=passages[0].text)
    if code in FOR_A_COLLEAGUE:
        context.ask("person", question=context.text)
        context.fix("order_colleague", "not_allowed")
    return text


def status_of(context: TurnContext, order: Order) -> str:
    """How an order stands, as it is told."""
    return order.status or context.text_of("order_unknown")


def method_of(context: TurnContext, method: Method | str, order: Order | None = None) -> str:
    """A way to pay, as it is told: "your card ending in 1234"."""
    held = method
    if isinstance(method, str):
        account = context.services.accounts.get(order.shopper_id) if order is not None else None
        held = (account.method(method) if account else None) or Method(method, method)
    assert isinstance(held, Method)
    name = context.text_of(f"order_method_{held.source}") if held.source in _NAMED else held.source.replace("_", " ")
    last = held.details.get("last_four")
    return context.text_of("order_method_ending", method=name, last=last) if last else name


def items_of(context: TurnContext, order: Order) -> str:
    """The items of an order, for a sentence."""
    every = [line.product_id for line in order.lines for _ in range(line.quantity)]
    return _listed(context, _counted(context, every))


def name_of(context: TurnContext, item: str) -> str:
    """What an item is called; facts of a product that is sold still are kept."""
    product = context.services.search.catalogue.products.get(item)
    if product is None:
        return item
    cards.keep_facts(context, product)
    return cards.name_of(product)


def address_of(address: Mapping[str, str]) -> str:
    """An address in one line."""
    parts = ("name", "address1", "address2", "zip", "city", "state", "country")
    return ", ".join(address[part] for part in parts if address.get(part))


def _values(context: TurnContext, draft: Draft, terms: Terms, order: Order) -> dict[str, str]:
    """What the texts of an action are filled in with."""
    action = draft.action(terms.status)
    address = action.address.to_json() if isinstance(action, ChangeAddress) else {}
    paid = order.payments[0].method if order.payments else ""
    return {
        "id": order.id,
        "items": _listed(context, _changed(context, terms.items)) if terms.items else items_of(context, order),
        "reason": draft.reason,
        "address": address_of(address),
        "method": method_of(context, action.method, order) if isinstance(action, ChangePayment) else "",
        "before": method_of(context, paid, order) if paid else "",
    }


def _movements(context: TurnContext, draft: Draft, terms: Terms, order: Order) -> None:
    """Say which money moves, from or to what, and when."""
    outcome = context.outcomes[-1]
    for movement in terms.movements:
        context.fact(order.id, movement.kind, movement.amount, "orders")
        amount, method = movement.amount, method_of(context, movement.method, order)
        context.fix(f"order_{movement.kind}_{_when(movement)}", outcome, amount=amount, method=method)
    if draft.kind in ("exchange", "change") and not terms.movements:
        context.fix("order_no_difference", outcome)


def _when(movement: Movement) -> str:
    if not movement.booked:
        return "later"
    return "at_once" if movement.at_once else "booked"


def _state(context: TurnContext, order: Order, terms: Terms, status: str | None) -> None:
    _keep_status(context, order, status)
    for item in terms.items:
        context.fact(order.id, "line", f"{item.product_id} {item.price}", "orders")


def _keep_status(context: TurnContext, order: Order, status: str | None) -> None:
    context.state.order = order.id
    context.fact(order.id, "status", status or "unknown", "orders")


def _changed(context: TurnContext, items: Iterable[Item]) -> list[str]:
    """Items in words: "2 × Lamp (Red)", "1 × Lamp (Red) for Lamp (Blue)"."""
    counts = Counter((item.product_id, item.new_product_id) for item in items)
    found = []
    for (old, new), count in counts.items():
        text = f"{count} × {name_of(context, old)}"
        found.append(context.text_of("order_item_for", item=text, new=name_of(context, new)) if new else text)
    return found


def _counted(context: TurnContext, items: Iterable[str]) -> list[str]:
    return [f"{count} × {name_of(context, item)}" for item, count in Counter(items).items()]


def _listed(context: TurnContext, values: Iterable[str]) -> str:
    return ("、" if context.language == "zh" else ", ").join(values)
