"""What was learned, whole: the methods and their blend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from assistant.taste.blend import Blend
from assistant.taste.histories import Floats, Histories, Ints
from assistant.taste.methods import BY_TEXT, Methods, counted
from assistant.taste.neighbours import sharpened

NEAREST = 5  # known items that speak for one that is new


@dataclass(frozen=True)
class Newcomers:
    """Items that came after the training: nothing is counted of them, and they are scored as those whose texts are nearest.

    Args:
        items: (new,) their rows.
        nearest: (new, `NEAREST` or fewer) rows of known items.
        shares: of the same shape, how much each of these says; they add up to 1.
    """

    items: Ints
    nearest: Ints
    shares: Floats

    @classmethod
    def of(cls, items: Ints, vectors: Floats) -> Newcomers | None:
        """Those that these rows are; None where there are none, or nothing else is known.

        Args:
            vectors: (all items, d) of their texts, of length 1.
        """
        known = np.setdiff1d(np.arange(len(vectors)), items)
        if not len(items) or not len(known):
            return None
        cosines = vectors[items] @ vectors[known].T
        best = np.argsort(-cosines, axis=1, kind="stable")[:, :NEAREST]
        near = sharpened(np.take_along_axis(cosines, best, axis=1))
        return cls(items, known[best], near / near.sum(axis=1, keepdims=True))

    def scored(self, scores: Floats) -> Floats:
        """(shoppers, items) of a method, each new item with no less than its nearest have on average."""
        found = scores.copy()
        lent = (scores[:, self.nearest] * self.shares).sum(axis=-1)
        found[:, self.items] = np.maximum(scores[:, self.items], lent)
        return found


@dataclass(frozen=True)
class Fitted:
    """What was learned: methods and blend, and how many seconds each took to learn."""

    methods: Methods
    blend: Blend
    seconds: Mapping[str, float] = field(default_factory=dict)
    newcomers: Newcomers | None = None

    def score(self, histories: Histories, popular: Mapping[str, Floats]) -> Floats:
        """(shoppers, items) logits, by the blend."""
        scores = self.methods.scores(histories, popular)
        if self.newcomers is not None:
            scores |= {name: self.newcomers.scored(part) for name, part in scores.items() if name not in BY_TEXT}
        return self.blend(scores)

    def counted_anew(self, histories: Histories) -> Fitted:
        """The same with the counts of other histories: once all is weighed, the latest events count too."""
        seconds = dict(self.seconds)
        methods = replace(counted(histories, seconds), nearby=self.methods.nearby, sequence=self.methods.sequence)
        return Fitted(methods, self.blend, seconds)
