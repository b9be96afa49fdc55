"""Comparisons and superlatives of a sentence, recomputed from what is stated of the products."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.grounding.evidence import Evidence
from assistant.grounding.quantities import SCALES
from assistant.grounding.reading import Clause
from assistant.grounding.record import Record, stems_of
from assistant.grounding.tokens import Lexer, Token
from assistant.grounding.verdicts import holds, objects, subjects
from assistant.grounding.vocabulary import plain
from index.words import stem, words

_SENTENCES = re.compile(r"(?<=[.!?;])\s+")


def chosen(clause: Clause, evidence: Evidence) -> Clause:
    """ "The cheapest one costs 34": the clause speaks of the product that is the cheapest."""
    ranked = clause.of("most") or (clause.of("more") if not clause.of("than") else [])
    if clause.named or not ranked or len(evidence.records) < 2 or len(clause.subjects) < 2:
        return clause
    token = ranked[0]
    if token.kind == "more" and len(evidence.records) != 2:
        return clause
    row = [(measure(record, _dimension(token, clause)), place) for place, record in enumerate(evidence.records)]
    if any(value is None for value, _ in row):
        return clause
    best = (max if token.value.endswith("+") else min)(value for value, _ in row if value is not None)
    places = [place for value, place in row if value == best]
    return replace(clause, subjects=(places[0],), named=True, objects=()) if len(places) == 1 else clause


def comparisons(clause: Clause, evidence: Evidence) -> str | None:
    """Cheaper, better rated, lighter, the same price: recomputed. Others pass only in words that were read."""
    if _no_other(clause):
        return None if _unmatched(clause, evidence) else "comparison: none other"
    for place, token in enumerate(clause.tokens):
        if token.kind == "more":
            ratio = any(t.value.startswith("*") for t in clause.of("same"))
            fine = ratio or _bound_follows(clause, place) or _more(clause, evidence, token)
        elif token.kind == "most":
            fine = _most(clause, evidence, token)
        elif token.kind == "same":
            fine = _same(clause, evidence, token)
        elif token.kind == "other_more" and not clause.asks:
            fine = not token.denied and (_for_whom(clause, place) or _literal(clause, evidence, token))
        elif token.kind == "more_word" and token.text != "as" and not clause.asks:
            fine = _counted(clause, place) or _graded(clause, evidence, place)
        elif token.kind == "sale":
            fine = _on_sale(clause, evidence, token)
        else:
            continue
        if not fine:
            return f"comparison: {token.text}"
    if clause.of("unlike") and any(
        t.kind != "word" or t.text not in plain() for t in clause.of("word", "han", "color")
    ):
        return "comparison: unlike"
    return None


def _no_other(clause: Clause) -> bool:
    """ "No other is as cheap as …", "none of the others costs less than …"."""
    first = clause.tokens[:3]
    return bool(first) and (
        first[0].text == "no other" or (first[0].kind == "not" and any(token.kind == "other" for token in first[1:]))
    )


def _unmatched(clause: Clause, evidence: Evidence) -> bool:
    """Whether the one product that no other matches is the extreme of all, or with "less than" shares that place."""
    named = [record for record in evidence.records if evidence.records.index(record) in clause.objects]
    ranked = clause.of("more", "same")
    if len(named) != 1 or len(ranked) != 1:
        return False
    token, one = ranked[0], named[0]
    dimension = _dimension(token, clause)
    own = measure(one, dimension)
    others = [measure(record, dimension) for record in evidence.records if record is not one]
    if own is None or not others or any(value is None for value in others):
        return False
    values = [value for value in others if value is not None]
    if token.kind == "more":  # nothing is cheaper: it is the cheapest, or one of them
        return own >= max(values) if token.value.endswith("+") else own <= min(values)
    if any(word in token.text for word in ("cheap", "affordable", "light", "little", "low")):
        return own < min(values)
    return own > max(values)


def _for_whom(clause: Clause, place: int) -> bool:
    """ "Better for those who need a waterproof bag", "… if you want": what they need is what is checked."""
    after = clause.tokens[place + 1 : place + 5]
    reader = any(token.text in ("those", "people", "anyone", "you", "someone") for token in after)
    needs = any(
        token.kind in ("word", "han", "color", "size", "gender") and token.text not in plain()
        for token in clause.tokens[place + 1 :]
    )
    return clause.tokens[place].text == "better" and reader and needs


def unmeasured(text: str) -> str | None:
    """The comparison in a question that no record measures ("the warmest", 更耐用); None where there is none."""
    return next((token.text for token in Lexer(()).read(text) if token.kind == "other_more"), None)


def in_order(text: str, records: Sequence[Record]) -> list[int] | None:
    """The places of records in the order that a superlative asks for ("your lightest tent", 最轻), the extreme first.

    Of two, a comparative asks for the same ("which is lighter?"). None where the text has neither of a size, or where not
    every record states that size once.
    """
    kinds = ("most", "more") if len(records) == 2 else ("most",)
    asked = next((t for t in Lexer(()).read(text) if t.kind in kinds and t.value[:-1] in SCALES), None)
    if asked is None:
        return None
    values = [measure(record, asked.value[:-1]) for record in records]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    return sorted(range(len(known)), key=lambda place: known[place], reverse=asked.value.endswith("+"))


def measure(record: Record, dimension: str) -> Decimal | None:
    """A product's value in a dimension, None where it is not stated or not once."""
    product = record.product
    if dimension == "price":
        return record.price
    if dimension == "rating":
        return product.rating
    if dimension in ("reviews", "stock"):
        return (
            Decimal(product.review_count)
            if dimension == "reviews"
            else None
            if product.quantity is None
            else Decimal(product.quantity)
        )
    if dimension in ("colors", "sizes"):
        return Decimal(len(record.colors if dimension == "colors" else record.sizes))
    scale = SCALES.get(dimension)
    if scale is None:
        return None
    values = {value * scale[s.unit] for value, rows in record.prose.numbers.items() for s in rows if s.unit in scale}
    return next(iter(values)) if len(values) == 1 else None


