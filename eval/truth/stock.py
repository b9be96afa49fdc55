"""Availability, sizes and sales, looked up for the variants that a sentence speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from eval.truth.quantities import quantities
from eval.truth.records import Record
from eval.truth.spoken import Finding, Spoken, agreed
from eval.truth.text import phrase
from eval.truth.vocabulary import lexicon
from index.catalogue import Product

FEW = 3  # pieces at most, where "only a few are left"
_LETTER = re.compile(r"(?<![A-Za-z0-9'’/.-])(XXS|XS|S|M|L|XL|XXL|3XL)(?![A-Za-z0-9'’.](?!\s|$)|[-/](?![SMLX]))")
_SIZED = re.compile(r"\bsiz(?:e|es|ed|ing)\b|尺码|码|号", re.I)
_NUMBERED = re.compile(
    r"\bsizes?\s+(?:(?:EU|US|UK|from|between)\s+)?((?:\d{2}(?:[.,]5)?(?:\s?(?:,|and|or|to|-|–|through)\s?)*)+)|((?:\d{2}(?:、|，|和|或|至|到|-)?)+)\s?码",
    re.I,
)
_VARIANT = re.compile(r"\([^()]*, (\d{2})\)")  # "Torrent Hiking Boots (Chestnut Brown, 42)"
_UNRATED = re.compile(
    r"\b(?:no (?:customer )?(?:reviews?|ratings?)\b|(?:nobody|no one|no customer) has (?:rated|reviewed)|not (?:yet )?(?:been )?(?:rated|reviewed)\b|without (?:any )?(?:reviews|ratings))|(?:还|暂)?(?:没有|无)(?:顾客|任何)?(?:评价|评论|评分)|尚未评价",
    re.I,
)
_RATED = re.compile(r"\b(?:has|have) (?:already )?been (?:rated|reviewed)\b|已有(?:顾客)?评价", re.I)
_SALE = re.compile(r"\b(?:on sale|reduced(?: from| price)?|discounted|marked down|sale price)\b|打折|特价|降价", re.I)


def availability(spoken: Spoken) -> Iterator[Finding]:
    """Claims of what is in stock, which sizes there are, and what is reduced."""
    yield from _stock(spoken)
    yield from _sizes(spoken)
    yield from _rated(spoken)
    for match in _SALE.finditer(spoken.text):
        subjects = spoken.subjects(match.start())
        if subjects.records and not spoken.negates(match.start(), match.end()):
            if verdict := agreed(subjects.rule, [bool(record.list_prices) for record in subjects.records]):
                yield spoken.finding("availability", match[0], verdict, "no reduced price is stated", subjects.ids)


def _rated(spoken: Spoken) -> Iterator[Finding]:
    """Whether there are reviews at all."""
    for pattern, wanted in ((_UNRATED, False), (_RATED, True)):
        for match in pattern.finditer(spoken.text):
            subjects = spoken.subjects(match.start())
            held = [bool(record.product.review_count) is wanted for record in subjects.records]
            if verdict := agreed(subjects.rule, held):
                yield spoken.finding(
                    "availability", match[0], verdict, "the reviews in the folder say otherwise", subjects.ids
                )


def _stock(spoken: Spoken) -> Iterator[Finding]:
    for claim, match in _phrases(spoken.text):
        subjects = spoken.subjects(match.start())
        if not subjects.records or spoken.unstated:
            continue
        negative = spoken.negates(match.start(), match.end())
        held = []
        for record in subjects.records:
            variants = meant(spoken, record)
            there = any(variant.in_stock for variant in variants)
            few = there and all((variant.quantity or FEW + 1) <= FEW for variant in variants if variant.in_stock)
            true = {"in": there, "out": not there, "few": few}[claim]
            held.append(true != negative)
        if verdict := agreed(subjects.rule, held):
            yield spoken.finding(
                "availability", match[0], verdict, "the stock in the folder says otherwise", subjects.ids
            )


def meant(spoken: Spoken, record: Record) -> list[Product]:
    """The variants that are spoken of: those of the sizes and colours that the sentence says, else the one shown."""
    sizes = {value for value, _, _ in _said_sizes(spoken.text)}
    colors = [color for color in record.colors if phrase(color).search(spoken.text)]
    colors = colors or [
        color
        for color in record.colors
        if any(
            said.term.kind == "color" and any(phrase(w).search(color) for w in said.term.shown)
            for said in spoken.records.vocabulary.find(spoken.text)
        )
    ]
    if not sizes and not colors:
        shown = record.product.id in spoken.turn.held
        return [record.product] if shown else list(record.group.variants)
    return [
        variant
        for variant in record.group.variants
        if (not sizes or any(fits_size(variant.size or "", size) for size in sizes))
        and (not colors or variant.color in colors)
    ]


def _sizes(spoken: Spoken) -> Iterator[Finding]:
    for size, start, end in _said_sizes(spoken.text):
        if not spoken.free(start, end):
            continue
        subjects = spoken.subjects(start)
        records = subjects.records
        if not records or spoken.unstated:
            continue
        if not any(record.sizes for record in records):
            if size.lower() not in spoken.records.policy_text:
                yield spoken.finding("availability", size, "wrong", "no sizes are stated", subjects.ids)
            continue
        negative = spoken.negates(start, end, offered=True)
        held = [any(fits_size(own, size) for own in record.sizes) != negative for record in records]
        verdict = agreed(subjects.rule, held)
        if verdict is None:
            offered = re.search(r"\b(?:available|have|offer|comes?|get)\b|有", spoken.text)
            sold_out = [
                not any(v.in_stock and fits_size(v.size or "", size) for v in record.group.variants)
                for record in records
            ]
            if offered and not negative and all(sold_out):
                yield spoken.finding("availability", size, "doubtful", "that size is sold out", subjects.ids)
            continue
        if negative and any(
            any(v.in_stock is False and fits_size(v.size or "", size) for v in r.group.variants) for r in records
        ):
            verdict = "doubtful"
        yield spoken.finding(
            "availability", size, verdict, f"the sizes are {', '.join(records[0].sizes)}", subjects.ids
        )


def _said_sizes(text: str) -> Iterator[tuple[str, int, int]]:
    """(size, start, end) of the sizes that a text says."""
    spans = [(q.start, q.end) for q in quantities(text)]
    if _SIZED.search(text) or re.search(
        r"(?:\b[Ii]n (?:stock (?:are|is) )?|\b[Ss]old out: |\((?:[^()]*, )?)(?:XXS|XS|S|M|L|XL|XXL|3XL)\b", text
    ):
        for match in _LETTER.finditer(text):
            if not any(a < match.end() and match.start() < b for a, b in spans):
                yield match[1], match.start(), match.end()
    for match in _VARIANT.finditer(text):
        yield match[1], match.start(1), match.end(1)
    for match in _NUMBERED.finditer(text):
        listed = match[1] or match[2]
        offset = match.start(1) if match[1] else match.start(2)
        for one in re.finditer(r"\d{2}(?:[.,]5)?", listed):
            yield one[0], offset + one.start(), offset + one.end()


def numbers_of_sizes(text: str) -> list[tuple[int, int]]:
    """Where the numbers stand that are sizes: they are looked at here and nowhere else."""
    return [(start, end) for size, start, end in _said_sizes(text) if size[0].isdigit()]


def fits_size(own: str, size: str) -> bool:
    """Whether a product's size is the one that is said: equal, one of "S/M", or a range that holds it."""
    if own.lower() == size.lower() or size.lower() in own.lower().split("/"):
        return True
    span = re.fullmatch(r"(\d+)\s*[-–/]\s*(\d+)", own)
    return bool(span and size.isdigit() and int(span[1]) <= int(size) <= int(span[2]))


def _phrases(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    taken: list[tuple[int, int]] = []
    for claim, pattern in _availability():
        for match in pattern.finditer(text):
            if not any(a < match.end() and match.start() < b for a, b in taken):
                taken.append(match.span())
                yield claim, match


@cache
def _availability() -> list[tuple[str, re.Pattern[str]]]:
    held = lexicon()["availability"]
    found = []
    for claim in ("out", "few", "in"):  # "not available" is no "available"
        english = "|".join(rf"\b{re.escape(word)}\b" for word in held[claim]["en"])
        after = r"(?! (?:in (?!stock)|as|at|from|for|with|to|on)\b)" if claim != "few" else ""
        found.append((claim, re.compile(f"(?:{english}){after}|{'|'.join(held[claim]['zh'])}", re.I)))
    return found
