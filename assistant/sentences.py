"""Cuts a stream of text into sentences as they end. English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_END = re.compile(r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bapprox\.)(?=[\s\"”])|(?<=[。！？])|\n+")


def sentences(pieces: Iterable[str]) -> Iterator[str]:
    """Whole sentences, without the white space around them, as soon as the text after each begins."""
    held = ""
    for piece in pieces:
        held += piece
        while match := _END.search(held):
            sentence, held = held[: match.start()].strip(), held[match.end() :]
            if sentence:
                yield sentence
    if held.strip():
        yield held.strip()
