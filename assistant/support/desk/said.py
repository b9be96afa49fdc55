"""What of a sentence is fact and what is tone: cuts it into atoms, each a fact with its value or a word. No verdict here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from assistant.grounding import Evidence
from assistant.grounding.tokens import Token, plain_text
from assistant.grounding.vocabulary import plain
from assistant.patterns import load_patterns
from index.words import lexicon, stem, stopwords, words

_PIECE = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_\u3400-\u9fff]+(?:['’-][^\W\d_\u3400-\u9fff]+)*|[\u3400-\u9fff]|\S")
_NAME = re.compile(r"[A-Z][\w'’-]*(?: [A-Z][\w'’-]*)*")
_ALWAYS = frozenset(
    "money number percent score size color stock sale mention quote misquote more most same other_more not fit gender".split()
)
PATTERNS = ("date", "promise", "policy")


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of a sentence. `kind` is empty for a word that is no fact; equal keys say the same."""

    kind: str
    key: str
    start: int
    end: int
    token: Token | None = None

    @property
    def same(self) -> tuple[str, str]:
        """By what it is compared."""
        return self.kind, self.key


def level(sentence: str) -> str:
    """A sentence as its atoms are counted: as it is, where reading it changes no place."""
    read = plain_text(sentence)
    return sentence if len(read) == len(sentence) else read


def atoms(sentence: str, evidence: Evidence) -> list[Atom]:
    """The atoms of a sentence (from `level`) in its order; white space is between them.

    Args:
        evidence: with the products that the sentence may name.
    """
    tokens = evidence.lexer.read(sentence)
    found: list[Atom] = []
    for atom in (*_named(tokens), *_worded(sentence), *_read(tokens, evidence), *_capitals(sentence, evidence)):
        if all(atom.end <= other.start or atom.start >= other.end for other in found):
            found.append(atom)
    for match in _PIECE.finditer(sentence):
        if all(match.end() <= other.start or match.start() >= other.end for other in found):
            found.append(Atom("", match[0].lower(), match.start(), match.end()))
    return sorted(found, key=lambda atom: atom.start)


def _named(tokens: list[Token]) -> Iterator[Atom]:
    for token in tokens:
        if token.kind == "mention":
            yield _atom(token, " ".join(words(token.text.removesuffix("'s"))) or token.text)


def _worded(sentence: str) -> Iterator[Atom]:
    """Dates, promises and terms of policies."""
    said = sentence.lower()
    for kind in PATTERNS:
        for pattern in _patterns()[kind]:
            for match in pattern.finditer(said):
                forms = words(match[0]) or [match[0]]
                yield Atom(kind, " ".join(map(stem, forms)), match.start(), match.end())


def _read(tokens: list[Token], evidence: Evidence) -> Iterator[Atom]:
    """What the audit reads as a claim."""
    for token in tokens:
        if token.kind in ("money", "number", "percent", "score"):
            yield _atom(token, f"{token.number.normalize():f} {token.value}")
        elif token.kind in _ALWAYS:
            yield _atom(token, token.value or token.text)
        elif token.kind == "han" or (token.kind == "word" and _is_property(token.text, evidence)):
            yield _atom(token, stem(token.text))


def _capitals(sentence: str, evidence: Evidence) -> Iterator[Atom]:
    """Names of nobody who speaks: of products, perhaps."""
    known = set(lexicon()["capitals"]["en"]) | stopwords()
    own = {word for name in evidence.names for word in words(name)}
    for match in _NAME.finditer(sentence):
        said = words(match[0])
        alone = match.start() == 0 and len(said) < 2  # the first word of a sentence has a capital anyhow
        if not alone and any(word not in known and word not in own and word not in plain() for word in said):
            yield Atom("name", " ".join(said), match.start(), match.end())


def _is_property(word: str, evidence: Evidence) -> bool:
    return word not in plain() and any(stem(part) in evidence.properties for part in (word, *word.split("-")))


def _atom(token: Token, key: str) -> Atom:
    return Atom(token.kind, key, token.place, token.place + len(token.text), token)


@cache
def _patterns() -> Mapping[str, tuple[re.Pattern[str], ...]]:
    loaded, compiled = load_patterns("edits")
    return {kind: compiled([*loaded[kind]["en"], *loaded[kind]["zh"]]) for kind in PATTERNS}
