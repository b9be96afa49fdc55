"""The file of drafts: YAML, one document a product and language, which a person reads, edits and approves.

What a person has decided or edited is theirs and is kept word for word. The file is replaced as a whole at each write,
so it is never half written; a change that was made meanwhile is read first.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml
from filelock import FileLock, Timeout

from assistant.errors import SetupError
from index.errors import ShopError
from index.feeds import FEEDS, find_feed

OURS = ("draft", "none")  # statuses that the program gives; all others are a person's
STATUSES = (*OURS, "approved", "edited", "rejected")
HEADER = """# Product titles and descriptions for a person to approve. The catalogue is not changed by them.
# Set `status` to approved, edited (after changing title or description) or rejected: such a row is never written again.
# `draft` is waiting; `none` means that nothing could be written, `note` says why. Delete a row to have it
# written again.
"""
_BREAK = re.compile(r"^---[ \t]*(?:#.*)?$\n?", re.M)

Key = tuple[str, str]  # group id, language
Row = Mapping[str, Any]


def check_out(out: Path, shop: Path) -> Path:
    """Where drafts may be written: the file that is meant, links followed.

    Raises:
        SetupError: it is in the shop folder, is a feed or no YAML file; the message says what to do.
    """
    path = out.resolve()
    remedy = "Name another file with --out: drafts never go over a catalogue."
    if path.is_relative_to(shop.resolve()):
        raise SetupError(f"{out}: lies in the shop folder {shop}. {remedy}")
    try:
        feed = find_feed(shop)
    except ShopError:
        feed = None
    if path.name in FEEDS or (feed is not None and path.exists() and path.samefile(feed)):
        raise SetupError(f"{out}: is a product feed. {remedy}")
    if path.suffix not in (".yaml", ".yml"):
        raise SetupError(f"{out}: drafts are YAML; give the file a name that ends in .yaml.")
    if path.is_dir():
        raise SetupError(f"{out}: is a folder. Name a file in it with --out.")
    return path


def text_hash(row: Row) -> str:
    """Of what a person may edit: 16 hex digits."""
    return hashlib.sha256(f"{row.get('title')}\x00{row.get('description')}".encode()).hexdigest()[:16]


def is_persons(row: Row) -> bool:
    """Whether a person has decided on a row, or edited it."""
    return row["status"] not in OURS or text_hash(row) != row.get("text_hash")


class Drafts(AbstractContextManager["Drafts"]):
    """The rows of a file. Use it as a context: one process at a time holds the file.

    Raises:
        SetupError: another process holds it, it cannot be read or written, or a row is malformed (file and line named).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(f"{path}.lock", timeout=0)
        self._head = HEADER
        self._texts: dict[Key, str] = {}
        self._rows: dict[Key, Row] = {}
        self._seen: tuple[int, ...] | None = None

    def __enter__(self) -> Drafts:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout as error:
            raise SetupError(f"{self.path}: another `onevoice describe` is writing to it.") from error
        except OSError as error:
            raise SetupError(f"{self.path}: cannot be written ({error}).") from error
        try:
            self._read()
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def get(self, key: Key) -> Row | None:
        return self._rows.get(key)

    def put(self, row: Row) -> bool:
        """Write a row at once, in the place of the product's earlier one; False if a person's stands there."""
        if self._signature() != self._seen:
            self._read()  # somebody saved the file while we were writing a draft
        key = (str(row["item_group_id"]), str(row["language"]))
        if (held := self._rows.get(key)) is not None and is_persons(held):
            return False
        self._rows[key] = row
        self._texts[key] = yaml.dump(
            dict(row), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100, default_flow_style=False
        )
        self._write()
        return True

    def _read(self) -> None:
        self._seen = self._signature()
        self._texts, self._rows = {}, {}
        if self._seen is None:
            return
        try:
            text = self.path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise SetupError(f"{self.path}: cannot be read as UTF-8 ({error}).") from error
        breaks = list(_BREAK.finditer(text))
        self._head = text[: breaks[0].start()] if breaks else text
        if any(line.strip() and not line.startswith("#") for line in self._head.splitlines()):
            raise SetupError(f"{self.path}, line 1: no file of drafts. Name another one with --out.")
        ends = [match.start() for match in breaks[1:]] + [len(text)]
        for match, end in zip(breaks, ends, strict=True):
            chunk = text[match.end() : end]
            first = text.count("\n", 0, match.end()) + 1
            if not chunk.strip():
                continue
            key, row = self._parsed(chunk, first)
            self._texts[key], self._rows[key] = chunk, row

    def _parsed(self, chunk: str, first: int) -> tuple[Key, Row]:
        """One document.

        Args:
            first: the line of the file at which it begins.
        """
        try:
            row = yaml.load(chunk, Loader=_Loader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = first + (mark.line if mark else 0)
            problem = getattr(error, "problem", None) or error
            raise SetupError(
                f"{self.path}, line {line}: not valid YAML ({problem}). Put it right and run again."
            ) from error
        where = f"{self.path}, line {first}"
        if not isinstance(row, dict) or not isinstance(row.get("item_group_id"), str) or "language" not in row:
            raise SetupError(
                f"{where}: a row needs item_group_id and language, in quotes. Put it right or name another --out."
            )
        if row.get("status") not in STATUSES:
            raise SetupError(f"{where}: status {row.get('status')!r}; it is one of {', '.join(STATUSES)}.")
        key = (row["item_group_id"], str(row["language"]))
        if key in self._rows:
            raise SetupError(f"{where}: a second row of {key[0]} in {key[1]}. Leave one.")
        return key, row

    def _write(self) -> None:
        parts = [
            self._head,
            *(f"---\n{text if text.endswith(chr(10)) else text + chr(10)}" for text in self._texts.values()),
        ]
        write_whole(self.path, "".join(parts))
        self._seen = self._signature()

    def _signature(self) -> tuple[int, ...] | None:
        """Changes when somebody writes the file; None while there is none."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return (found.st_ino, found.st_size, found.st_mtime_ns)

    def _release(self) -> None:
        self._lock.release()
        Path(self._lock.lock_file).unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Replace a file in one step: whoever reads it, or comes after a crash, finds the old text or the new.

    Raises:
        SetupError: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with draft.open("w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        if path.exists():
            shutil.copymode(path, draft)
        os.replace(draft, path)
    except OSError as error:
        raise SetupError(f"{path}: cannot be written ({error}). What was there is as it was.") from error
    finally:
        draft.unlink(missing_ok=True)


class _Loader(yaml.SafeLoader):
    """Reads nothing but text, lists and mappings: `2024-01-01`, `no` and `1e3` are what they look like."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in held if tag == "tag:yaml.org,2002:null"]
    for first, held in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Dumper(yaml.SafeDumper):
    """Long texts as folded blocks and short ones with a colon in quotes, so that an edit breaks nothing."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = ">" if len(text) > 80 else '"' if " " in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
