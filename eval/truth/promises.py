"""What a sentence promises or says was done: only a tool of the turn, a policy or the product's own text bears it out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from eval.truth.policies import best, shares
from eval.truth.spoken import Finding, Spoken
from eval.truth.text import fold, stems
from eval.truth.vocabulary import lexicon

# What is said to be done: a policy states no single case.
_DONE = re.compile(
    r"\b(?:i|we)(?:'ve| have)? (?:also |now |already |just )?(?:refunded|reimbursed)\b|\b(?:has|have) been refunded\b"
    r"|已.{0,8}退款|退款已",
    re.I,
)
_DAY = re.compile("今天|今晚|明天|后天")  # of the calendar: a policy counts days
_STATED = ("refund", "discount", "delivery date", "guarantee", "call back")  # kinds that a policy may state


def promises(spoken: Spoken) -> Iterator[Finding]:
    """Promises that nothing bears out."""
    if spoken.question:
        return
    for kind, by, pattern in _patterns():
        for match in pattern.finditer(spoken.text):
            if not spoken.free(match.start(), match.end()) or _denied(spoken, match) or set(by) & spoken.turn.done:
                continue
            done = _DONE.search(spoken.text[max(0, match.start() - 5) : match.end()])
            if kind in _STATED and not done and (_in_policy(spoken, match[0]) or _in_record(spoken, match)):
                continue
            yield spoken.finding("promise", match[0], "wrong", f"{kind}: no tool did it and no policy states it")
            break


def _denied(spoken: Spoken, match: re.Match[str]) -> bool:
    """Whether it is refused: "I cannot offer a discount", "不能打折"."""
    return spoken.negates(match.start(), match.end()) or bool(
        re.search(r"\b(?:cannot|can't|not|n't|no)\b|不|无法|没有", match[0])
    )


def _in_policy(spoken: Spoken, words: str) -> bool:
    """Whether a policy says so: its nearest passage is about the same and has the promise's own word."""
    passage = best(spoken)
    if passage is None or not spoken.turn.cited:
        return False
    text = fold(passage.whole)
    if spoken.chinese:
        dated = _DAY.search(spoken.text)
        return shares(spoken.text, text) and (
            not dated or bool(re.search(r"\btomorrow\b|\btoday\b|\bsame day\b", text))
        )
    own = [
        word
        for word in re.findall(r"[a-z]+", fold(words))
        if len(word) > 3 and word not in ("will", "have", "your", "delivery")
    ]
    promised = stems(" ".join(own))
    of_what = stems(spoken.text) - promised
    return bool(promised & stems(text)) and (not of_what or bool(of_what & stems(text)))


def _in_record(spoken: Spoken, match: re.Match[str]) -> bool:
    """Whether the product's own text says it in the same words."""
    words = fold(match[0])
    return len(words) > 6 and any(words in record.text for record in spoken.subjects(match.start()).records)


@cache
def _patterns() -> list[tuple[str, tuple[str, ...], re.Pattern[str]]]:
    return [
        (row["kind"], tuple(row["by"]), re.compile("|".join([*row["en"], *row["zh"]]), re.I))
        for row in lexicon()["promises"]
    ]
