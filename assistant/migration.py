"""Brings a table that an older version made to today's form. What is new, `create_all` makes; here is what has changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Table, inspect, text
from sqlalchemy.schema import CreateColumn, CreateTable


def add(db: Connection, column: Column[Any]) -> None:
    """Add a column that a table did not have once, with its `server_default` in the rows that are there.

    Args:
        db: a transaction that has the schema's lock.
    """
    table = column.table
    assert isinstance(table, Table)
    if column.name not in {row["name"] for row in inspect(db).get_columns(table.name)}:
        db.execute(text(f'ALTER TABLE "{table.name}" ADD COLUMN {CreateColumn(column).compile(dialect=db.dialect)}'))


def loosen(db: Connection, column: Column[Any]) -> None:
    """Let a column be null that was NOT NULL once. SQLite cannot alter one: there the table is built anew.

    Args:
        db: a transaction that has the schema's lock.
        column: of a table that no other one refers to.
    """
    table = column.table
    assert isinstance(table, Table)
    held = next(row for row in inspect(db).get_columns(table.name) if row["name"] == column.name)
    if held["nullable"]:
        return
    if db.dialect.name != "sqlite":
        db.execute(text(f'ALTER TABLE "{table.name}" ALTER COLUMN "{column.name}" DROP NOT NULL'))
        return
    old, names = f"{table.name}_old", ", ".join(f'"{one.name}"' for one in table.columns)
    for index in inspect(db).get_indexes(table.name):  # they would keep their names, and the new ones want those
        db.execute(text(f'DROP INDEX "{index["name"]}"'))
    db.execute(text(f'ALTER TABLE "{table.name}" RENAME TO "{old}"'))
    db.execute(CreateTable(table))
    db.execute(text(f'INSERT INTO "{table.name}" ({names}) SELECT {names} FROM "{old}"'))
    db.execute(text(f'DROP TABLE "{old}"'))
    for made in table.indexes:
        made.create(db)
