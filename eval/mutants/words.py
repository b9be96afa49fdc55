"""Spoils what the script asks of the words of a reply."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from eval.dialogues import Expect, Reply
from eval.mutants.case import Case, Maker, Mutant

_NOTHING: dict[str, Any] = {"includes": [], "excludes": [], "any_of": [], "max_sentences": None, "language": None}
_TYPED = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " "})
_PLAIN = {"en": "So it is.", "zh": "就是这样。"}


def _words(case: Case, **asked: Any) -> Expect:
    return case.expect.model_copy(update={"reply": Reply.model_construct(**_NOTHING | asked)})


def without(text: str, phrase: str) -> str:
    """A text in which a phrase stands nowhere, not even within words."""
    pattern = re.compile(r"\s+".join(re.escape(word) for word in phrase.translate(_TYPED).split()), re.I)
    plain = text.translate(_TYPED)
    while pattern.search(plain):
        plain = pattern.sub("", plain)
    return plain


def _includes(case: Case) -> Iterator[Mutant]:
    for phrase in (case.expect.reply and case.expect.reply.includes) or ():
        text = without(case.reply["reply"], phrase)
        yield case.with_reply(f"{phrase!r} is not said", _words(case, includes=[phrase]), reply=text)


def _excludes(case: Case) -> Iterator[Mutant]:
    for phrase in (case.expect.reply and case.expect.reply.excludes) or ():
        text = f"{case.reply['reply']} {phrase}."
        yield case.with_reply(f"{phrase!r} is said", _words(case, excludes=[phrase]), reply=text)


def _any_of(case: Case) -> Iterator[Mutant]:
    phrases = (case.expect.reply and case.expect.reply.any_of) or []
    if phrases:
        text, before = case.reply["reply"], ""
        while text != before:  # what is left may join to another phrase
            before = text
            for phrase in phrases:
                text = without(text, phrase)
        yield case.with_reply(f"none of {phrases} is said", _words(case, any_of=phrases), reply=text)


def _max_sentences(case: Case) -> Iterator[Mutant]:
    most = case.expect.reply.max_sentences if case.expect.reply else None
    if most is not None:
        text = " ".join([_PLAIN[case.language or "en"]] * (most + 1))
        yield case.with_reply(f"{most + 1} sentences", _words(case, max_sentences=most), reply=text)


def _language(case: Case) -> Iterator[Mutant]:
    wanted = case.expect.reply.language if case.expect.reply else None
    if wanted is not None:
        other = "en" if wanted.startswith("zh") else "zh"
        yield case.with_reply(f"it is said in {other}", _words(case, language=wanted), reply=_PLAIN[other])


WORDS: dict[tuple[str, str], Maker] = {
    ("reply", "includes"): _includes,
    ("reply", "excludes"): _excludes,
    ("reply", "any_of"): _any_of,
    ("reply", "max_sentences"): _max_sentences,
    ("reply", "language"): _language,
}
