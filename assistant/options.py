"""Sizes and colours: what a product comes in, and an honest no where it does not come in what was asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant import cards
from assistant.turn import TurnContext
from index.catalogue import Product
from index.filters import Filters
from index.words import fold

LISTED = 10  # options that are named, at most
_WORD = re.compile(r"[^\W\d]{4,}(?:[ -]\w+)*")  # a size that is a word, not a number or letters


def lacking(context: TurnContext, product: Product, said: Filters | None = None) -> tuple[str, str] | None:
    """(what was asked for, what there is) where a product's group has no variant in the colour and size said.

    None where it has one, where none was said, and where the catalogue does not state what it comes in.

    Args:
        said: what is said of this product; default: what the message says.
    """
    said, variants = said or context.said.filters, _variants(context, product)
    title = fold(product.title)
    colors = tuple(color for color in said.color if not re.search(rf"(?<!\w){re.escape(fold(color))}(?!\w)", title))
    has_colors, has_sizes = any(v.color for v in variants), any(v.size for v in variants)
    wanted = Filters(color=colors if has_colors else (), size=_sizes(context, product, said.size) if has_sizes else ())
    if not wanted or any(wanted.met_by(variant) for variant in variants):
        return None
    missing = Filters(color=wanted.color) if wanted.color else wanted
    if wanted.color and any(
        missing.met_by(variant) for variant in variants
    ):  # the colour is there, the size is not in it
        inside = [variant for variant in variants if missing.met_by(variant)]
        value = (
            ", ".join((*wanted.size, *wanted.color))
            if _any(variants, Filters(size=wanted.size))
            else ", ".join(wanted.size)
        )
        return value, listed(inside, "size")
    if wanted.color:
        return ", ".join(wanted.color), listed(variants, "color")
    return ", ".join(wanted.size), listed(variants, "size")


def no_such_option(
    context: TurnContext, product: Product, said: Filters | None = None, *, key: str = "no_such_option"
) -> str | None:
    """Say that a product does not come in the colour or size said, and what it comes in; None where it does.

    Args:
        said: as for `lacking`.
        key: of the fixed text.
    """
    no = lacking(context, product, said)
    if no is None:
        return None
    value, options = no
    context.state.focus = [product.id]
    cards.show(context, [cards.alone(product)], alternative=True)
    return context.fix(key, "nothing_matches", title=product.title, value=value, options=options)


def comes_in(context: TurnContext, product: Product, field: str) -> str:
    """The sizes or colours that a product's group comes in, for a sentence; empty where the catalogue states none."""
    return listed(_variants(context, product), field)


def in_stock(context: TurnContext, product: Product, field: str) -> list[str]:
    """The sizes or colours of a product's group that can be bought now; sizes in the product's own colour."""
    variants = [v for v in _variants(context, product) if v.in_stock]
    if field == "size":
        variants = [v for v in variants if not product.color or v.color == product.color]
    return _values(variants, field)


def listed(variants: Sequence[Product], field: str) -> str:
    values = _values(variants, field)
    return ", ".join(values[:LISTED]) + (" …" if len(values) > LISTED else "")


def _variants(context: TurnContext, product: Product) -> Sequence[Product]:
    return context.services.search.catalogue.groups[product.group_id].variants


def _sizes(context: TurnContext, product: Product, said: Sequence[str]) -> tuple[str, ...]:
    """What of the sizes said can be one of this kind of product: a mat comes in "Wide", boots only run so."""
    held = context.services.search.catalogue.products.values()
    alike = {fold(other.size) for other in held if other.size and other.product_type == product.product_type}
    return tuple(size for size in said if not _WORD.fullmatch(size) or fold(size) in alike)


def _any(variants: Sequence[Product], wanted: Filters) -> bool:
    return any(wanted.met_by(variant) for variant in variants)


def _values(variants: Sequence[Product], field: str) -> list[str]:
    return list(dict.fromkeys(value for variant in variants if (value := getattr(variant, field))))
