"""Text as feeds write it, made plain: no markup, entities, control or zero-width characters, no doubled white space.

Everything here takes time linear in the text, whatever the text is: a feed may come from somebody else than the shop.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

# A tag begins with a letter: "size < 5 and > 3" holds none. Comment marks are single tokens, so that a comment or
# script that never closes is walked once.
_MARKUP = re.compile(r"<(/?)([A-Za-z][\w:-]*)[^<>]*>|<!--|-->|<[!?][^<>]*>")
_HIDES = {"<!--": "-->", "script": "script", "style": "style"}  # what hides the text after it → what ends that
_INLINE = frozenset((
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark",
    "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr",
))  # fmt: skip
_CELLS = frozenset(("td", "th", "dt", "img", "input", "label", "button", "option"))  # a space, not a new sentence
_BREAK = "\x1e"  # stands for a block's edge until sentences are joined; clean() lets none in from outside
_NO_CHARACTER = re.compile(r"&#[0-9]{8,};?")  # no such code point, and html.unescape cannot take 5,000 digits
_ESCAPES = 3  # "&amp;amp;reg;": exporters escape what is escaped already
_REPEATED = 100  # characters; shorter texts are brands, colours, types: the same in row after row
_LONGEST_WORD = 500  # composing a run of n combining marks takes n² steps


def clean(value: object) -> str:
    """The text a reader would see: tags and entities resolved (escaped twice, too), scripts dropped, NFC.

    An edge between blocks or list items becomes a sentence's end where the next begins with a capital or digit:
    "<li>Two pockets</li><li>Hood</li>" → "Two pockets. Hood".
    """
    text = str(value)
    return _clean_again(text) if len(text) < _REPEATED else _clean(text)


def _clean(text: str) -> str:
    if "&" in text:
        for _ in range(_ESCAPES):
            before, text = text, html.unescape(_NO_CHARACTER.sub(" ", text))
            if text == before:
                break
    if "<" not in text:
        return plain(text)
    blocks = _without_markup(text.replace(_BREAK, " ")).split(_BREAK)
    return _sentences([block for block in map(plain, blocks) if block])


_clean_again = lru_cache(maxsize=1 << 14)(_clean)


def plain(value: object) -> str:
    """One line of printable characters in NFC; markup is left alone. For ids and addresses."""
    text = str(value)
    if not text.isprintable():
        text = "".join(char for char in text if char.isprintable() or char.isspace())
    words = text.split()
    if not text.isascii():
        words = [word if len(word) > _LONGEST_WORD else unicodedata.normalize("NFC", word) for word in words]
    return " ".join(words)


@lru_cache(maxsize=4096)
def field_name(name: str) -> str:
    """A column's or element's name: "g:Item Group ID" → "item_group_id", "Body (HTML)" → "body_html"."""
    return re.sub(r"\W+", "_", plain(name).lower().removeprefix("g:")).strip("_")


def quoted(value: object, limit: int = 60) -> str:
    """A value for a message, short however long it is."""
    text = str(value)
    return repr(text if len(text) <= limit else f"{text[:limit]}…")


def _without_markup(text: str) -> str:
    """Tags out, what scripts, styles and comments hide as well; blocks separated by `_BREAK`."""
    kept: list[str] = []
    ends_hiding, position = "", 0
    for match in _MARKUP.finditer(text):
        if not ends_hiding:
            kept.append(text[position : match.start()])
        position = match.end()
        tag = (match[2] or match[0]).lower()
        if ends_hiding:
            if tag == ends_hiding and (match[1] or tag == "-->"):
                ends_hiding = ""
        elif tag in _HIDES and not match[1]:
            ends_hiding = _HIDES[tag]
        elif tag not in _INLINE:
            kept.append(" " if tag in _CELLS or not match[2] else _BREAK)
    if not ends_hiding:
        kept.append(text[position:])
    return "".join(kept)


def _sentences(blocks: list[str]) -> str:
    """Blocks as one text: a full stop where one ends without any and the next begins like a sentence."""
    joined: list[str] = []
    for block, following in zip(blocks, [*blocks[1:], ""], strict=False):
        starts = following[:1].isupper() or following[:1].isdigit()
        joined.append(f"{block}." if starts and (block[-1].isalnum() or block[-1] in ")]%\"'”’®™") else block)
    return " ".join(joined)
