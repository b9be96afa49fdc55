"""Search: words and vectors fused, hard filters that always hold, and an honest verdict where nothing fits.

What is relevant is decided before the filters, so that a filter that nothing meets leads to a no and never to the
nearest thing dressed up as a yes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from math import log
from typing import Literal

from index.catalogue import Catalogue, Product
from index.embedding import Encoder, Vectors
from index.filters import Filters
from index.lexical import LexicalIndex
from index.understand import Reader
from index.vectors import VectorIndex
from index.words import content, lexicon, stem, words

DEPTH = 300  # candidates of each ranking
RRF = 60  # reciprocal rank fusion's constant: Cormack, Clarke and Büttcher, SIGIR 2009
COVERAGE = 0.6  # of the best word coverage, to be relevant
STRICT = 0.75  # the same where no product type is named
CLOSE = 0.38  # cosine from which a meaning alone is relevant (all-MiniLM-L6-v2)
NEAR = 0.12  # how far below the nearest a meaning may lie

Sort = Literal["relevance", "price_low", "price_high", "rating"]
Verdict = Literal["found", "nothing_matches", "not_sold"]


@dataclass(frozen=True, slots=True)
class Query:
    text: str
    filters: Filters = field(default_factory=Filters)
    sort: Sort = "relevance"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A group, by its variant that fits best; `relevance` is 1 for the best of a query and falls to 0."""

    product: Product
    relevance: float
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The one filter that stands in the way, and what there is without it, nearest first."""

    field: str
    nearest: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """Candidates, best first, one a group, all meeting the filters."""

    candidates: tuple[Candidate, ...]
    verdict: Verdict
    relax: Relaxation | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A product group that a text names: where in the text's words, and how surely (0 to 1)."""

    group_id: str
    score: float
    start: int


