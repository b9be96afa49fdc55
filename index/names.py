"""Which products a text names: by title, in part of it or misspelt, or by SKU. Ranks nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import log

import numpy as np
from rapidfuzz import fuzz

from index.lexical import LexicalIndex
from index.words import stem, stopwords, words

SURE = 0.72  # share of a title's word weight that names it
PARTLY = 0.5  # enough with two words of which one is rare
AMONG_FEW = 0.3  # enough among products that were shown
ALIKE = 86.0  # similarity, of 100, of a misspelt word
CANDIDATES = 20  # titles compared word by word: those that share most with the text
_LIST = re.compile(r",\s*(?:and |or )?|\s(?:and|or|vs\.?|versus)\s|&|、|和")
_SENTENCES = re.compile(r"(?<=[.!?:])\s+")


@dataclass(frozen=True, slots=True)
class Match:
    """A product group that a text names: how surely (0 to 1), and at which of the text's words."""

    group_id: str
    score: float
    start: int


class Names:
    """The titles of a catalogue.

    Args:
        titles: group id → title, in the order of the groups' numbers.
    """

    def __init__(self, titles: Mapping[str, str], lexical: LexicalIndex) -> None:
        self._titles = titles
        self._keys = list(titles)
        self._lexical = lexical

    def find(
        self, text: str, within: Iterable[str] | None = None, known: Sequence[Match] = (), limit: int = 5
    ) -> list[Match]:
        """The groups that a text names, in the order of the text.

        Args:
            within: group ids of products that were shown: among them a part of a name is enough ("the jump rope").
            known: what the text names otherwise, by SKU.
        """
        found: list[Match] = []
        said = [stem(self._lexical.mended(word)) for word in words(text)]
        keys = self._like(text) if within is None else [key for key in dict.fromkeys(within) if key in self._titles]
        for key in keys:
            match = self._match(key, said, few=within is not None)
            if match is not None:
                found.append(match)
        if within is None:
            found = [*self._listed(text), *found]
        titles = {match.group_id: frozenset(words(self._titles[match.group_id])) for match in found}
        best: dict[str, Match] = {match.group_id: match for match in known}
        taken: dict[int, list[frozenset[str]]] = {}
        for match in sorted(found, key=lambda match: (-match.score, -len(titles[match.group_id]))):
            title, there = titles[match.group_id], taken.get(match.start, [])
            longer = [other for other in there if title < other]
            alone = bool(longer) and self._stands_alone(match.group_id, said, best)
            if match.group_id in best or (there and (match.score < 1.0 or longer) and not alone):
                continue  # "the Storm Shell for Women" is not the Storm Shell as well
            best[match.group_id] = match
            taken.setdefault(match.start, []).append(title)
        return sorted(list(best.values())[:limit], key=lambda match: match.start)

    def _stands_alone(self, key: str, said: Sequence[str], others: Iterable[str]) -> bool:
        """Whether a title is said once more than in the longer ones: "the Trail Shoes or the Trail Shoes WP"."""
        heard = f" {' '.join(said)} "
        titles = [f" {' '.join(stem(word) for word in words(self._titles[other]))} " for other in (key, *others)]
        own = titles[0]
        within = sum(heard.count(title) for title in titles[1:] if own.strip() in title)
        return heard.count(own) > within

    def _listed(self, text: str) -> list[Match]:
        """What a list names that says the kind once, at its end: "the Nest 5, Nest 0 and Eider sleeping bags"."""
        found: list[Match] = []
        for sentence in _SENTENCES.split(text):
            *parts, last = _LIST.split(sentence)
            tail = words(last)[-2:]
            for part in parts if len(parts) < 6 and len(tail) == 2 else ():
                own = [stem(word) for word in words(part)[-4:]]
                said = [*own, *(stem(word) for word in tail)]
                start = len(words(text[: text.find(part)])) + max(0, len(words(part)) - 4)
                for key in self._like(f"{part} {' '.join(tail)}") if own else ():
                    match = self._match(key, said, few=False)
                    if (
                        match is not None
                        and match.score >= SURE
                        and match.start < len(own)
                        and _ends(self._titles[key], tail)
                    ):
                        found.append(replace(match, start=start + match.start))
        return found

    def _like(self, text: str) -> list[str]:
        """The groups whose titles share most words with a text, the rarer ones counting more."""
        shared = np.zeros(self._lexical.size, dtype=np.float32)
        for term in {stem(self._lexical.mended(word)) for word in words(text)}:
            for part in {term, *term.split("-"), term.replace("-", "")}:
                shared[self._lexical.titles_with(part)] += self._weight(part)
        count = min(CANDIDATES, int(np.count_nonzero(shared)))
        best = np.argsort(-shared, kind="stable")[:count] if count else ()
        return [self._keys[number] for number in best]

    def _weight(self, word: str) -> float:
        """How much a title's word tells; "you" and "will" tell little, in a title as anywhere."""
        return (0.1 if word in _little() else 1.0) / (1.0 + log(max(1, self._lexical.titled[word])))

    def _match(self, key: str, said: list[str], few: bool) -> Match | None:
        title = [stem(word) for word in words(self._titles[key])]
        places = {word: [n for n, other in enumerate(said) if _alike(word, other)] for word in title}
        hits = _nearest({word: found for word, found in places.items() if found})
        if not hits or max(hits.values()) - min(hits.values()) > len(title) + 2:
            return None
        weight = {word: self._weight(word.replace("-", "")) for word in set(title)}
        score = round(sum(weight[word] for word in hits) / sum(weight.values()), 6)  # equal ones are equal
        telling = [word for word in hits if word not in _little()]
        rare = any(self._lexical.titled[word.replace("-", "")] <= 2 and len(word) > 2 for word in telling)
        if score < (AMONG_FEW if few else PARTLY if rare and len(hits) > 1 else SURE):
            return None
        return Match(key, score, min(hits.values()))


def _ends(title: str, tail: Sequence[str]) -> bool:
    return [stem(word) for word in words(title)[-len(tail) :]] == [stem(word) for word in tail]


@cache
def _little() -> frozenset[str]:
    return frozenset(stem(word) for word in stopwords())


def _nearest(places: Mapping[str, Sequence[int]]) -> dict[str, int]:
    """Of each word the place that is nearest to where the word said least often stands."""
    if not places:
        return {}
    rarest = min(places, key=lambda word: len(places[word]))
    chosen = [{word: min(found, key=lambda n: abs(n - at)) for word, found in places.items()} for at in places[rarest]]
    return min(chosen, key=lambda hits: max(hits.values()) - min(hits.values()))


def _alike(word: str, other: str) -> bool:
    """Equal, or one long word misspelt."""
    if word == other:
        return True
    return len(word) >= 5 and abs(len(word) - len(other)) <= 2 and fuzz.ratio(word, other) >= ALIKE
