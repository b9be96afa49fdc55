"""The way of an action on an order through a conversation: what is missing is asked for, all of it is listed, and only a
clear yes in the next message to exactly that has it done. The model has no say in any of this.
"""

from __future__ import annotations

import re
from dataclasses import replace

from assistant import cards
from assistant.acts import asks
from assistant.demands import is_question
from assistant.events import Outcome
from assistant.prompts import note
from assistant.references import ordinals
from assistant.support.ordering import (
    Action,
    Address,
    Cancel,
    ChangeAddress,
    ChangePayment,
    NotYours,
    OrderChanged,
    Proposal,
    Refused,
    Return,
    Who,
)
from assistant.support.orders import Order
from assistant.tools.acting.addresses import missing
from assistant.tools.acting.authority import TooManyTries, proves, who_of
from assistant.tools.acting.drafts import Draft
from assistant.tools.acting.finding import the_order
from assistant.tools.acting.options import NoSuchOption, offered
from assistant.tools.acting.reading import filled, lacking, ways_to_pay
from assistant.tools.acting.telling import items_of, list_proposal, method_of, name_of, tell_done, tell_refused
from assistant.tools.acting.words import SENDS_BACK, TOOL, Kind, asked_kind, asked_with_number, is_yes, reason_in, says
from assistant.tools.policy import stated
from assistant.turn import TurnContext
from index.numbers import order_ids
from index.words import words

FEW = 4  # characters
SHORT = 12  # words, or Chinese characters, of a message that changes what was listed
# Rules that nothing which is still to be asked could satisfy: they are told before anything is asked.
EARLY = (
    *("not_pending", "exchanged_already", "not_delivered", "items_changed_already", "delivery_date_unknown"),
    *("too_late", "not_paid_once"),
)


def wanted(context: TurnContext) -> Kind | None:
    """What the message asks to be done about an order; None where it asks for nothing of the kind."""
    kind = asked_kind(context.text) or asked_with_number(context.text)
    return kind if kind in SENDS_BACK or (kind and _of_order(context)) else None


def surely_wanted(context: TurnContext) -> Kind | None:
    """The same, where no other tool could be meant, whatever a model has planned."""
    kind = asked_kind(context.text)
    if is_question(context.text) and not order_ids(context.text):
        return None  # "I want to bring it back. What do I get for it?"
    return kind if kind == "return" or (kind and _of_order(context)) else None


def begin(context: TurnContext, called: str, hint: str) -> str:
    """Take up what the message asks for.

    Args:
        called: the tool that a model has chosen.
        hint: what it calls the order and the items.
    """
    if any(call.name in TOOL.values() for call in context.tools):
        return note("done_already")
    kind = wanted(context)
    if kind is None:
        context.record(called, {}, ok=False)
        return context.fix("nothing_changed", "asks")
    return _advance(context, Draft(kind), hint, "")


def answered(context: TurnContext) -> bool:
    """Whether the message answers what was asked about an order; it is then gone on with, or done, and said."""
    act = str(context.pending.get("act", ""))
    if not act.startswith("order_"):
        return False
    draft = Draft.of_json(context.pending["draft"])
    if context.language == "en" and not words(context.text) and len(context.text.strip()) <= FEW:
        context.language = "zh"  # "是" alone is too little to tell a language by
    if act in ("order_confirm", "order_done"):
        return _confirmed(context, draft, done=act == "order_done")
    if act == "order_prove":
        return _shown_who(context, draft)
    if is_question(context.text) or (wanted(context) not in (None, draft.kind)):
        return False
    reasons = context.services.shop.settings.orders.cancel_reasons
    if says("declined", context.text) and not (act == "order_reason" and reason_in(context.text, reasons)):
        return _drop(context, draft)
    return _which(context, draft) if act == "order_which" else _slot(context, draft, act)


def _advance(context: TurnContext, draft: Draft, hint: str, slot: str) -> str:
    """Ask for what a draft lacks, or list what it would do, or say why it cannot be."""
    who = who_of(context)
    if who is None:
        return _ask_who(context, draft, answer=False)
    orders = context.services.orders.of(who.shopper_id)
    if not orders:
        return _end(context, draft, "order_none", "answered")
    try:
        found = the_order(context, orders, draft, hint)
        if len(found) > 1:
            return _ask_which(context, draft, found)
        order = found[0]
        draft = draft.of_order(order.id)
        context.state.order = order.id
        if code := _against(context, order, draft, who):
            return tell_refused(context, code, draft, order)
        draft = filled(context, order, draft, hint, slot)
        if lacks := lacking(draft, order):
            return _ask(context, draft, order, lacks)
        proposal = context.services.order_actions.propose(order.id, draft.action(order.status), who)
    except NotYours:
        return _end(context, draft, "order_not_yours", "not_allowed")
    except NoSuchOption as error:
        return _no_such_option(context, draft, order, error)
    except Refused as error:
        return tell_refused(context, error.code, draft, order)
    return _list(context, draft, proposal, order)


