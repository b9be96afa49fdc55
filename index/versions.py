"""Where the versions of a shop's index live, and which of them is served: a pointer that is moved in one step."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from filelock import FileLock
from sqlalchemy import Column, MetaData, String, Table, delete, insert, inspect, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateSchema, DropSchema

from index.errors import ShopError
from index.sql import is_postgres, open_url, sqlite_url
from index.store import Store


class Versions(Protocol):
    """Versions by name. Only who holds the lock makes, takes up or removes one."""

    def lock(self) -> AbstractContextManager[object]:
        """Let one build at a time run, over all processes."""
        ...

    def current(self) -> str:
        """The version that is served; empty where there is none."""
        ...

    def create(self) -> str:
        """Make an empty version, beside what is served."""
        ...

    def open(self, version: str) -> Store:
        """The store of a version that there is."""
        ...

    def take_up(self, version: str) -> None:
        """Serve this version from now on."""
        ...

    def sweep(self, keep: set[str]) -> list[str]:
        """Remove all other versions; returns their names."""
        ...


def versions_of(directory: Path, key: str, database_url: str | None) -> Versions:
    """A shop's versions: in PostgreSQL where the database is one, else in files under `directory`.

    Args:
        key: names the shop among others in the database.
    """
    if is_postgres(database_url):
        return PostgresVersions(str(database_url), key)
    return LocalVersions(directory)


class LocalVersions:
    """A folder a version, with a SQLite file in it; the pointer is the file `current`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def lock(self) -> AbstractContextManager[object]:
        return FileLock(self._directory / "build.lock")

    def current(self) -> str:
        try:
            version = (self._directory / "current").read_text().strip()
        except OSError:
            return ""
        return version if self._file(version).is_file() else ""

    def create(self) -> str:
        version = _new_name()
        self._file(version).parent.mkdir()
        store = self.open(version)
        store.create()
        store.close()
        return version

    def open(self, version: str) -> Store:
        return Store(open_url(sqlite_url(self._file(version)), durability="NORMAL"))

    def take_up(self, version: str) -> None:
        draft = self._directory / "current.draft"
        draft.write_text(version)
        os.replace(draft, self._directory / "current")

    def sweep(self, keep: set[str]) -> list[str]:
        others = [path for path in self._directory.glob("v-*") if path.is_dir() and path.name not in keep]
        for path in others:
            shutil.rmtree(path, ignore_errors=True)
        return [path.name for path in others]

    def _file(self, version: str) -> Path:
        return self._directory / version / "index.sqlite"


_pointers = Table(
    "onevoice_indexes",
    MetaData(),
    Column("shop", String, primary_key=True),
    Column("version", String, nullable=False),
)


class PostgresVersions:
    """A schema a version; the pointer is a row of a table that all shops share.

    Raises:
        ShopError: the server does not answer.
    """

    def __init__(self, url: str, key: str) -> None:
        self._engine = open_url(url)
        self._shop = key
        plain = re.sub(r"[^a-z0-9]+", "_", key.lower())[-24:].strip("_")
        self._prefix = f"ov_{plain}_{hashlib.sha256(key.encode()).hexdigest()[:8]}_"  # names have 63 bytes at most
        try:
            with self._engine.begin() as db:
                db.execute(text("SELECT pg_advisory_xact_lock(hashtext('onevoice_indexes'))"))
                _pointers.metadata.create_all(db)
        except OperationalError as error:
            raise ShopError(f"PostgreSQL at ONEVOICE_DATABASE_URL={self._engine.url}: {error.orig}") from error

    @contextmanager
    def lock(self) -> Iterator[None]:
        with self._engine.connect() as db:  # the lock ends with the connection, however that ends
            db.execute(text("SELECT pg_advisory_lock(hashtext(:name))"), {"name": self._prefix})
            db.commit()
            try:
                yield
            finally:
                db.execute(text("SELECT pg_advisory_unlock(hashtext(:name))"), {"name": self._prefix})
                db.commit()

    def current(self) -> str:
        with self._engine.connect() as db:
            found = db.execute(select(_pointers.c.version).where(_pointers.c.shop == self._shop)).scalar()
        return found or ""

    def create(self) -> str:
        version = _new_name()
        with self._engine.begin() as db:
            db.execute(CreateSchema(self._schema(version)))
        self.open(version).create()
        return version

    def open(self, version: str) -> Store:
        return Store(self._engine.execution_options(schema_translate_map={None: self._schema(version)}))

    def take_up(self, version: str) -> None:
        with self._engine.begin() as db:
            db.execute(delete(_pointers).where(_pointers.c.shop == self._shop))
            db.execute(insert(_pointers), {"shop": self._shop, "version": version})

    def sweep(self, keep: set[str]) -> list[str]:
        kept = {self._schema(version) for version in keep}
        schemas = inspect(self._engine).get_schema_names()
        others = [name for name in schemas if name.startswith(self._prefix) and name not in kept]
        for name in others:
            with self._engine.begin() as db:
                db.execute(DropSchema(name, cascade=True, if_exists=True))
        return [name.removeprefix(self._prefix) for name in others]

    def _schema(self, version: str) -> str:
        return f"{self._prefix}{version}"


def _new_name() -> str:
    return f"v-{uuid.uuid4().hex[:12]}"
