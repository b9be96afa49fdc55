"""Thumbs up and down under a reply: the controls, and the route behind them. Whose conversation it is, the cookie says."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from fastapi import Body, FastAPI, HTTPException, Request

from assistant.app import App
from assistant.conversation import Conversation
from assistant.ratings import MAX_REASON, THUMBS, Rating
from assistant.web.render import TEXTS, safe

# A thumb up in a box of 24; the other one is the same, turned.
_THUMB = "M7 11v9H4v-9zM7 11l4-8c1.6 0 2.6 1 2.4 2.6L13 10h5.6c1.3 0 2.2 1.2 1.9 2.4l-1.5 6c-.3 1-1 1.6-2 1.6H7"


def tag_of(conversation_id: str) -> str:
    """What a page shows of its conversation's id: enough to tell another one, and no way back to the id."""
    return hashlib.sha256(f"rate {conversation_id}".encode()).hexdigest()[:16]


def controls(number: int, tag: str, rating: Rating | None, lang: str) -> str:
    """The two thumbs under a reply, as they were pressed, and the field for a reason, which a script opens.

    Args:
        number: of the turn, from 0.
        tag: see `tag_of`.
    """
    texts = TEXTS[lang]

    def thumb(thumbs: str) -> str:
        pressed = "true" if rating is not None and rating.thumbs == thumbs else "false"
        turned = ' transform="rotate(180 12 12)"' if thumbs == "down" else ""
        label = safe(texts[f"rate_{thumbs}"])
        return (
            f'<button type="button" data-thumbs="{thumbs}" aria-pressed="{pressed}" aria-label="{label}" title="{label}">'
            f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{_THUMB}"{turned}/></svg></button>'
        )

    reason = rating.reason if rating is not None else ""
    why = safe(texts["rate_why"])
    return (
        f'<div class="ov-rate" role="group" aria-label="{safe(texts["rate"])}" data-turn="{number}" data-tag="{safe(tag)}">'
        f'{thumb("up")}{thumb("down")}<form{"" if reason else " hidden"}><input name="reason" maxlength="{MAX_REASON}" '
        f'aria-label="{why}" placeholder="{why}" value="{safe(reason)}" autocomplete="off">'
        f"<button>{safe(texts['rate_send'])}</button></form></div>"
    )


def add_routes(web: FastAPI, app: App, own: Callable[[Request], Conversation]) -> None:
    """Add them to the web app.

    Args:
        own: the conversation of a request from our own page; it raises for any other.
    """

    @web.post("/shop/rate")
    def rate(request: Request, body: dict[str, Any] = Body(...)) -> dict[str, str | None]:
        """What is said of a turn of the browser's conversation; `thumbs` null takes it back."""
        conversation = own(request)
        number, thumbs, reason = body.get("turn"), body.get("thumbs"), body.get("reason") or ""
        if type(number) is not int or not 0 <= number < 2**31 or thumbs not in (*THUMBS, None):
            raise HTTPException(422, "turn (from 0) and thumbs (up, down or null)")
        if not isinstance(reason, str) or len(reason) > MAX_REASON:
            raise HTTPException(422, f"reason: a text of at most {MAX_REASON} characters")
        if body.get("tag") != tag_of(conversation.id):  # another page of this browser began a new one
            raise HTTPException(409, "this page shows another conversation")
        if thumbs is None:
            app.ratings.take_back(conversation.id, number)
        elif not app.ratings.rate(conversation.id, number, thumbs, reason):
            raise HTTPException(404, "no such turn")
        return {"thumbs": thumbs}
