"""How much each method counts: a log-linear model of what is bought next, fitted on validation alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from assistant.taste.histories import Floats, Ints

POWERS = (0.125, 0.5)  # of a method's scores; chosen among nine sets on the tuning purchases of Beauty and Giftware
PENALTY = 1e-4  # of the squared weights
DRAWN = 60  # products that stand for the whole catalogue
RIVALS = 30  # the likeliest by each method, that stand for themselves


@dataclass(frozen=True)
class Blend:
    """A weighted sum of the methods' scores, raised to powers: the logit of how likely an item is next.

    Low powers let differences far below the best count too, as the logarithm would.

    Args:
        parts: (method, power, weight); a method may have several.
    """

    parts: tuple[tuple[str, float, float], ...]

    def __call__(self, scores: Mapping[str, Floats]) -> Floats:
        """(shoppers, items) logits; a method that is missing adds nothing."""
        found = np.zeros_like(next(iter(scores.values())))
        for name, power, weight in self.parts:
            if name in scores:
                found += np.float32(weight) * _raised(scores[name], power)
        return found

    @classmethod
    def of(cls, stored: Iterable[Sequence[Any]]) -> Blend:
        return cls(tuple((str(name), float(power), float(weight)) for name, power, weight in stored))

    def to_json(self) -> list[list[str | float]]:
        return [list(part) for part in self.parts]

    def shares(self) -> Mapping[str, float]:
        """Method → the sum of its weights, as a share of all that counts for or against."""
        total = sum(abs(weight) for _, _, weight in self.parts) or 1.0
        names = dict.fromkeys(name for name, _, _ in self.parts)
        return {name: sum(weight for other, _, weight in self.parts if other == name) / total for name in names}


# For a shop with too few events to learn from: what is like a shopper's own, and a little of what sells.
UNTRAINED = Blend((("similar", 0.125, 8.0), ("lasting", 0.125, 0.3)))


@dataclass(frozen=True)
class Sample:
    """For tuning: of each shopper the scores of what was bought next, and of what was not.

    Args:
        names: the methods, in the order of the last axis.
        bought: (targets, methods).
        owners: (targets,) the number of the shopper of each.
        others: (shoppers, columns, methods): the likeliest by each method, and what was drawn from the whole catalogue.
        stand_for: (shoppers, columns) the logarithm of how many products each of the others stands for; -inf where it only
            fills a row.
    """

    names: Sequence[str]
    bought: Floats
    owners: Ints
    others: Floats
    stand_for: Floats


def _raised(scores: Floats, power: float) -> Floats:
    """Scores to a power; by roots where that can be, which is ten times as fast."""
    halvings = -np.log2(power)
    if halvings != int(halvings) or halvings < 0:
        return np.asarray(scores ** np.float32(power), dtype=np.float32)
    for _ in range(int(halvings)):
        scores = np.sqrt(scores)
    return scores


def sample(batches: Iterator[tuple[Mapping[str, Floats], Sequence[Ints]]], rng: np.random.Generator) -> Sample:
    """Gather what tuning needs from (scores of all methods, target rows of each shopper), batch by batch."""
    names: list[str] = []
    bought: list[Floats] = []
    others: list[Floats] = []
    size = 0
    for by_name, targets in batches:
        names = list(by_name)
        cube = np.stack([by_name[name] for name in names], axis=-1)
        for row, wanted in zip(cube, targets, strict=True):
            size = len(row)
            best = np.argpartition(-row, min(RIVALS, size - 1), axis=0)[:RIVALS]
            bought.append(row[wanted])
            others.append(row[np.concatenate([rng.integers(0, size, DRAWN), np.setdiff1d(best, wanted)])])
    lengths = np.array([len(part) for part in others])
    stand_for = np.where(np.arange(lengths.max()) < lengths[:, None], 0.0, -np.inf).astype(np.float32)
    stand_for[:, :DRAWN] = np.log(max(size / DRAWN, 1.0))
    filled = np.stack([np.pad(part, ((0, lengths.max() - len(part)), (0, 0))) for part in others])
    owners = np.repeat(np.arange(len(bought)), [len(part) for part in bought])
    return Sample(names, np.concatenate(bought), owners, filled, stand_for)


def tune(among: Sample) -> Blend:
    """The weights under which what was bought is likeliest by a softmax over the catalogue, of which the others are a sample.
    This is convex: there is one best answer.

    A method may count against: what sold long ago and not lately is out of fashion.
    """
    bought, others = (
        np.concatenate([_raised(part, power) for power in POWERS], axis=-1) for part in (among.bought, among.others)
    )
    shoppers, columns, parts = others.shape
    targets = len(bought)
    flat = others.reshape(-1, parts)
    owned = csr_matrix((np.ones(targets, dtype=np.float32), (among.owners, np.arange(targets))), (shoppers, targets))

    def loss(weights: Floats) -> tuple[float, Floats]:
        single = weights.astype(np.float32)
        rivals = (flat @ single).reshape(shoppers, columns) + among.stand_for
        totals = np.concatenate([(bought @ single)[:, None], rivals[among.owners]], axis=1)
        top = totals.max(axis=1, keepdims=True)
        shares = np.exp(totals - top)
        whole = shares.sum(axis=1, keepdims=True)
        shares /= whole
        surprise = float((top + np.log(whole) - totals[:, :1]).mean())
        slope = bought.T @ (shares[:, 0] - 1.0) + flat.T @ (owned @ shares[:, 1:]).ravel()
        return surprise + PENALTY * float(weights @ weights), slope / targets + 2 * PENALTY * weights

    found = minimize(loss, np.ones(parts), jac=True, method="L-BFGS-B").x
    named = [(name, power) for power in POWERS for name in among.names]
    return Blend(tuple((*part, round(float(weight), 4)) for part, weight in zip(named, found, strict=True)))
