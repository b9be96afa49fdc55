"""Runs dialogues against an assistant: each run from the shop folder's own state, judged, and written down at once."""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from assistant.app import App, build_app
from assistant.cli.common import last_moment
from assistant.settings import Settings
from assistant.untrusted import printable
from eval.agreement import agree
from eval.compare import compare, comparison_table
from eval.dialogues import Dialogue, read_dialogues
from eval.junit import write_junit
from eval.named import Named
from eval.play import Stopped, play
from eval.ratings import Rating, read_ratings
from eval.report import write_report
from eval.results import Evaluation, Result, Results, identify, read_results, required_results, resumable
from eval.schedule import Key, Run, case_of, chosen, key_of, scheduled, told
from eval.summary import failures, summarize
from eval.tables import table
from index.catalogue import Catalogue
from index.feed_lines import Rejected
from index.intake import read_catalogue
from index.shop import read_shop

JOBS = 4  # runs at a time on an endpoint
WARM_S = 180.0
FAILURE = 300  # characters of one that are printed


class BrokenOff(KeyboardInterrupt):
    """Ctrl-C ended an evaluation; what it has is written down, and `summary` tells of it."""

    def __init__(self, summary: dict[str, Any]) -> None:
        super().__init__()
        self.summary = summary


def evaluate(
    settings: Settings,
    dialogues: Path,
    *,
    only: Sequence[str] = (),
    repeat: int = 1,
    now: datetime | None = None,
    out: Path,
    jobs: int | None = None,
    fresh: bool = False,
    against: Path | None = None,
    ratings: Path | None = None,
    prove: bool = False,
) -> dict[str, Any]:
    """Run dialogues for each of their shoppers, `repeat` times; returns the summary that the command prints.

    Args:
        only: parts of names, or patterns; none: all.
        fresh: do not go on with an evaluation that was broken off.
        against: the `results.jsonl` of an earlier evaluation, or its folder; the summary's `regressions` and
            `comparison`.
        ratings: shoppers' ratings as exported, for the report.
        prove, jobs: see `run`.

    Raises:
        ShopError: the shop, a dialogue or the earlier results cannot be used, or the folder holds another unfinished
            evaluation.
    """
    shop = read_shop(settings.shop)
    catalogue = read_catalogue(shop, lambda row: None)
    scripts = chosen(read_dialogues(dialogues, Named(shop, catalogue).check), only)
    earlier = required_results(against) if against is not None else None  # before they are written over
    rated = read_ratings(ratings, _skipped) if ratings is not None else []
    app = build_app(settings)
    try:
        app.warm().wait(WARM_S)
        summary = run(
            app, scripts, repeat=repeat, now=now, out=out, jobs=jobs, resume=not fresh, catalogue=catalogue,
            earlier=earlier, only=only, ratings=rated, prove=prove,
        )  # fmt: skip
    except BrokenOff as broken:
        summary = broken.summary
    finally:
        app.close()
    results = list(read_results(out / "results.jsonl"))
    for result in results:
        for words in failures(result):
            _say(f"failed  {told(case_of(result))}, {words[:FAILURE]}")
    if "prove" in summary:
        _say(proof_table(summary["prove"]))
    return summary


