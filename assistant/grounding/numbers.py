"""Prices, ratings, counts and other numbers of a sentence, for the products that it speaks of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial

from assistant.grounding.evidence import Evidence
from assistant.grounding.reading import Clause
from assistant.grounding.record import Prose, Record, Stated
from assistant.grounding.tokens import Token
from assistant.grounding.verdicts import holds, objects, subjects
from assistant.grounding.vocabulary import chinese, plain
from index.words import stem, words

_PRICE_WORDS = ("cost", "costs", "price", "priced", "costing", "pay", "价格", "售价", "价", "定价", "标价", "现价")
_OTHERS = ("policy", "order", "cart", "chat")  # turns whose numbers may also be the shopper's own
_NOUNS = {"reviews": "reviews", "colors": "colors", "sizes": "sizes", "left": "stock", "things": "things"}


def numbers(clause: Clause, evidence: Evidence) -> str | None:
    """Each number of a clause is what it is said to be."""
    sums = [token for token in clause.tokens if token.kind == "money"]
    for place, token in enumerate(clause.tokens):
        if token.kind == "money" or (token.kind == "number" and _bare_price(clause, place)):
            fine = _money(clause, evidence, place, sums)
        elif token.kind == "percent":
            fine = _percent(clause, evidence, place)
        elif token.kind == "score":
            fine = holds(
                clause, evidence, token.denied, partial(_rated, value=token.number, scale=Decimal(token.value))
            )
        elif token.kind == "number":
            fine = _number(clause, evidence, place)
        else:
            continue
        if not fine:
            return f"{token.kind}: {token.text}"
    return None


def general_numbers(clause: Clause, evidence: Evidence) -> str | None:
    """Numbers of a sentence about no product: read in a policy or an order, or the shopper's own."""
    for token in clause.tokens:
        if token.kind in ("money", "percent", "number", "score") and not _read(token, clause, evidence):
            return f"{token.kind}: {token.text}"
    return None


def _read(token: Token, clause: Clause, evidence: Evidence) -> bool:
    if token.kind == "number" and token.spelled and token.number <= max(len(evidence.products), 1):
        return True
    for prose in (evidence.read, *((evidence.heard,) if evidence.kind in _OTHERS else ())):
        stated = prose.numbers.get(token.number, ())
        if any(not (token.kind == "number" and token.value and s.unit) or s.unit == token.value for s in stated):
            return True
    return False


def _money(clause: Clause, evidence: Evidence, place: int, sums: list[Token]) -> bool:
    token = clause.tokens[place]
    amount = token.number
    if token.kind == "money" and token.value != evidence.catalogue.currency:
        return amount in evidence.read.numbers
    before = clause.tokens[max(0, place - 4) : place]
    after = clause.tokens[place + 1 : place + 3]
    kinds = [t.kind for t in before]
    if clause.of("total"):
        return amount == sum((record.price for record in subjects(clause, evidence)), Decimal(0))
    if (over := _compared_with_amount(before)) is not None:
        return holds(clause, evidence, over.denied, _bounded("<=" if over.value == "price-" else ">=", amount))
    if clause.of("difference") or _beside_more(clause, place):
        return _apart(clause, evidence, amount, _less(clause, place))
    if (
        bound := next((t for t in [*reversed(before), *after] if t.kind in ("bound", "bound_after")), None)
    ) is not None:
        return holds(
            clause, evidence, bound.denied and bound.kind == "bound" and token.denied, _bounded(bound.value, amount)
        )
    if len(sums) == 2 and ("between" in kinds or clause.of("to", "between")) and not clause.of("was"):
        return _ranged(clause, evidence, sums)
    if any(t.kind == "was" and t.text != "was" for t in before) or (
        before and before[-1].text == "was" and clause.of("sale", "but")
    ):
        return holds(clause, evidence, False, lambda r: amount in r.list_prices)
    if any(t.kind in ("sale", "reduction") for t in (*before, *after)) and not _priced(before):
        return holds(
            clause, evidence, False, lambda r: bool(r.product.sale_price) and amount == r.product.price.amount - r.price
        )
    side = _side(clause, evidence, place)
    if "about" in kinds or any(t.kind == "about" for t in after[:1]):
        return side(lambda r: any(abs(price - amount) <= Decimal("0.5") for price in r.prices))
    if evidence.general and amount in evidence.read.numbers and not clause.named:
        return True
    return side(lambda r: amount in r.prices)


