"""Ratings, counts and other numbers of a sentence, for the products that it speaks of."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from itertools import takewhile

from assistant.grounding.beside import COUNTED, around, content, rates, stated_in, whose
from assistant.grounding.evidence import Evidence
from assistant.grounding.prices import bare_price, money, percent
from assistant.grounding.quantities import SCALES
from assistant.grounding.reading import Clause
from assistant.grounding.record import Record
from assistant.grounding.tokens import VARIANTS, Token
from assistant.grounding.verdicts import holds, subjects
from assistant.grounding.vocabulary import plain
from index.words import stem, words

_OTHERS = ("policy", "order")  # turns whose numbers may also be the shopper's own
_WORDS = {  # dimension → by which words it is named
    "mass": frozenset("weigh weighs weight weighing heavy 重 重量 重达".split()),
    "length": frozenset(
        "long wide high tall deep thick across length width height depth thickness diameter "
        "长 宽 高 深 厚 长度 宽度 高度 深度 厚度 直径".split()
    ),
}
_EXTENTS = tuple(  # the words of an extent that is named for itself, and the stems by which it is stated
    (frozenset(forms.split()), frozenset(map(stem, stated.split())))
    for forms, stated in (
        ("thick thickness 厚 厚度", "thick thickness"),
        ("diameter 直径", "diameter across"),
        ("deep depth 深 深度", "deep depth"),
    )
)
_ENDS = ("number", "money", "comma", "and", "but", "stop", "mention")
_HERE = frozenset(
    "here there these those are the i we found have you all has shows 为您 looking at see for 找到 找到了 这里 有 这里是 共".split()
)


def numbers(clause: Clause, evidence: Evidence) -> str | None:
    """Each number of a clause is what it is said to be."""
    sums = [token for token in clause.tokens if token.kind == "money"]
    for place, token in enumerate(clause.tokens):
        if token.kind == "money" or (token.kind == "number" and bare_price(clause, place)):
            fine = money(clause, evidence, place, sums)
        elif token.kind == "percent":
            fine = percent(clause, evidence, place)
        elif token.kind == "score":
            fine = holds(
                clause, evidence, token.denied, partial(_rated, value=token.number, scale=Decimal(token.value))
            )
        elif token.kind == "number":
            fine = not _mismeasured(clause, place) and not _of_another_extent(clause, evidence, place)
            fine = fine and _number(clause, evidence, place)
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


def _number(clause: Clause, evidence: Evidence, place: int) -> bool:
    token, tokens = clause.tokens[place], clause.tokens
    if place > 1 and tokens[place - 1].kind == "outof" and tokens[place - 2].kind == "number":
        return token.number in (5, 10)
    side = whose(clause, evidence, place)
    role = _role(clause, place)
    pointed = place > 0 and tokens[place - 1].text.split()[-1] in ("of", "these", "the", "those", "all")
    alone = role in (None, "things") and not content(tokens[place + 1 : place + 2])
    if alone and pointed and token.number == len(evidence.records) > 1:
        return True
    bound = next((t for t in tokens[max(0, place - 3) : place] if t.kind == "bound"), None)
    near = around(clause, place)
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
        stated = role != "reviews" and side(lambda r: stated_in(r.prose, token, near, strict=True))
        return side(lambda r: _count(counts[role](r), token.number, bound)) or stated
    several = token.number > 1 and len(clause.subjects) == len(evidence.records) == token.number
    if several and (not near or all(t.text in _HERE for t in tokens[:place])):
        return True
    if any(t.text in VARIANTS for t in tokens[place + 1 : place + 4]):
        return side(partial(_variants_in, clause=clause, count=token.number))
    if role == "things" and len(evidence.records) > 1:
        return 1 < token.number <= len(evidence.records)
    if side(lambda r: stated_in(r.prose, token, near)):
        return True
    return not clause.named and (_supposed(token, clause, evidence) or token.number in evidence.read.numbers)


def _mismeasured(clause: Clause, place: int) -> bool:
    """ "480 g thick", 厚480克: a mass is no extent, and an extent no mass."""
    unit = clause.tokens[place].value
    measured = next((name for name in _WORDS if unit in SCALES[name]), None)
    if measured is None:
        return False
    before = takewhile(lambda token: token.kind not in _ENDS, reversed(clause.tokens[max(0, place - 4) : place]))
    said = [*before, *clause.tokens[place + 1 : place + 2]]
    named = [name for name, forms in _WORDS.items() if any(token.text in forms for token in said)]
    return bool(named) and measured not in named


def _of_another_extent(clause: Clause, evidence: Evidence, place: int) -> bool:
    """ "40 cm thick", 厚度40厘米, where 40 x 30 cm is all that is stated: it must be stated as that extent."""
    token = clause.tokens[place]
    if token.value not in SCALES["length"]:
        return False
    before = takewhile(lambda other: other.kind not in _ENDS, reversed(clause.tokens[max(0, place - 4) : place]))
    said = {other.text for other in (*before, *clause.tokens[place + 1 : place + 2])}
    wanted = [stems for forms, stems in _EXTENTS if forms & said]
    side = whose(clause, evidence, place)
    return any(not side(partial(_stated_as, value=token.number, stems=stems)) for stems in wanted)


def _stated_as(record: Record, value: Decimal, stems: frozenset[str]) -> bool:
    return any(not stems.isdisjoint(stated.near) for stated in record.prose.numbers.get(value, ()))


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
    ratio = any(t.text == ":" for t in tokens[place + 1 : place + 2])  # "a scale of 1:25000" is a map's
    scale = any(t.text in ("满分", "满分为") for t in before[:1]) or any(t.text == "星制" for t in after[:1])
    if scale or (not ratio and any(t.text == "scale" for t in before[:2])):
        return "scale"
    if _out_of(clause, place):
        return "rating"
    noun = next((t for t in after if t.kind in (*COUNTED, "rating", "stock")), None)
    words_between = after[: after.index(noun)] if noun is not None else []
    if noun is not None and not any(t.kind in ("word", "han") and t.text not in plain() for t in words_between):
        if noun.kind == "rating" and noun.text != "ratings":
            return "rating"
        if noun.kind == "stock" or (noun.kind == "left" and not content(after[after.index(noun) + 1 :][:1])):
            return "left"
        if noun.kind in ("reviews", "colors", "sizes", "things") or noun.text == "ratings":
            return "reviews" if noun.text == "ratings" else noun.kind
    if any(map(rates, before[:3])):
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
