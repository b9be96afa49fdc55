"""Search: words and vectors fused, hard filters that always hold, and an honest verdict where nothing fits.

What is relevant is judged in `relevance`, before the filters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from index.catalogue import Catalogue, Product
from index.embedding import Encoder, Vectors
from index.filters import Filters
from index.lexical import LexicalIndex
from index.names import Match, Names
from index.relevance import Relevance, expanded
from index.understand import Reader
from index.vectors import VectorIndex
from index.words import content

DEPTH = 300  # candidates of each ranking
RRF = 60  # reciprocal rank fusion's constant: Cormack, Clarke and Büttcher, SIGIR 2009
BY_NAME = 0.9  # how surely a query must name a product for that product to be the answer
RELAXED = ("max_price", "min_price", "in_stock", "size", "color", "material", "brand", "exclude", "gender")

Sort = Literal["relevance", "price_low", "price_high", "rating"]
SORTS: tuple[Sort, ...] = ("relevance", "price_low", "price_high", "rating")
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
class _Judged:
    """What one query found, filters aside: group id → relevance, fused score, and the groups it names."""

    relevant: Mapping[str, float]
    fused: Mapping[str, float]
    named: frozenset[str]


class Search:
    """Searches one catalogue. Holds no state of a query: many may run at once."""

    def __init__(self, catalogue: Catalogue, encoder: Encoder, vectors: VectorIndex, lexical: LexicalIndex) -> None:
        self.catalogue = catalogue
        self.encoder = encoder
        self.reader = Reader(catalogue)
        self._vectors = vectors
        self._lexical = lexical
        self._names = Names(catalogue)
        self._relevance = Relevance(catalogue, lexical, frozenset(self._names.counts))

    def search(self, query: Query, limit: int = 50) -> Result:
        """The products for a query; see `Result`. Two wishes in one message ("ropes and bands") are both served."""
        parts = [part for part in re.split(r"\s+(?:and|&|or)\s+|,\s*", query.text) if content(part)]
        if len(parts) != 2 or not all(self._known(part) for part in parts):
            return self._search(query, limit)
        results = [self._search(replace(query, text=part), limit) for part in parts]
        found = [result.candidates for result in results if result.candidates]
        if not found:
            return results[0]
        merged: dict[str, Candidate] = {}
        for place in range(max(map(len, found))):
            for candidates in found:
                if place < len(candidates):
                    merged.setdefault(candidates[place].product.group_id, candidates[place])
        return Result(tuple(merged.values())[:limit], "found")

    def find_by_name(self, text: str, within: Iterable[str] | None = None) -> list[Match]:
        """Groups that a text names, in the order of the text; see `Names.find`."""
        return self._names.find(text, within)

    def vector(self, product: Product) -> Vectors:
        """The unit vector of a product's group, shape (d,)."""
        found: Vectors = self._vectors.matrix[self._vectors.row[product.group_id]]
        return found

    def best_variant(self, group_id: str, filters: Filters) -> Product | None:
        """The variant of a group that meets the filters: in stock first, then in the feed's order."""
        fitting = [p for p in self.catalogue.groups[group_id].variants if filters.met_by(p)]
        return min(fitting, key=lambda p: (not p.in_stock, p.line), default=None)

    def _known(self, text: str) -> bool:
        return any(self._lexical.matches(self._lexical.mended(term), False) for term in content(text))

    def _search(self, query: Query, limit: int) -> Result:
        judged = self._judge(query)
        if not judged.relevant:
            return Result((), "not_sold" if content(query.text) else "nothing_matches")
        candidates = self._candidates(judged, query.filters, query.sort)
        if candidates:
            return Result(tuple(candidates[:limit]), "found")
        return Result((), "nothing_matches", self._relax(judged, query))

    def _judge(self, query: Query) -> _Judged:
        """Two rankings, fused by reciprocal rank, and what of them is relevant."""
        terms = [self._lexical.mended(term) for term in content(query.text)]
        named = frozenset(m.group_id for m in self.find_by_name(query.text) if m.score >= BY_NAME)
        cosines = dict(self._vectors.rank(self.encoder.encode([query.text or "product"])[0], DEPTH))
        fused: dict[str, float] = {}
        for ranking in (self._lexical.rank(expanded(terms), DEPTH), list(cosines)):
            for place, key in enumerate(ranking):
                fused[key] = fused.get(key, 0.0) + 1.0 / (RRF + place + 1)
        relevant = self._relevance.judge(terms, query.filters.product_type, named, cosines)
        return _Judged(relevant, fused, named)

    def _candidates(self, judged: _Judged, filters: Filters, sort: Sort) -> list[Candidate]:
        """The best fitting variant of each relevant group that meets the filters, in order."""
        top = max(judged.fused.values(), default=1.0)
        found: list[Candidate] = []
        for key, relevance in judged.relevant.items():
            exact = key in judged.named  # what is asked for by name need not be of the type that its name sounds like
            product = self.best_variant(key, filters.without("product_type") if exact else filters)
            if product is not None:
                found.append(Candidate(product, 0.5 * relevance + 0.5 * judged.fused.get(key, 0.0) / top, exact))
        best = max((candidate.relevance for candidate in found), default=1.0)
        found = [replace(candidate, relevance=candidate.relevance / best) for candidate in found]
        return sorted(found, key=_ORDERS[sort])

    def _relax(self, judged: _Judged, query: Query) -> Relaxation | None:
        """The filter whose absence alone gives something; price before the others, since that is closest to a yes.

        Where no single one does, the first is named, and the nearest are what there is without any.
        """
        stated = [name for name in RELAXED if name in query.filters.stated()]
        nearest: dict[str, Sort] = {"max_price": "price_low", "min_price": "price_high"}
        for name in stated:
            found = self._candidates(judged, query.filters.without(name), nearest.get(name, query.sort))
            if found:
                return Relaxation(name, tuple(found[:3]))
        found = self._candidates(judged, Filters(product_type=query.filters.product_type), "relevance")
        return Relaxation(stated[0], tuple(found[:3])) if found and stated else None


_ORDERS: Mapping[Sort, Callable[[Candidate], tuple[float, ...]]] = {
    "relevance": lambda c: (not c.exact, not c.product.in_stock, -c.relevance),
    "price_low": lambda c: (c.product.current_price.minor, -c.relevance),
    "price_high": lambda c: (-c.product.current_price.minor, -c.relevance),
    "rating": lambda c: (-float(c.product.rating or 0), -c.product.review_count, -c.relevance),
}
