"""What tells that something is about a shopper, and finding it in texts and bytes as whole words.

"ada" is in no "Canada", nor in "ada-lovelace" or "ada@example.com", who may be others; it is in "shopper:ada".
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "name", "email", "conversation", "order", "word"]
WORD = frozenset(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
JOINER = frozenset(b"-.@")  # between two parts of one word
BREAKS = (b"\\n", b"\\r", b"\\t")  # as JSON writes them: what follows begins a word
PRINTED = frozenset(range(0x20, 0x7F)) | frozenset(b"\t\r\n")
LONG = 6  # bytes that do not come together by chance in a file of numbers
AROUND = 8  # bytes on each side that must be text where a shorter needle is to count


@dataclass(frozen=True, slots=True)
class Mark:
    """A text that names the shopper, or something of theirs."""

    kind: Kind
    text: str

    @property
    def folded(self) -> bool:
        """Names and addresses are written in capitals or not; ids are what they are."""
        return self.kind in ("name", "email", "word")


@dataclass(frozen=True, slots=True)
class _Needle:
    mark: Mark
    data: bytes
    wide: bool  # two bytes a character


class Needles:
    """Finds marks. Case counts for ids only."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self.marks = tuple(marks)
        self._needles = [needle for mark in self.marks for needle in _needles(mark)]
        self.longest = max((len(needle.data) for needle in self._needles), default=0)

    def count(self, data: bytes, since: int = 0, upto: int | None = None, *, binary: bool = False) -> Counter[Mark]:
        """How often each mark stands in the data as a word of its own, in UTF-8 (or as JSON escapes it) and UTF-16.

        Args:
            since, upto: only those that begin there or later, and before this place.
            binary: the data are numbers as well, among which a short mark counts only where text is around it.
        """
        found: Counter[Mark] = Counter()
        lowered = data.lower()
        for needle in self._needles:
            hay = lowered if needle.mark.folded else data
            at = hay.find(needle.data, since)
            while at >= 0 and (upto is None or at < upto):
                end = at + len(needle.data)
                by_chance = binary and len(needle.data) < LONG and not PRINTED.issuperset(hay[_from(at) : end + AROUND])
                if not by_chance and _alone(needle, hay, at, end):
                    found[needle.mark] += 1
                at = hay.find(needle.data, at + 1)
        return found

    def anywhere(self, data: bytes, since: int = 0, upto: int | None = None) -> Counter[Mark]:
        """How often each mark stands in the data in UTF-8, within words too."""
        lowered = data.lower()
        found: Counter[Mark] = Counter()
        for needle in self._needles:
            if not needle.wide:
                end = len(data) if upto is None else upto + len(needle.data) - 1
                found[needle.mark] += (lowered if needle.mark.folded else data).count(needle.data, since, end)
        return found


def _needles(mark: Mark) -> Iterable[_Needle]:
    spelled = {mark.text, mark.text.lower()} if mark.folded else {mark.text}
    narrow = {text.encode() for text in spelled} | {json.dumps(text)[1:-1].encode() for text in spelled}
    wide = {written for text in spelled for written in _wide(text)}
    for is_wide, written in ((False, narrow), (True, wide)):
        for data in sorted({data.lower() if mark.folded else data for data in written}):
            yield _Needle(mark, data, is_wide)


def _wide(text: str) -> set[bytes]:
    """A text in UTF-16 of either order of bytes. Of what has but single bytes, both hold the same between its ends."""
    little, big = text.encode("utf-16-le"), text.encode("utf-16-be")
    return {little[:-1]} if little[:-1] == big[1:] else {little, big}


def _alone(needle: _Needle, hay: bytes, at: int, end: int) -> bool:
    """Whether what stands there is a word, or words, and no part of one."""
    reach = 4 if needle.wide else 2
    before, own, after = hay[max(at - reach, 0) : at], needle.data, hay[end : end + reach]
    if needle.wide:  # the characters beside it that have but a single byte; any other is no part of a word
        before = bytes(0 if high else low for low, high in zip(before[-2::-2], before[::-2], strict=False))[::-1]
        after = bytes(0 if high else low for high, low in zip(after[::2], after[1::2], strict=False))
    if own[0] in WORD and before and before not in BREAKS:
        if before[-1] in WORD or (before[-1] in JOINER and len(before) > 1 and before[-2] in WORD):
            return False
    if own[-1] in WORD and after:
        return not (after[0] in WORD or (after[0] in JOINER and len(after) > 1 and after[1] in WORD))
    return True


def _from(at: int) -> int:
    return max(at - AROUND, 0)
