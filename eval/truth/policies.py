"""Sentences about the shop's rules, against its policies: the right number for the right thing, and no turned-round "not"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from math import log

from eval.truth.quantities import Quantity, quantities
from eval.truth.records import Passage, negated
from eval.truth.spoken import Finding, Spoken, Verdict
from eval.truth.text import fold, phrase, stem, stems, tokens
from eval.truth.vocabulary import lexicon

_FIGURED = re.compile(r"\d.{3,}")  # a label that nobody says by chance
_LOOSE = {"day": "working day", "working day": "day"}


def stated_number(spoken: Spoken, quantity: Quantity) -> Iterator[Finding]:
    """Whether a policy has a number, for the thing that the sentence says it of."""
    passages = spoken.records.in_its_language(spoken.text)
    having = [p for p in passages if any(_same(q, quantity) for q in _numbers(p))]
    if not having:
        if any(q.same(quantity) for q in quantities(spoken.turn.heard)) and quantity.unit != "money":
            return  # "for 100 cm our chart gives M": the shopper's own measure
        loose = [
            p
            for p in passages
            if any(q.unit == _LOOSE.get(quantity.unit) and q.value == quantity.value for q in _numbers(p))
        ]
        verdict: Verdict = "doubtful" if loose else "wrong"
        why = "the policy counts other days" if loose else "no product of this turn and no policy has this number"
        yield spoken.finding("number", quantity.text, verdict, why, _sources(loose or spoken.turn.cited))
        return
    cited = spoken.turn.cited or [p for p in passages if p.source == "shop.yaml"]
    alike = [p for p in having if p in cited]
    nearest = max(
        (
            _likeness(spoken, p)
            for p in spoken.turn.cited
            if any(_days(q.unit) == _days(quantity.unit) for q in _numbers(p))
        ),
        default=0.0,
    )
    if not alike and nearest > max(_likeness(spoken, p) for p in having):
        yield spoken.finding(
            "number", quantity.text, "wrong", "the policy that is cited has another number", _sources(spoken.turn.cited)
        )
        return
    if not alike and not _hours(having):
        yield spoken.finding(
            "number", quantity.text, "doubtful", "the number stands in a policy that is not cited", _sources(having)
        )
        return
    rivals = [p for p in passages if any(_days(q.unit) == _days(quantity.unit) for q in _numbers(p))]
    mine = max(_likeness(spoken, p) for p in having)
    most = max(_likeness(spoken, p) for p in rivals)
    if mine == 0 and most > 0:
        yield spoken.finding(
            "number", quantity.text, "wrong", "the policy says this number of something else", _sources(having)
        )
        return
    if found := _wrong_cell(spoken, quantity, having) or _wrong_part(spoken, quantity, having):
        yield found
        return
    if found := _outdone(spoken, quantity, having, rivals):
        yield found
        return
    if mine < 0.7 * most:
        how: Verdict = "wrong" if mine < 0.5 * most else "doubtful"
        yield spoken.finding(
            "number", quantity.text, how, "the policy says this number of something else", _sources(having)
        )


def policy_claims(spoken: Spoken) -> Iterator[Finding]:
    """A rule that is turned round: what the nearest passage denies is affirmed, or the other way."""
    passage = best(spoken)
    if passage is None or spoken.chinese or spoken.unstated:
        return
    said, held = stems(spoken.text), stems(passage.text)
    if len(said & held) < 2 or len(said & held) < 0.5 * len(said):
        return
    for verb in sorted((said & held) - {"day", "order"}):
        ours, theirs = _polarity(spoken.text, verb), _polarity(passage.text, verb)
        if ours is False and _denied_later(passage.text, verb):
            continue  # "candles … cannot be returned": "you cannot return a candle"
        if ours is not None and theirs is not None and ours != theirs:
            likely = len(said & held) >= 0.6 * len(said)
            verdict: Verdict = "wrong" if likely else "doubtful"
            why = f"the policy says: {passage.text}"
            yield spoken.finding("policy", verb, verdict, why, (passage.source,))
            return


def best(spoken: Spoken) -> Passage | None:
    """The passage that a sentence is likest, or None where none has two of its words."""
    passages = spoken.turn.cited or spoken.records.passages
    scored = [(_likeness(spoken, passage), place, passage) for place, passage in enumerate(passages)]
    if not scored:
        return None
    score, _, passage = max(scored, key=lambda row: (row[0], -row[1]))
    return passage if score > 1.5 else None


def shares(chinese: str, english: str) -> bool:
    """Whether a Chinese and an English text are about a common topic."""
    return bool(_topics(chinese) & _topics(english))


def _same(one: Quantity, other: Quantity) -> bool:
    if one.unit == other.unit or not other.unit:
        return abs(one.value - other.value) < 0.005
    return False


@cache
def _numbers(passage: Passage) -> list[Quantity]:
    return [*quantities(passage.text), *quantities(passage.row)]


def _likeness(spoken: Spoken, passage: Passage) -> float:
    """Rare common words weigh more; of a Chinese sentence the topics that it shares."""
    if spoken.chinese:
        return float(len(_topics(f"{spoken.text} {spoken.turn.say}") & _topics(passage.whole)))
    weights = _weights(spoken.records.passages)
    said = stems(spoken.text)
    full = sum(weights.get(word, 0.0) for word in said & stems(passage.text))
    under = sum(weights.get(word, 0.0) for word in (said - stems(passage.text)) & stems(passage.whole))
    return full + 0.7 * under


@cache
def _weights(passages: tuple[Passage, ...]) -> dict[str, float]:
    count: dict[str, int] = {}
    for passage in passages:
        for word in stems(passage.whole):
            count[word] = count.get(word, 0) + 1
    return {word: log(1 + len(passages) / n) for word, n in count.items()}


def _topics(text: str) -> set[str]:
    found = set()
    plain = fold(text)
    for name, words in lexicon()["topics"].items():
        if any(word in text for word in words["zh"]) or any(phrase(word).search(plain) for word in words["en"]):
            found.add(name)
    return found


def _wrong_cell(spoken: Spoken, quantity: Quantity, having: Sequence[Passage]) -> Finding | None:
    """A table's number under another column's or row's label than the sentence names."""
    cells = [p for p in having if p.column]
    if not cells or len(cells) < len(having) or any(any(_same(q, quantity) for q in quantities(p.row)) for p in cells):
        return None
    columns = {p.column for p in spoken.records.passages if p.column and p.source == cells[0].source}
    named = {column for column in columns if any(_label_said(part, spoken) for part in _parts(column))}
    if named and not any(p.column in named for p in cells):
        return spoken.finding(
            "number", quantity.text, "wrong", f"the policy has it for {cells[0].column}", _sources(cells)
        )
    amount = [
        q
        for q in (*quantities(spoken.text), *quantities(spoken.turn.say))
        if q.unit == "money" and q.value != quantity.value
    ]
    rows = [p for p in cells if not named or p.column in named]
    whole = fold(spoken.turn.reply["reply"])  # the label of a row that is read out stands in the sentence before
    read = {p.row for p in spoken.records.passages if p.column and _FIGURED.search(p.row) and fold(p.row) in whole}
    if read and rows and not any(p.row in read for p in rows):
        return spoken.finding("number", quantity.text, "wrong", f"the policy has it for {rows[0].row}", _sources(rows))
    if amount and not any(_in_row(amount[0], p.row) for p in rows):
        return spoken.finding("number", quantity.text, "wrong", f"the policy has it for {rows[0].row}", _sources(rows))
    return None


