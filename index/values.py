"""Values of facets that a message states: colours, sizes, materials, brands. Read against those that exist.

A value that shops have and this one has not is given as it is said, so that no product meets it; but only for a facet
that the shop keeps at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from functools import cached_property

from index.phrases import said, without
from index.words import fold, lexicon, mapped, stem, words

_LETTERS = re.compile(r"x{0,4}[sl]|m|\d?x{1,2}l|\d?x{1,2}s")
_SIZE = re.compile(
    r"\b(?:in )?(?:a )?(?:sizes?|waist|eu|uk|us)\s+(?:is\s+|of\s+)?([\w./-]+)(?:\s+or\s+([\w./-]+))?|([a-z0-9./-]+)\s*码"
)
_SPAN_ZH = re.compile(r"(\d{1,3})\s*(?:到|至|[-~～])\s*(\d{1,3})\s*码")
_BARE = re.compile(
    r"(?<![\w.,/#-])(\d{1,3}(?:\.5)?)(?![\w/%-]|[.,]\d|\s*(?:cm|mm|m|inch|inches|foot|feet|ft|l|litres?|liters?|ml|kg|g|people|persons?|"
    r"men|man|pieces?|days?|hours?|years?|months?|pack|of|x|usd|eur|euros?|dollars?|bucks?|pounds?|lumens?|w|watts?|degrees?)\b)"
)

_WORN = re.compile(  # what somebody is or wears: "she's a medium"
    r"\b(?:i'?m|i am|she'?s|she is|he'?s|he is|they'?re|they are|wears?|wearing|takes?|as|in)\s+(?:usually |normally |mostly |about )?"
    r"(?:an? )?(?:size )?(extra small|extra large|small|medium|large|x{0,3}[sl]|m)\b(?=\s*(?:$|[,.;!?)]|and\b|so\b|in\b|usually\b|normally\b))"
)
_HALF = re.compile(
    r"(?<![\d.,])(\d{2})[.,]5(?![\d])(?!\s*(?:cm|mm|m|kg|g|l|ml|inch|%|hours?|h|w|years?|days?)\b)"
)  # of shoes
_STEPS = re.compile(r"\b(?:one|a|half a|two) sizes? (?:bigger|smaller|larger|up|down)\b")  # names no size
_BODY = r"(?:feet|foot|fit|toes?|legs?|cal(?:f|ves)|hips?|shoulders?|hands?|heads?|fingers?)\b"  # "for wide feet"
_LIKE = r"(?:lined|lining|look|print|effect|colou?red|style|trim|like)\b"

Read = tuple[tuple[str, ...], str]  # the values that were said, and the text without them


class Values:
    """Reads values for one catalogue; see `understand.Reader`."""

    def __init__(self, facets: Mapping[str, Mapping[str, int]], known: Callable[[str], bool]) -> None:
        self._facets = facets
        self._known = known
        self._lexicon = lexicon()
        self._phrases: dict[str, tuple[Mapping[str, str], int]] = {}

    def colors(self, text: str, *, unmet: bool = True) -> Read:
        """Colours in full ("moss green"), and by any of their colour words ("green" is every green)."""
        if not self._facets.get("color"):
            return (), text
        found, text = self.exact("color", text)
        chosen = list(found)
        names = mapped("colors")
        for word in [*words(text), *(z for z in self._lexicon["colors"]["zh"] if z in text)]:
            if word not in names:
                continue
            values = self._by_color.get(word) or self._by_color.get(names[word])
            if values or unmet:
                chosen += values or [word.title()]
                text = without(text, word)
        return tuple(dict.fromkeys(chosen)), text

    def exact_sizes(self, text: str) -> Read:
        """Sizes that look like nothing else but a range of numbers: "36-39", "S/M". Read before prices are."""
        chosen = []
        for plain, value in self._sizes.items():
            if re.search(r"\d[-/]\d|[a-z]/[a-z]", plain) and said(plain, text):
                chosen.append(value)
                text = without(text, plain)
        return tuple(chosen), text

    def sizes(self, text: str) -> Read:
        """Sizes by name or number; of "size X" also those that the shop does not have."""
        if not self._sizes:
            return (), text
        chosen: list[str] = []
        aliases = self._lexicon["sizes"]["en"]
        text = _STEPS.sub(" ", text)
        if (match := _WORN.search(text)) and (value := aliases.get(match[1], match[1]).lower()) in self._sizes:
            chosen += self._spanning(value)
            text = text.replace(match[0], " ")
        if (match := _SPAN_ZH.search(text)) and (value := self._sizes.get(f"{match[1]}-{match[2]}")):
            chosen.append(value)
            text = text.replace(match[0], " ")
        for match in list(_SIZE.finditer(text)):
            for value in match.groups():
                if not value or not (re.search(r"\d", value) or _LETTERS.fullmatch(value) or value in aliases):
                    continue
                plain = value if value in self._sizes else aliases.get(value, value).lower()
                chosen += self._spanning(plain) or [value.upper()]
                text = text.replace(match[0], " ")
        for match in list(_HALF.finditer(text)):
            if match[1] in self._sizes or str(int(match[1]) + 1) in self._sizes:
                chosen += self._spanning(match[0]) or [match[0].replace(",", ".")]
                text = text.replace(match[0], " ")
        for word, size in sorted(mapped("sizes").items(), key=lambda item: -len(item[0])):
            plain = not word.isascii() or " " in word or "-" in word
            # no "small gift", nor "a small" alone
            spoken = (
                re.escape(word)
                if plain
                else rf"(?:\bin (?:a )?|,\s*|^\s*|(?<!are)(?<!is)(?<!a)\s+){word}(?=\s*(?:$|[,.]))"
            )
            if size.lower() in self._sizes and re.search(spoken, text):
                chosen.append(self._sizes[size.lower()])
                text = re.sub(rf"(?<![\w-])(?:in (?:a )?)?{re.escape(word)}(?![\w-])", " ", text)
        for word in [
            word
            for word in re.findall(r"(?<![A-Za-z0-9_'-])(?<!\d )[\dxsml]{1,5}(?![A-Za-z0-9_'-])", text)
            if _LETTERS.fullmatch(word)
        ]:
            chosen.append(self._sizes.get(word, word.upper()))
            text = without(text, word)
        for plain, value in self._sizes.items():
            if not plain.isdigit() and not _LETTERS.fullmatch(plain) and len(plain) > 2 and plain not in aliases:
                graded = rf"\b(?:how|as|so|too|very|that|this) {re.escape(plain)}\b|\b{re.escape(plain)}\s+{_BODY}|\d\s?(?:cm|mm|m|inch|feet|foot|km) {re.escape(plain)}\b"  # "how long?"
                if said(plain, text) and not re.search(graded, text):
                    chosen.append(value)
                    text = without(text, plain)
        for match in list(_BARE.finditer(text)):
            if found := self._spanning(match[1]):
                chosen += found
                text = without(text, match[1])
        return tuple(dict.fromkeys(chosen)), text

    def _spanning(self, plain: str) -> list[str]:
        """The sizes that a size is, or lies in: 42 is in "40-43"."""
        found = [self._sizes[plain]] if plain in self._sizes else []
        if plain.isdigit():
            for other, value in self._sizes.items():
                span = re.fullmatch(r"(\d+)\s*[-–/]\s*(\d+)", other)
                if span and int(span[1]) <= int(plain) <= int(span[2]):
                    found.append(value)
        return found

    def brands(self, text: str, *, unmet: bool = True) -> Read:
        found, text = self.exact("brand", text)
        chosen = list(found)
        if unmet and not chosen:
            for brand in self._lexicon["brands"]["en"]:
                if said(brand, text) and not self._known(brand):
                    chosen.append(brand.title())
                    text = without(text, brand)
        return tuple(chosen), re.sub(r"\b(?:brand|branded)\b", " ", text) if chosen else text

    def materials(self, text: str, *, unmet: bool = True, besides: Set[str] = frozenset()) -> Read:
        """Materials in full or by any of their words: "cotton" is Cotton and Organic Cotton.

        Args:
            besides: words that name the thing itself: "a fleece" is a garment.
        """
        held = self._facets.get("material", {})
        if not held:
            return (), text
        full, rest = self.exact("material", text)
        text, full = (text, ()) if besides & {fold(value) for value in full} else (rest, full)
        chosen = list(full)
        for value in full:
            chosen += [other for other in held if stem(fold(value)) in {stem(word) for word in words(other)}]
        names = {stem(word) for word in self._lexicon["materials"]["en"]}
        for word in words(text):
            values = self._by_material.get(stem(word), [])
            if values and re.search(rf"\b{re.escape(word)}[- ]{_LIKE}", text):
                continue  # "fleece-lined" is made of something else
            if len(word) > 2 and values and word not in besides:
                chosen += values
                text = without(text, word)
            elif unmet and stem(word) in names and not self._known(word):
                chosen.append(word.title())
                text = without(text, word)
        for name, english in sorted(self._lexicon["materials"]["zh"].items(), key=lambda pair: -len(pair[0])):
            if name in text:
                wanted = {stem(word) for word in words(english)}
                values = [value for value in held if wanted <= {stem(word) for word in words(value)}]
                if values or unmet:
                    chosen += values or [english.title()]
                    text = without(text, name)
        return tuple(dict.fromkeys(chosen)), text

    def exact(self, facet: str, text: str) -> Read:
        """Values of a facet that are said in full, the longest first."""
        phrases, longest = self._folded(facet)
        if not phrases:
            return (), text
        chosen: list[str] = []
        tokens = re.findall(r"[^\s,.]+", text)
        for size in range(min(longest, len(tokens)), 0, -1):
            for start in range(len(tokens) - size + 1):
                phrase = " ".join(tokens[start : start + size])
                if phrase in phrases and said(phrase, text):
                    chosen.append(phrases[phrase])
                    text = without(text, phrase)
        return tuple(dict.fromkeys(chosen)), text

    @cached_property
    def _sizes(self) -> Mapping[str, str]:
        return {fold(value): value for value in self._facets.get("size", {})}

    @cached_property
    def _by_color(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for value in self._facets.get("color", {}):
            for word in words(value):
                found.setdefault(word, []).append(value)
        return found

    @cached_property
    def _by_material(self) -> Mapping[str, list[str]]:
        """Stem → materials. Words that only qualify one ("organic") name none."""
        qualifying = {stem(word) for word in self._lexicon["qualifying"]["en"]}
        found: dict[str, list[str]] = {}
        for value in self._facets.get("material", {}):
            for word in {stem(word) for word in words(value)} - qualifying:
                found.setdefault(word, []).append(value)
        return found

    def _folded(self, facet: str) -> tuple[Mapping[str, str], int]:
        """A facet's values by their folded form, and the most words that one has."""
        if facet not in self._phrases:
            found = {" ".join(fold(value).split()): value for value in self._facets.get(facet, {})}
            found |= {plain.replace(" & ", " and "): value for plain, value in found.items()}
            found = {plain: value for plain, value in found.items() if len(plain) > 1}
            self._phrases[facet] = (found, max((len(plain.split()) for plain in found), default=0))
        return self._phrases[facet]
