"""Numbers with their units, in one form: "1.35 kg", "1350 g" and "1,350克" are the same. English and Chinese."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache

# unit as written → (canonical unit, factor). Longer ones are tried first.
_UNITS: dict[str, tuple[str, str]] = {
    "g/m2": ("g/m2", "1"), "g/m²": ("g/m2", "1"), "gsm": ("g/m2", "1"), "克/平方米": ("g/m2", "1"),
    "mg": ("g", "0.001"), "g": ("g", "1"), "gr": ("g", "1"), "gram": ("g", "1"), "grams": ("g", "1"), "克": ("g", "1"),
    "kg": ("g", "1000"), "kgs": ("g", "1000"), "kilo": ("g", "1000"), "kilos": ("g", "1000"), "kilogram": ("g", "1000"),
    "kilograms": ("g", "1000"), "公斤": ("g", "1000"), "千克": ("g", "1000"), "斤": ("g", "500"),
    "lb": ("lb", "1"), "lbs": ("lb", "1"), "pound": ("lb", "1"), "pounds": ("lb", "1"), "磅": ("lb", "1"),
    "oz": ("oz", "1"), "ounce": ("oz", "1"), "ounces": ("oz", "1"), "盎司": ("oz", "1"),
    "ml": ("ml", "1"), "毫升": ("ml", "1"), "l": ("ml", "1000"), "liter": ("ml", "1000"), "liters": ("ml", "1000"),
    "litre": ("ml", "1000"), "litres": ("ml", "1000"), "升": ("ml", "1000"),
    "mm": ("mm", "1"), "millimetre": ("mm", "1"), "millimetres": ("mm", "1"), "millimeters": ("mm", "1"), "毫米": ("mm", "1"),
    "cm": ("mm", "10"), "centimetre": ("mm", "10"), "centimetres": ("mm", "10"), "centimeters": ("mm", "10"),
    "厘米": ("mm", "10"), "公分": ("mm", "10"), "m": ("mm", "1000"), "metre": ("mm", "1000"), "metres": ("mm", "1000"),
    "meter": ("mm", "1000"), "meters": ("mm", "1000"), "米": ("mm", "1000"), "km": ("mm", "1000000"), "公里": ("mm", "1000000"),
    '"': ("in", "1"), "″": ("in", "1"), "in": ("in", "1"), "inch": ("in", "1"), "inches": ("in", "1"), "英寸": ("in", "1"),
    "寸": ("in", "1"), "ft": ("ft", "1"), "foot": ("ft", "1"), "feet": ("ft", "1"), "英尺": ("ft", "1"),
    "mile": ("mile", "1"), "miles": ("mile", "1"), "英里": ("mile", "1"),
    "s": ("min", "0.0166667"), "sec": ("min", "0.0166667"), "second": ("min", "0.0166667"), "seconds": ("min", "0.0166667"),
    "秒": ("min", "0.0166667"), "min": ("min", "1"), "mins": ("min", "1"), "minute": ("min", "1"), "minutes": ("min", "1"),
    "分钟": ("min", "1"), "h": ("min", "60"), "hr": ("min", "60"), "hrs": ("min", "60"), "hour": ("min", "60"), "hours": ("min", "60"),
    "个小时": ("min", "60"), "小时": ("min", "60"), "个钟头": ("min", "60"),
    "working day": ("working day", "1"), "working days": ("working day", "1"), "business day": ("working day", "1"),
    "business days": ("working day", "1"), "weekdays": ("working day", "1"), "个工作日": ("working day", "1"), "工作日": ("working day", "1"),
    "day": ("day", "1"), "days": ("day", "1"), "天": ("day", "1"), "日内": ("day", "1"), "night": ("night", "1"), "nights": ("night", "1"),
    "晚": ("night", "1"), "week": ("day", "7"), "weeks": ("day", "7"), "周": ("day", "7"), "个星期": ("day", "7"), "星期": ("day", "7"),
    "month": ("month", "1"), "months": ("month", "1"), "个月": ("month", "1"), "year": ("month", "12"), "years": ("month", "12"), "年": ("month", "12"),
    "°c": ("c", "1"), "℃": ("c", "1"), "c": ("c", "1"), "degrees celsius": ("c", "1"), "degrees c": ("c", "1"), "degrees": ("c", "1"),
    "degree": ("c", "1"), "°": ("c", "1"), "celsius": ("c", "1"), "摄氏度": ("c", "1"), "度": ("c", "1"), "°f": ("f", "1"), "fahrenheit": ("f", "1"),
    "%": ("%", "1"), "percent": ("%", "1"), "per cent": ("%", "1"), "折": ("%off", "1"),
    "lumen": ("lumen", "1"), "lumens": ("lumen", "1"), "lm": ("lumen", "1"), "流明": ("lumen", "1"),
    "w": ("w", "1"), "watt": ("w", "1"), "watts": ("w", "1"), "瓦": ("w", "1"), "cuin": ("cuin", "1"), "fill power": ("cuin", "1"),
    "page": ("page", "1"), "pages": ("page", "1"), "页": ("page", "1"),
    "person": ("person", "1"), "persons": ("person", "1"), "people": ("person", "1"), "adults": ("person", "1"), "sleepers": ("person", "1"),
    "campers": ("person", "1"), "个人": ("person", "1"), "人": ("person", "1"),
    "customers": ("review", "1"), "customer": ("review", "1"), "reviewers": ("review", "1"), "位顾客": ("review", "1"), "名顾客": ("review", "1"), "位买家": ("review", "1"),
    "out of 5": ("rating", "1"), "of 5": ("rating", "1"), "/5": ("rating", "1"), "/ 5": ("rating", "1"), "out of five": ("rating", "1"),
    "of five": ("rating", "1"), "out of 5 stars": ("rating", "1"), "of 5 stars": ("rating", "1"), "stars": ("rating", "1"), "star": ("rating", "1"),
    "颗星": ("rating", "1"), "星": ("rating", "1"), "分": ("rating", "1"),
    "review": ("review", "1"), "reviews": ("review", "1"), "customer reviews": ("review", "1"), "ratings": ("review", "1"),
    "条评价": ("review", "1"), "条评论": ("review", "1"), "个评价": ("review", "1"), "个评论": ("review", "1"), "条": ("review", "1"),
    "left": ("stock", "1"), "in stock": ("stock", "1"), "available": ("stock", "1"), "pieces left": ("stock", "1"), "件库存": ("stock", "1"),
    "件": ("piece", "1"), "pieces": ("piece", "1"), "piece": ("piece", "1"),
    "€": ("money", "1"), "eur": ("money", "1"), "euro": ("money", "1"), "euros": ("money", "1"), "欧元": ("money", "1"), "欧": ("money", "1"),
    "$": ("money", "1"), "usd": ("money", "1"), "us$": ("money", "1"), "dollar": ("money", "1"), "dollars": ("money", "1"), "bucks": ("money", "1"),
    "美元": ("money", "1"), "美金": ("money", "1"), "刀": ("money", "1"), "£": ("money", "1"), "gbp": ("money", "1"), "英镑": ("money", "1"),
    "¥": ("money", "1"), "￥": ("money", "1"), "cny": ("money", "1"), "rmb": ("money", "1"), "yuan": ("money", "1"), "人民币": ("money", "1"),
    "块钱": ("money", "1"), "块": ("money", "1"), "元": ("money", "1"), "cents": ("money", "0.01"),
}  # fmt: skip
_CURRENCY = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "欧元": "EUR", "欧": "EUR",
    "usd": "USD", "us$": "USD", "美元": "USD", "美金": "USD", "dollar": "USD", "dollars": "USD", "bucks": "USD", "$": "USD", "刀": "USD",
    "£": "GBP", "gbp": "GBP", "英镑": "GBP", "cny": "CNY", "rmb": "CNY", "yuan": "CNY", "人民币": "CNY", "¥": "CNY", "￥": "CNY",
}  # fmt: skip
_BEFORE = r"€|US\$|\$|£|¥|￥|EUR|USD|GBP|CNY|RMB"
_NUMBER = r"\d{1,3}(?:[,'’]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"
_LATIN = "|".join(re.escape(u) for u in sorted((u for u in _UNITS if u.isascii()), key=len, reverse=True))
_WIDE = "|".join(re.escape(u) for u in sorted((u for u in _UNITS if not u.isascii()), key=len, reverse=True))
_UNIT = rf"(?P<wide>{_WIDE})|(?P<latin>{_LATIN})(?![A-Za-z0-9])"
_ENGLISH_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "dozen": 12,
}  # fmt: skip
_CHINESE_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_DIGITS = re.compile(
    rf"(?P<before>{_BEFORE})?\s?(?<![A-Za-z0-9.,:/])(?<![A-Za-z]-)(?P<sign>(?<![A-Za-z0-9])[-−](?=\d))?(?P<number>{_NUMBER})(?![\d]|:\d|[.,]\d)[\s-]?(?:{_UNIT})?",
    re.I,
)
_ONE_WORD = "|".join(_ENGLISH_NUMBERS)
_SPELLED = re.compile(
    rf"\b(?P<number>(?:{_ONE_WORD})(?:[\s-](?:and )?(?:{_ONE_WORD}))*)\b(?:[\s-](?:{_UNIT})|(?=[\s-]))", re.I
)
_SPELLED_ZH = re.compile(
    rf"(?<![第每同任另某])(?P<number>[一二两三四五六七八九十百]+)(?:{_WIDE}|款|种|个|条|次|层|只|台|本|色|码)"
)
_RANGE = re.compile(
    rf"(?P<first>{_NUMBER})\s?(?:-|–|—|~|～|至|到|to|and|x|×|or|或)\s?(?={_NUMBER}[\s-]?(?:{_UNIT.replace('?P<wide>', '?:').replace('?P<latin>', '?:')}))",
    re.I,
)
_TIME = re.compile(
    r"(?<![\d.:])(\d{1,2})[:：](\d{2})(?![\d:])|\b(\d{1,2})\s?(am|pm|a\.m\.|p\.m\.)(?!\w)|(\d{1,2})点(?:钟|整)?", re.I
)
_CODE = re.compile(
    r"(?<![A-Za-z0-9-])(?=[A-Za-z0-9-]*\d)(?=[A-Za-z0-9-]*[A-Za-z])(?!\d+(?:[.,]\d+)?-?[A-Za-z]+(?![A-Za-z0-9-]*\d))"
    r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*(?![A-Za-z0-9-])|(?<![\d.])\d+:\d{3,}|(?<![\d./])\d/\d(?![\d/])(?!\s*(?:stars|星))"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of a text. `unit` is "" for a bare one, and then `noun` is the word after it, if there is one."""

    value: Decimal
    unit: str
    start: int
    end: int
    text: str
    noun: str = ""
    currency: str = ""
    spelled: bool = False

    def same(self, other: Quantity) -> bool:
        """Whether both say as much of the same."""
        return self.unit == other.unit and abs(self.value - other.value) < Decimal("0.005")


