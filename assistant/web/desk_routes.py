"""The desk's routes under `/v1/desk`. Who is asking, the desk's own cookie says; what they may, `desk.rights`.

A shopper's cookie means nothing here. A conversation that is not open to somebody answers like one that is not there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

from fastapi import Body, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from assistant.app import App
from assistant.errors import NotOpen, OnevoiceError, Taken
from assistant.events import Sentence
from assistant.support.desk.accounts import TooManyTries
from assistant.support.desk.rights import Staff
from assistant.support.desk.sessions import DEMO, LASTS
from assistant.support.desk.takeover import MAX_ANSWER
from assistant.web.identity import DESK_COOKIE, OWN_HEADER, Desk
from assistant.web.render import DESK_TEXTS, language_of


def add_routes(web: FastAPI, app: App, desk: Desk) -> None:
    """Add them to the web app."""
    stores = app.desk

    def staff_of(request: Request) -> Staff:
        found = desk.current(request.cookies)
        if found is None:
            raise HTTPException(401, "sign in at the desk first")
        return found

    def own(request: Request) -> None:
        if request.headers.get(OWN_HEADER) != "1":
            raise HTTPException(403, "not from this page")

    def acting(request: Request) -> Staff:
        """As `staff_of`, for what changes something: only from our own page."""
        own(request)
        return staff_of(request)

    def signed_in(request: Request, staff: Staff) -> JSONResponse:
        desk.end(request.cookies)  # another session of this browser
        response = JSONResponse({"name": staff.name, "role": staff.role})
        response.set_cookie(
            DESK_COOKIE,
            desk.start(staff),
            max_age=int(LASTS.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response

    @web.get("/v1/desk/session")
    def session(request: Request) -> dict[str, Any]:
        """What the page needs before anybody has signed in: its texts, and who is signed in."""
        cookies, header = request.cookies, request.headers.get("accept-language", "")
        lang, staff = language_of(header, cookies.get("onevoice-lang", "")), desk.current(request.cookies)
        return {
            "language": lang,
            "texts": DESK_TEXTS[lang],
            "demo": app.shop.settings.demo,
            "drafts": staff is not None and stores.drafts is not None,
            "staff": {"name": staff.name, "role": staff.role} if staff else None,
        }

    @web.post("/v1/desk/session")
    def sign_in(request: Request, body: dict[str, Any] = Body(...)) -> JSONResponse:
        own(request)
        name, password = body.get("name"), body.get("password")
        if not isinstance(name, str) or not isinstance(password, str):
            raise HTTPException(422, "name and password")
        address = request.client.host if request.client else ""
        try:
            staff = stores.accounts.check(name, password, address)
        except TooManyTries as error:
            raise HTTPException(429, str(error)) from error
        if staff is None:
            raise HTTPException(401, "no such name and password")
        return signed_in(request, staff)

    @web.post("/v1/desk/session/demo")
    def demo(request: Request) -> JSONResponse:
        own(request)
        if not app.shop.settings.demo:
            raise HTTPException(403, "signing in without a password exists in a demo shop only")
        return signed_in(request, DEMO)

    @web.delete("/v1/desk/session")
    def sign_out(request: Request) -> JSONResponse:
        own(request)
        desk.end(request.cookies)
        response = JSONResponse({"signed_out": True})
        response.delete_cookie(DESK_COOKIE, httponly=True, samesite="strict")
        return response

    @web.get("/v1/desk/queue")
    def queue(request: Request) -> dict[str, Any]:
        return {"queue": stores.board.queue(staff_of(request))}

    @web.get("/v1/desk/search")
    def search(request: Request, q: str = "") -> dict[str, Any]:
        return {"found": stores.board.search(q, staff_of(request))}

    @web.get("/v1/desk/conversations/{conversation_id}")
    def conversation(request: Request, conversation_id: str) -> dict[str, Any]:
        return stores.board.conversation(conversation_id, staff_of(request))

    @web.post("/v1/desk/conversations/{conversation_id}/take")
    def take(request: Request, conversation_id: str) -> dict[str, Any]:
        staff = acting(request)
        stores.takeovers.take(conversation_id, staff)
        return stores.board.conversation(conversation_id, staff)

    @web.post("/v1/desk/conversations/{conversation_id}/say")
    def say(request: Request, conversation_id: str, body: dict[str, Any] = Body(...)) -> dict[str, Any]:
        """Write to the shopper. `draft` is the id of the draft that the text comes from, if it comes from one."""
        staff, text, draft = acting(request), body.get("text"), body.get("draft")
        if not isinstance(text, str) or not text.strip() or len(text) > MAX_ANSWER:
            raise HTTPException(422, f"text: 1 to {MAX_ANSWER} characters")
        stores.takeovers.say(conversation_id, staff, text)
        if isinstance(draft, str) and stores.drafts is not None:
            stores.drafts.sent(draft, text, staff.name)
        return stores.board.conversation(conversation_id, staff)

    @web.post("/v1/desk/conversations/{conversation_id}/back")
    def back(request: Request, conversation_id: str) -> dict[str, bool]:
        stores.takeovers.hand_back(conversation_id, acting(request))
        return {"handed_back": True}

    @web.post("/v1/desk/conversations/{conversation_id}/draft")
    def draft(request: Request, conversation_id: str) -> StreamingResponse:
        """A draft as JSON lines: `{"sentence", "sources"}` each, and at the end `{"draft": its id}`."""
        staff = acting(request)
        if stores.drafts is None or not stores.board.conversation(conversation_id, staff)["can"]["answer"]:
            raise NotOpen
        events = stores.drafts.draft(conversation_id, staff.name)
        first = next(events, None)  # what cannot be drafted says so before anything is sent
        return StreamingResponse(_lines(chain([first], events)), media_type="application/x-ndjson")

    @web.exception_handler(OnevoiceError)
    def refused(request: Request, error: Exception) -> Response:
        if isinstance(error, NotOpen):
            return JSONResponse({"error": "no such conversation"}, 404)
        if isinstance(error, Taken):
            return JSONResponse({"error": str(error), "by": error.by}, 409)
        if request.url.path.startswith("/v1/desk/"):
            return JSONResponse({"error": str(error)}, 409)
        raise error


def _lines(events: Iterator[object]) -> Iterator[str]:
    for event in events:
        kept = getattr(event, "draft", None)
        if isinstance(event, Sentence):
            line = {"sentence": event.text, "sources": list(getattr(event, "sources", ()))}
        elif kept is not None:
            line = {"draft": kept.id}
        else:
            continue
        yield json.dumps(line, ensure_ascii=False, default=str) + "\n"
