"""What an answer looks like: "how long" asks for a time, "does it fit" for what it fits. Form only, never the matter.

A form is a reason to prefer one passage to another that speaks of the same thing; alone it makes no answer. Those kept
are those that find more answers in `eval/questions.py`; an instruction for "how do I" is not among them.
"""

from __future__ import annotations

import re

_TIME = r"(?:business |working |calendar )?(?:minute|hour|day|week|month|year)s?"
_LENGTH = r"(?:\"|\'|″|”|mm|cm|m|km|inch(?:es)?|in|feet|foot|ft|yards?|metres?|meters?)"
_MEASURES = (
    "size|dimensions?|measurements?|diameter|length|width|height|depth|weight|thickness|capacity|voltage|wattage"
)
_FORMS = tuple(
    (re.compile(asked, re.I), re.compile(answer, re.I))
    for asked, answer in (
        # yes or no: a question that begins with a verb, after a greeting or a sentence of its own perhaps
        (
            r"^(?!how|what|which|where|when|why|who)(?:.*[.,!;?]\s*)?"
            r"(?:is|are|was|do|does|did|can|could|will|would|should|has|have|may)\b",
            r"^\W*(?:yes|no|nope|yep|yeah|yup|not)\b",
        ),
        (
            r"\b(?:how long|how many (?:days|weeks|months)|within what time|by when|too late|(?:days?|weeks?|months?) ago)\b",
            rf"\d[\s-]*(?:{_TIME}|{_LENGTH})(?!\w)",
        ),
        (  # a deadline
            r"\b(?:how (?:long|many (?:days|weeks|months)) (?:do|have|did|would) (?:i|we|you|they)\b|too late|deadline|(?:return|time) window)",
            rf"\b(?:within|up to|no later than|until) \d+ {_TIME}",
        ),
        (  # a time of day
            r"\b(?:(?:at|by|before|after|until|till) (?:noon|midday|\d)|\d\s?(?:am|pm|o'clock)|cut-?off|same day|today|tonight"
            r"|in the (?:morning|afternoon|evening))\b",
            r"\b\d{1,2}:\d{2}\b|\bsame (?:working |business )?day\b",
        ),
        (r"\b(?:litres?|liters?|volume|capacity)\b", r"\d\s*(?:l|litres?|liters?|ml|cl|oz|gal\w*|cu)\b"),
        (
            r"\b(?:how much|costs?|fees?|price of|charged?|surcharge|set (?:me|us) back|(?:for|totally|completely) free|is it free)\b",
            r"[$€£]\s*\d|\d\s*(?:USD|EUR|GBP|euros?|dollars?)|\b(?:free|fee)\b",
        ),
        (
            r"\bhow (?:many|much|big|tall|wide|deep|high|heavy|thick|large|old|far|hot|loud|strong)\b"
            rf"|\bwhat(?:'s| is| are)?(?: the)? (?:{_MEASURES}|inside|outside|inner|outer|total|exact)\b"
            r"|\b(?:dimensions?|measurements?)\b",
            r"\d",
        ),
        (
            r"\b(?:fits?|compatible|works? (?:with|on|in)|used? (?:with|on|for|in))\b",
            r"\b(?:fit|fits|fitted|compatible|works?|worked|used?|replac\w+)\b",
        ),
    )
)


_NUMBER = (
    r"(?<![\d.,#])(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d{1,2})?)(?P<thousands> ?k\b)?(?![\d%]|[.,]\d)"
)
_ABOUT = r"(?:about |around |abt |approx\w* |roughly |exactly |only |just |like |say |a |~)*"
_MONEY = r"(?:dollars?|bucks|quid|euros?|usd|eur|pounds?|gbp|[$€£]|美元|欧元|元)"
_OTHER_UNIT = r"(?! ?(?:days?|weeks?|months?|years?|hours?|times?|items?|pieces?|pairs?|things?|am|pm|o'clock|cm|mm|kg|g|l|inch\w*)\b)"
_AMOUNTS = tuple(
    re.compile(pattern, re.I)
    for pattern in (  # those that say what an order comes to first
        rf"{_NUMBER}(?:[ -]?{_MONEY})?[ -](?:orders?|cart|basket|purchase|total)\b(?! number)",
        r"\b(?:orders?|carts?|baskets?|bags?|purchases?|totals?|subtotals?|spend(?:ing)?|spent|buy|worth|comes? to)\b[^.?!\d]{0,20}"
        rf"\b(?:of|over|above|for|worth|to|is|are|was|at|spend|than) {_ABOUT}[$€£]? ?{_NUMBER}{_OTHER_UNIT}",
        rf"\b(?:spend(?:ing)?|spent|comes? to) {_ABOUT}[$€£]? ?{_NUMBER}{_OTHER_UNIT}",
        rf"[$€£]\s*{_NUMBER}",
        rf"{_NUMBER}[ -]?{_MONEY}(?!\w)",
        rf"(?<![\d.])(?=\d+\.\d\d\b){_NUMBER}{_OTHER_UNIT}",  # prices have two places
        rf"\bfor {_ABOUT}{_NUMBER}(?=\s*(?:[,.;?!]|$))",
    )
)
_CHART = re.compile(r"\b([A-Z\d/]{1,4}) (\d{2,3})\s?[-–]\s?(\d{2,3})\s?(cm|mm|in|kg)\b")
_CHINESE = {"厘米": "cm", "公分": "cm", "公斤": "kg"}
CHARTED = 3  # sizes from which a row of them is a chart


