"""What a shop states of one product, in the form that sentences are checked against."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import pairwise

from assistant.grounding.quantities import quantities
from assistant.grounding.vocabulary import alike, shades
from assistant.untrusted import sound
from index.catalogue import ARRANGEMENT, Catalogue, Product, Review
from index.words import fold, stem, words

_DENIAL = re.compile(
    r"\b(?:not|no|without|never|free of|isn't|aren't|doesn't|don't|won't|can't|cannot)\b((?:[^\w.;]+[\w-]+){1,5})((?:[^\w.;]+[\w-]+){0,6})"
)
_OVER = re.compile(r"[.!?;•|](?:\s|$)")  # what is stated ends here
_MARKS = re.compile("[™®©]")
_WORDS = {"dual": 2, "double": 2, "twin": 2, "triple": 3, "single": 1}
_AS_NUMBER = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b")
_FLAGS = {"yes": True, "no": False, "none": False}  # "scent: None" is a scent that it has not
_ORDER = ["XXXS", "XXS", "XS", "S", "M", "L", "XL", "XXL", "XXXL", "2XL", "3XL"]


@dataclass(frozen=True, slots=True)
class Stated:
    """A number of a record: its unit, and the stems of the words around it."""

    value: Decimal
    unit: str
    near: frozenset[str]
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prose:
    """A text as claims are looked up in it; made once for a text.

    Args:
        text: folded.
    """

    text: str

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of all its words, a hyphenated one also in its parts."""
        return stems_of(self.text)

    @cached_property
    def denied(self) -> frozenset[str]:
        """Stems of what it denies: "not waterproof", "without a hood"."""
        return frozenset(form for match in _DENIAL.finditer(self.text) for form in stems_of(f"{match[1]} {match[2]}"))

    @cached_property
    def denied_only(self) -> frozenset[str]:
        """Of these, the ones that it states nowhere else."""
        near = frozenset(form for match in _DENIAL.finditer(self.text) for form in stems_of(match[1]))
        return near - stems_of(_DENIAL.sub(r" \2 ", self.text))

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Stems that stand close to each other, in their order: "pink waistband"."""
        row = [stem(word) for word in words(self.text.replace("-", " "))]
        return frozenset((row[n], row[n + step]) for n in range(len(row)) for step in (1, 2) if n + step < len(row))

    @cached_property
    def statements(self) -> tuple[frozenset[str], ...]:
        """The stems of each of its sentences."""
        return tuple(stems_of(part) for part in re.split(r"[.!?;•]\s", self.text) if part.strip())

    def joins(self, first: str, second: str) -> bool:
        """Whether two words stand in one of its sentences."""
        pairs = [(a, b) for a in _forms(first) for b in _forms(second)]
        return any(a in stems and b in stems for stems in self.statements for a, b in pairs)

    @cached_property
    def numbers(self) -> Mapping[Decimal, tuple[Stated, ...]]:
        """Its numbers with what stands around them."""
        found: dict[Decimal, list[Stated]] = {}
        for quantity in quantities(self.text):
            rest = _OVER.split(self.text[quantity.end : quantity.end + 60])[0].replace("-", " ")
            after = [stem(w) for w in words(rest)][:4]
            close = [stem(w) for w in words(re.split(r"[.,;/•|]", rest)[0])]
            held = _OVER.split(self.text[max(0, quantity.start - 40) : quantity.start])[-1].replace("-", " ")
            before = [stem(w) for w in words(held)]
            stated = Stated(quantity.value, quantity.unit, frozenset([*after, *before[-3:]]), tuple(close))
            found.setdefault(quantity.value, []).append(stated)
        for match in _AS_NUMBER.finditer(self.text):  # "dual handles" are two
            after = [stem(w) for w in words(self.text[match.end() : match.end() + 40])][:3]
            value = Decimal(_WORDS[match[0]])
            found.setdefault(value, []).append(Stated(value, "", frozenset(after), tuple(after)))
        return {value: tuple(rows) for value, rows in found.items()}

    def has(self, word: str) -> bool:
        """Whether a word is in it: its stem, its parts', or one that says the same."""
        if _in(word, self.stems) and ("-" not in word or self._has_hyphened(word)):
            return True
        return any(all(_in(part, self.stems) for part in words(other)) for other in alike(stem(word)))

    def _has_hyphened(self, word: str) -> bool:
        """Whether a word is there as it is, or its parts side by side: "full-length" is not of a full zip and a length."""
        parts = [stem(part) for part in word.split("-") if part not in ("", "and", "of", "in", "to")]
        return not {word, stem(word), "".join(parts)}.isdisjoint(self.stems) or all(
            (a, b) in self.pairs or (b, a) in self.pairs for a, b in pairwise(parts)
        )

    def states(self, phrase: str) -> bool:
        """Whether all words of a phrase are in it."""
        return all(self.has(word) for word in words(phrase))


@lru_cache(maxsize=1024)
def prose_of(text: str) -> Prose:
    """A text, folded and ready to be looked up in."""
    return Prose(fold(_MARKS.sub("", text)))


