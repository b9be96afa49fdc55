"""Which tools a message may need, learned from labelled messages. A small model chooses better among few.

A multinomial logistic regression for each language: over the message's words and pairs of words, runs of characters, and
in English the sentence encoder's vector. On messages that it was not taught (`onevoice bench plans`) its first tool is
right more often than the vote of the nearest ones, and the right one is among the offered with half as many of them.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from scipy.sparse import csr_matrix, hstack

from assistant.prompts import FOLDER
from index.embedding import Encoder
from index.loading import read_yaml

LIKELY = 0.06  # probability from which a tool is offered
SURE = 0.9  # of the first, from which those of ALWAYS are no longer offered beside it
LANGUAGES = ("en", "zh")
ALWAYS = ("search_products", "show_product")
WORDS, CHARACTERS = 0.7, 0.7  # weight of what is written beside the encoder's vector, whose length is 1
SOFTNESS = (
    20.0  # C, the inverse of the regression's L2 penalty; with the weights chosen by five folds of what is taught
)


class Shortlist:
    """Tools by probability.

    Args:
        encoder: of sentences in English.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def prepare(self) -> None:
        """Teach what the first message of each language would wait for."""
        for language in LANGUAGES:
            _model(self._encoder, language)

    def tools(self, message: str, language: str) -> tuple[list[str], float]:
        """The tools to offer for a message, likeliest first, and the probability of the first."""
        chances = _model(self._encoder, language).chances(message, self._encoder)
        ordered = sorted(chances, key=lambda tool: -chances[tool])
        first = chances[ordered[0]]
        offered = [tool for tool in ordered if chances[tool] >= LIKELY or tool == ordered[0]]
        if first < SURE or ordered[0] in ALWAYS:
            offered += [tool for tool in ALWAYS if tool not in offered]
        return offered, first


class _Model:
    def __init__(self, labelled: Sequence[tuple[str, str]], language: str, encoder: Encoder) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer  # seconds to import, that only a plan needs
        from sklearn.linear_model import LogisticRegression

        said = [message for message, _ in labelled]
        self._encoded = language == "en"
        runs = (
            {"analyzer": "char_wb", "ngram_range": (2, 4)}
            if self._encoded
            else {"analyzer": "char", "ngram_range": (1, 3)}
        )
        self._characters = TfidfVectorizer(sublinear_tf=True, **runs).fit(said)
        self._words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"[\w']+|[?]").fit(said)
        self._regression = LogisticRegression(C=SOFTNESS, max_iter=1_000)
        self._regression.fit(self._features(said, encoder), [tool for _, tool in labelled])

    def chances(self, message: str, encoder: Encoder) -> dict[str, float]:
        found = self._regression.predict_proba(self._features([message], encoder))[0]
        return dict(zip(self._regression.classes_.tolist(), found.tolist(), strict=True))

    def _features(self, messages: Sequence[str], encoder: Encoder) -> Any:
        """(messages, features), sparse."""
        if not self._encoded:
            return self._characters.transform(messages)
        vectors = csr_matrix(encoder.encode(list(messages)))
        parts = (vectors, WORDS * self._words.transform(messages), CHARACTERS * self._characters.transform(messages))
        return hstack(parts, format="csr")


def labelled(language: str) -> list[tuple[str, str]]:
    """(message, tool) of what is taught in a language: `prompts/labelled.yaml`, and the example plans."""
    taught: Mapping[str, Sequence[str]] = read_yaml(FOLDER / "labelled.yaml")[language]
    examples = [(row["say"], row["calls"][0]["tool"]) for row in read_yaml(FOLDER / "plans.yaml")["in_prompt"]]
    shown = [(say, tool) for say, tool in examples if say.isascii() == (language == "en")]
    return [*shown, *((say, tool) for tool, says in taught.items() for say in says)]


_models: dict[tuple[str, str], _Model] = {}  # by encoder and language: taught once a process, which takes a second
_teaching = threading.Lock()


def _model(encoder: Encoder, language: str) -> _Model:
    with _teaching:
        if (encoder.name, language) not in _models:
            _models[encoder.name, language] = _Model(labelled(language), language, encoder)
        return _models[encoder.name, language]
