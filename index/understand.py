"""Reads constraints from a message against the catalogue's own values: no model, and nothing that does not exist.

What it finds corrects a model's arguments in a turn and drives the search where there is no turn. A value that shops
have and this one has not ("silk", "size 4XL") is a constraint that nothing meets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from index import spelling
from index.filters import Filters
from index.measures import measured
from index.negation import Negations
from index.numbers import price_bounds
from index.people import for_children, is_small, whom
from index.people import genders as said_genders
from index.phrases import in_digits, separate, take, take_value, without_all
from index.things import Things, translated
from index.values import Values
from index.words import content, fold, lexicon, mapped, phrases_of, stem, words

LONG = 25  # words from which a message tells a story besides what it asks for
_ASKS = re.compile(
    r"\b(?:need|want|lack|looking for|searching for|search for|would like|i'd like|recommend|suggest|buy|missing|show me|"
    r"do you have|after an?)\b|需要|想要|想买|缺|推荐|有没有"
)


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message states.

    `heads` are the things that it names ("jacket"); `rest` is what is left of it for retrieval; `noun` says that it
    names a kind of product that the shop has.
    """

    filters: Filters
    sort: str | None = None
    for_someone_else: bool = False
    for_oneself: bool = False
    relative: str | None = None  # cheaper | dearer
    same_price: bool = False
    noun: bool = False
    heads: tuple[str, ...] = ()
    rest: str = ""
    spoken: frozenset[str] = field(default_factory=frozenset)  # the filters whose words were said


class Reader:
    """Reads messages for one catalogue.

    Args:
        facets: facet → value → number of groups.
        known: whether a word stands in a title, a type, a brand or an attribute.
        is_kind: whether a stem says what some product is.
        mended: a word, spelt as the catalogue spells it.
        titles: products' titles, folded: a number in one is no size ("the Haul 40 Duffel").
    """

    def __init__(
        self,
        facets: Mapping[str, Mapping[str, int]],
        known: Callable[[str], bool] = lambda word: False,
        is_kind: Callable[[str], bool] = lambda stem: False,
        mended: Callable[[str], str] = lambda word: word,
        titles: Collection[str] = frozenset(),
    ) -> None:
        self._facets = facets
        self._is_kind = is_kind
        self._titles = {title for title in titles if re.search(r"\d", title)}
        self._known = known
        self._values = Values(facets, known)
        self._negations = Negations(self._values, known, is_kind)
        self.things = Things(facets, known, is_kind, mended)

    def read(self, text: str) -> Understanding:
        """What a message in English or Chinese states about products.

        Of a long one the thing that is wanted is read where it asks for it, constraints anywhere.
        """
        whole = self._read(text)
        asking = _asking_part(text)
        if asking is None:
            return whole
        part = self._read(asking)
        if not part.heads:
            return whole
        filters = replace(whole.filters, product_type=part.filters.product_type)
        return replace(whole, filters=filters, noun=part.noun, heads=part.heads, rest=part.rest)

    def _read(self, text: str) -> Understanding:
        folded, codes = _codes(_rephrased(spelling.mended(separate(fold(text)), self._known)))
        person, folded = whom(folded)
        sizes, folded = self._values.exact_sizes(folded)
        attributes, folded = measured(in_digits(folded), self._facets)
        bounds, folded = price_bounds(in_digits(folded))
        relative, folded = take_value(folded, mapped("relative"))
        folded = without_all(folded, phrases_of("fillers"))
        same_price, folded = take(folded, phrases_of("same_price"))
        folded = self._drop_indifferent(folded)
        sort, folded = take_value(folded, mapped("sort"))
        stocked, folded = take(folded, phrases_of("in_stock"))
        refused = self._refused(folded)
        exclude, folded = self._negations.read(folded)
        exclude = {**exclude, **refused}
        colors, folded = self._values.colors(folded)
        colors = tuple(color for color in colors if color not in exclude.get("color", ()))  # "no purple, I hate purple"
        untitled = self._untitled(folded)
        more_sizes, without_sizes = self._values.sizes(untitled)
        folded = without_sizes if untitled == folded else folded
        genders, folded = said_genders(folded)
        brands, folded = self._values.brands(folded)
        things = {head.split()[-1] for head in self.things.read(folded)[0] if self._is_kind(stem(head.split()[-1]))}
        materials, folded = self._values.materials(folded, besides=things)
        genders = genders or ((person.gender,) if person.gender else ())
        held = self._facets.get("gender", {})
        small = person.someone_else and is_small(fold(text))
        if held and for_children(fold(text)) and not set(genders) & {"Boys", "Girls"}:
            genders = tuple(gender for gender in ("Boys", "Girls") if gender in held) or ("Kids",)
        heads, types = self.things.read(folded)
        if not heads:  # "black leather": what is left names nothing, but a value may ("a thermos")
            heads, types = self.things.read(separate(fold(text)), only_types=True)
        filters = Filters(
            product_type=self.things.of_gender(types, genders),
            brand=brands,
            color=colors,
            size=tuple(dict.fromkeys((*sizes, *more_sizes))),
            gender=tuple(gender for gender in genders if gender in held or gender == "Kids"),
            material=materials,
            attributes=attributes,
            exclude=exclude,
            min_price=bounds.low,
            max_price=bounds.high,
            in_stock=True if stocked else None,
        )
        return Understanding(
            filters=filters,
            sort=sort,
            for_someone_else=person.someone_else,
            for_oneself=person.oneself,
            relative=relative,
            same_price=same_price,
            noun=bool(types),
            heads=heads,
            rest=" ".join(filter(None, [*codes, _conjoined(folded), *translated(folded), "kids" if small else ""])),
            spoken=frozenset(filters.stated()),
        )

    def read_translated(self, text: str, english: str) -> Understanding:
        """What a message states, with its translation: numbers and values from either, the thing from the English."""
        own, translated = self.read(text), self.read(english)
        filters = translated.filters.updated(replace(own.filters, product_type=()))
        return replace(
            translated,
            filters=filters if translated.heads else filters.updated(own.filters),
            sort=own.sort or translated.sort,
            for_someone_else=own.for_someone_else or translated.for_someone_else,
            for_oneself=own.for_oneself or translated.for_oneself,
            rest=translated.rest or own.rest,
            heads=translated.heads or own.heads,
            spoken=own.spoken | translated.spoken,
        )

    def _refused(self, text: str) -> dict[str, tuple[str, ...]]:
        """What must not say no to a property that the message names: a mug for the microwave is not "microwave safe: no"."""
        heard = {stem(word) for word in words(text)}
        found: dict[str, tuple[str, ...]] = {}
        for name, held in self._facets.items():
            low = {fold(value) for value in held}
            told = {stem(word) for word in words(name.replace("_", " ")) if word not in ("safe", "proof")}
            if low <= {"yes", "no", "true", "false"} and told and told <= heard and not _says_not(told, text):
                found[name] = tuple(value for value in held if fold(value) in ("no", "false"))
        return {name: values for name, values in found.items() if values}

    def _untitled(self, text: str) -> str:
        """Without the titles of products that have a number in them."""
        row = words(text) if re.search(r"\d", text) else []
        for length in range(min(len(row), 8), 1, -1):
            for start in range(len(row) - length + 1):
                title = " ".join(row[start : start + length])
                if title in self._titles:
                    text = text.replace(title, " ")
        return text

    def _drop_indifferent(self, text: str) -> str:
        """Without the wishes that the message takes back."""
        for phrase in lexicon()["indifferent"]["en"]:
            before = re.search(rf"(\b[\w']+)\s+{phrase}\b", text)
            if before:
                text = text[: before.start()] + " " + text[before.end() :]
            else:
                text = re.sub(rf"\b{phrase}\s+(?:the\s+)?[\w']+", " ", text)
        for phrase in lexicon()["indifferent"]["zh"]:
            text = re.sub(rf"[\u3400-\u9fff]{{1,3}}{phrase}", " ", text)
        return text


