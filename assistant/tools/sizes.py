"""The variant that a shopper with a stored size is shown."""

from __future__ import annotations

from dataclasses import replace

from assistant.turn import TurnContext
from index.catalogue import Product
from index.filters import Filters


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
