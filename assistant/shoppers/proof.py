"""Searches all that is kept of a shop for a shopper: every file, and every text of every table.

Nothing here relies on where things should be. A file that is packed is unpacked, a SQLite file is read row by row as
well as byte by byte, JSON is searched by its values.
"""

from __future__ import annotations

import gzip
import sqlite3
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Engine, String, inspect, select, text

from assistant.db import metadata
from assistant.shoppers.needles import Mark, Needles
from assistant.shoppers.traces import blocks
from index.sql import reading

SQLITE = b"SQLite format 3\0"
ROWS = 5_000  # searched at a time
WHOSE = {  # columns of ours that say whose something is, by what kind of mark
    "id": {("shoppers", "id"), ("cart_lines", "owner")},
    "order": {("orders", "id"), ("order_audit", "order_id"), ("events", "order_id")},
}


@dataclass
class Proof:
    """What was searched, and what was found where."""

    files: int = 0
    bytes: int = 0
    tables: int = 0
    columns: int = 0
    rows: int = 0
    found: Counter[tuple[str, str]] = field(default_factory=Counter)  # (place, kind of mark) → how often
    common: Counter[str] = field(default_factory=Counter)  # kind of a mark that is an ordinary word here → how often
    unread: list[str] = field(default_factory=list)  # what could not be searched, and why

    @property
    def clean(self) -> bool:
        return not self.found and not self.unread


