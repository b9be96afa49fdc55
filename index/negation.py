"""What a message rules out: values of facets, a kind of thing, or words that a product may not have."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from index.values import Values
from index.words import content, lexicon, stem

RULED_OUT = 3  # words at most that a negation rules out
_FILLER = (
    r"(?:(?:all|one of (?:those|these|the|your)|those|these|any|made|of|from|out|in|on|with|a|an|the|wear|wearing|like|"
    r"want|contain|containing|filled|running|run|another|something)\s+)*"
)


class Negations:
    """Reads refusals for one catalogue.

    Args:
        known: whether a word stands in a title, a type, a brand or an attribute.
        is_kind: whether a stem says what some product is.
    """

    def __init__(self, values: Values, known: Callable[[str], bool], is_kind: Callable[[str], bool]) -> None:
        self._values = values
        self._known = known
        self._is_kind = is_kind

    def read(self, text: str) -> tuple[dict[str, tuple[str, ...]], str]:
        """What is ruled out ("without wool", "not black", "wool-free", "no hood"), and the text without it."""
        exclude: dict[str, list[str]] = {}
        spans = [(m.start(), m.end(), m[1]) for pattern in _patterns() for m in pattern.finditer(text)]
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
        unruled = lexicon()["unruled"]["en"]
        texts: dict[str, list[str]] = {}
        for part in re.split(r"\s+(?:or|and|nor)\s+", phrase):
            named = content(part)[:RULED_OUT]
            if named and not any(word in unruled or word.isdigit() for word in named):
                known = [word for word in named if self._known(word)]
                if known:  # of a thing the title speaks; a property may stand anywhere
                    where = "title" if self._is_kind(stem(known[-1])) else "text"
                    texts.setdefault(where, []).append(" ".join(known))
        return ({key: tuple(values) for key, values in texts.items()}, "") if texts else ({}, phrase)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """How a message says no; each has what is refused as its first group."""
    english = "|".join(re.escape(word) for word in sorted(lexicon()["negation"]["en"], key=len, reverse=True))
    word = rf"(?!(?:for|and|or|nor|but|in|with|please|to|under|over|that|which|if|{english})\b)[\w'-]+"
    others = rf"(?:\s+(?:or|and|nor)\s+{_FILLER}{word})*"
    return (
        re.compile(rf"(?<![\w'-])(?:{english})[\s-]+{_FILLER}({word}(?:\s+{word})?{others})"),
        re.compile(r"\b([\w']+)[- ]free\b"),
        re.compile(rf"\b([\w']+) (?:{'|'.join(lexicon()['unwanted']['en'])})\b"),
        re.compile(rf"(?:{'|'.join(lexicon()['negation']['zh'])})([\u3400-\u9fff]{{1,6}})"),
        re.compile(
            rf"([\u3400-\u9fff]{{1,6}}?)的?我?们?都?(?:{'|'.join(lexicon()['negation']['zh_after'])})(?![\u3400-\u9fff])"
        ),
    )
