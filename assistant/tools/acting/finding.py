"""Which order a message means, and which of its items: by what it types, names or points at, among one's own alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from assistant.quantities import said_quantity
from assistant.support.ordering import NotYours
from assistant.support.orders import Line, Order
from assistant.tools.acting.drafts import Draft
from assistant.tools.acting.words import says
from assistant.turn import TurnContext
from index.numbers import order_ids
from index.words import content, fold, stem

ASKED = 4  # orders that are offered to choose from
MOST = 100  # pieces of one item; more of them no order has, and a rule says so
_PARTS = re.compile(r"[,;，；、]|\b(?:and|plus)\b|&|和|以及|还有")
_WHAT_IS_POSSIBLE = {"exchange": ("delivered", "pending"), "return": ("delivered",), "change": ("pending", "delivered")}


def the_order(context: TurnContext, orders: Sequence[Order], draft: Draft, hint: str) -> list[Order]:
    """The orders that may be meant, newest first: one where it is clear.

    Args:
        orders: the shopper's own, newest first.
        hint: what a model calls the order, for messages in another language than English.

    Raises:
        NotYours: the message types the number of another order.
    """
    own = {order.id.lower().removeprefix("#"): order for order in orders}
    if typed := [key.lower() for key in order_ids(context.text)]:
        if any(key not in own for key in typed):
            raise NotYours
        return [own[key] for key in dict.fromkeys(typed)]
    if draft.order_id is not None:
        if (key := draft.order_id.lower().removeprefix("#")) not in own:
            raise NotYours
        return [own[key]]
    possible = [order for order in orders if order.status in _WHAT_IS_POSSIBLE.get(draft.kind, ("pending",))]
    if named := naming(context, orders, hint):
        return [order for order in named if order in possible] or named[:1]
    if says("latest", context.text):
        return list(orders[:1])
    if last := own.get(context.state.order.lower().removeprefix("#")):
        return [last]
    if not possible and draft.kind not in _WHAT_IS_POSSIBLE:
        return list(orders[:1])  # the newest: why it cannot be done is then said of that
    return (possible or list(orders))[:ASKED]


def naming(context: TurnContext, orders: Sequence[Order], hint: str) -> list[Order]:
    """The orders that have a product which the message names."""
    said = _groups_said(context, [line for order in orders for line in order.lines], hint)
    return [order for order in orders if any(_group(context, line) in said for line in order.lines)]


def the_items(context: TurnContext, order: Order, draft: Draft, hint: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The items of an order that are meant, as often as pieces of them; none where that must be asked, and then those
    that are meant where only how many is to be asked.

    What was chosen before stays, where the message says nothing of it.
    """
    every = [line.product_id for line in order.lines for _ in range(line.quantity)]
    if len(every) == 1:
        return tuple(every), ()
    lines = _named_lines(context, order, hint)
    if says("all", context.text):
        wanted = {line.product_id for line in lines or order.lines}
        return tuple(item for item in every if item in wanted), ()
    count = _count(context, order, context.text)
    if not lines and not count and draft.items:
        return draft.items, ()
    if not lines:
        before = {*draft.items, *draft.about}
        lines = [line for line in order.lines if line.product_id in before]
        lines = lines or (list(order.lines) if len(order.lines) == 1 else [])
        if len(lines) != 1:
            return (), ()
    chosen: list[str] = []
    for line in lines:
        part = _part(context, line) if len(lines) > 1 else context.text
        many = _count(context, order, part) or (1 if line.quantity == 1 else None)
        if many is None:
            return (), (line.product_id,) if len(lines) == 1 else ()
        chosen += [line.product_id] * many
    return tuple(chosen), ()


def _count(context: TurnContext, order: Order, text: str) -> int | None:
    """How many a text says, of the items of an order."""
    products = context.services.search.catalogue.products
    titles = [products[line.product_id].title for line in order.lines if line.product_id in products]
    count = said_quantity(text, titles, [order.id, *(line.product_id for line in order.lines)]).count
    return min(count, MOST) if count else 1 if says("single", text) else None


def _named_lines(context: TurnContext, order: Order, hint: str) -> list[Line]:
    """The lines whose product the message names; of two variants of one product the one whose size or colour it says."""
    said = _groups_said(context, order.lines, hint)
    found = [line for line in order.lines if _group(context, line) in said or _typed(context, line)]
    found = found or _told_apart(context, order)
    typed = [line for line in found if _typed(context, line)]
    if typed:
        return typed
    exact = [line for line in found if _option_said(context, line)]
    alike = Counter(_group(context, line) for line in found)
    return [line for line in found if alike[_group(context, line)] == 1 or line in exact or not exact]


def _told_apart(context: TurnContext, order: Order) -> list[Line]:
    """The lines with a word in their title that no other's has, and that the message says: "the blanket" of an order
    with a blanket and a towel, however many blankets the shop has."""
    products = context.services.search.catalogue.products
    titles = {line.product_id: products[line.product_id].title for line in order.lines if line.product_id in products}
    own = {key: {stem(word) for word in content(title)} for key, title in titles.items()}
    shared = Counter(word for words in own.values() for word in words)
    said = {stem(word) for word in content(context.text)}
    telling = {key: {word for word in words & said if shared[word] == 1} for key, words in own.items()}
    return [line for line in order.lines if telling.get(line.product_id)]


def _groups_said(context: TurnContext, lines: Sequence[Line], hint: str) -> set[str]:
    groups = [group for line in lines if (group := _group(context, line))]
    text = context.text if context.language == "en" else f"{context.text} {hint}"  # a name is translated by the model
    return {match.group_id for match in context.services.search.find_by_name(text, within=groups)}


def _group(context: TurnContext, line: Line) -> str | None:
    product = context.services.search.catalogue.products.get(line.product_id)
    return product.group_id if product is not None else None


def _typed(context: TurnContext, line: Line) -> bool:
    return bool(re.search(rf"(?<![\w-]){re.escape(line.product_id)}(?![\w-])", context.text, re.I))


def _option_said(context: TurnContext, line: Line) -> bool:
    product = context.services.search.catalogue.products.get(line.product_id)
    values = [value for value in (product.color, product.size) if value] if product else []
    return any(re.search(rf"(?<![\w-]){re.escape(fold(value))}(?![\w-])", context.folded) for value in values)


def _part(context: TurnContext, line: Line) -> str:
    """The part of the message that speaks of a line, where it speaks of several."""
    group = _group(context, line)
    for part in _PARTS.split(context.text):
        if group and any(m.group_id == group for m in context.services.search.find_by_name(part, within=[group])):
            return part
    return ""
