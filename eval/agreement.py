"""`same_facts_for`: what the runs of a dialogue say of the same subjects has the same values, whoever asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import combinations
from typing import Any

from eval.checks import Check
from eval.dialogues import Dialogue
from eval.play import passes

# Which sentence is picked as evidence may differ, and a cart is each shopper's own.
_OWN_FIELDS, _OWN_SUBJECTS = frozenset({"evidence"}), frozenset({"cart"})


def agree(script: Dialogue, results: Sequence[dict[str, Any]]) -> None:
    """Evaluate `same_facts_for` in the runs of one dialogue: each pair of the same repeat is compared.

    Each turn that asks it gets `same_facts`: the other shopper → what differs, or nothing. May be called again when more
    runs are there.
    """
    asking = [place for place, turn in enumerate(script.turns) if turn.expect.same_facts_for is not None]
    for result in results:
        for place in asking:
            if place < len(result["turns"]):
                result["turns"][place]["same_facts"] = {}
    for one, other in combinations(results, 2):
        if one["repeat"] != other["repeat"]:
            continue
        for place in asking:
            _pair(one, other, place)
    for result in results:
        for place in asking:
            if place < len(result["turns"]):
                _judge(result["turns"][place])
        result["passed"] = passes(result)


def disagreement(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> str:
    """What two replies to the same message do not agree on, or nothing."""
    ours, others = _facts(mine), _facts(theirs)
    for key in ours:
        if key in others and ours[key] != others[key]:
            subject, field = key
            return f"{subject} {field} is {_told(ours[key])} here and {_told(others[key])} there"
    cited, there = _citations(mine), _citations(theirs)
    if cited != there:
        only_here, only_there = sorted(cited - there), sorted(there - cited)
        return f"the citations differ: {only_here or 'none'} here and {only_there or 'none'} there"
    return ""


def _pair(one: Mapping[str, Any], other: Mapping[str, Any], place: int) -> None:
    for mine, theirs in ((one, other), (other, one)):
        if place >= len(mine["turns"]):
            continue
        if place >= len(theirs["turns"]):
            found = None  # their run broke before
        else:
            found = disagreement(mine["turns"][place]["reply"], theirs["turns"][place]["reply"])
        mine["turns"][place]["same_facts"][theirs["shopper"]] = found


def _judge(turn: dict[str, Any]) -> None:
    """Put the check in the place of the one that waited."""
    pairs: Mapping[str, str | None] = turn["same_facts"]
    wrong = [f"{who}: {reason}" for who, reason in pairs.items() if reason]
    broken = [who for who, reason in pairs.items() if reason is None]
    if wrong:
        check = Check("same_facts_for", False, "; ".join(wrong))
    elif broken:
        check = Check("same_facts_for", None, f"the run for {', '.join(broken)} broke before there was a reply")
    elif not pairs:
        check = Check("same_facts_for", None, "no other run is there to compare with")
    else:
        check = Check("same_facts_for", True)
    turn["checks"] = [*(c for c in turn["checks"] if c["name"] != check.name), asdict(check)]


def _facts(reply: Mapping[str, Any]) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for fact in reply["facts"]:
        if fact["field"] not in _OWN_FIELDS and fact["subject"] not in _OWN_SUBJECTS:
            found.setdefault((fact["subject"], fact["field"]), set()).add(str(fact["value"]))
    return found


def _citations(reply: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(citation["source"], " ".join(citation["quote"].split())) for citation in reply["citations"]}


def _told(values: set[str]) -> str:
    return ", ".join(sorted(values))
