"""Accounts of staff: names, roles and hashed passwords, and how often signing in may be tried."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property

import bcrypt
from sqlalchemy import Connection, Engine, delete, func, insert, select

from assistant.conversation import Clock
from assistant.db import lock, staff, staff_sessions, staff_tries
from assistant.errors import DeskError, SetupError
from assistant.support.desk.rights import Role, Staff
from assistant.support.desk.sessions import DEMO
from assistant.untrusted import received
from index.sql import reading
from index.words import fold

MAX_NAME = 40  # characters
SHORTEST, LONGEST = 10, 72  # a password's characters, and its bytes: bcrypt reads no more
WINDOW = timedelta(minutes=15)
# Failed tries within the window: of a name from an address, of an address, and of a name from anywhere.
TRIES = {"pair": 5, "address": 20, "name": 50}
COST = 12  # of a hash: the logarithm of its rounds


class TooManyTries(DeskError):
    """Signing in was tried too often; it is open again when `WINDOW` has passed."""


class Accounts:
    """The store of staff.

    Args:
        cost: see `COST`; at least 4.
    """

    def __init__(self, engine: Engine, clock: Clock, cost: int = COST) -> None:
        self._engine = engine
        self._clock = clock
        self._cost = cost

    @cached_property
    def _nobody(self) -> str:
        """The hash that an unknown name is compared with, so that it takes as long as a known one."""
        return self._hash("nobody")

    def _hash(self, password: str) -> str:
        return bcrypt.hashpw(password.encode(), bcrypt.gensalt(self._cost)).decode()

    def add(self, name: str, role: Role, password: str) -> Staff:
        """Make an account.

        Raises:
            SetupError: the name is taken or unfit, or the password too short or too long.
        """
        if not name or name != received(name) or len(name) > MAX_NAME:
            raise SetupError(f"a name has 1 to {MAX_NAME} visible characters")
        if len(password) < SHORTEST or len(password.encode()) > LONGEST:
            raise SetupError(f"a password has at least {SHORTEST} characters, and at most {LONGEST} bytes")
        hashed = self._hash(password)
        with self._engine.begin() as db:
            lock(db, "staff")
            known = db.execute(select(staff.c.name).where(staff.c.folded == fold(name))).first()
            if known is not None or fold(name) == fold(DEMO.name):
                raise SetupError(f"there is a {name} already")
            now = self._clock().replace(tzinfo=None)
            db.execute(insert(staff).values(name=name, folded=fold(name), role=role, password=hashed, at=now))
        return Staff(name, role)

    def all(self) -> list[Staff]:
        """Everybody, by name."""
        with reading(self._engine) as db:
            return [Staff(row.name, row.role) for row in db.execute(select(staff).order_by(staff.c.folded))]

    def remove(self, name: str) -> Staff | None:
        """Remove an account and its sessions; None where there is none. What they had taken is not given back by this."""
        with self._engine.begin() as db:
            lock(db, "staff")
            row = db.execute(select(staff).where(staff.c.folded == fold(name))).first()
            if row is None:
                return None
            db.execute(delete(staff_sessions).where(staff_sessions.c.name == row.name))
            db.execute(delete(staff).where(staff.c.name == row.name))
        return Staff(row.name, row.role)

    def check(self, name: str, password: str, address: str) -> Staff | None:
        """Who it is that has this name and password; None where nobody has.

        A try counts as failed before it is judged, so that many at once are no more than one after the other.

        Args:
            address: where the try comes from.

        Raises:
            TooManyTries: even the right password is not looked at.
        """
        folded = fold(received(name[: 4 * MAX_NAME]))  # no store takes every character that can be sent
        keys = _keys(folded, address)
        with self._engine.begin() as db:
            self._count(db, keys)
            row = db.execute(select(staff).where(staff.c.folded == folded)).first()
        given = password.encode(errors="surrogatepass")
        right = bcrypt.checkpw(given[:LONGEST], (row.password if row else self._nobody).encode())
        if row is None or not right or len(given) > LONGEST:
            return None
        with self._engine.begin() as db:
            db.execute(delete(staff_tries).where(staff_tries.c.key == keys["pair"]))
            for kind in ("address", "name"):  # this one was no failure
                this = select(func.max(staff_tries.c.n)).where(staff_tries.c.key == keys[kind]).scalar_subquery()
                db.execute(delete(staff_tries).where(staff_tries.c.n == this))
        return Staff(row.name, row.role)

    def _count(self, db: Connection, keys: Mapping[str, str]) -> None:
        lock(db, "staff-tries")
        now = self._clock().replace(tzinfo=None)
        db.execute(delete(staff_tries).where(staff_tries.c.at <= now - WINDOW))
        counted = select(staff_tries.c.key, func.count()).where(staff_tries.c.key.in_(keys.values()))
        tries: dict[str, int] = dict(db.execute(counted.group_by(staff_tries.c.key)).tuples().all())
        if any(tries.get(keys[kind], 0) >= limit for kind, limit in TRIES.items()):
            raise TooManyTries("too many tries; wait a quarter of an hour")
        db.execute(insert(staff_tries), [{"key": key, "at": now} for key in keys.values()])


def _keys(name: str, address: str) -> dict[str, str]:
    """By what tries are counted, as digests: what was typed may be a password."""
    texts = {"pair": f"pair\0{name}\0{address}", "address": f"address\0{address}", "name": f"name\0{name}"}
    return {kind: hashlib.sha256(text.encode()).hexdigest() for kind, text in texts.items()}
