"""Replays the reference actions of tasks through our store and through the reference, and compares what they leave."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from tqdm import tqdm

from assistant.db import open_engine
from assistant.shoppers.seed import seed
from eval.tau2.document import canonical
from eval.tau2.reference import Reference
from eval.tau2.tools import Tools
from index.catalogue import Catalogue
from index.errors import ShopError
from index.feed_tau2 import NAME
from index.intake import read_catalogue
from index.shop import read_shop
from index.sql import sqlite_url

NOW = datetime(2024, 5, 15, 15, tzinfo=UTC)  # the domain's own "now"; nothing that is compared depends on it


class Call(BaseModel):
    """A tool's call, as a task states it."""

    name: str
    arguments: dict[str, Any]


class Criteria(BaseModel):
    """`communicate_info`: texts that the customer must be told."""

    actions: list[Call] | None = None
    communicate_info: list[str] | None = None


class Instructions(BaseModel):
    """What the customer knows and wants."""

    reason_for_call: str | None = None
    known_info: str | None = None
    unknown_info: str | None = None
    task_instructions: str | None = None


class Scenario(BaseModel):
    """The customer's part."""

    persona: str | None = None
    instructions: Instructions = Field(default_factory=Instructions)


class Task(BaseModel):
    """A task, as far as it is replayed or played."""

    id: str
    user_scenario: Scenario = Field(default_factory=Scenario)
    evaluation_criteria: Criteria = Field(default_factory=Criteria)

    @property
    def calls(self) -> list[Call]:
        return self.evaluation_criteria.actions or []


class Stage:
    """A shop in the reference's format, of which every task gets a store of its own as it was at the start."""

    def __init__(self, folder: Path, place: Path) -> None:
        """`place` is an empty folder for the stores.

        Raises:
            ShopError: no such shop, or rows of it cannot be read: nothing could be equal.
        """
        rejected: list[Any] = []
        self.catalogue: Catalogue = read_catalogue(read_shop(folder), rejected.append)
        self._place, self._template = place, place / "seeded.sqlite"
        engine = open_engine(sqlite_url(self._template))
        rejected += seed(engine, folder)
        engine.dispose()
        if rejected:
            row = rejected[0]
            raise ShopError(f"{folder / row.file}, line {row.line}: {row.reason} ({len(rejected)} rows not read).")
        self.state: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))

    @contextmanager
    def tools(self, *, lenient: bool) -> Iterator[Tools]:
        """The tools on a fresh store."""
        path = self._place / "task.sqlite"
        shutil.copy(self._template, path)
        engine = open_engine(sqlite_url(path))
        try:
            yield Tools(engine, self.catalogue, lambda: NOW, lenient=lenient)
        finally:
            engine.dispose()
            for left in self._place.glob("task.sqlite*"):
                left.unlink()


def read_tasks(path: Path) -> list[Task]:
    """The tasks of a file.

    Raises:
        ShopError: there is no such file, or it is no list of tasks.
    """
    try:
        return TypeAdapter(list[Task]).validate_json(path.read_bytes())
    except OSError as error:
        raise ShopError(f"{path}: cannot be read ({error.strerror}). Name a file of tasks with --tasks.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ShopError(f"{path}: {where}: {first['msg']}.") from error


def alike(ours: tuple[bool, Any], theirs: tuple[bool, Any]) -> bool:
    """Whether a call did the same on both sides: refused, or done with the same result."""
    return ours[0] == theirs[0] and (not ours[0] or bool(canonical(ours[1]) == canonical(theirs[1])))


def replay(stage: Stage, tasks: list[Task], progress: bool) -> dict[str, Any]:
    """Replay every task's reference actions; returns the figures.

    A task is equal where each call is done or refused on both sides, with the same result, and where users, orders and
    products are the same at the end. `product` is the same with the store as shops use it: without the leniency and the
    two faults of the reference's tools (`leniency`).
    """
    ids: dict[bool, list[str]] = {True: [], False: []}
    counted = refused = 0
    for task in tqdm(tasks, desc="tasks", unit="task", disable=not progress):
        reference = Reference(stage.state)
        theirs = [reference.call(call.name, call.arguments) for call in task.calls]
        left = canonical(reference.state)
        counted, refused = counted + len(theirs), refused + sum(not done for done, _ in theirs)
        for lenient, different in ids.items():
            with stage.tools(lenient=lenient) as tools:
                ours = [tools.call(call.name, call.arguments) for call in task.calls]
                if not all(map(alike, ours, theirs)) or canonical(tools.state()) != left:
                    different.append(task.id)
    return {
        "tasks": len(tasks),
        "equal": len(tasks) - len(ids[True]),
        "different": ids[True],
        "calls": counted,
        "calls_refused": refused,
        "product": {"equal": len(tasks) - len(ids[False]), "different": ids[False]},
    }
