"""The labelled audit set: how many false sentences the audit catches, how many true ones it refuses, and how fast.

A case is a JSON line: `shop` (a folder of the benchmark data), `facts` (the ids of the products whose records the
sentence may rest on), `sentence`, `language`, `true`; other keys are kept for the report.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from tqdm import tqdm

from assistant.errors import SetupError
from assistant.grounding import Evidence, audit
from index.catalogue import Catalogue
from index.intake import read_catalogue
from index.shop import read_shop


class Case(BaseModel):
    """A labelled sentence."""

    model_config = ConfigDict(extra="allow")

    shop: str
    facts: list[str] = Field(min_length=1)
    sentence: str = Field(min_length=1)
    language: str = "en"
    true: bool
    kind: str = ""


def own_cases() -> list[Path]:
    """The files of labelled sentences of this project."""
    return sorted((Path(__file__).parent / "audits").glob("*.jsonl"))


def read_cases(path: Path) -> list[Case]:
    """The cases of a file of JSON lines.

    Raises:
        SetupError: a line is no case; with its number and what is wrong.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(Case.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise SetupError(f"{path}, line {number}: {where}: {first['msg']}") from error
    return found


def bench_audit(data: Path, files: Iterable[Path], out: Path | None = None, progress: bool = True) -> dict[str, Any]:
    """Audit every case of some files; returns the figures that the command prints.

    Args:
        data: the folder with the shops by name.
        out: a file for the cases that were judged wrong, as JSON lines.

    Raises:
        SetupError: a case is malformed, or names a shop or product that is not there.
    """
    cases = [(path, case) for path in files for case in read_cases(path)]
    catalogues: dict[str, Catalogue] = {}
    tally: Counter[tuple[str, bool, bool]] = Counter()
    kinds: Counter[tuple[str, bool]] = Counter()
    wrong: list[dict[str, Any]] = []
    spent = 0.0
    for name in {case.shop for _, case in cases}:
        catalogues[name] = read_catalogue(read_shop(data / "shops" / name), lambda row: None)
        first = next(iter(catalogues[name].products.values()))
        audit(
            "It is warm, 很轻便.", Evidence(catalogues[name], [first])
        )  # word lists and titles are read once a process
    for path, case in tqdm(cases, desc="sentences", unit="sentence", disable=not progress):
        catalogue = catalogues[case.shop]
        unknown = [key for key in case.facts if key not in catalogue.products]
        if unknown:
            raise SetupError(f"{path}: {case.shop} has no product {unknown[0]!r} ({case.sentence})")
        started = time.perf_counter()
        evidence = Evidence(catalogue, [catalogue.products[key] for key in case.facts], kind="question")
        reason = audit(case.sentence, evidence)
        spent += time.perf_counter() - started
        released = reason is None
        tally[case.language, case.true, released] += 1
        kinds[case.kind, released is case.true] += 1
        if released is not case.true:
            wrong.append({**case.model_dump(), "reason": reason, "file": path.name})
    if out is not None:
        out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in wrong), encoding="utf-8")
    return {
        "sentences": len(cases),
        **_shares(tally, None),
        "ms_per_sentence": round(spent / max(len(cases), 1) * 1000, 3),
        "languages": {language: _shares(tally, language) for language in sorted({key[0] for key in tally})},
        "wrong_by_kind": {kind: count for (kind, right), count in sorted(kinds.items()) if not right},
    }


def _shares(tally: Counter[tuple[str, bool, bool]], language: str | None) -> dict[str, Any]:
    def count(true: bool, released: bool | None = None) -> int:
        return sum(
            n
            for (of, label, out), n in tally.items()
            if label is true and (released is None or out is released) and language in (None, of)
        )

    false, true = count(False), count(True)
    return {
        "false": false,
        "true": true,
        "false_caught": round(count(False, False) / false, 4) if false else None,
        "true_refused": round(count(True, False) / true, 4) if true else None,
    }
