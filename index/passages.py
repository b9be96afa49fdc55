"""Evidence: which passage answers a question, and whether any does. "Not stated" is an answer.

For policies and for what is known of one product. A passage is judged by its meaning, by the question's words that it
has, and by its form. The three were chosen, and their weights fitted, on 977 labelled product questions
(`eval/questions.py` measures them again).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from index.answers import amount, forms, in_range
from index.embedding import Encoder, Vectors
from index.tables import Table
from index.words import content, lexicon, meanings, stem, words

# Cosine : covered : formed is 1 : .21 : .14 by pairwise logistic regression on ePQA with all-MiniLM-L6-v2, each within
# .01 over five folds of products.
COVERED = 0.2  # of a passage that has all the question's words, beside a cosine of 1
FORMED = 0.15  # of one that looks like an answer to such a question
# Score from which a passage supports. "Stated" is right three times in four from here, and three answers in four are
# found (ePQA, precision .74 and recall .75); .60 would find two in three. The demo shop's unanswered questions stay
# below .50.
STATED = 0.56
# The same of policies, whose passages are longer: on two shops' labelled questions (`onevoice bench policies`) half of the
# answers are told from here and four in five of the others get none; .43 tells one in twelve more, and is silent on two
# in three.
STATED_IN_POLICY = 0.49
SAID = 0.46  # of a passage with all the words that a question has to say; no more than .002 of F1 on ePQA
NEAR = 0.42  # from which one is worth quoting beside "I find no answer"


# A list of values ("Features: Waterproof, Lockable") is close in meaning to nothing in particular: there words decide.
# A question may ask for several things, each in a list of its own: "does it work on induction and in the oven?".
_LISTING = re.compile(r"[A-Z][\w ]{1,30}: [^.?!]{1,200}$")
LISTED = 0.99  # share of the question's words that it must have, or the lists together
FEW = 3  # words of a passage that supports where the question has them all: "Wheeled."
BESIDE = 0.15  # how much better than the rows of a table another passage must be, to speak of an amount
RELATED = 0.2  # cosine that it must have all the same


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a source that can be quoted as it is; `context` (headings) is read but not quoted.

    Of a table it is the row `row` of `table`.
    """

    source: str
    text: str
    context: str = ""
    table: Table | None = None
    row: int = 0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage with its score (about 0 to 1.3, and 1 more or less for a table row) and whether it supports."""

    passage: Passage
    score: float
    supported: bool


def rank(
    question: str,
    passages: Sequence[Passage],
    encoder: Encoder,
    about: str = "",
    vectors: Vectors | None = None,
    spent: float | None = None,
    enough: float = STATED,
) -> list[Ranked]:
    """The passages, best first; as good ones in the order given.

    Args:
        about: words that are no evidence: what the passages are all about (a product's title), or any product's name
            in a question about a policy.
        vectors: the passages' vectors from `embed`, shape (len(passages), d), if they are kept.
        spent: the amount of money that is meant, where the question says none.
        enough: evidence from which a passage supports.
    """
    if not passages:
        return []
    if vectors is None:
        vectors = embed(passages, encoder)
    closeness = _closeness(question, about, vectors, encoder)
    terms, has = _coverage(question, about, passages)
    covered = has @ terms
    lists = np.array([bool(_LISTING.match(passage.text)) for passage in passages]) & (closeness >= RELATED)
    listed = lists & has.any(axis=1) & (has[lists].any(axis=0) @ terms >= LISTED)
    listed |= lists & _named(question, about, passages)
    asked = {stem(word) for word in words(question)}
    looks = [form for form in forms(question) if any(form.search(passage.text) for passage in passages)]
    sum_of_money = amount(question) or spent
    ranked = []
    rows = np.array([sum_of_money is not None and in_range(sum_of_money, passage.text) != 0 for passage in passages])
    likely = closeness + COVERED * covered
    if rows.any() and not rows.all() and likely[rows].max() < likely[~rows].max() - BESIDE:
        sum_of_money = None  # 300 euros that are paid by invoice are no row of what delivery costs
    for passage, meant, worded, stated in zip(passages, closeness, covered, listed, strict=True):
        formed = sum(bool(form.search(passage.text)) for form in looks) / max(len(looks), 1)
        evidence = float(meant + COVERED * worded + FORMED * formed)
        ranged = in_range(sum_of_money, passage.text) if sum_of_money is not None else 0.0
        says = set(map(stem, content(passage.text))) if len(words(passage.text)) <= FEW else set()
        stated = stated or (bool(says) and says <= asked)
        supports = evidence >= (NEAR if ranged > 0 else SAID if worded >= LISTED else enough) or bool(
            stated
        )  # the row of the amount that is said
        ranked.append(Ranked(passage, evidence + ranged, supports))
    return sorted(ranked, key=lambda row: -row.score)


def embed(passages: Sequence[Passage], encoder: Encoder) -> Vectors:
    """The passages' vectors, shape (len(passages), d)."""
    return encoder.encode([_whole(passage) for passage in passages])


def _whole(passage: Passage) -> str:
    return f"{passage.context} {passage.text}".strip()


def _closeness(question: str, about: str, vectors: Vectors, encoder: Encoder) -> Vectors:
    """Cosine of the question and each passage, both without what they are all about, shape (len(vectors),)."""
    asked = encoder.encode([question])
    if about:
        subject = encoder.encode([about])[0]
        asked, vectors = _without(subject, asked), _without(subject, vectors)
    closeness: Vectors = vectors @ asked[0]
    return closeness


def _without(subject: Vectors, vectors: Vectors) -> Vectors:
    """Unit vectors with the subject's direction taken out; all zero where nothing is left."""
    rest = vectors - np.outer(vectors @ subject, subject)
    unit: Vectors = rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-6)
    return unit


def _coverage(question: str, about: str, passages: Sequence[Passage]) -> tuple[Vectors, npt.NDArray[np.bool_]]:
    """(what each of the question's words weighs, 1 together; which of them each passage has, one row a passage).

    Words that few passages have weigh more.
    """
    ignored = _stems(about) | _asking()
    terms = [t for t in content(question) if stem(t) not in ignored and not t.isdigit()]
    held = [_stems(_whole(passage)) for passage in passages]
    has = np.array([[_in(term, stems) for term in terms] for stems in held], dtype=bool).reshape(len(held), len(terms))
    weights = np.log(1 + (len(held) + 1) / (has.sum(axis=0) + 0.5))
    return weights / max(weights.sum(), 1e-9), has


def _named(question: str, about: str, passages: Sequence[Passage]) -> npt.NDArray[np.bool_]:
    """Which passages are lists whose name the question says in full, shape (len(passages),).

    On semiPQA's 954 questions about attributes 28 more are answered rightly by it, and 10 more wrongly.
    """
    ignored = {stem(w) for w in words(about)}
    asked = {form for term in content(question) for form in meanings(term)} - ignored
    labels = [{stem(w) for w in words(passage.text.partition(":")[0])} for passage in passages]
    return np.array([bool(label) and label <= asked for label in labels], dtype=bool)


@lru_cache(maxsize=20_000)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(part) for word in words(text) for part in (word, *word.split("-")))


@cache
def _asking() -> frozenset[str]:
    return frozenset(stem(word) for word in lexicon()["questioning"]["en"])


def _in(term: str, stems: frozenset[str]) -> bool:
    """Whether a passage has a word, a longer word that begins with it, or one that an answer may say instead."""
    base = stem(term)
    return not meanings(term).isdisjoint(stems) or (len(base) > 4 and any(word.startswith(base) for word in stems))
