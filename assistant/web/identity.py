"""Who is asking: guest, shopper or staff. One seam, used by the pages and by every route.

A shopper's browser holds one signed cookie with the id of its conversation; the conversation knows whose it is. Staff
hold another one, of a session at the desk. No value of a form or a component ever decides who somebody is.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from assistant.conversation import Conversation, Conversations, Identity
from assistant.signing import Signer
from assistant.support.desk.rights import Staff
from assistant.support.desk.sessions import Sessions

COOKIE = "onevoice"
DESK_COOKIE = "onevoice-desk"
YEAR = 365 * 24 * 3600


class Identities:
    """Signs and reads a shopper's cookie."""

    def __init__(self, conversations: Conversations, secret_file: Path) -> None:
        self._conversations = conversations
        self._signer = Signer(secret_file)

    def current(self, cookies: Mapping[str, str]) -> Conversation | None:
        """The conversation of a request; None without a cookie, with one that we did not sign, or that was left."""
        conversation_id = self._signer.read(cookies.get(COOKIE, ""))
        found = self._conversations.get(conversation_id) if conversation_id else None
        return None if found is None or found.closed else found

    def start(self, identity: Identity) -> tuple[Conversation, str]:
        """A new conversation, and the cookie's value for it."""
        key = self._conversations.start(identity)
        conversation = self._conversations.get(key)
        assert conversation is not None
        return conversation, self.cookie(key)

    def change(self, left: Conversation, identity: Identity) -> tuple[Conversation, str]:
        """A new conversation in the place of one that is left for good."""
        begun = self.start(identity)
        self._conversations.close(left.id)
        return begun

    def cookie(self, conversation_id: str) -> str:
        return self._signer.signed(conversation_id)


class Desk:
    """Signs and reads a member of staff's cookie."""

    def __init__(self, sessions: Sessions, secret_file: Path) -> None:
        self._sessions = sessions
        self._signer = Signer(secret_file)

    def current(self, cookies: Mapping[str, str]) -> Staff | None:
        """Who is signed in; None without a cookie, with one that we did not sign, or whose session is over."""
        token = self._signer.read(cookies.get(DESK_COOKIE, ""))
        return self._sessions.current(token) if token else None

    def start(self, staff: Staff) -> str:
        """Sign somebody in; gives the cookie's value."""
        return self._signer.signed(self._sessions.start(staff))

    def end(self, cookies: Mapping[str, str]) -> None:
        """Sign out whoever it is."""
        token = self._signer.read(cookies.get(DESK_COOKIE, ""))
        if token:
            self._sessions.end(token)
