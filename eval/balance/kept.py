"""What a run has found so far, in a folder, so that one that was broken off goes on where it stopped."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any

from eval.rows import Row, mend_end, read_rows

FILE = "kept.jsonl"


class Kept(AbstractContextManager["Kept"]):
    """Rows by key, each appended as soon as it is there."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        path = folder / FILE
        mend_end(path)
        self._held = {row["key"]: row for row in read_rows(path)}
        self._sink = path.open("a", encoding="utf-8")

    def row(self, key: str, make: Callable[[], Mapping[str, Any]]) -> Row:
        """The row of a key; made, timed and appended where it is not there."""
        if key not in self._held:
            started = time.perf_counter()
            row = {"key": key, **make()}
            row["seconds"] = round(time.perf_counter() - started, 2)
            self._sink.write(json.dumps(row, ensure_ascii=False) + "\n")
            self._sink.flush()
            self._held[key] = row
        return self._held[key]

    def holds(self, key: str) -> bool:
        return key in self._held

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sink.close()
