"""Reads constraints from a message against the catalogue's own values: no model, and nothing that does not exist.

What it finds corrects a model's arguments in a turn and drives the search where there is no turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from index.filters import Filters
from index.numbers import price_bounds
from index.words import content, fold, lexicon, stem, words


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message states.

    `rest` is what is left of it for retrieval; `noun` says that it names a kind of product that the shop has.
    """

    filters: Filters
    sort: str | None = None
    for_someone_else: bool = False
    relative: str | None = None  # cheaper | dearer
    same_price: bool = False
    noun: bool = False
    rest: str = ""
    spoken: frozenset[str] = field(default_factory=frozenset)  # the filters whose words were said


class Reader:
    """Reads messages for one catalogue."""

    def __init__(self, facets: Mapping[str, Mapping[str, int]]) -> None:
        self._facets = facets
        self._lexicon = lexicon()

    @cached_property
    def _types(self) -> Mapping[str, tuple[str, ...]]:
        """Noun stem → the product types whose narrowest names have it."""
        found: dict[str, list[str]] = {}
        paths = list(self._facets.get("product_type", {}))
        for path in paths:
            leaf = path.split(" > ")[-1]
            if fold(leaf) in self._genders:
                continue
            for part in re.split(r"[&,/]| and ", leaf):
                named = words(part)
                if named:
                    found.setdefault(" ".join(stem(word) for word in named), []).append(path)
        return {noun: tuple(paths) for noun, paths in found.items()}

    @cached_property
    def _genders(self) -> Mapping[str, str]:
        held: Mapping[str, str] = self._lexicon["genders"]["en"]
        return held

    def read(self, text: str) -> Understanding:
        """What a message in English or Chinese states about products."""
        folded = _separate(fold(text))
        someone, gender_of_someone, folded = self._someone(folded)
        bounds, folded = price_bounds(folded)
        same_price, folded = _take(folded, self._both("same_price"))
        folded = self._drop_indifferent(folded)
        relative, folded = _take_value(folded, self._map("relative"))
        sort, folded = _take_value(folded, self._map("sort"))
        stocked, folded = _take(folded, self._both("in_stock"))
        exclude, folded = self._negated(folded)
        colors, folded = self._colors(folded)
        sizes, folded = self._sizes(folded)
        genders, folded = self._said_genders(folded)
        brands, folded = self._values("brand", folded)
        materials, folded = self._materials(folded)
        genders = genders or ((gender_of_someone,) if gender_of_someone else ())
        types, noun = self._product_types(folded)
        chosen = self._of_gender(types, genders)
        filters = Filters(
            product_type=chosen,
            brand=brands,
            color=colors,
            size=sizes,
            gender=self._existing_genders(genders),
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
            noun=noun,
            rest=" ".join(filter(None, [_conjoined(folded), *self._translated(folded)])),
            spoken=frozenset(filters.stated()),
        )

    def read_translated(self, text: str, english: str) -> Understanding:
        """What a message states, read in its own language and in its English translation.

        Where the two differ, the message's own words decide; what is left for retrieval is English.
        """
        own, translated = self.read(text), self.read(english)
        return replace(
            translated,
            filters=translated.filters.updated(own.filters),
            sort=own.sort or translated.sort,
            for_someone_else=own.for_someone_else or translated.for_someone_else,
            relative=own.relative or translated.relative,
            same_price=own.same_price or translated.same_price,
            noun=own.noun or translated.noun,
            rest=translated.rest or own.rest,
            spoken=own.spoken | translated.spoken,
        )

    def _both(self, key: str) -> list[str]:
        languages = self._lexicon[key]
        return [word for listed in languages.values() for word in listed]

    def _map(self, key: str) -> dict[str, str]:
        return {word: value for mapped in self._lexicon[key].values() for word, value in mapped.items()}

    def _someone(self, text: str) -> tuple[bool, str, str]:
        """Whether the product is for somebody else, their gender where the word has one, and the text without them."""
        if re.search(r"\bgift ?cards?\b|\bgift vouchers?\b|礼品卡", text):
            return False, "", text
        gift = any(_said(word, text) for word in self._both("gift"))
        for word, gender in sorted(self._map("people").items(), key=lambda item: -len(item[0])):
            chinese = not word.isascii()
            pattern = (
                re.escape(word)
                if chinese
                else rf"\bfor (?:my |our |a |his |her |the )?[\w ]{{0,16}}?\b{word}\b|\bmy {word}\b"
            )
            if re.search(pattern, text):
                whose = re.search(rf"\bmy {word}(?:'s)? (?:said|says|told|recommended|has|have)\b", text)
                if whose and not gift:
                    continue
                return True, gender, re.sub(pattern, " ", text)
        for word in self._both("gift"):
            text = re.sub(rf"\b{word}s?\b" if word.isascii() else word, " ", text)
        return gift, "", text

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
        """Values that are ruled out ("without wool", "not black", "wool-free"), and the text without them."""
        exclude: dict[str, tuple[str, ...]] = {}
        pattern = "|".join(re.escape(word) for word in sorted(self._lexicon["negation"]["en"], key=len, reverse=True))
        chinese = "|".join(self._lexicon["negation"]["zh"])
        spans = [
            (m.start(), m.end(), m[1])
            for m in re.finditer(
                rf"\b(?:{pattern})\s+((?:(?:any|made|of|in|with|a|the|wear|wearing|like|want|contain|containing)\s+)*"
                rf"[\w'-]+(?:\s+(?:or|and|nor)\s+[\w'-]+)?(?:\s+[\w'-]+)?)",
                text,
            )
        ]
        spans += [(m.start(), m.end(), m[1]) for m in re.finditer(r"\b([\w']+)[- ]free\b", text)]
        spans += [(m.start(), m.end(), m[1]) for m in re.finditer(rf"(?:{chinese})([\u3400-\u9fff]{{1,6}})", text)]
        for start, end, words_ in sorted(spans, reverse=True):
            colors, left = self._colors(words_)
            materials, left = self._materials(left)
            brands, left = self._values("brand", left)
            found = {"color": colors, "material": materials, "brand": brands}
            if any(found.values()):
                for key, values in found.items():
                    if values:
                        exclude[key] = tuple(dict.fromkeys((*exclude.get(key, ()), *values)))
                text = f"{text[:start]} {left} {text[end:]}"
        return exclude, text

    def _colors(self, text: str) -> tuple[tuple[str, ...], str]:
        held = self._facets.get("color", {})
        if not held:
            return (), text
        found, text = self._values("color", text)
        if found:
            return found, text
        by_word: dict[str, list[str]] = {}
        for value in held:
            for word in words(value):
                by_word.setdefault(word, []).append(value)
        said: list[str] = []
        aliases = self._map("colors")
        for word in [*words(text), *(z for z in self._lexicon["colors"]["zh"] if z in text)]:
            name = word if word in by_word else aliases.get(word, "")
            if name in by_word and name not in ("and", "dark", "light"):
                said += by_word[name]
                text = _without(text, word)
        return tuple(dict.fromkeys(said)), text

    def _sizes(self, text: str) -> tuple[tuple[str, ...], str]:
        held = {fold(value): value for value in self._facets.get("size", {})}
        if not held:
            return (), text
        said: list[str] = []
        for match in list(re.finditer(r"\b(?:in )?(?:a )?sizes?\s+([\w./-]+)(?:\s+or\s+([\w./-]+))?|(\w+)\s*码", text)):
            for value in match.groups():
                canonical = self._lexicon["sizes"]["en"].get(value or "", value or "").lower()
                if canonical in held:
                    said.append(held[canonical])
                    text = text.replace(match[0], " ")
        for word, size in sorted(self._map("sizes").items(), key=lambda item: -len(item[0])):
            if size.lower() in held and _said(word, text):
                said.append(held[size.lower()])
                text = _without(text, word)
        for value, original in held.items():
            letters = re.fullmatch(r"x{0,4}[sl]|m", value)
            if letters and re.search(rf"(?<![\w'-]){value}(?![\w'-])", text):
                said.append(original)
                text = re.sub(rf"(?<![\w'-]){value}(?![\w'-])", " ", text)
            elif not value.isdigit() and not letters and len(value) > 2 and _said(value, text):
                said.append(original)
                text = _without(text, value)
        return tuple(dict.fromkeys(said)), text

    def _said_genders(self, text: str) -> tuple[tuple[str, ...], str]:
        said: list[str] = []
        for word, gender in sorted(self._map("genders").items(), key=lambda item: -len(item[0])):
            if _said(word, text):
                said.append(gender)
                text = _without(text, word)
        return tuple(dict.fromkeys(said)), text

    def _existing_genders(self, genders: Iterable[str]) -> tuple[str, ...]:
        held = self._facets.get("gender", {})
        return tuple(gender for gender in genders if gender in held)

    def _values(self, facet: str, text: str) -> tuple[tuple[str, ...], str]:
        """Values of a facet that are said in full."""
        said: list[str] = []
        for value in sorted(self._facets.get(facet, {}), key=len, reverse=True):
            plain = fold(value)
            if len(plain) > 1 and _said(plain, text):
                said.append(value)
                text = _without(text, plain)
        return tuple(said), text

    def _materials(self, text: str) -> tuple[tuple[str, ...], str]:
        """Materials by any of their words: "cotton" is Cotton and Organic Cotton."""
        full, text = self._values("material", text)
        said = list(full)
        for word in words(text):
            if len(word) < 3:
                continue
            hits = [v for v in self._facets.get("material", {}) if stem(word) in {stem(w) for w in words(v)}]
            if hits and word not in (
                "performance",
                "fabric",
                "organic",
                "recycled",
                "blend",
                "steel",
                "natural",
            ):
                said += hits
                text = _without(text, word)
        for value in full:
            said += [v for v in self._facets.get("material", {}) if stem(fold(value)) in {stem(w) for w in words(v)}]
        return tuple(dict.fromkeys(said)), text

    def _product_types(self, text: str) -> tuple[tuple[str, ...], bool]:
        """The product types that the text names. A word after it ("jacket hanger") makes it another thing."""
        stems = [stem(word) for word in words(text)]
        said: list[str] = []
        for noun, paths in self._types.items():
            parts = noun.split()
            for start in range(len(stems) - len(parts) + 1):
                if stems[start : start + len(parts)] == parts:
                    said += paths
        if not said:
            for phrase in self._synonyms(text):
                said += self._types.get(" ".join(stem(word) for word in words(phrase)), ())
        return tuple(dict.fromkeys(said)), bool(said)

    def _synonyms(self, text: str) -> list[str]:
        found: list[str] = []
        plain = " ".join(words(text))
        for word, others in self._lexicon["synonyms"]["en"].items():
            if re.search(rf"\b{re.escape(word)}(?:s|es)?\b", plain) or _said(word, text):
                found += others
        for word, others in self._lexicon["synonyms"]["zh"].items():
            if fold(word) in text:
                found += others
        return found

    def _translated(self, text: str) -> list[str]:
        """English words for the Chinese ones that the lexicon knows."""
        return [o for word, others in self._lexicon["synonyms"]["zh"].items() if fold(word) in text for o in others]

    def _of_gender(self, types: tuple[str, ...], genders: tuple[str, ...]) -> tuple[str, ...]:
        """Of "Men > Tees" and "Women > Tees", those of the said gender."""
        if not genders:
            return types
        wanted = {gender.lower() for gender in genders}
        gendered = {g.lower() for g in self._genders.values()}
        kept = []
        for path in types:
            own = {part.lower() for part in path.split(" > ")} & gendered
            if not own or own & wanted:
                kept.append(path)
        return tuple(kept) or types


def _conjoined(text: str) -> str:
    """The words that say something, with "and" kept between two wishes."""
    parts = [" ".join(content(part)) for part in re.split(r"\s+and\s+", text)]
    return " and ".join(part for part in parts if part)


def _separate(text: str) -> str:
    return re.sub(r"[\"“”!?;:()]+|[，。！？；：、]|,(?!\d)|\.(?!\d)", " ", text)


def _said(word: str, text: str) -> bool:
    if not word.isascii():
        return word in text
    return bool(re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text))


def _without(text: str, word: str) -> str:
    if not word.isascii():
        return text.replace(word, " ")
    return re.sub(rf"(?<![\w-]){re.escape(word)}(?![\w-])", " ", text)


def _take(text: str, phrases: Iterable[str]) -> tuple[bool, str]:
    for phrase in phrases:
        if _said(phrase, text):
            return True, _without(text, phrase)
    return False, text


def _take_value(text: str, mapped: Mapping[str, Any]) -> tuple[Any, str]:
    for phrase in sorted(mapped, key=len, reverse=True):
        if _said(phrase, text):
            return mapped[phrase], _without(text, phrase)
    return None, text
