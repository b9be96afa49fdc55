"""One version of a shop's index in SQL: products, groups, reviews, postings. SQLite or PostgreSQL, the same tables.

Products are kept as rows and read at answer time; what is searched over (postings, prices, stock) is kept as packed
columns of numbers that `lexical` and `columns` hold in memory. Facts change in place; everything else makes a new
version (`build`).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
)

from index.catalogue import Catalogue, Group, Product, Review
from index.embedding import Vectors

SCHEMA = 9  # of the tables below and of what is put into them; another one is built anew
CHUNK = 500  # rows of one statement: SQLite and PostgreSQL both limit the parameters of one
KEPT = 20_000  # products and groups held after reading
HALF = np.float16  # vectors at rest: half the size, and no measurable loss of recall

metadata = MetaData()
meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False))
products = Table(
    "products",
    metadata,
    Column("no", Integer, primary_key=True, autoincrement=False),  # place in the feed
    Column("id", String, nullable=False, unique=True),
    Column("folded", String, nullable=False, index=True),  # the id in lower case
    Column("group_id", String, nullable=False, index=True),
    Column("line", Integer, nullable=False),
    Column("structure", String, nullable=False),
    Column("data", Text, nullable=False),
)
groups = Table(
    "groups",
    metadata,
    Column("no", Integer, primary_key=True, autoincrement=False),  # place of its first variant among groups
    Column("id", String, nullable=False, unique=True),
    Column("folded", String, nullable=False, index=True),  # the id in lower case
    Column("title", Text, nullable=False),
    Column("text_hash", String, nullable=False, index=True),
    Column("vector", LargeBinary),
)
reviews = Table(
    "reviews",
    metadata,
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("group_id", String, nullable=False, index=True),
    Column("author", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("rating", Integer, nullable=False),
)
facets = Table(
    "facets",
    metadata,
    Column("no", Integer, primary_key=True),  # names and values are no key: PostgreSQL indexes no long text
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("places", LargeBinary, nullable=False),  # of its variants: int32, rising from row to row
)
terms = Table(
    "terms",
    metadata,
    Column("term", String, primary_key=True),
    Column("segment", Integer, primary_key=True),
    Column("count", Integer, nullable=False),  # groups
    Column("titled", Integer, nullable=False),  # groups that have it in their title
    Column("fields", Integer, nullable=False),  # the fields it occurs in: a bit each
    Column("postings", LargeBinary, nullable=False),
)
spellings = Table("spellings", metadata, Column("word", String, primary_key=True), Column("count", Integer))
columns = Table(
    "columns", metadata, Column("name", String, primary_key=True), Column("data", LargeBinary, nullable=False)
)

Value = TypeVar("Value")


class Store:
    """A version of the index. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.latest = 0  # the last generation that was seen: what was read of an earlier one is read again
        self._reader = engine.execution_options(read_only=True)
        if engine.dialect.name == "postgresql":  # whose every statement sees a state of its own otherwise
            self._reader = self._reader.execution_options(isolation_level="REPEATABLE READ")
        self.products: _Read[Product] = _Products(self)
        self.groups: _Read[Group] = _Groups(self)
        self.reviews: _Read[tuple[Review, ...]] = _Reviews(self)

    def forget(self) -> None:
        """Read everything again from now on: facts have changed."""
        for held in (self.products, self.groups, self.reviews):
            held.forget()

    def create(self) -> None:
        """Make the tables of a new version."""
        metadata.create_all(self.engine)

    def close(self) -> None:
        self.engine.dispose()

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection for reading: one consistent state for its whole length."""
        return self._reader.connect()

    def meta(self) -> dict[str, Any]:
        """All that is noted about this version."""
        with self.reading() as db:
            return {key: json.loads(value) for key, value in db.execute(select(meta.c.key, meta.c.value))}

    def generation(self) -> int:
        """Counts the changes of facts in this version: what was read before it changed must be read again."""
        with self.reading() as db:
            found = get_generation(db)
        self.latest = max(self.latest, found)
        return found

    def column(self, name: str, dtype: Any) -> Any:
        """A column of numbers, one a variant or one a group, in their order."""
        with self.reading() as db:
            return get_column(db, name, dtype)

    def vectors(self) -> tuple[list[str], Any]:
        """Group ids in their order, and their unit vectors, shape (groups, d), half precision."""
        query = select(groups.c.id, groups.c.vector).order_by(groups.c.no)
        with self.reading() as db:
            ids: list[str] = []
            matrix = np.empty((0, 0), dtype=HALF)
            count = db.execute(select(func.count()).select_from(groups)).scalar_one()
            for number, (key, data) in enumerate(db.execution_options(yield_per=CHUNK).execute(query)):
                if not number:
                    matrix = np.empty((count, len(data) // matrix.itemsize), dtype=HALF)
                ids.append(key)
                matrix[number] = np.frombuffer(data, dtype=HALF)
        return ids, matrix

    def variants(self) -> list[str]:
        """Product ids by their places: in the order of the groups, within a group in the feed's."""
        query = select(products.c.id).join(groups, groups.c.id == products.c.group_id)
        with self.reading() as db:
            return list(db.execute(query.order_by(groups.c.no, products.c.no)).scalars())

    def typed(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Ids of products or groups, in lower case → the product, or the group's first, of those that there are.

        Of products whose ids differ in case alone, the first.
        """
        by_group = select(groups.c.folded, func.min(products.c.no)).join(products, products.c.group_id == groups.c.id)
        by_id = select(products.c.folded, products.c.id).order_by(products.c.no.desc())
        found: dict[str, str] = {}
        with self.reading() as db:
            for part in chunks(ids):
                first = db.execute(by_group.where(groups.c.folded.in_(part)).group_by(groups.c.folded)).tuples().all()
                ids_of = select(products.c.no, products.c.id).where(products.c.no.in_([no for _, no in first]))
                named = dict(db.execute(ids_of).tuples().all())
                found |= {folded: named[no] for folded, no in first}
                found |= dict(db.execute(by_id.where(products.c.folded.in_(part))).tuples().all())
        return found

    def catalogue(self, facets: Mapping[str, Mapping[str, int]]) -> Catalogue:
        """The catalogue, each product read when it is asked for."""
        with self.reading() as db:
            titles = dict(db.execute(select(groups.c.id, groups.c.title).order_by(groups.c.no)).tuples().all())
        return Catalogue(self.products, self.groups, self.reviews, titles, facets, self.meta()["currency"])


def put_meta(db: Connection, **values: Any) -> None:
    """Note values about a version, in place of earlier ones."""
    db.execute(delete(meta).where(meta.c.key.in_(list(values))))
    db.execute(insert(meta), [{"key": key, "value": json.dumps(value)} for key, value in values.items()])


def get_generation(db: Connection) -> int:
    """As `Store.generation`, in a transaction that reads more."""
    return int(db.execute(select(meta.c.value).where(meta.c.key == "generation")).scalar() or 0)


def get_column(db: Connection, name: str, dtype: Any) -> Any:
    """As `Store.column`, in a transaction that reads more."""
    return np.frombuffer(db.execute(select(columns.c.data).where(columns.c.name == name)).scalar_one(), dtype=dtype)


def put_column(db: Connection, name: str, data: Any) -> None:
    """Keep a column of numbers, in place of an earlier one."""
    db.execute(delete(columns).where(columns.c.name == name))
    db.execute(insert(columns), {"name": name, "data": data.tobytes()})


def pack_vector(vector: Vectors) -> bytes:
    return vector.astype(HALF).tobytes()


def chunks(items: Sequence[Value], size: int = CHUNK) -> Iterator[Sequence[Value]]:
    """A sequence in pieces of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def batches(rows: Iterable[Value], size: int = CHUNK) -> Iterator[list[Value]]:
    """Rows as they come, in lists of at most `size`."""
    held: list[Value] = []
    for row in rows:
        held.append(row)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held


class _Read(Mapping[str, Value]):
    """Values that are read from the store when they are asked for, and held until the facts change.

    What is held is all of one generation, so that no reader sees some of the facts before a change and some after.
    """

    _table: Table
    _key: Any

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held: tuple[int, dict[str, Value]] = (0, {})  # of a generation
        self._lock = threading.Lock()

    def _fetch(self, db: Connection, keys: Sequence[str]) -> Iterable[tuple[str, Value]]:
        raise NotImplementedError  # each mapping's own

    def load(self, keys: Iterable[str]) -> Mapping[str, Value]:
        """Read many at once; those that there are, in the order of the keys."""
        asked = list(dict.fromkeys(keys))
        held = self._current()
        found = {key: held[1][key] for key in asked if key in held[1]}
        if len(found) < len(asked):
            with self._store.reading() as db:
                generation = get_generation(db)
                wanted = asked if generation != held[0] else [key for key in asked if key not in found]
                read = dict(pair for part in chunks(wanted) for pair in self._fetch(db, part))
            found |= read
            self._hold(generation, read)
        return {key: found[key] for key in asked if key in found}

    def forget(self) -> None:
        """Read everything again from now on."""
        with self._lock:
            self._held = (0, {})

    def _current(self) -> tuple[int, dict[str, Value]]:
        held = self._held
        return held if held[0] >= self._store.latest else (0, {})

    def _hold(self, generation: int, read: Mapping[str, Value]) -> None:
        with self._lock:
            last, held = self._current()
            if generation < last or len(read) > KEPT:
                return
            kept = held if generation == last and len(held) + len(read) <= KEPT else {}
            kept.update(read)
            self._held = (generation, kept)

    def __getitem__(self, key: str) -> Value:
        return self.load([key])[key]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key) is not None

    def __iter__(self) -> Iterator[str]:
        with self._store.reading() as db:  # all at once: an iteration left half-way must not hold a transaction
            return iter(db.execute(select(self._key).order_by(self._table.c.no)).scalars().all())

    def __len__(self) -> int:
        with self._store.reading() as db:
            return db.execute(select(func.count()).select_from(self._table)).scalar_one()


