"""How well the recommender finds what is bought next: every method and their blend, over the whole catalogue, in one run.

Nothing is tuned here: methods are fitted and weighed by `assistant.taste.fitting`, on what came before what is tested.
"""

from __future__ import annotations

import hashlib
import itertools
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from assistant.app import open_encoder
from assistant.settings import Settings
from assistant.taste.fitted import Fitted
from assistant.taste.fitting import Examples, fit, report
from assistant.taste.histories import Floats
from assistant.taste.measure import measure
from assistant.taste.training import Recipe
from eval.conversation import in_conversation
from eval.purchases import Purchases, read_purchases, split
from eval.tables import table
from eval.variants import variants
from index.embedding import Encoder

FOLDS = 5
QUICK = 2_000  # shoppers of a quick run, which tells that all runs, and nothing of how good it is
COLUMNS = {
    "HR@5": "hr@5", "NDCG@5": "ndcg@5", "HR@10": "hr@10", "NDCG@10": "ndcg@10", "coverage": "coverage",
    "one of two": "pair_accuracy", "train s": "train_s", "serve ms": "serve_ms",
}  # fmt: skip
KEPT_AS = {"MB": "mb", "× smaller": "smaller", "NDCG@10": "ndcg@10", "lost": "lost"}
# Leave-one-out, ranked over all items. Beauty: as collected by the S3-Rec and P5 papers (popularity to S3-Rec),
# ActionPiece (2025) and eSASRec (2025); Scientific: MISSRec (2023). The hybrid is ItemKNN, Markov and TF-IDF, summed.
PUBLISHED: Mapping[str, Mapping[str, Mapping[str, float]]] = {
    "beauty": {
        "SASRec": {"hr@5": 0.0387, "ndcg@5": 0.0249, "hr@10": 0.0605, "ndcg@10": 0.0318},
        "S3-Rec": {"hr@5": 0.0387, "ndcg@5": 0.0244, "hr@10": 0.0647, "ndcg@10": 0.0327},
        "ActionPiece": {"hr@10": 0.0775, "ndcg@10": 0.0424},
        "SASRec, sampled softmax": {"hr@10": 0.0921, "ndcg@10": 0.0531},
        "eSASRec": {"hr@10": 0.0928, "ndcg@10": 0.0523},
        "simple hybrid": {"hr@5": 0.0676, "ndcg@5": 0.0490, "hr@10": 0.0907, "ndcg@10": 0.0564},
    },
    "scientific": {
        "MISSRec": {"hr@10": 0.1360, "ndcg@10": 0.0753},
        "simple hybrid": {"hr@10": 0.1185, "ndcg@10": 0.0813},
    },
}


def bench_recommend(
    settings: Settings,
    folder: Path,
    *,
    quick: bool = False,
    seeds: int = 1,
    folds: bool = False,
    seed: int = 0,
    encoder: Encoder | None = None,
    progress: bool = True,
) -> dict[str, Any]:
    """Fit and measure on a data set; prints tables, returns the figures.

    Args:
        quick: a few shoppers and epochs: whether it runs, not how good it is.
        seeds: runs with seeds from `seed` on; the figures are those of the first, beside the mean and deviation of all.
        folds: five-fold cross-validation over shoppers: those of a fold are tested on what the others taught.
    """
    data = read_purchases(folder)
    encoder = encoder or open_encoder(settings, progress=progress)
    kept = settings.data_dir / "bench"
    texts = vectors(data.texts, encoder, kept)
    if quick:
        data = _fewer(data)
    recipe = Recipe(seed=seed, epochs=2) if quick else Recipe(seed=seed)
    parts = _folds(data) if folds else [data]
    runs, first = [], None
    for part, n in itertools.product(parts, range(seeds)):
        fitted, whole = _fitted(part, texts, replace(recipe, seed=seed + n), progress)
        runs.append(_measured(part, fitted, whole))
        first = first or fitted
    methods = runs[0] if len(parts) == 1 else _mean(runs)
    result: dict[str, Any] = {
        "dataset": data.name,
        "shoppers": len(data.known),
        "items": data.known.size,
        "examples": len(data.testing.targets),
        "quick": quick,
        "methods": methods,
        "pair_accuracy": methods["blend"]["pair_accuracy"],
        "weights": runs[0]["blend"]["weights"],
        "rss_mb": round(psutil.Process().memory_info().rss / 1e6),
    }
    if first is not None and len(parts) == 1:
        result["variants"] = variants(first, data.testing, texts, seed=seed)
        result |= in_conversation(data, first, kept / data.name, encoder, seed=seed, progress=progress)
    if len(runs) > 1:
        spread = {key: [run["blend"][key] for run in runs] for key in ("hr@10", "ndcg@10", "pair_accuracy")}
        result["runs"] = {
            key: {"mean": round(statistics.mean(v), 5), "deviation": round(statistics.stdev(v), 5), "each": v}
            for key, v in spread.items()
        }
    print(table(data.name, {**methods, **PUBLISHED.get(data.name, {})}, COLUMNS), file=sys.stderr)
    if "variants" in result:
        print(table("kept as", result["variants"], KEPT_AS), file=sys.stderr)
    return result


