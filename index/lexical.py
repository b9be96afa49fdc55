"""The lexical index: which groups have a word, in which fields, and BM25 over them. Ranks by words, nothing else.

Scores are those of BM25 with weighted fields (Robertson, Zaragoza and Taylor, CIKM 2004), as SQLite's FTS5 computes
them. Postings are packed arrays in the store, so that a query over 100,000 groups costs a millisecond on SQLite and
PostgreSQL alike, and both rank the same.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler
from sqlalchemy import Connection, insert, select

from index.catalogue import Group
from index.fields import (
    ALL,
    ATTRIBUTES,
    HEAD,
    LONGEST,
    SKU,
    STRONG,
    TITLE,
    TYPE,
    WEIGHTS,
    fields_of,
    terms_of,
)
from index.filters import is_color
from index.postings import Segment, Segments
from index.store import Store, chunks, spellings, terms
from index.words import alike, fold, is_english, known_words, stem, words

K1, B = 1.2, 0.75  # BM25's usual constants (Robertson et al., TREC-3)
PREFIX = 4  # letters from which a word is matched from its start: "rain" finds "raincoat"
MOST = 500  # terms that a word may be the start of: the first by the alphabet, itself among them
CLOSE = 80.0  # similarity, of 100, from which a word is a misspelling of another


@dataclass(frozen=True, slots=True)
class Postings:
    """The groups that have a term: their numbers, rising; weighted counts; and the fields as bits."""

    groups: Any
    counts: Any
    fields: Any

    def __len__(self) -> int:
        return len(self.groups)

    def within(self, fields: int) -> Any:
        """The groups that have it in one of these fields."""
        return self.groups[(self.fields & fields) != 0]


EMPTY = Postings(np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.uint8))


class LexicalWriter:
    """Collects the words of groups, in their order, and writes them into a store."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._segments: Segments[str] = Segments("ifB", self._write)
        self._words: Counter[str] = Counter()
        self.lengths: list[int] = []

    def add(self, number: int, group: Group) -> None:
        found: dict[str, tuple[float, int]] = {}
        length = 0
        for field, texts in fields_of(group).items():
            for term in terms_of(texts):
                count, fields = found.get(term, (0.0, 0))
                found[term] = (count + WEIGHTS[field], fields | field)
                length += bool(WEIGHTS[field])
            if field in (TITLE, TYPE, ATTRIBUTES):
                self._words.update({word for text in texts for word in words(text) if 3 < len(word) <= LONGEST})
        for term, (count, fields) in found.items():
            self._segments.add(term, number, count, fields)
        self.lengths.append(length)
        self._segments.settle()

    def finish(self) -> None:
        self._segments.settle(last=True)
        for part in chunks(list(self._words.items()), 10_000):
            self._db.execute(insert(spellings), [{"word": word, "count": count} for word, count in part])

    def _write(self, number: int, held: Segment[str]) -> None:
        self._db.execute(
            insert(terms),
            [
                {
                    "term": term,
                    "segment": number,
                    "count": len(of),
                    "titled": sum(1 for bits in fields if bits & TITLE),
                    "fields": int(np.bitwise_or.reduce(fields)),
                    "postings": of.tobytes() + counts.tobytes() + fields.tobytes(),
                }
                for term, (of, counts, fields) in held.items()
            ],
        )


