"""Runs dialogues against an assistant: each run from the shop folder's own state, judged, and written down at once."""

from __future__ import annotations

import json
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tqdm import tqdm

from assistant.app import App, build_app
from assistant.cli.common import last_moment
from assistant.settings import Settings
from eval.checks import Check, Seen, check_turn
from eval.dialogues import Dialogue, read_dialogues
from eval.report import write_report
from eval.stage import staged
from index.catalogue import Catalogue
from index.intake import read_catalogue


def evaluate(
    settings: Settings, dialogues: Path, *, repeat: int = 1, now: datetime | None = None, out: Path
) -> dict[str, Any]:
    """Run every dialogue for each of its shoppers, `repeat` times; returns the summary that the command prints."""
    scripts = read_dialogues(dialogues)
    app = build_app(settings)
    try:
        app.warm().wait(180)
        return run(app, scripts, repeat=repeat, now=now, out=out)
    finally:
        app.close()


def run(
    app: App,
    scripts: list[Dialogue],
    *,
    repeat: int = 1,
    now: datetime | None = None,
    out: Path,
    progress: bool = True,
) -> dict[str, Any]:
    """As `evaluate`, with an app that is built already. Results are appended as they come."""
    out.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    plan = [
        (script, shopper, number)
        for script in scripts
        for shopper in _shoppers(script)
        for number in range(1, repeat + 1)
    ]
    catalogue = read_catalogue(app.shop, lambda row: None)
    results: list[dict[str, Any]] = []
    with (
        tempfile.TemporaryDirectory(prefix="onevoice-eval-") as folder,
        (out / "results.jsonl").open("w", encoding="utf-8") as sink,
        tqdm(plan, desc="dialogues", unit="run", disable=not progress) as bar,
    ):
        for place, (script, shopper, number) in enumerate(bar):
            result = _run_one(app, catalogue, script, shopper, number, now, Path(folder) / str(place))
            results.append(result)
            if len(results) >= 2:
                _compare_facts(script, results)
            sink.write(json.dumps(result, ensure_ascii=False) + "\n")
            sink.flush()
            bar.set_postfix(passed=sum(r["passed"] for r in results))
    (out / "results.jsonl").write_text(
        "".join(json.dumps(result, ensure_ascii=False) + "\n" for result in results), encoding="utf-8"
    )
    summary = _summary(results, len(scripts), repeat, time.perf_counter() - started)
    write_report(out / "report.html", summary, results, app.shop.name, app.model.name)
    _junit(out / "junit.xml", results)
    return summary


def _shoppers(script: Dialogue) -> list[str]:
    """The dialogue's shoppers, and those that `same_facts_for` names."""
    more = [s for turn in script.turns for s in turn.expect.same_facts_for or ()]
    return list(dict.fromkeys([*script.shoppers, *more]))


def _run_one(
    app: App,
    catalogue: Catalogue,
    script: Dialogue,
    shopper: str,
    number: int,
    now: datetime | None,
    folder: Path,
) -> dict[str, Any]:
    started = time.perf_counter()
    at = script.now or now or last_moment(app.shoppers.last_event_at())
    result: dict[str, Any] = {
        "dialogue": script.name,
        "file": script.file,
        "shopper": shopper,
        "repeat": number,
        "turns": [],
        "error": "",
    }
    try:
        with staged(app, folder, shopper, at, script.channel) as talk:
            events = frozenset((e.type, e.product_id) for e in talk.app.shoppers.events(shopper))
            before: Mapping[str, int] = {}
            earlier: tuple[str, ...] = ()
            for turn in script.turns:
                reply = talk.reply(turn.say)
                seen = Seen(app.shop, catalogue, script.language, turn.say, reply, before, events, earlier)
                checks = check_turn(turn.expect, seen)
                result["turns"].append({"say": turn.say, "reply": reply, "checks": [asdict(c) for c in checks]})
                before = reply["cart"]
                earlier = (*earlier, turn.say)
    except Exception:  # a run that breaks is a failed run, not the end of the others
        result["error"] = traceback.format_exc(limit=6)
    result["seconds"] = round(time.perf_counter() - started, 2)
    result["passed"] = _passed(result)
    return result


def _passed(result: Mapping[str, Any]) -> bool:
    return not result["error"] and all(
        check["passed"] is not False for turn in result["turns"] for check in turn["checks"]
    )


def _compare_facts(script: Dialogue, results: list[dict[str, Any]]) -> None:
    """`same_facts_for`: what this run shares with the dialogue's earlier ones has the same values."""
    latest = results[-1]
    for result in results[:-1]:
        if result["dialogue"] != script.name or result["file"] != script.file or result["repeat"] != latest["repeat"]:
            continue
        for turn, mine, theirs in zip(script.turns, latest["turns"], result["turns"], strict=False):
            if turn.expect.same_facts_for is None:
                continue
            reason = _differs(mine["reply"], theirs["reply"])
            mine["checks"] = [c for c in mine["checks"] if c["name"] != "same_facts_for" or c["passed"] is False]
            mine["checks"].append(asdict(Check("same_facts_for", not reason, reason)))
    latest["passed"] = _passed(latest)


def _differs(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> str:
    ours, others = (
        {(f["subject"], f["field"]): f["value"] for f in r["facts"] if f["field"] != "evidence"} for r in (mine, theirs)
    )
    for key in ours.keys() & others.keys():
        if ours[key] != others[key]:
            return f"{key[0]} {key[1]} is {ours[key]} here and {others[key]} there"
    if {c["source"] for c in mine["citations"]} != {c["source"] for c in theirs["citations"]}:
        return "the citations differ"
    return ""


def _summary(results: list[dict[str, Any]], dialogues: int, repeat: int, seconds: float) -> dict[str, Any]:
    runs, passed = len(results), sum(result["passed"] for result in results)
    by_case = Counter((r["file"], r["dialogue"], r["shopper"]) for r in results if r["passed"])
    cases = {(r["file"], r["dialogue"], r["shopper"]) for r in results}
    whole = sum(1 for case in cases if by_case[case] == repeat)
    return {
        "dialogues": dialogues,
        "runs": runs,
        "passed": passed,
        "pass_1": round(passed / runs, 4) if runs else 0.0,
        "pass_k": round(whole / len(cases), 4) if cases else 0.0,
        "k": repeat,
        "failed": sorted({f"{r['file']}: {r['dialogue']} ({r['shopper']})" for r in results if not r["passed"]}),
        "seconds": round(seconds, 1),
    }


def _junit(path: Path, results: list[dict[str, Any]]) -> None:
    failures = sum(not result["passed"] for result in results)
    suite = ElementTree.Element("testsuite", name="dialogues", tests=str(len(results)), failures=str(failures))
    for result in results:
        name = f"{result['dialogue']} ({result['shopper']}, {result['repeat']})"
        case = ElementTree.SubElement(
            suite, "testcase", classname=result["file"], name=name, time=str(result["seconds"])
        )
        if not result["passed"]:
            reasons = [c["reason"] for turn in result["turns"] for c in turn["checks"] if c["passed"] is False]
            ElementTree.SubElement(case, "failure", message="; ".join(reasons) or "error").text = result["error"]
    ElementTree.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)
