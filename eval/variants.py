"""What a smaller recommender costs: the same one kept as float32, int8 and pruned, each read again and measured."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import numpy as np

from assistant.taste.files import ARRAYS, Precision, load, save
from assistant.taste.fitted import Fitted
from assistant.taste.fitting import Examples
from assistant.taste.histories import Floats
from assistant.taste.measure import measure

MEASURED = 5_000  # shoppers, the same for all variants


def variants(fitted: Fitted, examples: Examples, texts: Floats, *, seed: int = 0) -> Mapping[str, Mapping[str, Any]]:
    """Precision → megabytes, how many times smaller than float32, NDCG@10, and how much of that of float32 is lost."""
    some = examples.some(MEASURED, np.random.default_rng(seed))
    ids = [str(row) for row in range(len(texts))]
    found: dict[str, dict[str, Any]] = {}
    for precision in get_args(Precision):
        with tempfile.TemporaryDirectory(prefix="onevoice-") as folder:
            size = (save(fitted, ids, Path(folder), {}, precision) / ARRAYS).stat().st_size
            kept = load(Path(folder))
        assert kept is not None
        again = kept.over(ids, texts)
        figures = measure(
            lambda part, numbers, read=again: read.score(part, some.popular(numbers)),  # type: ignore[misc]
            some.histories,
            some.targets,
            done=again.methods.done_with,
        )
        found[precision] = {"mb": round(size / 1e6, 2), "ndcg@10": round(figures["ndcg@10"], 5)}
    whole = found["float32"]
    for row in found.values():
        row["smaller"] = round(whole["mb"] / row["mb"], 2)
        row["lost"] = round(1 - row["ndcg@10"] / whole["ndcg@10"], 4) if whole["ndcg@10"] else 0.0
    return found