def quantities(text: str) -> list[Quantity]:
    """The quantities of a text in their order: digits, times of day, and numbers in words that count something."""
    found: list[Quantity] = []
    taken: list[tuple[int, int]] = []
    for match in _TIME.finditer(text):
        found.append(Quantity(_minutes(match), "time", match.start(), match.end(), match[0]))
        taken.append(match.span())
    for match in _CODE.finditer(text):
        taken.append(match.span())
    inherited = {match.start("first"): match.end() for match in _RANGE.finditer(text)}
    for match in _DIGITS.finditer(text):
        if any(start < match.end("number") and match.start("number") < end for start, end in taken):
            continue
        value = number(match["number"])
        if (
            value is None
            or re.match(r"(?:st|nd|rd|th|X{1,3}L)(?![A-Za-z])", text[match.end("number") :])
            or text[: match.start()].endswith("第")
        ):
            continue  # an ordinal counts nothing
        below = match["sign"] or text[: match.start("number")].endswith("零下")
        found.append(_quantity(text, match, -value if below else value))
    found = _with_range_units(text, found, inherited)
    numbered = [(q.start, q.end) for q in found]
    for match in _SPELLED.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in numbered):
            found.append(_quantity(text, match, _english_number(match["number"]), spelled=True))
    for match in _SPELLED_ZH.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in numbered):
            value = _chinese_number(match["number"])
            unit = _UNITS.get(match[0][len(match["number"]) :])
            scaled = value * Decimal(unit[1]) if unit else value
            found.append(Quantity(scaled, unit[0] if unit else "", match.start(), match.end(), match[0], spelled=True))
    return sorted(found, key=lambda q: q.start)


