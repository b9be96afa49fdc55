"""How good a ranking is: nDCG, recall and reciprocal rank with binary gains, and how well a no is told from a yes.

Pure functions over ids. A ranking lists each id once, best first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import log2


def ndcg(ranked: Sequence[str], right: Collection[str], depth: int = 10) -> float:
    """Normalized discounted cumulative gain (Järvelin and Kekäläinen, TOIS 2002), 0 to 1.

    A right answer at place p, from 1, gains 1 / log2(p + 1); the ideal has min(depth, right) of them at the top.

    >>> round(ndcg(["b", "x", "a"], {"a", "b"}), 4)  # (1 + 1/2) / (1 + 1/log2(3))
    0.9197
    """
    gain = sum(1 / log2(place + 2) for place, key in enumerate(ranked[:depth]) if key in right)
    ideal = sum(1 / log2(place + 2) for place in range(min(depth, len(right))))
    return gain / ideal if ideal else 0.0


def recall(ranked: Sequence[str], right: Collection[str], depth: int = 20) -> float:
    """Share of the right answers that are among the first `depth`, 0 to 1."""
    return len(set(ranked[:depth]) & set(right)) / len(right) if right else 0.0


def reciprocal_rank(ranked: Sequence[str], right: Collection[str]) -> float:
    """1 / place of the first right answer, from 1; 0 where there is none."""
    return next((1 / place for place, key in enumerate(ranked, 1) if key in right), 0.0)


def fused(rankings: Iterable[Sequence[str]], constant: int = 60) -> list[str]:
    """Reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009; the constant is theirs), best first.

    >>> fused([["a", "b"], ["b", "c"]])
    ['b', 'a', 'c']
    """
    scores: defaultdict[str, float] = defaultdict(float)
    for ranked in rankings:
        for place, key in enumerate(ranked, 1):
            scores[key] += 1 / (constant + place)
    return sorted(scores, key=lambda key: -scores[key])


def told(pairs: Iterable[tuple[bool, bool]]) -> Mapping[str, float | None]:
    """Precision, recall and F1 of a judgement, from (said, true) pairs; None where there is nothing to divide by."""
    listed = list(pairs)
    hits = sum(1 for said, true in listed if said and true)
    said, true = sum(1 for said, _ in listed if said), sum(1 for _, true in listed if true)
    shares = {"precision": (hits, said), "recall": (hits, true), "f1": (2 * hits, said + true)}
    return {name: above / below if below else None for name, (above, below) in shares.items()}
