"""What the embedded model has read of the constant prompts, kept on disk: a start restores it in a moment, where reading
thousands of tokens again takes half a minute.

A file is named `KEY-DIGEST.kv`. KEY says what was read by what; DIGEST is the SHA-256 of the content, and is checked
before the server gets the file, whose memory a damaged one could spoil. Nothing here knows what the prompts say.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import httpx
from langchain_core.messages import BaseMessage

from assistant.embedded import EmbeddedServer
from assistant.llm import GrammarChatModel
from assistant.prompts import sha
from index.fetch import sha256

logger = logging.getLogger("onevoice")
KEPT = 8  # files: two a shop; a prompt of 2,000 tokens takes 57 MB
ABANDONED_S = 3_600  # a part this old belongs to nobody


class Prefixes:
    """Puts prompts into the slots of an embedded server, from disk where they were read before.

    Args:
        keep: how many files stay in the server's folder, of all shops and models; the ones used last.
    """

    def __init__(self, chat: GrammarChatModel, server: EmbeddedServer, keep: int = KEPT) -> None:
        self._chat = chat
        self._server = server
        self._keep = keep

    def load(self, slot: int, prompt: Sequence[BaseMessage]) -> Literal["restored", "read"]:
        """Have a slot hold a prompt; says whether it was restored, or read and kept for the next start.

        Raises:
            Exception: the model could not be asked (`openai.OpenAIError` and whatever else its client raises).
        """
        folder = self._server.slots
        key = hashlib.sha256(f"{self._server.fingerprint}\0{sha(prompt)}".encode()).hexdigest()[:24]
        if folder is not None and self._restore(folder, key, slot):
            return "restored"
        tokens = self._chat.read(slot, prompt)
        if folder is not None:
            try:
                self._save(folder, key, slot, tokens)
                self._remove_old(folder)
            except (OSError, httpx.HTTPError) as error:
                logger.warning("%s: a prompt could not be kept, the next start reads it again (%s)", folder, error)
        return "read"

    def _restore(self, folder: Path, key: str, slot: int) -> bool:
        for path in folder.glob(f"{key}-*.kv"):
            try:
                if sha256(path) != path.stem.partition("-")[2]:
                    raise ValueError("is damaged")
                if not self._server.restore_slot(slot, path.name):
                    raise ValueError("holds nothing")
                with contextlib.suppress(OSError):  # the folder may be somebody else's
                    os.utime(path)
                return True
            except (OSError, ValueError, httpx.HTTPError) as error:
                logger.warning("%s cannot be used and is removed, the prompt is read again (%s)", path, error)
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)
        return False

    def _save(self, folder: Path, key: str, slot: int, tokens: int) -> None:
        part = folder / f"{key}-{uuid.uuid4().hex}.part"
        try:
            held, size = self._server.save_slot(slot, part.name)
            if held != tokens:  # somebody's turn came between: what they said does not go to disk
                logger.info("a turn came first: the next start reads the prompt again")
                return
            if part.stat().st_size != size:
                raise OSError(f"{part.stat().st_size} of {size} bytes written")
            part.replace(folder / f"{key}-{sha256(part)}.kv")
        finally:
            part.unlink(missing_ok=True)

    def _remove_old(self, folder: Path) -> None:
        used = sorted(folder.glob("*.kv"), key=lambda path: path.stat().st_mtime, reverse=True)
        parts = [path for path in folder.glob("*.part") if path.stat().st_mtime < time.time() - ABANDONED_S]
        for path in (*used[self._keep :], *parts):
            path.unlink(missing_ok=True)
