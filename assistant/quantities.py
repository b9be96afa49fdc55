"""How many a message asks for. Read from its words: what is no whole number is refused, and never read as another one.

Prices, sizes, measures, places in a list, order and product ids, and numbers in a product's name count nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from index.numbers import order_ids
from index.numerals import ENGLISH, NUMBER_WORDS, NUMERAL, english, number_of
from index.words import fold

_PHRASES = {"half a dozen": 6, "a couple": 2, "a pair": 1, "a dozen": 12, "a single": 1}
_COUNTED = "个件条双只把款瓶顶盒套份台支本张块包袋副枚根对打"  # Chinese words after a number that count things
_NUMBER_WORD = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_MONEY = r"(?:doll?ars?|euros?|pounds?|bucks?|cents?|usd|eur|gbp|us\$|\$|€|£|美元|美金|欧元|英镑|元|块钱|块)"
_UNIT = (
    r"(?:cm|mm|km|m|kg|g|grams?|lbs?|pounds?|oz|l|litres?|liters?|ml|inch(?:es)?|in|ft|feet|foot|\"|w|watts?|v|volts?|h|hours?|hrs?|"
    r"min(?:ute)?s?|days?|weeks?|months?|years?|nights?|people|persons?|man|adults?|kids|children|stars?|degrees?|°c?|am|pm|k|"
    r"season|layer|way|piece set|pack of|升|厘米|毫米|公斤|克|寸|英寸|人|天|周|岁|年|小时|米)"
)
# What a number may stand in and count nothing.
_OTHERS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"{_MONEY}\s*\d[\d.,]*|\d[\d.,]*\s*{_MONEY}",
        r"\d[\d.,]*\s*(?:%|percent|per cent)|[\d一二三四五六七八九]折",
        rf"(?<![\w.,])\d[\d.,]*(?:\s*|-){_UNIT}(?![a-z])",
        rf"\b(?:{_NUMBER_WORD})(?:-|\s+)(?:person|man|season|layer|way|litre|liter|inch|people|days?|weeks?|months?|years?|hours?)\b",
        r"\b(?:sizes?|eu|uk|us|nr\.?|no\.?|number|model|type|series|version|vol\.?|#)\s*#?\d+\w*|尺码\s*\w+|\d+\s*码|\d+\s*号",
        r"\b\d+(?:st|nd|rd|th)\b|第\s*[一二三四五六七八九十百\d０-９]+\s*[款个件条种]?|[这那哪前后]\s*[一二两三四五六七八九十\d]\s*[款个件条种]?",
        r"\b(?:first|last|these|those|the|other) (?:two|three|four|both|\d)\b(?! (?:of|more))",
        r"\b(?:instead of|rather than|not|from|than|don'?t want|had|have|were|was)\s+(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)\b(?! (?:of|more))",
        r"\bat (?:least|most)\b",
        r"\b(?:i'?m|i am|(?:he|she)(?:'?s| is)|turn(?:s|ed|ing)?|aged?) (?:just |only |already |about )?\d{1,3}\b|\b\d{1,3} ?y\.?/?o\b",
    )
)
_PRONOUN = re.compile(
    r"\b(?:(?:the|this|that|which|any|every|each|other|only|a|an|no|some|(?:the )?(?!just|another|rather|over|after|ever|under)\w+(?:er|est|st|nd|rd|th)|first|second|third|last|"
    r"black|white|red|blue|green|yellow|purple|orange|pink|gr[ae]y|brown|small|large|big|medium|cheap|good|new)\s+one)\b(?! of\b| more\b)|"
    r"\bone (?:with|in|that|which|from|is|has|you|i)\b|\bone's\b"
)
_WRONG = re.compile(
    rf"(?:\bminus|\bnegative)\s+(?:\d|{_NUMBER_WORD})|(?<![\w\d])[-−–﹣－]\d|负|"
    r"\d\s*[/⁄]\s*\d|\d[.,]\d{1,2}(?!\d)|\d[.,]\d{4,}|\d+e[+-]?\d|\b0x[\da-f]+\b|"
    rf"\bhalf (?!a dozen)(?:a|an|of|the)?|\band a half\b|\ba (?:quarter|third) of\b|半[{_COUNTED}]?|[一二两三四五六七八九十]分之",
    re.I,
)
_VAGUE = re.compile(
    rf"\b(?:a few|several|some more|many|lots|a lot of|plenty|dozens|hundreds|thousands|a bunch|as many as|all you have|infinite\w*|unlimited)\b|"
    rf"几[{_COUNTED}]|一些|若干|很多|全部"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a message says of how many.

    Args:
        count: the number, where there is exactly one.
        wrong: it says something that is no whole number above zero ("minus 2", "½", "1e9").
        unclear: it says "a few", or several different numbers.
    """

    count: int | None = None
    wrong: bool = False
    unclear: bool = False


