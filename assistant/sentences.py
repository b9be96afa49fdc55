"""Cuts a stream of text into sentences as they end. English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_END = re.compile(  # a closing quotation mark or bracket belongs to the sentence before it
    r"(?<=[.!?])(?:(?<!\b[A-Z]\.)|(?=\s(?:The|It|They|This|These|Both|We|You|I|If|A|An|No|Yes)\s))(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bapprox\.)(?=\s)|(?<=[.!?][\"”])(?=\s)"
    r"|(?<=[。！？])(?=[^”』」）])|(?<=[。！？][”』」）])|\n+"
)
_WHOLE = re.compile(r"[.!?。！？\"”)]$")


class Splitter:
    """Takes the pieces of a text and gives its sentences, without the white space around them.

    Args:
        names: gives the names that a sentence may hold and that are never cut, whatever marks are in them.
    """

    def __init__(self, names: Callable[[], Iterable[str]] = tuple) -> None:
        self._held = ""
        self._names = names

    def feed(self, piece: str) -> list[str]:
        """The sentences that a piece completes; one is complete when the text after it begins."""
        self._held += piece
        found: list[str] = []
        place = 0
        while match := _END.search(self._held, place):
            inside = self._inside(match.start())
            if inside is None:
                break
            if inside:
                place = match.end() + (match.start() == match.end())
                continue
            sentence, self._held = self._held[: match.start()].strip(), self._held[match.end() :]
            place = 0
            if sentence:
                found.append(sentence)
        return found

    def rest(self) -> tuple[str, bool]:
        """What is left at the end of the text, and whether it is a whole sentence."""
        left, self._held = self._held.strip(), ""
        return left, bool(_WHOLE.search(left))

    def _inside(self, cut: int) -> bool | None:
        """Whether a place is inside a name; None where only the text to come can tell."""
        before, after = self._held[:cut], self._held[cut:]
        for name in self._names():
            for mark in _END.finditer(name):
                head, tail = name[: mark.start()], name[mark.start() :]
                if 0 < mark.start() < len(name) and before.endswith(head):
                    if after.startswith(tail):
                        return True
                    if tail.startswith(after):
                        return None
        return False


def sentences_of(text: str, names: Iterable[str] = ()) -> list[str]:
    """The sentences of a whole text; what is left at its end is one too."""
    listed = tuple(names)
    splitter = Splitter(lambda: listed)
    found = splitter.feed(text)
    left, _ = splitter.rest()
    return [*found, left] if left else found
