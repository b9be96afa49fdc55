"""Sizes and colours: what a product comes in, and an honest no where it does not come in what was asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant import cards
from assistant.turn import TurnContext
from index.catalogue import Product
from index.filters import Filters, accepts
from index.words import fold

LISTED = 10  # options that are named, at most
_WORD = re.compile(r"(?![xX]+[sSlL]$)[^\W\d]{4,}(?:[ -]\w+)*")  # a size that is a word, not a number or letters


_SIZES = re.compile(
    r"\b(?:which|what|any other|other|all(?: the)?|the) sizes?\b(?! (?:should|do i|am i|would|fits?|chart|guide))|\bsizes? (?:are|is|do you have|does it)\b|(?:哪些|什么|有几个|其他)(?:尺码|码数|号)"
)
_COUNT = re.compile(
    r"\bhow many\b[^?]{0,60}\b(?:left|in stock|available|do you (?:still )?have)\b|(?:还剩|还有|库存)(?:多少|几)"
)
_MADE_OF = re.compile(
    r"\b(?:made (?:of|from|out of|with)|is (?:it|this|that|the\b[^?]*)|are (?:they|these|those|the\b[^?]*)|contains?|have any|any)\b|是.*(?:做|制)|含"
)
_COLORS = re.compile(
    r"\b(?:which|what|any other|other|all(?: the)?) colou?rs?\b|\bcolou?rs? (?:are|do you have|does it)\b|(?:哪些|什么|其他|几种)(?:颜色|色)"
)


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


def told_options(context: TurnContext, product: Product) -> str | None:
    """The sizes or colours that a question asks for ("which sizes are left in blue?"): which can be had, and which not.

    None where it asks for neither, or the catalogue states none.
    """
    field = "size" if _SIZES.search(context.folded) else "color" if _COLORS.search(context.folded) else None
    if field is None:
        return None
    variants = _variants(context, product)
    if field == "size" and (said := context.said.filters.color):
        variants = [variant for variant in variants if variant.color in said] or variants
    elif field == "color" and (sizes := context.said.filters.size):
        variants = [variant for variant in variants if variant.size in sizes] or variants
    there = _values([variant for variant in variants if variant.in_stock], field)
    gone = [value for value in _values(variants, field) if value not in there]
    if not there and not gone:
        return None
    title = product.title
    if field == "size" and len({variant.color for variant in variants}) == 1 and variants[0].color:
        title = f"{title} ({variants[0].color})"
    context.state.focus = [product.id]
    if not there:
        return context.fix("options_gone", title=title, options=", ".join(gone[:LISTED]))
    key = f"options_some_{field}" if gone else "options_all"
    options = {"options": ", ".join(there[:LISTED]), **({"gone": ", ".join(gone[:LISTED])} if gone else {})}
    return context.fix(key, title=title, **options)


def told_count(context: TurnContext, product: Product) -> str | None:
    """How many there are, where a message asks for that and the shop counts; None else."""
    if not _COUNT.search(context.folded) or product.quantity is None or not product.in_stock:
        return None
    context.state.focus = [product.id]
    return context.fix("count_left", title=cards.name_of(product), count=product.quantity)


def told_materials(context: TurnContext, product: Product) -> str | None:
    """A no to "is it made of cotton?", with what it is made of; None where it is, or no material is asked about or stated."""
    asked = context.said.filters.material
    if not asked or not product.material or not _MADE_OF.search(context.folded):
        return None
    if any(accepts("material", held, asked) for held in product.material):
        return None
    context.state.focus = [product.id]
    context.fact(product.id, "material", ", ".join(product.material), cards.SOURCE)
    return context.fix("made_of", title=product.title, materials=", ".join(product.material))


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
