"""Cuts a stream of text into sentences as they end. English and Chinese."""

from __future__ import annotations

import re

_END = re.compile(r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bapprox\.)(?=[\s\"”])|(?<=[。！？])|\n+")
_WHOLE = re.compile(r"[.!?。！？\"”)]$")


class Splitter:
    """Takes the pieces of a text and gives its sentences, without the white space around them."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> list[str]:
        """The sentences that a piece completes; one is complete when the text after it begins."""
        self._held += piece
        found: list[str] = []
        while match := _END.search(self._held):
            sentence, self._held = self._held[: match.start()].strip(), self._held[match.end() :]
            if sentence:
                found.append(sentence)
        return found

    def rest(self) -> tuple[str, bool]:
        """What is left at the end of the text, and whether it is a whole sentence."""
        left, self._held = self._held.strip(), ""
        return left, bool(_WHOLE.search(left))
