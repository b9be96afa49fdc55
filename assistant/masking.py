"""Masks what tells who somebody is in a text that leaves the store: addresses, numbers, and what is known of a shopper.

It knows forms and the words that it is given. The name or street of somebody whom the shop does not know looks like any
other word, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

_EDGE = r"[^\W\u3400-\u9fff]"  # what makes a longer word of one; Chinese characters have no gaps between words
_FORMS = {
    "[e-mail]": r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
    "[account]": rf"(?<!{_EDGE})[A-Z]{{2}}\d{{2}}(?: ?[A-Z0-9]{{4}}){{2,7}}(?: ?[A-Z0-9]{{1,3}})?(?!{_EDGE})",  # IBAN
    "[phone]": r"(?<![\d.,-])(?:(?:\+|00)\d(?:[ ()./-]{0,2}\d){7,14}|0\d(?:[ /()-]{0,2}\d){6,11}|"
    r"\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}|1[3-9]\d[ -]?\d{4}[ -]?\d{4})(?!\d)",
    "[number]": r"(?<!\d)(?:\d{17}[Xx]|\d(?:[ -]?\d){12,18})(?!\d)",  # of cards, and Chinese identity cards
}
_ANY = re.compile("|".join(f"({pattern})" for pattern in _FORMS.values()))
_LABELS = tuple(_FORMS)
PRIVATE = "[private]"  # what is known of the shopper


class Mask:
    """Masks texts.

    Args:
        words: what is known of the shopper whose texts they are: name, id, address. Masked without case, as words of
            their own.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        known = sorted({word.strip() for word in words} - {""}, key=len, reverse=True)
        listed = "|".join(re.escape(word) for word in known)
        self._known = re.compile(rf"(?<!{_EDGE})(?:{listed})(?!{_EDGE})", re.I) if known else None

    def text(self, text: str) -> str:
        """The text with a label in place of each.

        >>> Mask(["Ada"]).text("I am Ada, ada@example.com")
        'I am [private], [e-mail]'
        """
        text = _ANY.sub(lambda match: _LABELS[(match.lastindex or 1) - 1], text)
        return self._known.sub(PRIVATE, text) if self._known else text

    def value(self, value: Any) -> Any:
        """A value of JSON with every text in it masked."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {name: self.value(held) for name, held in value.items()}
        return [self.value(held) for held in value] if isinstance(value, (list, tuple)) else value