def codes(text: str) -> list[tuple[int, int, str]]:
    """Tokens of letters and digits that are no quantity: an order's id, a steel, "IPX4"."""
    return [(match.start(), match.end(), match[0]) for match in _CODE.finditer(text)]


@cache
def number(raw: str) -> Decimal | None:
    """ "1,234.50" and "1234,5" as a number."""
    plain = re.sub(r"[,'’](?=\d{3}(?:\D|$))", "", raw).replace(",", ".")
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def _quantity(text: str, match: re.Match[str], value: Decimal, *, spelled: bool = False) -> Quantity:
    groups = match.groupdict()
    written = (groups.get("wide") or groups.get("latin") or "").lower()
    before = (groups.get("before") or "").lower()
    start = match.start("before") if before else match.start("sign") if groups.get("sign") else match.start("number")
    currency = _CURRENCY.get(before) or _CURRENCY.get(written) or ""
    if before:
        return Quantity(value, "money", start, match.end("number"), text[start : match.end("number")], "", currency)
    if written:
        unit, factor = _UNITS[written]
        end = max(match.end("wide"), match.end("latin"))
        return Quantity(value * Decimal(factor), unit, start, end, text[start:end], "", currency, spelled)
    end = match.end("number")
    after = re.match(r"[\s-]*([A-Za-z]+|[\u3400-\u9fff])", text[end:])
    return Quantity(value, "", start, end, text[start:end], after[1].lower() if after else "", "", spelled)


