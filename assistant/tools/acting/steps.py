"""The way of an action on an order through a conversation: what is missing is asked for, all of it is listed, and only a
clear yes in the next message to exactly that has it done. The model has no say in any of this.
"""

from __future__ import annotations

from assistant.demands import is_question
from assistant.prompts import note
from assistant.references import ordinals
from assistant.tools.acting.advancing import advance, says_more
from assistant.tools.acting.authority import who_of
from assistant.tools.acting.beside import told_beside
from assistant.tools.acting.confirming import confirmed
from assistant.tools.acting.drafts import Draft
from assistant.tools.acting.finding import the_order
from assistant.tools.acting.telling import tell_dropped
from assistant.tools.acting.wanting import otherwise, wanted
from assistant.tools.acting.words import TOOL, reason_in, says
from assistant.turn import TurnContext
from index.numbers import order_ids
from index.words import words

FEW = 4  # characters


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
    return advance(context, Draft(kind), hint)


def answered(context: TurnContext) -> bool:
    """Whether the message answers what was asked about an order; it is then gone on with, or done, and said."""
    act = str(context.pending.get("act", ""))
    if not act.startswith("order_"):
        return False
    draft = Draft.of_json(context.pending["draft"])
    if context.language == "en" and not words(context.text) and len(context.text.strip()) <= FEW:
        context.language = "zh"  # "是" alone is too little to tell a language by
    if act in ("order_confirm", "order_done"):
        return confirmed(context, draft, done=act == "order_done")
    if act == "order_prove":
        return _shown_who(context, draft)
    if is_question(context.text):
        return told_beside(context, draft)
    if otherwise(context, draft):
        return False
    reasons = context.services.shop.settings.orders.cancel_reasons
    if says("declined", context.text) and not (act == "order_reason" and reason_in(context.text, reasons)):
        tell_dropped(context, draft)
        return True
    if act == "order_which":
        return _which(context, draft)
    if not says_more(context, draft, act):
        return False
    advance(context, draft, slot=act)
    return True


def _which(context: TurnContext, draft: Draft) -> bool:
    """The order that is chosen of those that were listed."""
    listed: list[str] = context.pending["orders"]
    places = ordinals(context.folded, len(listed))
    if len(places) == 1 and not order_ids(context.text):
        advance(context, draft.of_order(listed[places[0]]), slot="order_which")
        return True
    who = who_of(context)
    if who is None:
        return False
    orders = [order for order in context.services.orders.of(who.shopper_id) if order.id in listed]
    if not order_ids(context.text) and len(the_order(context, orders, draft, "")) != 1:
        return False
    advance(context, draft, slot="order_which")
    return True


def _shown_who(context: TurnContext, draft: Draft) -> bool:
    """The answer of a guest who was asked who they are."""
    if says("declined", context.text) and not is_question(context.text):
        tell_dropped(context, draft)
        return True
    if is_question(context.text) and "@" not in context.text:
        return False
    if not (order_ids(context.text) or "@" in context.text or any(char.isdigit() for char in context.text)):
        return False
    advance(context, draft, proof=True)
    return True
