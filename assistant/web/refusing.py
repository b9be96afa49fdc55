"""The routes behind a card's "Not for me" and "Forget this", and behind how much history counts. Whose wish it is, the
session says: no body names a shopper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import Body, FastAPI, HTTPException, Request

from assistant.app import App
from assistant.conversation import Conversation
from assistant.shoppers.store import EventRef
from assistant.web.plain import is_id


def add_routes(web: FastAPI, app: App, own: Callable[[Request], Conversation]) -> None:
    """Add them to the web app.

    Args:
        own: the conversation of a request from our own page; it raises for any other.
    """

    def signed_in(request: Request) -> str:
        shopper_id = own(request).identity.shopper_id
        if shopper_id is None:
            raise HTTPException(403, "sign in first")
        return shopper_id

    @web.post("/shop/dismiss")
    def dismiss(request: Request, body: dict[str, Any] = Body(...)) -> dict[str, bool]:
        """A product's group is not to be suggested any more; with `undo` it is again."""
        shopper_id = signed_in(request)
        product_id = body.get("product_id")
        product = app.search.catalogue.products.get(product_id) if is_id(product_id) else None
        if product is None:
            raise HTTPException(404, "no such product")
        if body.get("undo") is True:
            app.shoppers.undismiss(shopper_id, product.group_id)
            return {"dismissed": False}
        if not app.shoppers.dismiss(shopper_id, product.group_id):
            raise HTTPException(409, "personal suggestions are switched off")
        return {"dismissed": True}

    @web.post("/shop/strength")
    def strength(request: Request, body: dict[str, Any] = Body(...)) -> dict[str, float]:
        """How much the shopper's history counts, from 0 to 1."""
        shopper_id = signed_in(request)
        wanted = body.get("strength")
        if isinstance(wanted, bool) or not isinstance(wanted, int | float) or not 0 <= wanted <= 1:
            raise HTTPException(422, "strength, from 0 to 1")
        if not app.shoppers.remember(shopper_id, "strength", str(float(wanted))):
            raise HTTPException(409, "personal suggestions are switched off")
        return {"strength": float(wanted)}

    @web.post("/shop/forget-event")
    def forget_event(request: Request, body: dict[str, Any] = Body(...)) -> dict[str, bool]:
        """The event that a reason rests on is erased; false where there is none any more."""
        shopper_id = signed_in(request)
        kind, product_id, at = (body.get(name) for name in ("type", "product_id", "at"))
        try:
            if not is_id(kind) or not is_id(product_id):
                raise ValueError
            event = EventRef(kind, product_id, _time(at))
        except (TypeError, ValueError, OverflowError) as error:
            raise HTTPException(422, "type, product_id and at (ISO-8601 with a zone)") from error
        return {"forgotten": app.shoppers.forget_event(shopper_id, event)}


def _time(written: Any) -> datetime:
    at = datetime.fromisoformat(written)
    if at.tzinfo is None or not 1900 < at.year < 9999:
        raise ValueError
    return at
