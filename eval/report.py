"""The report of an evaluation: one self-contained page, everything in it escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined


def write_report(
    path: Path, summary: Mapping[str, Any], results: Sequence[Mapping[str, Any]], shop: str, model: str
) -> None:
    """Write `report.html` from the summary and the runs."""
    checks: dict[str, list[int]] = {}
    for result in results:
        for turn in result["turns"]:
            for check in turn["checks"]:
                row = checks.setdefault(check["name"], [0, 0, 0])
                row[0 if check["passed"] else 2 if check["passed"] is None else 1] += 1
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(Path(__file__).with_name("report.html").read_text(encoding="utf-8"))
    page = template.render(summary=summary, results=results, checks=checks, shop=shop, model=model)
    path.write_text(page, encoding="utf-8")
