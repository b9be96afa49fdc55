"""What may be asked for about an order or an account. Values only: whether it may be done is for `rules`.

Items are named by their product id (SKU), as often as there are pieces of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Address:
    """Where something is sent."""

    address1: str
    city: str
    zip: str
    country: str
    address2: str = ""
    state: str = ""
    name: str = ""  # empty: as before

    def to_json(self) -> dict[str, str]:
        """As it is stored; the name only where there is one."""
        return {key: value for key, value in asdict(self).items() if key != "name" or value}


@dataclass(frozen=True, slots=True)
class Swap:
    """One piece of an item, and what is wanted instead of it."""

    item: str
    new_item: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Call a pending order off."""

    reason: str


@dataclass(frozen=True, slots=True)
class ChangeAddress:
    """Have a pending order sent elsewhere."""

    address: Address


@dataclass(frozen=True, slots=True)
class ChangeItems:
    """Have other variants in a pending order; `method` pays the difference or gets it back (None: what paid for it)."""

    swaps: tuple[Swap, ...]
    method: str | None = None


@dataclass(frozen=True, slots=True)
class ChangePayment:
    """Pay for a pending order by another method."""

    method: str


@dataclass(frozen=True, slots=True)
class Return:
    """Send delivered items back; `method` gets the refund (None: what paid for them)."""

    items: tuple[str, ...]
    method: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """Send delivered items back for other variants; `method` as with `ChangeItems`."""

    swaps: tuple[Swap, ...]
    method: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeDefaultAddress:
    """Change where a shopper has things sent. It is about no order, and those that there are stay as they are."""

    address: Address


Action = Cancel | ChangeAddress | ChangeItems | ChangePayment | Return | Exchange | ChangeDefaultAddress
KINDS: Mapping[str, type[Action]] = {
    "cancel": Cancel,
    "change_address": ChangeAddress,
    "change_items": ChangeItems,
    "change_payment": ChangePayment,
    "return": Return,
    "exchange": Exchange,
    "change_default_address": ChangeDefaultAddress,
}


def kind_of(action: Action) -> str:
    """The stable name of an action's kind."""
    return next(name for name, kind in KINDS.items() if kind is type(action))


def action_to_json(action: Action) -> dict[str, Any]:
    """An action with its kind, ready for JSON."""
    return {"kind": kind_of(action), **asdict(action)}


def action_of_json(stored: Mapping[str, Any]) -> Action:
    """The inverse of `action_to_json`.

    Raises:
        ValueError: no such action (pydantic's ValidationError is one).
    """
    rest = dict(stored)
    kind = rest.pop("kind", None)
    if kind not in KINDS:
        raise ValueError(f"no such action: {kind!r}")
    found: Action = _adapter(kind).validate_python(rest)
    return found


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(KINDS[kind])
