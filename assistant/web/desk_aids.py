"""What helps staff to answer, as routes under `/v1/desk`: drafts, checks of a text, macros, what was told, summary, gaps.

Nothing here writes to a shopper.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from fastapi import Body, FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse

from assistant.app import App
from assistant.errors import NotOpen
from assistant.events import Sentence, Waiting, iso
from assistant.ratings import MAX_REASON, THUMBS
from assistant.support.desk.drafts import Draft, Drafted, DraftEvent, sentence_json
from assistant.support.desk.edits import Change
from assistant.support.desk.macros import MissingFact
from assistant.support.desk.rights import may
from assistant.support.desk.takeover import MAX_ANSWER, written
from assistant.support.desk.told import Told
from assistant.web import turns
from assistant.web.desk_access import Access, language
from assistant.web.plain import is_id, is_text

GAPS_SINCE = timedelta(days=30)
MOST_GAPS = 20
PERSONAL = ("events", "shoppers")  # sources of what was told of the shopper, and not of the shop


def add_routes(web: FastAPI, app: App, access: Access) -> None:
    """Add them to the web app."""
    _add_drafts(web, app, access)
    _add_macros(web, app, access)

    @web.get("/v1/desk/conversations/{conversation_id}/told")
    def told(request: Request, conversation_id: str) -> dict[str, Any]:
        """Every fact that the shopper was told, and what the shop says of it now."""
        staff, near = access.reading(request, conversation_id)
        rows = app.ledger.told(conversation_id)
        if not may(staff, "events", near):
            rows = [row for row in rows if row.source not in PERSONAL]
        return {"told": [_told(app, row) for row in rows]}

    @web.get("/v1/desk/conversations/{conversation_id}/summary")
    def summary(request: Request, conversation_id: str) -> dict[str, Any]:
        """A long conversation in a few sentences; of a short one `summary` is null. Asks the model each time."""
        access.reading(request, conversation_id)
        if not app.summaries.is_long(conversation_id):
            return {"summary": None}
        made = app.summaries.summary(conversation_id)
        return {"summary": made.text, "by": made.by}

    @web.get("/v1/desk/gaps")
    def gaps(request: Request) -> dict[str, Any]:
        """What shoppers asked of late and the shop's texts do not answer."""
        if not may(access.staff(request), "gaps", "other"):
            raise HTTPException(403, "for leads only")
        found = app.gaps(app.assistant.services.clock() - GAPS_SINCE)
        return {"gaps": [gap.to_json() for gap in found[:MOST_GAPS]], "days": GAPS_SINCE.days}


def _add_drafts(web: FastAPI, app: App, access: Access) -> None:
    @web.post("/v1/desk/conversations/{conversation_id}/draft")
    async def draft(request: Request, conversation_id: str) -> StreamingResponse:
        """A draft as JSON lines: `{"sentence", "sources"}` each, at the end `{"draft": its id, "writes": tools}`.

        `writes` is what the draft only describes. Before the first sentence there may be `{"waiting": place in the queue}`.
        """
        staff = await run_in_threadpool(access.answering, request, conversation_id)
        # what cannot be drafted says so before anything is sent
        events = await turns.begun(lambda stop: app.drafts.draft(conversation_id, staff.name, cancel=stop))
        return StreamingResponse(_lines(events), media_type="application/x-ndjson")

    @web.post("/v1/desk/conversations/{conversation_id}/drafts/{draft_id}/rate")
    def rate(
        request: Request, conversation_id: str, draft_id: str, body: dict[str, Any] = Body(...)
    ) -> dict[str, str | None]:
        """What staff say of a draft; `thumbs` null takes it back."""
        access.answering(request, conversation_id)
        found = _draft(app, conversation_id, draft_id)
        thumbs, reason = body.get("thumbs"), body.get("reason") or ""
        if thumbs not in (*THUMBS, None) or not isinstance(reason, str) or len(reason) > MAX_REASON:
            raise HTTPException(422, f"thumbs (up, down or null) and reason (at most {MAX_REASON} characters)")
        rated = app.drafts.rate(found.id, thumbs, reason)
        return {"thumbs": rated.thumbs, "reason": rated.reason}

    @web.post("/v1/desk/conversations/{conversation_id}/changes")
    def changes(request: Request, conversation_id: str, body: dict[str, Any] = Body(...)) -> dict[str, Any]:
        """What `text` changes of the draft `draft`, or all that it states where there is none, checked against the shop."""
        staff = access.answering(request, conversation_id)
        found, text = draft_of(app, conversation_id, body), text_of(body)
        made = app.edits.changes(conversation_id, found.text if found else "", text, staff.name)
        return {"changes": [change_json(change) for change in made]}


def _add_macros(web: FastAPI, app: App, access: Access) -> None:
    @web.get("/v1/desk/macros")
    def macros(request: Request) -> dict[str, Any]:
        access.staff(request)
        titles = app.macros.titles("zh" if language(request) == "zh" else "en")
        return {"macros": [{"name": name, "title": title} for name, title in titles.items()]}

    @web.post("/v1/desk/conversations/{conversation_id}/macros/{name}")
    def macro(request: Request, conversation_id: str, name: str) -> Response:
        """A macro filled in for a conversation; 409 with the `fact` that is missing."""
        access.answering(request, conversation_id)
        try:
            return JSONResponse({"text": str(app.macros.fill(name, conversation_id))})
        except MissingFact as error:
            return JSONResponse({"error": str(error), "fact": error.fact}, 409)


def text_of(body: dict[str, Any]) -> str:
    """The text of a request that has one."""
    text = body.get("text")
    if not is_text(text) or len(text) > MAX_ANSWER or not written(text):
        raise HTTPException(422, f"text: 1 to {MAX_ANSWER} characters that can be seen")
    return text


def draft_of(app: App, conversation_id: str, body: dict[str, Any]) -> Draft | None:
    """The draft that a request names; None where it names none.

    Raises:
        NotOpen: it is another conversation's, or not there.
    """
    draft_id = body.get("draft")
    return None if draft_id is None else _draft(app, conversation_id, str(draft_id))


def change_json(change: Change) -> dict[str, Any]:
    return asdict(change)


def _draft(app: App, conversation_id: str, draft_id: str) -> Draft:
    found = app.drafts.get(draft_id) if is_id(draft_id) else None
    if found is None or found.conversation_id != conversation_id:
        raise NotOpen
    return found


def _told(app: App, row: Told) -> dict[str, Any]:
    product = app.search.catalogue.products.get(row.subject)
    return {**asdict(row), "title": product.title if product else None, "at": iso(row.at)}


async def _lines(events: AsyncIterator[DraftEvent]) -> AsyncIterator[str]:
    async for event in events:
        if isinstance(event, Sentence):
            made = sentence_json(event)
            line: dict[str, Any] = {"sentence": made["text"], "sources": made["sources"]}
        elif isinstance(event, Waiting):
            line = {"waiting": event.position}
        elif isinstance(event, Drafted):
            line = {"draft": event.draft.id, "writes": [call["name"] for call in event.draft.writes]}
        else:
            continue
        yield json.dumps(line, ensure_ascii=False) + "\n"
