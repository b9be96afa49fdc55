"""Builds and opens a shop's index. A new version is built beside the old and taken up by moving one pointer.

Where nothing but prices, stock, ratings or links has changed, these are written into the version that is served, in
one transaction. The index is a cache, and can always be built again; whatever ends a build half-way leaves the old
version served.
"""

from __future__ import annotations

import logging
import re
import shutil
import threading
import uuid
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
from filelock import FileLock, Timeout
from sqlalchemy.exc import SQLAlchemyError

from index import vectors
from index.embedding import Encoder
from index.errors import ShopError
from index.feeds import Rejected
from index.fill import Fill, removed, structure, update_facts
from index.intake import Intake, RejectedFile
from index.search import Search
from index.shop import Shop, fingerprint
from index.store import SCHEMA, Store, put_meta
from index.versions import Versions, versions_of

logger = logging.getLogger("onevoice")


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did, counted in product groups but for `read`, `products` and `rejections` (rows)."""

    read: int
    products: int
    indexed: int
    unchanged: int
    removed: int
    repriced: int  # products whose price, stock, rating or links were changed in place
    rejections: int
    rejected: tuple[Rejected, ...]  # the first of them
    rejected_file: Path  # all of them, as JSON lines


class Index:
    """A shop's index: how to bring it up to date, and what is served of it.

    Args:
        directory: for the versions' files, the embedded vector index, and the list of rejected rows.
        database_url: PostgreSQL, to keep the versions there; anything else keeps them in `directory`.
        chroma_url: a Chroma server; None is embedded, which one process at a time can use.
    """

    def __init__(
        self,
        shop: Shop,
        encoder: Encoder,
        directory: Path,
        *,
        database_url: str | None = None,
        chroma_url: str | None = None,
    ) -> None:
        self._shop = shop
        self._encoder = encoder
        self._directory = directory
        self._chroma_url = chroma_url
        directory.mkdir(parents=True, exist_ok=True)
        self._versions: Versions = versions_of(directory, shop.key, database_url)
        self._opened: tuple[str, Search] | None = None
        self._opening = threading.Lock()

    def build(self, *, progress: bool = True) -> BuildReport:
        """Bring the index up to date with the shop folder. Groups whose text is unchanged are not embedded again.

        Raises:
            ShopError: the feed is missing or has no good row; what was served stays served.
        """
        with self._versions.lock():
            served = self._versions.current()
            old = self._usable(served)
            try:
                return self._refreshed(served, old, progress)
            finally:
                if old is not None:
                    old.close()

    def open(self) -> Search:
        """The version that `build` has made.

        Raises:
            ShopError: there is none, or it is of another catalogue, encoder or version; with the remedy.
        """
        version = self._versions.current()
        remedy = f"Run: onevoice index {self._shop.folder}"
        if not version:
            raise ShopError(f"{self._shop.folder}: not indexed yet. {remedy}")
        store = self._usable(version)
        if store is not None and store.meta()["feed"] == fingerprint(self._shop):
            return self._open(version, store)
        if store is not None:
            store.close()
        raise ShopError(f"{self._shop.folder}: its index is of another catalogue, model or version. {remedy}")

    @property
    def current(self) -> Search:
        """What is served now, with the facts as they stand: the last version that this process or another took up.

        While one thread opens the next version, the others go on with the last.

        Raises:
            ShopError: as `open`, where none has been opened yet.
        """
        opened = self._opened
        if not self._opening.acquire(blocking=opened is None) and opened is not None:
            return opened[1]
        try:
            search = self._latest()
        finally:
            self._opening.release()
        search.refresh()
        return search

    def _latest(self) -> Search:
        if self._opened is None:
            return self.open()
        version = self._versions.current()
        if version and version != self._opened[0] and (store := self._usable(version)) is not None:
            return self._open(version, store)
        return self._opened[1]

    def _refreshed(self, served: str, old: Store | None, progress: bool) -> BuildReport:
        """Nothing where nothing has changed, else a new version or new facts."""
        mark = fingerprint(self._shop)
        noted = old.meta() if old is not None else {}
        if old is not None and noted["feed"] == mark:
            return self._report(noted["report"], unchanged=len(old.groups))
        keep = {served, str(noted.get("before", ""))}
        self._sweep(keep)  # what builds that were killed have left
        version = self._versions.create()
        draft = self._versions.open(version)
        try:
            return self._build(version, draft, served, old, mark, progress)
        finally:
            draft.close()
            self._sweep({*keep, self._versions.current()})

    def _build(
        self, version: str, draft: Store, served: str, old: Store | None, mark: str, progress: bool
    ) -> BuildReport:
        """Fill a new version and take it up, or write what little has changed into the one that is served."""
        intake, report = self._take_in(draft, progress)
        noted = {"feed": mark, "report": report, "currency": intake.currency, "structure": structure(draft)}
        before = old.meta() if old is not None else {}
        if old is not None and all(before[name] == noted[name] for name in ("structure", "currency")):
            repriced = update_facts(old, draft, noted)
            return self._report(report, unchanged=len(old.groups), repriced=repriced)
        with self._chroma(version) as chroma:  # a server that does not answer says so before the work, not after it
            embedded = Fill(draft, self._encoder, old, progress=progress).run()
            with draft.engine.begin() as db:
                put_meta(db, **noted, schema=SCHEMA, encoder=self._encoder.name, generation=0, before=served)
            ids, matrix = draft.vectors()
            self._write(chroma, version, ids, matrix, progress)
        gone = removed(old, draft) if old is not None else 0
        draft.close()
        self._versions.take_up(version)
        return self._report(report, indexed=embedded, unchanged=len(ids) - embedded, removed=gone)

    def _take_in(self, draft: Store, progress: bool) -> tuple[Intake, dict[str, Any]]:
        """Read the shop's feed into a draft, and note what was taken and what was not."""
        rejected = RejectedFile(self._directory / "rejected.jsonl")
        try:
            intake = Intake(draft, self._shop, rejected.add, progress=progress)
            intake.run()
            if not intake.taken:
                raise ShopError(intake.nothing_taken(rejected.first))
            rejected.take_up()
        finally:
            rejected.close()
        return intake, {
            "read": intake.read,
            "products": intake.taken,
            "rejections": rejected.count,
            "rejected": [asdict(row) for row in rejected.first],
        }

    def _usable(self, version: str) -> Store | None:
        """The store of a version, if it is whole, and of this encoder and these tables."""
        if not version:
            return None
        store = self._versions.open(version)
        try:
            noted = store.meta()
        except SQLAlchemyError:  # damaged, or of other tables: a cache, to be built again
            noted = {}
        if noted.get("schema") == SCHEMA and noted.get("encoder") == self._encoder.name:
            return store
        store.close()
        return None

    def _open(self, version: str, store: Store) -> Search:
        ids, matrix = store.vectors()
        search = Search(store, self._encoder, self._nearest(version, ids, matrix), ids, matrix)
        self._opened = (version, search)
        return search

    def _nearest(self, version: str, ids: Sequence[str], matrix: Any) -> vectors.Nearest:
        """The version's collection in Chroma, made again where it is missing or damaged.

        An embedded one is for one process: a second one compares with every product instead, and says so.
        """
        lock = FileLock(self._directory / f"{version}.reader.lock", is_singleton=True, thread_local=False)
        if self._chroma_url:
            with lock:  # where it must be made again, one process makes it
                return self._whole_collection(version, ids, matrix)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            logger.warning(
                "Another process uses the embedded vector index of %s: every product is compared instead, "
                "which is slow above 100,000. Set ONEVOICE_CHROMA_URL to a Chroma server for several processes.",
                self._shop.name,
            )
            return vectors.Exact(ids, matrix)
        found = self._whole_collection(version, ids, matrix)
        weakref.finalize(found, lock.release)  # held as long as it is read: a lock that nobody holds is released
        return found

    def _whole_collection(self, version: str, ids: Sequence[str], matrix: Any) -> vectors.Collection:
        instead = vectors.Exact(ids, matrix)
        name = self._collection(version)
        try:
            found = vectors.Collection(self._chroma(version), name, instead)
            if len(found) == len(ids):
                return found
        except ShopError:
            raise
        except httpx.HTTPError as error:
            raise vectors.unreachable(str(self._chroma_url), error) from error
        except Exception:  # Chroma raises of every kind on a damaged index; all mean the same: make it again
            logger.info("the vector index of %s is missing or damaged: made again", self._shop.name)
        for folder in self._folders(version):
            shutil.rmtree(folder, ignore_errors=True)
        with self._chroma(version) as chroma:
            self._write(chroma, version, ids, matrix)
        return vectors.Collection(self._chroma(version), name, instead)

    def _write(self, chroma: Any, version: str, ids: Sequence[str], matrix: Any, progress: bool = False) -> None:
        try:
            vectors.write(chroma, self._collection(version), ids, matrix, progress=progress)
        except httpx.HTTPError as error:
            raise vectors.unreachable(str(self._chroma_url), error) from error

    def _chroma(self, version: str) -> Any:
        """A Chroma client. An embedded one is cached by its path, so that what is made again needs a new one."""
        fresh = self._directory / version / f"chroma-{uuid.uuid4().hex[:8]}"
        return vectors.client(next(self._folders(version), fresh), self._chroma_url)

    def _folders(self, version: str) -> Iterator[Path]:
        return (self._directory / version).glob("chroma-*")

    def _collection(self, version: str) -> str:
        return f"s-{re.sub('[^A-Za-z0-9]', '-', self._shop.key)[-40:]}-{version}"

    def _sweep(self, keep: set[str]) -> None:
        """Remove all versions but these: what is served, and the one before, which a process may still be reading."""
        try:
            with self._chroma("") if self._chroma_url else nullcontext() as chroma:
                gone = set(self._versions.sweep(keep))
                for path in self._directory.glob("v-*"):
                    if path.name.removesuffix(".reader.lock") not in keep:
                        gone.add(path.name.removesuffix(".reader.lock"))
                        shutil.rmtree(path, ignore_errors=True)
                        with suppress(OSError):  # a folder, or on Windows a file that is still open
                            path.unlink()
                if chroma is not None:
                    vectors.remove(chroma, [self._collection(version) for version in gone])
        except (ShopError, httpx.HTTPError) as error:
            logger.warning("%s Old versions are removed by the next build.", error)

    def _report(self, stored: Mapping[str, Any], **did: int) -> BuildReport:
        counts = {"indexed": 0, "unchanged": 0, "removed": 0, "repriced": 0, **did}
        rejected = tuple(Rejected(**row) for row in stored["rejected"])
        totals = {name: stored[name] for name in ("read", "products", "rejections")}
        return BuildReport(**totals, **counts, rejected=rejected, rejected_file=self._directory / "rejected.jsonl")
