"""What the desk works with, built once by the composition root."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.support.desk.accounts import Accounts
from assistant.support.desk.board import Board
from assistant.support.desk.sessions import Sessions
from assistant.support.desk.takeover import Takeovers


@dataclass(frozen=True)
class SupportDesk:
    """The stores of the desk."""

    accounts: Accounts
    sessions: Sessions
    takeovers: Takeovers
    board: Board
