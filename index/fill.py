"""Fills a new version from the products that it has taken in: groups, vectors, words, facets, columns of facts.

One pass over the groups in their order; memory does not grow with the catalogue, but for a few numbers a variant.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, bindparam, delete, func, insert, select, update
from tqdm import tqdm

from index.catalogue import Group, Product
from index.embedding import Encoder
from index.lexical import LexicalWriter
from index.postings import Segment, Segments
from index.store import (
    CHUNK,
    Store,
    batches,
    chunks,
    facets,
    get_generation,
    groups,
    pack_vector,
    products,
    put_column,
    put_meta,
    reviews,
)

BATCH = 512  # texts embedded at once


class Fill:
    """The pass that makes a version complete.

    Args:
        old: a version by the same encoder: the vectors of texts that it has are taken from there.
    """

    def __init__(self, store: Store, encoder: Encoder, old: Store | None, *, progress: bool = False) -> None:
        self._store = store
        self._encoder = encoder
        self._old = old
        self._progress = progress

    def run(self) -> int:
        """Returns how many groups were embedded."""
        embedded = 0
        with self._store.engine.connect() as db:
            lexical, values, facts = LexicalWriter(db), _FacetWriter(db), FactColumns()
            with tqdm(
                total=len(self._store.groups), desc="indexing", unit="product", disable=not self._progress
            ) as bar:
                for part in batches(read_groups(self._store), BATCH):
                    embedded += self._embed(db, part)
                    for number, group in part:
                        lexical.add(number, group)
                        values.add(group)
                        facts.add(number, group)
                    db.commit()
                    bar.update(len(part))
            lexical.finish()
            values.finish()
            facts.write(db)
            put_column(db, "length", np.array(lexical.lengths, dtype=np.int32))
            db.commit()
        return embedded

    def _embed(self, db: Connection, part: Sequence[tuple[int, Group]]) -> int:
        """Note the groups with their vectors; returns how many of these were not known."""
        known = self._known([group.text_hash for _, group in part])
        fresh = [group for _, group in part if group.text_hash not in known]
        vectors = self._encoder.encode([group.text for group in fresh]) if fresh else ()
        known |= {group.text_hash: pack_vector(vector) for group, vector in zip(fresh, vectors, strict=True)}
        db.execute(
            update(groups)
            .where(groups.c.no == bindparam("number"))
            .values(
                folded=bindparam("lower"),
                title=bindparam("name"),
                text_hash=bindparam("hash"),
                vector=bindparam("packed"),
            ),
            [
                {
                    "number": number,
                    "lower": group.id.lower(),  # here: SQLite's own lowers ASCII alone
                    "name": group.title,
                    "hash": group.text_hash,
                    "packed": known[group.text_hash],
                }
                for number, group in part
            ],
        )
        return len(fresh)

    def _known(self, hashes: Sequence[str]) -> dict[str, bytes]:
        if self._old is None:
            return {}
        query = select(groups.c.text_hash, groups.c.vector)
        with self._old.reading() as db:
            return {
                key: bytes(vector)
                for part in chunks(hashes)
                for key, vector in db.execute(query.where(groups.c.text_hash.in_(part)))
            }


class FactColumns:
    """The facts of all variants that may change daily, as columns in the order of their places."""

    def __init__(self) -> None:
        self._columns: dict[str, array[Any]] = {
            "group": array("i"), "price": array("q"), "stock": array("b"), "rating": array("f"), "reviews": array("i"),
        }  # fmt: skip

    def add(self, number: int, group: Group) -> None:
        for product in group.variants:
            row = (
                number,
                product.current_price.minor,
                product.in_stock,
                float(product.rating or 0),
                product.review_count,
            )
            for column, value in zip(self._columns.values(), row, strict=True):
                column.append(value)

    def write(self, db: Connection) -> None:
        for name, column in self._columns.items():
            put_column(db, name, column)


class _FacetWriter:
    """Facet values → the places of the variants that have them."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._segments: Segments[tuple[str, str]] = Segments("i", self._write)
        self._place = 0

    def add(self, group: Group) -> None:
        for product in group.variants:
            for name in product.facet_names:
                for value in dict.fromkeys(_normal(name, product)):
                    self._segments.add((name, value), self._place)
            self._place += 1
        self._segments.settle()

    def finish(self) -> None:
        self._segments.settle(last=True)

    def _write(self, number: int, held: Segment[tuple[str, str]]) -> None:
        self._db.execute(
            insert(facets),
            [{"name": name, "value": value, "places": places.tobytes()} for (name, value), (places,) in held.items()],
        )