def _with_range_units(text: str, found: list[Quantity], inherited: dict[int, int]) -> list[Quantity]:
    """ "2-4 working days", "70 x 50 cm": the first number has the unit of the second."""
    by_start = {q.start: q for q in found}
    done = []
    for q in sorted(found, key=lambda q: -q.start):
        if not q.unit and q.start in inherited:
            other = by_start.get(inherited[q.start])
            times = re.search(r"[x×]", text[q.end : other.start]) if other else None
            if other is not None and other.unit not in ("", "time") and not (times and other.unit != "mm"):
                written = re.search(_NUMBER, other.text)
                plain = number(written[0]) if written else None
                factor = abs(other.value) / plain if plain else Decimal(1)
                q = Quantity(q.value * factor, other.unit, q.start, q.end, q.text, "", other.currency)
                by_start[q.start] = q
        done.append(q)
    return done


def _minutes(match: re.Match[str]) -> Decimal:
    hour = int(match[1] or match[3] or match[5])
    if match[4] and match[4].lower().startswith("p") and hour < 12:
        hour += 12
    return Decimal(hour * 60 + int(match[2] or 0))


def _english_number(text: str) -> Decimal:
    total = 0
    for word in re.findall("[a-z]+", text.lower()):
        if word in ("hundred", "dozen"):
            total = (total or 1) * _ENGLISH_NUMBERS[word]
        elif word != "and":
            total += _ENGLISH_NUMBERS[word]
    return Decimal(total)


def _chinese_number(text: str) -> Decimal:
    total, held = 0, 0
    for char in text:
        if char == "十":
            total, held = total + (held or 1) * 10, 0
        elif char == "百":
            total, held = total + (held or 1) * 100, 0
        else:
            held = _CHINESE_DIGITS[char]
    return Decimal(total + held)
