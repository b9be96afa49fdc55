"""What a reply says of the shopper's own account: an address that they gave, and the end of a card's number on record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from eval.truth.spoken import Turn
from eval.truth.text import fold

_ENDING = re.compile(r" ending in (\d{4})(?!\d)|（尾号(\d{4})）")
_INFERRED = ("中国", "china")  # the country of an address that is written the Chinese way


def without_own(turn: Turn) -> str:
    """The reply without these. What the shopper has not said and the folder does not hold stays, to be judged."""
    text = str(turn.reply["reply"])
    for address in _addresses(turn):
        text = text.replace(address, "")
    ends = {
        last for row in _rows(turn) for method in row.get("payment_methods", ()) if (last := method.get("last_four"))
    }
    return _ENDING.sub(lambda match: "" if (match[1] or match[2]) in ends else match[0], text)


def _addresses(turn: Turn) -> Iterator[str]:
    """The addresses that actions were called with, each part of which was said or is on record."""
    said = fold(" . ".join([turn.say, *turn.before]))
    held = fold(" . ".join(str(row.get("address", "")) for row in [*_rows(turn), *turn.orders]))
    for call in turn.reply["tools"]:
        address = call["args"].get("address")
        if (
            isinstance(address, str)
            and address
            and all(_known(part, said, held) for part in re.split("[,，]", address))
        ):
            yield address


def _known(part: str, said: str, held: str) -> bool:
    plain = fold(part).strip()
    for country in _INFERRED:
        plain = plain.removeprefix(country)
    return plain in said or plain in held


def _rows(turn: Turn) -> list[dict[str, Any]]:
    """The profiles of those whose orders the turn speaks of; of all, where it speaks of none."""
    owners = {order["shopper_id"] for order in turn.orders} or set(turn.records.accounts)
    return [dict(turn.records.accounts[owner]) for owner in owners if owner in turn.records.accounts]
