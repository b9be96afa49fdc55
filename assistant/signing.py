"""Signs what a browser holds, so that nobody makes up a cookie of their own."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from assistant.errors import SetupError

LENGTH = 32  # bytes of a key


class Signer:
    """Signs short texts with a key that is made once.

    Args:
        secret_file: where the key is kept, readable by its owner alone.

    Raises:
        SetupError: there is something else in it.
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
    if not path.exists():
        _make(path)
    secret = path.read_bytes()
    if len(secret) < LENGTH:
        raise SetupError(
            f"{path} is no key: it is too short. Delete it and start again; everybody is signed out by that."
        )
    return secret


def _make(path: Path) -> None:
    """Make a key, whole or not at all. Where two do at once, the first one's stays."""
    handle, made = mkstemp(dir=path.parent, prefix=path.name)  # readable by its owner alone
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(secrets.token_bytes(LENGTH))
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(made, path)
    finally:
        os.unlink(made)