def _side(clause: Clause, evidence: Evidence, place: int) -> Callable[[Callable[[Record], bool]], bool]:
    """Of whom a number is said: after "than the other" it is the other's; with "respectively" each has its own."""
    token = clause.tokens[place]
    row = [t for t in clause.tokens if t.kind in ("money", "number", "score") and t.kind == token.kind]
    if len(row) == len(clause.subjects) > 1 and (
        clause.of("respectively") or any(t.text in ("respectively", "分别", "依次") for t in clause.tokens)
    ):
        mine = evidence.records[clause.subjects[row.index(token)]]
        return lambda check: check(mine)
    mentions = [t for t in clause.tokens[:place] if t.kind == "mention"]
    if (
        mentions
        and clause.objects
        and mentions[-1].products == clause.objects[: len(mentions[-1].products)]
        and mentions[-1].products[0] not in clause.subjects
    ):
        theirs = objects(clause, evidence)
        return lambda check: bool(theirs) and all(check(record) for record in theirs)
    return lambda check: holds(clause, evidence, token.denied, check)


def _bounded(direction: str, amount: Decimal) -> Callable[[Record], bool]:
    def verdict(record: Record) -> bool:
        if direction == "start":
            return amount == min(record.prices)
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
    if before and before[-1].text == "by" and any(t.kind == "more" for t in clause.tokens):
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


def _bare_price(clause: Clause, place: int) -> bool:
    """A number without a currency that can only be a price: "costs 45"."""
    token = clause.tokens[place]
    if token.value or token.spelled:
        return False
    before = [t.text for t in clause.tokens[max(0, place - 3) : place]]
    after = clause.tokens[place + 1] if place + 1 < len(clause.tokens) else None
    if after is not None and after.kind in (*_NOUNS, "word", "han", "outof", "rating", "percent"):
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


def _percent(clause: Clause, evidence: Evidence, place: int) -> bool:
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
    around = _around(clause, place)
    return _side(clause, evidence, place)(lambda r: _in(r.prose, token, around)) or (
        not clause.named and token.number in evidence.read.numbers
    )