def _wrong_part(spoken: Spoken, quantity: Quantity, having: Sequence[Passage]) -> Finding | None:
    """ "A patch costs 15 EUR, new soles cost 65 EUR": the number of the other part."""
    start, end = spoken.clause(quantity.start)
    for passage in having:
        parts = _cut(passage.text)
        own = [part for part in parts if any(_same(q, quantity) for q in quantities(part))]
        others = [part for part in parts if part not in own]
        if not own or not others:
            return None
        shared = set.intersection(*(stems(part) for part in parts))
        said = stems(spoken.text[start:end]) - shared
        mine = max(len(said & stems(part)) for part in own)
        theirs = max(len(said & (stems(part) - set().union(*(stems(o) for o in own)))) for part in others)
        if not (theirs > 0 and mine == 0):
            return None
    return spoken.finding(
        "number", quantity.text, "wrong", "the policy says this number of something else", _sources(having)
    )


def _outdone(
    spoken: Spoken, quantity: Quantity, having: Sequence[Passage], rivals: Sequence[Passage]
) -> Finding | None:
    """Another passage has all the words that the sentence shares with the number's own, and more."""
    others = [p for p in rivals if p not in having and not p.column]
    if spoken.chinese or not others or any(p.column for p in having):
        return None
    mine, rival = (max(listed, key=lambda p: _likeness(spoken, p)) for listed in (having, others))
    said = stems(spoken.text)
    only_mine, only_theirs = (
        said & (stems(mine.whole) - stems(rival.whole)),
        said & (stems(rival.whole) - stems(mine.whole)),
    )
    if only_mine or not only_theirs or _likeness(spoken, rival) <= _likeness(spoken, mine):
        return None
    verdict: Verdict = "wrong" if len(only_theirs) > 1 else "doubtful"
    why = f"nearer is: {rival.text}"
    return spoken.finding("number", quantity.text, verdict, why, _sources([mine, rival]))


