"""Replies of a language model to the scripts, ours and the naive assistant's. What is kept is not asked for again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from assistant.app import App
from assistant.cli.common import last_moment
from eval.balance.facts import with_strength
from eval.balance.kept import Kept
from eval.balance.scripts import Script
from eval.naive import Naive, Prompt
from eval.rows import Row
from eval.stage import GUEST, talk

OURS, NAIVE = "onevoice", "naive"


def ours(
    app: App, kept: Kept, strengths: Sequence[float], scripts: Sequence[Script], shoppers: Sequence[str], folder: Path,
    *, progress: bool = True,
) -> Iterator[Row]:  # fmt: skip
    """Our replies, the model planning and speaking: assistant, strength, shopper, say, and `reply` as JSON.

    Args:
        folder: for databases that are thrown away.
    """
    now = last_moment(app.shoppers.last_event_at())
    with tqdm(total=len(strengths) * len(scripts) * len(shoppers), desc="replies", disable=not progress) as bar:
        for place, strength in enumerate(strengths):
            fresh: App | None = None
            for shopper in shoppers:
                for script in scripts:
                    asked = {"assistant": OURS, "strength": strength, "shopper": shopper, "say": script.say}
                    key = _key(app, asked)
                    if fresh is None and not kept.holds(key):
                        fresh = with_strength(app, strength).fresh_state(folder / f"spoken{place}", lambda: now)
                    speaking = fresh or app
                    yield kept.row(key, lambda: asked | {"reply": talk(speaking, shopper).reply(script.say)})  # noqa: B023
                    bar.update()
            if fresh is not None:
                fresh.close_state()


def naive(
    app: App, assistant: Naive, kept: Kept, strengths: Sequence[float], asked: Iterable[tuple[str, str]], *,
    progress: bool = True,
) -> Iterator[Row]:  # fmt: skip
    """The naive assistant's replies: the same keys, the strength being the share of the history in its prompt.

    Args:
        asked: (shopper, message).
    """
    asked = list(asked)
    with tqdm(total=len(strengths) * len(asked), desc="naive replies", disable=not progress) as bar:
        for strength in strengths:
            for shopper, say in asked:
                held = None if shopper == GUEST else app.shoppers.get(shopper)
                prompt = assistant.prompt(held, say, strength)
                said = kept.row(f"{NAIVE} {app.model.name} {prompt.sha}", lambda: _written(assistant, prompt))  # noqa: B023
                yield said | {"assistant": NAIVE, "strength": strength, "shopper": shopper, "say": say}
                bar.update()


def _written(assistant: Naive, prompt: Prompt) -> Mapping[str, Any]:
    """What is kept of an answer: shoppers with the same prompt share it, the same bytes to a model without chance."""
    return {
        "assistant": NAIVE,
        "prompt": prompt.messages[-1].text,
        "customer": prompt.customer,
        "history": list(prompt.history),
        "reply": reply_of(assistant.write(prompt), prompt),
    }


def reply_of(text: str, prompt: Prompt) -> dict[str, Any]:
    """A naive answer in the form of a reply, so that it is judged as ours is: what it was told of counts as shown."""
    cards = [{"id": product.id, "item_group_id": product.group_id} for product in prompt.products]
    citations = [{"source": source, "quote": quote} for source, quote in prompt.policies]
    return {
        "reply": text, "outcome": "answered", "products": cards, "facts": [], "tools": [], "citations": citations,
        "cart": {}, "handoff": None,
    }  # fmt: skip


def _key(app: App, asked: Mapping[str, Any]) -> str:
    return " | ".join([app.shop.folder.resolve().name, app.model.name, *(str(part) for part in asked.values())])
