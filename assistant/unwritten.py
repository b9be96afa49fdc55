"""An engine on which nothing is ever kept: what stores write is answered as always, and then rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.engine.base import OptionEngine


class Unwritten(OptionEngine):
    """The same database for the same stores, whose every transaction is rolled back at its end.

    A store cannot tell: a stock that is too small is found, an id is given out. It may write what it likes.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, {})

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that is rolled back, whatever happens in it."""
        with self.connect() as connection, connection.begin() as transaction:
            try:
                yield connection
            finally:
                transaction.rollback()