class Search:
    """Searches for marks.

    Args:
        common: those among them that are words of the shop as well, or another shopper's name. Where such a one stands
            in a text nobody can tell whom it means: it counts only where it says whose something is.
    """

    def __init__(self, marks: Iterable[Mark], common: Iterable[Mark]) -> None:
        self._needles = Needles(marks)
        self._common = frozenset(common)
        self.proof = Proof()

    def tables(self, engine: Engine) -> None:
        """Every text and JSON of every table of the store, and of whatever else is in a PostgreSQL database."""
        for table in metadata.sorted_tables:
            columns = [column for column in table.columns if isinstance(column.type, (String, JSON))]
            with engine.connect().execution_options(read_only=True, stream_results=True) as db:
                rows = db.execute(select(*columns))
                self._rows(table.name, [column.name for column in columns], iter(rows))
        if engine.dialect.name == "postgresql":
            self._postgres(engine)

    def folder(self, root: Path, store: Path | None = None) -> None:
        """Every file under a folder; `store` is the SQLite file that `tables` has read, searched by `database`."""
        for path in sorted(root.rglob("*")):
            if path.is_file() and not path.is_symlink() and (store is None or path not in _parts(store)):
                try:
                    self._file(path, path.relative_to(root.parent).as_posix())
                except FileNotFoundError:  # a file of a running server, gone meanwhile
                    continue
                except (OSError, EOFError, zlib.error, zipfile.BadZipFile, sqlite3.Error) as error:
                    self.proof.unread.append(f"{path}: {error}")

    def database(self, engine: Engine, store: Path) -> None:
        """The bytes of the store's SQLite files: in them a column follows another without a gap, so that whole words
        are not to be told. They must hold a mark no more often than a file that is written anew from its rows."""
        fresh = store.with_name(f"{store.name}.proof")
        fresh.unlink(missing_ok=True)  # of a search that was killed
        try:
            with closing(engine.raw_connection()) as connection:
                connection.cursor().execute("VACUUM INTO ?", (str(fresh),))
            rows = self._anywhere(fresh)
        finally:
            fresh.unlink(missing_ok=True)
        for path in _parts(store):
            if path.is_file():
                self._count_file(path.stat().st_size)
                for mark, number in self._anywhere(path).items():
                    if number > rows[mark] if path == store else number and not rows[mark]:
                        self.proof.found[path.name, mark.kind] += number - rows[mark]

    def _anywhere(self, path: Path) -> Counter[Mark]:
        with path.open("rb") as source:
            counts = (self._needles.anywhere(*block) for block in blocks(source, self._needles.longest))
            return sum(counts, Counter())

    def _file(self, path: Path, place: str) -> None:
        with path.open("rb") as source:
            head = source.read(1 << 13)
            self._count_file(path.stat().st_size)
            source.seek(0)
            self._stream(source, place, binary=b"\0" in head)
        if head.startswith(SQLITE):
            self._sqlite(path, place)
        elif head.startswith(b"\x1f\x8b"):
            with gzip.open(path) as source:
                self._stream(source, place, binary=False)
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                for name in packed.namelist():
                    with packed.open(name) as member:
                        self._stream(member, f"{place}: {name}", binary=True)

    def _stream(self, source: Any, place: str, *, binary: bool) -> None:
        for data, since, upto in blocks(source, self._needles.longest):
            self._note(place, self._needles.count(data, since, upto, binary=binary))

    def _sqlite(self, path: Path, place: str) -> None:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            db.text_factory = lambda raw: raw.decode(errors="replace")
            names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for name in names:
                quoted = '"' + name.replace('"', '""') + '"'
                rows = db.execute(f"SELECT * FROM {quoted}")
                self._rows(f"{place}: {name}", [column[0] for column in rows.description], rows)

    def _postgres(self, engine: Engine) -> None:
        """The tables that are not ours, the index's among them, and the values that the planner has noted."""
        own = inspect(engine).default_schema_name
        kinds = "('text', 'character varying', 'character', 'json', 'jsonb', 'ARRAY', 'name')"
        with reading(engine) as db:
            columns = db.execute(
                text(
                    "SELECT table_schema, table_name, column_name FROM information_schema.columns JOIN "
                    "information_schema.tables USING (table_schema, table_name) WHERE table_type = 'BASE TABLE' AND "
                    f"data_type IN {kinds} AND table_schema NOT IN ('pg_catalog', 'information_schema') "
                    "ORDER BY 1, 2, ordinal_position"
                )
            ).all()
            tables: dict[tuple[str, str], list[str]] = {}
            for schema, table, column in columns:
                if schema != own or table not in metadata.tables:
                    tables.setdefault((schema, table), []).append(column)
            queries = {
                f"{schema}.{table}": (_select(schema, table, names), names) for (schema, table), names in tables.items()
            }
            noted = (
                "SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE schemaname <> 'pg_catalog'"
            )
            queries["pg_stats"] = (noted, ["most_common_vals", "histogram_bounds"])
            for place, (query, names) in queries.items():
                self._rows(place, names, iter(db.execution_options(stream_results=True).execute(text(query))))

    def _rows(self, place: str, columns: list[str], rows: Iterator[Any]) -> None:
        self.proof.tables += 1
        self.proof.columns += len(columns)
        while batch := list(islice(rows, ROWS)):
            self.proof.rows += len(batch)
            for name, cells in zip(columns, zip(*batch, strict=True), strict=True):
                values = [value for cell in cells for value in _texts(cell)]
                counts = self._needles.count("\x1f".join(values).encode(errors="replace"))
                self._note(f"{place}.{name}", counts, (place, name), values)

    def _note(
        self, place: str, counts: Mapping[Mark, int], column: tuple[str, str] = ("", ""), values: Iterable[str] = ()
    ) -> None:
        for mark, number in counts.items():
            if mark not in self._common:
                self.proof.found[place, mark.kind] += number
                continue
            own = column in WHOSE.get(mark.kind, ()) or (mark.kind == "id" and column[1] == "shopper_id")
            exact = sum(value in (mark.text, f"shopper:{mark.text}") for value in values) if own else 0
            if exact:
                self.proof.found[place, mark.kind] += exact
            self.proof.common[mark.kind] += number - exact

    def _count_file(self, size: int) -> None:
        self.proof.files += 1
        self.proof.bytes += size


def _parts(store: Path) -> tuple[Path, ...]:
    """The files of a SQLite database."""
    return (store, *(store.with_name(store.name + end) for end in ("-wal", "-shm", "-journal")))


def _select(schema: str, table: str, columns: list[str]) -> str:
    chosen = ", ".join(f'"{name}"::text' for name in columns)
    return f'SELECT {chosen} FROM "{schema}"."{table}"'


def _texts(value: Any, inside: bool = False) -> Iterator[str]:
    """The texts in a cell: those of JSON are its keys and values. Bytes are searched with the file they are in."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, held in value.items():
            yield str(key)
            yield from _texts(held, True)
    elif isinstance(value, list):
        for held in value:
            yield from _texts(held, True)
    elif inside and type(value) is int:
        yield str(value)