class _Products(_Read[Product]):
    _table, _key = products, products.c.id

    def _fetch(self, db: Connection, keys: Sequence[str]) -> Iterable[tuple[str, Product]]:
        query = select(products.c.id, products.c.data, products.c.line).where(products.c.id.in_(keys))
        return [(key, Product.of_json(json.loads(data), line)) for key, data, line in db.execute(query)]


class _Groups(_Read[Group]):
    _table, _key = groups, groups.c.id

    def _fetch(self, db: Connection, keys: Sequence[str]) -> Iterable[tuple[str, Group]]:
        query = select(products.c.group_id, products.c.data, products.c.line)
        found: dict[str, list[Product]] = {}
        for key, data, line in db.execute(query.where(products.c.group_id.in_(keys)).order_by(products.c.no)):
            found.setdefault(key, []).append(Product.of_json(json.loads(data), line))
        return [(key, Group(key, tuple(rows))) for key, rows in found.items()]


class _Reviews(_Read[tuple[Review, ...]]):
    _table, _key = groups, groups.c.id

    def _fetch(self, db: Connection, keys: Sequence[str]) -> Iterable[tuple[str, tuple[Review, ...]]]:
        fields = (reviews.c.group_id, reviews.c.author, reviews.c.title, reviews.c.text, reviews.c.rating)
        known = db.execute(select(groups.c.id).where(groups.c.id.in_(keys))).scalars()
        found: dict[str, list[Review]] = {key: [] for key in known}
        for row in db.execute(select(*fields).where(reviews.c.group_id.in_(keys)).order_by(reviews.c.no)):
            found[row[0]].append(Review(*row))
        return [(key, tuple(rows)) for key, rows in found.items()]
