"""The audit: a sentence is shown only if what it states is found in what the tools returned this turn.

What cannot be checked is not said. It judges sentences and knows nothing of how they are shown.
"""

from assistant.grounding.claims import attributes, names, policy, promises
from assistant.grounding.comparisons import bounds, comparisons, references
from assistant.grounding.evidence import Evidence, about
from assistant.grounding.numbers import amounts, counts

CHECKS = (promises, amounts, counts, names, attributes, comparisons, bounds, references, policy)

__all__ = ["Evidence", "about", "audit"]


def audit(sentence: str, evidence: Evidence) -> str | None:
    """Why a sentence must not be shown; None if all that it states is supported."""
    return next((reason for check in CHECKS if (reason := check(sentence, evidence))), None)
