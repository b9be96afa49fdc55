"""The evaluator's own look-up: what a reply says, against the shop folder. It shares nothing with the assistant's audit."""

from eval.truth.carried import misstated
from eval.truth.judge import Judge, judge
from eval.truth.records import Records
from eval.truth.spoken import Finding

__all__ = ["Finding", "Judge", "Records", "judge", "misstated"]
