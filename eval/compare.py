"""Compares two evaluations dialogue by dialogue: what got worse, what better, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scipy.stats import fisher_exact

from eval.schedule import Case, case_of, is_named, told
from eval.summary import count_checks, failures

Result = Mapping[str, Any]


def compare(old: Sequence[Result], new: Sequence[Result], only: Sequence[str] = ()) -> dict[str, Any]:
    """What differs between the runs of two evaluations.

    A case is a dialogue for a shopper; with repeats it regresses when the share of its runs that pass drops. `p` is how
    likely a drop as large is by chance alone: Fisher's exact test, one-sided.

    Args:
        only: as `--only`: what it leaves out of the new evaluation is not missing there.

    Returns:
        `regressions` and `fixed`: lists of `case`, `before`, `now` ("2/3"), `p` and `reasons` (of the runs that fail);
        `new`, `new_failing` and `gone`: lists of cases; `checks`: those whose share differs → `before`, `now`, `p`.
    """
    before = _cases([result for result in old if is_named(result["file"], result["dialogue"], only)])
    now = _cases(new)
    found: dict[str, Any] = {"regressions": [], "fixed": []}
    for case in now:
        if case in before:
            had, has = _passes(before[case]), _passes(now[case])
            change = has[0] * had[1] - had[0] * has[1]  # the shares, without dividing
            if change:
                worse = change < 0
                runs = now[case] if worse else before[case]
                reasons = list(dict.fromkeys(words for run in runs for words in failures(run)))
                row = {
                    "case": told(case),
                    "before": _share(had),
                    "now": _share(has),
                    "p": _p(had, has),
                    "reasons": reasons,
                }
                found["regressions" if worse else "fixed"].append(row)
    new_cases = [case for case in now if case not in before]
    found["new"] = [told(case) for case in new_cases]
    found["new_failing"] = [told(case) for case in new_cases if not all(run["passed"] for run in now[case])]
    found["gone"] = [told(case) for case in before if case not in now]
    found["checks"] = _checks(old, new)
    return found


def comparison_table(found: Mapping[str, Any]) -> str:
    """The comparison as plain text, for people."""
    lines = []
    for name, heading in (("regressions", "worse"), ("fixed", "better")):
        for row in found[name]:
            lines.append(f"{heading:8}{row['before']:>6} → {row['now']:<6} p={row['p']:.2f}  {row['case']}")
            lines += [f"{'':10}{reason[:200]}" for reason in row["reasons"][:3]]
    for name in ("new", "gone"):
        for case in found[name]:
            note = "fails" if case in found["new_failing"] else ""
            lines.append(f"{name:8}{note:22}  {case}")
    for name, row in found["checks"].items():
        lines.append(f"{'check':8}{row['before']:>6} → {row['now']:<6} p={row['p']:.2f}  {name}")
    return "\n".join(lines) or "no dialogue differs"


def _cases(results: Sequence[Result]) -> dict[Case, list[Result]]:
    found: dict[Case, list[Result]] = {}
    for result in results:
        found.setdefault(case_of(result), []).append(result)
    return found


def _passes(runs: Sequence[Result]) -> tuple[int, int]:
    return sum(run["passed"] for run in runs), len(runs)


def _checks(old: Sequence[Result], new: Sequence[Result]) -> dict[str, dict[str, Any]]:
    """Of the cases that both have, the checks that hold more or less often."""
    both = _cases(old).keys() & _cases(new).keys()
    before, now = (count_checks([r for r in results if case_of(r) in both]) for results in (old, new))
    found = {}
    for name in now:
        if name not in before:
            continue
        had, has = ((row["passed"], row["passed"] + row["failed"]) for row in (before[name], now[name]))
        if had[0] * has[1] != has[0] * had[1]:
            found[name] = {"before": _share(had), "now": _share(has), "p": _p(had, has)}
    return found


def _share(count: tuple[int, int]) -> str:
    return f"{count[0]}/{count[1]}"


def _p(had: tuple[int, int], has: tuple[int, int]) -> float:
    """How likely a difference as large, in its direction, is by chance."""
    table = [[has[0], has[1] - has[0]], [had[0], had[1] - had[0]]]
    worse = has[0] * had[1] < had[0] * has[1]
    return round(float(fisher_exact(table, alternative="less" if worse else "greater").pvalue), 4)
