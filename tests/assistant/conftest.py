"""The store's engine: a real SQLite, and PostgreSQL where there is one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from assistant.db import metadata, open_engine
from index.sql import sqlite_url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        found = open_engine(sqlite_url(tmp_path / "s.sqlite"))
        yield found
        found.dispose()
        return
    found = open_engine(request.getfixturevalue("postgres"))
    yield found
    metadata.drop_all(found)
    found.dispose()
