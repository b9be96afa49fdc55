"""The desk's routes under `/v1/desk`: signing in, the queue, a conversation and who answers it.

Who is asking, the desk's own cookie says; what they may, `desk.rights`. What helps to answer is in `desk_aids`.
"""

from __future__ import annotations

from typing import Any

from fastapi import Body, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from assistant.app import App
from assistant.errors import Full, NotOpen, OnevoiceError, Taken
from assistant.support.desk.accounts import TooManyTries
from assistant.support.desk.rights import Staff, may
from assistant.support.desk.sessions import DEMO, LASTS
from assistant.support.desk.takeover import written
from assistant.web import desk_aids
from assistant.web.desk_access import Access, language
from assistant.web.identity import DESK_COOKIE, Desk
from assistant.web.origin import own
from assistant.web.render import DESK_TEXTS

LATER = "10"  # seconds after which who found no place may try again


def add_routes(web: FastAPI, app: App, desk: Desk) -> None:
    """Add them to the web app."""
    access = Access(desk, app.desk.board)
    _add_session(web, app, desk)
    _add_conversations(web, app, access)
    desk_aids.add_routes(web, app, access)

    @web.exception_handler(OnevoiceError)
    def refused(request: Request, error: Exception) -> Response:
        if isinstance(error, Full):
            return JSONResponse({"error": str(error)}, 429, {"Retry-After": LATER})
        if isinstance(error, NotOpen):
            return JSONResponse({"error": "no such conversation"}, 404)
        if isinstance(error, Taken):
            return JSONResponse({"error": str(error), "by": error.by}, 409)
        if request.url.path.startswith("/v1/desk/"):
            return JSONResponse({"error": str(error)}, 409)
        raise error


def _add_session(web: FastAPI, app: App, desk: Desk) -> None:
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
        """What the page needs before anybody has signed in: its texts, who is signed in, and what to offer them."""
        lang, staff = language(request), desk.current(request.cookies)
        return {
            "language": lang,
            "texts": DESK_TEXTS[lang],
            "demo": app.shop.settings.demo,
            "gaps": staff is not None and may(staff, "gaps", "other"),
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
            staff = app.desk.accounts.check(name, password, address)
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


def _add_conversations(web: FastAPI, app: App, access: Access) -> None:
    board, takeovers = app.desk.board, app.desk.takeovers

    @web.get("/v1/desk/queue")
    def queue(request: Request) -> dict[str, Any]:
        return {"queue": board.queue(access.staff(request))}

    @web.get("/v1/desk/search")
    def search(request: Request, q: str = "") -> dict[str, Any]:
        return {"found": board.search(q, access.staff(request))}

    @web.get("/v1/desk/conversations/{conversation_id}")
    def conversation(request: Request, conversation_id: str) -> dict[str, Any]:
        return board.conversation(conversation_id, access.staff(request))

    @web.post("/v1/desk/conversations/{conversation_id}/take")
    def take(request: Request, conversation_id: str) -> dict[str, Any]:
        staff = access.acting(request)
        takeovers.take(conversation_id, staff)
        return board.conversation(conversation_id, staff)

    @web.post("/v1/desk/conversations/{conversation_id}/say")
    def say(request: Request, conversation_id: str, body: dict[str, Any] = Body(...)) -> JSONResponse:
        """Write to the shopper. `draft` is the id of the draft that the text comes from, if it comes from one.

        What the shop contradicts is not sent but told, as 409 with `wrong`; with `anyway` it is: staff have the last word.
        """
        staff = access.answering(request, conversation_id)
        draft, text = desk_aids.draft_of(app, conversation_id, body), desk_aids.text_of(body)
        if body.get("anyway") is not True:
            changes = app.edits.changes(conversation_id, draft.text if draft else "", text, staff.name)
            wrong = [desk_aids.change_json(change) for change in changes if change.verdict == "contradicted"]
            if wrong:
                return JSONResponse({"error": "the shop says otherwise", "wrong": wrong}, 409)
        said = written(text)
        takeovers.say(conversation_id, staff, said)
        if draft is not None:
            app.drafts.sent(draft.id, said, staff.name)
        return JSONResponse(board.conversation(conversation_id, staff))

    @web.post("/v1/desk/conversations/{conversation_id}/back")
    def back(request: Request, conversation_id: str) -> dict[str, bool]:
        takeovers.hand_back(conversation_id, access.acting(request))
        return {"handed_back": True}
