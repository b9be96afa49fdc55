"""The variant that a shopper with a stored size is shown."""

from __future__ import annotations

from dataclasses import replace

from assistant.turn import TurnContext
from assistant.wanted import stored_filters
from index.catalogue import Product
from index.filters import Filters


def own_variant(context: TurnContext, product: Product) -> Product:
    """The product in the shopper's own size and the colour that is meant, where no other size was said, nor its number."""
    meant = product.id in context.state.shown or bool(context.services.search.find_by_id(context.text))
    size = () if context.said.filters.size or meant else stored_filters(context, product).size
    said = context.said.filters.color
    wanted = Filters(color=said or ((product.color,) if product.color else ()))
    fitting = in_size(context, product, wanted, size)
    if fitting is not None and not fitting.in_stock and not said and size:  # in another colour it may be had
        other = in_size(context, product, Filters(), size)
        fitting = other if other is not None and other.in_stock else fitting
    return fitting or product


def in_size(context: TurnContext, product: Product, filters: Filters, size: tuple[str, ...]) -> Product | None:
    """The variant of a product's group in one of the sizes that meets the filters besides; the product itself where no size
    is stored or its group comes in none; None where it comes in others only.

    The product type is left out: it has chosen the group already, or named none that is sold.
    """
    if not size:
        return product
    search = context.services.search
    fitting = search.best_variant(product.group_id, replace(filters, size=size, product_type=()))
    if fitting is None and not any(variant.size for variant in search.catalogue.groups[product.group_id].variants):
        return product
    return fitting
