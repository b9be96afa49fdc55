"""Prices, discounts and other shares of a hundred, for the products that a sentence speaks of."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from assistant.grounding.beside import COUNTED, content, rates, whose
from assistant.grounding.evidence import Evidence
from assistant.grounding.reading import Clause
from assistant.grounding.record import Prose, Record
from assistant.grounding.tokens import Token
from assistant.grounding.verdicts import holds, objects, subjects

_PRICE_WORDS = ("cost", "costs", "price", "priced", "costing", "pay", "价格", "售价", "价", "定价", "标价", "现价")
_LARGEST = Decimal(10**7)  # dearer is a slip, or a joke


def money(clause: Clause, evidence: Evidence, place: int, sums: list[Token]) -> bool:
    token = clause.tokens[place]
    amount = token.number
    if amount >= _LARGEST:
        return False
    if token.kind == "money" and token.value != evidence.catalogue.currency:
        pounds = "pound" in token.text and holds(clause, evidence, token.denied, partial(_weighs, pounds=amount))
        return pounds or amount in evidence.read.numbers
    before = clause.tokens[max(0, place - 4) : place]
    after = clause.tokens[place + 1 : place + 3]
    after_bound = [t for t in clause.tokens[place + 1 :] if t.kind == "bound_after"]
    kinds = [t.kind for t in before]
    if any(t.kind == "total" for t in clause.tokens[max(0, place - 5) : place + 4]):
        return amount == sum((record.price for record in subjects(clause, evidence)), Decimal(0))
    if (over := _compared_with_amount(before)) is not None:
        return holds(clause, evidence, over.denied, _bounded("<=" if over.value == "price-" else ">=", amount))
    if clause.of("difference") or _beside_more(clause, place):
        return _apart(clause, evidence, amount, _less(clause, place))
    if any(t.text in ("接近", "很接近", "close to") for t in clause.of("about")):
        if not holds(clause, evidence, False, lambda r: abs(r.price - amount) <= amount * Decimal("0.05")):
            return False
    if (
        bound := next(
            (t for t in [*after_bound, *reversed(before), *after] if t.kind in ("bound", "bound_after")), None
        )
    ) is not None:
        denied = bound.kind == "bound" and bound.denied and token.denied
        return holds(clause, evidence, denied, _bounded(bound.value, amount, denied=denied))
    if len(sums) == 2 and ("between" in kinds or clause.of("to", "between")) and not clause.of("was"):
        return _ranged(clause, evidence, sums)
    if any(t.kind == "was" and t.text != "was" for t in before) or (
        before and before[-1].text == "was" and clause.of("sale", "but")
    ):
        return holds(clause, evidence, False, lambda r: amount in r.list_prices)
    sale = [t for t in (*before, *after) if t.kind in ("sale", "reduction") and not t.denied]
    if sale and clause.of("than", "compared") and clause.objects:
        return _apart(clause, evidence, amount, True)
    if sale and not _priced(before):
        return holds(
            clause, evidence, False, lambda r: bool(r.product.sale_price) and amount == r.product.price.amount - r.price
        )
    side = whose(clause, evidence, place)
    if "about" in kinds or any(t.kind == "about" for t in after[:1]):
        return side(lambda r: any(abs(price - amount) <= Decimal("0.5") for price in r.prices))
    if evidence.general and amount in evidence.read.numbers and not clause.named:
        return True
    return side(lambda r: amount in r.prices)


def _weighs(record: Record, pounds: Decimal) -> bool:
    """ "15 pounds" of a shop that sells in dollars."""
    return any(stated.unit == "lb" for stated in record.prose.numbers.get(pounds, ()))


def _bounded(direction: str, amount: Decimal, *, denied: bool = False) -> Callable[[Record], bool]:
    def verdict(record: Record) -> bool:
        if direction == "start":
            return amount == min(record.prices)
        if denied:  # "not more than 45" is 45 too
            return record.price < amount if direction == "<=" else record.price > amount
        return record.price <= amount if direction == "<=" else record.price >= amount

    return verdict


def _ranged(clause: Clause, evidence: Evidence, sums: list[Token]) -> bool:
    low, high = sorted(token.number for token in sums)
    prices = [record.price for record in subjects(clause, evidence)]
    if any(t.text.startswith(("rang", "from")) for t in clause.of("between", "word")) and len(prices) > 1:
        return (min(prices), max(prices)) == (low, high)
    return bool(prices) and all(low <= price <= high for price in prices)


def _beside_more(clause: Clause, place: int) -> bool:
    """ "12 dollars cheaper", "cheaper by 12 dollars": a difference."""
    after = [t for t in clause.tokens[place + 1 : place + 3] if t.text not in ("a", "only")]
    if after and (
        after[0].kind == "more"
        or after[0].text in ("less", "more")
        or (after[0].kind == "bound" and after[0].text.startswith(("less", "more", "cheaper")))
    ):
        return True
    before = clause.tokens[max(0, place - 3) : place]
    if before and before[-1].text == "by" and any(t.kind in ("more", "same") for t in clause.tokens):
        return True
    return bool(before) and before[-1].kind == "more" and not before[-1].text.isascii()  # 便宜12美元


def _apart(clause: Clause, evidence: Evidence, amount: Decimal, less: bool | None) -> bool:
    """Whether a subject's price and another's are so far apart, and in that direction where one is said."""
    mine = subjects(clause, evidence)
    return any(
        abs(a.price - b.price) == amount and (less is None or (a.price < b.price) is less)
        for a in mine
        for b in (objects(clause, evidence) or mine)
    )


def _less(clause: Clause, place: int) -> bool | None:
    """ "12 dollars less than": the direction, where no comparison says it that is checked by itself."""
    after = clause.tokens[place + 1 : place + 2]
    if after and after[0].text.startswith(("less", "more")):
        return after[0].text.startswith("less")
    return None


def _compared_with_amount(before: list[Token]) -> Token | None:
    """ "Cheaper than 50 dollars", "costs less than 50": a bound."""
    kinds = [token.kind for token in before]
    if "than" not in kinds:
        return None
    place = len(kinds) - 1 - kinds[::-1].index("than")
    more = before[place - 1] if place else None
    if more is None or more.kind != "more" or not more.value.startswith("price") or "mention" in kinds[place:]:
        return None
    return more


def bare_price(clause: Clause, place: int) -> bool:
    """A number without a currency that can only be a price: "costs 45"."""
    token = clause.tokens[place]
    if token.value or token.spelled or any(map(rates, clause.tokens[:place])):
        return False
    before = [t.text for t in clause.tokens[max(0, place - 3) : place]]
    after = clause.tokens[place + 1] if place + 1 < len(clause.tokens) else None
    if after is not None and after.kind in (*COUNTED, "word", "han", "outof", "rating", "percent"):
        return False
    if (
        before
        and clause.tokens[place - 1].kind == "bound"
        and (after is None or after.kind in ("comma", "and", "but", "ask"))
    ):
        return True
    return any(word in _PRICE_WORDS for word in before)


def _priced(before: list[Token]) -> bool:
    return any(
        t.text in ("at", "for", "to", "now", "costs", "is", "price", "sale price", "现价", "售价") for t in before[-2:]
    )


def percent(clause: Clause, evidence: Evidence, place: int) -> bool:
    token = clause.tokens[place]
    near = clause.tokens[max(0, place - 3) : place + 4]
    if _beside_more(clause, place):
        return any(
            b.price and round(abs(a.price - b.price) / max(b.price, Decimal("0.01")) * 100) == token.number
            for a in subjects(clause, evidence)
            for b in objects(clause, evidence)
        )
    if any(t.kind in ("sale", "reduction") for t in near):
        return holds(
            clause,
            evidence,
            False,
            lambda r: (
                bool(r.product.sale_price) and round((1 - r.price / r.product.price.amount) * 100) == token.number
            ),
        )
    if any(t.kind == "rating" for t in near):
        return holds(
            clause,
            evidence,
            token.denied,
            lambda r: r.product.rating is not None and r.product.rating * 20 == token.number,
        )
    first = content(clause.tokens[place + 1 : place + 4])[:1]
    return whose(clause, evidence, place)(lambda r: _made_of(r.prose, token, first)) or (
        not clause.named and token.number in evidence.read.numbers
    )


def _made_of(prose: Prose, token: Token, first: list[frozenset[str]]) -> bool:
    """ "40% cotton": the word right after the number is the one that stands there in the text."""
    stated = prose.numbers.get(token.number, ())
    if not first:
        return bool(stated)
    return any(set(s.after[:2]) & first[0] for s in stated)