def _more(clause: Clause, evidence: Evidence, token: Token) -> bool:
    mine, theirs = subjects(clause, evidence), objects(clause, evidence)
    if len(mine) > 1 and not theirs:
        return False
    dimension = _dimension(token, clause)
    pairs = [(measure(a, dimension), measure(b, dimension)) for a in mine for b in theirs]
    if not pairs or any(a is None or b is None for a, b in pairs):
        return not token.denied and dimension in SCALES and _literal(clause, evidence, token)
    higher = token.value.endswith("+")
    results = [(a > b) if higher else (a < b) for a, b in pairs if a is not None and b is not None]
    return not any(results) if token.denied else all(results)


def _most(clause: Clause, evidence: Evidence, token: Token) -> bool:
    mine = subjects(clause, evidence)
    theirs = [record for n, record in enumerate(evidence.records) if n not in clause.subjects]
    dimension = _dimension(token, clause)
    if len(mine) != 1 or not theirs:
        return not token.denied and dimension in SCALES and _literal(clause, evidence, token)
    own = measure(mine[0], dimension)
    others = [measure(record, dimension) for record in theirs]
    if own is None or any(value is None for value in others):
        return not token.denied and _literal(clause, evidence, token)
    results = [(own > v) if token.value.endswith("+") else (own < v) for v in others if v is not None]
    return not all(results) if token.denied else all(results)


def _same(clause: Clause, evidence: Evidence, token: Token) -> bool:
    group = subjects(clause, evidence)
    if len(group) < 2:
        group = [*group, *objects(clause, evidence)]
    if len(group) < 2:
        return False
    if token.value.startswith("*"):
        return _times(clause, evidence, token)
    differs = token.value.startswith("!")
    token = replace(token, value=token.value.lstrip("!"))
    values: list[object]
    if token.value == "color_set":
        values = [frozenset(record.colors) for record in group]
    elif token.value == "size_set":
        values = [record.sizes for record in group]
    elif token.value == "material_set":
        values = [frozenset(record.product.material) for record in group]
    elif token.value == "brand":
        values = [record.product.brand for record in group]
    else:
        values = [measure(record, token.value) for record in group]
    if any(value is None for value in values):
        return False
    return (len(set(values)) == 1) is (token.denied is differs)


