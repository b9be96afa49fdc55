"""Search: words and vectors fused, hard filters that always hold, and an honest verdict where nothing fits.

What is relevant is judged in `relevance`, before the filters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from index.catalogue import Product
from index.columns import Columns
from index.embedding import Encoder, Vectors
from index.filters import Filters
from index.lexical import STRONG, LexicalIndex
from index.names import Match, Names
from index.relevance import Relevance, expanded
from index.store import Store
from index.understand import Reader
from index.vectors import Exact, Nearest
from index.words import content

DEPTH = 300  # candidates of each ranking
NEAREST = 3  # alternatives that are named where nothing matches
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


@dataclass(frozen=True)
class _Judged:
    """What one query found, filters aside: relevance and fused score of each group, and the groups it names."""

    relevant: Any  # float32, shape (groups,)
    fused: Any  # float32, shape (groups,)
    named: list[int]


class Search:
    """Searches one version of a shop's index. Holds no state of a query: many may run at once.

    Args:
        ids: the groups, in the order of their numbers.
        matrix: their unit vectors, shape (groups, d).
    """

    def __init__(self, store: Store, encoder: Encoder, nearest: Nearest, ids: Sequence[str], matrix: Any) -> None:
        self._store = store
        self.encoder = encoder
        self._nearest = nearest
        self._ids = ids
        self._matrix = matrix
        self._number = {key: number for number, key in enumerate(ids)}
        self._variants = store.variants()
        self._columns = Columns(store, store.meta()["currency"])
        facets = self._columns.facets()
        self.catalogue = store.catalogue(facets)
        self.reader = Reader(facets)
        self.lexical = LexicalIndex(store)
        self._names = Names(self.catalogue.titles, self.lexical)
        self._relevance = Relevance(facets, self.lexical)

    def refresh(self) -> None:
        """Take up prices, stock and ratings that have changed since they were read."""
        if self._store.generation() != self._columns.generation:
            self._store.forget()
            self._columns = Columns(self._store, self.catalogue.currency)

    def close(self) -> None:
        self._store.close()

    def search(self, query: Query, limit: int = 50) -> Result:
        """The products for a query; see `Result`. Two wishes in one message ("ropes and bands") are both served."""
        self.refresh()
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
        named = [Match(product.group_id, 1.0, 0) for product in self.find_by_id(text)]
        return self._names.find(text, within, named)

    def find_by_id(self, text: str) -> list[Product]:
        """Products whose ids a text has as words of their own, in its order."""
        typed = [token.strip(".,;:!?()\"'#。，！？").lower() for token in text.split()]
        known = self._store.typed([token for token in typed if any(char.isdigit() for char in token)])
        return list(self._store.products.load(known[token] for token in typed if token in known).values())

    def vector(self, product: Product) -> Vectors:
        """The unit vector of a product's group, shape (d,)."""
        found: Vectors = self._matrix[self._number[product.group_id]].astype(np.float32)
        return found

    def best_variant(self, group_id: str, filters: Filters) -> Product | None:
        """The variant of a group that meets the filters: in stock first, then in the feed's order."""
        fitting = [p for p in self.catalogue.groups[group_id].variants if filters.met_by(p)]
        return min(fitting, key=lambda p: (not p.in_stock, p.line), default=None)

    def best_variants(self, filters: Filters) -> list[Product]:
        """Of every group that has one, the variant that meets the filters."""
        return self._products(self._columns.best(self._mask(filters)))

    def rankings(self, text: str) -> Mapping[str, list[str]]:
        """Group ids by each ranking alone, best first, with no filters and no judgement: for measuring.

        `bm25` by the words as they stand, `dense` by meaning through the vector index, `exact` by comparing with every
        vector, `fusion` of the first two by reciprocal rank.
        """
        vector = self.encoder.encode([text])[0]
        words = self.lexical.scores(content(text))
        fused = _reciprocal(words) + _reciprocal(self._cosines(vector))
        return {
            "bm25": self._best(_reciprocal(words)),
            "dense": [key for key, _ in self._nearest.rank(vector, min(DEPTH, len(self._ids)))],
            "exact": [key for key, _ in Exact(self._ids, self._matrix).rank(vector, DEPTH)],
            "fusion": self._best(fused),
        }

    def _best(self, scores: Any) -> list[str]:
        return [self._ids[row] for row in np.argsort(-scores, kind="stable")[: np.count_nonzero(scores)]]

    def _known(self, text: str) -> bool:
        return any(np.any(self.lexical.matches(self.lexical.mended(term)).fields & STRONG) for term in content(text))

    def _mask(self, filters: Filters) -> Any:
        return self._columns.mask(filters, self.lexical.has)

    def _search(self, query: Query, limit: int) -> Result:
        judged = self._judge(query)
        if not np.any(judged.relevant):
            return Result((), "not_sold" if content(query.text) else "nothing_matches")
        candidates = self._candidates(judged, query.filters, query.sort, limit)
        if candidates:
            return Result(tuple(candidates), "found")
        return Result((), "nothing_matches", self._relax(judged, query))

    def _judge(self, query: Query) -> _Judged:
        """Two rankings, fused by reciprocal rank, and what of them is relevant."""
        terms = [self.lexical.mended(term) for term in content(query.text)]
        named = [self._number[m.group_id] for m in self.find_by_name(query.text) if m.score >= BY_NAME]
        cosines = self._cosines(self.encoder.encode([query.text or "product"])[0])
        fused = _reciprocal(self.lexical.scores(expanded(terms))) + _reciprocal(cosines)
        category = query.filters.product_type
        of_type = self._columns.best(self._mask(Filters(product_type=category))) >= 0
        relevant = self._relevance.judge(terms, category, of_type, named, cosines)
        return _Judged(relevant, fused, named)

    def _cosines(self, vector: Vectors) -> Any:
        """Similarity of the nearest groups to a query, shape (groups,); 0 beyond them."""
        found = np.zeros(len(self._ids), dtype=np.float32)
        for key, cosine in self._nearest.rank(vector, min(DEPTH, len(self._ids))):
            found[self._number[key]] = cosine
        return found

    def _candidates(self, judged: _Judged, filters: Filters, sort: Sort, limit: int) -> list[Candidate]:
        """The best fitting variant of each relevant group that meets the filters, in order, at most `limit`.

        What is asked for by name need not be of the type that its name sounds like.
        """
        best = self._columns.best(self._mask(filters))
        exact = np.zeros(len(best), dtype=np.bool_)
        exact[judged.named] = True
        if judged.named and filters.product_type:
            best = np.where(exact, self._columns.best(self._mask(filters.without("product_type"))), best)
        groups = np.flatnonzero((judged.relevant > 0) & (best >= 0))
        if not len(groups):
            return []
        score = 0.5 * judged.relevant[groups] + 0.5 * judged.fused[groups] / max(float(judged.fused.max()), 1e-9)
        score /= score.max()
        places = best[groups]
        order = self._order(sort, places, score, exact[groups])[:limit]
        found = []
        for product, row in zip(self._products(places[order]), order, strict=True):
            named = bool(exact[groups[row]])
            if (filters.without("product_type") if named else filters).met_by(product):
                found.append(Candidate(product, float(score[row]), named))
        return found

    def _order(self, sort: Sort, places: Any, score: Any, exact: Any) -> Any:
        """The order of candidates: the last key of `lexsort` counts most."""
        columns = self._columns
        if sort == "price_low":
            return np.lexsort((-score, columns.price[places]))
        if sort == "price_high":
            return np.lexsort((-score, -columns.price[places]))
        if sort == "rating":
            return np.lexsort((-score, -columns.reviews[places], -columns.rating[places]))
        return np.lexsort((-score, ~columns.stock[places], ~exact))

    def _products(self, places: Any) -> list[Product]:
        """The variants at these places, as they stand now."""
        ids = [self._variants[place] for place in places if place >= 0]
        return list(self._store.products.load(ids).values())

    def _relax(self, judged: _Judged, query: Query) -> Relaxation | None:
        """The filter whose absence alone gives something; price before the others, since that is closest to a yes.

        Where no single one does, the first is named, and the nearest are what there is without any.
        """
        stated = [name for name in RELAXED if name in query.filters.stated()]
        nearest: dict[str, Sort] = {"max_price": "price_low", "min_price": "price_high"}
        for name in stated:
            found = self._candidates(judged, query.filters.without(name), nearest.get(name, query.sort), NEAREST)
            if found:
                return Relaxation(name, tuple(found))
        found = self._candidates(judged, Filters(product_type=query.filters.product_type), "relevance", NEAREST)
        return Relaxation(stated[0], tuple(found)) if found and stated else None


def _reciprocal(scores: Any) -> Any:
    """Reciprocal ranks of the best `DEPTH` by score, as they are fused; 0 for the others and for what scored 0."""
    count = min(DEPTH, int(np.count_nonzero(scores)))
    best = np.argpartition(-scores, count - 1)[:count] if count else np.empty(0, dtype=np.int64)
    best = best[np.argsort(-scores[best], kind="stable")]
    fused = np.zeros(len(scores), dtype=np.float32)
    fused[best] = 1.0 / (RRF + 1 + np.arange(count))
    return fused
