"""What a sentence says to be there, or gone, in the colours and sizes that it names."""

from __future__ import annotations

from functools import partial

from assistant.grounding.evidence import Evidence
from assistant.grounding.reading import Clause
from assistant.grounding.record import Record
from assistant.grounding.tokens import VARIANTS, Token
from assistant.grounding.verdicts import holds
from assistant.grounding.vocabulary import shades
from index.catalogue import Product


def stock(clause: Clause, evidence: Evidence) -> str | None:
    """What is said to be there is there, in the colour and size that are named."""
    for place, token in enumerate(clause.tokens):
        if token.kind == "stock":
            there = (token.value == "+") is not token.denied
        elif token.kind == "available" and token.text == "available" and _of_stock(clause, place):
            there = not token.denied
        elif token.kind == "preorder":
            if not holds(clause, evidence, token.denied, lambda r: r.product.offered in ("preorder", "backorder")):
                return f"stock: {token.text}"
            continue
        else:
            continue
        if any(t.text in VARIANTS for t in clause.tokens):  # counted by numbers.py, or the only ones
            continue
        if not holds(clause, evidence, False, partial(_there, clause=clause, there=there)):
            return f"stock: {token.text}"
    return None


def sold_out(record: Record, clause: Clause) -> bool:
    """Whether no variant in the named colour and size is in stock: then it may be said not to be available in them."""
    return not any(variant.in_stock for variant in named_variants(record, clause))


def _there(record: Record, clause: Clause, there: bool) -> bool:
    sizes, colors = clause.of("size"), clause.of("color")
    if clause.of("every_variant"):
        return all(v.in_stock is there for v in named_variants(record, clause))
    if not sizes and not colors:
        return record.product.in_stock is there
    for size in (*sizes,) or (None,):  # each that is named
        for color in (*colors,) or (None,):
            found = [v for v in record.variants if is_variant(v, size, color)]
            own = [v for v in found if color is not None or v.color == record.product.color]
            if there and not any(v.in_stock for v in found):
                return False
            if not there and any(v.in_stock for v in (own or found)):
                return False
    return True


def named_variants(record: Record, clause: Clause) -> list[Product]:
    sizes, colors = clause.of("size"), clause.of("color")
    return [
        v
        for v in record.variants
        if (not sizes or any(is_variant(v, size, None) for size in sizes))
        and (not colors or any(is_variant(v, None, color) for color in colors))
    ]


def is_variant(variant: Product, size: Token | None, color: Token | None) -> bool:
    fits = size is None or (variant.size or "").upper() == size.value.upper()
    return fits and (color is None or color.value in shades(variant.color or ""))


def _of_stock(clause: Clause, place: int) -> bool:
    """Whether "available" speaks of stock: of the product, or of one variant; else of what it comes in."""
    return bool(clause.of("every_variant") or (clause.of("size") and clause.of("color"))) or not _in_something(
        clause, place
    )


def _in_something(clause: Clause, place: int) -> bool:
    """Whether "available" goes on with what it is available in."""
    return any(
        token.kind in ("color", "size", "sizes", "colors", "number", "money")
        for token in clause.tokens[place + 1 : place + 6]
    ) or any(token.kind in ("size", "color", "colors", "sizes") for token in clause.tokens[:place])
