"""Packed lists of numbers that a build writes in segments, so that its memory does not grow with the catalogue."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
FLUSH = 3_000_000  # numbers held before they are written

Segment = Mapping[Key, tuple[Any, ...]]


class Segments(Generic[Key]):
    """Collects numbers under keys, in parallel arrays, and hands them on whenever there are many.

    Args:
        codes: the type of each array, as `array` names it.
        write: called with the number of the segment, from 0, and what it holds.
    """

    def __init__(self, codes: str, write: Callable[[int, Segment[Key]], None]) -> None:
        self._codes = codes
        self._write = write
        self._held: dict[Key, tuple[array[Any], ...]] = {}
        self._size = 0
        self._number = 0

    def add(self, key: Key, *numbers: float) -> None:
        """One number for each array."""
        arrays = self._held.get(key)
        if arrays is None:
            arrays = self._held[key] = tuple(array(code) for code in self._codes)
        for held, number in zip(arrays, numbers, strict=True):
            held.append(number)
        self._size += len(numbers)

    def settle(self, last: bool = False) -> None:
        """Call between two groups: a group's numbers are never parted. Hands on what is held if it is much."""
        if self._size >= FLUSH or (last and self._held):
            self._write(self._number, self._held)
            self._held, self._size, self._number = {}, 0, self._number + 1
