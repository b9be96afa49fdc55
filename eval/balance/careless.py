"""Whether the naive assistant leaves history alone where it must: a sample of the probes, judged by its words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain, zip_longest

from eval.balance.compared import rounded
from eval.balance.judging import Bench
from eval.dialogues import read_documents
from eval.naive import recalls
from eval.probes import CONTROL, PROBES, Probe, Probes
from eval.rows import Row


def sampled(shoppers: Collection[str], count: int) -> list[Probe]:
    """So many English probes of one message by shoppers of the shop, of all kinds in turn, as they are written."""
    kinds = [
        [p for p in group.probes if p.by in shoppers and len(p.turns) == 1]
        for group in read_documents(PROBES, Probes, "probes")
        if group.kind != CONTROL and group.language == "en"
    ]
    return [probe for probe in chain(*zip_longest(*kinds)) if probe is not None][:count]


def over_personalized(rows: Sequence[Row], guests: Sequence[Row], bench: Bench) -> float | None:
    """The share of answers that speak of the history, or name other products than a guest is named, or in another order.

    Args:
        rows, guests: answers to the same messages, in the same order.
    """
    personal = [_is_personal(row, guest, bench) for row, guest in zip(rows, guests, strict=True)]
    return rounded(sum(personal) / len(personal)) if personal else None


def _is_personal(row: Row, guest: Row, bench: Bench) -> bool:
    text = row["reply"]["reply"]
    plain = recalls(text) and not recalls(guest["reply"]["reply"])
    return plain or bench.judged(row).named != bench.judged(guest).named
