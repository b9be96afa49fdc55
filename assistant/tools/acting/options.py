"""Another size or colour of what was ordered: the variant that a message asks for, if the product comes in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant import cards
from assistant.turn import TurnContext
from index.catalogue import Product
from index.words import fold


class NoSuchOption(Exception):
    """The product does not come in what was asked for; `product` says which it is."""

    def __init__(self, product: Product, value: str) -> None:
        super().__init__(product.id)
        self.product, self.value = product, value


def wanted_variant(context: TurnContext, item: str) -> str | None:
    """The id of the variant that is wanted in the place of an item; None where the message says no size or colour.

    Raises:
        NoSuchOption: there is no such variant.
    """
    product = context.services.search.catalogue.products.get(item)
    if product is None:
        return None
    variants = context.services.search.catalogue.groups[product.group_id].variants
    typed = [v.id for v in variants if v.id != item and _says(context.folded, v.id)]
    if len(typed) == 1:
        return typed[0]
    size = _said(context, variants, "size", product.size)
    color = _said(context, variants, "color", product.color)
    filters = context.said.filters
    unknown = [v for v in (*filters.size, *filters.color) if not any(v in (w.size, w.color) for w in variants)]
    if size is None and color is None:
        if unknown:
            raise NoSuchOption(product, ", ".join(unknown))
        return None
    meant = (color or product.color, size or product.size)
    found = [variant.id for variant in variants if (variant.color, variant.size) == meant]
    if not found:
        raise NoSuchOption(product, ", ".join(value for value in (color, size) if value))
    return found[0]


def offered(context: TurnContext, item: str) -> str:
    """The other variants of an item's product that can be had, for a sentence."""
    product = context.services.search.catalogue.products[item]
    variants = context.services.search.catalogue.groups[product.group_id].variants
    there = [v for v in variants if v.in_stock and v.id != item]
    for variant in (product, *there):
        cards.keep_facts(context, variant)
    return ", ".join(" ".join(part for part in (v.color, v.size) if part) for v in there[:8])


def _said(context: TurnContext, variants: Sequence[Product], field: str, now: str | None) -> str | None:
    """The one value of a size or colour that the message says beside the present one."""
    values = dict.fromkeys(value for v in variants if (value := getattr(v, field)))
    said = [value for value in values if _says(context.folded, value)]
    said += [value for value in getattr(context.said.filters, field) if value in values and value not in said]
    other = [value for value in said if value != now]
    return other[0] if len(other) == 1 else now if said and not other else None


def _says(text: str, value: str) -> bool:
    return bool(re.search(rf"(?<![\w-]){re.escape(fold(value))}(?![a-z\d-])", text))
