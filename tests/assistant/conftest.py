"""The store's engine: a real SQLite, and PostgreSQL where there is one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from assistant.db import metadata, open_engine
from assistant.shoppers.seed import seed
from assistant.shoppers.store import Shoppers
from index.sql import sqlite_url
from tests.conftest import NOW, write_jsonl


class Clock:
    """Stands still at `now`."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


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


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shoppers(tmp_path, shop_folder, clock):
    """Ada, Ben and Kit, who has opted out; nobody has done anything yet."""
    write_jsonl(shop_folder / "events.jsonl", [])
    engine = open_engine(sqlite_url(tmp_path / "state.sqlite"))
    seed(engine, shop_folder)
    yield Shoppers(engine, clock)
    engine.dispose()