# What a question asks that nothing answers but what speaks of it: shops' hours are no delivery times.
_REQUIRED = (
    (
        re.compile(
            r"\b(?:opening|closing|business|shop|store) (?:hours|times?)\b|\b(?:what time|when|until when|till when|how late)\b[^?]*"
            r"\b(?:opens?|closes?|closed|shut)\b|\b(?:are|is|do|does|will)\b[^?]*\b(?:open|closed|shut)\b(?! (?:it|the|a|my|an)\b)",
            re.I,
        ),
        re.compile(
            r"\b(?:open(?:s|ed|ing)?|clos(?:e|es|ed|ing)|shut|hours)\b|\b\d{1,2}(?:[:.]\d{2})?\s?(?:am|pm)?\s*(?:-|–|to|until)\s*\d{1,2}(?:[:.]\d{2}|\s?(?:am|pm))",
            re.I,
        ),
    ),
    (
        re.compile(
            r"\b(?:my age|how old|old enough|age (?:limit|check)|my id|proof of age|under ?age|minors?)\b", re.I
        ),
        re.compile(r"\b(?:age|aged|years? old|years? or older|adults?|minors?|id)\b", re.I),
    ),
    # services beside the sale: what says nothing of wrapping does not say whether presents are wrapped
    *(
        (named, named)
        for named in (
            re.compile(r"\b(?:gift-?)?wrap", re.I),
            re.compile(r"\b(?:engrav|monogram|embroider)", re.I),
            re.compile(r"\b(?:rent(?:s|al|als|ed|ing)?|hir(?:e|ed|ing)|leas(?:e|ed|ing))\b", re.I),
            re.compile(r"\bpark(?:ing)?\b", re.I),
            re.compile(r"\b(?:dogs?|pets?)\b", re.I),
            re.compile(r"\b(?:hem(?:s|med|ming)?\b|tailor|alterations?\b)", re.I),
        )
    ),
)


def answers(question: str, passage: str) -> bool:
    """Whether a passage speaks of what a question asks, where nothing else would answer it."""
    return all(answer.search(passage) for asked, answer in _REQUIRED if asked.search(question))


def forms(question: str) -> list[re.Pattern[str]]:
    """What the answer to a question looks like: it has one of these, if there are any."""
    return [answer for asked, answer in _FORMS if asked.search(question)]


def amount(question: str) -> float | None:
    """The amount of money that a question speaks of; of "above 500" one cent more, which another range may have.

    Of several the one that an order is said to come to: "free over $50, they say. My order is $60".
    """
    match = next((match for pattern in _AMOUNTS if (match := pattern.search(question))), None)
    if match is None:
        return None
    above = re.search(
        r"(?:above|over|more than|beyond|exceed\w*)\s*$", question[: match.start("number")].rstrip("$€£ "), re.I
    )
    return _value(match) + (0.01 if above else 0.0)


def _value(match: re.Match[str]) -> float:
    """ "1,400", "49,99" and "1.2k" as numbers."""
    number = match["number"]
    plain = number.replace(",", "") if re.search(r",\d{3}", number) else number.replace(",", ".")
    return float(plain) * (1000 if match["thousands"] else 1)


def in_chart(said: str, text: str) -> tuple[str, str, str] | None:
    """(measure, size, its range) that a size chart gives for a measure that a message says; None where it has none.

    A chart is a row of sizes with ranges: "Chest: S 89-94 cm, M 95-101 cm, L 102-109 cm".
    """
    rows = [(m[1], float(m[2]), float(m[3]), m[4]) for m in _CHART.finditer(text)]
    measures = re.findall(
        r"(?<![A-Za-z0-9.])(\d{2,3}(?:[.,]\d)?)(?:\s*(cm|mm|inch(?:es)?|in|kg|厘米|公分|公斤))?(?![A-Za-z0-9.%])", said
    )
    if len(rows) < CHARTED or len(measures) != 1:
        return None
    number, unit = float(measures[0][0].replace(",", ".")), _CHINESE.get(measures[0][1], measures[0][1])
    for size, low, high, measured in rows:
        if low <= number < high + 1 and (not unit or unit.startswith(measured[:2])):
            return f"{measures[0][0]} {measured}", size, f"{low:g}-{high:g} {measured}"
    return None


def in_range(amount: float, text: str) -> float:
    """1 for a table row whose range has the amount, -1 for one whose range has it not, else 0.

    "Over 100" has 100 where no other row has: such tables mean "from".
    """
    head = re.split(r"\.\s(?=[A-Z])", text)[0].replace(",", "")
    numbers = [float(n) for n in re.findall(r"\d+(?:\.\d+)?", head)]
    if not numbers or ":" not in text:
        return 0.0
    lower = head.lower()
    if re.search(r"up to|under|below|less than|bis", lower) and len(numbers) == 1:
        return 1.0 if amount <= numbers[0] else -1.0
    if re.search(r"over|above|more than|from|\+", lower) and len(numbers) == 1:
        return 1.0 if amount > numbers[0] else 0.5 if amount == numbers[0] else -1.0
    if len(numbers) >= 2:
        return 1.0 if numbers[0] <= amount <= numbers[1] else -1.0
    return 0.0
