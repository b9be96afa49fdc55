"""What a query asks for, filters aside: which groups are relevant, and by how much.

Words decide where the catalogue uses them, meaning where nobody does. Judging before the hard filters makes a filter
that nothing meets a no, and never the nearest thing dressed up as a yes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

from index.catalogue import Catalogue
from index.filters import Filters
from index.lexical import LexicalIndex
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

    def __init__(self, catalogue: Catalogue, lexical: LexicalIndex, title_words: frozenset[str]) -> None:
        self._groups = catalogue.groups
        self._lexical = lexical
        types = {stem(w) for path in catalogue.facets.get("product_type", {}) for w in words(path)}
        self._nouns = types | title_words
        values = (value for values in catalogue.facets.values() for value in values)
        self._properties = frozenset(stem(found[0]) for value in values if len(found := words(value)) == 1)

    def judge(
        self, terms: Sequence[str], category: tuple[str, ...], named: frozenset[str], cosines: Mapping[str, float]
    ) -> dict[str, float]:
        """Group id → relevance from 0 to 1; empty where the shop has no such thing.

        Args:
            terms: the query's words that say something, mended.
            category: the product types that it names.
            named: groups that it names by title.
            cosines: group id → similarity of meaning, of the nearest groups.
        """
        sure = dict.fromkeys(named, 1.0)
        nouns = {stem(w) for path in category for w in words(path)}
        wishes = [t for t in terms if not ({stem(w) for o in expanded([t]) for w in words(o)} | {stem(t)}) & nouns]
        pool = self._of_type(category) | named if category else frozenset(self._groups)
        if not wishes:
            return dict.fromkeys(pool, 1.0) if category else (dict.fromkeys(cosines, 1.0) if not terms else sure)
        coverage = self._coverage(wishes, pool)
        best = max(coverage.values(), default=0.0)
        if category:
            if best < SPOKEN_OF:
                return dict.fromkeys(pool, 0.5)
            return {key: score for key, score in coverage.items() if score >= COVERAGE * best} | sure
        closest = max(cosines.values(), default=0.0)
        if best >= WORDED and self._is_thing(wishes):
            return {key: score for key, score in coverage.items() if score >= STRICT * best} | sure
        if closest >= MEANT:
            bar = max(CLOSE, closest - NEAR)
            return {key: 0.3 for key, cosine in cosines.items() if cosine >= bar} | sure
        return sure

    def _of_type(self, category: tuple[str, ...]) -> frozenset[str]:
        wanted = Filters(product_type=category)
        return frozenset(key for key, group in self._groups.items() if wanted.met_by(group.variants[0]))

    def _coverage(self, wishes: Sequence[str], pool: frozenset[str]) -> dict[str, float]:
        """Group id → share of the wishes' weight that its words cover; rarer words weigh more (idf)."""
        covered: dict[str, float] = {}
        total = 0.0
        for term in wishes:
            anywhere, strong = self._hits(term, True) & pool, self._hits(term, False)
            weight = log(1 + len(self._groups) / max(1, len(anywhere)))
            total += weight
            for key in anywhere:
                covered[key] = covered.get(key, 0.0) + weight * (1.0 if key in strong else ASIDE)
        return {key: score / total for key, score in covered.items()}

    def _is_thing(self, wishes: Sequence[str]) -> bool:
        """Whether the words name something that the shop has, or a property that it states in one word.

        "Washing machine" is no product because a label says "machine wash", nor "laptop" because a bag has a "laptop
        sleeve"; "waterproof" is what a customer may ask for alone.
        """
        return any(self._titled(term) for term in wishes) or all(stem(term) in self._properties for term in wishes)

    def _titled(self, term: str) -> bool:
        """Whether a word, or a word of the same meaning, stands in a title or a product type."""
        bases = [stem(word) for other in expanded([term]) for word in words(other)]
        return any(word.startswith(base) for base in bases for word in self._nouns)

    def _hits(self, term: str, everywhere: bool) -> frozenset[str]:
        return frozenset().union(*(self._lexical.matches(other, everywhere) for other in expanded([term])))


def expanded(terms: Sequence[str]) -> list[str]:
    """The terms and what other shops call them."""
    synonyms = lexicon()["synonyms"]["en"]
    found = list(terms)
    for term in terms:
        found += [w for w in (synonyms.get(term) or synonyms.get(term.rstrip("s")) or ()) if w not in found]
    return found
