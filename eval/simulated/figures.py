"""The figures of an A/B over simulated shoppers, and how they read as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from eval.simulated.shoppers import Persona
from eval.simulated.statistics import gain, mcnemar, mean_interval
from eval.simulated.talk import FOUND, GAVE_UP, Played
from eval.tables import table

PATIENCE_IS = "messages left when the goal was found, 0 where it was not"
TURNS_IS = "messages until the goal was found; where it was not, one more than the shopper's patience"
FEW = 2  # shoppers, of whom nothing is told apart


@dataclass(frozen=True)
class Pair:
    """One simulated shopper in both arms."""

    persona: Persona
    a: Played
    b: Played

    @property
    def faults(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.a.faults + self.b.faults))

    def within(self, patience: int) -> Pair:
        return Pair(self.persona, self.a.within(patience), self.b.within(patience))


def compared(pairs: Sequence[Pair]) -> dict[str, Any]:
    """What the arms did, and what b gains over a; see `PATIENCE_IS`, `TURNS_IS`."""
    a, b = [pair.a for pair in pairs], [pair.b for pair in pairs]
    found_a, found_b = ([played.found_at is not None for played in arm] for arm in (a, b))
    both = [(pair.a.spent, pair.b.spent) for pair in pairs if pair.a.found_at and pair.b.found_at]
    test = mcnemar(found_a, found_b)
    found = {**gain(found_a, found_b), "p": test["p"], "only_a": test["only_a"], "only_b": test["only_b"]}
    return {
        "a": figures(a),
        "b": figures(b),
        "found_gain": found,
        "first_message_gain": gain([one.found_at == 1 for one in a], [one.found_at == 1 for one in b]),
        "turns_gain": gain([one.spent for one in a], [one.spent for one in b], fewer=True),
        "turns_gain_found_in_both": gain([x for x, _ in both], [y for _, y in both], fewer=True)
        | {"shoppers": len(both)},
        "patience_gain": gain([one.patience_left for one in a], [one.patience_left for one in b]),
    }


def figures(played: Sequence[Played]) -> dict[str, Any]:
    """Of one arm: found, turns, patience, who gave up and why, the assistant's failures, found by turn."""
    turns = [turn for one in played for turn in one.turns]
    failures = Counter(turn.failure for turn in turns if turn.failure)
    gave_up = Counter(one.ended.removeprefix(GAVE_UP) for one in played if one.ended != FOUND)
    by_turn = np.cumsum(np.bincount([one.found_at or 0 for one in played], minlength=2)[1:]) / max(len(played), 1)
    return {
        "shoppers": len(played),
        "found": mean_interval([one.found_at is not None for one in played]),
        "turns": mean_interval([one.spent for one in played]),
        "turns_of_found": mean_interval([one.found_at for one in played if one.found_at is not None]),
        "patience": mean_interval([one.patience_left for one in played]),
        "gave_up": round(sum(gave_up.values()) / len(played), 4) if played else None,
        "gave_up_why": dict(gave_up.most_common()),
        "assistant_failures": {name: failures[name] for name in ("error", "could_not_check", "empty")},
        "moves": moves(played),
        "turns_played": len(turns),
        "cards_with_a_reason": sum(turn.personal for turn in turns),
        "found_by_turn": [round(float(share), 4) for share in by_turn],
    }


def moves(played: Sequence[Played]) -> dict[str, dict[str, int]]:
    """By what was said: how often, and how often then no card, no new card, or the goal was shown."""
    found: dict[str, Counter[str]] = {}
    for one in played:
        seen: set[str] = set()
        for number, turn in enumerate(one.turns, 1):
            counts = found.setdefault(turn.move, Counter())
            counts["said"] += 1
            counts["no_card"] += not turn.shown
            counts["nothing_new"] += not set(turn.shown) - seen
            counts["found"] += number == one.found_at
            seen |= set(turn.shown)
    return {move: dict(counts) for move, counts in found.items()}


def split(pairs: Sequence[Pair]) -> dict[str, Any]:
    """The same of goals that were bought before and of those that were not."""
    parts = {
        "new": [pair for pair in pairs if not pair.persona.goal.repeated],
        "repeated": [pair for pair in pairs if pair.persona.goal.repeated],
    }
    return {name: compared(part) if len(part) >= FEW else None for name, part in parts.items()}


ROWS = {
    "shoppers": "shoppers", "at once a": "first_a", "at once b": "first_b", "found a": "found_a", "found b": "found_b", "gain": "found", "p": "p", "turns a": "turns_a",
    "turns b": "turns_b", "fewer": "turns", "patience a": "patience_a", "patience b": "patience_b", "more": "patience",
}  # fmt: skip


def row(result: Mapping[str, Any]) -> dict[str, Any]:
    """What `compared` found, as a row of a table."""
    told = {key: result[f"{key}_gain"]["relative"] for key in ("found", "turns", "patience")}
    for arm in ("a", "b"):
        told |= {f"{key}_{arm}": result[arm][key]["mean"] for key in ("found", "turns", "patience")}
        told[f"first_{arm}"] = next(iter(result[arm]["found_by_turn"]), 0.0)
    return {**told, "shoppers": result["a"]["shoppers"], "p": result["found_gain"]["p"]}


def report(result: Mapping[str, Any]) -> str:
    """The figures as text, for people."""
    rows = {"all": result, **{f"goals {name}": part for name, part in result["goals"].items() if part}}
    title = f"SIMULATED shoppers of {result['data']}"
    parts = [table(title, {name: row(part) for name, part in rows.items()}, ROWS)]
    if result.get("sensitivity"):
        parts.append(table("simulated, varied", {one["of"]: one for one in result["sensitivity"]}, ROWS))
    parts.append(f"a: {result['a']['settings']}, b: {result['b']['settings']}; patience: {PATIENCE_IS}.")
    parts.append(f"faults of the simulation, left out: {result['simulator_faults'] or 'none'}")
    parts.append(result["measured"])
    return "\n\n".join(parts)
