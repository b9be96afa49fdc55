"""Cuts a sentence into tokens of known meaning: products, numbers, denials, comparisons, words. English and Chinese.

What a kind of token means stands in `terms.yaml`; besides these there are `mention`, `quote` and `misquote`, `name` (of a speaker), `number`, `money`, `percent`,
`score` ("4/5"), `color`, `size`, `word`, `han` (a Chinese word that claims something), `plain` and `unknown`, `comma`,
`stop` (;:—) and `end`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from itertools import pairwise

from assistant.grounding.quantities import chinese_number, decimal_of, quantities, unit_at
from assistant.grounding.record import Record
from assistant.grounding.vocabulary import chinese, colours, plain, plain_chinese, terms
from index.money import names_of
from index.words import stem, words

_WORD = re.compile(r"\d+/\d+|[a-z0-9][a-z0-9'®™]*(?:\.[a-z0-9]+)*")
_SPACE = re.compile(r"\s+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_CURRENCIES = {
    "USD": r"usd|us\$|\$|dollars?|bucks|美元|美金|刀",
    "EUR": r"eur|€|euros?|欧元",
    "GBP": r"gbp|£|pounds? sterling|pounds?|英镑",
    "CNY": r"cny|rmb|¥|yuan|元|块钱|人民币",
}
_NAMED = {"$": "dollars?|bucks", "¥": "yen|日元|円", "kr": "kron(?:a|e|er|or)"}  # by the symbol that a currency shares
_NUMBER = r"\d+(?:[.,]\d+)*"
_PERCENT = re.compile(rf"({_NUMBER})\s*(?:%|percent|per cent)|百分之({_NUMBER})")
_SCORE = re.compile(r"(\d(?:[.,]\d+)?)\s*/\s*(5|10)(?!\d)")
_SIZE = re.compile(r"(?<![A-Za-z0-9'’.&-])(X{0,3}S|M|X{0,4}L|[2-5]XL)(?![A-Za-z0-9'’&])(?!\s*[\"”])")
_QUOTE = re.compile(r"[\"“”「『]([^\"“”「」『』]{12,400})[\"“”」』]")
_PLACE = re.compile(r"第\s*([一二三四五六\d])\s*(?:款|个|件|种|条|双|只)?")
_MEASURE = re.compile(r"[款种个件条双颗升只公米颜尺元块美欧英星分位名人年天日月色周毫克厘寸码]")
_SIZE_WORDS = {"small": "S", "medium": "M", "large": "L", "extra large": "XL", "extra small": "XS"}
VARIANTS = frozenset("variants variant versions version combinations combination".split())
_PLAIN_MARK = {
    ",": "comma",
    ";": "stop",
    ":": "stop",
    "—": "stop",
    "–": "to",
    "(": "comma",
    ")": "comma",
    "?": "ask",
    "~": "to",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a sentence. `value` is what its kind needs: a phrase's value, a currency, a unit, a size."""

    kind: str
    text: str  # as it is written, folded
    value: str = ""
    number: Decimal = Decimal(0)
    products: tuple[int, ...] = ()  # of a mention: places in the evidence
    place: int = 0  # where it begins in the sentence
    denied: bool = False
    spelled: bool = False


