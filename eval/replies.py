"""What reaches shoppers: replies to many messages, and every sentence of them looked up again in the shop folder.

Replies are written down as they come and are judged from there: judging them again costs no model.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from assistant.app import App, build_app, model_name
from assistant.cli.common import last_moment
from assistant.settings import Settings
from eval import checks
from eval.asked import Asked, Batch, batches
from eval.rows import Row, mend_end, read_rows
from eval.sample import draw, write_sample
from eval.stage import staged
from eval.truth import Finding, Judge, Records
from eval.truth.spoken import Turn
from eval.truth.text import sentences
from index.shop import read_shop

FILE = "replies.jsonl"
FINDINGS = "findings.jsonl"
SAMPLE = "sample.md"


@dataclass(frozen=True)
class Judged:
    """A reply with what was found in it.

    Args:
        fault: the rule of the voice that it breaks, or "".
    """

    shop: str
    kind: str
    turn: Turn
    findings: tuple[Finding, ...]
    fault: str

    @property
    def reply(self) -> Mapping[str, Any]:
        return self.turn.reply

    def said(self, verdict: str) -> set[str]:
        """The sentences with a finding of that verdict."""
        return {finding.sentence for finding in self.findings if finding.verdict == verdict}


def bench_replies(
    settings: Settings,
    shop: Path | None,
    messages: Path | None,
    *,
    limit: int | None = None,
    sample: int = 60,
    seed: int = 1,
    out: Path,
) -> dict[str, Any]:
    """Ask, look up, and write `replies.jsonl`, `findings.jsonl` and `sample.md` into `out`; returns what is printed.

    Of the result, `sentences` are all that were shown, fixed texts among them, and `wrong` and `doubtful` count these;
    `released` and `dropped` are the model's own; `kept_median` and `kept_mean` are shares of a reply's model sentences
    that were shown, over the replies that have some.
    """
    chosen = batches(settings, shop, messages, limit, seed)
    rows = collect(settings, chosen, out)
    judged = [one for batch in chosen for one in _judged(batch.folder, rows)]
    _write_findings(out / FINDINGS, judged)
    write_sample(out / SAMPLE, draw([(one.shop, one.turn, one.findings) for one in judged], sample, seed))
    return _summary(rows, judged)


def _judged(folder: Path, rows: Sequence[Row]) -> Iterator[Judged]:
    """Every reply of a shop's conversations, looked up in its folder."""
    shop = read_shop(folder)
    judge = Judge(Records.of(shop))
    mine = [row for row in rows if row["shop"] == folder.resolve().name]
    for row in tqdm(mine, desc=f"looking up {folder.resolve().name}", unit="one"):
        before: list[str] = []
        cart: Mapping[str, int] = {}
        for turn in row["turns"]:
            say, reply = turn["say"], turn["reply"]
            seen = checks.Seen(shop, judge.records.catalogue, row["language"], say, reply, cart, frozenset())
            findings = tuple(judge.reply(reply, say, before))
            yield Judged(row["shop"], row["kind"], judge.turn(reply, say, before), findings, checks.voice(seen))
            before.append(say)
            cart = reply["cart"]


def _summary(rows: Sequence[Row], judged: Sequence[Judged]) -> dict[str, Any]:
    audits = [one.reply["audit"] for one in judged]
    kept = [len(audit["released"]) / audit["model_sentences"] for audit in audits if audit["model_sentences"]]
    released = sum(len(audit["released"]) for audit in audits)
    kinds = Counter(finding.kind for one in judged for finding in one.findings if finding.verdict == "wrong")
    return {
        "replies": len(judged),
        "sentences": sum(len(sentences(one.reply["reply"])) for one in judged),
        "released": released,
        "dropped": sum(audit["model_sentences"] for audit in audits) - released,
        "wrong": sum(len(one.said("wrong")) for one in judged),
        "doubtful": sum(len(one.said("doubtful") - one.said("wrong")) for one in judged),
        "wrong_by_kind": dict(kinds.most_common()),
        "voice_violations": sum(bool(one.fault) for one in judged),
        "with_prose": len(kept),
        "kept_median": round(statistics.median(kept), 4) if kept else None,
        "kept_mean": round(statistics.fmean(kept), 4) if kept else None,
        "model": rows[0]["model"] if rows else "",
        "seconds": round(sum(row["seconds"] for row in rows), 1),
    }


def _write_findings(path: Path, judged: Sequence[Judged]) -> None:
    """A line for each reply with something to look at."""
    with path.open("w", encoding="utf-8") as sink:
        for one in judged:
            if one.findings or one.fault:
                row = {
                    "shop": one.shop,
                    "kind": one.kind,
                    "say": one.turn.say,
                    "reply": one.reply["reply"],
                    "findings": [finding.to_json() for finding in one.findings],
                    "voice": one.fault,
                }
                sink.write(json.dumps(row, ensure_ascii=False) + "\n")


def collect(settings: Settings, batches: Sequence[Batch], out: Path) -> list[Row]:
    """Have the conversations, each from the shop folder's own state, and append each to `out / FILE` as it ends.

    Those that are there already, by shop, model and messages, are not had again.

    Returns: a row a conversation, in the order of the batches: shop, key, kind, shopper, language, model, seconds and
        `turns`, a list of {say, reply}.
    """
    out.mkdir(parents=True, exist_ok=True)
    model = model_name(settings)
    held = {_key(row): row for row in read_rows(out / FILE)}
    total = sum(len(batch.asked) for batch in batches)
    mend_end(out / FILE)
    with (
        (out / FILE).open("a", encoding="utf-8") as sink,
        tqdm(total=total, desc="conversations", unit="one") as bar,
    ):
        for batch in batches:
            name = batch.folder.resolve().name
            missing = [asked for asked in batch.asked if (name, model, asked.key) not in held]
            bar.update(len(batch.asked) - len(missing))
            for row in _had(settings, batch.folder, missing):
                sink.write(json.dumps(row, ensure_ascii=False) + "\n")
                sink.flush()
                held[_key(row)] = row
                bar.update()
    wanted = [(batch.folder.resolve().name, model, asked.key) for batch in batches for asked in batch.asked]
    return [held[key] for key in wanted]


def _had(settings: Settings, folder: Path, conversations: Sequence[Asked]) -> Iterator[Row]:
    """The conversations over one shop, each as a row when it has ended."""
    if not conversations:
        return
    app = build_app(settings.model_copy(update={"shop": folder}))
    try:
        app.warm().wait(180)
        with tempfile.TemporaryDirectory(prefix="onevoice-replies-") as states:
            for place, asked in enumerate(conversations):
                yield _converse(app, asked, Path(states) / str(place))
    finally:
        app.close()


def _converse(app: App, asked: Asked, state: Path) -> Row:
    started = time.perf_counter()
    now = last_moment(app.shoppers.last_event_at())
    with staged(app, state, asked.shopper, now) as talk:
        turns = [{"say": say, "reply": talk.reply(say)} for say in asked.say]
    return {
        "shop": app.shop.folder.resolve().name,
        "key": asked.key,
        "kind": asked.kind,
        "shopper": asked.shopper,
        "language": asked.language,
        "model": app.model.name,
        "seconds": round(time.perf_counter() - started, 2),
        "turns": turns,
    }


def _key(row: Row) -> tuple[str, str, str]:
    return row["shop"], row["model"], row["key"]
