"""Who may come in at the desk's routes: staff who have signed in, from our own page, with the right to what they ask for.

A shopper's cookie means nothing here. A conversation that is not open to somebody answers like one that is not there.
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import HTTPException, Request

from assistant.support.desk.board import Board
from assistant.support.desk.rights import Near, Staff
from assistant.web.identity import Desk
from assistant.web.origin import own
from assistant.web.render import language_of


@dataclass(frozen=True)
class Access:
    """Answers who is asking; `desk` knows the cookies, `board` how a conversation stands to them."""

    desk: Desk
    board: Board

    def staff(self, request: Request) -> Staff:
        """Who is asking; 401 where nobody has signed in."""
        found = self.desk.current(request.cookies)
        if found is None:
            raise HTTPException(401, "sign in at the desk first")
        return found

    def acting(self, request: Request) -> Staff:
        """As `staff`, for what changes something: 403 from anywhere but our own page."""
        own(request)
        return self.staff(request)

    def reading(self, request: Request, conversation_id: str) -> tuple[Staff, Near]:
        """Who reads a conversation, and how it stands to them; `NotOpen` where it is not theirs to read."""
        staff = self.staff(request)
        return staff, self.board.check(conversation_id, staff, "read")

    def answering(self, request: Request, conversation_id: str) -> Staff:
        """Who acts in a conversation that they have taken; `NotOpen` where they have not."""
        staff = self.acting(request)
        self.board.check(conversation_id, staff, "answer")
        return staff


def language(request: Request) -> str:
    """The language that the page is shown in."""
    return language_of(request.headers.get("accept-language", ""), request.cookies.get("onevoice-lang", ""))
