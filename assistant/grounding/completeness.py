"""What a sentence says to be all: the only colours, the only product, the first size and the last."""

from __future__ import annotations

from assistant.grounding.attributes import CLAIMS, properties
from assistant.grounding.evidence import Evidence
from assistant.grounding.numbers import numbers
from assistant.grounding.reading import Clause
from assistant.grounding.stock import is_variant, named_variants, stock
from assistant.grounding.tokens import VARIANTS, Token
from assistant.grounding.verdicts import subjects
from assistant.grounding.vocabulary import plain, shades
from index.catalogue import Product
from index.words import fold

_LEFT_ONLY = ("只剩", "仅剩")


def complete(clause: Clause, evidence: Evidence) -> str | None:
    """ "Only in black" names all colours there are; "from XS to XL" begins and ends where the sizes do."""
    tokens = clause.tokens
    place = next((n for n, token in enumerate(tokens) if token.kind == "only" or token.text in _LEFT_ONLY), None)
    if place is not None:
        before = tokens[place - 1] if place else None
        after = next((t for t in tokens[place + 1 :] if t.text not in ("the", "a", "our", "in")), None)
        if after is not None and after.text in VARIANTS:
            return None if _only_these(clause, evidence) else f"only: {after.text}"
        alone = after is not None and (after.kind == "mention" or after.text in ("one", "product"))
        listed = after is not None and after.kind in ("color", "colors", "size", "sizes")
        if alone or (before is not None and before.text == "the" and after is not None and not listed):
            several = len(evidence.records) > 1 or (after is not None and after.kind == "mention")
            return _alone(clause, evidence) if several else None
        if after is None or after.kind != "number":
            return _only(clause, evidence, after.kind if after is not None else "")
    sizes = clause.of("size")
    if len(sizes) == 2 and "to" in [t.kind for t in tokens[tokens.index(sizes[0]) : tokens.index(sizes[1])]]:
        ends = (sizes[0].value.upper(), sizes[1].value.upper())
        if any(r.sizes and (r.sizes[0], r.sizes[-1]) != ends for r in subjects(clause, evidence)):
            return f"sizes: {sizes[0].text} to {sizes[1].text}"
    return None


def _only(clause: Clause, evidence: Evidence, beside: str) -> str | None:
    """ "Only in black", "in XL it is left in green only": of what there is, or is left, nothing else.

    Args:
        beside: the kind of what "only" stands before; else it is of what stands last.
    """
    named = [token for token in clause.of("color", "size") if not token.denied]
    if not named:
        return None
    kind = beside if beside in ("color", "size") else named[-1].kind
    meant = [token for token in named if token.kind == kind]
    others = [token for token in named if token.kind != kind]
    left = any(
        t.text in _LEFT_ONLY or t.kind == "left" or (t.kind == "stock" and t.value == "+") for t in clause.tokens
    )
    for record in subjects(clause, evidence):
        held = {
            (v.color if kind == "color" else v.size) or ""
            for v in record.variants
            if (v.in_stock or not left) and (not others or any(_of(v, other) for other in others))
        }
        if any(
            not any(_names(token, fold(value) if kind == "color" else value.upper()) for token in meant)
            for value in held
        ):
            return f"only: {meant[0].text}"
    return None


def _only_these(clause: Clause, evidence: Evidence) -> bool:
    """ "The only combination that is sold out is gray in 34": those that are named are gone, or there, and no others."""
    gone = any(token.kind == "stock" and token.value == "-" for token in clause.tokens)
    stated = gone or any(token.kind == "stock" for token in clause.tokens)
    return stated and all(
        {v.id for v in record.variants if v.in_stock is not gone} == {v.id for v in named_variants(record, clause)}
        for record in subjects(clause, evidence)
    )


def _of(variant: Product, token: Token) -> bool:
    return is_variant(variant, token, None) if token.kind == "size" else is_variant(variant, None, token)


def _alone(clause: Clause, evidence: Evidence) -> str | None:
    """ "Only the first comes in red", "the only one under 50": what is said holds of no other."""
    others = Clause(tuple(n for n in range(len(evidence.records)) if n not in clause.subjects), every=False)
    others.tokens = [token for token in clause.tokens if token.kind not in ("only", "mention")]
    said = any(
        token.kind in (*CLAIMS, "money", "number", "stock") and token.text not in plain() for token in others.tokens
    )
    if not said or not others.subjects:
        return "the only one"
    return (
        None if properties(others, evidence) or numbers(others, evidence) or stock(others, evidence) else "the only one"
    )


def _names(token: Token, value: str) -> bool:
    if token.kind == "size":
        return token.value.upper() == value
    return token.value in shades(value)
