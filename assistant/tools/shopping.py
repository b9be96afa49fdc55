"""Tools over the catalogue: search and suggestions."""

from __future__ import annotations

from typing import Literal

from langchain_core.tools import tool

from assistant.tools.lines import Runtime
from assistant.tools.searching import search_for_each
from assistant.tools.suggesting import suggest

OneOrMore = str | list[str]


@tool
def search_products(
    query: str,
    runtime: Runtime,
    product_type: OneOrMore | None = None,
    brand: OneOrMore | None = None,
    color: OneOrMore | None = None,
    size: OneOrMore | None = None,
    gender: OneOrMore | None = None,
    material: OneOrMore | None = None,
    attributes: dict[str, list[str]] | None = None,
    exclude: dict[str, list[str]] | None = None,
    min_price: float | None = None,
    max_price: float | None = None,
    in_stock: bool | None = None,
    sort: Literal["relevance", "price_low", "price_high", "rating"] | None = None,
    for_someone_else: bool | None = None,
) -> str:
    """Find products; arguments that the conversation does not support are dropped."""
    context = runtime.context
    given = {
        "product_type": product_type, "brand": brand, "color": color, "size": size, "gender": gender,
        "material": material, "attributes": attributes, "exclude": exclude, "min_price": min_price, "max_price": max_price, "in_stock": in_stock, "sort": sort,
    }  # fmt: skip
    return search_for_each(context, query, {name: value for name, value in given.items() if value is not None})


@tool
def recommend(
    runtime: Runtime,
    product_type: str | None = None,
    max_price: float | None = None,
    for_someone_else: bool | None = None,
) -> str:
    """Suggest products when the customer wants ideas and names no product."""
    return suggest(runtime.context)
