"""The lexical index: SQLite FTS5 with BM25, and per-word matches. Ranks groups by words, nothing else."""

from __future__ import annotations

import difflib
import sqlite3
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from index.catalogue import Catalogue, Group
from index.words import fold, stem, words

# How much a word counts by where it stands: title, type, brand, attributes, description.
WEIGHTS = (8.0, 6.0, 4.0, 3.0, 1.0)


def write(path: Path, catalogue: Catalogue) -> None:
    """Build the index at `path`; words are stemmed by us, so that queries and texts agree."""
    with sqlite3.connect(path) as db:
        db.execute(
            "CREATE VIRTUAL TABLE docs USING fts5(group_id UNINDEXED, title, type, brand, attributes, description,"
            " tokenize='unicode61')"
        )
        db.executemany("INSERT INTO docs VALUES (?,?,?,?,?,?)", (_row(g) for g in catalogue.groups.values()))
        db.execute("INSERT INTO docs(docs) VALUES ('optimize')")
    db.close()


class LexicalIndex:
    """Read-only and safe to share between threads."""

    def __init__(self, path: Path, catalogue: Catalogue) -> None:
        self._db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        self._lock = threading.Lock()
        vocabulary: set[str] = set()
        for group in catalogue.groups.values():
            first = group.variants[0]
            for text in (
                first.title,
                first.product_type or "",
                *(v for vs in first.attributes.values() for v in vs),
            ):
                vocabulary.update(word for word in words(text) if len(word) > 3)
        self._vocabulary = sorted(vocabulary)
        self.matches = lru_cache(maxsize=4_096)(self._matches)

    def rank(self, terms: Sequence[str], limit: int) -> list[str]:
        """Group ids by BM25 over any of the terms, best first."""
        if not terms:
            return []
        query = " OR ".join(_quoted(term) for term in terms)
        order = f"bm25(docs, 0.0, {', '.join(map(str, WEIGHTS))})"
        with self._lock:
            rows = self._db.execute(
                f"SELECT group_id FROM docs WHERE docs MATCH ? ORDER BY {order} LIMIT ?", (query, limit)
            ).fetchall()
        return [row[0] for row in rows]

    def _matches(self, term: str, everywhere: bool = True) -> frozenset[str]:
        """Ids of the groups that have a word; only in title, type, brand or attributes if not `everywhere`."""
        columns = "" if everywhere else "{title type brand attributes} : "
        with self._lock:
            rows = self._db.execute("SELECT group_id FROM docs WHERE docs MATCH ?", (columns + _quoted(term),))
            return frozenset(row[0] for row in rows)

    def mended(self, term: str) -> str:
        """The catalogue's word that a misspelt one is closest to; the word itself where it occurs or none is close."""
        if len(term) < 4 or not term.isalpha() or self.matches(term):
            return term
        close = difflib.get_close_matches(term, self._vocabulary, n=1, cutoff=0.8)
        return close[0] if close else term

    def close(self) -> None:
        self._db.close()


def _row(group: Group) -> tuple[str, ...]:
    first = group.variants[0]
    colors = dict.fromkeys(v.color for v in group.variants if v.color)
    attributes = [value for values in first.attributes.values() for value in values]
    return (
        group.id,
        _stemmed(first.title, *(v.id for v in group.variants)),
        _stemmed(first.product_type or "", *first.gender),
        _stemmed(first.brand or ""),
        _stemmed(*attributes, *first.material, *colors),
        _stemmed(first.description),
    )


def _stemmed(*texts: str) -> str:
    """Stems of all words; a hyphenated word also as its parts."""
    found: list[str] = []
    for text in texts:
        for word in words(text):
            found.append(stem(word).replace("-", ""))
            found += [stem(part) for part in word.split("-") if "-" in word]
    return " ".join(found)


def _quoted(term: str) -> str:
    """A term as FTS5 reads it, matched from its start where it is long enough ("rain" finds "raincoat")."""
    parts = [stem(part) for part in fold(term).replace('"', "").split("-") if part] or ["-"]
    star = "*" if len(parts[-1]) >= 4 else ""
    return '"' + " ".join(parts) + '"' + star
