"""Spoils which cards are shown: one too few, one too many, or a real product that a predicate does not allow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from eval.dialogues import Expect, Predicate, Products
from eval.mutants.case import Case, Maker, Mutant
from index.catalogue import Product


def card_of(product: Product, ref: int) -> dict[str, Any]:
    """A card that states a product rightly."""
    return {
        "ref": ref, "id": product.id, "item_group_id": product.group_id, "title": product.title,
        "product_type": product.product_type or "", "color": product.color, "size": product.size,
        "price": str(product.current_price), "availability": product.offered, "sponsored": False, "alternative": False,
        "because": None, "reason": None,
    }  # fmt: skip


def _equal(name: str) -> Callable[[Any, Product], bool]:
    return lambda wanted, product: str(getattr(product, name) or "").casefold() == str(wanted).casefold()


def _begins(wanted: str, values: Sequence[str]) -> bool:
    """From the start of a word, without case."""
    return any(
        value.casefold().startswith(wanted.casefold(), start)
        for value in values
        for start in (m.start() for m in re.finditer(r"(?<!\w)\S", value))
    )


# The format's fields, read once more: a mutant must not be made by the reading that it is to test.
FIELDS: Mapping[str, Callable[[Any, Product], bool]] = {
    "id": _equal("id"),
    "item_group_id": _equal("group_id"),
    "size": _equal("size"),
    "brand": _equal("brand"),
    "color": _equal("color"),
    "gender": lambda wanted, product: wanted.casefold() in [held.casefold() for held in product.gender],
    "product_type": lambda wanted, product: _begins(wanted, [product.product_type or ""]),
    "material": lambda wanted, product: _begins(wanted, product.material),
    "title": lambda wanted, product: wanted.casefold() in product.title.casefold(),
    "text": lambda wanted, product: wanted.casefold() in f"{product.title} {product.description}".casefold(),
    "id_contains": lambda wanted, product: wanted.casefold() in product.id.casefold(),
    "attributes": lambda wanted, product: all(
        value.casefold() in [held.casefold() for held in product.values(name)] for name, value in wanted.items()
    ),
    "price_min": lambda wanted, product: product.current_price.amount >= Decimal(str(wanted)),
    "price_max": lambda wanted, product: product.current_price.amount <= Decimal(str(wanted)),
    "in_stock": lambda wanted, product: product.in_stock is wanted,
    "not": lambda wanted, product: not meets(wanted, product),
}


def asked(predicate: Predicate) -> dict[str, Any]:
    """The fields that a predicate has."""
    held = {name: getattr(predicate, "not_" if name == "not" else name) for name in FIELDS}
    return {name: value for name, value in held.items() if value not in (None, {})}


def meets(predicate: Predicate, product: Product, *, without: str = "") -> bool:
    """Whether a product is what a predicate says, one of its fields left out."""
    return all(FIELDS[name](value, product) for name, value in asked(predicate).items() if name != without)


def breaking(case: Case, predicate: Predicate, name: str) -> Product | None:
    """A real product that a predicate does not allow because of one field alone; of prices the nearest one."""
    wanted = asked(predicate).get(name)
    if wanted is None:
        return None
    found = [
        product
        for product in case.seen.catalogue.products.values()
        if not FIELDS[name](wanted, product) and meets(predicate, product, without=name)
    ]
    if not found:
        return None
    if name in ("price_min", "price_max"):
        return min(found, key=lambda p: (abs(p.current_price.amount - Decimal(str(wanted))), p.id))
    return case.some(found)[0]


def _products(case: Case, **asked: Any) -> Expect:
    """What the script expects, but of the cards only this."""
    return case.expect.model_copy(update={"products": Products.model_construct(**{**_NOTHING, **asked})})


_NOTHING: Mapping[str, Any] = {"min": None, "max": None, "every": None, "some": [], "none": []}


def _min(case: Case) -> Iterator[Mutant]:
    wanted = case.expect.products
    if wanted and wanted.min:
        few = case.cards[: wanted.min - 1]
        yield case.with_reply(f"{len(few)} cards", _products(case, min=wanted.min), products=few)


def _max(case: Case) -> Iterator[Mutant]:
    wanted = case.expect.products
    if wanted and wanted.max is not None:
        more = case.some(list(case.seen.catalogue.products.values()), wanted.max + 1)
        cards = [card_of(product, ref) for ref, product in enumerate(more, 1)]
        if len(cards) > wanted.max:
            yield case.with_reply(f"{len(cards)} cards", _products(case, max=wanted.max), products=cards)


def _with(case: Case, product: Product, cards: Sequence[Mapping[str, Any]]) -> list[Any]:
    return [*cards, card_of(product, len(cards) + 1)]


def _every(name: str) -> Maker:
    def make(case: Case) -> Iterator[Mutant]:
        wanted = case.expect.products and case.expect.products.every
        if wanted and (product := breaking(case, wanted, name)):
            cards, expect = _with(case, product, case.cards), _products(case, every=wanted)
            yield case.with_reply(f"{product.id} is shown too, whose {name} is wrong", expect, products=cards)

    return make


def _others(case: Case, predicate: Predicate) -> list[dict[str, Any]]:
    """The cards that do not meet a predicate."""
    products = case.seen.catalogue.products
    return [card for card in case.cards if card["id"] not in products or not meets(predicate, products[card["id"]])]


def _some_removed(case: Case) -> Iterator[Mutant]:
    for predicate in (case.expect.products and case.expect.products.some) or ():
        left, expect = _others(case, predicate), _products(case, some=[predicate])
        yield case.with_reply(f"no card meets {asked(predicate)}", expect, products=left)


def _some(name: str) -> Maker:
    def make(case: Case) -> Iterator[Mutant]:
        for predicate in (case.expect.products and case.expect.products.some) or ():
            if product := breaking(case, predicate, name):
                cards, expect = _with(case, product, _others(case, predicate)), _products(case, some=[predicate])
                yield case.with_reply(f"{product.id} instead, whose {name} is wrong", expect, products=cards)

    return make


def _none(name: str) -> Maker:
    def make(case: Case) -> Iterator[Mutant]:
        for predicate in (case.expect.products and case.expect.products.none) or ():
            if name not in asked(predicate):
                continue
            found = [product for product in case.seen.catalogue.products.values() if meets(predicate, product)]
            for product in case.some(found):
                cards, expect = _with(case, product, case.cards), _products(case, none=[predicate])
                yield case.with_reply(f"{product.id} is shown too", expect, products=cards)

    return make


CARDS: dict[tuple[str, str], Maker] = {
    ("products", "min"): _min,
    ("products", "max"): _max,
    **{("products", f"every.{name}"): _every(name) for name in FIELDS},
    ("products", "some"): _some_removed,
    **{("products", f"some.{name}"): _some(name) for name in FIELDS},
    **{("products", f"none.{name}"): _none(name) for name in FIELDS},
}
