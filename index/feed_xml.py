"""Google Merchant feeds as XML: RSS 2.0 items and Atom entries, with or without the g: prefix. Streamed; no tree is built.

Expat reads well-formed XML or nothing. Shops' XML often has a bare "&" in one title, so after a fault reading goes on,
with a fresh parser, at the next item: a fault costs its item alone. A DOCTYPE is refused, since only there entities are
declared, to be expanded without end or to be read from elsewhere.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from xml.parsers import expat

from index.feed_lines import DAMAGE, MAX_LINE, Reject, Rejected, Row, opened
from index.feed_xml_items import Fault, Items, Refused

_CHUNK = 1 << 13  # bytes; after a fault, as many may be read again
_ITEM = re.compile(rb"<(?:[\w.-]{1,20}:)?(?:item|entry)[\s>]")
_LONGEST_MARK = 40  # bytes at the end of a piece that may be the beginning of what _ITEM finds
_MISMATCHED_TAG = expat.errors.codes[expat.errors.XML_ERROR_TAG_MISMATCH]
_CUT_OFF = expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]


def read_xml(path: Path, reject: Reject) -> Iterator[tuple[int, Row]]:
    """(line where it starts, row by element name) of each item; a repeated element is a list, one with parts a dict."""
    feed = _Feed(path.name, reject)
    file, encoding = opened(path)
    with file:
        pieces = codecs.iterdecode(iter(partial(file.read1, _CHUNK), b""), encoding, "replace")
        try:
            for piece in pieces:
                yield from feed.read(piece.encode())
        except DAMAGE as error:
            reject(Rejected(path.name, feed.line, f"the file is cut off or damaged from here on: {error}"))
            return
    yield from feed.read(b"", last=True)


class _Feed:
    """Gives expat piece after piece, and finds the next item after a fault."""

    def __init__(self, file: str, reject: Reject) -> None:
        self._file, self._reject = file, reject
        self._items: Items | None = Items()  # None: looking for the next item
        self._window = b""  # from the open item on, or from where expat is; what is yet to be searched
        self._passed = 0  # bytes that this parser had before the window
        self._lines = 0  # in the file before this parser's first
        self._refused = False
        self._prefixes: frozenset[str] = frozenset()

    @property
    def line(self) -> int:
        """Where the item begins that is being read; between items, where reading is."""
        return self._lines + (self._items.line if self._items else 1)

    def read(self, data: bytes, last: bool = False) -> Iterator[tuple[int, Row]]:
        """The items that end in `data`, which continues what was given before."""
        self._window += data
        while not self._refused:
            if self._items is None:
                if not self._find_item():
                    return
                data = self._window
            assert self._items
            fault: expat.ExpatError | Fault | None = None
            try:
                self._parse(self._items, data, last)
            except (expat.ExpatError, Fault) as error:
                fault = error
            for line, row in self._items.take():
                if isinstance(row, str):
                    self._reject(Rejected(self._file, self._lines + line, row))
                else:
                    yield self._lines + line, row
            if fault is None:
                return
            self._leave(self._items, fault)

    def _parse(self, items: Items, data: bytes, last: bool) -> None:
        items.parser.Parse(data, last)
        done = max(items.byte - self._passed, 0)
        self._window, self._passed = self._window[done:], self._passed + done
        if len(self._window) > MAX_LINE:
            raise Fault(f"{'an item' if items.open else 'a tag'} longer than {MAX_LINE:,} bytes", items)

    def _leave(self, items: Items, fault: expat.ExpatError | Fault) -> None:
        """Reports the fault and gives the parser up. The search goes on right behind the first tag of the item with the
        fault: what was never closed, a comment or CDATA, has taken the next items for its own."""
        line, byte, reason = items.line, items.byte, _explained(fault)
        if isinstance(fault, Fault):
            line, byte = fault.line, fault.byte
        closes = items.unbalanced and not items.open and getattr(fault, "code", None) == _MISMATCHED_TAG
        if not closes:
            self._reject(Rejected(self._file, self._lines + line, reason))
        start = max(byte - self._passed, 0)
        self._lines += line - 1 + self._window.count(b"\n", start, start + 1)
        self._window = self._window[start + 1 :]
        self._items, self._prefixes, self._refused = None, items.prefixes, isinstance(fault, Refused)

    def _find_item(self) -> bool:
        """Starts a parser at the next item of the window; False where there is none (yet)."""
        match = _ITEM.search(self._window)
        start = match.start() if match else max(len(self._window) - _LONGEST_MARK, 0)
        self._lines += self._window.count(b"\n", 0, start)
        self._window = self._window[start:]
        if match:
            self._items = Items(resumed=True, prefixes=self._prefixes)
            self._passed = self._items.passed
        return bool(match)


def _explained(fault: expat.ExpatError | Fault) -> str:
    if isinstance(fault, Fault):
        return str(fault)
    if fault.code == _CUT_OFF:
        return "the file ends too early"
    return f'not well-formed XML: {expat.ErrorString(fault.code)} (is a "&" or "<" not escaped?)'
