"""Replies in a model's words, judged alike whoever wrote them: the voice, what is claimed, and which products are named."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from eval.balance.compared import Compared, Key, lists_differ, lists_interval, rounded
from eval.balance.facts import PERSONAL, language
from eval.balance.intervals import Drawn, interval
from eval.manner import fault, quoted_of, spoken
from eval.rows import Row
from eval.truth import Judge, Records
from eval.truth.quantities import quantities
from eval.truth.text import sentences
from index.catalogue import Catalogue
from index.shop import Shop


@dataclass(frozen=True)
class Judged:
    """A reply with what was found in it.

    Args:
        voice: from 0 to 1, the share of its sentences that break no rule of the voice.
        claims: what it claims in figures → the figure.
        named: the groups that its words name, in order.
        wrong: sentences that the shop folder contradicts or has nothing of, out of `sentences`.
    """

    shopper: str
    say: str
    voice: float
    fault: str
    claims: Mapping[Key, str]
    named: tuple[str, ...]
    shown: tuple[str, ...] | None
    wrong: int
    sentences: int


class Bench:
    """Judges replies of one shop, with the rules of `eval.manner` and the look-up of `eval.truth`."""

    def __init__(self, shop: Shop, catalogue: Catalogue) -> None:
        self._shop = shop
        self._catalogue = catalogue
        self._judge = Judge(Records.of(shop, catalogue))
        self._titles = {product.title for product in catalogue.products.values()}

    def judged(self, row: Row) -> Judged:
        """A row of `eval.balance.spoken`."""
        reply, say = row["reply"], row["say"]
        before = [row["customer"]] if row.get("customer") else []  # what the naive one was told of the shopper
        turn = self._judge.turn(reply, say, before)
        claims: dict[Key, set[str]] = {}
        named: list[str] = []
        for sentence in self._judge.spoken(turn):
            mentions = [m for m in sentence.mentions if m.how in ("title", "part") and not m.beside]
            groups = list(dict.fromkeys(self._catalogue.products[m.products[0]].group_id for m in mentions))
            named += [group for group in groups if group not in named]
            if len(groups) > 1:
                continue  # which figure is whose is not read here
            about = groups[0] if groups else "the shop" if turn.cited else ""
            for quantity in quantities(sentence.text):
                if about and quantity.unit:
                    claims.setdefault((about, quantity.unit), set()).add(f"{quantity.value.normalize():f}")
        score, found = self.voice(reply, say)
        wrong = {f.sentence for f in self._judge.reply(reply, say, before) if f.verdict == "wrong"}
        personal = any(call["name"] in PERSONAL for call in reply["tools"])
        return Judged(
            row["shopper"], say, score, found,
            {key: next(iter(values)) for key, values in claims.items() if len(values) == 1},
            tuple(named),
            tuple(card["item_group_id"] for card in reply["products"]) if personal else None,
            len(wrong),
            len(sentences(reply["reply"])),
        )  # fmt: skip

    def voice(self, reply: Mapping[str, Any], say: str) -> tuple[float, str]:
        """The share of a reply's sentences that break no rule of the voice, and a rule that is broken, or "".

        A sentence more than the voice allows breaks one; a rule that only the whole breaks counts as one sentence.
        """
        held = spoken(self._shop.folder, self._shop.settings.voice)
        calls = max(1, len(reply["tools"]))
        rules = {**held, "quoted": quoted_of(reply, self._titles, self._shop), "calls": calls}
        parts = sentences(reply["reply"])
        if not parts:
            return 0.0, "empty"
        excess = max(0, len(parts) - calls * held["limits"]["max_sentences"])
        found = fault(reply["reply"], language(say), **rules)
        faulty = max(1, sum(bool(fault(part, language(say), **rules)) for part in parts)) if found else 0
        found = found or (f"{len(parts)} sentences" if excess else "")
        return max(0.0, 1.0 - (faulty + excess) / len(parts)), found


def figures(rows: Sequence[Judged], *, named: bool = False) -> dict[str, Any]:
    """The figures of replies at one strength.

    Args:
        named: the products that the words name are the list, instead of those on cards.
    """
    by_shopper: dict[str, list[float]] = {}
    lists: dict[str, dict[str, Sequence[str]]] = {}
    for row in rows:
        by_shopper.setdefault(row.shopper, []).append(row.voice)
        shown = row.named if named else row.shown
        if shown is not None:
            lists.setdefault(row.say, {})[row.shopper] = shown
    means = np.array([statistics.fmean(scores) for scores in by_shopper.values()])
    told = Compared.of([(row.shopper, {(row.say, *key): value for key, value in row.claims.items()}) for row in rows])
    said, wrong = sum(row.sentences for row in rows), sum(row.wrong for row in rows)

    def mean(drawn: Drawn) -> float:
        return float(means[drawn].mean())

    def spread(drawn: Drawn) -> float:
        return float(means[drawn].std())

    return {
        "voice_mean": rounded(float(means.mean())),
        "voice_mean_interval": interval(mean, len(means)),
        "voice_spread": rounded(float(means.std())),
        "voice_spread_interval": interval(spread, len(means)),
        "claims_identical": rounded(told.identical()),
        "claims_identical_interval": told.interval(),
        "claims": told.things(),
        "claims_wrong": rounded(wrong / said) if said else None,
        "right": rounded(sum(not row.wrong for row in rows) / len(rows)),
        "spoken_lists_differ": rounded(lists_differ(lists)),
        "spoken_lists_differ_interval": lists_interval(lists),
        "spoken": len(rows),
        "spoken_shoppers": len(means),
    }


def as_json(row: Row, judged: Judged) -> str:
    """A reply with its verdicts, for reading."""
    kept = {name: row[name] for name in ("assistant", "strength", "shopper", "say")}
    verdicts = {"voice": judged.voice, "fault": judged.fault, "wrong": judged.wrong, "named": judged.named}
    return json.dumps({**kept, "reply": row["reply"]["reply"], **verdicts}, ensure_ascii=False)
