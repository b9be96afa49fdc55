"""One rule of the voice: how it is found in a sentence and, where it can be, mended."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

BOTH = ("en", "zh")
CAPITALS, DOTTED, MARKS = "CAPITALS", "DOTTED", "MARKS"  # signs of more than a character or a word
_SIGNS = (
    (CAPITALS, re.compile(r"[A-Z]{2}")),
    (DOTTED, re.compile(r"\.[A-Za-z]")),
    (MARKS, re.compile(r"[,;:.?，；：、。？–—-]\s*[,;:.?，；：、。？–—-]")),
)
_LATIN = re.compile(r"[a-z0-9]+")
Other = str | Callable[[re.Match[str]], str]
Edit = tuple[re.Pattern[str], Other]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that a sentence can break.

    Args:
        find: gives the words at fault, or None.
        mend: gives the sentence without them. What `find` still finds afterwards cannot be mended.
        languages: of the sentences that it judges.
        needs: signs without one of which nothing can be found, so that most rules cost nothing; none: always tried.
    """

    name: str
    find: Callable[[str], str | None]
    mend: Callable[[str], str] | None = None
    languages: tuple[str, ...] = BOTH
    needs: frozenset[str] = frozenset()

    def found(self, text: str, signs: set[str]) -> str | None:
        """The words at fault in a text with these signs, or None."""
        return None if self.needs and self.needs.isdisjoint(signs) else self.find(text)


def signs_of(text: str) -> set[str]:
    """What a text has: its characters, the beginnings of its Latin words, and the signs named above."""
    signs = set(text)
    signs.update(map(sign_of, _LATIN.findall(text.lower())))
    signs.update(name for name, pattern in _SIGNS if pattern.search(text))
    return signs


def sign_of(word: str) -> str:
    """The sign of a Latin word in small letters: its first four; a single letter is told from a character."""
    return word[:4] if len(word) > 1 else word + " "


def edits(name: str, *changes: Edit, needs: str = "", languages: tuple[str, ...] = BOTH) -> Rule:
    """A rule that is mended by these substitutions, in their order.

    Args:
        needs: the signs, with spaces between.
    """

    def find(text: str) -> str | None:
        for pattern, _ in changes:
            if match := pattern.search(text):
                return match[0].strip() or match[0]
        return None

    def mend(text: str) -> str:
        for pattern, other in changes:
            text = pattern.sub(other, text)
        return text

    return Rule(name, find, mend, languages, frozenset(needs.split()))


def bars(name: str, pattern: re.Pattern[str], needs: str = "") -> Rule:
    """A rule that cannot be mended: the sentence goes."""

    def find(text: str) -> str | None:
        match = pattern.search(text)
        return (match[0].strip() or match[0]) if match else None

    return Rule(name, find, needs=frozenset(needs.split()))
