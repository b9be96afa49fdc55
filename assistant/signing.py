"""Signs what a browser holds, so that nobody makes up a cookie of their own."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path


class Signer:
    """Signs short texts with a key that is made once.

    Args:
        secret_file: where the key is kept, readable by its owner alone.
    """

    def __init__(self, secret_file: Path) -> None:
        self._secret = _secret(secret_file)

    def signed(self, text: str) -> str:
        """The text with its signature, for a cookie."""
        return f"{text}.{self._sign(text)}"

    def read(self, cookie: str) -> str | None:
        """What was signed; None where it was not signed by us."""
        text, _, signature = cookie.rpartition(".")
        return text if text and hmac.compare_digest(signature.encode(), self._sign(text).encode()) else None

    def _sign(self, text: str) -> str:
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()[:32]


def _secret(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as out:
        out.write(secrets.token_bytes(32))
    return path.read_bytes()
