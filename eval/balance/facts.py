"""Consistency and personalization without a language model: everybody says the scripts, and a planner obeys them.

What must be the same for all is compared byte by byte: facts, prices, what policies say, what a call that was executed
came to. Which products are shown may differ, and is counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from assistant.app import App, taste_folder
from assistant.cli.common import last_moment
from assistant.events import Reply
from assistant.ranking import USED
from assistant.recommender import Recommender
from assistant.shoppers.store import Event
from eval.balance.compared import Compared, Key, lists_differ, lists_interval, rounded
from eval.balance.scripts import Script
from eval.checks import Seen, grounded
from eval.redteam.obeying import ObeyingModel
from eval.stage import GUEST, talk
from index.catalogue import Catalogue
from index.words import is_chinese

PERSONAL = ("search_products", "recommend")  # tools that choose products for a shopper
FRAMING = ("ref", "because", "sponsored", "alternative", "reason")  # of a card: the place and the why, no facts


@dataclass(frozen=True)
class Heard:
    """A reply to a script: who said it, all that it states, and what it showed.

    Args:
        stated: what everybody must be told alike → its bytes.
        shown: groups on cards, in their order; None where the script chooses no products.
        reasons: for each "because" of a card, whether it holds.
    """

    shopper: str
    script: str
    stated: Mapping[Key, str]
    shown: tuple[str, ...] | None
    reasons: tuple[bool, ...]
    agrees: bool


def with_strength(app: App, strength: float) -> App:
    """The same app of a shop with another strength of personalization; take a `fresh_state` of it."""
    settings = app.shop.settings
    personal = settings.personalization.model_copy(update={"strength": strength})
    shop = replace(app.shop, settings=settings.model_copy(update={"personalization": personal}))
    return replace(app, shop=shop)


def hear(
    app: App, model: ObeyingModel, catalogue: Catalogue, scripts: Sequence[Script], shoppers: Sequence[str],
    strength: float, folder: Path, *, progress: bool = True,
) -> list[Heard]:  # fmt: skip
    """Have a guest and everybody say all scripts, over databases that are thrown away.

    Args:
        folder: for the databases.
    """
    now = last_moment(app.shoppers.last_event_at())
    fresh = with_strength(app, strength).fresh_state(folder, lambda: now)
    reasons = Reasons(fresh, now)
    found = []
    try:
        with tqdm(total=len(scripts) * (len(shoppers) + 1), desc=f"facts, {strength:g}", disable=not progress) as bar:
            for script in scripts:
                for shopper in (GUEST, *shoppers):
                    model.obey(script.plan())
                    reply = talk(fresh, shopper).say(script.say)[0]
                    found.append(heard(reply, script, shopper, reasons, catalogue))
                    bar.update()
    finally:
        fresh.close_state()
    return found


def heard(reply: Reply, script: Script, shopper: str, reasons: Reasons, catalogue: Catalogue) -> Heard:
    """A reply as it is compared: what it states, what it shows, and whether its reasons and its parts hold."""
    told = reply.to_json()
    shown = tuple(card.item_group_id for card in reply.cards)
    personal = any(call.name in PERSONAL for call in reply.tools)
    holds = tuple(
        reasons.hold(shopper, card.id, card.because.to_json()["event"]) for card in reply.cards if card.because
    )
    seen = Seen(reasons.app.shop, catalogue, language(script.say), script.say, told, {}, frozenset())
    return Heard(shopper, script.say, dict(stated(told)), shown if personal else None, holds, not disagreement(seen))


def language(say: str) -> str:
    """The language of a message: zh or en."""
    return "zh" if is_chinese(say) else "en"


def stated(reply: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    """What a reply, as JSON, states that must not depend on who asks: (what, its value as text)."""
    facts: dict[Key, set[str]] = {}
    for fact in reply["facts"]:
        facts.setdefault(("fact", fact["subject"], fact["field"], fact["source"]), set()).add(fact["value"])
    for key, values in facts.items():
        yield key, _bytes(sorted(values))
    for card in reply["products"]:
        for name, value in card.items():
            if name not in FRAMING:
                yield ("card", card["id"], name), _bytes(value)
    calls = [(call["name"], _bytes(call["args"])) for call in reply["tools"]]
    for (name, args), call in zip(calls, reply["tools"], strict=True):
        yield ("call", name, args, "ok"), _bytes(call["ok"])
    if calls and not any(name in PERSONAL for name, _ in calls):
        made = _bytes(calls)
        for part in ("outcome", "citations", "cart", "handoff", "reply"):
            yield ("calls", made, part), _bytes(reply[part])


def disagreement(seen: Seen) -> str:
    """Where a reply's cards, its facts and its prose do not say the same, or nothing."""
    told: dict[tuple[str, str], set[str]] = {}
    for fact in seen.reply["facts"]:
        told.setdefault((fact["subject"], fact["field"]), set()).add(fact["value"])
    for card in seen.cards:
        for name in ("title", "price", "availability", "color", "size"):
            held = told.get((card["id"], name), set())
            if held != ({card[name]} if card[name] else set()):
                return f"card {card['id']} says {name} {card[name]}, the facts {sorted(held)}"
    return grounded(seen)