def _list(context: TurnContext, draft: Draft, proposal: Proposal, order: Order) -> str:
    context.record(TOOL[draft.kind], {**draft.args(), "confirmed": False})
    context.ask("order_confirm", draft=draft.to_json(), proposal=proposal.to_json())
    return list_proposal(context, draft, proposal, order)


def _against(context: TurnContext, order: Order, draft: Draft, who: Who) -> str | None:
    """The rule that stands against it, whatever else is said of it."""
    any_action: Action
    match draft.kind:
        case "cancel":
            any_action = Cancel(context.services.shop.settings.orders.cancel_reasons[0])
        case "return":
            any_action = Return(tuple(line.product_id for line in order.lines[:1]))
        case "address":
            any_action = ChangeAddress(Address("-", "-", "-", "-"))
        case "payment":
            any_action = ChangePayment("")
        case "exchange" | "change":
            any_action = replace(draft, items=(), new=()).action(order.status)
    try:
        context.services.order_actions.propose(order.id, any_action, who)
    except Refused as error:
        return error.code if error.code in EARLY else None
    return None


def _ask(context: TurnContext, draft: Draft, order: Order, lacks: str) -> str:
    """Ask for one thing that a draft lacks."""
    context.record(TOOL[draft.kind], draft.args(), ok=False)
    context.ask(lacks, draft=draft.to_json())
    context.fact(order.id, "status", order.status or "unknown", "orders")
    separator = "、" if context.language == "zh" else ", "
    reasons = context.services.shop.settings.orders.cancel_reasons
    values = {"id": order.id, "items": items_of(context, order)}
    if lacks == "order_reason":
        values["reasons"] = separator.join(context.text_of("order_quoted", text=reason) for reason in reasons)
    if lacks == "order_address":
        values["missing"] = separator.join(context.text_of(f"order_part_{name}") for name in missing(draft.address))
    if lacks == "order_method":
        values["methods"] = separator.join(method_of(context, way) for way in ways_to_pay(context, order))
    if lacks == "order_variant":
        values["title"], values["options"] = name_of(context, draft.items[0]), offered(context, draft.items[0])
    return context.fix(f"{lacks}", "asks", **values)


def _no_such_option(context: TurnContext, draft: Draft, order: Order, error: NoSuchOption) -> str:
    context.record(TOOL[draft.kind], draft.args(), ok=False)
    context.ask("order_variant", draft=replace(draft, items=draft.items or (error.product.id,), new=()).to_json())
    options = offered(context, error.product.id)
    values = {"title": cards.name_of(error.product), "value": error.value, "options": options, "id": order.id}
    return context.fix("order_no_such_option", "nothing_matches", **values)


def _ask_which(context: TurnContext, draft: Draft, orders: list[Order]) -> str:
    context.record(TOOL[draft.kind], draft.args(), ok=False)
    context.ask("order_which", draft=draft.to_json(), orders=[order.id for order in orders])
    context.fix("order_which", "asks")
    for order in orders:
        context.fact(order.id, "status", order.status or "unknown", "orders")
        context.fix("order_choice", "asks", id=order.id, items=items_of(context, order))
    return "\n".join(context.fixed)


def _which(context: TurnContext, draft: Draft) -> bool:
    """The order that is chosen of those that were listed."""
    listed: list[str] = context.pending["orders"]
    places = ordinals(context.folded, len(listed))
    if len(places) == 1 and not order_ids(context.text):
        _advance(context, draft.of_order(listed[places[0]]), "", "order_which")
        return True
    who = who_of(context)
    if who is None:
        return False
    orders = [order for order in context.services.orders.of(who.shopper_id) if order.id in listed]
    if not order_ids(context.text) and len(the_order(context, orders, draft, "")) != 1:
        return False
    _advance(context, draft, "", "order_which")
    return True


def _slot(context: TurnContext, draft: Draft, slot: str) -> bool:
    """What was asked for, if the message says it."""
    who = who_of(context)
    if who is None or draft.order_id is None:
        return False
    try:
        order = context.services.order_actions.look_up(draft.order_id, who)
        if filled(context, order, draft, "", slot) == draft:
            return False
    except NotYours:
        return False
    except NoSuchOption:
        pass
    _advance(context, draft, "", slot)
    return True