def _normal(name: str, product: Product) -> tuple[str, ...]:
    return (" > ".join(product.path),) if name == "product_type" and product.path else product.values(name)


def read_groups(store: Store) -> Iterator[tuple[int, Group]]:
    """All groups with their numbers, in their order.

    Read in a transaction each `CHUNK`: one for all of it would keep SQLite from folding in what is written meanwhile.
    """
    query: Select[Any] = (
        select(groups.c.no, groups.c.id, products.c.data, products.c.line)
        .join(groups, groups.c.id == products.c.group_id)
        .order_by(groups.c.no, products.c.no)
    )
    for start in range(0, len(store.groups), CHUNK):
        with store.reading() as db:
            rows = db.execute(query.where(groups.c.no.between(start, start + CHUNK - 1))).all()
        for (number, key), variants in groupby(rows, key=lambda row: (row[0], row[1])):
            yield number, Group(key, tuple(Product.of_json(json.loads(data), line) for *_, data, line in variants))


def structure(store: Store) -> str:
    """A digest of all that the index is made of, facts aside: while it is the same, no new version is needed."""
    digest = hashlib.sha256()
    query = select(products.c.id, products.c.group_id, products.c.structure).order_by(products.c.no)
    with store.reading() as db:
        for row in db.execution_options(yield_per=CHUNK).execute(query):
            digest.update("\x1f".join(row).encode())
    return digest.hexdigest()


def update_facts(served: Store, draft: Store, noted: Mapping[str, Any]) -> int:
    """Write the draft's facts and reviews into the version that is served, in one transaction.

    Returns the number of products that have changed. Readers see all of it or nothing.
    """
    facts = FactColumns()
    for number, group in read_groups(draft):
        facts.add(number, group)
    changed = 0
    fields = (products.c.id, products.c.data, products.c.line)
    with draft.reading() as source, served.engine.begin() as db:
        for rows in source.execution_options(yield_per=CHUNK).execute(select(*fields)).partitions(CHUNK):
            held = select(*fields).where(products.c.id.in_([row.id for row in rows]))
            before = {row.id: (row.data, row.line) for row in db.execute(held)}
            differing = [row for row in rows if before[row.id] != (row.data, row.line)]
            changed += sum(1 for row in differing if before[row.id][0] != row.data)
            if differing:
                db.execute(
                    update(products)
                    .where(products.c.id == bindparam("key"))
                    .values(data=bindparam("stated"), line=bindparam("at")),
                    [{"key": row.id, "stated": row.data, "at": row.line} for row in differing],
                )
        db.execute(delete(reviews))
        for rows in source.execute(select(reviews).order_by(reviews.c.no)).partitions(CHUNK):
            db.execute(insert(reviews), [row._asdict() for row in rows])
        facts.write(db)
        put_meta(db, **noted, generation=get_generation(db) + 1)
    return changed


def removed(old: Store, new: Store) -> int:
    """How many groups there were in a version that are not in the next."""
    count = 0
    with old.reading() as before, new.reading() as after:
        for ids in before.execution_options(yield_per=CHUNK).execute(select(groups.c.id)).scalars().partitions(CHUNK):
            found = select(func.count()).select_from(groups).where(groups.c.id.in_(ids))
            count += len(ids) - after.execute(found).scalar_one()
    return count
