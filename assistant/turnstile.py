"""Lets a message's calls of tools through one at a time, in their order, whichever thread each of them runs on.

The agent may run several at once. They work on one turn's context, and what one has answered the next must know.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from threading import Condition

PATIENCE = 60.0  # seconds after which an earlier call is no longer waited for: its run was broken off


class Turnstile:
    """For the calls of one turn."""

    def __init__(self) -> None:
        self._moved = Condition()
        self._busy = False
        self._through: set[str] = set()

    @contextmanager
    def passing(self, call: str, earlier: Collection[str]) -> Iterator[None]:
        """Run a call when those before it are through and no other runs.

        Args:
            call, earlier: the ids of this call and of those before it in the message.
        """
        with self._moved:
            self._moved.wait_for(lambda: not self._busy and self._through.issuperset(earlier), PATIENCE)
            self._busy = True
        try:
            yield
        finally:
            with self._moved:
                self._busy = False
                self._through.add(call)
                self._moved.notify_all()