def _number(clause: Clause, evidence: Evidence, place: int) -> bool:
    token, tokens = clause.tokens[place], clause.tokens
    before, after = tokens[max(0, place - 3) : place], tokens[place + 1 : place + 4]
    if before and before[-1].kind == "outof" and len(before) > 1 and before[-2].kind == "number":
        return token.number in (5, 10)
    rating_near = any(t.kind == "rating" for t in (*before, *after[:1]))
    out_of = bool(after) and after[0].kind == "outof" and len(after) > 1 and after[1].kind == "number"
    noun = next((t.kind for t in after if t.kind in _NOUNS), None) if after else None
    if noun in ("things", "left") and any(t.kind in ("word", "han") and t.text not in plain() for t in after):
        noun = None
    if any(t.kind == "rating" for t in after[:1]) and after[0].text not in ("ratings",):
        noun = None
    if (out_of or rating_near) and not (noun == "reviews" and not out_of) and noun not in ("colors", "sizes", "stock"):
        scale = after[1].number if out_of else Decimal(5)
        if not (before and before[-1].text in ("满分",)):
            return _side(clause, evidence, place)(lambda r: _rated(r, token.number, scale))
        return token.number in (5, 10)
    bound = next((t for t in before if t.kind == "bound"), None)
    counts: dict[str, Callable[[Record], int | None]] = {
        "reviews": lambda r: r.product.review_count,
        "colors": lambda r: len(r.colors) or None,
        "sizes": lambda r: len(r.sizes) or None,
        "left": lambda r: _quantity(r, clause, token.number),
    }
    near = _around(clause, place)
    if any(t.kind == "only" for t in before[-1:]) and any(t.kind in ("left", "stock") for t in tokens[place:]):
        noun = "left"
    if noun is None and before and before[-1].kind in ("reviews", "colors", "sizes") and not token.value and not near:
        noun = before[-1].kind  # 评论数 3
    if noun is None and any(t.kind == "stock" for t in after[:2]):
        noun = "left"
    if noun in counts:
        if _side(clause, evidence, place)(lambda r: _count(counts[noun](r), token.number, bound)):
            return True
        if noun in ("left", "reviews"):
            return noun == "left" and _side(clause, evidence, place)(lambda r: _in(r.prose, token, near, strict=True))
        return _side(clause, evidence, place)(lambda r: _in(r.prose, token, near, strict=True))
    if (
        token.value == ""
        and (noun == "things" or not near)
        and token.number in (len(evidence.products), len(clause.subjects))
        and token.number > 1
    ):
        return True
    if noun == "things" and 1 < token.number <= len(evidence.products):
        return True
    if _side(clause, evidence, place)(lambda r: _in(r.prose, token, near)):
        return True
    said = evidence.kind in _OTHERS and token.number in evidence.heard.numbers
    return not clause.named and (said or token.number in evidence.read.numbers)


def _count(held: int | None, number: Decimal, bound: Token | None) -> bool:
    if held is None:
        return False
    if bound is not None:
        return held <= number if bound.value == "<=" else held >= number
    return held == number


def _quantity(record: Record, clause: Clause, number: Decimal) -> int | None:
    """What is left: of the variant itself, of the one in the named size and colour, or of all together."""
    sizes = {t.value.upper() for t in clause.of("size")}
    colors = {t.value for t in clause.of("color")}
    found = [
        v
        for v in record.variants
        if (not sizes or (v.size or "").upper() in sizes)
        and (not colors or colors & set(words((v.color or "").lower())))
    ]
    if not sizes and not colors:
        found = [record.product]
    return next((v.quantity for v in found if v.quantity == number), found[0].quantity if found else None)


def _rated(record: Record, value: Decimal, scale: Decimal) -> bool:
    rating = record.product.rating
    return rating is not None and rating * (scale / 5) == value


def _around(clause: Clause, place: int) -> list[frozenset[str]]:
    """The words beside a number that say what it counts, each as the stems that may stand for it."""
    found: list[frozenset[str]] = []
    after = [*_content(clause.tokens[place + 1 : place + 4])]
    found += after
    if not after:
        found += _content(clause.tokens[max(0, place - 3) : place])
    return found


def _content(tokens: Iterable[Token]) -> list[frozenset[str]]:
    found = []
    for token in tokens:
        if token.kind in ("comma", "but", "stop", "money", "mention"):
            break
        if token.kind == "word" and token.text not in plain():
            found.append(frozenset(stem(part) for part in (token.text, *token.text.split("-"))))
        elif token.kind == "han":
            found.append(frozenset(stem(word) for phrase in chinese()[token.value] for word in words(phrase)))
        elif token.kind == "color":
            found.append(frozenset([stem(token.value)]))
    return found


def _in(prose: Prose, token: Token, around: list[frozenset[str]], *, strict: bool = False) -> bool:
    """Whether a text has a number with its unit, or with one of the words that stand beside it."""
    stated: tuple[Stated, ...] = prose.numbers.get(token.number, ())
    if token.kind == "number" and token.value:
        fitting = [s for s in stated if s.unit == token.value]
        if fitting:
            return True
        stated = tuple(s for s in stated if not s.unit)
        return any(token.value[:4] in form for s in stated for form in s.near)
    if not around:
        return bool(stated) and not strict
    return any(words_ & s.near for s in stated for words_ in around)