@dataclass(frozen=True)
class Record:
    """Everything that is stated of a product: itself, its variants and its reviews.

    Args:
        flagged: stems of the properties that are stated as "No".
        refused: the same, property by property: one of several words is denied by all of them.
        labels: stem of a word that stands in the names of properties only ("flat" of "size flat: 45 x 45 cm") → the
            stems and numbers of their values.
        names: stems of words that stand in the names of properties only, also of those of one word ("care").
    """

    product: Product
    variants: tuple[Product, ...]
    prose: Prose = field(repr=False)
    reviews: tuple[Review, ...] = ()
    flagged: frozenset[str] = frozenset()
    refused: tuple[frozenset[str], ...] = ()
    labels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()

    @cached_property
    def told(self) -> Record:
        """The same with what its reviews say, for sentences that say that customers said it."""
        if not self.reviews:
            return self
        said = [f"{review.title}. {sound(review.text)}. {review.author}" for review in self.reviews]
        return replace(self, prose=prose_of(". ".join([self.prose.text, *said])))

    @cached_property
    def made_of(self) -> frozenset[str]:
        """Stems of what it can be made of: its materials, and the words of its title, type and description."""
        product = self.product
        said = [product.title, product.product_type or "", sound(product.description), *product.material]
        return prose_of(". ".join(said)).stems

    @cached_property
    def prices(self) -> frozenset[Decimal]:
        """What its variants cost, in major units."""
        return frozenset(v.current_price.amount.normalize() for v in (self.variants or (self.product,)))

    @cached_property
    def list_prices(self) -> frozenset[Decimal]:
        return frozenset(v.price.amount.normalize() for v in (self.variants or (self.product,)))

    @property
    def price(self) -> Decimal:
        return self.product.current_price.amount.normalize()

    @cached_property
    def colors(self) -> tuple[str, ...]:
        """Its variants' colours, folded, each once."""
        return tuple(dict.fromkeys(fold(v.color) for v in self.variants if v.color))

    @cached_property
    def color_words(self) -> frozenset[str]:
        """The words of its colours, and the common colours that they are kinds of."""
        return frozenset(form for color in self.colors for form in shades(color))

    @cached_property
    def sizes(self) -> tuple[str, ...]:
        """Its variants' sizes in capitals, smallest first where that is known."""
        held = list(dict.fromkeys(v.size.upper() for v in self.variants if v.size))
        if all(size in _ORDER for size in held):
            held.sort(key=_ORDER.index)
        elif all(re.fullmatch(r"\d+(?:\.\d+)?", size) for size in held):
            held.sort(key=float)
        return tuple(held)

    @cached_property
    def genders(self) -> frozenset[str]:
        found = {gender for v in self.variants for gender in v.gender}
        return frozenset(
            found
            | ({"Men", "Women"} if "Unisex" in found else set())
            | ({"Unisex"} if {"Men", "Women"} <= found else set())
        )

    def verdict(self, word: str) -> bool | None:
        """Whether a word's property is stated (True), denied (False) or neither (None)."""
        form = stem(word)
        if form in self.flagged or form in self.prose.denied_only or word in self.prose.denied_only:
            return False
        if self.prose.has(word):
            return True
        return None

    def denies(self, word: str) -> bool:
        """Whether a word's property is denied in some place."""
        return _in(word, self.prose.denied | self.flagged)


def record_of(product: Product, catalogue: Catalogue) -> Record:
    """The record of a product, its group's variants and reviews with it."""
    group = catalogue.groups[product.group_id]
    parts = [
        product.title,
        product.product_type or "",
        product.brand or "",
        sound(product.description),
        *product.material,
    ]
    refused: list[frozenset[str]] = []
    named: dict[str, tuple[str, ...]] = {}
    for name, held in product.attributes.items():
        if name in ARRANGEMENT:
            continue
        plain = name.replace("_", " ")
        flags = {_FLAGS.get(value.lower()) for value in held}
        if flags == {False}:
            refused.append(frozenset(map(stem, words(plain))))
        elif flags == {True}:
            parts.append(plain)
        else:
            named[plain] = held
    for variant in group.variants:
        parts += [variant.color or "", variant.size or "", *variant.gender]
    own = stems_of(fold(". ".join([*parts, *(value for held in named.values() for value in held)])))
    labels: dict[str, frozenset[str]] = {}
    for plain, held in named.items():
        parts.append(f"{plain}: {', '.join(held)}")
        if len(words(plain)) > 1:
            for form in stems_of(plain) - own:
                labels[form] = labels.get(form, frozenset()) | _said_of(held)
    prose = prose_of(". ".join(dict.fromkeys(part for part in parts if part)))
    reviews = tuple(catalogue.reviews.get(product.group_id, ()))
    flagged = frozenset().union(*refused) - prose.stems
    names = stems_of(" ".join(named)) - own
    return Record(product, group.variants, prose, reviews, flagged, tuple(refused), labels, names)


def _said_of(values: Sequence[str]) -> frozenset[str]:
    """The stems of some values, and their numbers in digits."""
    text = fold(" ".join(values))
    return stems_of(text) | {f"{quantity.value:f}" for quantity in quantities(text)}


def stems_of(text: str) -> frozenset[str]:
    """The words of a text and their stems, a hyphenated one also in its parts."""
    return frozenset(form for word in words(text) for form in _parts(word))


@lru_cache(maxsize=20_000)
def _parts(word: str) -> tuple[str, ...]:
    return tuple(form for part in (word, *word.split("-")) for form in (part, stem(part)))


@lru_cache(maxsize=4096)
def _forms(word: str) -> tuple[str, ...]:
    """The stems by which a word may stand in a text."""
    own = [word, stem(word), *(stem(part) for part in word.split("-") if len(part) > 2)]
    return tuple(dict.fromkeys([*own, *(stem(part) for other in alike(stem(word)) for part in words(other))]))


def _in(word: str, stems: frozenset[str]) -> bool:
    if word in stems or stem(word) in stems:
        return True
    parts = [part for part in word.split("-") if part]
    return len(parts) > 1 and (all(stem(part) in stems or part in stems for part in parts) or "".join(parts) in stems)
