"""Right tool, right arguments: single messages, each with the call that it should lead to, put to the whole assistant.

What counts is what was executed, after code has corrected the model's plan. No prose is written: no call rests on it.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from scipy.stats import binomtest
from tqdm import tqdm

from assistant.app import App, build_app
from assistant.cli.common import last_moment
from assistant.llm import Model
from assistant.settings import ROOT, Settings
from eval.checks import same
from eval.planned import FOLDER, Planned, listed, parameters, read_planned
from eval.stage import GUEST, staged
from index.catalogue import Catalogue
from index.errors import ShopError
from index.words import stem, words

CHANGING = frozenset(
    {"update_cart", "remember_preference", "hand_off", "request_return", "cancel_order", "change_order"}
)
# What a turn without a call of the contract's tools was, by its outcome.
WITHOUT_CALLS = {"not_allowed": "decline", "answered": "chat"}
SPOKEN = ("query", "question")  # arguments in free words: judged by words that they must have
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    right_tool: bool
    right: bool
    why: str = ""  # what is wrong


class PlansOnly(BaseChatModel):
    """A chat model that plans in a call of its own, without its prose: where no tools are bound, nothing is written."""

    inner: BaseChatModel

    @property
    def _llm_type(self) -> str:
        return self.inner._llm_type

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        return self.inner.bind_tools(tools, **kwargs)

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(""))])


def without_prose(model: Model) -> Model:
    """The model, asked for plans alone. One that calls tools natively plans and speaks in the same call: it stays."""
    return model if model.native else replace(model, chat=PlansOnly(inner=model.chat))


def bench_plans(
    settings: Settings, shop: Path | None = None, messages: Path | None = None, out: Path | None = None
) -> dict[str, Any]:
    """Put every message to the assistant in a conversation of its own; failures go to `out` as JSON lines.

    Args:
        shop: with neither this nor `messages`: the demo shop and Luma, each with the messages of this project.

    Returns:
        Shares of the messages with the right tool (`right_tool`) and also the right arguments (`right`), by tool and by
        language too; the 95% Wilson interval of `right`; the messages that `failed`; the median `seconds` of plan and
        tools. A message counts for the first of its tools.

    Raises:
        ShopError: a shop or a file of messages cannot be used.
    """
    rows: list[Row] = []
    model = ""
    for folder, planned in _sets(settings, shop, messages):
        app = build_app(settings.model_copy(update={"shop": folder}))
        try:
            model = app.model.name
            rows += _asked(app, planned)
        finally:
            app.close()
    failures = [row for row in rows if not row["right"]]
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in failures), encoding="utf-8")
    right = sum(row["right"] for row in rows)
    interval = binomtest(right, len(rows)).proportion_ci(method="wilson") if rows else None
    return {
        **_shares(rows),
        "right_95": [round(float(interval.low), 4), round(float(interval.high), 4)] if interval else None,
        "by_tool": {tool: _shares(group) for tool, group in _grouped(rows, "tool")},
        "by_language": {language: _shares(group) for language, group in _grouped(rows, "language")},
        "failed": [row["message"] for row in failures],
        "seconds": round(statistics.median(row["seconds"] for row in rows), 2) if rows else None,
        "model": model,
    }


def judge(planned: Planned, reply: Mapping[str, Any], catalogue: Catalogue) -> Verdict:
    """Whether a reply (`Reply.to_json`) came of the right calls, and of no other that changes something.

    A call that was refused in silence changed nothing; one that was not done and made the assistant ask back counts.
    """
    outcome = reply["outcome"]
    calls = [call for call in reply["tools"] if call["name"] not in WITHOUT_CALLS.values()]
    made = calls or [{"name": WITHOUT_CALLS.get(outcome, "nothing"), "args": {}, "ok": True}]
    named = [call for call in made if call["name"] in planned.tool]
    if not named:
        return Verdict(False, False, f"called {', '.join(call['name'] for call in made)}")
    left = list(named)
    for wanted in planned.args:
        call = next((call for call in left if (call["ok"] or planned.outcome) and _has(call, wanted, catalogue)), None)
        if call is None:
            return Verdict(True, False, f"arguments {[call['args'] for call in named]}, not {wanted}")
        left.remove(call)
    others = [call for call in calls if call not in named] + left
    if more := [c["name"] for c in others if c["name"] in CHANGING and (c["ok"] or outcome == "asks")]:
        return Verdict(True, False, f"also called {', '.join(more)}")
    if planned.outcome and outcome not in planned.outcome:
        return Verdict(True, False, f"outcome {outcome}, not {' or '.join(planned.outcome)}")
    return Verdict(True, True)


def _sets(settings: Settings, shop: Path | None, messages: Path | None) -> list[tuple[Path, list[Planned]]]:
    """Shop folders, each with the messages to put there."""
    if shop is not None or messages is not None:
        folder = shop or settings.shop
        path = messages or FOLDER / f"{folder.resolve().name}.yaml"
        if messages is None and not path.is_file():
            raise ShopError(f"{folder}: there is no eval/planned/{path.name}. Name a file with --messages.")
        return [(folder, read_planned(path))]
    folders = [ROOT / "shops" / "demo", settings.bench_data / "shops" / "luma"]
    for folder in folders:
        if not folder.is_dir():
            print(f"left out: {folder} is not there. Set ONEVOICE_BENCH_DATA.", file=sys.stderr)
    return [(folder, read_planned(FOLDER / f"{folder.name}.yaml")) for folder in folders if folder.is_dir()]


def _asked(app: App, planned: Sequence[Planned]) -> Iterator[Row]:
    """A row a message: what was wanted, what was executed, and whether that is right."""
    catalogue = app.search.catalogue
    for one in planned:
        if one.shopper != GUEST and app.shoppers.get(one.shopper) is None:
            raise ShopError(f"line {one.line} of the messages: {app.shop.folder} has no shopper {one.shopper!r}.")
        if strange := [key for key in one.products if key not in catalogue.products and key not in catalogue.groups]:
            raise ShopError(f"line {one.line} of the messages: {app.shop.folder} has no product {strange[0]!r}.")
    app.warm().wait(180)
    quiet = replace(app, model=without_prose(app.model))
    now = last_moment(app.shoppers.last_event_at())
    with tempfile.TemporaryDirectory(prefix="onevoice-plans-") as states:
        for place, one in enumerate(tqdm(planned, desc=app.shop.folder.resolve().name, unit="message")):
            with staged(quiet, Path(states) / str(place), one.shopper, now) as talk:
                started = time.perf_counter()
                reply = talk.reply(one.say)
                seconds = time.perf_counter() - started
                plans = talk.app.conversations.last_state(talk.id).get("plans") or [["", ""]]
            verdict = judge(one, reply, catalogue)
            yield {
                "shop": app.shop.folder.resolve().name,
                "line": one.line,
                "message": one.say,
                "shopper": one.shopper,
                "language": one.spoken_in,
                "tool": one.tool[0],
                "wanted": one.model_dump(include={"tool", "args", "outcome"}),
                "executed": reply["tools"],
                "outcome": reply["outcome"],
                "plan": plans[-1][1],
                "right_tool": verdict.right_tool,
                "right": verdict.right,
                "why": verdict.why,
                "seconds": round(seconds, 2),
            }


def _has(call: Mapping[str, Any], wanted: Mapping[str, Any], catalogue: Catalogue) -> bool:
    """Whether a call has the arguments that are wanted, of those that its tool takes."""
    takes, held = parameters(call["name"]), call["args"]
    return all(_meets(key, held.get(key), value, catalogue) for key, value in wanted.items() if key in takes)


def _meets(key: str, held: Any, wanted: Any, catalogue: Catalogue) -> bool:
    """Whether an executed argument is what is wanted; see `Planned`."""
    if key == "product_id":
        return str(wanted).lower() in _names(str(held), catalogue)
    if key == "product_ids":
        pairs = [[str(one).lower() in _names(str(other), catalogue) for other in held or ()] for one in wanted]
        return len(wanted) == len(held or ()) and all(map(any, pairs))
    if key in SPOKEN and wanted is not None:
        said = {stem(word) for word in words(str(held))}
        return any({stem(word) for word in words(text)} <= said for text in listed(wanted))
    if isinstance(wanted, dict):
        return isinstance(held, dict) and all(
            _meets(name, held.get(name), of, catalogue) for name, of in wanted.items()
        )
    if isinstance(wanted, list):
        return all(same(held, one) for one in wanted)
    return same(held, wanted)


def _names(product_id: str, catalogue: Catalogue) -> set[str]:
    """The ids, in lower case, that name a product: its own and its group's."""
    product = catalogue.products.get(product_id)
    return {product_id.lower(), product.group_id.lower()} if product else {product_id.lower()}


def _grouped(rows: Sequence[Row], key: str) -> Iterator[tuple[str, list[Row]]]:
    for value in sorted({row[key] for row in rows}):
        yield value, [row for row in rows if row[key] == value]


def _shares(rows: Sequence[Row]) -> dict[str, Any]:
    shares = {
        key: round(statistics.fmean(row[key] for row in rows), 4) if rows else None for key in ("right_tool", "right")
    }
    return {"messages": len(rows), **shares}
