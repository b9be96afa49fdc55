"""What a query asks for, filters aside: which groups are relevant, and by how much.

Words decide where the catalogue uses them, meaning where nobody does. Judging before the hard filters makes a filter
that nothing meets a no, and never the nearest thing dressed up as a yes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log
from typing import Any

import numpy as np

from index.lexical import STRONG, LexicalIndex
from index.words import lexicon, stem, words

COVERAGE = 0.6  # of the best word coverage within a product type, to be relevant
STRICT = 0.75  # the same where no product type is named
ASIDE = 0.6  # how much a word counts that stands in the description alone
SPOKEN_OF = 0.15  # coverage below which nobody in a product type speaks of a wish: it only ranks
WORDED = 0.4  # coverage from which words decide
MEANT = 0.5  # cosine from which meaning alone says that the shop has such a thing (all-MiniLM-L6-v2)
CLOSE, NEAR = 0.38, 0.12  # cosine of what is relevant by meaning, and how far below the nearest it may lie


class Relevance:
    """Judges one catalogue's groups."""

    def __init__(self, facets: Mapping[str, Mapping[str, int]], lexical: LexicalIndex) -> None:
        self._lexical = lexical
        values = (value for values in facets.values() for value in values)
        self._properties = frozenset(stem(found[0]) for value in values if len(found := words(value)) == 1)

    def judge(
        self, terms: Sequence[str], category: tuple[str, ...], of_type: Any, named: Sequence[int], cosines: Any
    ) -> Any:
        """Relevance of every group from 0 to 1, shape (groups,); all 0 where the shop has no such thing.

        Args:
            terms: the query's words that say something, mended.
            category: the product types that it names.
            of_type: a mask over groups: those of the product types.
            named: numbers of the groups that it names by title.
            cosines: similarity of meaning, shape (groups,), 0 beyond the nearest.
        """
        sure = np.zeros(self._lexical.size, dtype=np.float32)
        sure[list(named)] = 1.0
        nouns = {stem(w) for path in category for w in words(path)}
        wishes = [t for t in terms if not ({stem(w) for o in expanded([t]) for w in words(o)} | {stem(t)}) & nouns]
        pool = of_type | (sure > 0) if category else np.ones(self._lexical.size, dtype=np.bool_)
        if not wishes:
            return pool.astype(np.float32) if category else sure if terms else (cosines > 0).astype(np.float32)
        coverage = self._coverage(wishes, pool)
        best = float(coverage.max(initial=0.0))
        if category:
            if best < SPOKEN_OF:
                return pool.astype(np.float32) * 0.5
            return np.maximum(np.where(coverage >= COVERAGE * best, coverage, 0.0), sure)
        closest = float(cosines.max(initial=0.0))
        if best >= WORDED and self._is_thing(wishes):
            return np.maximum(np.where(coverage >= STRICT * best, coverage, 0.0), sure)
        if closest >= MEANT:
            bar = max(CLOSE, closest - NEAR)
            return np.maximum(np.where(cosines >= bar, 0.3, 0.0), sure)
        return sure

    def _coverage(self, wishes: Sequence[str], pool: Any) -> Any:
        """Share of the wishes' weight that each group's words cover; rarer words weigh more (idf)."""
        covered = np.zeros(self._lexical.size, dtype=np.float32)
        total = 0.0
        for term in wishes:
            share = np.zeros_like(covered)
            for other in expanded([term]):
                found = self._lexical.matches(other)
                share[found.groups] = np.maximum(
                    share[found.groups], np.where(found.fields & STRONG, 1.0, ASIDE).astype(np.float32)
                )
            share *= pool
            weight = log(1 + len(share) / max(1, int(np.count_nonzero(share))))
            total += weight
            covered += weight * share
        return covered / total

    def _is_thing(self, wishes: Sequence[str]) -> bool:
        """Whether the words name something that the shop has, or a property that it states in one word.

        "Washing machine" is no product because a label says "machine wash", nor "laptop" because a bag has a "laptop
        sleeve"; "waterproof" is what a customer may ask for alone.
        """
        return any(self._titled(term) for term in wishes) or all(stem(term) in self._properties for term in wishes)

    def _titled(self, term: str) -> bool:
        """Whether a word, or a word of the same meaning, stands in a title or a product type."""
        return any(self._lexical.nouns_from(stem(word)) for other in expanded([term]) for word in words(other))


def expanded(terms: Sequence[str]) -> list[str]:
    """The terms and what other shops call them."""
    synonyms = lexicon()["synonyms"]["en"]
    found = list(terms)
    for term in terms:
        found += [w for w in (synonyms.get(term) or synonyms.get(term.rstrip("s")) or ()) if w not in found]
    return found