def _cut(text: str) -> list[str]:
    """A sentence in parts that have a quantity each; what has none belongs to the next."""
    parts: list[str] = []
    held = ""
    for piece in re.split(r"(?:,|;|\band\b)\s", text):
        held = f"{held} {piece}".strip()
        if quantities(held):
            parts.append(held)
            held = ""
    if held and parts:
        parts[-1] += f" {held}"
    return parts


def _days(unit: str) -> str:
    return "day" if unit == "working day" else unit


def _parts(label: str) -> list[str]:
    head = re.split(r"[,(]", label)[0]
    return [part.strip() for part in re.split(r"\band\b|&", head) if part.strip()]


def _label_said(label: str, spoken: Spoken) -> bool:
    chinese = {
        "germany": "德国",
        "european union": "欧盟",
        "switzerland": "瑞士",
        "norway": "挪威",
        "standard": "标准",
        "priority": "优先",
        "overnight": "隔夜",
    }
    return bool(phrase(label).search(spoken.text)) or chinese.get(label.lower(), "\0") in spoken.text


def _in_row(amount: Quantity, row: str) -> bool:
    """Whether an amount lies in the span of a row's label: "Up to 49.99", "50.00-99.99", "Over 100.00"."""
    bounds = [q.value for q in quantities(row)]
    if len(bounds) >= 2:
        return bounds[0] <= amount.value <= bounds[1]
    if len(bounds) == 1:
        over = re.search(r"\b(?:over|above|from|more)\b", row, re.I)
        return amount.value >= bounds[0] if over else amount.value <= bounds[0]
    return True


def _hours(passages: Sequence[Passage]) -> bool:
    return any(passage.source == "shop.yaml" for passage in passages)


def _polarity(text: str, verb: str) -> bool | None:
    """False where a word is negated in a text, True where not, None where it is said both ways or not at all."""
    found: set[bool] = set()
    for word in dict.fromkeys(tokens(text)):
        if stem(word) == verb:
            for match in re.finditer(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text, re.I):
                found.add(not negated(text, match.start(), match.end()))
    return found.pop() if len(found) == 1 else None


def _denied_later(text: str, word: str) -> bool:
    """Whether what a sentence of a text says of a word is denied after it."""
    return any(
        stem(held.lower()) == word and re.search(r"\b(?:not|no|never|cannot|\w+n't)\b", part.split(held, 1)[1], re.I)
        for part in re.split(r"(?<=[.!?])\s", text)
        for held in re.findall(r"\w+", part)
    )


def _sources(passages: Sequence[Passage]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(passage.source for passage in passages))