def _times(clause: Clause, evidence: Evidence, token: Token) -> bool:
    """ "Twice as much as", "more than twice", "about half": the ratio of the prices."""
    times = Decimal(token.value[1:])
    bound = next((t.value for t in clause.of("bound")), "")
    if clause.of("more"):  # "costs more than twice as much"
        bound = ">=" if clause.of("more")[0].value.endswith("+") else "<="
    pairs = [(a.price, b.price) for a in subjects(clause, evidence) for b in objects(clause, evidence)]
    ratios = [a / b for a, b in pairs if b]
    if not ratios or token.denied:
        return False
    slack = Decimal("0.15") if clause.of("about") else Decimal("0.02")
    return all(
        r >= times if bound == ">=" else r <= times if bound == "<=" else abs(r / times - 1) <= slack for r in ratios
    )


def _on_sale(clause: Clause, evidence: Evidence, token: Token) -> bool:
    if any(t.kind == "plain_not" for t in clause.tokens):  # "I cannot offer a discount"
        return True
    if clause.of("than") and clause.objects and clause.of("money"):  # "you save $9 compared with …"
        return True
    if token.text in ("save", "saves", "saving", "savings", "you save", "节省", "省") and not clause.of(
        "money", "percent"
    ):
        return False
    return holds(clause, evidence, token.denied, lambda record: record.product.sale_price is not None)


def _dimension(token: Token, clause: Clause) -> str:
    name = token.value[:-1] if token.value[-1:] in "+-" else token.value
    kinds = {t.kind for t in clause.tokens}
    for noun in ("colors", "sizes"):
        if noun in kinds and name in ("value", "volume"):  # "a smaller choice of colours", 颜色比…多
            return noun
    if name == "value":  # 更高, 多: of what stands before it
        text = "".join(t.text for t in clause.tokens)
        if "价" in text.replace("评价", ""):
            return "price"
        many = token.text in ("多", "少", "更多", "更少", "最多", "最少")
        return "reviews" if many and "reviews" in kinds else "rating" if {"rating", "reviews"} & kinds else "none"
    if name == "length" and any(t.text in ("warranty", "保修", "质保") for t in clause.tokens):
        return "time"
    return name


def _literal(clause: Clause, evidence: Evidence, token: Token) -> bool:
    """Whether the very words were read of each subject, in a sentence that says "than" what this one does."""
    place = next((n for n, other in enumerate(clause.tokens) if other.kind == "than"), len(clause.tokens))
    beside = {stem(t.text) for t in clause.tokens[place:] if t.kind in ("word", "other") and t.text not in plain()}
    found = [
        all(word in record.prose.stems for word in words(token.text))
        and any(token.text in part and beside <= stems_of(part) for part in _SENTENCES.split(record.prose.text))
        for record in subjects(clause, evidence)
    ]
    if evidence.general and token.text in evidence.read.text:
        return True
    return bool(found) and all(found) and token.text.isascii()


def _bound_follows(clause: Clause, place: int) -> bool:
    """ "Cheaper than 50 dollars" compares with an amount, which numbers.py checks."""
    after = clause.tokens[place + 1 : place + 4]
    return bool(after) and after[0].kind == "than" and any(t.kind == "money" for t in after[1:])


def _graded(clause: Clause, evidence: Evidence, place: int) -> bool:
    """ "More durable", "最柔软": nothing recomputes it, so it passes in words that were read, or where it grades nothing."""
    token, after = clause.tokens[place], clause.tokens[place + 1 : place + 2]
    if (
        not after
        or after[0].kind not in ("word", "han", "fit")
        or (after[0].kind == "word" and after[0].text in plain())
    ):
        return not clause.of("than") and (bool(after) or token.text not in ("less", "least"))
    return after[0].kind == "word" and _literal(clause, evidence, replace(token, text=f"{token.text} {after[0].text}"))


def _counted(clause: Clause, place: int) -> bool:
    """ "$12 more than": the difference is checked as a number."""
    before = clause.tokens[place - 1] if place else None
    return before is not None and before.kind == "money"
