"""Prices, ratings, counts and other numbers of a sentence, for the products that it speaks of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from itertools import takewhile

from assistant.grounding.evidence import Evidence
from assistant.grounding.reading import Clause
from assistant.grounding.record import Prose, Record, Stated
from assistant.grounding.tokens import VARIANTS, Token
from assistant.grounding.verdicts import holds, objects, subjects
from assistant.grounding.vocabulary import chinese, plain
from index.words import stem, words

_PRICE_WORDS = ("cost", "costs", "price", "priced", "costing", "pay", "价格", "售价", "价", "定价", "标价", "现价")
_OTHERS = ("policy", "order")  # turns whose numbers may also be the shopper's own
_HERE = frozenset(
    "here there these those are the i we found have you all has shows 为您 looking at see for 找到 找到了 这里 有 这里是 共".split()
)
_LARGEST = Decimal(10**7)  # dearer is a slip, or a joke
_RATED = re.compile("评|得分")
_BREAKS = ("comma", "but", "stop", "money", "mention")
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
    stated = evidence.read.numbers.get(token.number, ())
    if any(not (token.kind == "number" and token.value and s.unit) or s.unit == token.value for s in stated):
        return True
    return _supposed(token, clause, evidence)


def _supposed(token: Token, clause: Clause, evidence: Evidence) -> bool:
    """The shopper's own number, said as their case and not as the shop's: "for an order of 80"."""
    before = [t for t in clause.tokens if t.place < token.place][-3:]
    case = any(
        t.kind == "bound" or t.text in ("order", "orders", "purchase", "of", "worth", "订单", "满") for t in before
    )
    return evidence.kind in _OTHERS and case and token.number in evidence.heard.numbers


def _money(clause: Clause, evidence: Evidence, place: int, sums: list[Token]) -> bool:
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
    side = _side(clause, evidence, place)
    if "about" in kinds or any(t.kind == "about" for t in after[:1]):
        return side(lambda r: any(abs(price - amount) <= Decimal("0.5") for price in r.prices))
    if evidence.general and amount in evidence.read.numbers and not clause.named:
        return True
    return side(lambda r: amount in r.prices)


def _weighs(record: Record, pounds: Decimal) -> bool:
    """ "15 pounds" of a shop that sells in dollars."""
    return any(stated.unit == "lb" for stated in record.prose.numbers.get(pounds, ()))


def _side(clause: Clause, evidence: Evidence, place: int) -> Callable[[Callable[[Record], bool]], bool]:
    """Of whom a number is said: after "than the other" it is the other's; with "respectively" each has its own."""
    token = clause.tokens[place]
    row = [t for t in clause.tokens if t.kind in ("money", "number", "score") and t.kind == token.kind]
    if len(row) == len(clause.subjects) > 1 and clause.every and not clause.objects:
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


def _bare_price(clause: Clause, place: int) -> bool:
    """A number without a currency that can only be a price: "costs 45"."""
    token = clause.tokens[place]
    if token.value or token.spelled or any(t.kind == "rating" or _RATED.search(t.text) for t in clause.tokens[:place]):
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
    first = _content(clause.tokens[place + 1 : place + 4])[:1]
    return _side(clause, evidence, place)(lambda r: _made_of(r.prose, token, first)) or (
        not clause.named and token.number in evidence.read.numbers
    )


def _made_of(prose: Prose, token: Token, first: list[frozenset[str]]) -> bool:
    """ "40% cotton": the word right after the number is the one that stands there in the text."""
    stated = prose.numbers.get(token.number, ())
    if not first:
        return bool(stated)
    return any(set(s.after[:2]) & first[0] for s in stated)


def _number(clause: Clause, evidence: Evidence, place: int) -> bool:
    token, tokens = clause.tokens[place], clause.tokens
    if place > 1 and tokens[place - 1].kind == "outof" and tokens[place - 2].kind == "number":
        return token.number in (5, 10)
    side = _side(clause, evidence, place)
    role = _role(clause, place)
    pointed = place > 0 and tokens[place - 1].text.split()[-1] in ("of", "these", "the", "those", "all")
    alone = role in (None, "things") and not _content(tokens[place + 1 : place + 2])
    if alone and pointed and token.number == len(evidence.records) > 1:
        return True
    bound = next((t for t in tokens[max(0, place - 3) : place] if t.kind == "bound"), None)
    near = _around(clause, place)
    if role == "scale":
        return token.number in (5, 10)
    if role == "rating":
        given = any(t.text in ("gave", "gives", "给了", "打了") for t in tokens)
        scale = tokens[place + 2].number if _out_of(clause, place) else Decimal(5)
        stars = _by_reviewer(clause, evidence, token.number)
        if stars is None and given:  # nobody's stars are the product's
            return side(partial(_given, value=token.number, bound=bound, all_of_them=_all_gave(tokens[:place])))
        return stars if stars is not None else side(partial(_rated, value=token.number, scale=scale, bound=bound))
    counts: dict[str, Callable[[Record], int | None]] = {
        "reviews": lambda r: r.product.review_count,
        "colors": lambda r: len(r.colors) or None,
        "sizes": lambda r: len(r.sizes) or None,
        "left": lambda r: _quantity(r, clause, token.number),
    }
    if role in counts:
        stated = role != "reviews" and side(lambda r: _in(r.prose, token, near, strict=True))
        return side(lambda r: _count(counts[role](r), token.number, bound)) or stated
    several = token.number > 1 and len(clause.subjects) == len(evidence.records) == token.number
    if several and (not near or all(t.text in _HERE for t in tokens[:place])):
        return True
    if any(t.text in VARIANTS for t in tokens[place + 1 : place + 4]):
        return side(partial(_variants_in, clause=clause, count=token.number))
    if role == "things" and len(evidence.records) > 1:
        return 1 < token.number <= len(evidence.records)
    if side(lambda r: _in(r.prose, token, near)):
        return True
    return not clause.named and (_supposed(token, clause, evidence) or token.number in evidence.read.numbers)


