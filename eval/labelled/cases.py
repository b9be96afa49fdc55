"""A labelled sentence, and the files of them: JSON lines, in a stable order."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.errors import ShopError

FOLDER = Path(__file__).resolve().parent.parent / "audits"
_OWN = ("shop", "facts", "sentence", "language", "true")


@dataclass(frozen=True)
class Case:
    """A sentence, and whether the shop's data supports all that it states.

    Args:
        shop: a folder below the benchmark's `shops`.
        facts: ids of the products whose records are the turn's evidence, in the order shown.
        true: None where nobody has labelled it yet.
        notes: free keys that the audit is not given: what kind of claim, what was changed, from which sentence.
    """

    shop: str
    facts: tuple[str, ...]
    sentence: str
    language: str
    true: bool | None
    notes: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _OWN} | self.notes


def read_cases(path: Path) -> list[Case]:
    """The cases of a file, in its order.

    Raises:
        ShopError: no such file, or a line that is no case; names the line.
    """
    if not path.is_file():
        raise ShopError(f"{path}: no such file. Name a file of labelled sentences with --cases.")
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            notes = {name: value for name, value in row.items() if name not in _OWN}
            case = Case(row["shop"], tuple(row["facts"]), row["sentence"], row["language"], row["true"], notes)
        except (ValueError, KeyError, TypeError) as error:
            raise ShopError(
                f"{path}, line {number}: no case ({type(error).__name__}: {error}). Wanted: shop, facts (a list of product ids), sentence, language, true."
            ) from error
        found.append(case)
    return found


def write_cases(path: Path, cases: Iterable[Case]) -> None:
    """Write the cases, one a line, in the order given."""
    lines = [json.dumps(case.to_json(), ensure_ascii=False) for case in cases]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
