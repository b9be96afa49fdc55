"""What a reply carries beside its words, looked up: the fields of its cards, and the facts that it says it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from eval.truth.records import Record, Records
from eval.truth.text import fold, sentences
from index.catalogue import Product

_CARD = ("title", "price", "availability", "item_group_id", "product_type", "color", "size")


def misstated(records: Records, reply: Mapping[str, Any], orders: Mapping[str, str]) -> str:
    """What cards and facts state that the folder does not, or nothing. A field that a card lacks is not looked at.

    Args:
        orders: id → status of the shopper's orders, as the store has it.
    """
    for card in reply["products"]:
        product = records.catalogue.products.get(card["id"])
        if product is None:
            return f"card {card['id']} is no product"
        for name in _CARD:
            if name in card and (card[name] or "") != _stated(product, name):
                return f"card {card['id']} says {name} {card[name]}, not {_stated(product, name)}"
    for fact in reply["facts"]:
        if (held := _held(records, fact, orders)) is not None and not held:
            return f"fact {fact['subject']} {fact['field']}: {fact['value']}"
    return ""


def _held(records: Records, fact: Mapping[str, Any], orders: Mapping[str, str]) -> bool | None:
    """Whether the folder has a fact; None where it is about something else: a time, a reason, a shopper."""
    subject, name, value = fact["subject"], fact["field"], str(fact["value"])
    if record := records.record(subject):
        if name == "evidence":
            return _told(record, value)
        return None if name == "because" else _has(record.product, name, value)
    if name == "passage":
        texts = " ".join(policy.text for policy in records.shop.policies if policy.source == subject)
        return _within(value, _bare(texts))
    if name == "status" and subject in orders:
        return value in (orders[subject], "unknown")
    return None


def _stated(product: Product, name: str) -> str:
    if name == "price":
        return str(product.current_price)
    if name in ("availability", "item_group_id"):
        return product.offered if name == "availability" else product.group_id
    return str(getattr(product, name) or "")


def _has(product: Product, name: str, value: str) -> bool:
    """Whether a product has a value, or some of the values that it has under a name."""
    if name in _CARD:
        return value == _stated(product, name)
    if name == "rating":
        return value == str(product.rating)
    listed = next((held for key in (name, name.replace(" ", "_")) if (held := product.values(key))), ())
    return value in listed or any(value == ", ".join(listed[:many]) for many in range(1, len(listed) + 1))


def _told(record: Record, value: str) -> bool:
    """Whether a text about a product stands in the folder: as a value with its name, or in its description or reviews."""
    reviews = " ".join(f"{review.title} {review.text}" for review in record.reviews)
    known = _bare(f"{record.product.description} {reviews} {' '.join(_lines(record))}")
    return _within(value, known)


def _lines(record: Record) -> Iterator[str]:
    product = record.product
    yield f"Price: {product.current_price}. Availability: {product.offered.replace('_', ' ')}"
    yield f"Colours: {', '.join(record.colors)}. Sizes: {', '.join(record.sizes)}"
    yield f"Material: {', '.join(product.material)}. Brand: {product.brand}"
    yield f"Rating: {product.rating} of 5 from {product.review_count} reviews"
    for name, values in product.attributes.items():
        yield f"{name.replace('_', ' ')}: {', '.join(values)}"


def _within(value: str, known: str) -> bool:
    """Whether each sentence of a text, or each cell of a table that is read out, is in what is known."""
    parts = [part for sentence in sentences(value) for part in re.split(r"[.:]\s", sentence)]
    return all(_bare(part) in known for part in parts)


def _bare(text: str) -> str:
    return re.sub(r"\W+", "", fold(text))
