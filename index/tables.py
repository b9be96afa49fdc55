"""A table of a policy: what a row, a column, a cell or all of it says, and which columns a question names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from index.answers import in_range
from index.words import content, meanings, stem, words

_RULE = re.compile(r"[|\s:-]+")  # the line under a table's head
_SPAN = re.compile(r"(\d+)\s*(?:to|or|and|bis|[-–])\s*(\d+)")  # "2 or 3 days", which a label has as "2-3 days"


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a table; the first of `head` says what the first cell of each row is."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def columns(self) -> range:
        """The columns that have values."""
        return range(1, len(self.head))

    def says(self, rows: Sequence[int], columns: Sequence[int]) -> str:
        """What some rows say in some columns, as sentences of their cells.

        >>> Table(("Total", "Slow", "Fast"), (("Up to $9", "$1", "$3"), ("Over $9", "$2", "$4"))).says([0, 1], [2])
        'Total: Up to $9. Fast: $3. Over $9. Fast: $4.'
        """
        told = [" ".join([f"{self.rows[row][0]}.", *self._cells(row, columns)]) for row in rows]
        return f"{self.head[0]}: {' '.join(told)}"

    def _cells(self, row: int, columns: Sequence[int]) -> list[str]:
        values = self.rows[row]
        return [f"{self.head[column]}: {values[column]}." for column in columns if column < len(values)]

    def sayings(self) -> list[str]:
        """All that can be quoted of it, in a fixed order: each row, cell and column, and the whole."""
        every = range(len(self.rows))
        choices = [list(self.columns), *([column] for column in self.columns)]
        return [self.says(rows, columns) for rows, columns in product([*([row] for row in every), every], choices)]

    @property
    def of_amounts(self) -> bool:
        """Whether its rows are ranges of an amount: "Up to 50", "50-100", "Over 100"."""
        return all(in_range(1.0, self.says([row], [])) for row in range(len(self.rows)))

    def row_of(self, sum_of_money: float) -> int | None:
        """The row whose range has an amount; None where no row has it, or the rows are no ranges."""
        fits = [in_range(sum_of_money, self.says([row], [])) for row in range(len(self.rows))]
        best = max(range(len(fits)), key=fits.__getitem__)
        return best if fits[best] > 0 else None

    def columns_named(self, question: str) -> list[int]:
        """The columns that a question names by a word that not all have, or that means one of theirs; none is named: []."""
        labels = {column: _stems(self.head[column]) for column in self.columns}
        common = set.intersection(*labels.values()) if labels else set()
        asked = [meanings(word) for word in content(_SPAN.sub(r"\1-\2", question)) if not word.isdigit()]
        return [column for column, label in labels.items() if any((label - common) & meant for meant in asked)]


def read_table(lines: Sequence[str]) -> Table:
    """A Markdown table; `lines` begin with "|"."""
    cells = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines if not _RULE.fullmatch(line)]
    return Table(cells[0], tuple(cells[1:]))


def _stems(label: str) -> set[str]:
    return {stem(word) for word in words(label)}
