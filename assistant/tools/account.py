"""Tools over what the shop holds of the shopper: orders and preferences.

Whose they are, the login says; of orders also what a guest has shown of who they are.
"""

from __future__ import annotations

import re
from typing import Literal

from langchain_core.tools import tool

from assistant import cards
from assistant.acts import Act, asks
from assistant.demands import is_question
from assistant.support.orders import Order, Orders, status_text
from assistant.tools.acting.authority import who_of
from assistant.tools.acting.finding import naming
from assistant.tools.acting.words import says
from assistant.tools.lines import Runtime
from assistant.turn import TurnContext
from assistant.wishes import named_keys, said_wish
from index.money import Money
from index.numbers import order_ids

_WHAT_NOW = re.compile(  # what is to be done about an order, which the policies say
    r"\bwhat (?:now|(?:can|should|do) i do|happens|if)\b|\btoo late\b|\bstill (?:time|return|send|exchange)\b|\b(?:damaged|broken|defective|faulty|missing|wrong (?:item|size|colou?r))\b|"
    r"怎么办|坏了|破损|损坏|少了|发错"
)
_MAY = re.compile(
    r"^(?:and |so |hi,? |hello,? )?(?:can|could|may|am i allowed to|is it possible) (?:i|we)\b(?![^?]*\b(?:see|track|know|find out|check)\b)|可以.{0,12}吗"
)
REMEMBERED: tuple[Act, ...] = ("remember", "forget", "consent_off", "consent_on")
AT_ONCE = 4  # orders that one message is told


@tool
def order_status(runtime: Runtime, order_id: str | None = None) -> str:
    """The signed-in shopper's own orders."""
    return tell_orders(runtime.context, order_id)


def asks_for_rules(context: TurnContext) -> bool:
    """Whether a message about an order may ask what the policies say: what to do, what is possible; a guest's any question
    but where their own is."""
    if _WHAT_NOW.search(context.folded) or _MAY.search(context.folded):
        return True
    if asks("whereabouts", context.text):
        return False
    return context.conversation.identity.shopper_id is None and is_question(context.text)


def tell_orders(context: TurnContext, order_id: str | None = None) -> str:
    """Tell the signed-in shopper of their orders: those that the message has the numbers of, or names, or the last.

    Args:
        order_id: what a model calls the order.
    """
    typed = order_ids(context.text)
    args = {"order_id": typed[0]} if typed else {}
    who = who_of(context)
    if who is None:
        context.record("order_status", args, ok=False)
        return context.fix("sign_in", "not_allowed")
    orders = context.services.orders.of(who.shopper_id)
    if typed:
        wanted = {key.lower() for key in typed}
        orders = [order for order in orders if order.id.lower().removeprefix("#") in wanted]
    if not orders:
        context.record("order_status", args, ok=False)
        return context.fix("order_not_yours" if typed else "order_none", "not_allowed" if typed else "answered")
    context.record("order_status", args)
    named = [] if typed else naming(context, orders, order_id or "") or _of_month(context.text, orders)
    if not typed and not named and told_just_now(context) and not says("another", context.text):
        named = [order for order in orders if order.id == context.state.order]
    several = typed or re.search(r"\borders\b|哪些订单", context.text.lower())
    told = {fact.subject for fact in context.facts if fact.source == Orders.SOURCE}
    telling = (named or orders[: AT_ONCE if several else 1])[:AT_ONCE]
    context.state.order = telling[0].id if len(telling) == 1 else ""
    for order in telling:
        if order.id in told:  # the model has called twice
            continue
        text = _order_text(context, order)
        for name, value in (
            ("date", order.at.date().isoformat() if order.at else ""),
            ("status", order.status or Orders.UNKNOWN),
            ("lines", text),
        ):
            if value:
                context.fact(order.id, name, value, Orders.SOURCE)
    return "\n".join(context.fixed)


def told_just_now(context: TurnContext) -> bool:
    """Whether the reply before this message was about one order, which a "when was that?" then means."""
    return bool(context.state.order and context.state.said) and context.state.order in context.state.said[-1][1]


