"""Evidence: which passage answers a question, and whether any does. "Not stated" is an answer.

For policies and for what is known of one product. A passage supports a question when the question's rare words occur
in it, or when its meaning is close.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from index.embedding import Encoder, Vectors
from index.words import content, lexicon, stem, words

COVERED = 0.5  # share of the question's word weight that a passage must have
CLOSE = 0.55  # cosine from which meaning alone supports (all-MiniLM-L6-v2)
BOTH = 0.38  # cosine that suffices together with some of the words
SYNONYMS = {
    "shipping": ("delivery", "postage", "deliver"),
    "delivery": ("shipping", "deliver"),
    "return": ("returned", "returning", "refund"),
    "refund": ("return", "credit"),
    "worn": ("unworn", "used"),
    "wore": ("unworn", "worn", "used"),
    "waterproof": ("rainproof", "water-resistant", "rainy"),
    "open": ("opening", "hours"),
    "pay": ("payment", "paid"),
    "repair": ("repairs", "mend"),
    "exchange": ("replacement", "replacements"),
    "heavy": ("weight", "weigh", "weighs"),
    "weigh": ("weight",),
    "big": ("dimensions", "size", "capacity"),
    "made": ("material",),
    "wash": ("washable", "machine", "care"),
    "washable": ("wash", "care"),
}
_QUESTION = frozenset(
    stem(w)
    for w in [
        "long",
        "much",
        "many",
        "days",
        "day",
        "time",
        "tell",
        "details",
        "know",
        "question",
        "policy",
        "policies",
        "rule",
        "rules",
        "happens",
        "mean",
        "means",
        "possible",
        "allowed",
        "still",
        "send",
        "something",
        "order",
        "orders",
        "back",
        "come",
        "comes",
        "include",
        "customers",
        "say",
        "people",
        "third",
        "once",
        "ever",
        "really",
        "offer",
        "have",
    ]
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a source that can be quoted as it is; `context` (headings) is read but not quoted."""

    source: str
    text: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage with its score (0 to about 2) and whether it supports the question."""

    passage: Passage
    score: float
    supported: bool


def rank(
    question: str,
    passages: Sequence[Passage],
    encoder: Encoder,
    about: str = "",
    vectors: Vectors | None = None,
) -> list[Ranked]:
    """The passages, best first.

    Args:
        about: words that are no evidence: what the passages are all about (a product's title), or any product's name
            in a question about a policy.
        vectors: the passages' vectors from `embed`, shape (len(passages), d), if they are kept.
    """
    if not passages:
        return []
    ignored = {stem(w) for w in words(about)}
    amount = _amount(question)
    terms = [t for t in content(question) if stem(t) not in ignored and stem(t) not in _QUESTION and not t.isdigit()]
    texts = [_whole(p) for p in passages]
    stems = [[stem(part) for w in words(text) for part in (w, *w.split("-"))] for text in texts]
    weights = {t: _idf(t, stems) for t in terms}
    total = sum(weights.values())
    if vectors is None:
        vectors = embed(passages, encoder)
    cosines = vectors @ encoder.encode([question])[0]
    unit = _expected(question)
    ranked = []
    for passage, text_stems, cosine in zip(passages, stems, cosines, strict=True):
        have = set(text_stems)
        covered = sum(weights[t] for t in terms if _in(t, have)) / total if total else 0.0
        ranged = _in_range(amount, passage) if amount is not None else 0.0
        ranged += 0.4 if unit and unit.search(passage.text) else 0.0
        supported = bool(covered >= COVERED and cosine >= 0.2 and total) or bool(
            cosine >= CLOSE or (cosine >= BOTH and covered >= 0.34)
        )
        rarest = max(terms, key=lambda t: weights[t], default="")
        if rarest and not any(_in(rarest, set(s)) for s in stems) and cosine < CLOSE + 0.1 and len(terms) > 1:
            supported = supported and covered >= 0.67
        ranked.append(Ranked(passage, float(covered + cosine + ranged), supported))
    return sorted(ranked, key=lambda r: -r.score)


def embed(passages: Sequence[Passage], encoder: Encoder) -> Vectors:
    """The passages' vectors, shape (len(passages), d)."""
    return encoder.encode([_whole(passage) for passage in passages])


def _whole(passage: Passage) -> str:
    return f"{passage.context} {passage.text}".strip()


def _expected(question: str) -> re.Pattern[str] | None:
    """What an answer to "how long" or "how much" has in it."""
    if re.search(r"\bhow (?:long|many (?:days|weeks|months))|\bwithin what time|\bby when", question, re.I):
        return re.compile(
            r"\d+(?:\s*(?:-|–|to)\s*\d+)?[\s-]+(?:business |working |calendar )?(?:hour|day|week|month|year)",
            re.I,
        )
    if re.search(r"\bhow much|\bcosts?\b|\bfees?\b|\bprice of", question, re.I):
        return re.compile(r"[$€£]\s*\d|\d\s*(?:USD|EUR|GBP|euros?|dollars?)|\bfree\b", re.I)
    return None


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
            plain = " ".join(line.lstrip("-*> ") if line[0] in "-*>" else line for line in lines)
            found += [Passage(source, piece, context) for piece in _pieces(plain)]
    return found


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


def _idf(term: str, stems: Sequence[Sequence[str]]) -> float:
    count = sum(1 for have in stems if _in(term, set(have)))
    return log(1 + (len(stems) + 1) / (count + 0.5))


def _in(term: str, have: set[str]) -> bool:
    base = stem(term)
    if base in have or any(stem(other) in have for other in SYNONYMS.get(term, ())):
        return True
    others = lexicon()["synonyms"]["en"].get(term, ())
    return any(stem(other) in have for other in others) or (
        len(base) > 4 and any(word.startswith(base) for word in have)
    )


def _amount(question: str) -> float | None:
    """The amount of money that a question speaks of."""
    match = re.search(
        r"(?:[$€£]\s*(\d+(?:\.\d+)?))|(\d+(?:\.\d+)?)\s*(?:dollars?|euros?|usd|eur|pounds?|gbp|[$€£]|美元|欧元|元)",
        question,
        re.I,
    )
    match = match or re.search(r"\border (?:of|over|above|for|worth)\s+()(\d+(?:\.\d+)?)", question, re.I)
    return float(match[1] or match[2]) if match else None


def _in_range(amount: float, passage: Passage) -> float:
    """1 for a table row whose range has the amount, -1 for one whose range has it not, else 0."""
    head = passage.text.split(".  ")[0]
    head = re.split(r"\.\s(?=[A-Z])", head)[0].replace(",", "")
    numbers = [float(n) for n in re.findall(r"\d+(?:\.\d+)?", head)]
    if not numbers or ":" not in passage.text:
        return 0.0
    lower = head.lower()
    if re.search(r"up to|under|below|less than|bis", lower) and len(numbers) == 1:
        return 1.0 if amount <= numbers[0] else -1.0
    if re.search(r"over|above|more than|from|\+", lower) and len(numbers) == 1:
        return 1.0 if amount > numbers[0] else -1.0
    if len(numbers) >= 2:
        return 1.0 if numbers[0] <= amount <= numbers[1] else -1.0
    return 0.0
