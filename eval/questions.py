"""How well `index.passages.rank` finds the answer to real product questions, beside BM25 and the encoder alone.

Reads ePQA (amazon-science/contextual-product-qa, CDLA-Sharing-1.0): ten candidates a question, labelled 0 (says nothing
of it), 1 (says something of it) or 2 (answers). A community answer comes with the question that it was given to; that
question is no evidence and is cut off, for every ranker alike.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from math import log, log2
from pathlib import Path
from statistics import fmean

import numpy as np
from tqdm import tqdm

from index.embedding import Encoder, Vectors
from index.errors import ShopError
from index.passages import Passage, embed, rank
from index.words import stem, words

FILE = "ePQA_dev.csv"
ANSWERS = 2  # the label of a candidate that answers
CUT = 10  # places that nDCG looks at
TOGETHER = 256  # texts encoded at once
K1, B = 1.5, 0.75  # of BM25, as usual; .9 and .4 gain it nothing here


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a product, and its candidates with their labels."""

    text: str
    title: str
    passages: tuple[Passage, ...]
    labels: tuple[int, ...]


def measure(folder: Path, encoder: Encoder) -> dict[str, float]:
    """Rank the candidates of every question in `folder / FILE`, with a progress bar on stderr.

    Returns:
        questions: how many were read.
        mrr, p@1: of the first candidate that answers, over the questions that have one.
        ndcg@10: gain 2^label - 1, over the questions with a label above 0.
        bm25_mrr, dense_mrr and so on: the same for BM25 (words stemmed, idf of the whole file) and for the cosine.
        supported_precision, supported_recall, supported_f1: of "stated". Each question is asked with all its candidates,
            where one answers, and with those of label 0 alone, where "stated" is wrong.

    Raises:
        ShopError: the file is not there, or is not ePQA.
    """
    questions = read_questions(folder / FILE)
    bm25 = BM25(passage.text for question in questions for passage in question.passages)
    ranked: dict[str, list[list[int]]] = {"": [], "bm25_": [], "dense_": []}
    right = wrong = answered = 0
    encoder = _Encoded(encoder, questions)
    for question in questions:
        passages = question.passages
        vectors = embed(passages, encoder)
        label_of = dict(zip(passages, question.labels, strict=True))
        best = rank(question.text, passages, encoder, question.title, vectors)
        cosines = vectors @ encoder.encode([question.text])[0]
        ranked[""].append([label_of[row.passage] for row in best])
        ranked["dense_"].append(_by(cosines.tolist(), question.labels))
        ranked["bm25_"].append(_by([bm25.score(question.text, p.text) for p in passages], question.labels))

        if ANSWERS in question.labels:
            answered += 1
            right += any(row.supported for row in best)
        silent = [place for place, label in enumerate(question.labels) if label == 0]
        rest = [passages[place] for place in silent]
        wrong += any(row.supported for row in rank(question.text, rest, encoder, question.title, vectors[silent]))

    figures: dict[str, float] = {"questions": len(questions)}
    for ranker, lists in ranked.items():
        figures |= {ranker + name: round(value, 4) for name, value in ranking_figures(lists).items()}
    precision, recall = right / max(right + wrong, 1), right / max(answered, 1)
    return figures | {
        "supported_precision": round(precision, 4),
        "supported_recall": round(recall, 4),
        "supported_f1": round(2 * precision * recall / max(precision + recall, 1e-9), 4),
    }


def read_questions(path: Path) -> list[Question]:
    """The questions in file order; each one's candidates in the order of their hashes.

    The file lists the candidates that answer first. A ranker that keeps the order of equals would gain by it.
    """
    if not path.is_file():
        raise ShopError(f"{path} is not there. It is ePQA/dev.csv of github.com/amazon-science/contextual-product-qa.")
    with path.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    try:
        return [_question(list(held)) for _, held in groupby(rows, key=lambda row: row["qid"])]
    except (KeyError, TypeError, ValueError) as error:
        raise ShopError(f"{path} is not ePQA: it needs qid, question, title, candidate, source and label.") from error


def ranking_figures(lists: Sequence[Sequence[int]]) -> dict[str, float]:
    """mrr, ndcg@10 and p@1 of ranked labels, a list for each question; 0 where no question counts.

    >>> ranking_figures([[1, 2, 0]])
    {'mrr': 0.5, 'ndcg@10': 0.7967..., 'p@1': 0.0}
    """
    firsts = [1 / (labels.index(ANSWERS) + 1) for labels in lists if ANSWERS in labels]
    gains = [_dcg(labels) / _dcg(sorted(labels, reverse=True)) for labels in lists if any(labels)]
    return {
        "mrr": fmean(firsts or [0.0]),
        "ndcg@10": fmean(gains or [0.0]),
        "p@1": fmean([float(first == 1) for first in firsts] or [0.0]),
    }


class BM25:
    """Okapi BM25 over stemmed words, with the idf that Lucene uses: log(1 + (N - df + .5) / (df + .5))."""

    def __init__(self, texts: Iterable[str]) -> None:
        documents = [_stems(text) for text in texts]
        self._count = len(documents)
        self._length = sum(map(len, documents)) / max(self._count, 1)
        self._having = Counter(word for document in documents for word in set(document))

    def score(self, question: str, text: str) -> float:
        document = _stems(text)
        norm = K1 * (1 - B + B * len(document) / max(self._length, 1))
        counts = Counter(document)
        return sum(self._idf(w) * counts[w] * (K1 + 1) / (counts[w] + norm) for w in _stems(question) if w in counts)

    def _idf(self, word: str) -> float:
        having = self._having[word]
        return log(1 + (self._count - having + 0.5) / (having + 0.5))


class _Encoded:
    """An encoder that has encoded all that the questions hold: many at once are ten times as fast as one by one."""

    def __init__(self, encoder: Encoder, questions: Iterable[Question]) -> None:
        self.name = encoder.name
        held = {text for q in questions for text in (q.text, q.title, *(passage.text for passage in q.passages))}
        texts = sorted(held, key=len)  # neighbours of one length waste no padding
        self._vectors: dict[str, Vectors] = {}
        with tqdm(total=len(texts), desc="product questions", unit="text") as bar:
            for start in range(0, len(texts), TOGETHER):
                batch = texts[start : start + TOGETHER]
                self._vectors |= zip(batch, encoder.encode(batch), strict=True)
                bar.update(len(batch))

    def encode(self, texts: Sequence[str], progress: bool = False) -> Vectors:
        return np.stack([self._vectors[text] for text in texts])


def _question(rows: Sequence[dict[str, str]]) -> Question:
    rows = sorted(rows, key=lambda row: sha256(row["candidate"].encode()).digest())
    passages = (Passage(f"{row['source']}:{place}", _answer(row["candidate"])) for place, row in enumerate(rows))
    return Question(rows[0]["question"], rows[0]["title"], tuple(passages), tuple(int(row["label"]) for row in rows))


def _answer(candidate: str) -> str:
    """A candidate without the question that it was given to; the whole of it where nothing else is left."""
    answer, _, _ = candidate.partition(" Question: ")
    return answer if answer.strip() else candidate


def _by(scores: Sequence[float], labels: Sequence[int]) -> list[int]:
    """The labels by score, highest first; equals in the order given."""
    return [label for _, label in sorted(zip(scores, labels, strict=True), key=lambda pair: -pair[0])]


def _dcg(labels: Sequence[int]) -> float:
    return float(sum((2**label - 1) / log2(place + 2) for place, label in enumerate(labels[:CUT])))


def _stems(text: str) -> list[str]:
    return [stem(word) for word in words(text)]
