"""One run of expat over a feed: its items as rows, and the refusal of what expat itself would take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.parsers import expat

from index.cleaning import field_name
from index.feed_lines import Row, add_value

_DEEPEST = 40  # elements open at once; expat keeps them all in memory
_GOOGLE = "http://base.google.com/ns/1.0"
_ROOT = b"<feed>"  # stands for what is open around an item, where a run begins at one
_MARKED_UP = ("title", "description", "summary", "content")  # elements in them are markup; elsewhere they are parts


class Fault(Exception):
    """What is refused; the message says why, `line` and `byte` of the run where.

    They are kept because pyexpat, when a handler raises, goes on to the end of its buffer without handlers.
    """

    def __init__(self, reason: str, items: Items) -> None:
        super().__init__(reason)
        self.line, self.byte = items.line, items.byte


class Refused(Fault):
    """Nothing of the feed may be read from here on."""


class Items:
    """Collects items as expat walks through them. Lines are counted from the run's beginning.

    resumed: the run begins at an item in the middle of a feed. prefixes: those that mark Google's names.
    """

    def __init__(self, resumed: bool = False, prefixes: frozenset[str] = frozenset("gc")) -> None:
        self.prefixes = prefixes
        self.unbalanced = resumed  # what is open around the items is closed without having been opened, or reverse
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype
        self._done: list[tuple[int, Row | str]] = []
        self._depth = 0
        self._item_depth = 0  # 0: in no item
        self._item_byte = self._item_line = 0
        self._google: dict[str, Any] = {}
        self._own: dict[str, Any] = {}  # RSS's and Atom's own elements; Google's count before them
        self._words: list[str] = []  # of the field that is open
        self._parts: dict[str, Any] = {}  # elements within it
        self._part: list[str] = []  # words of the one that is open
        if resumed:
            self.parser.Parse(_ROOT, False)
        self.passed = len(_ROOT) if resumed else 0  # bytes before those of the feed

    @property
    def open(self) -> bool:
        """Whether an item is being read."""
        return self._item_depth > 0

    @property
    def line(self) -> int:
        """Where the open item begins; between items, where expat is."""
        return self._item_line if self.open else self.parser.CurrentLineNumber

    @property
    def byte(self) -> int:
        """The same in bytes."""
        return self._item_byte if self.open else self.parser.CurrentByteIndex

    def take(self) -> list[tuple[int, Row | str]]:
        """(line, row, or why it is none) of the items that ended since the last call."""
        done, self._done = self._done, []
        return done

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Fault(f"more than {_DEEPEST} elements within each other", self)
        local = name.rpartition(":")[2]
        is_item = local in ("item", "entry")
        if not self.open:
            bound = {key.removeprefix("xmlns:") for key, value in attributes.items() if value == _GOOGLE}
            self.prefixes |= bound if len(self.prefixes) < 10 else frozenset()
        if is_item:
            self._begin()
        if is_item or not self.open:
            return
        if self._depth == self._item_depth + 1:
            self._words, self._part, self._parts = [], [], {}
            if local == "link" and attributes.get("rel", "alternate") == "alternate":
                self._words.append(attributes.get("href", ""))  # Atom's
            return
        self._words.append(f"<{local}>")  # XHTML, to be cleaned like HTML that is escaped
        if self._depth == self._item_depth + 2:
            self._part = []

    def _begin(self) -> None:
        if self.open:
            self._done.append((self._item_line, "the item is not closed before the next one begins"))
            self.unbalanced = True
        self._item_depth, self._item_line = self._depth, self.parser.CurrentLineNumber
        self._item_byte = self.parser.CurrentByteIndex
        self._google, self._own = {}, {}

    def _text(self, text: str) -> None:
        if not self.open:
            return
        if "<item>" in text or "<entry>" in text:  # seen early: to read on to the file's end each time takes n² steps
            raise Fault("CDATA is not closed before the next item begins", self)
        if self._depth > self._item_depth:
            self._words.append(text)
            self._part.append(text)

    def _end(self, name: str) -> None:
        level = self._depth - self._item_depth if self.open else -1
        self._depth -= 1
        if level > 1:
            self._words.append(f"</{name.rpartition(':')[2]}>")
        if level == 2:
            add_value(self._parts, field_name(name), "".join(self._part).strip())
        elif level == 1:
            self._field(name)
        elif level == 0:
            row = self._own | self._google
            for other in ("summary", "content"):
                row.setdefault("description", row.pop(other, ""))
            self._done.append((self._item_line, row))
            self._item_depth = 0

    def _field(self, name: str) -> None:
        prefix, _, local = name.rpartition(":")
        words = "".join(self._words).strip()
        value = self._parts if self._parts and local not in _MARKED_UP else words
        if value and (not prefix or prefix in self.prefixes):
            add_value(self._google if prefix else self._own, field_name(local), value)

    def _doctype(self, *_: object) -> None:
        reason = "a DOCTYPE is refused, since it may declare entities; remove it. Nothing after it is read"
        raise Refused(reason, self)
