"""Texts in the forms in which attacks are looked for: sentences, tokens, and what a reader does not see."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_ENDS = re.compile(r"(?<=[。！？；])|(?<=[.!?;])(?=\s|[^\w.]|[A-Z\u3400-\u9fff])|\n+")
_TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W_]+")
_DENIES = re.compile(
    r"\b(?:not|no|never|cannot|nothing|none|nobody|without|unable|decline)\b|n['’]t\b|"
    r"不(?:能|会|可以?|提供|支持|打折|做|了解|清楚|知道|在|代表|透露|确认)|无法|没有|未|并非|请勿",
    re.I,
)
_INVISIBLE = ("Cc", "Cf", "Co", "Cs", "Cn")
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


def plain(text: str) -> str:
    """A text in one form: compatibility characters composed, invisible ones gone, without case."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if c.isspace() or unicodedata.category(c) not in _INVISIBLE).casefold()


def sentences(text: str) -> list[str]:
    """The sentences of a text, in their order."""
    return [part.strip() for part in _ENDS.split(text) if part.strip()]


def tokens(text: str) -> tuple[str, ...]:
    """Words, and single Chinese characters, in one form."""
    return tuple(_TOKEN.findall(plain(text)))


def runs(text: str, length: int) -> Iterator[tuple[str, ...]]:
    """Every `length` tokens of a text that follow each other."""
    found = tokens(text)
    return (found[start : start + length] for start in range(len(found) - length + 1))


def affirms(sentence: str) -> bool:
    """Whether a sentence states something: it neither denies nor asks."""
    return not _DENIES.search(sentence) and not sentence.rstrip(' "”’)').endswith(("?", "？"))


def smuggled(text: str) -> str:
    """What of a text is not what it looks like: the first such character or word, named; empty if there is none.

    Invisible characters, mathematical and full-width letters, and words in letters of several alphabets.
    """
    for char in text:
        if char != "\n" and unicodedata.category(char) in _INVISIBLE:
            return f"U+{ord(char):04X} {unicodedata.name(char, 'a control character')}"
        if (0xFF10 <= ord(char) <= 0xFF5A and char.isalnum()) or 0x1D400 <= ord(char) <= 0x1D7FF:
            return f"U+{ord(char):04X} {unicodedata.name(char, '')}"
    for word in re.findall(r"[^\W\d_]+", text):
        used = {name for name in _SCRIPTS for char in word if unicodedata.name(char, "").startswith(name)}
        if len(used) > 1:
            return f"{word!r} in letters of {' and '.join(sorted(used))}"
    return ""
