"""What a turn's sentences may rest on, made once a turn, and which of its products a sentence speaks of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from assistant.grounding.reading import Clause, clauses
from assistant.grounding.record import Prose, Record, prose_of, record_of, stems_of
from assistant.grounding.tokens import Lexer, Token
from index.catalogue import Catalogue, Product
from index.words import fold, lexicon, stem


@dataclass
class Evidence:
    """What the tools of a turn returned.

    Args:
        products: its products, in the order of their cards.
        general: what was read besides: policy passages, orders.
        message: the shopper's own words.
        names: the shop's, the assistant's and the shopper's; one that could claim something of goods is none here.
        kind: what the prose is about; see `TurnContext.kind`.
        subjects: what the sentence before spoke of, and so what "they" means, and the last of them "it".
    """

    catalogue: Catalogue
    products: Sequence[Product] = ()
    general: str = ""
    message: str = ""
    names: tuple[str, ...] = ()
    kind: str = "chat"
    subjects: Sequence[Product] = ()

    @cached_property
    def records(self) -> list[Record]:
        """The products' records, in their order."""
        return [record_of(product, self.catalogue) for product in self.products]

    @cached_property
    def lexer(self) -> Lexer:
        names = [name for name in self.names if not stems_of(name.lower()) & self.properties]
        return Lexer(self.records, self.catalogue.currency, names)

    @cached_property
    def _tokens(self) -> Callable[[str], list[Token]]:
        """The tokens of a sentence, which several checks read in turn."""
        return lru_cache(maxsize=32)(self.lexer.read)

    @cached_property
    def read(self) -> Prose:
        """What was read besides the products."""
        return prose_of(self.general)

    @cached_property
    def heard(self) -> Prose:
        """What was said, and the names of those who speak."""
        return prose_of(". ".join([self.message, *self.names]))

    @cached_property
    def properties(self) -> frozenset[str]:
        """Stems of the words by which products are told apart: never taken over from the message."""
        return self.catalogue.property_stems | _claims()

    @cached_property
    def goods(self) -> frozenset[str]:
        """Stems of the kinds of goods that the shop has."""
        return stems_of(" ".join(self.catalogue.facets.get("product_type", {})).lower())

    @cached_property
    def words_of_facets(self) -> Mapping[str, frozenset[str]]:
        """Facet → the stems of its values of one word, for the lists that a record has in full."""
        open_ended = ("product_type", "brand", "size", "color", "gender", "aliases")
        return {
            name: frozenset(stem(fold(value)) for value in values if " " not in value)
            for name, values in self.catalogue.facets.items()
            if name not in open_ended
        }

    def clauses(self, sentence: str) -> list[Clause]:
        """A sentence, read."""
        ids = [product.id for product in self.products]
        places = [ids.index(product.id) for product in self.subjects if product.id in ids]
        return clauses(self._tokens(sentence), len(self.products), places)

    def about(self, sentence: str) -> list[Product]:
        """The products that a sentence names, in its order."""
        tokens = self._tokens(sentence)
        places = [n for token in tokens for n in token.products if 0 <= n < len(self.products)]
        return [self.products[n] for n in dict.fromkeys(places)]


def _claims() -> frozenset[str]:
    return frozenset(stem(fold(word)) for word in lexicon()["claims"]["en"])
