"""Tools over what the shop holds of the signed-in shopper: orders and preferences. Whose they are, the login says."""

from __future__ import annotations

import re
from typing import Literal

from langchain_core.tools import tool

from assistant import cards
from assistant.support.orders import Order
from assistant.tools.shopping import Runtime
from assistant.turn import TurnContext
from index.numbers import order_ids
from index.words import stem, words


@tool
def order_status(runtime: Runtime, order_id: str | None = None) -> str:
    """Orders that were placed before: where they are, when they were made, what was in them."""
    context = runtime.context
    typed = order_ids(context.text)
    args = {"order_id": typed[0]} if typed else {}
    owner = context.conversation.identity.shopper_id
    if owner is None:
        context.record("order_status", args, ok=False)
        return context.fix("sign_in", "not_allowed")
    orders = context.services.orders.of(owner)
    if typed:
        orders = [order for order in orders if order.id.lower() in {key.lower() for key in typed}]
    if not orders:
        context.record("order_status", args, ok=False)
        return context.fix("order_not_yours" if typed else "order_none", "not_allowed" if typed else "answered")
    context.record("order_status", args)
    named = [] if typed else _named(context, orders, order_id or "") or _of_month(context.text, orders)
    chosen = named or orders[: 1 if not re.search(r"\borders\b|哪些订单", context.text.lower()) else 4]
    for order in chosen[:4]:
        text = _order_text(context, order)
        for name, value in (
            ("date", order.at.date().isoformat()),
            ("status", order.status or "unknown"),
            ("lines", text),
        ):
            context.fact(order.id, name, value, "orders")
    return "\n".join(context.fixed)


@tool
def remember_preference(
    key: Literal["avoids", "prefers", "size", "budget", "language", "personalization"],
    runtime: Runtime,
    value: str | None = None,
    forget: bool = False,
) -> str:
    """Keep or forget a lasting wish of the customer. personalization true or false is their consent."""
    context = runtime.context
    owner = context.conversation.identity.shopper_id
    taking_back = forget or bool(
        re.search(r"\b(?:forget|delete|remove|no longer)\b|忘掉|忘记|删除", context.text.lower())
    )
    args = {"key": key, "value": value, **({"forget": True} if taking_back else {})}
    if owner is None:
        context.record("remember_preference", args, ok=False)
        return context.fix("sign_in", "not_allowed")
    shoppers = context.services.shoppers
    if key == "personalization":
        on = not taking_back and str(value).lower() in ("true", "yes", "on", "1")
        shoppers.remember(owner, key, "true" if on else "false")
        context.record("remember_preference", {"key": key, "value": str(on).lower()})
        return context.fix("personal_on" if on else "personal_off")
    wish = _said_value(context, value) if key != "budget" else _budget(context, value)
    if not wish and not (taking_back and key in ("size", "budget", "language")):
        context.record("remember_preference", args, ok=False)
        return context.fix("empty", "asks")
    context.record("remember_preference", {**args, "value": wish or value})
    if taking_back:
        found = [shoppers.forget(owner, name, wish) for name in ("avoids", "prefers")]
        changed = any(found)
        if not changed and wish is None:
            changed = shoppers.forget(owner, key, None)
        return context.fix("forgotten" if changed else "nothing_to_forget", value=wish or key)
    if key == "prefers" and re.search(r"\b(?:never|not|no|avoid|allergic|hate|don't)\b|不", context.text.lower()):
        key = "avoids"
    shoppers.remember(owner, key, wish or "")
    return context.fix("remembered", key=key, value=wish)


def _named(context: TurnContext, orders: list[Order], hint: str) -> list[Order]:
    """The orders that have a product which the message names."""
    search = context.services.search
    groups = [
        search.catalogue.products[line.product_id].group_id
        for order in orders
        for line in order.lines
        if line.product_id in search.catalogue.products
    ]
    text = context.text if context.language == "en" else hint
    said = {match.group_id for match in search.find_by_name(text, within=groups)}
    return [
        order
        for order in orders
        if any(
            line.product_id in search.catalogue.products and search.catalogue.products[line.product_id].group_id in said
            for line in order.lines
        )
    ]


def _of_month(text: str, orders: list[Order]) -> list[Order]:
    """The orders of a month that the message names."""
    months = [n for n, name in enumerate(cards.MONTHS_EN, 1) if re.search(rf"\b{name}\b", text)]
    months += [int(n) for n in re.findall(r"(\d{1,2})月", text)]
    return [order for order in orders if order.at.month in months]


def _order_text(context: TurnContext, order: Order) -> str:
    products = context.services.search.catalogue.products
    lines = ", ".join(
        f"{line.quantity} × {cards.name_of(products[line.product_id]) if line.product_id in products else line.product_id}"
        for line in order.lines
    )
    status = order.status or context.text_of("order_unknown")
    return context.fix("order_line", id=order.id, date=order.at.date().isoformat(), lines=lines, status=status)


def _said_value(context: TurnContext, value: str | None) -> str | None:
    """The wish, as far as its words were said; for another language the model's translation stands."""
    if not value:
        facets = context.said.filters
        found = [*facets.exclude.get("material", ()), *facets.material, *facets.color, *facets.size]
        return found[0] if found else None
    if context.language != "en":
        return value
    heard = {stem(word) for word in words(context.text)}
    kept = [word for word in value.split() if {stem(w) for w in words(word)} & heard]
    return " ".join(kept) or None


def _budget(context: TurnContext, value: str | None) -> str | None:
    """A budget is a number that was said; anything else is none."""
    said = re.findall(r"\d+(?:\.\d+)?", context.text)
    return next((number for number in re.findall(r"\d+(?:\.\d+)?", value or "") if number in said), None)
