"""Which facts and citations a sentence rests on: those whose value or words it states. Nothing is judged here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from assistant.events import Citation, Fact
from assistant.grounding.evidence import Evidence
from assistant.grounding.quantities import quantities
from assistant.grounding.record import Prose, prose_of
from assistant.grounding.tokens import Token
from assistant.grounding.vocabulary import chinese, shades
from index.words import content, fold

PASSAGE = "passage"  # the field of a fact that is a citation's twin
QUOTED = 0.6  # share of a sentence's words that a passage must have, where it states none of its numbers
_SIGNS = {"in_stock": "+", "out_of_stock": "-"}  # of tokens that speak of stock


def sources(
    sentence: str, evidence: Evidence, facts: Sequence[Fact], citations: Sequence[Citation]
) -> tuple[Fact | Citation, ...]:
    """What a sentence rests on, each once: facts first, in the order given.

    Of products only those count that it names, or that it goes on with.
    """
    said = _Said(sentence, evidence.lexer.read(sentence))
    about = evidence.about(sentence) or evidence.subjects or evidence.products
    others = {product.id for product in evidence.products} - {product.id for product in about}
    found: list[Fact | Citation] = [
        fact for fact in facts if fact.field != PASSAGE and fact.subject not in others and said.has(fact)
    ]
    found += [citation for citation in citations if said.quotes(citation)]
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class _Said:
    """A sentence as values are looked up in it."""

    sentence: str
    tokens: list[Token]

    @cached_property
    def prose(self) -> Prose:
        return prose_of(self.sentence)

    @cached_property
    def numbers(self) -> frozenset[tuple[Decimal, str]]:
        """Its numbers with their units; of an amount of money there is none."""
        found = [token for token in self.tokens if token.kind in ("money", "number", "percent", "score")]
        return frozenset((token.number, token.value if token.kind == "number" else "") for token in found)

    def has(self, fact: Fact) -> bool:
        """Whether it states a fact's value, in whichever words."""
        if sign := _SIGNS.get(fact.value):
            return any(token.kind == "stock" and token.value == sign for token in self.tokens)
        if fact.field == "size":
            return any(token.kind == "size" and token.value.lower() == fact.value.lower() for token in self.tokens)
        if fold(fact.value) in self.prose.text:
            return True
        if fact.field == "title":
            return False
        stated = [(quantity.value, quantity.unit) for quantity in quantities(fold(fact.value))]
        if stated:
            return self.numbers.issuperset(stated)
        return any(self._words(part) for part in fact.value.split(", "))

    def quotes(self, citation: Citation) -> bool:
        """Whether it states what a passage says: most of its words are there, or some and a number in its unit."""
        if fold(citation.quote) in self.prose.text:
            return True
        passage = prose_of(citation.quote)
        claims = [token for token in self.tokens if token.kind == "han"]
        there = [_any(passage, token) for token in claims]
        if not claims:
            there = [passage.has(word) for word in content(self.sentence) if not word[0].isdigit()]
        stated = {(number, row.unit) for number, rows in passage.numbers.items() for row in rows}
        return any(there) and (bool(self.numbers & stated) or sum(there) >= QUOTED * len(there))

    def _words(self, value: str) -> bool:
        if any(token.kind == "color" and token.value in shades(value) for token in self.tokens):
            return True
        held = prose_of(value)
        return self.prose.states(value) or any(_any(held, token) for token in self.tokens if token.kind == "han")


def _any(prose: Prose, token: Token) -> bool:
    """Whether a text has what a Chinese word claims."""
    return any(prose.states(phrase) for phrase in chinese()[token.value])
