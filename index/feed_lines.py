"""Files of a shop as text: plain or gzipped, decoded, and by the line, of which none is ever loaded that is too long."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import ShopError

MAX_LINE = 1_000_000  # characters of a line, and of an XML item; longer is no product
DAMAGE = (OSError, EOFError, zlib.error)  # what a cut or corrupt file raises while it is read
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding=["']((?:iso-8859-|windows-125)\d+|latin-?1|us-ascii)["']""", re.I)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was skipped, and why."""

    file: str
    line: int
    reason: str


Reject = Callable[[Rejected], None]
Row = Mapping[str, Any]


def opened(path: Path) -> tuple[io.BufferedReader | gzip.GzipFile, str]:
    """The file's bytes, unpacked, and their encoding: UTF-8, UTF-16 with a byte order mark ("Unicode text" of a
    spreadsheet), or what an XML declaration states.

    Raises:
        ShopError: it cannot be opened.
    """
    try:
        file = gzip.open(path) if path.suffix == ".gz" else path.open("rb")  # noqa: SIM115 (the caller closes it)
    except OSError as error:
        raise ShopError(f"{path}: cannot be opened ({error.strerror}).") from error
    try:
        head = file.peek(200)
    except DAMAGE:
        head = b""  # whoever reads on meets the same damage, and can say in which line
    declared = _DECLARED.match(head)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return file, "utf-16"
    return file, declared[1].decode() if declared else "utf-8-sig"


def read_lines(path: Path, reject: Reject) -> Iterator[tuple[int, str]]:
    """(number, line) in order, empty ones too. Lines too long and what follows a damage are reported, not yielded."""
    number = 0
    raw, encoding = opened(path)
    # Bytes that are no text become U+FFFD: whether that matters is known where the field is.
    with io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="") as file:
        try:
            while line := file.readline(MAX_LINE):
                number += 1
                if len(line) < MAX_LINE or line.endswith(("\n", "\r")):
                    yield number, line
                    continue
                while (rest := file.readline(MAX_LINE)) and not rest.endswith(("\n", "\r")):
                    pass
                reject(Rejected(path.name, number, f"a line longer than {MAX_LINE:,} characters"))
        except DAMAGE as error:
            reject(Rejected(path.name, number + 1, f"the file is cut off or damaged from here on: {error}"))


def read_jsonl(path: Path, reject: Reject) -> Iterator[tuple[int, Row]]:
    """(line, object) of each good line of a JSONL file, plain or gzipped; the others are reported."""
    for number, line in read_lines(path, reject):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            reject(Rejected(path.name, number, f"not JSON: {error}"))
            continue
        if isinstance(row, dict):
            yield number, row
        else:
            reject(Rejected(path.name, number, "not a JSON object"))


def add_value(row: dict[str, Any], name: str, value: object) -> None:
    """Adds to a row; what is stated more than once becomes a list."""
    known = row.get(name)
    if known is None:
        row[name] = value
    elif isinstance(known, list):
        known.append(value)
    else:
        row[name] = [known, value]
