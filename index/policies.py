"""A written policy, cut into passages that can be quoted as they are. Reading only: nothing is ranked here."""

from __future__ import annotations

import re
from collections.abc import Mapping

from index.passages import Passage

_SENTENCES = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])\s*")


def split_policy(source: str, text: str) -> list[Passage]:
    """A Markdown policy as passages: sentences in twos and threes under their headings, each table cell a sentence."""
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
            found += [Passage(source, cell, context) for cell in _cells(lines)]
        else:
            found += [Passage(source, piece, context) for piece in _pieces(_plain(lines))]
    return found


def in_translation(text: str, other: str) -> Mapping[str, str]:
    """The passages of a policy → what its translation says in their place: the same blocks, sentences and cells, in order.

    A block that has another number of them in the translation is left out.
    """
    found: dict[str, str] = {}
    for ours, theirs in zip(_blocks(text), _blocks(other), strict=False):
        if ours[0].startswith("|") or theirs[0].startswith("|"):
            found |= _paired(_cells(ours), _cells(theirs)) if ours[0][0] == theirs[0][0] else {}
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
    return dict(zip(ours, theirs, strict=True)) if len(ours) == len(theirs) else {}


def _pieces(text: str, limit: int = 220) -> list[str]:
    """Sentences joined up to a length that can be quoted."""
    pieces: list[str] = []
    for sentence in re.split(r"(?<=[.!?。！？])\s+", text.replace("**", "")):
        if pieces and len(pieces[-1]) + len(sentence) < limit:
            pieces[-1] += f" {sentence}"
        else:
            pieces.append(sentence)
    return pieces


def _cells(lines: list[str]) -> list[str]:
    """ "| Up to $200 | $16 |" under "| Total | STANDARD |" says "Total: Up to $200. STANDARD: $16."."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if not re.fullmatch(r"[|\s:-]+", line)
    ]
    if len(rows) < 2:
        return [" ".join(cell for row in rows for cell in row)]
    header = rows[0]
    return [
        f"{header[0]}: {row[0]}. {header[column]}: {row[column]}."
        for row in rows[1:]
        for column in range(1, min(len(row), len(header)))
    ]
