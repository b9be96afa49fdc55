"""Files of JSON lines that long runs append to, so that one that was broken off goes on where it stopped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def mend_end(path: Path) -> None:
    """End a last line that was cut off when it was written, so that the next one begins anew."""
    if path.is_file() and path.stat().st_size and not path.read_bytes().endswith(b"\n"):
        with path.open("a", encoding="utf-8") as sink:
            sink.write("\n")


def read_rows(path: Path) -> list[Row]:
    """The rows of a file of conversations; a last line that was cut off when it was written is left out."""
    if not path.is_file():
        return []
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return rows
