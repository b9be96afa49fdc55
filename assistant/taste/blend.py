"""How much each method counts. Tuned on validation alone, by the metric that matters and no gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.taste.histories import Floats, Ints
from assistant.taste.measure import DISCOUNTS

EXPONENTS = (1.0, 0.5, 0.25, 0.125)
STEPS = (3.0, 1.5, 1.2)
ROUNDS = 3  # over all methods, at each step
CANDIDATES = 60  # of each method, that compete for the top in tuning
DRAWN = 60  # others, for the order of the whole catalogue
WHOLE = 0.1  # what the order of the whole counts beside the top ten


@dataclass(frozen=True)
class Blend:
    """A weighted sum of the methods' scores, each raised to a power.

    Low powers let differences far below the best count too, as the logarithm would.
    """

    weights: Mapping[str, float]
    powers: Mapping[str, float]

    def __call__(self, scores: Mapping[str, Floats]) -> Floats:
        """(shoppers, items) of what is likely, from 0 to 1; a method that is missing adds nothing."""
        total = sum(abs(weight) for weight in self.weights.values()) or 1.0
        found = np.zeros_like(next(iter(scores.values())))
        for name, weight in self.weights.items():
            if weight and name in scores:
                found += np.float32(weight / total) * scores[name] ** np.float32(self.powers[name])
        return found


# For a shop with too few events to learn from: what is like a shopper's own, and a little of what sells.
UNTRAINED = Blend({"similar": 1.0, "popular": 0.1}, {"similar": 1.0, "popular": 1.0})


@dataclass
class Sample:
    """For tuning: of each shopper the best candidates of every method, the targets, and others drawn at random.

    Args:
        names: the methods, in the order of the last axis.
        scores: (shoppers, columns, methods); the first `DRAWN` columns were drawn, then come targets and rivals.
        right: (shoppers, columns) whether it is a target.
        top: (shoppers, columns) whether it competes for the top; else it was drawn, or pads a row at its end.
        ideal: (shoppers,) the best discounted gain there is.
    """

    names: Sequence[str]
    scores: Floats
    right: Floats
    top: Floats
    ideal: Floats


def sample(batches: Iterator[tuple[Mapping[str, Floats], Sequence[Ints]]], rng: np.random.Generator) -> Sample:
    """Gather what tuning needs from (scores of all methods, target rows of each shopper), batch by batch."""
    names: list[str] = []
    scores, right, top, ideal = [], [], [], []
    for by_name, targets in batches:
        names = list(by_name)
        cube = np.stack([by_name[name] for name in names], axis=-1)
        for row, wanted in zip(cube, targets, strict=True):
            best = np.argpartition(-row, min(CANDIDATES, len(row) - 1), axis=0)[:CANDIDATES]
            rivals = np.setdiff1d(best, wanted)
            drawn = rng.integers(0, len(row), DRAWN)
            columns = np.concatenate([drawn, wanted, rivals])
            place = np.arange(len(columns)) - DRAWN
            scores.append(row[columns])
            right.append((place >= 0) & (place < len(wanted)))
            top.append(place >= 0)
            ideal.append(DISCOUNTS[: len(wanted)].sum())
    width = max(map(len, scores))
    rows = [
        np.stack([np.pad(part, [(0, width - len(part))] + [(0, 0)] * (part.ndim - 1)) for part in parts])
        for parts in (scores, right, top)
    ]
    return Sample(names, rows[0].astype(np.float32), rows[1], rows[2], np.array(ideal))


def objective(total: Floats, among: Sample) -> float:
    """NDCG@10, and a tenth of how often a target is above what was drawn at random; ties count against the target."""
    rivals = np.where(among.top, np.where(among.right, np.nextafter(total, -np.inf), total), -np.inf)
    best = np.argpartition(-rivals, 9, axis=1)[:, :10]
    best = np.take_along_axis(best, np.argsort(-np.take_along_axis(rivals, best, 1), axis=1, kind="stable"), 1)
    gain = (np.take_along_axis(among.right, best, 1) * DISCOUNTS).sum(axis=1)
    drawn, target = total[:, :DRAWN], total[:, DRAWN]
    return float((gain / among.ideal).mean() + WHOLE * (target[:, None] > drawn).mean())


def tune(among: Sample, advance: Callable[[], object] = lambda: None) -> Blend:
    """The blend with the best `objective`, by coordinate ascent over weights and powers, from even weights.

    Args:
        advance: called after each round.
    """
    weights, powers = np.ones(len(among.names)), np.full(len(among.names), 0.5)
    parts = [among.scores[..., m] ** 0.5 for m in range(len(among.names))]
    total = np.sum(parts, axis=0)
    best = objective(total, among)
    for step in STEPS:
        for _ in range(ROUNDS):
            before = best
            for m in range(len(among.names)):
                others = total - weights[m] * parts[m]
                for weight, power in _tries(weights[m], powers[m], step):
                    part = parts[m] if power == powers[m] else among.scores[..., m] ** power
                    value = objective(others + weight * part, among)
                    if value > best + 1e-5:
                        best, weights[m], powers[m], parts[m], total = (
                            value,
                            weight,
                            power,
                            part,
                            others + weight * part,
                        )
            advance()
            if best == before:
                break
    chosen = zip(among.names, weights, powers, strict=True)
    kept = {name: (round(float(w), 4), float(p)) for name, w, p in chosen if w}
    return Blend({n: w for n, (w, _) in kept.items()}, {n: p for n, (_, p) in kept.items()})


def _tries(weight: float, power: float, step: float) -> list[tuple[float, float]]:
    other = [(weight, tried) for tried in EXPONENTS if tried != power] if weight else []
    return [
        (weight * step, power),
        (weight / step, power),
        (0.0, power),
        *other,
        *([(0.1, power)] if not weight else []),
    ]
