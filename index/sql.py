"""SQL engines: SQLite by path, PostgreSQL by URL. The one place that knows their drivers and pragmas."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event

Durability = Literal["FULL", "NORMAL"]


def sqlite_url(path: Path) -> str:
    """The SQLAlchemy URL of a SQLite file, whatever characters its path has."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def is_postgres(url: str | None) -> bool:
    return bool(url) and str(url).startswith(("postgresql:", "postgresql+", "postgres:"))


def open_url(url: str, *, durability: Durability = "FULL") -> Engine:
    """An engine for an SQLAlchemy URL.

    SQLite is set to WAL, and every transaction begins IMMEDIATE: two writers queue at its start and none fails
    half-way.

    Args:
        durability: SQLite's `synchronous`. FULL for what must survive a power cut; NORMAL for what can be built again.
    """
    for short in ("postgresql://", "postgres://"):
        if url.startswith(short):
            url = url.replace(short, "postgresql+psycopg://", 1)
    # an error goes into the log: what was written, a shopper's words among it, must not go with it
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"), hide_parameters=True)
    if engine.dialect.name == "sqlite":
        if engine.url.database:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)

        @event.listens_for(engine, "connect")
        def configure(connection: Any, _record: Any) -> None:
            connection.isolation_level = None  # we write BEGIN ourselves
            pragmas = ("journal_mode=WAL", f"synchronous={durability}", "busy_timeout=10000", "foreign_keys=ON")
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def begin(connection: Any) -> None:
            read_only = connection.get_execution_options().get("read_only")
            connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def reading(engine: Engine) -> Connection:
    """A connection for what only reads: on SQLite it takes no lock, and waits for nobody who writes."""
    return engine.connect().execution_options(read_only=True)
