"""Erases a shopper from the store: first every row, in one transaction, then what deleted rows leave in its files.

Killed before the transaction ends, it has done nothing; after it, the rest is done by doing it again.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import Engine, delete, select, text
from sqlalchemy.exc import OperationalError

from assistant.conversation import is_open
from assistant.db import conversations, keys, lock, metadata, proofs, seeds, shoppers, tombstones
from assistant.errors import SetupError
from assistant.shoppers.held import read_held, rows_in, rows_of
from assistant.shoppers.needles import Mark
from assistant.shoppers.tombstones import Tombstones
from index.sql import reading

BUSY_MS = 10_000
RETRY_SECONDS = 0.2


@dataclass(frozen=True)
class Erased:
    """What was there: how many rows of what, and what they called the shopper and their things."""

    rows: Mapping[str, int]
    marks: frozenset[Mark]


def is_known(engine: Engine, shopper_id: str) -> bool:
    """Whether the store holds anything about a shopper, or has forgotten them."""
    with engine.begin() as db:
        return any(read_held(db, shopper_id).values()) or Tombstones(db).is_shopper(shopper_id)


def erase(engine: Engine, shopper_id: str) -> Erased:
    """Delete every row about a shopper, and keep a digest of the id so that nothing of them is taken in again.

    One transaction. Whoever writes about the shopper meanwhile has written before it, and is erased, or finds after it
    that they are gone; see `may_keep`.
    """
    with engine.begin() as db:
        lock(db, "seed")  # in this order everywhere: the folder, the shopper, their conversations
        lock(db, f"shopper:{shopper_id}")
        for key in sorted(row["id"] for row in read_held(db, shopper_id)["conversations"]):  # as `Takeovers.release`
            lock(db, key)
            lock(db, f"conversation:{key}")  # its cart
        held = read_held(db, shopper_id)  # with the turns that ended while we waited
        Tombstones(db).bury_shopper(shopper_id)
        for table, theirs in rows_of(shopper_id).values():
            db.execute(delete(table).where(theirs))
    marks = {Mark("order", row["id"]) for row in held["orders"]}
    marks |= {Mark("order", row["order_id"]) for row in (*held["events"], *held["order_audit"]) if row["order_id"]}
    marks |= {Mark("conversation", row["id"]) for row in (*held["conversations"], *held["handoffs"], *held["drafts"])}
    for row in held["profile"]:
        marks |= {Mark("name", row["name"])} | ({Mark("email", row["email"])} if row["email"] else set())
    return Erased({name: len(rows) for name, rows in held.items()}, frozenset(marks))


def erase_conversation(engine: Engine, conversation_id: str) -> bool:
    """Delete a conversation with all that was kept of it: a guest's is in nobody's name, and whoever holds it may want it
    gone. Of a shopper's, their cart, events and orders stay. Whether it was there.

    One transaction. A turn that still runs finds nothing to be kept in.
    """
    with engine.begin() as db:
        if not is_open(db, conversation_id):
            return False
        lock(db, f"conversation:{conversation_id}")  # the cart's
        for table, theirs in rows_in(conversations.c.id == conversation_id).values():
            if table is conversations:
                db.execute(delete(proofs).where(proofs.c.conversation_id == conversation_id))
            db.execute(delete(table).where(theirs))
    return True


def purge(engine: Engine) -> None:
    """Write the store's files anew, without what deleted rows have left in them.

    SQLite: the write-ahead log is emptied and the file built again from the rows there are. PostgreSQL: so is each
    table, with its indexes and what the planner has noted of its values. Its own log and backups are out of reach.

    Raises:
        SetupError: somebody else uses the database all the time.
    """
    try:
        if engine.dialect.name == "sqlite":
            _purge_sqlite(engine)
        else:
            _purge_postgres(engine)
    except (OperationalError, sqlite3.OperationalError, _StillSeen) as error:
        raise SetupError(
            f"The rows are deleted, but the database is in use, so that its files still hold what they said "
            f"({error}). Stop what uses it and run the same command again."
        ) from error


def shared(engine: Engine, marks: set[Mark]) -> set[Mark]:
    """The names and addresses among the marks that a shopper has who is still there."""
    with reading(engine) as db:
        rows = db.execute(select(shoppers.c.name, shoppers.c.email)).all()
    texts = {str(text).lower() for row in rows for text in row if text}
    return {mark for mark in marks if mark.folded and mark.text.lower() in texts}


def empty_logs(folder: Path) -> None:
    """Empty the model's log: llama.cpp quotes there what it was sent, where it could not read it."""
    for path in folder.glob("*.log"):
        with path.open("r+b") as log:
            log.truncate(0)


def _purge_sqlite(engine: Engine) -> None:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        for command in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            row = cursor.execute(command).fetchone()
            if row is not None and row[0]:
                raise sqlite3.OperationalError("its write-ahead log is being read")
        cursor.close()
    finally:
        connection.close()


def _purge_postgres(engine: Engine) -> None:
    """Build each table again until no deleted row is in it: one that any older transaction may still see is kept."""
    touched = [table for table in metadata.sorted_tables if table not in (keys, seeds, tombstones)]
    notices: list[str] = []
    until = time.monotonic() + BUSY_MS / 1000
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        connection = db.connection.driver_connection
        assert isinstance(connection, psycopg.Connection)

        def note(notice: psycopg.errors.Diagnostic) -> None:
            notices.append(notice.message_detail or "")

        connection.add_notice_handler(note)
        db.execute(text(f"SET lock_timeout = {BUSY_MS}"))
        try:
            for table in touched:
                while True:
                    notices.clear()
                    db.execute(text(f'VACUUM (FULL, ANALYZE, VERBOSE) "{table.name}"'))
                    if not any(map(_rows_kept, notices)):
                        break
                    if time.monotonic() > until:
                        raise _StillSeen(
                            f"a transaction that is still open may read what was deleted from {table.name}"
                        )
                    time.sleep(RETRY_SECONDS)
        finally:
            connection.remove_notice_handler(note)
            db.execute(text("RESET lock_timeout"))


class _StillSeen(Exception):
    """Somebody's transaction is older than the deletion."""


def _rows_kept(detail: str) -> int:
    """How many dead rows VACUUM VERBOSE says it could not remove: the number that its detail begins with, in any language
    of the server's."""
    number = re.match(r"\d+", detail)
    return int(number[0]) if number else 0
