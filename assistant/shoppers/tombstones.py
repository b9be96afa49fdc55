"""What was forgotten and still stands in the shop's files, which are never written: remembered by digest alone, so
that reading the files again does not bring it back.

The key is drawn once and kept in the store. Without the store nothing can be told from a digest; with it, an id that
one knows already can be tried, and that is what a digest is for.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import datetime

from sqlalchemy import Connection, insert, select

from assistant.db import keys, lock, tombstones

NAME = "tombstones"


class Tombstones:
    """Digests of shoppers and of single events, read and written within the caller's transaction.

    Args:
        many: many questions are to come, so all are read at once.
    """

    def __init__(self, db: Connection, *, many: bool = False) -> None:
        self._db = db
        self._key = _key(db)
        self._all = frozenset(db.execute(select(tombstones.c.digest)).scalars()) if many else None
        self._asked: dict[str, bool] = {}

    def bury_shopper(self, shopper_id: str) -> None:
        """Nothing of this shopper is taken in again."""
        self._put("shopper", shopper_id)

    def bury_event(self, shopper_id: str, kind: str, product_id: str, at: datetime) -> None:
        """No event of this kind, product and second is taken in again. `at` is in UTC, without a zone."""
        self._put("event", shopper_id, kind, product_id, _second(at))

    def is_shopper(self, shopper_id: str) -> bool:
        """Whether a shopper was forgotten."""
        if shopper_id not in self._asked:
            self._asked[shopper_id] = self._has("shopper", shopper_id)
        return self._asked[shopper_id]

    def is_event(self, shopper_id: str, kind: str, product_id: str, at: datetime) -> bool:
        """Whether an event was forgotten, or its shopper."""
        return self.is_shopper(shopper_id) or self._has("event", shopper_id, kind, product_id, _second(at))

    def _has(self, *parts: str) -> bool:
        if self._key is None or self._all == frozenset():
            return False
        digest = _digest(self._key, parts)
        if self._all is not None:
            return digest in self._all
        return self._db.execute(select(tombstones).where(tombstones.c.digest == digest)).first() is not None

    def _put(self, *parts: str) -> None:
        lock(self._db, NAME)
        self._key = self._key or _key(self._db)
        if self._key is None:
            self._key = secrets.token_bytes(32)
            self._db.execute(insert(keys).values(name=NAME, key=self._key.hex()))
        if not self._has(*parts):
            self._db.execute(insert(tombstones).values(digest=_digest(self._key, parts)))
        self._asked.clear()


def may_keep(db: Connection, shopper_id: str) -> bool:
    """Whether something may be written about a shopper: not where they were forgotten.

    Nobody forgets this shopper until the caller's transaction ends, so that what it writes is erased with the rest.
    """
    lock(db, f"shopper:{shopper_id}")
    return not Tombstones(db).is_shopper(shopper_id)


def _key(db: Connection) -> bytes | None:
    held = db.execute(select(keys.c.key).where(keys.c.name == NAME)).scalar()
    return bytes.fromhex(held) if held else None


def _digest(key: bytes, parts: tuple[str, ...]) -> str:
    return hashlib.blake2b(json.dumps(parts).encode(), key=key, digest_size=16).hexdigest()


def _second(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat()