def run(
    app: App,
    scripts: Sequence[Dialogue],
    *,
    repeat: int = 1,
    now: datetime | None = None,
    out: Path,
    jobs: int | None = None,
    resume: bool = False,
    catalogue: Catalogue | None = None,
    earlier: Sequence[Result] | None = None,
    only: Sequence[str] = (),
    ratings: Sequence[Rating] = (),
    prove: bool = False,
    progress: bool = True,
) -> dict[str, Any]:
    """As `evaluate`, with an app that is built already. Results are appended as they come.

    Args:
        jobs: runs at a time; default: 1 of the embedded model, which has one slot for plans, 4 of an endpoint.
        resume: go on with an evaluation that was broken off in `out`.
        earlier: the results to compare with, of which those that `only` names count.
        ratings: shoppers' own, for the report.
        prove: spoil the replies afterwards, to see that the checks notice; the summary's `prove`.

    Raises:
        BrokenOff: by Ctrl-C.
        ShopError: see `evaluate`.
    """
    started, plan = time.perf_counter(), scheduled(scripts, repeat)
    catalogue = catalogue or read_catalogue(app.shop, lambda row: None)
    jobs = _jobs(app, jobs)
    store = Results(out)
    with tempfile.TemporaryDirectory(prefix="onevoice-eval-") as scratch:
        default = _last_moment(app, Path(scratch))
        asked = Evaluation(identify(app, scripts, now), repeat, len(plan), (now or default).isoformat(), _stamp())
        evaluation, results = _begin(store, asked, plan, resume=resume)
        at, kept = datetime.fromisoformat(evaluation.at), len(results)
        left = [one for one in plan if one.key not in results]
        stop = threading.Event()

        def work(place: int, one: Run) -> Result:
            return play(app, catalogue, one, at, Path(scratch) / str(place), stop)

        try:
            with (
                tqdm(total=len(plan), initial=kept, desc="dialogues", unit="run", disable=not progress) as bar,
                closing(_each(left, work, jobs, stop)) as runs,
            ):
                for result in runs:
                    store.add(result)
                    results[key_of(result)] = result
                    bar.update()
                    bar.set_postfix(passed=sum(r["passed"] for r in results.values()))
        except KeyboardInterrupt:
            _say(f"broken off; the same command goes on after these {len(results)} of {len(plan)} runs")
    ordered = [results[one.key] for one in plan if one.key in results]
    for script in scripts:
        agree(script, [r for r in ordered if (r["file"], r["dialogue"]) == (script.file, script.name)])
    finished = len(ordered) == len(plan)
    store.end(ordered, finished=finished)
    summary = summarize(ordered, dialogues=len(scripts), repeat=repeat, seconds=time.perf_counter() - started)
    summary |= {"resumed": kept, "unfinished": not finished}
    if earlier is not None and finished:
        found = compare(earlier, ordered, only)
        _say(comparison_table(found))
        summary |= {"regressions": found.pop("regressions"), "comparison": found}
    if prove and finished:
        from eval.prove import prove as spoil

        summary["prove"] = spoil(ordered, scripts, app.shop, catalogue)
    write_report(out / "report.html", summary, ordered, app.shop.name, app.model.name, ratings=ratings)
    about = {"shop": app.shop.name, "model": app.model.name, "prompt_version": app.composer.voice_version}
    write_junit(out / "junit.xml", ordered, about | {"now": evaluation.at}, evaluation.started)
    if not finished:
        raise BrokenOff(summary)
    return summary


def proof_table(proof: Mapping[str, Any]) -> str:
    """Checks × mutants × caught, what was missed, and what no mutant could be made for."""
    rows = {**proof["by_check"], "all": {"mutants": proof["mutants"], "caught": proof["caught"]}}
    lines = [table("check", rows, {"mutants": "mutants", "caught": "caught"})]
    lines += [f"missed  {row['check']}: {row['dialogue']}: {row['mutation']}" for row in proof["missed"]]
    if proof["unproved"]:
        lines.append(f"without a mutant: {', '.join(proof['unproved'])}")
    return "\n".join(lines)


def _begin(
    store: Results, asked: Evaluation, plan: Sequence[Run], *, resume: bool
) -> tuple[Evaluation, dict[Key, Result]]:
    """Start a file of results, with the runs that are there already of an evaluation that was broken off."""
    held = store.unfinished() if resume else None
    evaluation = asked if held is None else resumable(held, asked, store.folder)
    rows = {} if held is None else {key_of(row): row for row in store.kept(evaluation)}
    results = {one.key: rows[one.key] for one in plan if one.key in rows}
    if held is not None:
        _say(f"{store.folder}: going on with an evaluation that was broken off; {len(results)} of {len(plan)} runs are there (--fresh starts anew)")  # fmt: skip
    store.begin(evaluation, results.values())
    return evaluation, results


def _jobs(app: App, asked: int | None) -> int:
    if app.model.native:
        return asked or JOBS
    if asked and asked > 1:
        _say("the embedded model takes one run at a time: --jobs is 1")
    return 1


def _last_moment(app: App, scratch: Path) -> datetime:
    """The default time. The first fresh state also makes the template that later ones copy: before there are threads."""
    first = app.fresh_state(scratch / "first", lambda: datetime.now(UTC))
    try:
        return last_moment(first.shoppers.last_event_at())
    finally:
        first.close_state()


def _each(
    plan: Sequence[Run], work: Callable[[int, Run], Result], jobs: int, stop: threading.Event
) -> Generator[Result, None, None]:
    """The results as they come. Closed early, what runs still ends after its turn and is dropped."""
    if jobs == 1:
        for place, one in enumerate(plan):
            yield work(place, one)
        return
    with ThreadPoolExecutor(jobs, thread_name_prefix="run") as pool:
        waiting = [pool.submit(work, place, one) for place, one in enumerate(plan)]
        try:
            for done in as_completed(waiting):
                yield done.result()
        except Stopped:
            return
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


def _skipped(row: Rejected) -> None:
    _say(f"skipped {row.file}, line {row.line}: {row.reason}")


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _say(words: str) -> None:
    tqdm.write("\n".join(printable(line) for line in words.split("\n")), file=sys.stderr)
