"""The audit: a sentence is shown only if what it states is found in what the tools returned this turn.

What cannot be checked is not said. A sentence is cut into tokens (tokens.py), put into clauses that each speak of some
products (reading.py), and each clause is checked against those products' records (record.py). It judges sentences and
knows nothing of how they are shown.
"""

from assistant.grounding.answering import answers
from assistant.grounding.attributes import properties
from assistant.grounding.comparisons import chosen, comparisons, in_order, unmeasured
from assistant.grounding.completeness import complete
from assistant.grounding.evidence import Evidence
from assistant.grounding.numbers import general_numbers, numbers
from assistant.grounding.policies import legible, names, policy, small_talk
from assistant.grounding.promises import promises
from assistant.grounding.sources import sources
from assistant.grounding.stock import stock
from assistant.grounding.trimming import trimmed

OF_SENTENCES = (legible, promises, small_talk, policy, answers, names)
OF_CLAUSES = (numbers, comparisons, stock, properties, complete)

__all__ = ["Evidence", "audit", "in_order", "sources", "trimmed", "unmeasured"]


def audit(sentence: str, evidence: Evidence) -> str | None:
    """Why a sentence must not be shown; None if all that it states is supported."""
    if reason := next((found for check in OF_SENTENCES if (found := check(sentence, evidence))), None):
        return reason
    for clause in evidence.clauses(sentence):
        if not evidence.products:
            if reason := general_numbers(clause, evidence):
                return reason
            continue
        clause = chosen(clause, evidence)
        if clause.lost:
            return "it: of several"
        if (
            (count := clause.count) is not None
            and count not in (len(clause.subjects), len(evidence.records))
            and not clause.asks
        ):
            return f"number: {count} products"
        if any(not 0 <= place < len(evidence.products) for place in (*clause.subjects, *clause.objects)):
            return "name: there is no such place"
        if reason := next((found for check in OF_CLAUSES if (found := check(clause, evidence))), None):
            return reason
    return None
