"""The labelled audit set: how many false sentences the audit catches, how many true ones it refuses, and how fast.

The form of a case is that of `eval.labelled.cases`.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tqdm import tqdm

from assistant.grounding import Evidence, audit
from eval.labelled.cases import FOLDER, read_cases
from index.catalogue import Catalogue
from index.errors import ShopError
from index.intake import read_catalogue
from index.shop import read_shop


def own_cases() -> list[Path]:
    """The files of labelled sentences of this project."""
    return sorted(FOLDER.glob("*.jsonl"))


def bench_audit(data: Path, files: Iterable[Path], out: Path | None = None, progress: bool = True) -> dict[str, Any]:
    """Audit every case of some files; returns the figures that the command prints.

    Args:
        data: the folder with the shops by name.
        out: a file for the cases that were judged wrong, as JSON lines.

    Raises:
        ShopError: there is no case, or one is malformed, not labelled, or of a shop or product that is not there.
    """
    cases = [(path, case) for path in files for case in read_cases(path)]
    if not cases:
        raise ShopError("no labelled sentences: name a file of them with --cases.")
    if unlabelled := [case.sentence for _, case in cases if case.true is None]:
        raise ShopError(f"{len(unlabelled)} sentences are not labelled (true is null), the first: {unlabelled[0]}")
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
            raise ShopError(f"{path}: {case.shop} has no product {unknown[0]!r} ({case.sentence})")
        started = time.perf_counter()
        evidence = Evidence(catalogue, [catalogue.products[key] for key in case.facts], kind="question")
        reason = audit(case.sentence, evidence)
        spent += time.perf_counter() - started
        released = reason is None
        tally[case.language, bool(case.true), released] += 1
        kinds[case.notes.get("kind", ""), released is case.true] += 1
        if released is not case.true:
            wrong.append({**case.to_json(), "reason": reason, "file": path.name})
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
