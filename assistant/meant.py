"""A message as it is meant: shorthand written out, without abuse or what staff write around it, a short question with its verb.

"Draft a reply, the customer asks whether …" asks what comes after; "which kettle does?" asks what was just asked of one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from assistant.patterns import load_patterns
from index.search import Search
from index.words import fold


def meant(text: str, before: str, search: Search, *, draft: bool) -> str:
    """What a message asks.

    Args:
        before: the message before, as it was meant.
        draft: staff ask for an answer to a customer.
    """
    text = _without("abuse", _written_out(text))
    if draft:
        text = _without("around", text)
    said = fold(text)
    short = next((match for pattern in _patterns()["short"] if (match := pattern.search(said))), None)
    if short is None or not before or search.find_by_name(text):
        return text
    rest = _rest(before, search)
    return f"{short[1]} {rest}?" if rest else text


def _written_out(text: str) -> str:
    """Without shorthand: "lemme see smth w/o wool" is "let me see something without wool"."""
    words, pattern = _shorthand()
    return pattern.sub(lambda match: words[match[0]], text)


def _without(name: str, text: str) -> str:
    """Without what patterns of one name match: "a customer is asking", "you idiot,"; as it is where nothing would be left."""
    said = fold(text)
    if len(said) != len(text):  # folding has changed more than letters: places would not be the same
        return text
    for pattern in _patterns()[name]:
        if (match := pattern.search(said)) and len(said) - len(match[0]) > 3:
            text, said = text[: match.start()] + text[match.end() :], said[: match.start()] + said[match.end() :]
    return text.strip()


def _rest(asked: str, search: Search) -> str:
    """What is asked of a product, without how the question begins and without the product; empty where it asks of none."""
    said = fold(asked)
    begun = next((match for pattern in _patterns()["begins"] if (match := pattern.search(said)) and match[0]), None)
    named = search.find_by_name(asked)
    if begun is None or not named:
        return ""
    rest = said[begun.end() :]
    for product in named:
        title = fold(search.catalogue.titles[product.group_id])
        words = [re.escape(word) for word in title.split()]
        rest = re.sub(rf"\b(?:the |your )?(?:{'|'.join(words)})(?: (?:{'|'.join(words)}))*\b", " ", rest, count=1)
    return " ".join(rest.strip(" ?？.").split())


@cache
def _shorthand() -> tuple[Mapping[str, str], re.Pattern[str]]:
    words: Mapping[str, str] = load_patterns("meant")[0]["shorthand"]
    return words, re.compile(rf"(?<![\w'’&/.-])(?:{'|'.join(map(re.escape, words))})(?![\w'’&/-]|\.\w)")


@cache
def _patterns() -> Mapping[str, tuple[re.Pattern[str], ...]]:
    loaded, compiled = load_patterns("meant")
    return {
        name: compiled([*loaded[name]["en"], *loaded[name]["zh"]]) for name in ("abuse", "around", "short", "begins")
    }
