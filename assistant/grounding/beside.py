"""What stands beside a number: whose it is, and which words say what it counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import takewhile

from assistant.grounding.evidence import Evidence
from assistant.grounding.reading import Clause
from assistant.grounding.record import Prose, Record, Stated
from assistant.grounding.tokens import Token
from assistant.grounding.verdicts import holds, objects
from assistant.grounding.vocabulary import chinese, plain
from index.words import stem, words

COUNTED = ("reviews", "colors", "sizes", "left", "things")  # kinds of tokens that a number counts
_RATED = re.compile("评|得分")
_BREAKS = ("comma", "but", "stop", "money", "mention")


def whose(clause: Clause, evidence: Evidence, place: int) -> Callable[[Callable[[Record], bool]], bool]:
    """Of whom a number is said: after "than the other" it is the other's; with "respectively" each has its own."""
    token = clause.tokens[place]
    row = [t for t in clause.tokens if t.kind in ("money", "number", "score") and t.kind == token.kind]
    if len(row) == len(clause.subjects) > 1 and clause.every and not clause.objects:
        mine = evidence.records[clause.subjects[row.index(token)]]
        return lambda check: check(mine)
    mentions = [t for t in clause.tokens[:place] if t.kind == "mention"]
    if (
        mentions
        and clause.objects
        and mentions[-1].products == clause.objects[: len(mentions[-1].products)]
        and mentions[-1].products[0] not in clause.subjects
    ):
        theirs = objects(clause, evidence)
        return lambda check: bool(theirs) and all(check(record) for record in theirs)
    return lambda check: holds(clause, evidence, token.denied, check)


def around(clause: Clause, place: int) -> list[frozenset[str]]:
    """The words beside a number that say what it counts, each as the stems that may stand for it."""
    found: list[frozenset[str]] = []
    after = content(takewhile(lambda token: token.kind != "and", clause.tokens[place + 1 : place + 4]))
    found += after
    if not after:
        before = takewhile(lambda token: token.kind not in _BREAKS, reversed(clause.tokens[max(0, place - 3) : place]))
        found += content(before)
    return found


def content(tokens: Iterable[Token]) -> list[frozenset[str]]:
    found = []
    for token in tokens:
        if token.kind in _BREAKS:
            break
        if token.kind == "word" and token.text not in plain():
            found.append(frozenset(stem(part) for part in (token.text, *token.text.split("-"))))
        elif token.kind == "left":
            found.append(frozenset([stem(token.text), *(("piec", "pc") if token.text == "件" else ())]))
        elif token.kind == "han":
            found.append(frozenset(stem(word) for phrase in chinese()[token.value] for word in words(phrase)))
        elif token.kind == "color":
            found.append(frozenset([stem(token.value)]))
    return found


def stated_in(prose: Prose, token: Token, around: list[frozenset[str]], *, strict: bool = False) -> bool:
    """Whether a text has a number with its unit, or with one of the words that stand beside it."""
    stated: tuple[Stated, ...] = prose.numbers.get(token.number, ())
    if token.kind == "number" and token.value:
        fitting = [s for s in stated if s.unit == token.value]
        if fitting:
            return True
        stated = tuple(s for s in stated if not s.unit)
        if token.value == "degree":  # "machine wash 30 C"
            return any(s.after[:1] in (("c",), ("f",)) for s in stated)
        unit = token.value[:4]  # of "day" the whole word: a daypack of 20 litres lasts no 20 days
        return any(unit in form if len(unit) > 3 else unit == form for s in stated for form in s.near)
    if not around:
        return bool(stated) and not strict
    return any(words_ & s.near for s in stated for words_ in around)


def rates(token: Token) -> bool:
    """Whether a number after it is a rating."""
    return token.kind == "rating" or bool(_RATED.search(token.text))
