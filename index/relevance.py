"""What a query asks for, filters aside: how well each group answers it, and whether any does.

Three things are judged of each group: its kind (is it a jacket?), the wishes that its words meet (for rain?), and how
close its meaning is. Judging before the hard filters makes a filter that nothing meets a no, and never the nearest
thing dressed up as a yes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log
from typing import Any

import numpy as np

from index.fields import ATTRIBUTES, HEAD, STRONG, STYLE, TITLE, TYPE
from index.lexical import LexicalIndex
from index.words import alike, lexicon, stem, words

OTHERWISE = 0.85  # how much a word counts that means the same
ASIDE = 0.6  # how much a wish counts that the description alone meets
SUGGESTED = 0.45  # how much a word counts that the wish only suggests
KIND, WISHES, NEAR, WORDS, NAMED = 1.2, 0.9, 1.0, 0.4, 3.0  # shares of the score
FAR, CLOSE = 0.1, 0.7  # cosines that count as no and as full nearness (all-MiniLM-L6-v2)
COMPARED = 600  # groups found by words that are compared by meaning one by one
TAIL = 0.45  # of the best score, to be shown at all
TYPED, SHARED = 0.9, 0.45  # kind of what is of the type that is asked for, and of one that holds other things too
SURE = 0.8  # kind from which a group is what is asked for
UNLIKELY = 0.45  # chance below which the shop is said not to have it
ASKED, MET = 0.6, 0.8  # wishes that must be met, of the best; and how well somebody meets them for that to hold

# A logistic model of "the shop has no such thing", fitted to the judged queries in eval/queries (five-fold
# cross-validated F1 .91). `sure`, `some`, `none`: how well the best kind is the thing that is named.
NO_SUCH_THING = {
    "constant": -1.95, "sure": -0.78, "some": 2.75, "none": 5.37, "named": -4.01,
    "wishes": {"sure": -2.96, "unsure": 0.01, "need": -2.45},
    "cosine": {"sure": 0.36, "unsure": -2.72, "need": -2.92},
}  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """What one query asks for, filters aside; arrays of shape (groups,)."""

    score: Any  # how well each group answers it; 0 where it does not
    core: Any  # mask: those that are what is asked for; where none of these is left, nothing matches
    kin: Any  # mask: those of the kind that is asked for, whatever wishes they meet
    named: Any  # mask: those that it names by title or id
    chance: float  # that the shop has such a thing, 0 to 1

    @property
    def sold(self) -> bool:
        return self.chance >= UNLIKELY and bool(np.any(self.core))


class Relevance:
    """Judges one catalogue's groups."""

    def __init__(self, lexical: LexicalIndex, ends: Collection[str] = frozenset()) -> None:
        """`ends`: stems of the words at the end of attributes' values: of "helmet hood" it is a hood."""
        self._lexical = lexical
        self._ends = ends

    def judge(
        self,
        terms: Sequence[str],
        heads: Sequence[str],
        of_type: Any,
        named: Sequence[int],
        meaning: Callable[[Any], Any],
        *,
        of_several: bool = False,
    ) -> Judged:
        """How well each group answers a query.

        Args:
            terms: the query's words that say something, mended.
            heads: the things that it names ("jacket"), mended; none where it says a need alone.
            of_type: a mask over groups: those of the product types that it names; all False where it names none.
            named: numbers of the groups that it names by title or id.
            of_several: these types hold other things as well ("Hats & Gloves"), so that they settle little.
            meaning: numbers of groups → similarity to the query, shape (groups,), of these and of the nearest.
        """
        if not terms and not heads and not len(named) and not np.any(of_type):  # "anything under 20 euros"
            every = np.ones(self._lexical.size, dtype=np.bool_)
            return Judged(every.astype(np.float32), every, every, ~every, 1.0)
        kind = self._kind(heads, of_type, SHARED if of_several else TYPED)
        best_kind = float(kind.max(initial=0.0))
        things = {stem(word) for head in heads for word in words(head)} if best_kind >= 0.5 else set()
        wished = [term for term in terms if stem(term) not in things]
        wishes = self._wishes(wished)
        scores = self._lexical.scores(dict.fromkeys(other for term in terms for other in alike(term)))
        by_words = (
            (KIND if best_kind >= 0.5 else 0.3 * KIND) * kind
            + WISHES * wishes
            + WORDS * scores / max(float(scores.max(initial=0.0)), 1e-6)
        )
        cosines = meaning(_best(by_words, COMPARED))
        score = by_words + NEAR * np.clip((cosines - FAR) / (CLOSE - FAR), 0.0, 1.0)
        is_named = np.zeros(self._lexical.size, dtype=np.bool_)
        is_named[list(named)] = True
        score = np.where(is_named, score + NAMED, score)
        pool = is_named | (kind >= 0.5 * best_kind if best_kind >= 0.3 else np.ones_like(is_named))
        met = float(wishes[pool].max(initial=0.0)) if wished else 1.0
        core = is_named if len(named) else pool & (wishes >= ASKED * met) if wished and met >= MET else pool
        near = float(cosines[pool].max(initial=0.0))
        chance = 1.0 - _no_such_thing(best_kind if heads else None, met, near, bool(len(named)))
        top = float(score.max(initial=0.0))
        return Judged(np.where(score >= TAIL * top, score, 0.0), core, pool, is_named, chance)

    def _kind(self, heads: Sequence[str], of_type: Any, typed: float) -> Any:
        """How surely each group is one of the things that are named; the product types settle it where there are any."""
        kind = np.zeros(self._lexical.size, dtype=np.float32)
        for head in heads:
            kind = np.maximum(kind, self.kind(head, typed))
        if not np.any(of_type):
            return kind
        return np.where(of_type, np.maximum(kind, typed), SURE * kind)

    def kind(self, head: str, typed: float = TYPED) -> Any:
        """Whether each group is one of these: 1 where its title says so at its end, less where it stands elsewhere.

        Args:
            typed: how much it counts that its product type says so.
        """
        found = np.zeros(self._lexical.size, dtype=np.float32)
        for other in alike(head):
            share = 1.0 if other == head else OTHERWISE
            last = words(other)[-1:] or [""]
            held = self._lexical.matches(other) if " " in other else self._lexical.exactly(stem(last[0]))
            style = 0.9 if self._lexical.is_kind(stem(last[0])) else 0.4  # a bag in the style "laptop" is none
            parts = [(HEAD, 1.0), (STYLE, style), (TYPE, typed), (TITLE, 0.5)]
            if " " not in other and stem(last[0]) in self._ends:  # "machine wash" is no machine
                parts += [(ATTRIBUTES, 0.4), (STRONG, 0.3)]
            for bits, worth in parts:
                groups = held.within(bits)
                found[groups] = np.maximum(found[groups], share * worth)
            if " " in other:  # "jump rope" of "Zing Jump Rope": its end is a rope, and all of it is in the title
                ends = np.intersect1d(held.within(TITLE), self._lexical.exactly(stem(last[0])).within(HEAD))
                found[ends] = np.maximum(found[ends], share)
            if " " not in other and len(last[0]) >= 4 and last[0] not in lexicon()["no_kind"]["en"]:
                for groups in self._lexical.ending(stem(last[0])):
                    found[groups] = np.maximum(found[groups], share)
        return found

    def _wishes(self, wished: Sequence[str]) -> Any:
        """Share of the wishes' weight that each group's words meet; rarer words weigh more (idf)."""
        met = np.zeros(self._lexical.size, dtype=np.float32)
        total = 0.0
        for term in wished:
            share = np.zeros_like(met)
            for others, worth in ((alike(term), 1.0), (lexicon()["suggests"]["en"].get(term, ()), SUGGESTED)):
                for other in others:
                    found = self._lexical.matches(other)
                    counted = worth * (1.0 if other == term else OTHERWISE)
                    aside = 1.0 if stem(other) in _claims() else ASIDE
                    value = np.where(found.fields & STRONG, counted, counted * aside).astype(np.float32)
                    share[found.groups] = np.maximum(share[found.groups], value)
            weight = log(1 + len(share) / max(1, int(np.count_nonzero(share))))
            total += weight
            met += weight * share
        return met / total if total else met


@cache
def _claims() -> frozenset[str]:
    """Stems of words by which a description, too, says what a product is: "vegan"."""
    return frozenset(stem(word) for word in lexicon()["claims"]["en"])


def _best(scores: Any, count: int) -> Any:
    """Numbers of the best by score, those that score nothing left out, in no order."""
    count = min(count, int(np.count_nonzero(scores > 0)))
    return np.argpartition(-scores, count - 1)[:count] if count else np.empty(0, dtype=np.int64)


def _no_such_thing(kind: float | None, met: float, near: float, named: bool) -> float:
    """The chance that the shop has no such thing.

    Args:
        kind: how surely the best group is the thing that is named; None where a need alone is said.
        met: share of the wishes that somebody meets, 0 to 1.
        near: the best cosine.
        named: whether a product is named by title or id.
    """
    weights: Any = NO_SUCH_THING
    case = "need" if kind is None else "sure" if kind >= SURE else "unsure"
    total = weights["constant"] + weights["wishes"][case] * met + weights["cosine"][case] * near
    if kind is not None:
        total += weights["sure" if kind >= SURE else "some" if kind >= 0.3 else "none"]
    if named:
        total += weights["named"]
    return 1.0 / (1.0 + exp(-total))