class Search:
    """Searches one catalogue."""

    def __init__(self, catalogue: Catalogue, encoder: Encoder, vectors: VectorIndex, lexical: LexicalIndex) -> None:
        self.catalogue = catalogue
        self.encoder = encoder
        self.reader = Reader(catalogue)
        self._vectors = vectors
        self._lexical = lexical
        self._titles = {key: [stem(w) for w in words(group.title)] for key, group in catalogue.groups.items()}
        counts: dict[str, int] = {}
        for title in self._titles.values():
            for word in set(title):
                counts[word] = counts.get(word, 0) + 1
        self._title_counts = counts
        types = {stem(w) for path in catalogue.facets.get("product_type", {}) for w in words(path)}
        self._nouns = frozenset(types | set(counts))

    def search(self, query: Query, limit: int = 50) -> Result:
        """The products for a query; see `Result`."""
        parts = [part for part in re.split(r"\s+(?:and|&|or)\s+|,\s*", query.text) if content(part)]
        if len(parts) == 2 and all(self._known(part) for part in parts):
            return self._merge([self._search(Query(part, query.filters, query.sort), limit) for part in parts], limit)
        return self._search(query, limit)

    def vector(self, product: Product) -> Vectors:
        """The unit vector of a product's group, shape (d,)."""
        found: Vectors = self._vectors.matrix[self._vectors.row[product.group_id]]
        return found

    def group_vectors(self) -> tuple[Sequence[str], Vectors]:
        """All group ids and their unit vectors, shape (n, d), in the same order."""
        return self._vectors.ids, self._vectors.matrix

    def find_by_name(self, text: str, within: Iterable[str] | None = None, limit: int = 5) -> list[Match]:
        """Groups that a text names by title or SKU, in the order of the text.

        Among `within` (products that were shown) a part of the name is enough ("the jump rope").
        """
        found: list[Match] = []
        said = words(text)
        stems = [stem(word) for word in said]
        typed = {token.lower() for token in re.findall(r"[\w-]+", text)}
        for product in self.catalogue.products.values():
            if product.id.lower() in typed and any(c.isdigit() for c in product.id):
                found.append(Match(product.group_id, 1.0, 0))
        keys = self._titles if within is None else [key for key in dict.fromkeys(within) if key in self._titles]
        for key in keys:
            score, start = self._named(self._titles[key], stems, loose=within is not None)
            if score:
                found.append(Match(key, score, start))
        found.sort(key=lambda match: -match.score)
        best: dict[str, Match] = {}
        taken: set[int] = set()
        for match in found:
            if match.group_id in best or (match.start in taken and match.score < 1.0):
                continue
            best[match.group_id] = match
            taken.add(match.start)
        return sorted(list(best.values())[:limit], key=lambda match: match.start)

    def best_variant(self, group_id: str, filters: Filters) -> Product | None:
        """The variant of a group that meets the filters: in stock first, then in the feed's order."""
        fitting = [p for p in self.catalogue.groups[group_id].variants if filters.met_by(p)]
        return min(fitting, key=lambda p: (not p.in_stock, p.line), default=None)

    def _named(self, title: list[str], said: list[str], loose: bool) -> tuple[float, int]:
        """How surely a message's words name a title, and at which word."""
        if not title:
            return 0.0, 0
        hits: dict[str, int] = {}
        for word in title:
            for place, other in enumerate(said):
                if word == other or (len(word) > 4 and SequenceMatcher(None, word, other).ratio() >= 0.86):
                    hits[word] = place
                    break
        if not hits:
            return 0.0, 0
        weight = {word: 1.0 / (1.0 + log(self._title_counts.get(word, 1))) for word in set(title)}
        score = sum(weight[word] for word in hits) / sum(weight.values())
        rare = any(self._title_counts.get(word, 1) <= 2 and len(word) > 2 for word in hits)
        spread = max(hits.values()) - min(hits.values())
        if spread > len(title) + 2:
            return 0.0, 0
        enough = 0.3 if loose else 0.72
        if score < enough and not (not loose and rare and len(hits) >= 2 and score >= 0.5):
            return 0.0, 0
        return score, min(hits.values())

    def _known(self, text: str) -> bool:
        return any(self._lexical.matches(self._lexical.mended(term), False) for term in content(text))

    def _merge(self, results: list[Result], limit: int) -> Result:
        """The results of two wishes in one message, in turns."""
        found = [result for result in results if result.candidates]
        if not found:
            return results[0]
        merged: dict[str, Candidate] = {}
        for place in range(max(len(result.candidates) for result in found)):
            for result in found:
                if place < len(result.candidates):
                    candidate = result.candidates[place]
                    merged.setdefault(candidate.product.group_id, candidate)
        return Result(tuple(merged.values())[:limit], "found")

    def _search(self, query: Query, limit: int) -> Result:
        terms = [self._lexical.mended(term) for term in content(query.text)]
        named = {m.group_id for m in self.find_by_name(query.text) if m.score >= 0.9}
        fused = self._fuse(query.text, terms)
        relevant = self._relevant(terms, query, fused, named)
        if not relevant:
            return Result((), "not_sold" if terms else "nothing_matches")
        candidates = self._candidates(relevant, fused, named, query)
        if candidates:
            return Result(tuple(candidates[:limit]), "found")
        return Result((), "nothing_matches", self._relax(relevant, fused, named, query))

    def _fuse(self, text: str, terms: Sequence[str]) -> dict[str, float]:
        """Reciprocal rank fusion of the two rankings: group id → score."""
        fused: dict[str, float] = {}
        lexical = self._lexical.rank(self._expanded(terms), DEPTH)
        vector = self.encoder.encode([text or "product"])[0]
        self._dense = dict(self._vectors.rank(vector, DEPTH))
        for ranking in (lexical, list(self._dense)):
            for place, key in enumerate(ranking):
                fused[key] = fused.get(key, 0.0) + 1.0 / (RRF + place + 1)
        return fused

    def _expanded(self, terms: Sequence[str]) -> list[str]:
        """The terms and what other shops call them."""
        synonyms = lexicon()["synonyms"]["en"]
        found = list(terms)
        for term in terms:
            found += [w for w in (synonyms.get(term) or synonyms.get(term.rstrip("s")) or ()) if w not in found]
        return found

    def _relevant(
        self, terms: Sequence[str], query: Query, fused: dict[str, float], named: set[str]
    ) -> dict[str, float]:
        """Group ids that are what was asked for, filters aside, with a coverage from 0 to 1."""
        groups = self.catalogue.groups
        category = query.filters.product_type
        pool = set(groups)
        if category:
            pool = {
                key for key, group in groups.items() if Filters(product_type=category).met_by(group.variants[0])
            } | named
        nouns = {stem(w) for path in category for part in path.split(" > ") for w in words(part)}
        wishes = [t for t in terms if stem(t) not in nouns and not self._is_synonym_of(t, nouns)]
        if not wishes:
            return dict.fromkeys(pool if category else fused, 1.0) if category or not terms else {}
        weights: dict[str, float] = {}
        hits: dict[str, dict[str, float]] = {}
        for term in wishes:
            strong = self._hits(term, False) & pool
            anywhere = self._hits(term, True) & pool
            if not category and not strong and len(anywhere) < 1:
                weights[term] = log(1 + len(groups))
                continue
            weights[term] = log(1 + len(groups) / max(1, len(anywhere)))
            hits[term] = {key: 1.0 if key in strong else 0.6 for key in anywhere}
        total = sum(weights.values()) or 1.0
        head = wishes[-1]
        coverage = {
            key: sum(weights[t] * marks.get(key, 0.0) for t, marks in hits.items()) / total
            for key in {key for marks in hits.values() for key in marks}
        }
        best = max(coverage.values(), default=0.0)
        if category:
            if best < 0.15:  # nobody in the category speaks of the wish: it only ranks
                return dict.fromkeys(pool, 0.5)
            return {key: score for key, score in coverage.items() if score >= COVERAGE * best} | dict.fromkeys(
                named, 1.0
            )
        headed = bool(self._hits(head, False)) or any(self._hits(t, False) for t in wishes if weights[t] > 2.0)
        closest = max(self._dense.values(), default=0.0)
        if len(wishes) > 1 and not any(self._titled(t) for t in wishes):
            headed = False  # "washing machine" is no product because a label says "machine wash"
        if not named and (best < 0.4 or not headed) and closest < 0.5:
            return {}
        kept = {key: score for key, score in coverage.items() if score >= STRICT * best and best >= 0.4}
        bar = max(CLOSE, closest - NEAR)
        if not kept:  # nobody uses the words: the meaning decides
            kept = {key: 0.3 for key, cosine in self._dense.items() if cosine >= bar}
        return kept | dict.fromkeys(named, 1.0)

    def _hits(self, term: str, everywhere: bool) -> frozenset[str]:
        found = self._lexical.matches(term, everywhere)
        for other in self._expanded([term])[1:]:
            found |= self._lexical.matches(other, everywhere)
        return found

    def _titled(self, term: str) -> bool:
        """Whether a word stands in a title or a product type, and not only in what is said of products."""
        bases = [stem(word) for other in self._expanded([term]) for word in words(other)]
        return any(word.startswith(base) for base in bases for word in self._nouns)

    def _is_synonym_of(self, term: str, nouns: set[str]) -> bool:
        return any(stem(word) in nouns for other in self._expanded([term])[1:] for word in words(other))

    def _candidates(
        self, relevant: dict[str, float], fused: dict[str, float], named: set[str], query: Query
    ) -> list[Candidate]:
        """The best fitting variant of each relevant group that meets the filters, in order."""
        kept: list[tuple[float, Product, bool]] = []
        filters = query.filters
        top = max(fused.values(), default=1.0) or 1.0
        for key, coverage in relevant.items():
            exact = key in named
            own = filters.without("product_type") if exact else filters
            product = self.best_variant(key, own)
            if product is not None:
                kept.append(
                    (
                        0.5 * coverage + 0.5 * fused.get(key, 0.0) / top + (1.0 if exact else 0.0),
                        product,
                        exact,
                    )
                )
        if not kept:
            return []
        if query.sort == "rating":
            kept.sort(key=lambda row: (-(row[1].rating or 0), -row[1].review_count, -row[0]))
        elif query.sort in ("price_low", "price_high"):
            sign = 1 if query.sort == "price_low" else -1
            kept.sort(key=lambda row: (sign * row[1].current_price.minor, -row[0]))
        else:
            kept.sort(key=lambda row: (not row[2], not row[1].in_stock, -row[0]))
        best = max(row[0] for row in kept)
        return [Candidate(product, score / best, exact) for score, product, exact in kept]

    def _relax(
        self, relevant: dict[str, float], fused: dict[str, float], named: set[str], query: Query
    ) -> Relaxation | None:
        """The filter whose absence alone gives something; price before the others, since that is closest to a yes."""
        stated = query.filters.stated()
        order = (
            "max_price",
            "min_price",
            "in_stock",
            "size",
            "color",
            "material",
            "brand",
            "exclude",
            "gender",
        )
        for name in (name for name in order if name in stated):
            sort: Sort = {"max_price": "price_low", "min_price": "price_high"}.get(name, query.sort)  # type: ignore[assignment]
            found = self._candidates(relevant, fused, named, Query(query.text, query.filters.without(name), sort))
            if found:
                return Relaxation(name, tuple(found[:3]))
        open_query = Query(query.text, Filters(product_type=query.filters.product_type), "relevance")
        found = self._candidates(relevant, fused, named, open_query)
        first = next((name for name in order if name in stated), "")
        return Relaxation(first, tuple(found[:3])) if found and first else None
