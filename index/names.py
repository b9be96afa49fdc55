"""Which products a text names: by title, in part of it or misspelt, or by SKU. Ranks nothing else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import log

from index.catalogue import Catalogue
from index.words import stem, words

SURE = 0.72  # share of a title's word weight that names it
PARTLY = 0.5  # enough with two words of which one is rare
AMONG_FEW = 0.3  # enough among products that were shown
ALIKE = 0.86  # similarity of a misspelt word (Ratcliff/Obershelp, as difflib has it)


@dataclass(frozen=True, slots=True)
class Match:
    """A product group that a text names: how surely (0 to 1), and at which of the text's words."""

    group_id: str
    score: float
    start: int


class Names:
    """The titles and SKUs of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._titles = {key: [stem(w) for w in words(group.title)] for key, group in catalogue.groups.items()}
        self._skus = {p.id.lower(): p.group_id for p in catalogue.products.values() if re.search(r"\d", p.id)}
        self.counts = Counter(word for title in self._titles.values() for word in set(title))

    def find(self, text: str, within: Iterable[str] | None = None, limit: int = 5) -> list[Match]:
        """The groups that a text names, in the order of the text.

        Args:
            within: group ids of products that were shown: among them a part of a name is enough ("the jump rope").
        """
        said = [stem(word) for word in words(text)]
        found = [
            Match(self._skus[token.lower()], 1.0, 0)
            for token in re.findall(r"[\w-]+", text)
            if token.lower() in self._skus
        ]
        keys = self._titles if within is None else [key for key in dict.fromkeys(within) if key in self._titles]
        for key in keys:
            match = self._match(key, said, few=within is not None)
            if match is not None:
                found.append(match)
        best: dict[str, Match] = {}
        taken: set[int] = set()
        for match in sorted(found, key=lambda match: -match.score):
            if match.group_id in best or (match.start in taken and match.score < 1.0):
                continue
            best[match.group_id] = match
            taken.add(match.start)
        return sorted(list(best.values())[:limit], key=lambda match: match.start)

    def _match(self, key: str, said: list[str], few: bool) -> Match | None:
        title = self._titles[key]
        hits: dict[str, int] = {}
        for word in title:
            place = next((n for n, other in enumerate(said) if _alike(word, other)), None)
            if place is not None:
                hits[word] = place
        if not hits or max(hits.values()) - min(hits.values()) > len(title) + 2:
            return None
        weight = {word: 1.0 / (1.0 + log(self.counts[word])) for word in set(title)}
        score = sum(weight[word] for word in hits) / sum(weight.values())
        rare = any(self.counts[word] <= 2 and len(word) > 2 for word in hits)
        if score < (AMONG_FEW if few else PARTLY if rare and len(hits) > 1 else SURE):
            return None
        return Match(key, score, min(hits.values()))


def _alike(word: str, other: str) -> bool:
    """Equal, or one long word misspelt. The cheap bounds of difflib come first: most pairs end there."""
    if word == other:
        return True
    if len(word) < 5 or abs(len(word) - len(other)) > 2:
        return False
    matcher = SequenceMatcher(None, word, other)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE
