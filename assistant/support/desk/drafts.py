"""Drafted replies for the desk: by the assistant itself, as a reply would be, but nothing is written.

What a draft does not do, it describes; what it rests on stands beside each sentence. A finished draft is kept, with
what became of it, for evaluation.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Engine, insert, select, update

from assistant.agent import Assistant
from assistant.conversation import Clock, Conversations, is_open
from assistant.db import conversations, drafts
from assistant.errors import Forgotten, TellStaff
from assistant.events import Cards, Citation, Done, Reply, Sentence, Waiting
from assistant.ratings import MAX_REASON, Thumbs
from assistant.routing import WRITES
from assistant.support.desk.questions import Question, open_question
from assistant.support.proofs import WHOSE
from assistant.untrusted import received
from index.sql import reading


class NothingOpen(TellStaff):
    """No shopper has asked anything in this conversation."""


class NoDraft(TellStaff):
    """There is no such draft: it was erased with its shopper, or there never was one."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted reply and what became of it.

    Args:
        number: of the turn whose question it answers, from 0.
        staff: who asked for it.
        sentences: `{"text": …, "sources": [fact or citation as JSON]}` in order.
        writes: what the shopper asks to be done and the draft only describes: `{"name", "args", "ok"}`.
        sent_text: as it was sent; None where it was not.
        edited: whether that is another text.
    """

    id: str
    conversation_id: str
    number: int
    question: str
    staff: str
    text: str
    sentences: Sequence[Mapping[str, Any]]
    writes: Sequence[Mapping[str, Any]]
    outcome: str
    prompt_sha: str
    voice_version: str
    model: str
    at: datetime
    sent_text: str | None = None
    edited: bool | None = None
    sent_by: str | None = None
    sent_at: datetime | None = None
    thumbs: Thumbs | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """The end of a draft, as it is kept."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class DraftOf:
    """A draft with whose conversation it is of: None of a guest who has not shown whose orders they ask about."""

    draft: Draft
    shopper_id: str | None


DraftEvent = Waiting | Cards | Sentence | Done | Drafted


class Drafts:
    """Makes drafts and keeps them.

    Args:
        engine: where drafts are kept.
        assistant: one whose stores keep nothing (`assistant.unwritten`).
    """

    def __init__(self, engine: Engine, clock: Clock, assistant: Assistant, talks: Conversations) -> None:
        self._engine = engine
        self._clock = clock
        self._assistant = assistant
        self._talks = talks

    def draft(self, conversation_id: str, staff: str, *, cancel: threading.Event | None = None) -> Iterator[DraftEvent]:
        """Draft a reply to the open question, in the shopper's language.

        Yields what `Assistant.reply` yields, each `Sentence` with its sources, and `Drafted` last. Closing the
        iterator, or setting `cancel`, ends it, and nothing is kept.

        Args:
            staff: who asks for it.

        Raises:
            NothingOpen: there is no question.
            Forgotten: the conversation was erased meanwhile.
        """
        question = open_question(self._talks.turns(conversation_id))
        if question is None:
            raise NothingOpen("nobody has asked anything in this conversation")
        sentences: list[Sentence] = []
        for event in self._assistant.reply(conversation_id, question.text, cancel=cancel, state=question.state):
            if isinstance(event, Sentence):
                sentences.append(event)
            yield event
            if isinstance(event, Done):
                yield Drafted(self._keep(conversation_id, question, staff, event.reply, sentences))

    def sent(self, draft_id: str, text: str, staff: str) -> Draft:
        """Keep what was sent in a draft's place, as it was or edited; a later text replaces it.

        Raises:
            NoDraft: there is none.
        """
        with self._engine.begin() as db:
            drafted = db.execute(select(drafts.c.text).where(drafts.c.id == draft_id)).scalar()
            values = {"sent_text": text, "edited": text.strip() != (drafted or "").strip(), "sent_by": staff}
            now = self._clock().replace(tzinfo=None)
            db.execute(update(drafts).where(drafts.c.id == draft_id).values(**values, sent_at=now))
        return self._there(draft_id)

    def rate(self, draft_id: str, thumbs: Thumbs | None, reason: str = "") -> Draft:
        """Keep what staff say of a draft; a later rating replaces it.

        Args:
            thumbs: None takes it back, and the reason with it.
            reason: its first `MAX_REASON` characters are kept, on one line.

        Raises:
            NoDraft: there is none.
        """
        said = received(reason[: 4 * MAX_REASON])[:MAX_REASON] if thumbs else None
        with self._engine.begin() as db:
            db.execute(update(drafts).where(drafts.c.id == draft_id).values(thumbs=thumbs, reason=said))
        return self._there(draft_id)

    def get(self, draft_id: str) -> Draft | None:
        """A draft by id."""
        with reading(self._engine) as db:
            row = db.execute(select(drafts).where(drafts.c.id == draft_id)).first()
        return _draft(row) if row else None

    def of(self, conversation_id: str) -> list[Draft]:
        """A conversation's drafts, oldest first."""
        query = select(drafts).where(drafts.c.conversation_id == conversation_id).order_by(drafts.c.at, drafts.c.id)
        with reading(self._engine) as db:
            return [_draft(row) for row in db.execute(query)]

    def _keep(
        self, conversation_id: str, question: Question, staff: str, reply: Reply, sentences: Sequence[Sentence]
    ) -> Draft:
        draft = Draft(
            id=secrets.token_hex(8),
            conversation_id=conversation_id,
            number=question.number,
            question=question.text,
            staff=staff,
            text=reply.text,
            sentences=[sentence_json(sentence) for sentence in sentences],
            writes=[call for call in reply.to_json()["tools"] if _writes(call)],
            outcome=reply.outcome,
            prompt_sha=reply.prompt_sha,
            voice_version=reply.voice_version,
            model=reply.model,
            at=self._clock(),
        )
        kept = {name: getattr(draft, name) for name in (column.name for column in drafts.c) if name not in ("n", "at")}
        with self._engine.begin() as db:
            if not is_open(db, conversation_id):
                raise Forgotten("this conversation was erased")
            db.execute(insert(drafts).values(**kept, n=draft.number, at=draft.at.replace(tzinfo=None)))
        return draft

    def _there(self, draft_id: str) -> Draft:
        draft = self.get(draft_id)
        if draft is None:
            raise NoDraft("there is no such draft any more")
        return draft


def all_drafts(engine: Engine) -> list[DraftOf]:
    """Every draft with whose it is, oldest first."""
    joined = drafts.join(conversations, conversations.c.id == drafts.c.conversation_id)
    query = select(drafts, WHOSE).select_from(joined).order_by(drafts.c.at, drafts.c.id)
    with reading(engine) as db:
        return [DraftOf(_draft(row), row.shopper_id) for row in db.execute(query)]


def sentence_json(sentence: Sentence) -> dict[str, Any]:
    """A sentence with what it rests on: `{"text", "sources": [{"kind": "fact" or "citation", …}]}`."""
    kinds = {True: "citation", False: "fact"}
    rows = [{"kind": kinds[isinstance(source, Citation)], **source.to_json()} for source in sentence.sources]
    return {"text": sentence.text, "sources": rows}


def _writes(call: Mapping[str, Any]) -> bool:
    """Whether a call changes something; an action on an order does once it is confirmed."""
    return call["name"] in WRITES and bool(call["ok"]) and bool(call["args"].get("confirmed", True))


def _draft(row: Any) -> Draft:
    held = {name: getattr(row, name) for name in Draft.__slots__ if name not in ("number", "at", "sent_at", "thumbs")}
    sent_at = row.sent_at.replace(tzinfo=UTC) if row.sent_at else None
    thumbs = cast(Thumbs | None, row.thumbs)
    return Draft(**held, number=row.n, at=row.at.replace(tzinfo=UTC), sent_at=sent_at, thumbs=thumbs)
