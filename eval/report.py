"""The report of an evaluation: one page that loads nothing, in which everything is escaped.

Replies, product texts and ratings are others' words. Should one get past the escaping, the page's policy still runs no
script but its own.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Undefined
from markupsafe import Markup

from assistant.untrusted import printable
from eval.ratings import Rating, rated
from eval.report_plots import time_plot, token_plot
from eval.report_rows import cases_of, check_rows, replies_of, share_tables, timings_of, tokens_by_turn
from eval.shares import Share
from index.words import is_chinese

FOLDER = Path(__file__).parent
SCRIPTED = frozenset({"scripted", "obeying", "planner"})  # the names of models that play a script
OPEN_AT_ONCE = 12  # failed runs that lie open when the page is opened; of more, none does


def write_report(
    path: Path,
    summary: Mapping[str, Any],
    results: Sequence[Mapping[str, Any]],
    shop: str,
    model: str,
    *,
    ratings: Sequence[Rating] = (),
    at: datetime | None = None,
) -> None:
    """Write `report.html` from the summary and the runs.

    Args:
        summary: as `eval.summary.summarize` gives it; `regressions`, `comparison` and `prove` are shown where they are.
        results: lines of `results.jsonl`.
        model: the name of the model that was set up; each reply names its own.
        ratings: what shoppers said of replies, shown apart from the runs.
        at: when the report is written; default: now.
    """
    cases, replies = cases_of(results), replies_of(results)
    models = _all([model, *(reply.get("model", "") for reply in replies)])
    failed = sum(not result["passed"] for result in results)
    page = _environment().get_template("report.html").render(
        summary=summary,
        shop=shop,
        share=Share(len(results) - failed, len(results)),
        models=models,
        scripted=[name for name in models if is_scripted(name)],
        voices=_all(reply.get("voice", {}).get("version", "") for reply in replies),
        times=_all(result.get("now", "") for result in results),
        written=(at or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M UTC"),
        checks=check_rows(cases),
        shares=share_tables(results),
        timings=time_plot(timings_of(results)),
        tokens=token_plot(tokens_by_turn(results)),
        cases=cases,
        opened=failed <= OPEN_AT_ONCE,
        ratings=rated(ratings) if ratings else None,
        style=_asset("report.css"),
        script=_asset("report.js"),
    )  # fmt: skip
    path.write_text(page, encoding="utf-8", errors="replace")


def is_scripted(model: str) -> bool:
    """Whether a model of this name plays a script, so that what it says proves wiring and never quality."""
    return model.lower() in SCRIPTED


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=Undefined,  # an optional key, or one that older results have not: falsy
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters |= {
        "percent": _percent,
        "duration": _duration,
        "lang": lambda text: "zh" if is_chinese(str(text)) else "en",
        "compact": lambda value: json.dumps(value, ensure_ascii=False, default=str),
        "plain": lambda name: str(name).replace("_", " "),
        "integrity": _integrity,
    }
    environment.tests["scripted"] = is_scripted
    return environment


def _shown(value: Any) -> Any:
    """What is written of a value: nothing that turns the direction of what follows, or cannot be seen."""
    if isinstance(value, Markup) or not isinstance(value, str) or value.isprintable():
        return value
    return printable(value)


def _asset(name: str) -> Markup:
    return Markup((FOLDER / name).read_text(encoding="utf-8"))


def _integrity(text: str) -> str:
    """The source of a script or style as a Content-Security-Policy names it."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _percent(share: float) -> str:
    """A share from 0 to 1 in whole per cent; only all is 100%, and only none is 0%."""
    return f"{min(max(round(100 * share), share > 0), 100 - (share < 1)):d}%"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min {rest} s"


def _all(values: Iterable[str]) -> list[str]:
    return sorted({str(value) for value in values if value})
