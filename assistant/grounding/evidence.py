"""What a turn's sentences may rest on, made once a turn, and which of its products a sentence speaks of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from index.catalogue import Catalogue, Product
from index.words import fold, stem, words

_IT = re.compile(r"(?:It|Its|This|That|It's)\b|它")
_PLACE = re.compile(r"第\s*(\d)\s*款")


@dataclass
class Evidence:
    """What the tools of a turn returned.

    Args:
        products: its products, in the order of their cards.
        texts: product id → everything that is stated of it.
        general: what was read besides: policy passages.
        message: the shopper's own words.
        names: the shop's, the assistant's and the shopper's.
        kind: what the prose is about; see `TurnContext.kind`.
        subject: what the sentence before spoke of, and so what "it" means.
    """

    catalogue: Catalogue
    products: Sequence[Product] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    general: str = ""
    message: str = ""
    names: str = ""
    kind: str = "chat"
    subject: Product | None = None

    @cached_property
    def read(self) -> str:
        """What was read from the shop, as one folded text."""
        return fold(" ".join([*self.texts.values(), self.general]))

    @cached_property
    def folded(self) -> str:
        """What was read and what was said, as one folded text."""
        return f"{self.read} {fold(self.message)} {fold(self.names)}"

    @cached_property
    def heard(self) -> frozenset[str]:
        """The forms of all its words."""
        return forms(self.folded)

    @cached_property
    def stated(self) -> Mapping[str, frozenset[str]]:
        """Product id → the forms of what is stated of it."""
        return {key: forms(text) for key, text in self.texts.items()}

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Product id → its folded title."""
        return {product.id: fold(product.title) for product in self.products}

    def meant(self, sentence: str) -> list[Product]:
        """The products that a sentence speaks of: named, or "it", which is what the sentence before spoke of."""
        named = about(sentence, self.products)
        if not named and self.subject is not None and _IT.match(sentence):
            return [self.subject]
        return named

    def lost(self, sentence: str) -> bool:
        """Whether a sentence says "it" where several are shown and none was named."""
        return len(self.products) > 1 and bool(_IT.match(sentence)) and not self.meant(sentence)


def about(sentence: str, products: Sequence[Product]) -> list[Product]:
    """The products that a sentence names: by title, by words that are one title's alone, or by place ("第2款")."""
    folded = fold(sentence)
    named = [product for product in products if fold(product.title) in folded]
    if not named:
        have = {stem(word) for word in words(sentence)}
        own = {product.id: {stem(word) for word in words(product.title)} for product in products}
        for product in products:
            others = set().union(*(held for key, held in own.items() if key != product.id))
            mine = own[product.id]
            if (mine - others) & have and len(mine & have) >= min(2, len(mine)):
                named.append(product)
    places = [int(match[1]) - 1 for match in _PLACE.finditer(sentence)]
    return named + [products[n] for n in places if n < len(products) and products[n] not in named]


def forms(text: str) -> frozenset[str]:
    """The words of a text and their stems, a hyphenated one also in its parts."""
    return frozenset(form for word in words(text) for part in (word, *word.split("-")) for form in (part, stem(part)))


def without_titles(sentence: str, evidence: Evidence) -> str:
    """A folded sentence without the titles of products: what a name says is no claim."""
    text = fold(sentence)
    for title in evidence.titles.values():
        text = text.replace(title, " ")
    return text
