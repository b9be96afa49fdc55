"""The voice's rules that a program can check, applied to every sentence before it is shown. English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from assistant.voice.quoted import NOTHING, Quoted, visible
from assistant.voice.rule import Rule, signs_of
from assistant.voice.rules import finish, sentence_rules, tidy

__all__ = ["Mended", "Quoted", "Rule", "Violation", "Voice"]

_ROUNDS = 4  # of mending: what is not settled by then is not shown
_QUESTION = re.compile(r"[?？]")
_NOT_WORD = re.compile(r"[\W_]+")


class Violation(NamedTuple):
    """A rule that is broken, and the words at fault."""

    rule: str
    words: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.words}"


class Mended(NamedTuple):
    """A sentence as it may be shown, or None; the rules it was mended by; the rules that kept it back."""

    text: str | None
    mended: tuple[str, ...] = ()
    broken: tuple[Violation, ...] = ()


class Voice:
    """The checkable rules of a voice, compiled once.

    Args:
        head: the front matter of `voice.md`, with what a shop adds to it.
    """

    def __init__(self, head: Mapping[str, Any]) -> None:
        self.max_sentences: int = head["max_sentences"]
        self.max_questions: int = head["max_questions"]
        self.rules = sentence_rules(head)
        self._by_language = {
            language: tuple(rule for rule in self.rules if language in rule.languages) for language in ("en", "zh")
        }

    def mend(self, sentence: str, language: str, quoted: Quoted = NOTHING) -> Mended:
        """A sentence as it may be shown. What is mended breaks no rule, and mending it again changes nothing.

        Args:
            quoted: what it may hold verbatim: not judged, not changed.
        """
        text, mended = sentence, dict[str, None]()
        for _ in range(_ROUNDS):
            round_ = self._round(text, language, quoted)
            if round_.broken is not None:
                return Mended(None, (), (round_.broken,))
            if not round_.found and round_.text == text:
                return Mended(text, tuple(mended))
            text = round_.text
            mended |= dict.fromkeys(round_.found)
        return Mended(None, (), self.violations(text, language, quoted) or (Violation("unsettled", text),))

    def violations(self, text: str, language: str, quoted: Quoted = NOTHING) -> tuple[Violation, ...]:
        """The rules that a sentence breaks, each once."""
        masked, hidden = quoted.hide(visible(text))
        found = {"invisible": "characters that nobody sees"} if visible(text) != text else {}
        signs = signs_of(masked)
        for rule in self._by_language[language]:
            if rule.name not in found and (words := rule.found(masked, signs)):
                found[rule.name] = quoted.show(words, hidden)
        return tuple(Violation(*row) for row in found.items())

    def beside(self, sentence: str, said: Sequence[str], quoted: Quoted = NOTHING) -> Violation | None:
        """The rule of a whole reply that a sentence would break after these, if any."""
        plain = _plain(sentence)
        if any(_plain(other) == plain for other in said):
            return Violation("repeated_sentence", sentence)
        asked = _questions(sentence, quoted)
        if asked and asked + sum(_questions(other, quoted) for other in said) > self.max_questions:
            return Violation("several_questions", sentence)
        if len(said) >= self.max_sentences:
            return Violation("too_many_sentences", f"{len(said) + 1} sentences")
        return None

    def _round(self, text: str, language: str, quoted: Quoted) -> _Round:
        """One pass over the rules, in their order; one that cannot mend what it finds ends it."""
        seen = visible(text)
        found = ["invisible"] if seen != text else []
        masked, hidden = quoted.hide(" ".join(seen.split()))
        opened = masked[:1].isupper()
        signs = signs_of(masked)
        for rule in self._by_language[language]:
            words = rule.found(masked, signs)
            if not words:
                continue
            changed = rule.mend(masked) if rule.mend is not None else masked
            if changed == masked:
                return _Round(text, found, Violation(rule.name, quoted.show(words, hidden)))
            found.append(rule.name)
            masked, signs = changed, signs_of(changed)
        masked = tidy(masked)
        if opened and masked[:1].islower():
            masked = masked[0].upper() + masked[1:]
        return _Round(finish(quoted.show(masked, hidden), language), found, None)


class _Round(NamedTuple):
    text: str
    found: list[str]
    broken: Violation | None


def _questions(text: str, quoted: Quoted) -> int:
    return len(_QUESTION.findall(quoted.hide(text)[0]))


def _plain(sentence: str) -> str:
    return _NOT_WORD.sub(" ", sentence.casefold()).strip()
