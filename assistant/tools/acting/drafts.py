"""What is known so far of an action on an order; kept as JSON with what the shopper is asked next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from assistant.support import ordering
from assistant.tools.acting.addresses import address_text
from assistant.tools.acting.words import Kind


@dataclass(frozen=True, slots=True)
class Draft:
    """An action that may lack something still.

    Args:
        items: product ids of the order, as often as there are pieces of them.
        about: the products of the order that were named, where it is still to be said how many of them.
        new: for each of the items, what is wanted in its place.
        address: the parts that were said of it, as in `Address`.
        method: that pays, or gets the refund; empty: the one that paid.
    """

    kind: Kind
    order_id: str | None = None
    items: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    reason: str = ""
    address: Mapping[str, str] = field(default_factory=dict)
    method: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Draft:
        """The inverse of `to_json`."""
        return cls(**{**stored, **{name: tuple(stored[name]) for name in ("items", "about", "new")}})

    def of_order(self, order_id: str) -> Draft:
        """The same for an order; what was said of another order's items is left out."""
        return self if self.order_id == order_id else replace(self, order_id=order_id, items=(), about=(), new=())

    def action(self, status: str | None) -> ordering.Action:
        """The action, once it is whole.

        Args:
            status: of the order: what has not gone out is changed, what was delivered is exchanged.
        """
        swaps = tuple(ordering.Swap(item, new) for item, new in zip(self.items, self.new, strict=False))
        match self.kind:
            case "return":
                return ordering.Return(self.items, self.method or None)
            case "cancel":
                return ordering.Cancel(self.reason)
            case "address":
                return ordering.ChangeAddress(self.whole_address)
            case "default_address":
                return ordering.ChangeDefaultAddress(self.whole_address)
            case "payment":
                return ordering.ChangePayment(self.method)
            case "exchange" | "change":
                pending = status == "pending" or (self.kind == "change" and status != "delivered")
                made = ordering.ChangeItems if pending else ordering.Exchange
                return made(swaps, self.method or None)

    @property
    def whole_address(self) -> ordering.Address:
        """The address; what was not said of it is empty."""
        return ordering.Address(**{"address1": "", "city": "", "zip": "", "country": "", **self.address})

    def args(self) -> dict[str, Any]:
        """What is told of it in a turn's record of calls."""
        told = {"order_id": self.order_id, "items": list(self.items), "for": list(self.new), "reason": self.reason}
        told |= {"address": address_text(self.address) if self.address.get("address1") else "", "method": self.method}
        return {name: value for name, value in told.items() if value}
