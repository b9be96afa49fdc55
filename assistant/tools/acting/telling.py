"""What is said of an action on an order: what it would do, what was done, and why it is not. Fixed texts and the store's facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from assistant import cards
from assistant.events import Outcome
from assistant.support import ordering
from assistant.support.ordering import Carried, Item, Method, Movement, Proposal, Terms
from assistant.support.orders import Order, Orders, status_text
from assistant.tools.acting.addresses import address_text
from assistant.tools.acting.authority import who_of
from assistant.tools.acting.drafts import Draft
from assistant.tools.acting.words import TOOL, look_up_for, refunds_question
from assistant.tools.policy import stated
from assistant.turn import TurnContext

# What a colleague may decide otherwise, or can look at.
FOR_A_COLLEAGUE = (
    *("not_pending", "not_returnable", "too_late", "delivery_date_unknown", "amounts_unknown", "items_changed_already"),
    *("not_paid_once", "exchanged_already"),
)
TOLD_REASONS: Mapping[str, str] = {
    "no longer needed": "order_reason_no_longer_needed",
    "ordered by mistake": "order_reason_ordered_by_mistake",
}
_NAMED = ("gift_card", "credit_card", "paypal", "invoice", "card")  # kinds of ways to pay that have a text


def list_proposal(context: TurnContext, draft: Draft, proposal: Proposal, order: Order | None) -> str:
    """List all that an action would do, and ask whether to do it.

    Args:
        order: None where it is about the address that is kept.
    """
    if order is None:
        context.fix(f"order_listed_{draft.kind}", "asks", address=address_text(draft.address))
        return context.fix("order_shall_i", "asks")
    _state(context, order, proposal.terms, order.status)
    values = _values(context, draft, proposal.terms, order)
    context.fix(f"order_listed_{draft.kind}", "asks", **values)
    _movements(context, draft, proposal.terms, order)
    if draft.kind == "return" and (passages := stated(context, refunds_question())):
        context.fix("policy_quote", "asks", quote=passages[0].text)
    return context.fix("order_shall_i", "asks")


def tell_done(context: TurnContext, draft: Draft, carried: Carried, order: Order | None) -> str:
    """Say what was done."""
    if order is None:
        return context.fix(f"order_done_{draft.kind}", address=address_text(draft.address))
    _state(context, order, carried.terms, carried.terms.new_status)
    text = context.fix(f"order_done_{draft.kind}", **_values(context, draft, carried.terms, order))
    _movements(context, draft, carried.terms, order)
    return text


def tell_refused(context: TurnContext, code: str, draft: Draft, order: Order) -> str:
    """Say which rule is against it, with what the policies say of it, and offer a colleague where one may help."""
    context.record(TOOL[draft.kind], draft.args(), ok=False)
    _keep_status(context, order, order.status)
    text = context.fix(
        f"refused_{code}",
        "not_allowed",
        id=order.id,
        status=status_of(context, order),
        items=context.listed(_counted(context, draft.items)),
        reasons=reasons_of(context),
    )
    question = look_up_for(code)
    if question and (passages := stated(context, question)):
        context.fix("policy_quote", "not_allowed", quote=passages[0].text)
    if code in FOR_A_COLLEAGUE:
        context.ask("person", question=context.text)
        context.fix("order_colleague", "not_allowed")
    return text


def tell_end(context: TurnContext, draft: Draft, key: str, outcome: Outcome) -> str:
    """Say with one text why it ends here; of an order that is perhaps not theirs no word is kept."""
    context.record(TOOL[draft.kind], draft.args() if who_of(context) else {}, ok=False)
    return context.fix(key, outcome)


def tell_dropped(context: TurnContext, draft: Draft) -> None:
    """Say that everything stays as it is."""
    context.record(TOOL[draft.kind], draft.args(), ok=False)
    if draft.order_id:
        context.fix("order_dropped", id=draft.order_id)
    else:
        context.fix("order_dropped_all")


def status_of(context: TurnContext, order: Order) -> str:
    """How an order stands, as it is told."""
    return status_text(context.services.texts, context.language, order.status)


def reasons_of(context: TurnContext) -> str:
    """The reasons for which an order may be cancelled, for a sentence."""
    accepted = context.services.shop.settings.orders.cancel_reasons
    return context.listed([reason_of(context, reason) for reason in accepted])


def reason_of(context: TurnContext, reason: str) -> str:
    """A reason as it is told: in the language of the message where there are words for it, else as the shop words it."""
    return context.text_of(TOLD_REASONS[reason]) if reason in TOLD_REASONS else reason


def method_of(context: TurnContext, method: Method | str, order: Order) -> str:
    """A way to pay for an order, as it is told: "your card ending in 1234"."""
    if isinstance(method, str):
        held = context.services.accounts.get(order.shopper_id).method(method) or Method(method, method)
    else:
        held = method
    name = context.text_of(f"order_method_{held.source}") if held.source in _NAMED else held.source.replace("_", " ")
    last = held.details.get("last_four")
    text = context.text_of("order_method_ending", method=name, last=last) if last else name
    context.fact(order.id, "method", text, Orders.SOURCE)
    return text


def items_of(context: TurnContext, order: Order) -> str:
    """The items of an order, for a sentence."""
    every = [line.product_id for line in order.lines for _ in range(line.quantity)]
    return context.listed(_counted(context, every))


def name_of(context: TurnContext, item: str) -> str:
    """What an item is called; facts of a product that is sold still are kept."""
    product = context.services.search.catalogue.products.get(item)
    if product is None:
        return item
    cards.keep_facts(context, product)
    return cards.name_of(product)


def _values(context: TurnContext, draft: Draft, terms: Terms, order: Order) -> dict[str, str]:
    """What the texts of an action are filled in with."""
    action = draft.action(terms.status)
    address = action.address.to_json() if isinstance(action, ordering.ChangeAddress) else {}
    paid = order.payments[0].method if order.payments else ""
    items = context.listed(_changed(context, terms.items)) if terms.items else items_of(context, order)
    context.fact(order.id, "items", items, Orders.SOURCE)
    return {
        "id": order.id,
        "items": items,
        "reason": reason_of(context, draft.reason),
        "address": address_text(address),
        "method": method_of(context, action.method, order) if isinstance(action, ordering.ChangePayment) else "",
        "before": method_of(context, paid, order) if paid else "",
    }


def _movements(context: TurnContext, draft: Draft, terms: Terms, order: Order) -> None:
    """Say which money moves, from or to what, and when."""
    outcome = context.outcomes[-1]
    for movement in terms.movements:
        context.fact(order.id, movement.kind, movement.amount, Orders.SOURCE)
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
        context.fact(order.id, "line", f"{item.product_id} {item.price}", Orders.SOURCE)


def _keep_status(context: TurnContext, order: Order, status: str | None) -> None:
    context.state.order = order.id
    context.fact(order.id, "status", status or Orders.UNKNOWN, Orders.SOURCE)


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
