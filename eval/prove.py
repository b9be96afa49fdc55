"""Proves that every check can fail: replies that passed are spoiled in one respect each, and judged again.

It says nothing about the assistant. A mutant that a check lets pass is a hole in the check.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from random import Random
from typing import Any

from tqdm import tqdm

from eval.agreement import agree
from eval.checks import ALWAYS, check_turn
from eval.dialogues import Dialogue
from eval.mutants import MAKERS, Case, Folder, Mutant
from eval.seen import seen_of
from index.catalogue import Catalogue
from index.shop import Shop

CAP = 20  # mutants of one check and key
SEED = 7
Result = Mapping[str, Any]


def prove(results: Sequence[Result], scripts: Sequence[Dialogue], shop: Shop, catalogue: Catalogue) -> dict[str, Any]:
    """Spoil the turns of an evaluation that passed, and see which checks notice.

    Args:
        results: the runs, as lines of `results.jsonl`.

    Returns:
        `mutants` and `caught`: how many; `missed`: check, key, dialogue, shopper, turn, mutation of each that passed;
        `by_check`: check → `mutants`, `caught`; `by_key`: the same for each key; `also_failed`: check and key → the
        other checks that failed for the first of its mutants; `unproved`: checks and keys for which no mutant could be
        made, because no turn that passes asks it, or has what could be spoiled; `turns`: how many passed.
    """
    return proof(cases_of(results, scripts, shop, catalogue))


def proof(cases: Sequence[Case], keys: Iterable[tuple[str, str]] = MAKERS, *, cap: int = CAP) -> dict[str, Any]:
    """As `prove`, of turns that pass.

    Args:
        keys: checks and keys; all, if not given.
        cap: mutants of one check and key, at most.
    """
    keys, missed = list(keys), []
    made: Counter[tuple[str, str]] = Counter()
    caught: Counter[tuple[str, str]] = Counter()
    also: dict[str, list[str]] = {}
    for check, key in tqdm(keys, desc="proving", unit="key", file=sys.stderr, disable=len(keys) < len(MAKERS)):
        for case, mutant in mutants(cases, check, key, cap):
            made[check, key] += 1
            first = made[check, key] == 1
            if first or check not in ALWAYS:
                failed = failures(case, mutant)
            else:  # the rest of the turn need not be judged again
                failed = {check} if ALWAYS[check](mutant.seen) else set()
            if check in failed:
                caught[check, key] += 1
            else:
                where = {"dialogue": case.script.name, "shopper": case.shopper, "turn": case.number}
                missed.append({"check": check, "key": key, **where, "mutation": mutant.words})
            if first and failed - {check}:
                also[f"{check}: {key}"] = sorted(failed - {check})
    by_key = {f"{check}: {key}": {"mutants": made[check, key], "caught": caught[check, key]} for check, key in keys}
    names = dict.fromkeys(check for check, _ in keys)
    return {
        "mutants": made.total(),
        "caught": caught.total(),
        "missed": missed,
        "by_check": {name: {"mutants": _of(made, name), "caught": _of(caught, name)} for name in names},
        "by_key": by_key,
        "also_failed": also,
        "unproved": [key for key, row in by_key.items() if not row["mutants"]],
        "turns": len(cases),
    }


def failures(case: Case, mutant: Mutant) -> set[str]:
    """The checks that fail for a mutant, `same_facts_for` among them."""
    checks = [asdict(check) for check in check_turn(mutant.expect, mutant.seen)]
    if mutant.expect.same_facts_for is not None:
        script, runs = _compared(case, mutant)
        agree(script, runs)
        checks += [check for check in runs[0]["turns"][0]["checks"] if check["name"] == "same_facts_for"]
    return {check["name"] for check in checks if check["passed"] is False}


def _compared(case: Case, mutant: Mutant) -> tuple[Dialogue, list[dict[str, Any]]]:
    """The one turn as a dialogue of its own, and its runs: the spoiled one first."""
    script = case.script.model_copy(update={"turns": [case.script.turns[case.number - 1]]})
    replies = {case.shopper: mutant.seen.reply, **case.peers}
    runs: list[dict[str, Any]] = [
        {"shopper": who, "repeat": 1, "error": "", "passed": True, "turns": [{"reply": reply, "checks": []}]}
        for who, reply in replies.items()
    ]
    return script, runs


def mutants(cases: Sequence[Case], check: str, key: str, cap: int) -> Iterator[tuple[Case, Mutant]]:
    """As many as the cap allows: one of each turn, then a second one of each. The same at every run."""
    for case in cases:  # what is made does not hang on what was made before
        case.random.seed(f"{SEED} {case.script.name} {case.shopper} {case.number} {check} {key}")
    makers = [(case, MAKERS[check, key](case)) for case in cases]
    made = 0
    for _ in range(2):
        for case, maker in makers:
            if made == cap:
                return
            if (mutant := next(maker, None)) is not None:
                made += 1
                yield case, mutant


def cases_of(results: Sequence[Result], scripts: Sequence[Dialogue], shop: Shop, catalogue: Catalogue) -> list[Case]:
    """The turns that pass, in an order that mixes the dialogues; not those of repeats, which are much alike."""
    named = {(script.file, script.name): script for script in scripts}
    folder = Folder(shop, catalogue)
    found: list[Case] = []
    for result in results:
        script = named.get((result["file"], result["dialogue"]))
        if script is None or result["repeat"] > 1:
            continue
        for number, _ in enumerate(result["turns"], 1):
            seen = seen_of(result, number, script, shop, catalogue)
            peers = _peers(results, result, number)
            case = Case(script, result["shopper"], number, seen, folder, Random(SEED), peers)
            if not failures(case, Mutant("", seen, case.expect)):
                found.append(case)
    Random(SEED).shuffle(found)
    return found


def _peers(results: Sequence[Result], mine: Result, number: int) -> dict[str, Mapping[str, Any]]:
    """Shopper → their reply in the other runs of a dialogue."""
    alike = ("file", "dialogue", "repeat")
    return {
        other["shopper"]: other["turns"][number - 1]["reply"]
        for other in results
        if all(other[name] == mine[name] for name in alike) and other["shopper"] != mine["shopper"]
        if number <= len(other["turns"])
    }


def _of(counted: Counter[tuple[str, str]], check: str) -> int:
    return sum(many for (name, _), many in counted.items() if name == check)