def may_remember(context: TurnContext) -> bool:
    """Whether a message states something to keep or to forget, or speaks of consent."""
    return any(asks(act, context.text) for act in REMEMBERED)


@tool
def remember_preference(
    key: Literal["avoids", "prefers", "size", "budget", "language", "personalization"],
    runtime: Runtime,
    value: str | None = None,
    forget: bool = False,
) -> str:
    """Keep or forget a lasting wish, or the consent to personal suggestions, as the message states it."""
    context = runtime.context
    text = context.text
    consent = False if asks("consent_off", text) else True if asks("consent_on", text) else None
    taking_back = asks("forget", text)
    if not may_remember(context):
        context.record("remember_preference", {"key": key, "value": value}, ok=False)
        return context.fix("nothing_changed", "asks")
    owner = context.conversation.identity.shopper_id
    if owner is None:
        context.record("remember_preference", {"key": key, "value": value}, ok=False)
        return context.fix("sign_in", "not_allowed")
    shoppers = context.services.shoppers
    if consent is not None:
        said = "true" if consent else "false"
        shoppers.remember(owner, "personalization", said)
        if consent and context.state.held.get("why") == "said_otherwise":  # what was said before is taken back
            context.state.held = {}
        context.record("remember_preference", {"key": "personalization", "value": said})
        return context.fix("personal_on" if consent else "personal_off")
    wish = said_wish(context, key, value)
    if wish is None and taking_back and (named := named_keys(text)):
        found = [shoppers.forget(owner, name, None) for name in named]
        context.record("remember_preference", {"key": named[0], "value": None, "forget": True})
        return context.fix(
            "forgotten" if any(found) else "nothing_to_forget", value=context.text_of(f"wish_{named[0]}")
        )
    if wish is None:
        context.record("remember_preference", {"key": key, "value": value}, ok=False)
        return context.fix("which_wish", "asks")
    args = {"key": wish.key, "value": wish.value}
    if taking_back:
        found = [shoppers.forget(owner, name, wish.value) for name in ("avoids", "prefers")]
        if wish.key not in ("avoids", "prefers"):
            found.append(shoppers.forget(owner, wish.key, None))
        context.record("remember_preference", {**args, "forget": True})
        return context.fix("forgotten" if any(found) else "nothing_to_forget", value=wish.value)
    kept = shoppers.remember(owner, wish.key, wish.value)
    context.record("remember_preference", args, ok=kept)
    if not kept:
        return context.fix("personal_is_off", "not_allowed")
    return context.fix("remembered", key=context.text_of(f"wish_{wish.key}"), value=wish.value)


def _of_month(text: str, orders: list[Order]) -> list[Order]:
    """The orders of a month that the message names."""
    months = [n for n, name in enumerate(cards.MONTHS_EN, 1) if re.search(rf"\b{name}\b", text)]
    months += [int(n) for n in re.findall(r"(\d{1,2})月", text)]
    return [order for order in orders if order.at is not None and order.at.month in months]


def _order_text(context: TurnContext, order: Order) -> str:
    products = context.services.search.catalogue.products
    lines = ", ".join(
        f"{line.quantity} × {cards.name_of(products[line.product_id]) if line.product_id in products else line.product_id}"
        for line in order.lines
    )
    status = status_text(context.services.texts, context.language, order.status)
    if total := _total(order):
        lines = context.text_of("order_sum", lines=lines, total=total)
    if order.at is None:
        return context.fix("order_line_undated", id=order.id, lines=lines, status=status)
    return context.fix("order_line", id=order.id, date=order.at.date().isoformat(), lines=lines, status=status)


def _total(order: Order) -> Money | None:
    """What an order came to; None where a price is not on record."""
    prices = [Money.parse(line.price) if line.price else None for line in order.lines]
    if not prices or any(price is None for price in prices):
        return None
    lines = zip(prices, order.lines, strict=True)
    return Money.total([price.times(line.quantity) for price, line in lines if price is not None])