def _confirmed(context: TurnContext, draft: Draft, *, done: bool) -> bool:
    """What the message answers to "shall I do that?"."""
    proposal = Proposal.of_json(context.pending["proposal"])
    if done and says("thanks", context.text):
        return False
    if is_yes(context.typed, draft.kind, proposal.order_id, max(1, len(proposal.terms.items))):
        _carry_out(context, draft, proposal)
        return True
    if done:
        return False
    question, unclear = is_question(context.text), says("unclear", context.text)
    refused = says("declined", context.text)
    if (question and not unclear) or wanted(context) not in (None, draft.kind):
        return False
    if not question and (not refused or unclear) and _revised(context, draft):
        return True
    if refused and not question:
        return _drop(context, draft)
    if not unclear:
        return False
    if question and (passages := stated(context, context.text)):
        context.fix("policy_quote", "asks", quote=passages[0].text)
    context.fix("order_not_yet", "asks")
    _advance(context, draft, "", "")
    return True


def _revised(context: TurnContext, draft: Draft) -> bool:
    """Whether the message wants another thing than was listed: "yes, but only one". It is then listed anew."""
    who = who_of(context)
    if who is None or draft.order_id is None or asks("add", context.text) or _length(context.folded) > SHORT:
        return False
    try:
        order = context.services.order_actions.look_up(draft.order_id, who)
        if order_ids(context.text) or filled(context, order, draft, "", "") == draft:
            return False
    except NotYours:
        return False
    except NoSuchOption:
        pass
    _advance(context, draft, "", "")
    return True


def _carry_out(context: TurnContext, draft: Draft, proposal: Proposal) -> None:
    """Do what was listed. It is committed when this says so."""
    who = who_of(context)
    if who is None or proposal.order_id is None:
        _end(context, draft, "order_not_yours", "not_allowed")
        return
    actions = context.services.order_actions
    try:
        order = actions.look_up(proposal.order_id, who)
        carried = actions.carry_out(proposal, who)
    except NotYours:
        _end(context, draft, "order_not_yours", "not_allowed")
    except OrderChanged:
        context.fix("order_changed", "asks", id=proposal.order_id)
        _advance(context, draft, "", "")
    except Refused as error:
        tell_refused(context, error.code, draft, order)
    else:
        context.record(TOOL[draft.kind], {**draft.args(), "confirmed": True})
        context.ask("order_done", draft=draft.to_json(), proposal=proposal.to_json())
        tell_done(context, draft, carried, order)


def _drop(context: TurnContext, draft: Draft) -> bool:
    """Leave everything as it is, and say so."""
    context.record(TOOL[draft.kind], draft.args(), ok=False)
    if draft.order_id:
        context.fix("order_dropped", id=draft.order_id)
    else:
        context.fix("order_dropped_all")
    return True


def _ask_who(context: TurnContext, draft: Draft, *, answer: bool) -> str:
    """Take what a guest says of who they are, or ask for it."""
    typed = order_ids(context.text)
    draft = replace(draft, order_id=typed[0] if len(typed) == 1 else draft.order_id)
    if context.conversation.identity.role != "guest":
        return _end(context, draft, "sign_in", "not_allowed")
    try:
        shown = proves(context, draft.order_id, answer=answer)
    except TooManyTries:
        return _end(context, draft, "order_too_many_tries", "not_allowed")
    if shown:
        return _advance(context, draft, "", "")
    context.ask("order_prove", draft=draft.to_json())
    return _end(context, draft, "order_prove" if shown is None else "order_not_proven", "not_allowed")


def _shown_who(context: TurnContext, draft: Draft) -> bool:
    """The answer of a guest who was asked who they are."""
    if says("declined", context.text) and not is_question(context.text):
        return _drop(context, draft)
    if is_question(context.text) and "@" not in context.text:
        return False
    if not (order_ids(context.text) or "@" in context.text or any(char.isdigit() for char in context.text)):
        return False
    _ask_who(context, draft, answer=True)
    return True


def _end(context: TurnContext, draft: Draft, key: str, outcome: Outcome) -> str:
    context.record(TOOL[draft.kind], draft.args() if who_of(context) else {}, ok=False)
    return context.fix(key, outcome)


def _of_order(context: TurnContext) -> bool:
    """Whether a message speaks of an order, or points at the one that was last spoken of."""
    if order_ids(context.text) or says("evidence", context.text):
        return True
    return bool(context.state.order) and says("pointing", context.text) and not context.state.filled


def _length(folded: str) -> int:
    return len(re.findall(r"[a-z\d'-]+|[\u3400-\u9fff]", folded))
