"""Who is asking: guest, shopper or staff. One seam, used by the page and by every route.

The browser holds one signed cookie with the id of its conversation; the conversation knows whose it is. No value of a
form or a component ever decides who somebody is.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from assistant.conversation import Conversation, Conversations, Identity

COOKIE = "onevoice"
YEAR = 365 * 24 * 3600


class Identities:
    """Signs and reads the cookie."""

    def __init__(self, conversations: Conversations, secret_file: Path) -> None:
        self._conversations = conversations
        self._secret = _secret(secret_file)

    def current(self, cookies: Mapping[str, str]) -> Conversation | None:
        """The conversation of a request; None without a cookie, or with one that we did not sign."""
        conversation_id, _, signature = cookies.get(COOKIE, "").rpartition(".")
        if not conversation_id or not hmac.compare_digest(signature, self._sign(conversation_id)):
            return None
        return self._conversations.get(conversation_id)

    def start(self, identity: Identity) -> tuple[Conversation, str]:
        """A new conversation, and the cookie's value for it."""
        key = self._conversations.start(identity)
        conversation = self._conversations.get(key)
        assert conversation is not None
        return conversation, self.cookie(key)

    def cookie(self, conversation_id: str) -> str:
        return f"{conversation_id}.{self._sign(conversation_id)}"

    def _sign(self, text: str) -> str:
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()[:32]


def _secret(path: Path) -> bytes:
    """The key that cookies are signed with, made once and readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as out:
        out.write(secrets.token_bytes(32))
    return path.read_bytes()
