"""Text as the look-up reads it: sentences, clauses, folded words. English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from index.words import fold as _fold
from index.words import stem, stopwords

_ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|approx|incl|max|min|no|vs|dr|mr|mrs|ms|st|ca)|(?-i:(?<!\d )\b[A-Z]))\.$", re.I
)
_STOP = re.compile(r"[.!?]+[\"”’')\]]*(?=\s|$)|[。！？]+[”’）」]*|\n+")
_CLAUSE = re.compile(
    r"[,;:()（），；：、—–]+(?!\d)|(?<!\d)\s-\s|\b(?:while|whereas|but|although|though|however|and|or|yet|so)\b|而且|但是|但|而|不过|以及"
)
_CJK = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[a-zà-ÿ0-9][a-zà-ÿ0-9'-]*")


def fold(text: str) -> str:
    """Lower case, without accents and trademark signs, with plain quotes."""
    return _fold(re.sub(r"[™®©]", "", text))


def sentences(text: str) -> list[str]:
    """The sentences of a text in order; "4.5 of 5", "e.g." and initials do not end one."""
    found, start = [], 0
    for match in _STOP.finditer(text):
        before = text[start : match.end()]
        if match[0].startswith(".") and _ABBREVIATED.search(before.rstrip("\"”’')]")) and match.end() < len(text):
            continue
        found.append(before.strip())
        start = match.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if re.search(r"\w", sentence)]


def clauses(text: str) -> Iterator[tuple[int, int]]:
    """Where the clauses of a sentence begin and end."""
    start = 0
    for match in _CLAUSE.finditer(text):
        if match.start() > start:
            yield start, match.start()
        start = match.start()
    yield start, len(text)


def chinese(text: str) -> bool:
    """Whether a text is Chinese: names and units in Latin letters do not count against it."""
    return len(_CJK.findall(text)) >= 2


def tokens(text: str) -> list[str]:
    """The Latin words of a text, folded."""
    return [word.strip("'-") for word in _WORD.findall(fold(text))]


def stems(text: str) -> set[str]:
    """Stems of the words that say something."""
    return {stem(word) for word in tokens(text) if word not in stopwords() and len(word) > 1 and not word.isdigit()}


@cache
def phrase(words: str) -> re.Pattern[str]:
    """Finds a phrase: English at word boundaries, with a plural or hyphens; Chinese anywhere. Case is ignored."""
    if _CJK.search(words):
        return re.compile(re.escape(words))
    parts = [re.escape(part) for part in re.split(r"[\s-]+", words.strip())]
    parts[-1] += r"(?:e?s)?" if parts[-1][-1:].isalpha() else ""
    joined = r"[\s-]+".join(parts)
    return re.compile(rf"(?<![A-Za-z0-9])(?<!non-)(?<!anti-){joined}(?![A-Za-z0-9])", re.I)


__all__ = ["chinese", "clauses", "fold", "phrase", "sentences", "stem", "stems", "tokens"]
