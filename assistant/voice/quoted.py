"""What is quoted word for word is the shop's data, not the assistant's manner: it is neither judged nor changed."""

from __future__ import annotations

import re
from collections.abc import Iterable

_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0e\ufe0f\ufeff\ue000-\uf8ff\x00-\x08\x0b-\x1f\x7f]"
)
_FIRST = 0xE000  # placeholders are private characters: no text that is judged holds any other
_MOST = 1_000
_CAPITALS = re.compile(r"(?<![\w&-])[A-Z][A-Z0-9&-]{2,}(?![\w&-])")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w|(?:https?://|www\.)[^\s<>\"”)]*[^\s<>\"”).,;!?]")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")
_ARTICLE = re.compile(r"^(?:the|an?)\s+", re.I)  # judged with what stands before it: "the The Slow Loaf"
_SHORTEST = 3  # characters: shorter ones are found in other words by chance


def visible(text: str) -> str:
    """The text without characters that nobody sees, among them those that could pass for placeholders."""
    return _INVISIBLE.sub("", text)


class Quoted:
    """Strings that a text may hold verbatim: titles, brands, quotes of policies.

    A quote's sentences count by themselves too, and so do the words in capitals and the addresses in it.
    """

    def __init__(self, strings: Iterable[str] = ()) -> None:
        found: dict[str, None] = {}
        for string in strings:
            whole = " ".join(visible(string).split())
            parts = _SENTENCE.split(whole)
            for part in (whole, *parts, *_CAPITALS.findall(whole), *_ADDRESS.findall(whole)):
                part = _ARTICLE.sub("", part)
                if len(part) >= _SHORTEST:
                    found[part] = None
        self.strings: tuple[str, ...] = tuple(sorted(found, key=len, reverse=True))

    def hide(self, text: str) -> tuple[str, list[str]]:
        """The text with a placeholder for each verbatim string, the longest first, and what they stand for."""
        hidden: list[str] = []
        for string in self.strings:
            place = text.find(string)
            while place >= 0 and len(hidden) < _MOST:
                end = place + len(string)
                if _apart(text[place - 1 : place], string[0]) and _apart(text[end : end + 1], string[-1]):
                    text = text[:place] + chr(_FIRST + len(hidden)) + text[end:]
                    hidden.append(string)
                    end = place + 1
                place = text.find(string, end)
        return text, hidden

    @staticmethod
    def show(text: str, hidden: list[str]) -> str:
        """The text with what its placeholders stand for."""
        for number, string in enumerate(hidden):
            text = text.replace(chr(_FIRST + number), string)
        return text


NOTHING = Quoted()


def _apart(beside: str, edge: str) -> bool:
    """Whether a string may end here: not in the middle of a word or number."""
    return not (beside.isascii() and beside.isalnum() and edge.isascii() and edge.isalnum())