@dataclass
class Lexer:
    """Reads sentences about some products; made once for them.

    Args:
        currency: the shop's: what "$" or "kr" means there.
        names: of those who speak: the shop's, the assistant's, the shopper's.
    """

    records: Sequence[Record]
    currency: str = "USD"
    names: Sequence[str] = ()
    _titles: list[tuple[str, tuple[int, ...]]] = field(init=False)
    _own: dict[str, int] = field(init=False)  # stem that one title alone has → its place

    def __post_init__(self) -> None:
        by_title: dict[str, list[int]] = {}
        for place, record in enumerate(self.records):
            by_title.setdefault(plain_text(record.product.title).lower(), []).append(place)
        self._titles = sorted(((t, tuple(p)) for t, p in by_title.items()), key=lambda row: -len(row[0]))
        stems = [{stem(word) for word in words(record.product.title)} for record in self.records]
        self._own = {
            form: place
            for place, held in enumerate(stems)
            for form in held
            if not any(form in other for n, other in enumerate(stems) if n != place)
        }
        self._stems = stems
        self._ranges = {
            size.lower() for r in self.records for size in r.sizes if re.search(r"\w[-/]\w", size)
        }  # "36-39"
        self._colors = frozenset(word for r in self.records for color in r.colors for word in words(color))

    def read(self, sentence: str) -> list[Token]:
        """The tokens of a sentence, in its order."""
        cased = plain_text(sentence)
        text = cased.lower()
        if len(text) != len(cased):
            cased = text
        spans = self._spans(text, cased)
        found: list[Token] = []
        place = 0
        while place < len(text):
            if space := _SPACE.match(text, place):
                place = space.end()
                continue
            if place in spans:
                token, end = spans[place]
                found.append(replace(token, place=place))
                place = end
                continue
            start = place
            read, place = self._next(text, cased, start, found)
            if read is not None:
                found.append(replace(read, place=start))
        return _sized(found, self.records)

    def _spans(self, text: str, cased: str) -> dict[int, tuple[Token, int]]:
        """Where a token of more than words begins, and where it ends."""
        spans: dict[int, tuple[Token, int]] = {}
        taken: list[tuple[int, int]] = []

        def take(start: int, end: int, token: Token) -> None:
            if all(end <= a or start >= b for a, b in taken):
                taken.append((start, end))
                spans[start] = (token, end)

        for match in _QUOTE.finditer(text):
            value = match[1].strip(" .,!?。，！？")
            if self.records:
                read = any(value in record.told.prose.text for record in self.records)
                take(match.start(), match.end(), Token("quote" if read else "misquote", match[0], value))
        for title, places in self._titles:
            for match in re.finditer(rf"(?<![a-z0-9]){re.escape(title)}(?![a-z0-9])(?:'s(?![a-z]))?", text):
                take(match.start(), match.end(), Token("mention", match[0], products=places))
        for name in filter(None, map(plain_text, self.names)):
            for match in re.finditer(rf"(?<!\w){re.escape(name)}(?:'s)?(?![a-z0-9])", cased):
                take(match.start(), match.end(), Token("name", match[0]))
        for match in _PLACE.finditer(text):
            number = chinese_number(match[1], 0)
            place = (number[0] if number else int(match[1])) - 1
            take(
                match.start(),
                match.end(),
                Token("mention", match[0], products=(place,) if place < len(self.records) else (-1,)),
            )
        for match in _SCORE.finditer(text):
            take(match.start(), match.end(), Token("score", match[0], match[2], Decimal(match[1].replace(",", "."))))
        for match in _PERCENT.finditer(text):
            if (value := decimal_of(match[1] or match[2])) is not None:
                take(match.start(), match.end(), Token("percent", match[0], "%", value))
        money, named = _money(self.currency)
        for match in re.finditer(r"\b(?:an?|one|single) (dollar|euro|pound)\b(?!s)", text):
            currency = named.match(match[1])
            take(match.start(), match.end(), Token("money", match[0], str(currency and currency.lastgroup), Decimal(1)))
        for match in money.finditer(text):
            code = str(match.lastgroup)[:3]
            value = decimal_of(next(match[f"{code}{side}"] for side in "ab" if match[f"{code}{side}"]))
            if value is not None:
                take(match.start(), match.end(), Token("money", match[0], code, value))
        for size in self._ranges:
            for match in re.finditer(rf"(?<![\w-]){re.escape(size)}(?![\w-])", text):
                take(match.start(), match.end(), Token("size", match[0], size.upper()))
        for match in _SIZE.finditer(cased):
            take(match.start(), match.end(), Token("size", match[0].lower(), match[0]))
        for quantity in quantities(text):
            written = text[quantity.start : quantity.end]
            currency = named.match(text, quantity.end + (text[quantity.end : quantity.end + 1] in " -"))
            if quantity.spelled and currency:
                token = Token("money", written, str(currency.lastgroup), quantity.value)
                take(quantity.start, currency.end(), token)
                continue
            if quantity.spelled and _english_term(text, quantity.start, longer_than=len(written.split())):
                continue  # "the two": a word for the products
            take(
                quantity.start,
                quantity.end,
                Token("number", written, quantity.unit, quantity.value, spelled=quantity.spelled),
            )
        return spans

    def _next(self, text: str, cased: str, place: int, before: list[Token]) -> tuple[Token | None, int]:
        char = text[place]
        if _HAN.match(char):
            return self._han(text, place)
        if char in _PLAIN_MARK:
            return Token(_PLAIN_MARK[char], char), place + 1
        if (listed := _longest(text, place)) and _HAN.search(text[place : listed[2]]):  # "T恤"
            return Token(listed[0], text[place : listed[2]], listed[1]), listed[2]
        match = _WORD.match(text, place)
        if not match:
            if text.startswith("&", place):
                return Token("and", "&"), place + 1
            if char.isalpha():  # of a script that nobody here reads
                return Token("unknown", char), place + 1
            return (Token("stop", "-") if text.startswith(" - ", place - 1) else None), place + 1
        joined = place > 0 and text[place - 1] == "-" and place > 1 and text[place - 2].isalnum()
        term = None if joined else _english_term(text, place)
        mention = self._short(text, cased, place, before)
        if mention is not None:
            return mention
        if term is not None:
            kind, value, end = term
            return Token(kind, text[place:end], value), end
        end = match.end()
        while text[end : end + 1] == "-" and (more := _WORD.match(text, end + 1)):
            end = more.end()
        word = text[place:end].strip("'®™")
        kind = "color" if (word in colours() or word in self._colors) else "word"
        return Token(kind, word, word), end

    def _short(self, text: str, cased: str, place: int, before: list[Token]) -> tuple[Token, int] | None:
        """A product by some words of its title: capitalised, or "the tank" where one of several is a tank."""
        if len(self.records) < 2:
            return None
        row: list[tuple[str, int, int]] = []
        end = place
        while (match := _WORD.match(text, end)) and len(row) < 8:
            row.append((stem(match[0].removesuffix("'s")), match.start(), match.end()))
            end = match.end()
            if text[end : end + 1] not in (" ", "-"):
                break
            end += 1
        if not row:
            return None
        owner = next((self._own[form] for form, _, _ in row[:3] if form in self._own), None)
        if owner is None or row[0][0] not in self._stems[owner]:
            return None
        length = 0
        while length < len(row) and row[length][0] in self._stems[owner]:
            length += 1
        inside = [form for form, _, _ in row[:length]]
        if not any(self._own.get(form) == owner for form in inside):
            return None
        capital = any(cased[start].isupper() for form, start, _ in row[:length] if self._own.get(form) == owner)
        first = place == 0 or not before
        article = bool(before) and before[-1].text in ("the", "this", "that")
        capital = capital or article
        if not capital or (first and length == 1 and inside[0] in plain()):
            return None
        stop = row[length - 1][2]
        return Token("mention", text[place:stop], products=(owner,)), stop

    def _han(self, text: str, place: int) -> tuple[Token, int]:
        number = chinese_number(text, place)
        if number and _MEASURE.match(text, number[1]):
            value, end = number
            currency = _money(self.currency)[1].match(text, end)
            if currency:
                return Token(
                    "money", text[place : currency.end()], str(currency.lastgroup), Decimal(value)
                ), currency.end()
            listed = _longest(text, place)
            if (value > 1 or text[end : end + 1] in ("星", "分")) and not (listed and listed[0] in ("both", "mention")):
                unit, stop = unit_at(text, end)
                return Token("number", text[place:stop], unit, Decimal(value), spelled=True), stop
        listed = _longest(text, place)
        if listed is None:
            return Token("unknown", text[place]), place + 1
        kind, value_, end = listed
        return Token(kind, text[place:end], value_), end


