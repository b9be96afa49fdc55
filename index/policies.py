"""A written policy, cut into passages that can be quoted as they are. Reading only: nothing is ranked here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from index.passages import Passage
from index.tables import Table, read_table

READ_OUT = 12  # cells of a table that are quoted at once
_SENTENCES = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])\s*")


def split_policy(source: str, text: str) -> list[Passage]:
    """A Markdown policy as passages: sentences in twos and threes under their headings, each row of a table."""
    found: list[Passage] = []
    headings: list[str] = []
    for block in re.split(r"\n\s*\n", text):
        lines = [line.strip() for line in block.strip().splitlines() if line.strip()]
        while lines and lines[0].startswith("#"):
            level = len(lines[0]) - len(lines[0].lstrip("#"))
            headings = [*headings[: level - 1], lines.pop(0).lstrip("# ")]
        if not lines:
            continue
        context = ". ".join(headings[-2:])
        if lines[0].startswith("|"):
            found += _rows(source, context, read_table(lines))
        else:
            found += [Passage(source, piece, context) for piece in _pieces(_plain(lines))]
    return found


def narrowed(passage: Passage, columns: list[int], sum_of_money: float | None) -> Passage:
    """Of a table, what answers: the row of the amount, or all rows where there is none, in the columns that are named, or in all.

    A guess at one would be a wrong price. A passage that is no row of a table of amounts stands as it is, and the row
    of one too large to be read out.
    """
    table = passage.table
    if table is None:
        return passage
    columns = columns or list(table.columns)
    row = passage.row if not table.of_amounts else None if sum_of_money is None else table.row_of(sum_of_money)
    rows = list(range(len(table.rows))) if row is None else [row]
    if len(rows) * len(columns) > READ_OUT:
        return passage
    return replace(passage, text=table.says(rows, columns))


def in_translation(text: str, other: str) -> Mapping[str, str]:
    """The passages of a policy → what its translation says in their place: the same blocks, sentences and cells, in order.

    A block that has another number of them in the translation is left out.
    """
    found: dict[str, str] = {}
    for ours, theirs in zip(_blocks(text), _blocks(other), strict=False):
        if ours[0].startswith("|") or theirs[0].startswith("|"):
            found |= _paired(ours, theirs) if ours[0][0] == theirs[0][0] else {}
            continue
        sentences = [part for part in _SENTENCES.split(_plain(theirs)) if part]
        pieces = _pieces(_plain(ours))
        counts = [len([part for part in _SENTENCES.split(piece) if part]) for piece in pieces]
        if sum(counts) == len(sentences):
            for piece, count in zip(pieces, counts, strict=True):
                found[piece], sentences = "".join(sentences[:count]), sentences[count:]
    return found


def _blocks(text: str) -> list[list[str]]:
    """The blocks of a text that are no headings, as lines."""
    blocks = [
        [line.strip() for line in block.strip().splitlines() if line.strip()] for block in re.split(r"\n\s*\n", text)
    ]
    kept = [[line for line in lines if not line.startswith("#")] for lines in blocks]
    return [lines for lines in kept if lines]


def _plain(lines: list[str]) -> str:
    return " ".join(line.lstrip("-*> ") if line[0] in "-*>" else line for line in lines)


def _paired(ours: list[str], theirs: list[str]) -> dict[str, str]:
    """All that can be quoted of a table → the same of its translation, if they are of one shape."""
    one, other = read_table(ours), read_table(theirs)
    if [len(row) for row in (one.head, *one.rows)] != [len(row) for row in (other.head, *other.rows)]:
        return {}
    return dict(zip(one.sayings(), other.sayings(), strict=True))


def _pieces(text: str, limit: int = 220) -> list[str]:
    """Sentences joined up to a length that can be quoted."""
    pieces: list[str] = []
    for sentence in re.split(r"(?<=[.!?。！？])\s+", text.replace("**", "")):
        if pieces and len(pieces[-1]) + len(sentence) < limit:
            pieces[-1] += f" {sentence}"
        else:
            pieces.append(sentence)
    return pieces


def _rows(source: str, context: str, table: Table) -> list[Passage]:
    """ "| Up to $200 | $16 |" under "| Total | STANDARD |" says "Total: Up to $200. STANDARD: $16."."""
    if not table.rows:
        return [Passage(source, " ".join(table.head), context)]
    return [Passage(source, table.says([row], table.columns), context, table, row) for row in range(len(table.rows))]
