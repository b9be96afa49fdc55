"""Spoiled replies, each wrong in one respect, that the checks of an evaluation must notice.

Every mutant is made by rule from a turn that passes. Why it is wrong is known from how it is made, from the shop folder
and from the script; no check is asked, so that one that cannot fail is found out.
"""

from eval.mutants.agreement import AGREEMENT
from eval.mutants.cards import CARDS
from eval.mutants.case import Case, Maker, Mutant
from eval.mutants.claims import CLAIMS
from eval.mutants.comparisons import COMPARISONS
from eval.mutants.folder import Folder
from eval.mutants.manner import MANNER
from eval.mutants.names import NAMES
from eval.mutants.policies import POLICIES
from eval.mutants.properties import PROPERTIES
from eval.mutants.records import RECORDS
from eval.mutants.refusing import REFUSING
from eval.mutants.state import STATE
from eval.mutants.words import WORDS

# Check and key → what spoils a turn in that respect.
MAKERS: dict[tuple[str, str], Maker] = (
    STATE
    | CARDS
    | REFUSING
    | WORDS
    | AGREEMENT
    | RECORDS
    | CLAIMS
    | PROPERTIES
    | COMPARISONS
    | NAMES
    | POLICIES
    | MANNER
)

__all__ = ["MAKERS", "Case", "Folder", "Maker", "Mutant"]