def _all_gave(before: list[Token]) -> bool:
    return any(t.text in ("every", "all", "each", "both", "所有", "都") or t.kind == "both" for t in before)


def _given(record: Record, value: Decimal, bound: Token | None, all_of_them: bool) -> bool:
    """Whether all reviewers gave so many stars (or at least so many); else one of them."""
    stars = [review.rating for review in record.reviews]
    meets = [s >= value if bound is not None and bound.value == ">=" else s == value for s in stars]
    return bool(meets) and (all(meets) if all_of_them else any(meets))


def _role(clause: Clause, place: int) -> str | None:
    """What a number counts, by the words around it, no other number between."""
    tokens = clause.tokens
    if tokens[place].value:  # "a waterproof rating of 10000 mm"
        return None
    after: list[Token] = []
    for token in tokens[place + 1 : place + 5]:
        if token.kind in ("number", "money", "comma", "and", "but", "stop", "mention", "size"):
            break
        after.append(token)
    before: list[Token] = []
    for token in reversed(tokens[max(0, place - 4) : place]):
        if token.kind in ("number", "money", "comma", "but", "stop"):
            break
        before.append(token)
    scale = any(t.text in ("满分", "满分为") for t in before[:1]) or any(t.text == "星制" for t in after[:1])
    if scale or any(t.text == "scale" for t in before[:2]):
        return "scale"
    if _out_of(clause, place):
        return "rating"
    noun = next((t for t in after if t.kind in _NOUNS or t.kind in ("rating", "stock")), None)
    words_between = after[: after.index(noun)] if noun is not None else []
    if noun is not None and not any(t.kind in ("word", "han") and t.text not in plain() for t in words_between):
        if noun.kind == "rating" and noun.text != "ratings":
            return "rating"
        if noun.kind == "stock" or (noun.kind == "left" and not _content(after[after.index(noun) + 1 :][:1])):
            return "left"
        if noun.kind in ("reviews", "colors", "sizes", "things") or noun.text == "ratings":
            return "reviews" if noun.text == "ratings" else noun.kind
    if any(t.kind == "rating" or _RATED.search(t.text) for t in before[:3]):
        return "rating"
    if any(t.kind in ("left", "stock") for t in tokens[place:]) and (before[:1] and before[0].kind == "only"):
        return "left"
    of_it = [t for t in tokens[place + 1 : place + 5] if t.text not in ("the", "our")]
    if len(of_it) > 1 and of_it[0].text == "of" and of_it[1].kind == "mention":
        return "left"
    if before and before[0].kind in ("reviews", "colors", "sizes", "left") and not after:
        return before[0].kind
    return None


def _out_of(clause: Clause, place: int) -> bool:
    """ "4 of 5"."""
    after = clause.tokens[place + 1 : place + 3]
    return len(after) == 2 and after[0].kind == "outof" and after[1].kind == "number" and after[1].number in (5, 10)


def _by_reviewer(clause: Clause, evidence: Evidence, stars: Decimal) -> bool | None:
    """Whether a reviewer who is named gave that many stars; None if none is named."""
    said = {token.text for token in clause.tokens if token.kind in ("word", "color")}
    named = [
        review.rating
        for record in subjects(clause, evidence)
        for review in record.reviews
        if words(review.author) and set(words(review.author)) <= said
    ]
    return stars in named if named else None


def _variants_in(record: Record, clause: Clause, count: Decimal) -> bool:
    """ "Four variants are sold out", "comes in 15 variants"."""
    gone = any(t.kind == "stock" and t.value == "-" for t in clause.tokens)
    there = any(t.kind == "stock" and t.value == "+" for t in clause.tokens)
    return count == sum(1 for v in record.variants if not (gone and v.in_stock) and not (there and not v.in_stock))


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


def _rated(record: Record, value: Decimal, scale: Decimal, bound: Token | None = None) -> bool:
    rating = record.product.rating
    if rating is None:
        return False
    own = rating * (scale / 5)
    if bound is not None:
        return own <= value if bound.value == "<=" else own >= value
    return own == value


def _around(clause: Clause, place: int) -> list[frozenset[str]]:
    """The words beside a number that say what it counts, each as the stems that may stand for it."""
    found: list[frozenset[str]] = []
    after = _content(takewhile(lambda token: token.kind != "and", clause.tokens[place + 1 : place + 4]))
    found += after
    if not after:
        before = takewhile(lambda token: token.kind not in _BREAKS, reversed(clause.tokens[max(0, place - 3) : place]))
        found += _content(before)
    return found


def _content(tokens: Iterable[Token]) -> list[frozenset[str]]:
    found = []
    for token in tokens:
        if token.kind in _BREAKS:
            break
        if token.kind == "word" and token.text not in plain():
            found.append(frozenset(stem(part) for part in (token.text, *token.text.split("-"))))
        elif token.kind == "left":
            found.append(frozenset([stem(token.text), *(("piec", "pc") if token.text == "件" else ())]))
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
        if token.value == "degree":  # "machine wash 30 C"
            return any(s.after[:1] in (("c",), ("f",)) for s in stated)
        return any(token.value[:4] in form for s in stated for form in s.near)
    if not around:
        return bool(stated) and not strict
    return any(words_ & s.near for s in stated for words_ in around)
