"""The forbidden words of a voice file, compiled: what they find, and what stands in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.voice.rule import Edit, Rule, edits, sign_of

CJK = re.compile(r"[\u3400-\u9fff]")
_START, _END = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
_CONTRACTED = (
    (r"\bi am\b", r"i(?: a|['’])m"),
    (r"\bi have\b", r"i(?: ha|['’])ve"),
    (r"\bit is\b", r"it(?: i|['’])s"),
    (r"\byou are\b", r"you(?: a|['’])re"),
    (r"\bthey are\b", r"they(?: a|['’])re"),
)


def listed(entries: Sequence[Any]) -> Iterator[tuple[str, str | None]]:
    """(word, replacement or None) of a list as voice files have it: words, lists of words, `word: other` maps."""
    for entry in entries:
        if isinstance(entry, Mapping):
            yield from entry.items()
        elif isinstance(entry, str):
            yield entry, None
        else:
            yield from listed(entry)


def forbidden(name: str, by_language: Mapping[str, Sequence[Any]]) -> Rule:
    """The rule of one group of forbidden words, whatever the language of the sentence they turn up in."""
    pairs = [pair for entries in by_language.values() for pair in listed(entries)]
    english = [(word, other) for word, other in pairs if not CJK.search(word)]
    chinese = [(word, other) for word, other in pairs if CJK.search(word)]
    found_en = _either(_whole([_inflected(word) for word, _ in english]))
    found_zh = _either([re.escape(word) for word, _ in chinese])
    changes: list[Edit] = [_instead(word, other) for word, other in english if other is not None]
    changes += [_instead_zh(word, other) for word, other in chinese if other is not None]

    def find(text: str) -> str | None:
        found = found_en.search(text) if found_en else None
        if found is None and found_zh:
            found = found_zh.search(text)
        return found[0].strip() if found else None

    def mend(text: str) -> str:
        for pattern, other in changes:
            text = pattern.sub(other, text)
        return text

    return Rule(name, find, mend if changes else None, needs=_signs(word for word, _ in pairs))


def vocatives(name: str, by_language: Mapping[str, Sequence[Any]]) -> Rule:
    """The rule of the forms that nobody is addressed with: "Dear customer, …", "…, my friend.", 亲，…"""
    english = [_phrase(word) for word, _ in listed(by_language.get("en", ()))]
    chinese = [re.escape(word) for word, _ in listed(by_language.get("zh", ()))]
    changes: list[Edit] = []
    if english:
        form = rf"(?:(?:my\s+)?(?:{_longest(english)})(?:\s+customers?)?|dear(?:\s+[A-Z][\w-]+){{1,2}})"
        greeting = r"\b(hi|hello|hey|thanks|thank you|welcome|sorry|good (?:morning|day|evening))"
        changes += [
            (re.compile(rf"^{form}\s*[,:!]\s*", re.I), ""),
            (re.compile(rf"{greeting}(?:\s+|,\s*){form}(?=\s*[,.!?:]|$)", re.I), r"\1"),
            (re.compile(rf",\s*{form}(?=\s*[.!?]*$)", re.I), ""),
        ]
    if chinese:
        form = _longest(chinese)
        changes += [
            (re.compile(rf"(?:^|(?<=[，。！？,\s]))(?:{form})\s*[，,！!~～:：]\s*"), ""),
            (re.compile(rf"(您好|你好|谢谢|好的|抱歉)(?:{form})(?=\s*[，,。！!?？~～]|$)"), r"\1"),
            (re.compile(rf"[，,]\s*(?:{form})(?=[。！？!?~～]*$)"), ""),
        ]
    words = [word for entries in by_language.values() for word, _ in listed(entries)]
    return replace(edits(name, *changes), needs=_signs(["dear", *words]))


def _signs(words: Iterable[str]) -> frozenset[str]:
    """The signs one of which a text has that holds any of the words or their inflections."""
    found = set()
    for word in words:
        if CJK.search(word):
            found.add(word[0])
            continue
        first = re.split(r"[^a-z0-9]+", word.lower())[0]
        found.add(sign_of(first))
        if len(first) == 4 and first[-1] in "ey":  # pity, pities
            found |= {f"{first[:3]}{letter}" for letter in "iey"}
    return frozenset(found)


def _either(patterns: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile(_longest(patterns), re.I) if patterns else None


def _whole(patterns: Sequence[str]) -> list[str]:
    return [f"{_START}(?:{_longest(patterns)}){_END}"] if patterns else []


def _longest(patterns: Sequence[str]) -> str:
    return "|".join(sorted(patterns, key=len, reverse=True))


def _phrase(word: str) -> str:
    """A pattern of the words as they are: contracted or not, with any apostrophe, hyphens or commas between them."""
    pattern = re.sub(r"[-\s]+", " ", word.lower().strip())
    pattern = re.sub(r"[^\w\s'’]", lambda match: re.escape(match[0]), pattern)
    pattern = re.sub(r"['’]", "['’]", pattern)
    for plain, either in _CONTRACTED:
        pattern = re.sub(plain, lambda match, either=either: either, pattern)  # type: ignore[misc]
    return pattern.replace(" ", r"[\s,-]+")


def _inflected(word: str) -> str:
    """A pattern of a word and its inflections; of a phrase, with its last word in the plural too."""
    word = word.strip()
    if re.search(r"\W", word):
        return f"{_phrase(word)}s?"
    if len(word) < 4:
        return word
    stem, last = re.escape(word[:-1]), word[-1]
    if last == "e":
        endings = f"{stem}(?:e|es|ed|er|est|ing|ely|y)"
    elif last == "y":
        endings = f"{stem}(?:y|ies|ied|ying|ier|iest|ily)"
    else:
        endings = f"{re.escape(word)}(?:e?s|{last}?ed|{last}?ing|{last}?er|est|ly)?"
    return endings


def _instead(word: str, other: str) -> Edit:
    """The edit that puts a word in another's place: an article before it agrees, a capital and a plural stay."""
    if not other:
        return re.compile(rf"(,?\s*){_START}{_phrase(word)}{_END}(,\s*)?\s*", re.I), _removed
    article = r"(?:(?P<article>(?<![A-Za-z])an?)(?P<space>\s+))?"

    def replace(match: re.Match[str]) -> str:
        new = other + ("s" if match["plural"] else "")
        if match["word"][0].isupper():
            new = new[0].upper() + new[1:]
        if match["article"]:
            new = match["article"][0] + ("n" if other[0].lower() in "aeiou" else "") + match["space"] + new
        return new

    return re.compile(rf"{article}{_START}(?P<word>{_phrase(word)})(?P<plural>s?){_END}", re.I), replace


def _removed(match: re.Match[str]) -> str:
    """What is left where a word was taken out: a comma on both sides goes with it."""
    before, after = match[1], match[2]
    return " " if before.strip() and after else str(before)


def _instead_zh(word: str, other: str) -> Edit:
    return re.compile(re.escape(word) + ("" if other else "[，,、]?"), re.I), other