def said_quantity(
    text: str, titles: Iterable[str] = (), ids: Iterable[str] = (), sizes: Iterable[str] = ()
) -> Quantity:
    """How many a message asks for; all empty where it says nothing.

    Args:
        titles: names of the products that it may speak of; numbers in them count nothing.
        ids: product ids that may be typed in it.
        sizes: sizes that it says.
    """
    titles = list(titles)
    text = _without_ids(text, [*ids, *order_ids(text)])
    text = re.sub(r"第\s*[\d０-９]+", " ", text)
    if _odd_digits(text, " ".join(titles)):
        return Quantity(wrong=True)
    plain = fold(text)
    for title in titles:
        plain = _without_title(plain, title)
        for number in re.findall(r"\d+", title):  # "the 55", of a ball of 55 cm
            plain = re.sub(rf"\bthe {number}\b(?! (?:of|pieces?|pcs)\b)", " ", plain)
    for size in sizes:
        plain = re.sub(rf"(?<![\w.]){re.escape(fold(size))}(?!\w)", " ", plain)
    plain = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", plain)
    for pattern in _OTHERS:
        plain = pattern.sub(" ", plain)
    if _WRONG.search(plain):
        return Quantity(wrong=True)
    counts = _counts(plain)
    if not counts:
        return Quantity(unclear=bool(_VAGUE.search(plain)))
    if len(set(counts)) > 1:
        return Quantity(unclear=True)
    return Quantity(counts[0], wrong=counts[0] == 0)


def _counts(plain: str) -> list[int]:
    """The numbers of a folded text, in digits and in words, in any order."""
    found: list[int] = []
    for phrase, number in _PHRASES.items():
        if re.search(rf"\b{phrase}\b", plain):
            found.append(number)
            plain = re.sub(rf"\b{phrase}\b", " ", plain)
    plain = _PRONOUN.sub(" ", plain)
    found += [
        int(n[:12])
        for n in re.findall(r"(?<![a-z\d_.-])x?(\d+)(?=x?(?:\W|$)|\s*(?:pcs?|pieces?)\b|[\u4e00-\u9fff])", plain)
    ]
    found += [english(match[0]) for match in ENGLISH.finditer(plain)]
    for match in re.finditer(rf"({NUMERAL})\s*([{_COUNTED}])", plain):
        found.append(number_of(match[1]) * (12 if match[2] == "打" else 1))
    if not found and re.search(r"\banother\b|再(?:来|加|要|拿)(?!几|一些)", plain):
        found.append(1)
    return found


def _odd_digits(text: str, titles: str) -> bool:
    """Whether a text counts with signs that are no plain digits: "½", "２", "²", "٣". They are not guessed at."""
    return any(
        not char.isascii()
        and unicodedata.category(char) in ("Nd", "No", "Nl")
        and char not in "〇"
        and char not in titles
        for char in text
    )


def _without_ids(text: str, ids: Iterable[str]) -> str:
    """Without the ids, and without other words that mix letters, digits and hyphens as ids do."""
    for key in sorted(ids, key=len, reverse=True):
        text = re.sub(rf"(?<![\w-]){re.escape(key)}(?![\w-])", " ", text, flags=re.I)
    text = re.sub(
        r"(?<![\w-])(?=[\w-]*[A-Za-z])(?=[\w-]*\d)\w+(?:-\w+)+(?![\w-])", " ", text
    )  # "MJ02-M-Red", "20-litre"
    return re.sub(r"(?<![\w-])[A-Za-z]+\d[A-Za-z\d]*(?![\w-])", _keep_times, text)  # "A4", but "x2" is twice


def _keep_times(match: re.Match[str]) -> str:
    return match[0] if re.fullmatch(r"x\d+", match[0], re.I) else " "


def _without_title(text: str, title: str) -> str:
    """Without the longest part of a title, of two words or more, that the text has; or without all of a short one."""
    words = re.findall(r"[\w'™®-]+", fold(title))
    for length in range(len(words), 1 if len(words) > 1 else 0, -1):
        for start in range(len(words) - length + 1):
            pattern = r"(?<!\w)" + r"\W+".join(re.escape(word) for word in words[start : start + length]) + r"(?!\w)"
            text, found = re.subn(pattern, " ", text)
            if found:
                return text
    return text
