"""What a message asks for: the things that it names, and the product types that have their names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property

from index.phrases import wanted
from index.words import alike, fold, lexicon, stem, words

_SENTENCE = re.compile(r" \. (?!\s*(?:or|and)\b)")  # "tents? or tarps?" is one wish


class Things:
    """Reads the names of things for one catalogue; see `understand.Reader`."""

    def __init__(
        self,
        facets: Mapping[str, Mapping[str, int]],
        known: Callable[[str], bool],
        is_kind: Callable[[str], bool],
        mended: Callable[[str], str],
    ) -> None:
        self._facets = facets
        self._known = known
        self._is_kind = is_kind
        self._mended = mended

    def read(self, text: str, only_types: bool = False) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The things that a text names, as they are said, and the product types of those that are types here.

        Where a sentence names a type, the others tell a story: "Father's Day is coming. A watch for my dad".
        """
        sentences = _SENTENCE.split(text)
        typed = [found for found in (self._read(sentence, only_types) for sentence in sentences) if found[1]]
        if not typed:
            return self._read(text.replace(" . ", " "), only_types)
        heads = dict.fromkeys(head for found in typed for head in found[0])
        return tuple(heads), tuple(dict.fromkeys(path for found in typed for path in found[1]))

    def _read(self, text: str, only_types: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The same of one sentence, or of what is read as one.

        The end of a name tells what it is: a "jacket hanger" is a hanger. The longest end that the shop knows counts.
        """
        heads: list[str] = []
        types: list[str] = []
        for part in [*wanted(text), *translated(text)]:
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

    def types_of(self, heads: Iterable[str], genders: Iterable[str] = ()) -> tuple[str, ...]:
        """The product types that have the name of one of these things, or of what means the same."""
        named = (_stems(other.split()) for head in heads for other in alike(head))
        found = dict.fromkeys(path for name in named for path in self._types.get(name, ()))
        return self.of_gender(tuple(found), tuple(genders))

    def of_gender(self, types: tuple[str, ...], genders: tuple[str, ...]) -> tuple[str, ...]:
        """Of "Men > Tees" and "Women > Tees", those of the said gender."""
        if not genders:
            return types
        wanted_genders = {gender.lower() for gender in genders}
        gendered = {gender.lower() for gender in lexicon()["genders"]["en"].values()}
        kept = []
        for path in types:
            own = {part.lower() for part in path.split(" > ")} & gendered
            if not own or own & wanted_genders:
                kept.append(path)
        return tuple(kept) or types

    @cached_property
    def _types(self) -> Mapping[str, tuple[str, ...]]:
        """Noun stems → the product types whose narrowest names have them."""
        found: dict[str, list[str]] = {}
        genders = lexicon()["genders"]["en"]
        for path in self._facets.get("product_type", {}):
            leaf = path.split(" > ")[-1]
            if fold(leaf) in genders:
                continue
            for part in re.split(r"[&,/]| and ", leaf):
                if named := words(part):
                    found.setdefault(_stems(named), []).append(path)
        return {noun: tuple(paths) for noun, paths in found.items()}

    def _without_qualities(self, named: list[str]) -> list[str]:
        """Without what only qualifies at the end ("headtorch rechargeable", "boots wide")."""
        if len(named) == 1 and not self._is_kind(stem(named[0])):
            quality = named[0] in lexicon()["qualities"]["en"] or named[0].endswith("ing")
            return [] if quality or named[0] in lexicon()["suggests"]["en"] else named
        while len(named) > 1 and not self._is_kind(stem(named[-1])):
            last = named[-1]
            quality = self._known(last) and last in self._property_words
            follows = quality or last in lexicon()["follows"]["en"]
            if not follows and not last.endswith(
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


def translated(text: str) -> list[str]:
    """English words for the Chinese ones that the lexicon knows."""
    found: list[str] = []
    for word, others in sorted(lexicon()["synonyms"]["zh"].items(), key=lambda item: -len(item[0])):
        if fold(word) in text:  # the longest first: 面包 (bread) has no 包 (bag) in it
            found += others
            text = text.replace(fold(word), " ")
    return found


@cache
def _idioms() -> frozenset[str]:
    return frozenset(_stems(phrase.split()) for phrase in lexicon()["idioms"]["en"])


def _generic(word: str) -> bool:
    """Whether a word says little of what a thing is: "set", "kit"."""
    return stem(word) in {stem(other) for other in lexicon()["generic"]["en"]}


def _stems(named: Iterable[str]) -> str:
    return " ".join(stem(word) for word in named)
