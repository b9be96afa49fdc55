"""Whose turn it is: one turn at a time in a conversation, first come first served between them.

Only so many wait: whoever comes then is told so, and not left waiting for minutes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from assistant.errors import Full

MAX_WAITING = 32  # turns: a minute's work of the embedded model
MAX_OF_ONE = 2  # of them, of one conversation


@dataclass(eq=False)
class Ticket:
    """A place in the line."""

    conversation_id: str
    queue: TurnQueue

    def wait(self, timeout: float) -> int:
        """Wait for the turn; 0 when it has come, else how many are before this one."""
        return self.queue._wait(self, timeout)


class TurnQueue:
    """Lets at most `at_once` turns run, and of one conversation only one."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._changed = threading.Condition()
        self._waiting: list[Ticket] = []
        self._running: list[Ticket] = []

    @contextmanager
    def enter(self, conversation_id: str) -> Iterator[Ticket]:
        """Take a place; leaving the block gives the turn to the next.

        Raises:
            Full: there is none.
        """
        ticket = Ticket(conversation_id, self)
        with self._changed:
            of_one = sum(other.conversation_id == conversation_id for other in self._waiting)
            if len(self._waiting) >= MAX_WAITING or of_one >= MAX_OF_ONE:
                raise Full("too many wait for an answer; try again in a moment")
            self._waiting.append(ticket)
        try:
            yield ticket
        finally:
            with self._changed:
                for line in (self._waiting, self._running):
                    if ticket in line:
                        line.remove(ticket)
                self._changed.notify_all()

    def _wait(self, ticket: Ticket, timeout: float) -> int:
        with self._changed:
            self._changed.wait_for(lambda: self._position(ticket) == 0, timeout)
            position = self._position(ticket)
            if position == 0 and ticket in self._waiting:
                self._waiting.remove(ticket)
                self._running.append(ticket)
            return position

    def _position(self, ticket: Ticket) -> int:
        if ticket in self._running:
            return 0
        busy = {running.conversation_id for running in self._running}
        free = self._at_once - len(self._running)
        before = 0
        for other in self._waiting:
            if other is ticket:
                break
            if other.conversation_id not in busy:
                before += 1
            busy.add(other.conversation_id)
        if ticket.conversation_id in busy:
            return before + 1
        return 0 if before < free else before - free + 1