def vectors(texts: Sequence[str], encoder: Encoder, kept: Path) -> Floats:
    """(texts, d) unit vectors, kept in a folder for the next run."""
    digest = hashlib.sha256("\n".join([encoder.name, *texts]).encode()).hexdigest()[:16]
    path = kept / f"texts-{digest}.npy"
    if path.is_file():
        return np.asarray(np.load(path), dtype=np.float32)
    found = np.asarray(encoder.encode(list(texts), progress=True), dtype=np.float32)
    kept.mkdir(parents=True, exist_ok=True)
    np.save(path, found)
    return found


def _fitted(data: Purchases, texts: Floats, recipe: Recipe, progress: bool) -> tuple[Fitted, float]:
    """What is learned before what is tested, and how many seconds the whole training took."""
    started = time.perf_counter()
    fitted = fit(data.known, data.tuning, texts, recipe=recipe, progress=progress)
    if data.lately is not None:
        fitted = fitted.counted_anew(data.lately)
    return fitted, time.perf_counter() - started


def _measured(data: Purchases, fitted: Fitted, whole: float) -> dict[str, dict[str, Any]]:
    """Method → figures, the blend's weights and the seconds of the whole training among them."""
    figures = _rounded(report(fitted, data.testing))
    if data.week is not None:
        week = data.week
        scores = measure(lambda part, numbers: week(numbers), data.testing.histories, data.testing.targets)
        figures |= _rounded({"popular_7_days": scores}) | _rounded({"blend_new": _of_new(fitted, data.testing)})
    for name, row in figures.items():
        row["train_s"] = round(whole if name == "blend" else fitted.seconds.get(name, 0.0), 1)
    figures["blend"]["weights"] = {name: round(share, 4) for name, share in fitted.blend.shares().items()}
    return figures


def _of_new(fitted: Fitted, examples: Examples) -> Mapping[str, float]:
    """The blend's figures where only what a shopper never bought before counts, and nothing else is suggested."""
    fresh = [np.setdiff1d(target, examples.histories.row(shopper)) for shopper, target in enumerate(examples.targets)]
    some = np.flatnonzero([len(target) for target in fresh])
    histories = examples.histories.take(some)
    return measure(
        lambda part, numbers: fitted.score(part, examples.popular(some[numbers])),
        histories,
        [fresh[shopper] for shopper in some.tolist()],
        done=lambda part: (part.owners(), part.items),
    )


def _fewer(data: Purchases) -> Purchases:
    rng = np.random.default_rng(0)
    chosen = np.sort(rng.permutation(len(data.known))[:QUICK])
    tuning, testing = (examples.some(QUICK, rng) for examples in (data.tuning, data.testing))
    return replace(data, known=data.known.take(chosen), tuning=tuning, testing=testing, lately=None, week=None)


def _folds(data: Purchases) -> list[Purchases]:
    """The data set as often as there are folds: each time a fifth of the shoppers is tested, the others are known."""
    shoppers = np.unique(data.orders.shoppers) if data.orders is not None else np.arange(len(data.known))
    order = np.random.default_rng(0).permutation(shoppers)
    parts = []
    for fold in range(FOLDS):
        tested = np.sort(order[fold::FOLDS])
        others = np.setdiff1d(shoppers, tested)
        if data.orders is not None:
            parts.append(split(data.name, data.titles, data.orders, data.orders.of(others), data.orders.of(tested)))
            continue
        tuning, testing = _only(data.tuning, others), _only(data.testing, tested)
        parts.append(replace(data, known=data.known.take(others), tuning=tuning, testing=testing))
    return parts


def _only(examples: Examples, chosen: Any) -> Examples:
    targets = [examples.targets[number] for number in chosen.tolist()]
    return Examples(examples.histories.take(chosen), targets, lambda numbers: examples.popular(chosen[numbers]))


def _mean(runs: Sequence[Mapping[str, Mapping[str, Any]]]) -> dict[str, dict[str, Any]]:
    return {
        name: {
            key: round(statistics.mean(run[name][key] for run in runs), 5)
            for key, value in row.items()
            if isinstance(value, int | float)
        }
        for name, row in runs[0].items()
    }


def _rounded(figures: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, Any]]:
    return {name: {key: round(float(value), 5) for key, value in row.items()} for name, row in figures.items()}