class LexicalIndex:
    """Read-only and safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lengths = store.column("length", np.int32).astype(np.float32)
        self._norm = K1 * (1 - B + B * self._lengths / max(float(self._lengths.mean()), 1.0))
        self.fields: dict[str, int] = {}  # term → the fields it occurs in
        self.titled: Counter[str] = Counter()  # term → titles that have it
        with store.reading() as db:
            for term, bits, titled in db.execute(select(terms.c.term, terms.c.fields, terms.c.titled)):
                self.fields[term] = self.fields.get(term, 0) | bits
                if titled:
                    self.titled[term] += titled
            spelt = dict(db.execute(select(spellings.c.word, spellings.c.count)).tuples().all())
        self._spelt = {word: 0 for word in known_words() if word[0].isalpha()} | spelt
        self._terms = sorted(self.fields)
        self._heads = [term for term in self._terms if self.fields[term] & HEAD]
        self._by_initial: dict[str, list[str]] = {}  # a misspelt word seldom begins otherwise
        for word in self._spelt:
            self._by_initial.setdefault(word[0], []).append(word)
        self.matches = lru_cache(maxsize=1_024)(self._matches)
        self.exactly = lru_cache(maxsize=1_024)(self._exactly)
        self.ending = lru_cache(maxsize=256)(self._ending)
        self.is_kind = lru_cache(maxsize=4_096)(self._is_kind)
        self.has = lru_cache(maxsize=64)(self._has)
        is_english("a")  # its dictionary is loaded now, and not while somebody waits for an answer
        self.mended = lru_cache(maxsize=4_096)(self._mended)

    @property
    def size(self) -> int:
        """The number of groups."""
        return len(self._lengths)

    def scores(self, asked: Iterable[str]) -> Any:
        """BM25 of every group over any of the words or phrases, shape (groups,)."""
        total = np.zeros(self.size, dtype=np.float32)
        for word in asked:
            found = self.matches(word)
            if len(found):
                idf = np.log(1 + (self.size - len(found) + 0.5) / (len(found) + 0.5))
                counts = found.counts
                total[found.groups] += idf * counts * (K1 + 1) / (counts + self._norm[found.groups])
        return total

    def _exactly(self, term: str) -> Postings:
        """The groups that have this very stem."""
        found = self._read([term]) if term in self.fields else []
        return found[0] if found else EMPTY

    def _is_kind(self, term: str) -> bool:
        """Whether a stem, or the end of a compound, says what some product is: in a type, or at a title's end."""
        ends = (term[start:] for start in range(max(1, len(term) - PREFIX + 1)))
        return any(self.fields.get(end, 0) & (HEAD | TYPE) for end in ends)

    def _ending(self, base: str) -> list[Any]:
        """The groups whose title says at its end that they are a compound of this: "watch" is in "wristwatch"."""
        longer = [term for term in self._heads if term.endswith(base) and len(term) > len(base) + 1]
        return [postings.within(HEAD) for postings in self._read(longer)]

    def titles_with(self, term: str) -> Any:
        """The numbers of the groups whose title has this very stem."""
        return self.exactly(term).within(TITLE) if self.titled[term] else EMPTY.groups

    def states(self, word: str) -> bool:
        """Whether a word stands in any title, type, brand or attribute."""
        return bool(np.any(self.matches(word).fields & STRONG))

    def _has(self, text: str, in_title: bool = False) -> Any:
        """A mask over groups: those that have all words of a text, or words that begin so, in their title or anywhere.

        For what is ruled out: "wool" is also in "woolly", as `filters.says` has it. Ids do not count,
        and a text without Latin words is in no group.
        """
        counted = TITLE if in_title else ALL & ~SKU
        parts = {part for word in words(text) for part in word.split("-") if part}
        mask = np.full(self.size, bool(parts))
        for part in parts:
            begun = {
                name
                for start in (part, stem(part))
                for name in self._ruled_out(start, is_color(text))
                if self.fields[name] & counted
            }
            found = np.zeros(self.size, dtype=np.bool_)
            for some in chunks(sorted(begun)):
                for postings in self._read(some):
                    found[postings.within(counted)] = True
            mask &= found
        return mask

    def _ruled_out(self, word: str, whole: bool) -> Sequence[str]:
        """The terms that a word rules out: those that begin like it, or itself and its plural alone."""
        return [term for term in (word, f"{word}s", f"{word}es") if term in self.fields] if whole else self._from(word)

    def _from(self, start: str) -> Sequence[str]:
        """The terms that begin like this."""
        return self._terms[bisect_left(self._terms, start) : bisect_left(self._terms, start + "\uffff")]

    def _matches(self, phrase: str) -> Postings:
        """The groups that have a word, or all words of a phrase."""
        parts = fold(phrase).split()
        if len(parts) == 1:
            joined = stem(parts[0]).replace("-", "")
            found = self._starting(joined)
            if len(found) or "-" not in parts[0]:
                return found
            parts = [part for part in parts[0].split("-") if part]
        common: Postings | None = None
        for part in parts:
            found = self._starting(stem(part).replace("-", ""))
            common = found if common is None else _both(common, found)
        return common or EMPTY

    def _starting(self, term: str) -> Postings:
        """The postings of a term and, where it is long enough, of all that begin with it."""
        term = term[:LONGEST]
        if len(term) >= PREFIX:
            return self._union(self._read(self._from(term)[:MOST]))
        return self._union(self._read([term])) if term in self.fields else EMPTY

    def _read(self, names: Sequence[str]) -> list[Postings]:
        """The postings of at most some hundred terms, of those that there are."""
        if not names:
            return []
        fields = (terms.c.term, terms.c.count, terms.c.postings)
        query = select(*fields).where(terms.c.term.in_(names)).order_by(terms.c.term, terms.c.segment)
        with self._store.reading() as db:
            rows = db.execute(query).all()
        found: list[Postings] = []
        for _, segments in groupby(rows, key=lambda row: row[0]):
            parts = [_unpacked(data, count) for _, count, data in segments]
            found.append(Postings(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True))))
        return found

    def _union(self, found: list[Postings]) -> Postings:
        if len(found) < 2:
            return found[0] if found else EMPTY
        counts = np.zeros(self.size, dtype=np.float32)
        fields = np.zeros(self.size, dtype=np.uint8)
        for postings in found:
            counts[postings.groups] += postings.counts
            fields[postings.groups] |= postings.fields
        groups = np.flatnonzero(fields).astype(np.int32)
        return Postings(groups, counts[groups], fields[groups])

    def _mended(self, word: str) -> str:
        """The catalogue's word that a misspelt one is closest to; the word itself where it occurs or none is close."""
        if len(word) < PREFIX or not word.isalpha() or stem(word) in self.fields or is_english(word):
            return word
        if any(len(self.matches(other)) for other in alike(word)[1:]):
            return word
        close = process.extract(word, self._by_initial.get(word[0], ()), scorer=_likeness, score_cutoff=CLOSE, limit=5)
        return max(close, key=lambda found: (round(found[1]), self._spelt[found[0]]))[0] if close else word


def _likeness(one: str, other: str, **_: Any) -> float:
    """How alike two spellings are, 0 to 100; the mean of a measure of edits and one that trusts the beginning more."""
    return 0.5 * fuzz.ratio(one, other) + 50.0 * JaroWinkler.similarity(one, other)


def _both(one: Postings, other: Postings) -> Postings:
    """The groups of both, with the smaller count and the fields of both."""
    groups, left, right = np.intersect1d(one.groups, other.groups, assume_unique=True, return_indices=True)
    counts = np.minimum(one.counts[left], other.counts[right])
    return Postings(groups, counts, one.fields[left] & other.fields[right])


def _unpacked(data: bytes, count: int) -> tuple[Any, Any, Any]:
    return (
        np.frombuffer(data, np.int32, count),
        np.frombuffer(data, np.float32, count, offset=4 * count),
        np.frombuffer(data, np.uint8, count, offset=8 * count),
    )
