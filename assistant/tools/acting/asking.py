"""Asks for one thing that a draft lacks, and keeps the question, so that the next message can answer it."""

from __future__ import annotations

from dataclasses import replace

from assistant import cards
from assistant.support.orders import Order, Orders
from assistant.tools.acting.drafts import Draft
from assistant.tools.acting.options import NoSuchOption, offered
from assistant.tools.acting.reading import lacking_parts, ways_to_pay
from assistant.tools.acting.telling import items_of, method_of, name_of, reasons_of
from assistant.tools.acting.words import TOOL
from assistant.turn import TurnContext


def ask(context: TurnContext, draft: Draft, order: Order, lacks: str) -> str:
    """Ask for what a draft lacks.

    Args:
        lacks: one of the names that `reading.lacking` gives.
    """
    _keep(context, draft, lacks)
    _status(context, order)
    values = {"id": order.id, "items": items_of(context, order)}
    if lacks == "order_reason":
        values["reasons"] = reasons_of(context)
    if lacks == "order_address":
        values["missing"] = _parts(context, draft)
    if lacks == "order_method":
        values["methods"] = context.listed([method_of(context, way, order) for way in ways_to_pay(context, order)])
    if lacks == "order_variant":
        values["title"], values["options"] = name_of(context, draft.items[0]), offered(context, draft.items[0])
    return context.fix(lacks, "asks", **values)


def ask_default_address(context: TurnContext, draft: Draft) -> str:
    """Ask for what is still to be said of the address that is to be kept."""
    _keep(context, draft, "order_address")
    return context.fix("order_default_address", "asks", missing=_parts(context, draft))


def ask_option(context: TurnContext, draft: Draft, order: Order, error: NoSuchOption) -> str:
    """Say that the product does not come in what was asked for, and in what it does."""
    _keep(context, replace(draft, items=draft.items or (error.product.id,), new=()), "order_variant")
    options = offered(context, error.product.id)
    values = {"title": cards.name_of(error.product), "value": error.value, "options": options, "id": order.id}
    return context.fix("order_no_such_option", "nothing_matches", **values)


def ask_which(context: TurnContext, draft: Draft, orders: list[Order]) -> str:
    """Ask which of several orders is meant."""
    context.record(TOOL[draft.kind], draft.args(), ok=False)
    context.ask("order_which", draft=draft.to_json(), orders=[order.id for order in orders])
    context.fix("order_which", "asks")
    for order in orders:
        _status(context, order)
        context.fix("order_choice", "asks", id=order.id, items=items_of(context, order))
    return "\n".join(context.fixed)


def _keep(context: TurnContext, draft: Draft, act: str) -> None:
    context.record(TOOL[draft.kind], draft.args(), ok=False)
    context.ask(act, draft=draft.to_json())


def _status(context: TurnContext, order: Order) -> None:
    context.fact(order.id, "status", order.status or Orders.UNKNOWN, Orders.SOURCE)


def _parts(context: TurnContext, draft: Draft) -> str:
    """What is still to be said of an address, in words."""
    return context.listed([context.text_of(f"order_part_{name}") for name in lacking_parts(draft)])
