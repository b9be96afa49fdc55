"""Fixtures of the index's tests: a store filled from rows of a feed, in SQLite and in PostgreSQL."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from index.fill import Fill
from index.intake import Intake
from index.shop import read_shop
from index.store import Store, put_meta
from index.versions import LocalVersions, Versions, versions_of
from tests.conftest import write_jsonl
from tests.toys import ToyEncoder

Rows = list[dict[str, Any]]


def fill_store(store: Store, folder: Path, rows: Rows) -> Store:
    """Take a feed of these rows into an empty version, and make it complete but for Chroma."""
    folder.mkdir(exist_ok=True)
    write_jsonl(folder / "products.jsonl", rows)
    intake = Intake(store, read_shop(folder), lambda row: None)
    intake.run()
    Fill(store, ToyEncoder(), None).run()
    with store.engine.begin() as db:
        put_meta(db, currency=intake.currency, generation=0)
    return store


def local_store(directory: Path, rows: Rows) -> Store:
    """A store of these rows in SQLite, in a folder of its own."""
    versions = LocalVersions(directory)
    return fill_store(versions.open(versions.create()), directory / "shop", rows)


@pytest.fixture
def versions(tmp_path: Path, index_settings: dict[str, Any]) -> Versions:
    """An empty shop's versions, in files and in PostgreSQL."""
    return versions_of(tmp_path, f"shop-{uuid.uuid4().hex}", index_settings.get("database_url"))


@pytest.fixture
def stored(versions: Versions, tmp_path: Path) -> Iterator[Callable[[Rows], Store]]:
    """stored(rows) is a store of a feed, in SQLite and in PostgreSQL."""
    made: list[Store] = []

    def make(rows: Rows) -> Store:
        made.append(fill_store(versions.open(versions.create()), tmp_path / f"shop{len(made)}", rows))
        return made[-1]

    yield make
    for store in made:
        store.close()
    versions.sweep(set())
