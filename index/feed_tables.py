"""Feeds that are tables: CSV and TSV, of our own, Google Merchant's or Shopify's making. One header, then a row a record.

A quote that is never closed would swallow the rows after it. So a record of several lines counts only when it fits the
header; else its first line is reported and reading goes on with the second.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from index.cleaning import field_name
from index.feed_lines import Reject, Rejected, Row, add_value, read_lines
from index.feed_shopify import is_shopify, variants

_MAX_RECORD = 1_000  # lines; the csv module itself limits a field to 131,072 characters


class _Lines:
    """The lines for csv.reader. It remembers those of the record being read, so that they can be read again."""

    def __init__(self, lines: Iterator[tuple[int, str]]) -> None:
        self._lines = lines
        self._again: deque[tuple[int, str]] = deque()
        self.record: list[tuple[int, str]] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self.record) >= _MAX_RECORD:
            raise csv.Error(f"a quote is not closed within {_MAX_RECORD} lines")
        self.record.append(self._again.popleft() if self._again else next(self._lines))
        return self.record[-1][1]

    def read_again(self, start: int) -> None:
        """Reads the record's lines from `start` on anew."""
        self._again.extendleft(reversed(self.record[start:]))
        self.record.clear()


def read_table(path: Path, reject: Reject) -> Iterator[tuple[int, Row]]:
    """(first line, row by field name) of each record; a row that does not fit the header is reported."""
    lines = _Lines(item for item in read_lines(path, reject) if item[1].strip())
    first = next(lines, None)
    if first is None:
        return
    delimiter = "\t" if ".tsv" in path.suffixes else _delimiter(first)
    lines.read_again(0)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)  # else a stray quote silently alters a row
    try:
        header = [field_name(name) for name in next(reader)]
    except csv.Error as error:
        reject(Rejected(path.name, lines.record[0][0], f"the header is not CSV: {error}"))
        return
    rows = _rows(path.name, reader, lines, delimiter, header, reject)
    yield from variants(path.name, header, rows, reject) if is_shopify(header) else rows


def _delimiter(header: str) -> str:
    """The one of comma, semicolon and tab that the header holds most often outside quotes."""
    return max(",;\t", key=re.sub(r'"[^"]*"', "", header).count)


def _rows(
    file: str, reader: Iterator[list[str]], lines: _Lines, delimiter: str, header: Sequence[str], reject: Reject
) -> Iterator[tuple[int, Row]]:
    while True:
        lines.record.clear()
        fields: list[str] = []
        try:
            fields = next(reader)
            problem = _misfit(fields, len(header), len(lines.record))
        except StopIteration:
            return
        except csv.Error as error:
            problem = f"not CSV: {error}"
        number, line = lines.record[0]
        if problem:
            lines.read_again(1)
            fields = line.rstrip("\r\n").split("\t") if delimiter == "\t" else []  # many a TSV quotes nothing
            if len(fields) != len(header):
                reject(Rejected(file, number, problem))
                continue
        if any(fields):
            yield number, _row(header, fields)


def _misfit(fields: list[str], width: int, lines: int) -> str:
    """What is wrong with a record's number of columns; "" if nothing is. Empty last columns may be left out."""
    if any(fields[width:]):
        return f"{len(fields)} columns, where the header has {width}: is a quote missing?"
    if lines > 1 and len(fields) < width:
        return f"a quote is not closed: {len(fields)} columns in {lines} lines, where the header has {width}"
    return ""


def _row(header: Sequence[str], fields: Sequence[str]) -> Row:
    """The fields that are not empty, by name; a list where several columns bear one name."""
    row: dict[str, Any] = {}
    for name, value in zip(header, fields, strict=False):
        if name and value:
            add_value(row, name, value)
    return row
