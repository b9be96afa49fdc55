"""Looks facts up again in the shop folder, apart from the assistant's own audit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from eval.dialogues import Predicate
from index.catalogue import Catalogue, Product
from index.feed_values import genders


def fits(predicate: Predicate, product: Product) -> bool:
    """Whether a product meets a predicate, as the format words it."""
    equal = {
        "id": product.id,
        "item_group_id": product.group_id,
        "size": product.size,
        "brand": product.brand,
        "color": product.color,
    }
    for name, value in equal.items():
        wanted = getattr(predicate, name)
        if wanted is not None and (value or "").lower() != wanted.lower():
            return False
    text = f"{product.title} {product.description}".lower()
    price = product.current_price.amount
    checks = (
        predicate.gender is None or set(genders([predicate.gender], None)) <= set(product.gender),
        predicate.product_type is None or starts_word(product.product_type or "", predicate.product_type),
        predicate.material is None or any(starts_word(m, predicate.material) for m in product.material),
        predicate.title is None or predicate.title.lower() in product.title.lower(),
        predicate.text is None or predicate.text.lower() in text,
        predicate.id_contains is None or predicate.id_contains.lower() in product.id.lower(),
        predicate.price_min is None or price >= Decimal(str(predicate.price_min)),
        predicate.price_max is None or price <= Decimal(str(predicate.price_max)),
        predicate.in_stock is None or product.in_stock == predicate.in_stock,
        predicate.not_ is None or not fits(predicate.not_, product),
    )
    return all(checks) and all(
        value.lower() in {held.lower() for held in product.values(name)} for name, value in predicate.attributes.items()
    )


def starts_word(value: str, want: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(want)}", value, re.I))


def numbers(text: str) -> set[str]:
    """Numbers of a text in one form: 42.00 is 42."""
    found = set()
    for raw in re.findall(r"\d+(?:[.,]\d+)*", text):
        plain = raw.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", raw) else raw.replace(",", ".")
        found.add(plain.rstrip("0").rstrip(".") if plain.count(".") == 1 else plain)
    return found


def stated_of(catalogue: Catalogue, product: Product) -> str:
    """All that the shop folder says of a product and its group, as one text."""
    group = catalogue.groups[product.group_id]
    parts = [
        product.title,
        product.description,
        product.product_type or "",
        product.brand or "",
        *product.material,
    ]
    for variant in group.variants:
        parts += [
            str(variant.price),
            str(variant.current_price),
            variant.color or "",
            variant.size or "",
            str(variant.quantity),
        ]
    parts += [value for values in product.attributes.values() for value in values]
    parts += [f"{name}".replace("_", " ") for name in product.attributes]
    parts += [f"{product.rating or ''} of 5 {product.review_count} reviews"]
    parts += [f"{review.title} {review.text}" for review in catalogue.reviews.get(product.group_id, ())]
    return " ".join(parts)


def catalogue_words(catalogue: Catalogue) -> Mapping[str, str]:
    """Attribute words of the catalogue (folded) that a reply must not use of a product that has them not."""
    found: dict[str, str] = {}
    for name, values in catalogue.facets.items():
        if name in ("product_type", "brand", "size", "gender"):
            continue
        for value in values:
            word = value.lower()
            if len(word) > 4 and word.isalpha():
                found[word] = value
    return found
