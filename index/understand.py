"""Reads constraints from a message against the catalogue's own values: no model, and nothing that does not exist.

What it finds corrects a model's arguments in a turn and drives the search where there is no turn. A value that shops
have and this one has not ("silk", "size 4XL") is a constraint that nothing meets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

from index.filters import Filters
from index.numbers import price_bounds
from index.phrases import in_digits, said, separate, take, take_value, wanted, without
from index.values import Values
from index.words import alike, content, fold, lexicon, stem, words

_CHILDREN = r"\b(?:kids?|child(?:ren)?(?:'s)?|toddlers?|bab(?:y|ies)|infants?)\b|儿童|小孩|宝宝|婴儿"
RULED_OUT = 3  # words at most that a negation rules out


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message states.

    `heads` are the things that it names ("jacket"); `rest` is what is left of it for retrieval; `noun` says that it
    names a kind of product that the shop has.
    """

    filters: Filters
    sort: str | None = None
    for_someone_else: bool = False
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
    """

    def __init__(
        self,
        facets: Mapping[str, Mapping[str, int]],
        known: Callable[[str], bool] = lambda word: False,
        is_kind: Callable[[str], bool] = lambda stem: False,
        mended: Callable[[str], str] = lambda word: word,
    ) -> None:
        self._facets = facets
        self._values = Values(facets, known)
        self._known = known
        self._is_kind = is_kind
        self._mended = mended
        self._lexicon = lexicon()

    def read(self, text: str) -> Understanding:
        """What a message in English or Chinese states about products."""
        folded, codes = _codes(separate(fold(text)))
        someone, whose, folded = self._someone(folded)
        sizes, folded = self._values.exact_sizes(folded)
        bounds, folded = price_bounds(in_digits(folded))
        same_price, folded = take(folded, self._both("same_price"))
        folded = self._drop_indifferent(folded)
        relative, folded = take_value(folded, self._map("relative"))
        sort, folded = take_value(folded, self._map("sort"))
        stocked, folded = take(folded, self._both("in_stock"))
        exclude, folded = self._negated(folded)
        colors, folded = self._values.colors(folded)
        more_sizes, folded = self._values.sizes(folded)
        genders, folded = self._genders(folded)
        brands, folded = self._values.brands(folded)
        things = {head.split()[-1] for head in self._things(folded)[0] if self._is_kind(stem(head.split()[-1]))}
        materials, folded = self._values.materials(folded, besides=things)
        genders = genders or ((whose,) if whose else ())
        held = self._facets.get("gender", {})
        if held and re.search(_CHILDREN, fold(text)) and not set(genders) & {"Boys", "Girls"}:
            genders = tuple(gender for gender in ("Boys", "Girls") if gender in held) or ("Kids",)
        heads, types = self._things(folded)
        if not heads:  # "black leather": what is left names nothing, but a value may ("a thermos")
            heads, types = self._things(separate(fold(text)), only_types=True)
        filters = Filters(
            product_type=self._of_gender(types, genders),
            brand=brands,
            color=colors,
            size=tuple(dict.fromkeys((*sizes, *more_sizes))),
            gender=tuple(gender for gender in genders if gender in held or gender == "Kids"),
            material=materials,
            exclude=exclude,
            min_price=bounds.low,
            max_price=bounds.high,
            in_stock=True if stocked else None,
        )
        return Understanding(
            filters=filters,
            sort=sort,
            for_someone_else=someone,
            relative=relative,
            same_price=same_price,
            noun=bool(types),
            heads=heads,
            rest=" ".join(filter(None, [*codes, _conjoined(folded), *self._translated(folded)])),
            spoken=frozenset(filters.stated()),
        )

    def types_of(self, heads: Iterable[str], genders: Iterable[str] = ()) -> tuple[str, ...]:
        """The product types that have the name of one of these things, or of what means the same."""
        named = (_stems(other.split()) for head in heads for other in alike(head))
        found = dict.fromkeys(path for name in named for path in self._types.get(name, ()))
        return self._of_gender(tuple(found), tuple(genders))

    def read_translated(self, text: str, english: str) -> Understanding:
        """What a message states, with its translation: numbers and values from either, the thing from the English."""
        own, translated = self.read(text), self.read(english)
        filters = translated.filters.updated(replace(own.filters, product_type=()))
        return replace(
            translated,
            filters=filters if translated.heads else filters.updated(own.filters),
            sort=own.sort or translated.sort,
            for_someone_else=own.for_someone_else or translated.for_someone_else,
            rest=translated.rest or own.rest,
            heads=translated.heads or own.heads,
            spoken=own.spoken | translated.spoken,
        )

    @cached_property
    def _types(self) -> Mapping[str, tuple[str, ...]]:
        """Noun stems → the product types whose narrowest names have them."""
        found: dict[str, list[str]] = {}
        genders = self._lexicon["genders"]["en"]
        for path in self._facets.get("product_type", {}):
            leaf = path.split(" > ")[-1]
            if fold(leaf) in genders:
                continue
            for part in re.split(r"[&,/]| and ", leaf):
                if named := words(part):
                    found.setdefault(_stems(named), []).append(path)
        return {noun: tuple(paths) for noun, paths in found.items()}

    def _things(self, text: str, only_types: bool = False) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The things that a text names, as they are said, and the product types of those that are types here.

        The end of a name tells what it is: a "jacket hanger" is a hanger. The longest end that the shop knows counts.
        """
        heads: list[str] = []
        types: list[str] = []
        for part in [*wanted(text), *self._translated(text)]:
            named = self._without_qualities([self._mended(word) for word in part.split() if not word[0].isdigit()])
            if not named:
                continue
            idiom = ""  # several words that other shops have one for: "tea pot"
            for start in range(max(0, len(named) - 3), len(named)):
                end = named[start:]
                same = alike(" ".join(end))
                paths = [path for other in same for path in self._types.get(_stems(other.split()), ())]
                if len(end) > 1 and (len(same) > 1 or _stems(end) in _idioms()):
                    idiom = idiom or " ".join(end)
                if _stems(end) in _idioms() and not paths:
                    heads.append(idiom)
                    break
                if paths and not (len(end) == 1 and _generic(end[0]) and len(named) > 1):
                    types += paths
                    heads.append(" ".join(end))
                    break
            else:
                if idiom and not only_types:
                    heads.append(idiom)
                elif not _generic(named[-1]) and not only_types:
                    heads.append(named[-1])
        return tuple(dict.fromkeys(heads)), tuple(dict.fromkeys(types))

    def _without_qualities(self, named: list[str]) -> list[str]:
        """Without what only qualifies at the end ("headtorch rechargeable", "boots wide")."""
        if len(named) == 1 and not self._is_kind(stem(named[0])):
            quality = named[0] in self._lexicon["qualities"]["en"] or named[0].endswith("ing")
            return [] if quality or named[0] in self._lexicon["suggests"]["en"] else named
        while len(named) > 1 and not self._is_kind(stem(named[-1])):
            last = named[-1]
            quality = self._known(last) and not self._is_kind(stem(last)) and last in self._property_words
            if not quality and not last.endswith(
                ("able", "ible", "proof", "less", "ful", "free", "resistant", "friendly")
            ):
                break
            named = named[:-1]
        return named

    @cached_property
    def _property_words(self) -> frozenset[str]:
        """Words that are an attribute's value by themselves: "rechargeable", "wide"."""
        other = ("product_type", "brand", "aliases", "style")
        values = (value for name, listed in self._facets.items() if name not in other for value in listed)
        return frozenset(fold(value) for value in values if " " not in value)

    def _both(self, key: str) -> list[str]:
        languages = self._lexicon[key]
        return [word for listed in languages.values() for word in listed]

    def _map(self, key: str) -> dict[str, str]:
        return {word: value for mapped in self._lexicon[key].values() for word, value in mapped.items()}

    def _someone(self, text: str) -> tuple[bool, str, str]:
        """Whether the product is for somebody else, their gender where the word has one, and the text without them."""
        if re.search(r"\bgift ?cards?\b|\bgift vouchers?\b|礼品卡", text):
            return False, "", text
        gift = any(said(word, text) for word in self._both("gift"))
        plain = text
        for word in self._both("gift"):
            plain = re.sub(rf"\b{word}s?\b" if word.isascii() else word, " ", plain) if word in plain else plain
        for word, gender, pattern in self._people:
            if word in text and pattern.search(text):
                whose = re.search(rf"\bmy {word}(?:'s)? (?:said|says|told|recommended|has|have)\b", text)
                if whose and not gift:
                    continue
                return True, gender, pattern.sub(" ", plain)
        return gift, "", plain

    @cached_property
    def _people(self) -> list[tuple[str, str, re.Pattern[str]]]:
        """Words for people, the gender that each says, and how a message says that something is for them."""
        found = []
        for word, gender in sorted(self._map("people").items(), key=lambda item: -len(item[0])):
            english = rf"\bfor (?:my |our |a |his |her |the )?[\w ]{{0,16}}?\b{word}\b|\bmy {word}(?:'?s)?\b"
            found.append((word, gender, re.compile(english if word.isascii() else re.escape(word))))
        return found

    def _drop_indifferent(self, text: str) -> str:
        """Without the wishes that the message takes back."""
        for phrase in self._lexicon["indifferent"]["en"]:
            before = re.search(rf"(\b[\w']+)\s+{phrase}\b", text)
            if before:
                text = text[: before.start()] + " " + text[before.end() :]
            else:
                text = re.sub(rf"\b{phrase}\s+(?:the\s+)?[\w']+", " ", text)
        for phrase in self._lexicon["indifferent"]["zh"]:
            text = re.sub(rf"[\u3400-\u9fff]{{1,3}}{phrase}", " ", text)
        return text

    def _negated(self, text: str) -> tuple[dict[str, tuple[str, ...]], str]:
        """What is ruled out ("without wool", "not black", "wool-free", "no hood"), and the text without it."""
        exclude: dict[str, list[str]] = {}
        english = "|".join(re.escape(word) for word in sorted(self._lexicon["negation"]["en"], key=len, reverse=True))
        chinese = "|".join(self._lexicon["negation"]["zh"])
        filler = r"(?:(?:all|one of (?:those|these|the|your)|those|these|any|made|of|from|out|in|on|with|a|an|the|wear|wearing|like|want|contain|containing|filled|running|run|another|something)\s+)*"
        word = rf"(?!(?:for|and|or|nor|but|in|with|please|to|under|over|that|which|if|{english})\b)[\w'-]+"
        spans = [
            (m.start(), m.end(), m[1])
            for m in re.finditer(
                rf"(?<![\w'-])(?:{english})[\s-]+{filler}({word}(?:\s+{word})?(?:\s+(?:or|and|nor)\s+{filler}{word})*)",
                text,
            )
        ]
        spans += [(m.start(), m.end(), m[1]) for m in re.finditer(r"\b([\w']+)[- ]free\b", text)]
        unwanted = "|".join(self._lexicon["unwanted"]["en"])
        spans += [(m.start(), m.end(), m[1]) for m in re.finditer(rf"\b([\w']+) (?:{unwanted})\b", text)]
        spans += [(m.start(), m.end(), m[1]) for m in re.finditer(rf"(?:{chinese})([\u3400-\u9fff]{{1,6}})", text)]
        for start, end, phrase in sorted(spans, reverse=True):
            found, left = self._ruled_out(phrase)
            for key, values in found.items():
                exclude.setdefault(key, []).extend(values)
            if found:
                text = f"{text[:start]} , {left} {text[end:]}"
        return {key: tuple(dict.fromkeys(values)) for key, values in exclude.items()}, text

    def _ruled_out(self, phrase: str) -> tuple[dict[str, tuple[str, ...]], str]:
        """The values and words of a phrase that are ruled out, and what of it is not."""
        colors, left = self._values.colors(phrase, unmet=False)
        materials, left = self._values.materials(left, unmet=False)
        brands, left = self._values.brands(left, unmet=False)
        found = {"color": colors, "material": materials, "brand": brands}
        found = {key: values for key, values in found.items() if values}
        if found:
            return found, left
        unruled = self._lexicon["unruled"]["en"]
        texts: dict[str, list[str]] = {}
        for part in re.split(r"\s+(?:or|and|nor)\s+", phrase):
            named = content(part)[:RULED_OUT]
            if named and not any(word in unruled or word.isdigit() for word in named):
                known = [word for word in named if self._known(word)]
                if known:  # of a thing the title speaks; a property may stand anywhere
                    where = "title" if self._is_kind(stem(known[-1])) else "text"
                    texts.setdefault(where, []).append(" ".join(known))
        return ({key: tuple(values) for key, values in texts.items()}, "") if texts else ({}, phrase)

    def _genders(self, text: str) -> tuple[tuple[str, ...], str]:
        found: list[str] = []
        text = re.sub(r"\b(?:i'm|im|i am) (?:a |an )?(?:girl|lady|woman|female)\b", " women ", text)
        text = re.sub(r"\b(?:i'm|im|i am) (?:a |an )?(?:guy|boy|man|dude|male)\b", " men ", text)
        text = re.sub(r"\bfor her\b", " women ", re.sub(r"\bfor him\b", " men ", text))
        for word, gender in sorted(self._map("genders").items(), key=lambda item: -len(item[0])):
            if said(word, text):
                found.append(gender)
                text = without(text, word)
        return tuple(dict.fromkeys(found)), text

    def _translated(self, text: str) -> list[str]:
        """English words for the Chinese ones that the lexicon knows."""
        return [o for word, others in self._lexicon["synonyms"]["zh"].items() if fold(word) in text for o in others]

    def _of_gender(self, types: tuple[str, ...], genders: tuple[str, ...]) -> tuple[str, ...]:
        """Of "Men > Tees" and "Women > Tees", those of the said gender."""
        if not genders:
            return types
        wanted_genders = {gender.lower() for gender in genders}
        gendered = {gender.lower() for gender in self._lexicon["genders"]["en"].values()}
        kept = []
        for path in types:
            own = {part.lower() for part in path.split(" > ")} & gendered
            if not own or own & wanted_genders:
                kept.append(path)
        return tuple(kept) or types


@cache
def _idioms() -> frozenset[str]:
    return frozenset(_stems(phrase.split()) for phrase in lexicon()["idioms"]["en"])


def _codes(text: str) -> tuple[str, list[str]]:
    """Ids as they are typed ("mj02-m-red"), of which no number is a price or a size; and the text without them."""
    found = re.findall(r"(?<!\S)(?=\S*\d)(?=\S*[a-z])\w+(?:-\w+)+(?!\S)", text)
    codes = [code for code in found if len(code) > 5 and not re.fullmatch(r"\d+-[a-z]+|[a-z]+-\d+", code)]
    for code in codes:
        text = text.replace(code, " ")
    return text, codes


def _generic(word: str) -> bool:
    """Whether a word says little of what a thing is: "set", "kit"."""
    return stem(word) in {stem(other) for other in lexicon()["generic"]["en"]}


def _stems(named: Iterable[str]) -> str:
    return " ".join(stem(word) for word in named)


def _conjoined(text: str) -> str:
    """The words that say something, with "and" kept between two wishes."""
    parts = [" ".join(content(part)) for part in re.split(r"\s+and\s+", text)]
    return " and ".join(part for part in parts if part)
