"""What each query got from each ranking and from the whole, and the figures of many."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.judged import Judged, answers, breaks
from eval.metrics import fused, ndcg, recall, reciprocal_rank, told
from eval.serving import LIMIT, Wish
from index.catalogue import Catalogue
from index.search import Search

RAW = ("bm25", "dense", "fusion")  # given the raw query, without filters
TRANSLATED = tuple(f"{name}_translated" for name in RAW)  # the same over English


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one query got; `ranked` lists group ids by method, best first."""

    shop: str
    query: Judged
    part: str  # the set it is of; empty for the shop's own
    right: frozenset[str]
    ranked: Mapping[str, Sequence[str]]
    verdict: str
    broken: Sequence[str]  # ids of what was shown and breaks a constraint

    def row(self) -> dict[str, Any]:
        """For looking closer: what was right, and what was found."""
        return {
            "shop": self.shop,
            "part": self.part,
            "q": self.query.q,
            "kind": self.query.kind,
            "right": sorted(self.right),
            "verdict": self.verdict,
            "broken": list(self.broken),
            "ndcg@10": {method: round(ndcg(ranked, self.right), 4) for method, ranked in self.ranked.items()},
            "found": list(self.ranked["whole"])[:20],
        }


def judge(search: Search, catalogue: Catalogue, query: Judged, wish: Wish, *, shop: str, part: str = "") -> Outcome:
    """Put one query to each ranking and to the whole.

    Args:
        catalogue: as the shop folder states it.
    """
    raw = _rankings(search, wish.text)
    english = _rankings(search, wish.english) if wish.english else raw
    result = search.search(wish.query(search.reader), LIMIT)
    products = [catalogue.products[candidate.product.id] for candidate in result.candidates]
    ranked = raw | {f"{name}_translated": keys for name, keys in english.items()}
    return Outcome(
        shop=shop,
        query=query,
        part=part,
        right=frozenset(answers(query, catalogue)),
        ranked=ranked | {"whole": [product.group_id for product in products]},
        verdict=result.verdict,
        broken=[product.id for product in products if breaks(query, product)],
    )


def _rankings(search: Search, text: str) -> dict[str, Sequence[str]]:
    """The rankings of RAW, cut as the whole is."""
    found = search.rankings(text)
    found = {"bm25": found["bm25"], "dense": found["dense"], "fusion": fused((found["bm25"], found["dense"]))}
    return {name: keys[:LIMIT] for name, keys in found.items()}


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Means over the queries that have right answers; the no judged by those that nothing meets, breaks by all."""
    scored = [outcome for outcome in outcomes if outcome.right]
    found: dict[str, Any] = {"queries": len(outcomes), "scored": len(scored)}
    for method in ("whole", *RAW, *TRANSLATED):
        prefix = "" if method == "whole" else f"{method}_"
        rows = [(outcome.ranked[method], outcome.right) for outcome in scored]
        found[f"{prefix}ndcg@10"] = _mean(ndcg(*row) for row in rows)
        found[f"{prefix}recall@20"] = _mean(recall(*row) for row in rows)
        found[f"{prefix}mrr"] = _mean(reciprocal_rank(*row) for row in rows)
    no = told((outcome.verdict != "found", outcome.query.match == "nothing") for outcome in outcomes)
    found |= {f"nothing_{name}": value if value is None else round(value, 4) for name, value in no.items()}
    found["constraint_breaks"] = sum(len(outcome.broken) for outcome in outcomes)
    return found


def by_shop(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        found.setdefault(outcome.shop, []).append(outcome)
    return found


def by_kind(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """By what a query tries; one of several kinds is in each."""
    kinds = sorted({kind for outcome in outcomes for kind in outcome.query.kind})
    return {kind: [outcome for outcome in outcomes if kind in outcome.query.kind] for kind in kinds}


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return round(statistics.fmean(listed), 4) if listed else None
