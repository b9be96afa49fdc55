"""Search: words and vectors fused, hard filters that always hold, and an honest verdict where nothing fits.

What is relevant is judged in `relevance`, before the filters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from index.catalogue import Product
from index.columns import Columns
from index.embedding import Encoder, Vectors
from index.filters import VALUED, Filters
from index.lexical import LexicalIndex
from index.names import Match, Names
from index.relevance import Judged, Relevance
from index.store import Store
from index.understand import Reader
from index.vectors import Exact, Nearest
from index.words import content, lexicon, stem, words

DEPTH = 150  # the nearest by meaning that are candidates
ENOUGH = 10  # products that are what is asked for, from which nothing merely near is added
SHOWN_VALUES = 40  # values of a facet that a model is told
TRUSTED = 20  # reviews from which a rating is trusted fully
NEAREST = 3  # alternatives that are named where nothing matches
BY_NAME = 0.9  # how surely a query must name a product for that product to be the answer
RELAXED = (
    "max_price",
    "min_price",
    "in_stock",
    "size",
    "color",
    "material",
    "brand",
    "attributes",
    "exclude",
    "gender",
)

Sort = Literal["relevance", "price_low", "price_high", "rating"]
SORTS: tuple[Sort, ...] = ("relevance", "price_low", "price_high", "rating")
Verdict = Literal["found", "nothing_matches", "not_sold"]


@dataclass(frozen=True, slots=True)
class Query:
    """What to search for.

    Args:
        heads: the things that the text names ("jacket"), as `Reader` reads them; None: read them from the text.
    """

    text: str
    filters: Filters = field(default_factory=Filters)
    sort: Sort = "relevance"
    heads: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A group, by its variant that fits best; `relevance` is 1 for the best of a query and falls to 0."""

    product: Product
    relevance: float
    exact: bool = False  # it was asked for by name
    sure: bool = True  # it is what was asked for, and not merely near to it


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
        self.lexical = LexicalIndex(store)
        self.reader = Reader(
            facets, self.lexical.states, self.lexical.is_kind, self.lexical.mended, self.catalogue.folded_titles
        )
        self._names = Names(self.catalogue.titles, self.lexical)
        self._relevance = Relevance(self.lexical, _ends(facets))

    def refresh(self) -> None:
        """Take up prices, stock and ratings that have changed since they were read."""
        if self._store.generation() != self._columns.generation:
            self._store.forget()
            self._columns = Columns(self._store, self.catalogue.currency)

    def close(self) -> None:
        self._store.close()

    def search(self, query: Query, limit: int = 50) -> Result:
        """The products for a query; see `Result`. Two things in one message ("ropes and bands") are both served."""
        self.refresh()
        if query.heads is None:
            query = replace(query, heads=self.reader.read(query.text).heads)
        if len(query.heads or ()) != 2 or " and " not in query.text:
            return self._search(query, limit)
        results = [self._search(part, limit) for part in _parted(query)]
        found = [result.candidates for result in results if result.candidates]
        if len(found) < 2:
            return self._search(query, limit)
        merged: dict[str, Candidate] = {}
        for place in range(max(map(len, found))):
            for candidates in found:
                if place < len(candidates):
                    merged.setdefault(candidates[place].product.group_id, candidates[place])
        return Result(tuple(merged.values())[:limit], "found")

    @cached_property
    def values(self) -> str:
        """The values that may be filtered by, a line a facet, the most frequent first, with counts of groups."""
        lines = []
        for name in VALUED:
            counts = Counter(self.catalogue.facets.get(name, {}))
            if counts:
                shown = ", ".join(f"{value} ({count})" for value, count in counts.most_common(SHOWN_VALUES))
                more = len(counts) - SHOWN_VALUES
                lines.append(f"{name}: {shown}" + (f" and {more} more" if more > 0 else ""))
        return "\n".join(lines)

    def find_by_name(self, text: str, within: Iterable[str] | None = None) -> list[Match]:
        """Groups that a text names, in the order of the text; see `Names.find`."""
        named = [Match(product.group_id, 1.0, 0) for product in self.find_by_id(text)]
        return self._names.find(text, within, named)

    def find_by_id(self, text: str) -> list[Product]:
        """Products whose ids a text has as words of their own, in its order."""
        typed = [token.strip(".,;:!?()\"'#。，！？").lower() for token in text.split()]
        known = self._store.typed([token for token in typed if any(char.isdigit() for char in token)])
        return list(self._store.products.load(known[token] for token in typed if token in known).values())

    @property
    def groups(self) -> Sequence[str]:
        """The ids of the groups, in the order of their numbers."""
        return self._ids

    @property
    def vectors(self) -> Vectors:
        """The unit vectors of the groups, shape (groups, d)."""
        return np.asarray(self._matrix, dtype=np.float32)

    def vector(self, product: Product) -> Vectors:
        """The unit vector of a product's group, shape (d,)."""
        found: Vectors = self._matrix[self._number[product.group_id]].astype(np.float32)
        return found

    def best_variant(self, group_id: str, filters: Filters) -> Product | None:
        """The variant of a group that meets the filters: in stock first, then in the feed's order."""
        fitting = [p for p in self.catalogue.groups[group_id].variants if filters.met_by(p)]
        return min(fitting, key=lambda p: (not p.in_stock, p.line), default=None)

    def best_variants(self, filters: Filters, scores: Vectors, limit: int) -> list[Product]:
        """Of each group that has one, the variant that meets the filters; the groups with the highest scores first.

        Args:
            scores: (groups,) in the order of `groups`.
        """
        places = self._columns.best(self._mask(filters))
        groups = np.flatnonzero(places >= 0)
        best = groups[np.argsort(-scores[groups], kind="stable")][:limit]
        return self._products(places[best])

    def acclaim(self) -> dict[str, float]:
        """Group id → how much it is liked: its rating, times its reviews up to `TRUSTED` of them."""
        columns = self._columns
        scores = (columns.rating * np.minimum(columns.reviews, TRUSTED))[columns.first]
        return dict(zip(self._ids, scores.tolist(), strict=True))

    def rankings(self, text: str) -> Mapping[str, list[str]]:
        """Ids of groups by words alone and by meaning alone, best first, no filter and no judgement: for measuring.

        `bm25` over the words as they stand, `dense` by the vector index, `exact` by comparing with every vector.
        """
        scores = self.lexical.scores(content(text))
        worded = np.argsort(-scores, kind="stable")[: min(DEPTH, np.count_nonzero(scores))]
        vector = self.encoder.encode([text])[0]
        limit = min(DEPTH, len(self._ids))
        return {
            "bm25": [self._ids[row] for row in worded],
            "dense": [key for key, _ in self._nearest.rank(vector, limit)],
            "exact": [key for key, _ in Exact(self._ids, self._matrix).rank(vector, limit)],
        }

    def _mask(self, filters: Filters) -> Any:
        return self._columns.mask(filters, self.lexical.has)

    def _search(self, query: Query, limit: int) -> Result:
        judged = self._judge(query)
        if not judged.sold or self._another_kind(judged, query):
            return Result((), "not_sold" if content(query.text) else "nothing_matches")
        types = self.reader.things.types_of(query.heads or (), query.filters.gender)
        if types and set(types) <= set(query.filters.product_type):
            # The types follow from the thing that is named, and it may be filed under another: its kind settles it.
            query = replace(query, filters=query.filters.without("product_type"))
        candidates = self._candidates(judged, query.filters, query.sort, limit)
        if candidates:
            return Result(tuple(candidates), "found")
        return Result((), "nothing_matches", self._relax(judged, query))

    def _another_kind(self, judged: Judged, query: Query) -> bool:
        """Whether a query names a thing by a word that makes it another than any of its kind that there is: "ski boots"."""
        told = {stem(word) for word in lexicon()["another_kind"]["en"]}
        before = [stem(one) for head in query.heads or () for one in _modifiers(head, query.text)]
        kin = judged.kin | judged.named
        return any(word in told and not np.any(kin[self.lexical.matches(word).groups]) for word in before)

    def _judge(self, query: Query) -> Judged:
        terms = [self.lexical.mended(term) for term in content(query.text)]
        heads = [" ".join(self.lexical.mended(word) for word in head.split()) for head in query.heads or ()]
        named = [self._number[m.group_id] for m in self.find_by_name(query.text) if m.score >= BY_NAME]
        category = query.filters.product_type
        several = any(re.search(r"[&,/]| and ", path.rpartition(" > ")[2]) for path in category)
        of_type = np.zeros(len(self._ids), dtype=np.bool_)
        if category:
            of_type = self._columns.best(self._mask(Filters(product_type=category))) >= 0
        vector = self.encoder.encode([query.text or "product"])[0]
        return self._relevance.judge(
            terms, heads, of_type, named, lambda also: self._cosines(vector, also), of_several=several
        )

    def _cosines(self, vector: Vectors, also: Any) -> Any:
        """Similarity to a query of the groups nearest to it, and of those numbered in `also`: 0 of others.

        Shape (groups,). What is near comes from the vector index; what words have found is compared one by one.
        """
        found = np.zeros(len(self._ids), dtype=np.float32)
        found[also] = self._matrix[also].astype(np.float32) @ vector
        for key, cosine in self._nearest.rank(vector, min(DEPTH, len(self._ids))):
            found[self._number[key]] = cosine
        return found

    def _candidates(self, judged: Judged, filters: Filters, sort: Sort, limit: int) -> list[Candidate]:
        """The best fitting variant of each relevant group that meets the filters, in order, at most `limit`.

        Nothing, where none of what is asked for meets them: what is merely near is then no answer.
        """
        best = self._columns.best(self._mask(filters))
        meeting = (judged.score > 0) & (best >= 0)
        asked = self._asked(judged, filters)
        if not np.any(meeting & asked):
            return []
        if sort != "relevance" or np.count_nonzero(meeting & asked) >= ENOUGH:
            meeting &= asked
        groups = np.flatnonzero(meeting)
        score, core, named = judged.score[groups], asked[groups], judged.named[groups]
        score = score / score.max()
        places = best[groups]
        order = self._order(sort, places, score, core, named)[:limit]
        return [
            Candidate(product, float(score[row]), bool(named[row]), bool(core[row]))
            for product, row in zip(self._products(places[order]), order, strict=True)
            if filters.met_by(product)
        ]

    def _asked(self, judged: Judged, filters: Filters) -> Any:
        """A mask over groups: what is asked for. Where a price or the stock alone stands in the way of what meets every
        wish, that is a no; where nothing of this colour, size or gender meets them, the kind is enough.
        """
        lasting = filters.without("min_price", "max_price", "in_stock")
        if not lasting or np.any(judged.core & (self._columns.best(self._mask(lasting)) >= 0)):
            return judged.core
        return judged.kin

    def _order(self, sort: Sort, places: Any, score: Any, core: Any, named: Any) -> Any:
        """The order of candidates, best first: the last key of `lexsort` counts most."""
        columns = self._columns
        if sort == "price_low":
            return np.lexsort((-score, columns.price[places]))
        if sort == "price_high":
            return np.lexsort((-score, -columns.price[places]))
        if sort == "rating":
            return np.lexsort((-score, -columns.reviews[places], -columns.rating[places]))
        return np.lexsort((-score, ~columns.stock[places], ~core, ~named))

    def _products(self, places: Any) -> list[Product]:
        """The variants at these places, as they stand now."""
        ids = [self._variants[place] for place in places if place >= 0]
        return list(self._store.products.load(ids).values())

    def _relax(self, judged: Judged, query: Query) -> Relaxation | None:
        """The filter whose absence alone gives something; price before the others, since that is closest to a yes.

        Where no single one does, the first is named, and the nearest are what there is without any.
        """
        stated = [name for name in RELAXED if name in query.filters.stated()]
        nearest: dict[str, Sort] = {"max_price": "price_low", "min_price": "price_high"}
        for name in stated:
            found = self._candidates(judged, query.filters.without(name), nearest.get(name, query.sort), NEAREST)
            if found:
                return Relaxation(name, tuple(found))
        found = self._candidates(judged, Filters(), "relevance", NEAREST)
        return Relaxation(stated[0], tuple(found)) if found and stated else None


def _ends(facets: Mapping[str, Mapping[str, int]]) -> frozenset[str]:
    """Stems of the words at the end of attributes' values."""
    values = (
        value for name, held in facets.items() if name not in ("product_type", "brand", "gender") for value in held
    )
    return frozenset(stem(said[-1]) for value in values if (said := words(value)))


def _modifiers(head: str, text: str) -> list[str]:
    """The words that stand right before the last word of a thing, in its name or in the text."""
    last = head.split()[-1]
    said = text.split()
    inside = head.split()[:-1][-1:]
    return inside or [said[n - 1] for n, word in enumerate(said) if n and stem(word) == stem(last)][:1]


def _parted(query: Query) -> list[Query]:
    """A query for two things as one for each; what is said of neither counts for both."""
    pieces = query.text.split(" and ", 1)
    return [
        replace(query, heads=(head,), text=next((piece for piece in pieces if head in piece), query.text))
        for head in query.heads or ()
    ]
