"""Reads files of replies and lints each: JSON lines, the results of an evaluation, or plain text, one reply a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.errors import SetupError
from assistant.sentences import sentences_of
from assistant.voice import Quoted, Violation, Voice
from index.words import is_chinese


@dataclass(frozen=True, slots=True)
class Written:
    """A reply in a file.

    Args:
        place: where it stands, after the line's number: the turn of a result.
        quoted: what it may hold word for word.
    """

    line: int
    text: str
    language: str
    place: str = ""
    quoted: tuple[str, ...] = ()


@dataclass
class Read:
    """What a file holds; `malformed` has (line, reason) of the rows that were skipped."""

    replies: list[Written] = field(default_factory=list)
    malformed: list[tuple[int, str]] = field(default_factory=list)


def read_replies(path: Path) -> Read:
    """Read a file of replies. It is JSON lines if it is named so or its first line is an object, else plain text.

    Raises:
        SetupError: it cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{path}: cannot be read ({error}).") from error
    filled = [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip()]
    read = Read()
    rows = path.suffix in (".jsonl", ".ndjson") or (filled and filled[0][1].startswith("{"))
    for number, line in filled:
        if not rows:
            read.replies.append(Written(number, line, _language_of(line)))
            continue
        try:
            read.replies += list(_of_row(number, json.loads(line)))
        except json.JSONDecodeError as error:
            read.malformed.append((number, f"not JSON: {error.msg} at column {error.colno}"))
        except KeyError as error:
            read.malformed.append((number, f"there is no {error}"))
        except (AttributeError, TypeError, ValueError) as error:
            read.malformed.append((number, str(error)))
    return read


def lint(
    voice: Voice, fixed: Iterable[re.Pattern[str]], written: Written, names: Iterable[str] = ()
) -> list[Violation]:
    """The rules that a reply breaks, sentence by sentence and as a whole.

    Args:
        fixed: patterns of the fixed texts: of these there may be as many as a turn has tools, and twice the same.
        names: what any reply may hold word for word, such as titles.
    """
    strings = [*written.quoted, *(name for name in names if name in written.text)]
    prose = written.text
    for pattern in fixed:
        for match in pattern.finditer(prose):
            strings += match.groups()
        prose = pattern.sub(" ", prose)
    quoted = Quoted(strings)
    sentences = sentences_of(written.text, quoted.strings)
    found = [v for sentence in sentences for v in voice.violations(sentence, written.language, quoted)]
    said: list[str] = []
    for sentence in sentences_of(prose, quoted.strings):
        if beside := voice.beside(sentence, said, quoted):
            found.append(beside)
        said.append(sentence)
    return found or ([] if sentences else [Violation("says_nothing", "nothing")])


def _of_row(line: int, row: Any) -> Iterator[Written]:
    """The replies of one row: `{"reply": …}`, what `onevoice ask --json` prints, or a run of `onevoice eval`."""
    if not isinstance(row, Mapping):
        raise TypeError(f"a row is an object, not {type(row).__name__}")
    if "turns" not in row:
        yield _reply(line, row, "")
        return
    for number, turn in enumerate(row["turns"], 1):
        place = f"{row.get('dialogue', 'dialogue')}, turn {number}"
        yield _reply(line, {**turn["reply"], "say": turn.get("say", "")}, place)


def _reply(line: int, row: Mapping[str, Any], place: str) -> Written:
    text, language = row.get("reply"), row.get("language")
    if not isinstance(text, str):
        raise TypeError("there is no text under 'reply'")
    if language not in (None, "en", "zh"):
        raise ValueError(f"language {language!r} is not en or zh")
    values = [product["title"] for product in row.get("products", ())]
    values += [citation["quote"] for citation in row.get("citations", ())]
    values += [str(fact["value"]) for fact in row.get("facts", ()) if fact["field"] in ("evidence", "title")]
    return Written(line, text, language or _language_of(row.get("say") or text), place, tuple(values))


def _language_of(text: str) -> str:
    return "zh" if is_chinese(text) else "en"
