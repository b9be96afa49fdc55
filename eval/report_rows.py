"""What the report of an evaluation shows, gathered from its runs. Knows no markup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eval.schedule import case_of
from eval.shares import Share, shares_by

Result = Mapping[str, Any]

MEANINGS: Mapping[str, str] = {
    "cart": "The cart is the expected one.",
    "tool": "The expected tool was called, with these arguments.",
    "no_tool": "Tools that must not be called were not.",
    "products": "The cards fit what was asked.",
    "outcome": "The turn ended as expected: answered, asked back, or an honest no.",
    "refuses": "The assistant said no, and changed nothing.",
    "handoff": "A person was called where one was needed, and only there.",
    "personalized": "Suggestions rest on this shopper's own history, or on none.",
    "cites": "The answer names the policy it rests on.",
    "reply": "The wording has what it must, and nothing it must not.",
    "grounded": "Every fact that was said or shown is in the shop's files.",
    "voice": "The reply keeps the rules of the brand's voice.",
    "same_facts_for": "Every shopper was told the same facts.",
    "broke": "The run reached its end without an error.",
}
BROKEN = "broke"  # the row of runs that ended in an error; counts runs, not turns


@dataclass(frozen=True)
class Failure:
    """A check that failed: where, and why. `anchor` is the id of its turn on the page."""

    anchor: str
    case: str
    turn: int
    reason: str


@dataclass
class CheckRow:
    """A check over all turns."""

    name: str
    passed: int = 0
    failed: int = 0
    not_evaluated: int = 0
    failures: list[Failure] = field(default_factory=list)

    @property
    def meaning(self) -> str:
        return MEANINGS.get(self.name, "")

    @property
    def share(self) -> Share:
        return Share(self.passed, self.passed + self.failed)


@dataclass(frozen=True)
class Run:
    """A run with its place on the page."""

    anchor: str
    result: Result

    def turn_anchor(self, number: int) -> str:
        return f"{self.anchor}t{number}"


@dataclass(frozen=True)
class Case:
    """A dialogue for a shopper, with its repeats in their order."""

    file: str
    dialogue: str
    shopper: str
    runs: tuple[Run, ...]

    @property
    def share(self) -> Share:
        return Share(sum(bool(run.result["passed"]) for run in self.runs), len(self.runs))

    @property
    def passed(self) -> bool:
        return self.share.count == self.share.of


def cases_of(results: Sequence[Result]) -> list[Case]:
    """The runs by dialogue and shopper, in the order in which these come first."""
    found: dict[tuple[str, str, str], list[Run]] = {}
    for place, result in enumerate(results, 1):
        found.setdefault(case_of(result), []).append(Run(f"r{place}", result))
    return [Case(*case, tuple(runs)) for case, runs in found.items()]


def check_rows(cases: Sequence[Case]) -> list[CheckRow]:
    """Every check that there is, in the order in which turns are judged; last the runs that broke, if any did."""
    rows: dict[str, CheckRow] = {}
    broken = CheckRow(BROKEN)
    for case in cases:
        told = f"{case.dialogue} ({case.shopper})"
        for run in case.runs:
            label = told if len(case.runs) == 1 else f"{told}, repeat {run.result['repeat']}"
            for number, turn in _all_turns(run.result):
                for check in turn["checks"]:
                    row = rows.setdefault(check["name"], CheckRow(check["name"]))
                    row.passed += check["passed"] is True
                    row.failed += check["passed"] is False
                    row.not_evaluated += check["passed"] is None
                    if check["passed"] is False:
                        row.failures.append(Failure(run.turn_anchor(number), label, number, check["reason"]))
            error = str(run.result.get("error") or "").strip()
            broken.failed += bool(error)
            broken.passed += not error
            if error:
                reached = len(run.result["turns"]) + 1
                broken.failures.append(Failure(run.turn_anchor(reached), label, reached, error.splitlines()[-1]))
    return [*rows.values(), *([broken] if broken.failed else [])]


def replies_of(results: Sequence[Result]) -> list[Mapping[str, Any]]:
    """The replies of all turns that had one."""
    return [turn["reply"] for result in results for turn in result["turns"]]


def share_tables(results: Sequence[Result]) -> dict[str, dict[str, Share]]:
    """Where it passes: heading → name → share. Of runs by file; of turns by the tools called and by outcome."""
    turns = [turn for result in results for turn in result["turns"]]

    def holds(turn: Mapping[str, Any]) -> bool:
        return all(check["passed"] is not False for check in turn["checks"])

    def tools(turn: Mapping[str, Any]) -> list[str]:
        return [call["name"] for call in turn["reply"]["tools"]] or ["none"]

    return {
        "Runs by file": shares_by(results, lambda result: [str(result["file"])], lambda result: bool(result["passed"])),
        "Turns by tool": shares_by(turns, tools, holds),
        "Turns by outcome": shares_by(turns, lambda turn: [str(turn["reply"]["outcome"]).replace("_", " ")], holds),
    }


def timings_of(results: Sequence[Result]) -> dict[str, list[float]]:
    """Seconds of all turns that have them, ascending: to the first product, to the first sentence, of the whole turn."""
    names = {"first_product": "First product", "first_sentence": "First sentence", "total": "Whole turn"}
    timings = [reply.get("timings_ms", {}) for reply in replies_of(results)]
    return {label: sorted(one[name] / 1000 for one in timings if name in one) for name, label in names.items()}


def tokens_by_turn(results: Sequence[Result]) -> dict[int, dict[str, float]]:
    """Number of the turn in its dialogue → means of `cached`, `fresh` and `completion` tokens, and how many `turns`.

    Turns that called no model count as none.
    """
    found: dict[int, list[Mapping[str, int]]] = {}
    for result in results:
        for number, turn in enumerate(result["turns"], 1):
            tokens = turn["reply"].get("tokens", {})
            if tokens.get("prompt"):
                found.setdefault(number, []).append(tokens)
    return {
        number: {
            "cached": _mean(one.get("cached", 0) for one in listed),
            "fresh": _mean(one["prompt"] - one.get("cached", 0) for one in listed),
            "completion": _mean(one.get("completion", 0) for one in listed),
            "turns": len(listed),
        }
        for number, listed in sorted(found.items())
    }


def _all_turns(result: Result) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The turns from 1, those that were not reached among them."""
    yield from enumerate((*result["turns"], *result.get("unreached", ())), 1)


def _mean(values: Iterator[int]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)