class Reasons:
    """Looks up whether a reason that a card gives holds: whose event it is, and what it did."""

    def __init__(self, app: App, now: datetime) -> None:
        self.app = app
        self._now = now
        self._ranking = app.assistant.services.ranking
        self._recommender = Recommender(app.search, app.shoppers, taste_folder(app.settings, app.shop))

    def hold(self, shopper: str, product_id: str, event: Mapping[str, str]) -> bool:
        """Whether the shopper did this, and the product would be less likely by the share `USED` had they not."""
        mine = [own for own in self.app.shoppers.events(shopper) if _same(own, event)]
        profile = self._ranking.profile(self.app.shoppers.get(shopper), self._now)
        if not mine or profile is None or profile.likely is None:
            return False
        row, cause = self._recommender.row_of(product_id), self._recommender.row_of(event["product_id"])
        others = [one for one in profile.events if self._recommender.row_of(one.product_id) != cause]
        likely = float(self._recommender.likely(profile.events, self._now)[row])
        without = float(self._recommender.likely(others, self._now)[row])
        return likely > 0 and 1 - without / likely >= USED - 1e-6


def _same(own: Event, event: Mapping[str, str]) -> bool:
    return (own.type, own.product_id, own.at.strftime("%Y-%m-%dT%H:%M:%SZ")) == (
        event["type"], event["product_id"], event["at"],
    )  # fmt: skip


def _bytes(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def compared(rows: Sequence[Heard]) -> Compared:
    """What shoppers were told, by script."""
    return Compared.of([(row.shopper, {(row.script, *key): v for key, v in row.stated.items()}) for row in rows])


def compared_over_strengths(rows: Sequence[Heard]) -> float | None:
    """As `Compared.identical`, of what shoppers were told with all strengths together: every reply is one more listener."""
    told = [(f"{place}", {(row.script, *k): v for k, v in row.stated.items()}) for place, row in enumerate(rows)]
    return Compared.of(told).identical()


def figures(rows: Sequence[Heard]) -> dict[str, Any]:
    """`facts_identical` with its interval and number, `agreement`, `lists_differ`, `reasons_hold` and how many reasons."""
    told = compared(rows)
    lists: dict[str, dict[str, Sequence[str]]] = {}
    for row in rows:
        if row.shown is not None and row.shopper != GUEST:
            lists.setdefault(row.script, {})[row.shopper] = row.shown
    reasons = [holds for row in rows for holds in row.reasons]
    return {
        "facts_identical": rounded(told.identical()),
        "facts_identical_interval": told.interval(),
        "facts": told.things(),
        "agreement": rounded(sum(row.agrees for row in rows) / len(rows)),
        "replies": len(rows),
        "lists_differ": rounded(lists_differ(lists)),
        "lists_differ_interval": lists_interval(lists),
        "reasons_hold": rounded(sum(reasons) / len(reasons)) if reasons else None,
        "reasons": len(reasons),
    }