def _asking_part(text: str) -> str | None:
    """The sentences of a long message that ask for something; None of a short one, and where none or all do."""
    sentences = [sentence for sentence in re.split(r"(?<=[.!?。！？])\s*", text) if sentence.strip()]
    if len(words(text)) < LONG or len(sentences) < 3:
        return None
    asking = [sentence for sentence in sentences if _ASKS.search(fold(sentence))]
    return " ".join(asking) if 0 < len(asking) < len(sentences) else None


def _rephrased(text: str) -> str:
    """What one says of oneself ("keep me dry") as a shop says it of a product."""
    for pattern, other in _rephrasing():
        text = pattern.sub(other, text)
    return text


@cache
def _rephrasing() -> tuple[tuple[re.Pattern[str], str], ...]:
    said = [(rf"\b(?:{pattern})\b", other) for pattern, other in mapped("rephrased").items()]
    is_one = (
        r"\b(he|she|who|they|i|we)(?:(?: is|'s| are|'re| am|'m)(?: both)?(?: (?:an?|my))?|,? being an?) (?:[\w-]+ )?"
    )
    said += [(rf"{is_one}{doer}s?\b(?!'s)", rf"\1 is into {what}") for doer, what in mapped("doers").items()]
    return tuple((re.compile(pattern), other) for pattern, other in said)


def _says_not(told: Collection[str], text: str) -> bool:
    """Whether a text denies one of these stems: "need not be waterproof"."""
    said = words(text)
    return any(
        stem(word) in told and {"not", "no", "without", "n't"} & set(said[max(0, n - 3) : n])
        for n, word in enumerate(said)
    )


def _codes(text: str) -> tuple[str, list[str]]:
    """Ids as they are typed ("mj02-m-red"), of which no number is a price or a size; and the text without them."""
    found = re.findall(r"(?<!\S)(?=\S*\d)(?=\S*[a-z])\w+(?:-\w+)+(?!\S)", text)
    codes = [code for code in found if len(code) > 5 and not re.fullmatch(r"\d+-[a-z]+|[a-z]+-\d+|\d+-\w+-olds?", code)]
    for code in codes:
        text = text.replace(code, " ")
    return text, codes


def _conjoined(text: str) -> str:
    """The words that say something, with "and" kept between two wishes."""
    parts = [" ".join(content(part)) for part in re.split(r"\s+and\s+", text)]
    return " and ".join(part for part in parts if part)
