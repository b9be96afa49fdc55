"""How the verdicts on several products come together in a sentence that speaks of all of them, or of one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from assistant.grounding.evidence import Evidence
from assistant.grounding.reading import Clause
from assistant.grounding.record import Record


def subjects(clause: Clause, evidence: Evidence) -> list[Record]:
    """The records that a clause speaks of."""
    return _records(clause.subjects, clause, evidence)


def objects(clause: Clause, evidence: Evidence) -> list[Record]:
    """The records that it compares them with: those it names, else all others."""
    chosen = clause.objects or tuple(n for n in range(len(evidence.records)) if n not in clause.subjects)
    return _records(chosen, clause, evidence)


def _records(places: Iterable[int], clause: Clause, evidence: Evidence) -> list[Record]:
    found = [evidence.records[n] for n in places if 0 <= n < len(evidence.records)]
    return [record.told for record in found] if clause.told else found


def holds(clause: Clause, evidence: Evidence, denied: bool, verdict: Callable[[Record], bool | None]) -> bool:
    """Whether what is claimed (or denied) is stated (or known to be false) of each subject, or of one where one is meant.

    Args:
        verdict: True, False, or None where nothing is stated.
    """
    found = [verdict(record) is (not denied) for record in subjects(clause, evidence)]
    return bool(found) and (all(found) if clause.every else any(found))
