"""What a turn is judged by, as it happened or read back from `results.jsonl`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eval.dialogues import Dialogue
from index.catalogue import Catalogue, Product
from index.shop import Shop


@dataclass(frozen=True)
class Seen:
    """What a turn is judged by: the reply's JSON, and the state before and after it.

    Args:
        before: the cart before the turn.
        events: this shopper's own events before the turn: (type, product id).
        earlier: the shopper's messages of the turns before.
        held_before, held_after: what the store held before and after the turn, as `eval.state.state_of` gives it; None
            where nobody looked.
    """

    shop: Shop
    catalogue: Catalogue
    language: str
    say: str
    reply: Mapping[str, Any]
    before: Mapping[str, int]
    events: frozenset[tuple[str, str]]
    earlier: tuple[str, ...] = ()
    held_before: Mapping[str, Any] | None = None
    held_after: Mapping[str, Any] | None = None

    @property
    def cards(self) -> list[Mapping[str, Any]]:
        return list(self.reply["products"])

    def product(self, card: Mapping[str, Any]) -> Product | None:
        return self.catalogue.products.get(card["id"])


def seen_of(result: Mapping[str, Any], turn_number: int, script: Dialogue, shop: Shop, catalogue: Catalogue) -> Seen:
    """What a turn of a run was judged by, from the run's line of `results.jsonl` alone.

    Args:
        result: the line. `events` holds the shopper's events at the start and `state` what the store held then; each
            of its `turns` holds `say`, `reply`, the `state` after it, and the `events` that came with it.
        turn_number: from 1.
        script: the dialogue that was run.

    Raises:
        IndexError: the run has no such turn.
    """
    if not 1 <= turn_number <= len(result["turns"]):
        raise IndexError(f"turn {turn_number} of {len(result['turns'])}")
    *earlier, turn = result["turns"][:turn_number]
    events = [*result["events"], *(event for past in earlier for event in past["events"])]
    last = earlier[-1] if earlier else result
    return Seen(
        shop,
        catalogue,
        script.language.split("-")[0],
        turn["say"],
        turn["reply"],
        before=last["state"]["cart"],
        events=frozenset((kind, product_id) for kind, product_id in events),
        earlier=tuple(past["say"] for past in earlier),
        held_before=last["state"],
        held_after=turn["state"],
    )
