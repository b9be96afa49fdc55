"""How a shopper signs in: with a token that the shop's own login has signed; in a demo shop by choosing who to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
from fastapi import Body, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse

from assistant.app import App
from assistant.conversation import Conversation, Identity
from assistant.errors import Forgotten, SetupError
from assistant.untrusted import received
from assistant.web.identity import Identities
from assistant.web.plain import MAX_ID, is_id
from assistant.web.render import TEXTS, language_of

ALGORITHM = "HS256"
LEAST_KEY = 32  # bytes: RFC 7518, section 3.2
LEEWAY_S = 30  # that the clocks of two machines may differ


@dataclass(frozen=True, slots=True)
class Vouched:
    """Who the shop's login says that somebody is."""

    id: str
    name: str


def check_key(key: str | None) -> None:
    """Say at once that a key is too short to sign with.

    Raises:
        SetupError: it is.
    """
    if key is not None and len(key.encode()) < LEAST_KEY:
        raise SetupError(
            f"ONEVOICE_SIGN_IN_KEY has fewer than {LEAST_KEY} bytes. Make one with: "
            'python -c "import secrets; print(secrets.token_urlsafe(32))"'
        )


def vouched(token: str, key: str) -> Vouched | None:
    """Who a token stands for: a JWT of the shop's (HS256) with `sub`, the shopper's id, `exp`, and `name` where it is
    known. None where it is over, or signed with another key.
    """
    try:
        claims = jwt.decode(token, key, [ALGORITHM], options={"require": ["sub", "exp"]}, leeway=LEEWAY_S)
    except jwt.InvalidTokenError:
        return None
    shopper_id, name = claims["sub"], received(str(claims.get("name") or ""))[:MAX_ID]
    return Vouched(shopper_id, name or shopper_id) if is_id(shopper_id) else None


def add_routes(
    web: FastAPI,
    app: App,
    identities: Identities,
    own: Callable[[Request], Conversation],
    give: Callable[[Request, Response, str], None],
) -> None:
    """Add them to the web app.

    Args:
        own: the conversation of a request from our own page; it raises for any other.
        give: puts the cookie of a conversation on a response.
    """
    check_key(app.settings.sign_in_key)

    def begin(found: Conversation | None, shopper_id: str) -> str:
        """The cookie of a conversation of theirs: of the one that is open where it is theirs, else of a new one, which takes
        a guest's cart along."""
        if found is not None and found.identity.shopper_id == shopper_id:
            return identities.cookie(found.id)
        if found is None:
            return identities.start(Identity("shopper", shopper_id))[1]
        fresh, cookie = identities.change(found, Identity("shopper", shopper_id))
        if found.identity.shopper_id is None:
            app.carts.merge(found.cart_owner, fresh.cart_owner)
        return cookie

    @web.get("/sign-in")
    def sign_in(request: Request, token: str = "") -> Response:
        """Where the shop's login sends a shopper, with a token. Whoever was erased is a guest."""
        key = app.settings.sign_in_key
        if key is None:
            raise HTTPException(404, "signing in by a token needs ONEVOICE_SIGN_IN_KEY")
        who = vouched(token, key)
        if who is None:
            lang = language_of(request.headers.get("accept-language", ""), request.cookies.get("onevoice-lang", ""))
            return PlainTextResponse(TEXTS[lang]["sign_in_over"], 403)
        page = RedirectResponse("/", 303, {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"})
        found = identities.current(request.cookies)
        try:
            app.shoppers.welcome(who.id, who.name)
            give(request, page, begin(found, who.id))
        except Forgotten:
            if found is not None and found.identity.shopper_id is not None:  # and nobody else either
                give(request, page, identities.change(found, Identity())[1])
        return page

    @web.post("/shop/sign-in")
    def choose(request: Request, body: dict[str, Any] = Body(...)) -> Response:
        found = own(request)
        shopper_id = body.get("shopper")
        if not app.shop.settings.demo:
            raise HTTPException(403, "signing in without a password exists in a demo shop only")
        if not is_id(shopper_id) or app.shoppers.get(shopper_id) is None:
            raise HTTPException(404, "no such shopper")
        response = JSONResponse({"shopper": shopper_id})
        give(request, response, begin(found, shopper_id))
        return response
