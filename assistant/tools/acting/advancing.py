"""The next step of an action: what is missing is asked for, all of it is listed, or why it cannot be is said.

Nothing is written here.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.support import ordering
from assistant.support.ordering import NotYours, Proposal, Refused, Who
from assistant.support.orders import Order
from assistant.tools.acting.asking import ask, ask_default_address, ask_option, ask_which
from assistant.tools.acting.authority import who_of
from assistant.tools.acting.drafts import Draft
from assistant.tools.acting.finding import the_order
from assistant.tools.acting.options import NoSuchOption
from assistant.tools.acting.proving import identify
from assistant.tools.acting.reading import filled, lacking, lacking_parts, with_address
from assistant.tools.acting.telling import list_proposal, tell_end, tell_refused
from assistant.tools.acting.words import TOOL
from assistant.turn import TurnContext
from index.numbers import order_ids

# Rules that nothing which is still to be asked could satisfy: they are told before anything is asked.
EARLY = (
    *("not_pending", "exchanged_already", "not_delivered", "items_changed_already", "delivery_date_unknown"),
    *("too_late", "not_paid_once"),
)


def advance(context: TurnContext, draft: Draft, hint: str = "", slot: str = "", *, proof: bool = False) -> str:
    """Go on with a draft by what the message says.

    Args:
        hint: what a model calls the order and the items.
        slot: what was asked for, if the message answers that.
        proof: the message answers the question who its writer is.
    """
    if draft.kind == "default_address":
        return _with_account(context, draft, slot)
    who = identify(context, draft, answer=proof)
    if who is None:
        return "\n".join(context.fixed)
    orders = context.services.orders.of(who.shopper_id)
    if not orders:
        return tell_end(context, draft, "order_none", "answered")
    try:
        found = the_order(context, orders, draft, hint)
        if len(found) > 1:
            return ask_which(context, draft, found)
        order = found[0]
        draft = draft.of_order(order.id)
        context.state.order = order.id
        if code := _against(context, order, draft, who):
            return tell_refused(context, code, draft, order)
        draft = filled(context, order, draft, hint, slot)
        if lacks := lacking(draft, order):
            return ask(context, draft, order, lacks)
        proposal = context.services.order_actions.propose(order.id, draft.action(order.status), who)
    except NotYours:
        return tell_end(context, draft, "order_not_yours", "not_allowed")
    except NoSuchOption as error:
        return ask_option(context, draft, order, error)
    except Refused as error:
        return tell_refused(context, error.code, draft, order)
    return _list(context, draft, proposal, order)


def says_more(context: TurnContext, draft: Draft, slot: str = "") -> bool:
    """Whether the message says something of an action that the draft does not have yet, or has otherwise."""
    who = who_of(context)
    if who is None:
        return False
    if draft.kind == "default_address":
        return not order_ids(context.text) and with_address(context, draft, None, slot).address != draft.address
    if draft.order_id is None:
        return False
    try:
        order = context.services.order_actions.look_up(draft.order_id, who)
        return filled(context, order, draft, "", slot) != draft
    except NotYours:
        return False
    except NoSuchOption:
        return True


def _with_account(context: TurnContext, draft: Draft, slot: str) -> str:
    """The same for the address that is kept of a shopper: about no order, and for those alone who have signed in."""
    who = who_of(context)
    if who is None or not who.has_login:
        return tell_end(context, draft, "order_sign_in", "not_allowed")
    held = context.services.accounts.get(who.shopper_id).address
    draft = with_address(context, draft, held, slot)
    if lacking_parts(draft):
        return ask_default_address(context, draft)
    try:
        proposal = context.services.order_actions.propose(None, draft.action(None), who)
    except Refused as error:
        return tell_end(context, draft, f"refused_account_{error.code}", "not_allowed")
    return _list(context, draft, proposal, None)


def _list(context: TurnContext, draft: Draft, proposal: Proposal, order: Order | None) -> str:
    context.record(TOOL[draft.kind], {**draft.args(), "confirmed": False})
    context.ask("order_confirm", draft=draft.to_json(), proposal=proposal.to_json())
    return list_proposal(context, draft, proposal, order)


def _against(context: TurnContext, order: Order, draft: Draft, who: Who) -> str | None:
    """The rule that stands against it, whatever else is said of it."""
    try:
        context.services.order_actions.propose(order.id, _sample(context, order, draft), who)
    except Refused as error:
        return error.code if error.code in EARLY else None
    return None


def _sample(context: TurnContext, order: Order, draft: Draft) -> ordering.Action:
    """An action of the draft's kind: what a rule among `EARLY` is against, it is against however the rest is filled in."""
    match draft.kind:
        case "cancel":
            return ordering.Cancel(context.services.shop.settings.orders.cancel_reasons[0])
        case "return":
            return ordering.Return(tuple(line.product_id for line in order.lines[:1]))
        case "payment":
            return ordering.ChangePayment("")
        case "exchange" | "change":
            return replace(draft, items=(), new=()).action(order.status)
        case _:
            return ordering.ChangeAddress(draft.whole_address)
