"""What the desk works with, built once by the composition root."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from assistant.support.desk.accounts import Accounts
from assistant.support.desk.board import Board
from assistant.support.desk.sessions import Sessions
from assistant.support.desk.takeover import Takeovers


class Drafts(Protocol):
    """Makes drafts of answers. Whether somebody may have one is checked before it is asked."""

    def draft(self, conversation_id: str, staff: str, *, cancel: threading.Event | None = None) -> Iterator[object]:
        """Draft an answer to the open question: a `Sentence` each, at the end what has the kept one as `draft`.

        Raises:
            OnevoiceError: there is none to make; the text says why.
        """

    def sent(self, draft_id: str, text: str, staff: str) -> object:
        """Keep what was sent in a draft's place."""


@dataclass(frozen=True)
class SupportDesk:
    """The stores of the desk."""

    accounts: Accounts
    sessions: Sessions
    takeovers: Takeovers
    board: Board
    drafts: Drafts | None = None  # None: the answer box begins empty
