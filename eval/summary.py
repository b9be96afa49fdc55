"""The figures of an evaluation: how many runs pass, how reliably, and which checks."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import comb
from typing import Any

from eval.schedule import case_of, told

Result = Mapping[str, Any]


def summarize(results: Sequence[Result], *, dialogues: int, repeat: int, seconds: float) -> dict[str, Any]:
    """The summary that the command prints.

    Args:
        dialogues: how many there are, run or not.
        seconds: how long it took, of a resumed evaluation this time.
    """
    runs, passed = len(results), sum(result["passed"] for result in results)
    hat = pass_hat(results, repeat)
    turns = [turn for result in results for turn in result["turns"]]
    totals = [turn["reply"]["timings_ms"]["total"] / 1000 for turn in turns if "total" in turn["reply"]["timings_ms"]]
    return {
        "dialogues": dialogues,
        "runs": runs,
        "passed": passed,
        "pass_1": round(passed / runs, 4) if runs else 0.0,
        "pass_k": hat[-1] if hat else 0.0,
        "pass_hat": hat,
        "k": repeat,
        "failed": sorted({told(case_of(result)) for result in results if not result["passed"]}),
        "errors": sum(bool(result["error"]) for result in results),
        "checks": count_checks(results),
        "turns": len(turns),
        "seconds_per_turn": round(statistics.mean(totals), 3) if totals else None,
        "tokens": {name: sum(turn["reply"]["tokens"].get(name, 0) for turn in turns) for name in ("prompt", "cached", "completion")},
        "models": _all(turn["reply"]["model"] for turn in turns),
        "prompt_versions": _all(turn["reply"]["voice"]["version"] for turn in turns),
        "seconds": round(seconds, 1),
    }  # fmt: skip


def pass_hat(results: Sequence[Result], repeat: int) -> list[float]:
    """pass^1 … pass^K: how likely k runs of a dialogue for a shopper all pass, as the mean over those.

    The unbiased estimator of τ-bench (Yao et al. 2024, arXiv:2406.12045, section 2): C(c, k) / C(n, k) of c passes in n runs. A case
    with fewer than k runs, of an evaluation that was broken off, is left out of pass^k.
    """
    passes: dict[Any, list[bool]] = {}
    for result in results:
        passes.setdefault(case_of(result), []).append(result["passed"])
    found = []
    for k in range(1, repeat + 1):
        shares = [comb(sum(runs), k) / comb(len(runs), k) for runs in passes.values() if len(runs) >= k]
        if not shares:
            break
        found.append(round(statistics.mean(shares), 4))
    return found


def count_checks(results: Iterable[Result]) -> dict[str, dict[str, int]]:
    """Check → how often it `passed`, `failed`, and was `not_evaluated`."""
    found: dict[str, dict[str, int]] = {}
    for result in results:
        for turn in (*result["turns"], *result.get("unreached", ())):
            for check in turn["checks"]:
                row = found.setdefault(check["name"], {"passed": 0, "failed": 0, "not_evaluated": 0})
                row[{True: "passed", False: "failed", None: "not_evaluated"}[check["passed"]]] += 1
    return found


def failures(result: Result) -> Iterator[str]:
    """What went wrong in a run, in words: each failed check with its turn, and the last line of what broke it."""
    for number, turn in enumerate(result["turns"], 1):
        for check in turn["checks"]:
            if check["passed"] is False:
                yield f"turn {number}, {check['name']}: {check['reason']}"
    if result["error"]:
        yield f"turn {len(result['turns']) + 1}, error: {result['error'].strip().splitlines()[-1]}"


def _all(values: Iterable[str]) -> list[str]:
    return sorted({value for value in values if value})
