"""Comparatives and superlatives, reckoned again from the records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from eval.truth.quantities import quantities
from eval.truth.records import Record
from eval.truth.spoken import Finding, Spoken, Verdict
from eval.truth.text import phrase
from eval.truth.vocabulary import lexicon

_SAME = re.compile(
    r"\bsame (price|rating|weight|capacity)\b|\b(?:cost|priced?) the same\b|\bequally (?:priced|expensive)\b|\b(?:same|identical|equal) in (price)\b|\b(?:rated|weigh) the same\b|\bas expensive as\b|\bas highly rated as\b|\bno difference in (?:price|rating)\b|(价格|评分|重量|容量)(?:都)?(?:相同|一样|相等)|(?<=价格)没有(?:差别|区别)|同价|一样(?:贵|重)",
    re.I,
)
_BARE_ZH = re.compile(r"比[^，。；]{1,40}?(便宜|贵|轻|重|亮)(?!要|点)")
_MORE_ZH = re.compile(
    r"(价格|评分|重量|容量)比(?!较|例|您|一般|平均|普通|同类|市场|\s?\d|[^，。；A-Za-z]{0,6}预算)[^，。；]{1,60}?(高|低|大|小|重|轻)(?!要|点)"
)
_COUNTED_ZH = re.compile(r"(颜色|尺码)(?:数量)?(?:比[^，。；]{1,60}?)?(多|少)(?:于)?")
_STANDS = re.compile(
    r"\b(?P<what>rating|price|weight|score)s?\b[^,.;]{0,80}?\b(?P<end>higher|lower)(?= than\b)|\b(?:rate|rates|score|scores)\b[^,.;]{0,60}?\b(?P<rated>highest|lowest)\b",
    re.I,
)
_MONEY_MORE = re.compile(r"\b(?:pay|costs?|priced?)\b[^,.;]{0,24}?\b(?P<en>more|less)\b(?: expensive)?", re.I)
_ANY_MOST = re.compile(
    r"\bmost (?!of\b|people\b|likely\b|customers\b|days\b)\w+|\bmore (?!than\b|of\b|information\b|details?\b)\w+(?= than\b)|\bthe (?!closest\b|nearest\b|best\b|rest\b|latest\b|forest\b|interest\b|chest\b)\w{3,}est\b|中最(?!接近)[\u3400-\u9fff]{1,3}|最(?!接近)[\u3400-\u9fff]{1,3}的",
    re.I,
)
_BARE = {
    "便宜": ("price", "low"),
    "贵": ("price", "high"),
    "轻": ("weight", "low"),
    "重": ("weight", "high"),
    "亮": ("brightness", "high"),
}
_MEASURED = {  # a word that an attribute may decide, where both have it: (attribute, which end)
    "bigger": [("capacity", "high")], "larger": [("capacity", "high")], "smaller": [("capacity", "low")], "biggest": [("capacity", "high")],
    "largest": [("capacity", "high")], "smallest": [("capacity", "low")], "longer": [("blade_length", "high"), ("length", "high"), ("burn_time", "high")],
    "shorter": [("blade_length", "low"), ("length", "low"), ("burn_time", "low")], "warmer": [("comfort_temperature", "low"), ("r_value", "high")],
    "warmest": [("comfort_temperature", "low"), ("r_value", "high")], "thicker": [("thickness", "high")], "thinner": [("thickness", "low")],
    "更大": [("capacity", "high")], "更小": [("capacity", "low")], "更长": [("blade_length", "high"), ("length", "high")], "更暖": [("comfort_temperature", "low")],
    "更厚": [("thickness", "high")], "更薄": [("thickness", "low")],
}  # fmt: skip
_BY_HOW_MUCH = ("贵", "宜", "轻", "重", "亮", "多", "少", "省", "钱")  # what follows is a difference, and no bound
_TASTE = re.compile(
    r"\bno longer\b|\byou (?:like|prefer|love) (?:it |them )?(?:best|most|better)\b|\bbest (?:regards|wishes)\b", re.I
)
_OURS = re.compile(
    r"\b(?:our|we (?:have|sell|carry|offer)|in (?:the|our) (?:shop|store|range|catalogue))\b|我们|店里|本店", re.I
)


@dataclass(frozen=True, slots=True)
class Compared:
    """Where a sentence compares: by what, and which end of it is named."""

    start: int
    end: int
    words: str
    name: str  # price, rating or an attribute; "" where nothing measures it
    high: bool
    most: bool


def comparisons(spoken: Spoken) -> Iterator[Finding]:
    """Comparisons that the records do not bear out."""
    if spoken.unstated:
        return
    yield from _equal(spoken)
    for compared in _found(spoken.text):
        if not compared.name and (spoken.question or _TASTE.search(spoken.text)):
            continue
        bound = re.match(r"\s*(?:than\s*)?(?:about |around )?", spoken.text[compared.end :])
        after = compared.end + (bound.end() if bound else 0)
        if compared.words[-1:] not in _BY_HOW_MUCH and any(
            q.unit in ("money", "rating", "g", "") and after <= q.start <= after + 1 for q in quantities(spoken.text)
        ):
            continue  # "costs less than 30 dollars": a bound, see figures
        if spoken.free(compared.start, compared.start + 2):
            yield from _judged(spoken, compared)


def _judged(spoken: Spoken, compared: Compared) -> Iterator[Finding]:
    subjects = spoken.subjects(compared.start)
    ours = list(subjects.records[:1]) if not subjects.named and len(subjects.records) > 1 else list(subjects.records)
    if not ours or (not subjects.named and len(subjects.records) > 1):
        if subjects.records:
            yield spoken.finding("comparison", compared.words, "doubtful", "it is not said which one", subjects.ids)
        return
    beside = [key for m in spoken.mentions if m.beside for key in m.products]
    mine = {record.group.id for record in ours}
    others = [r for key in (beside or spoken.turn.held) if (r := spoken.records.record(key)) and r.group.id not in mine]
    ids = (*subjects.ids, *(record.product.id for record in others))
    if _literal(ours, compared.words):
        return
    negative = spoken.negates(compared.start, compared.end)
    if not compared.name:
        yield from _by_attribute(spoken, compared, ours, others, negative, ids)
        return
    if not others:
        verdict: Verdict = "doubtful" if compared.most or spoken.turn.before else "wrong"
        if (
            compared.most
            and _OURS.search(spoken.text)
            and all(_is_end(_range(spoken, record), record, compared) for record in ours)
        ):
            return
        yield spoken.finding("comparison", compared.words, verdict, "there is nothing to compare with", ids)
        return
    values = [_value(record, compared.name) for record in ours]
    theirs = [_value(record, compared.name) for record in others]
    if None in values or None in theirs:
        yield spoken.finding("comparison", compared.words, "wrong", f"{compared.name} is not stated of both", ids)
        return
    true = all(_beats(a, b, compared.high) for a in values for b in theirs if a is not None and b is not None)
    if true == negative:
        yield spoken.finding(
            "comparison", compared.words, "wrong", f"{compared.name}: {_told(values)} against {_told(theirs)}", ids
        )
    elif compared.most and _OURS.search(spoken.text) and not negative:
        if not all(_is_end(_range(spoken, record), record, compared) for record in ours):
            yield spoken.finding(
                "comparison", compared.words, "doubtful", "so among those shown, not among all of its kind", ids
            )


def _by_attribute(
    spoken: Spoken,
    compared: Compared,
    ours: Sequence[Record],
    others: Sequence[Record],
    negative: bool,
    ids: Sequence[str],
) -> Iterator[Finding]:
    """A word such as "larger": right where an attribute that both have shows it, wrong where it shows the contrary."""
    for name, end in _MEASURED.get(compared.words.lower(), ()):
        values = [_value(record, name) for record in ours]
        theirs = [_value(record, name) for record in others]
        if values and theirs and None not in values and None not in theirs:
            true = all(_beats(a, b, end == "high") for a in values for b in theirs if a is not None and b is not None)
            if true == negative:
                why = f"{name}: {_told(values)} against {_told(theirs)}"
                yield spoken.finding("comparison", compared.words, "wrong", why, ids)
            return
    yield spoken.finding("comparison", compared.words, "doubtful", "nothing in the folder measures it", ids)


def _equal(spoken: Spoken) -> Iterator[Finding]:
    for match in re.finditer(
        r"(?:价格|评分)不(?:同|一样)|\bdifferent prices?\b|\bdiffer in price\b", spoken.text, re.I
    ):
        name = "rating" if "评分" in match[0] else "price"
        records = [r for key in spoken.turn.shown if (r := spoken.records.record(key))]
        named = [r for m in spoken.mentions for key in m.products if (r := spoken.records.record(key))]
        values = [_value(record, name) for record in (named if len(named) > 1 else records)]
        if len(values) > 1 and len(set(values)) == 1:
            yield spoken.finding("comparison", match[0], "wrong", f"{name}: {_told(values)}", spoken.turn.shown)
    for match in _SAME.finditer(spoken.text):
        word = match[0].lower()
        name = (
            "rating"
            if "rat" in word or "评分" in word
            else "weight"
            if "weigh" in word or "重量" in word
            else "capacity"
            if "capacity" in word or "容量" in word
            else "price"
        )
        records = [
            r
            for key in [k for m in spoken.mentions for k in m.products] or spoken.turn.shown
            if (r := spoken.records.record(key))
        ]
        values = [_value(record, name) for record in records]
        if (
            len(values) > 1
            and (None in values or len(set(values)) > 1)
            and not spoken.negates(match.start(), match.end())
        ):
            yield spoken.finding(
                "comparison", match[0], "wrong", f"{name}: {_told(values)}", [r.product.id for r in records]
            )


def _value(record: Record, name: str) -> Decimal | None:
    if name == "price":
        return record.product.current_price.amount
    if name == "rating":
        return record.product.rating
    if name in ("colors", "sizes"):
        return Decimal(len(record.colors if name == "colors" else record.sizes))
    measured = record.measure(name)
    return measured.value if measured else None


def _beats(one: Decimal, other: Decimal, high: bool) -> bool:
    return one > other if high else one < other


def _range(spoken: Spoken, record: Record) -> list[Record]:
    """The other products of its kind in the whole shop."""
    kind = record.product.product_type
    groups = spoken.records.catalogue.groups
    return [
        spoken.records.of_group(key)
        for key, group in groups.items()
        if group.variants[0].product_type == kind and key != record.group.id
    ]


def _is_end(others: Sequence[Record], record: Record, compared: Compared) -> bool:
    own = _value(record, compared.name)
    values = [value for other in others if (value := _value(other, compared.name)) is not None]
    return own is not None and all(not _beats(value, own, compared.high) for value in values)


def _literal(records: Sequence[Record], words: str) -> bool:
    """Whether the product's own text, or a review, uses the word."""
    return words.isascii() and all(phrase(words).search(f"{record.text} {record.review_text}") for record in records)