def plain_text(text: str) -> str:
    """A text without accents and trade marks, with plain quotes and narrow forms; its capitals stay."""
    text = unicodedata.normalize("NFKD", re.sub("[™®©]", "", text).replace("’", "'").replace("‘", "'"))
    return "".join(char for char in text if not unicodedata.combining(char)).replace("\u2044", "/")


@cache
def _money(shop: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """(an amount with its currency, a currency): groups are named by ISO codes, the shop's own come first."""
    own = names_of(shop)
    spoken = [_NAMED[symbol] for symbol in own if symbol in _NAMED]
    forms = {shop: "|".join([*(re.escape(name.lower()) for name in own), *spoken])}
    for code, listed in _CURRENCIES.items():
        forms[code] = f"{forms[code]}|{listed}" if code == shop else listed
    amounts = [
        rf"(?P<{code}1>(?:{names})\s*(?P<{code}a>{_NUMBER}))|(?P<{code}2>(?P<{code}b>{_NUMBER})[\s-]*(?:{names})(?![a-z]))"
        for code, names in forms.items()
    ]
    return re.compile("|".join(amounts)), re.compile(
        "|".join(rf"(?P<{code}>(?:{names})(?![a-z]))" for code, names in forms.items())
    )


@cache
def _han_table() -> tuple[dict[str, tuple[str, str]], int]:
    """Chinese word → (kind, value), and the length of the longest."""
    table: dict[str, tuple[str, str]] = {word: ("plain", word) for word in plain_chinese()}
    table |= {word: ("han", word) for word in chinese()}
    table |= {word: ("color", value) for word, value in colours().items() if _HAN.match(word)}
    table |= terms()[1]
    table = {word.lower(): entry for word, entry in table.items()}
    return table, max(map(len, table))


def _longest(text: str, place: int) -> tuple[str, str, int] | None:
    table, longest = _han_table()
    for length in range(min(longest, len(text) - place), 0, -1):
        if found := table.get(text[place : place + length]):
            return found[0], found[1], place + length
    return None


def _english_term(text: str, place: int, longer_than: int = 0) -> tuple[str, str, int] | None:
    """The longest phrase of `terms.yaml` that begins at a place, and where it ends."""
    table = terms()[0]
    row: list[str] = []
    best: tuple[str, str, int] | None = None
    end = place
    while len(row) < 5 and (match := _WORD.match(text, end)):
        row.append(match[0].strip("'®™"))
        end = match.end()
        hyphen = text[end : end + 1] == "-" and text[end + 1 : end + 2].isalnum()
        if not hyphen and len(row) > longer_than and (found := table.get(tuple(row))):
            best = (*found, end)
        if text[end : end + 1] not in (" ", "-"):
            break
        end += 1
    return best


def _sized(tokens: list[Token], records: Sequence[Record]) -> list[Token]:
    """Numbers and words that are sizes by where they stand: "size 32", "in medium", "from 28 to 36"."""
    tokens = _same_units(tokens)
    found: list[Token] = []
    numeric = {size for record in records for size in record.sizes}
    sized = False
    for n, token in enumerate(tokens):
        if token.kind == "sizes" or (token.kind == "word" and token.text == "waist"):
            sized = True
        elif token.text == "one" and _counts(tokens[n + 1 : n + 4]):
            token = replace(token, kind="number", value="", number=Decimal(1), spelled=True)
        elif (
            (token.kind == "number" and not token.value and not token.spelled and sized and not _after_letters(found))
            or (token.kind == "number" and n + 1 < len(tokens) and tokens[n + 1].text in ("码", "号"))
            or (f"{token.number:f}" in numeric and not token.value and _last_in(found, tokens[n + 1 : n + 2]))
        ):
            token = replace(token, kind="size", value=f"{token.number:f}")
        elif (
            token.kind == "word"
            and token.text in _SIZE_WORDS
            and _SIZE_WORDS[token.text] in numeric
            and _before_size(found, tokens, n)
        ):
            token = replace(token, kind="size", value=_SIZE_WORDS[token.text])
        elif token.kind not in (
            "and",
            "comma",
            "to",
            "between",
            "size",
            "color",
            "plain",
            "only",
            "stop",
            "both",
        ) and not _light(token):
            sized = False
        found.append(token)
    return found


def _counts(after: list[Token]) -> bool:
    """Whether "one" is a number here: "one color", "one combination"."""
    return bool(after) and (
        after[0].kind in ("colors", "sizes", "rating") or any(token.text in VARIANTS for token in after)
    )


def _last_in(found: list[Token], after: list[Token]) -> bool:
    """ "Gray in 34": a size, where nothing follows that it counts."""
    ends = not after or after[0].kind in ("comma", "and", "but", "only", "stop") or after[0].text in ("is", "are")
    return ends and bool(found) and found[-1].text == "in"


def _same_units(tokens: list[Token]) -> list[Token]:
    """ "15 by 15 by 9 inch": one unit for all."""
    row = [n for n, token in enumerate(tokens) if token.kind == "number"]
    found = list(tokens)
    for a, b in [*pairwise(row), *pairwise(reversed(row))]:
        low, high = sorted((a, b))
        between = [t.text for t in tokens[low + 1 : high]]
        if ("by" in between or "x" in between) and len(between) <= 3 and found[b].value and not found[a].value:
            found[a] = replace(found[a], value=found[b].value)
        elif ("by" in between or "x" in between) and len(between) <= 3 and found[a].value and not found[b].value:
            found[b] = replace(found[b], value=found[a].value)
    return found


def _after_letters(found: list[Token]) -> bool:
    """ "Size M, 16 pieces": a number after a size in letters is none."""
    last = next((token for token in reversed(found) if token.kind == "size"), None)
    return last is not None and not last.value[:1].isdigit()


def _light(token: Token) -> bool:
    return token.kind == "word" and token.text in ("in", "a", "the", "as", "are", "is", "such", "for", "waist")


def _before_size(found: list[Token], tokens: list[Token], n: int) -> bool:
    last = found[-1] if found else None
    following = tokens[n + 1].kind if n + 1 < len(tokens) else "end"
    return (
        last is not None
        and (last.kind in ("sizes", "size") or last.text in ("in", "a", "an", "from", "to", "and", "or"))
        and following not in ("word", "color", "han")
    )
