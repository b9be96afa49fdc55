"""Whether a "yes" or a "no" answers what was asked."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.grounding.evidence import Evidence
from assistant.grounding.tokens import Token
from assistant.grounding.vocabulary import chinese, plain
from index.words import content, stem, words

OPENING = re.compile(
    r"(?P<yes>yes|yeah|yep|indeed|certainly|of course|absolutely|是的|对的?|可以的?|能|有的?|当然)[,，、.。]\s*|"
    r"(?P<no>no|nope|不是|不可以|不能|不行|没有|不)[,，、.。]\s*",
    re.I,
)
_MAY = re.compile(r"\b(?:can|could|may|allowed|possible)\b", re.I)
_MAY_NOT = re.compile(r"[^,;:.]*\b(?:cannot|can't|can not|may not|not allowed|not possible)\b", re.I)
_VALUES = ("color", "size")
_NUMERIC = ("number", "money")
_KINDS = ("stock", "available", "rating", "reviews", "colors", "sizes", "sale", "gender", "money")
_BOUNDS = ("bound", "bound_after", "about", "more", "between", "to")


def answers(sentence: str, evidence: Evidence) -> str | None:
    """A "yes" or "no" is about what was asked: the same thing, property, colour, size or number; and is not taken back.

    "Is it there in black?" is not answered by "Yes, it is there in purple", however true the rest may be.
    """
    opening = OPENING.match(sentence)
    if not opening or not evidence.message or not (evidence.products or evidence.kind == "policy"):
        return None
    if evidence.kind not in ("question", "policy"):
        return f"answers no question: {opening[0].strip()}"
    told = [token for clause in evidence.clauses(sentence[opening.end() :]) for token in clause.tokens]
    asked = evidence.lexer.read(evidence.message)
    for kind in _VALUES:
        wanted, held = _values(asked, kind), _values(told, kind)
        if wanted and held and not wanted & held:
            return f"answers no question: {opening[0].strip()}"
    bounded = any(token.kind in _BOUNDS for token in asked)
    for kind in _NUMERIC:
        for wanted_number in (token for token in asked if token.kind == kind and not bounded):
            held_numbers = {t.number for t in told if t.kind == kind and t.value == wanted_number.value}
            if held_numbers and wanted_number.number not in held_numbers:
                return f"answers no question: {wanted_number.text}"
    words_asked = {form for token in asked for form in _forms(token)}
    shared = [token for token in told if _forms(token) & words_asked]
    of_policy = evidence.kind == "policy" and _stems(sentence[opening.end() :]) & _stems(evidence.message)
    if not shared and not of_policy:
        return f"answers no question: {opening[0].strip()}"
    negative = any(token.kind == "not" for token in asked)
    if (
        opening["yes"]
        and not negative
        and _MAY.search(evidence.message)
        and _MAY_NOT.match(sentence, opening.end())  # "can it go back?" "Yes, used goods cannot be returned."
    ):
        return f"contradicts itself: {opening[0].strip()}"
    claims = [token for token in shared if token.kind in ("word", "han", *_VALUES)]
    if (
        claims
        and evidence.kind == "question"
        and not negative
        and all(token.denied is bool(opening["yes"]) for token in claims)
    ):
        return f"contradicts itself: {opening[0].strip()}"
    return None


def _stems(text: str) -> set[str]:
    """Of a policy common words count too: "return", "order"."""
    return {stem(word) for word in content(text)}


def _values(tokens: Iterable[Token], kind: str) -> set[str]:
    return {token.value.lower() for token in tokens if token.kind == kind}


def _forms(token: Token) -> set[str]:
    """By what a claim is known again in other words of the same language, or of the other one."""
    if token.kind in _KINDS:
        return {token.kind if token.kind != "available" else "stock"}
    if token.kind == "han":
        return {token.text, *(stem(word) for phrase in chinese()[token.value] for word in words(phrase))}
    if token.kind == "number" and token.value:
        return {f"{token.number} {token.value}"}
    if token.kind in ("word", *_VALUES) and token.text not in plain():
        return {token.value.lower() or token.text, *(stem(part) for part in (token.text, *token.text.split("-")))}
    return set()