def _told(values: Sequence[Decimal | None]) -> str:
    return ", ".join("not stated" if value is None else str(value) for value in values)


def _found(text: str) -> Iterator[Compared]:
    taken: list[tuple[int, int]] = []
    for pattern, name, high, most in _patterns():
        for match in pattern.finditer(text):
            if not any(a < match.end() and match.start() < b for a, b in taken):
                taken.append(match.span())
                yield Compared(match.start(), match.end(), match[0], name, high, most)
    for pattern in (_STANDS, _MONEY_MORE, _MORE_ZH, _COUNTED_ZH, _ANY_MOST):
        for match in pattern.finditer(text):
            if not any(a < match.end() and match.start() < b for a, b in taken):
                taken.append(match.span())
                yield _other(match)
    for match in _BARE_ZH.finditer(text):
        if not any(a < match.end(1) and match.start(1) < b for a, b in taken):
            name, end = _BARE[match[1]]
            yield Compared(match.start(1), match.end(1), match[1], name, end == "high", False)


def _other(match: re.Match[str]) -> Compared:
    """Comparisons that are no fixed phrase."""
    words = match[0]
    if match.re is _MONEY_MORE:
        return Compared(match.start(), match.end(), words, "price", match["en"].lower() == "more", False)
    if match.re is _STANDS:
        what = {"price": "price", "weight": "weight"}.get((match["what"] or "").lower(), "rating")
        return Compared(
            match.start(),
            match.end(),
            words,
            what,
            (match["end"] or match["rated"]).lower().startswith("high"),
            bool(match["rated"]),
        )
    if match.re is _MORE_ZH:
        what = {"价格": "price", "重量": "weight", "容量": "capacity"}.get(match[1], "rating")
        return Compared(match.start(), match.end(), words, what, match[2] in "高大重", False)
    if match.re is _COUNTED_ZH:
        name = "colors" if match[1] == "颜色" else "sizes"
        return Compared(match.start(), match.end(), words, name, match[2] == "多", False)
    return Compared(match.start(), match.end(), words, "", False, _superlative(words.lower()))


@cache
def _patterns() -> list[tuple[re.Pattern[str], str, bool, bool]]:
    """(pattern, what is compared, whether the high end is named, superlative), the longest words first."""
    rows: list[tuple[str, str, bool]] = []
    for name, ends in lexicon()["comparisons"].items():
        for end, words in ends.items():
            rows += [(word, name, end == "high") for word in (*words["en"], *words["zh"])]
    unmeasured = lexicon()["unmeasured"]
    rows += [(word, "", False) for word in (*unmeasured["en"], *unmeasured["zh"])]
    rows.sort(key=lambda row: -len(row[0]))
    return [(phrase(word), name, high, _superlative(word)) for word, name, high in rows]


def _superlative(word: str) -> bool:
    return "最" in word or bool(re.search(r"est\b|^(?:most|least|best|worst|top)\b", word))
