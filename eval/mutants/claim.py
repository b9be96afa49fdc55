"""Statements that the shop folder contradicts, as sentences of either language that a reply is made to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from eval.mutants.case import Case, Maker, Mutant

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Claim:
    """A false statement in English and Chinese, and why it is false; one that has no words in a language is left out."""

    why: str
    en: str = ""
    zh: str = ""


Claims = Callable[[Case], Iterator[Claim]]


def spoken(kinds: Mapping[str, Claims], languages: Sequence[str] = LANGUAGES) -> dict[tuple[str, str], Maker]:
    """Makers for the check `grounded`, one a kind and language: a turn says it in the language of its message."""
    return {
        ("grounded", f"{kind}.{lang}"): _saying(claims, lang) for kind, claims in kinds.items() for lang in languages
    }


def _saying(claims: Claims, language: str) -> Maker:
    def make(case: Case) -> Iterator[Mutant]:
        if case.language == language:
            for claim in claims(case):
                if sentence := getattr(claim, language):
                    yield case.saying(claim.why, sentence)

    return make
