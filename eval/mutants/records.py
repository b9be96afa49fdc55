"""Spoils what a reply carries beside its words: cards, facts and citations that the shop folder contradicts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from eval.mutants.case import Case, Maker, Mutant
from eval.mutants.folder import NUMBER, numbers
from index.catalogue import Product

_AVAILABLE = {"in_stock": "out_of_stock"}
CARD = ("id", "item_group_id", "title", "product_type", "color", "size", "price", "availability")
FACT = ("title", "price", "availability", "color", "size", "brand", "material", "attribute")


def stated(product: Product, name: str) -> str:
    """What the catalogue has under the name of a card's or a fact's field."""
    if name == "price":
        return str(product.current_price)
    if name == "availability":
        return product.offered
    if name == "item_group_id":
        return product.group_id
    if name in ("id", "title", "product_type", "color", "size", "brand"):
        return str(getattr(product, name) or "")
    return ", ".join(product.values(name) or product.values(name.replace(" ", "_")))


def _other(case: Case, product: Product, name: str) -> str:
    """Another product's value of a field, which this one has not."""
    own = stated(product, name)
    if name == "id":
        return f"{own}-X"
    if name == "availability":
        return _AVAILABLE.get(own, "in_stock")
    values = sorted({stated(other, name) for other in case.seen.catalogue.products.values()} - {own, ""})
    values = [value for value in values if value.lower() not in own.lower() and own.lower() not in value.lower()]
    return case.some(values)[0] if values else f"{own} too"


def _card(name: str) -> Maker:
    def make(case: Case) -> Iterator[Mutant]:
        products = case.seen.catalogue.products
        places = [n for n, card in enumerate(case.cards) if card["id"] in products and card.get(name)]
        for place in case.some(places):
            cards = case.cards
            other = _other(case, products[cards[place]["id"]], name)
            words = f"card {cards[place]['id']}: {name} {other!r}"
            cards[place][name] = other
            yield case.with_reply(words, products=cards)

    return make


def _fact(kind: str) -> Maker:
    def make(case: Case) -> Iterator[Mutant]:
        products, facts = case.seen.catalogue.products, case.reply["facts"]
        places = []
        for place, fact in enumerate(facts):
            name, product = fact["field"], products.get(fact["subject"])
            known = product is not None and stated(product, name) == fact["value"] != ""
            if known and (name == kind or (kind == "attribute" and name not in FACT)):
                places.append(place)
        for place in case.some(places):
            changed: list[dict[str, Any]] = [dict(fact) for fact in facts]
            fact = changed[place]
            fact["value"] = _other(case, products[fact["subject"]], fact["field"])
            yield case.with_reply(f"fact {fact['subject']} {fact['field']}: {fact['value']!r}", facts=changed)

    return make


def _quote_number(case: Case) -> Iterator[Mutant]:
    """A number of a quote becomes one that no policy has."""
    taken = numbers(case.folder.policies)
    for place, citation in enumerate(case.reply["citations"]):
        for match in case.some(list(NUMBER.finditer(citation["quote"]))):
            whole = Decimal(re.sub(r"\D.*", "", match[0]))
            other = next(n for n in range(int(whole) + 1, int(whole) + 1000) if Decimal(n) not in taken)
            quote = citation["quote"][: match.start()] + str(other) + citation["quote"][match.end() :]
            yield _with_citation(case, place, quote=quote)


def _quote_words(case: Case) -> Iterator[Mutant]:
    for place, citation in enumerate(case.reply["citations"]):
        yield _with_citation(case, place, quote=f"{citation['quote']} Everybody gets a present besides.")


def _quote_source(case: Case) -> Iterator[Mutant]:
    """The quote is said to stand in a file in which its words do not all occur."""
    for place, citation in enumerate(case.reply["citations"]):
        words = set(re.findall(r"\w+", citation["quote"].lower()))
        other = [p.source for p in case.seen.shop.policies if words - set(re.findall(r"\w+", p.text.lower()))]
        for source in case.some(other):
            yield _with_citation(case, place, source=source)


def _with_citation(case: Case, place: int, **changes: str) -> Mutant:
    citations = [dict(citation) for citation in case.reply["citations"]]
    citations[place] |= changes
    return case.with_reply(f"cited: {changes}", citations=citations)


def _passage(case: Case) -> Iterator[Mutant]:
    """A policy's passage among the facts says what the policy does not."""
    sources = {policy.source for policy in case.seen.shop.policies}
    for place, fact in enumerate(case.reply["facts"]):
        if fact["subject"] in sources:
            facts = [dict(other) for other in case.reply["facts"]]
            facts[place]["value"] = f"{fact['value']} Everybody gets a present besides."
            yield case.with_reply(f"fact {fact['subject']}: {facts[place]['value']}", facts=facts)


_STATUSES = ("pending", "processed", "delivered", "cancelled", "returning", "exchanging")


def _status(case: Case) -> Iterator[Mutant]:
    """An order's status is another than the store has."""
    stored = (case.seen.held_after or {}).get("orders", {})
    for place, fact in enumerate(case.reply["facts"]):
        if fact["field"] == "status" and fact["subject"] in stored:
            facts = [dict(other) for other in case.reply["facts"]]
            facts[place]["value"] = case.some([status for status in _STATUSES if status != fact["value"]])[0]
            yield case.with_reply(f"fact {fact['subject']} status: {facts[place]['value']}", facts=facts)


RECORDS: dict[tuple[str, str], Maker] = {
    **{("grounded", f"card.{name}"): _card(name) for name in CARD},
    **{("grounded", f"fact.{name}"): _fact(name) for name in FACT},
    ("grounded", "fact.passage"): _passage,
    ("grounded", "fact.status"): _status,
    ("grounded", "quote.number"): _quote_number,
    ("grounded", "quote.words"): _quote_words,
    ("grounded", "quote.source"): _quote_source,
}
