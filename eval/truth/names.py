"""Which products a sentence speaks of, by title, by a part of it or by their place, and which names are no product's."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Literal

from eval.truth.records import Records
from eval.truth.text import chinese, clauses, phrase, stem
from eval.truth.vocabulary import lexicon
from index.words import is_english, stopwords

_TOKEN = re.compile(r"[A-Za-zÀ-ÿ0-9][A-Za-zÀ-ÿ0-9'’&./™®-]*[A-Za-zÀ-ÿ0-9™®]|[A-Za-zÀ-ÿ0-9]")
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4,
    "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6,
}  # fmt: skip
_PLACE = re.compile(
    r"\b(?P<word>first|second|third|fourth|fifth|sixth|1st|2nd|3rd|4th)(?: (?P<pair>two|three)| (?:one|option|product|item|choice|pick|model)\b|(?: [a-z]+)?(?= (?:is|has|costs|comes|offers|weighs)\b)|(?= (?:and|or)\b)|(?=[,.]|$))"
    r"|\b(?:number|no\.|option|product|item|#) ?(?P<digit>[1-9])\b(?![.,]?\d)|#(?P<hash>[1-9])\b"
    r"|第\s?(?P<zh>[一二三四五六1-9])\s?(?:款|个|件|种|双|条|项|号|只|顶|本)?|(?P<no>[1-9])\s?号(?:商品|产品|款)?|(?P<front>前)(?P<many>[两二三四])(?:款|个|件)?",
    re.I,
)
_OPTIONS = re.compile(r"\s*[(（]([^()（）]{1,40})[)）]")
_TOGETHER = re.compile(
    r"^[\s,、]*(?:(?:and|or|&|vs\.?|versus|as well as|the|both|,|、|和|与|跟|或者?|以及|还有)\s*)*[\s,、“”\"']*$", re.I
)
_BESIDE = re.compile(
    r"(?:\bthan|\bunlike|\bcompared (?:to|with)|\binstead of|\brather than|\bover|\bversus|\bvs\.?|\bas \w+ as|\bworn over|\bmatches|\bpairs (?:well )?with|\bgoes with|\bthan (?:that|those|the \w+) of|比起|相比|不像|比)\s*(?:the\s*)?[“\"]?$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a sentence names products. Several `products` are as many possible ones, unless `all` of them are meant."""

    start: int
    end: int
    products: tuple[str, ...]  # ids of variants
    text: str
    how: Literal["title", "part", "place", "kind"]
    all: bool = False
    beside: bool = False  # the sentence only compares with it
    shortened: bool = False  # it is another product's whole title, and the beginning of the title of one that is shown
    missing: str = ""  # the variant that is named with it, where there is none such

    @property
    def sure(self) -> bool:
        return len(self.products) == 1 or self.all


@dataclass(frozen=True, slots=True)
class Strange:
    """A name that is no product's and nothing else that is known."""

    start: int
    end: int
    text: str
    wrong: bool
    why: str


class Names:
    """The titles of a catalogue, to find in sentences."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._groups: dict[str, list[str]] = {}
        for key, group in records.catalogue.groups.items():
            self._groups.setdefault(_plain(group.title), []).append(key)
        titles = sorted((title for title in self._groups if title), key=len, reverse=True)
        spaced = (re.escape(title).replace(r"\ ", r"[\s-]+") for title in titles)
        self._titles = (
            re.compile(rf"(?<![a-z0-9])(?:{'|'.join(spaced)})(?:s|')?(?![a-z0-9])") if titles else re.compile("(?!)")
        )

    @cached_property
    def _words(self) -> Mapping[str, frozenset[str]]:
        """Group → the words of its title."""
        return {key: frozenset(_title_words(group.title)) for key, group in self._records.catalogue.groups.items()}

    @cached_property
    def _count(self) -> Counter[str]:
        return Counter(word for words in self._words.values() for word in words)

    @cached_property
    def _common(self) -> frozenset[str]:
        """Title words that name a kind and no product: those of product types, terms and plain English in lower case."""
        types = " ".join(self._records.catalogue.facets.get("product_type", {}))
        terms = " ".join(word for term in self._records.vocabulary.terms for word in term.said if word.isascii())
        return frozenset(stem(word) for word in _title_words(f"{types} {terms}"))

    @cached_property
    def _marks(self) -> frozenset[str]:
        """Words that may follow a name without being of it: colours and sizes."""
        facets = self._records.catalogue.facets
        return frozenset(
            stem(word) for name in ("color", "size") for v in facets.get(name, {}) for word in _title_words(v)
        )

    @cached_property
    def _texts(self) -> frozenset[str]:
        """Words that the folder writes with a capital, or in policies."""
        found = set(re.findall(r"[A-Za-zÀ-ÿ0-9]+", self._records.policy_text))
        for values in self._records.catalogue.facets.values():
            for value in values:
                found.update(_title_words(value))
        return frozenset(found)

    @cached_property
    def _values(self) -> frozenset[str]:
        """Names that are no product's: brands, the shop's own, and other values of the catalogue."""
        facets = self._records.catalogue.facets
        values = [value for name, held in facets.items() if name != "product_type" for value in held]
        paths = [part for path in facets.get("product_type", {}) for part in path.split(" > ")]
        settings = self._records.shop.settings
        names = [*values, *paths, self._records.shop.name, settings.assistant]
        return frozenset(" ".join(_plain(token) for token in _TOKEN.findall(name)) for name in names)

    def mentions(self, sentence: str, turn: Sequence[str], last: Sequence[str] = ()) -> list[Mention]:
        """The products that a sentence names, in its order.

        Args:
            turn: ids of the products that this turn showed or looked up, in that order: of equal names these are meant.
            last: ids of the two products that the sentence before spoke of: "the former", "后者".
        """
        plain, origin = _mapped(sentence)
        found: list[Mention] = []
        for match in self._titles.finditer(plain):
            start, end = origin[match.start()], origin[match.end() - 1] + 1
            title = re.sub(r"[\s-]+", " ", match[0]).rstrip("'")
            groups = (
                self._groups.get(title)
                or self._groups.get(match[0])
                or self._groups.get(title.removesuffix("s"))
                or self._similar(title)
            )
            ids, short = self._variants(groups, turn), self._shortened(groups, title, turn)
            found.append(Mention(start, end, short or ids, sentence[start:end], "title", shortened=bool(short)))
        found += self._places(sentence, turn, last)
        taken = [(m.start, m.end) for m in found]
        for run in self._runs(sentence, taken):
            if part := self._part(run, turn):
                found.append(part)
        found += self._kinds(sentence, turn, [(m.start, m.end) for m in found])
        found = [m for m in found if m.products]
        found.sort(key=lambda m: m.start)
        placed = [self._placed(sentence, self._with_options(sentence, mention)) for mention in found]
        stated = self._values_of([key for mention in placed if mention.how == "title" for key in mention.products])
        placed = [
            m for m in placed if m.how != "part" or _plain(m.text) not in stated
        ]  # "style Basic" names no product
        ends = [0, *accumulate((mention.end for mention in placed), max)]
        return [
            m for m, end in zip(placed, ends, strict=False) if m.start >= end
        ]  # none in another's "(Red, One size)"

    def _values_of(self, products: Iterable[str]) -> set[str]:
        """What attributes of these products say."""
        held = [record.product.attributes for key in products if (record := self._records.record(key))]
        return {_plain(value) for attributes in held for values in attributes.values() for value in values}

    def strange(self, sentence: str, mentions: Sequence[Mention], known: str, own: str) -> list[Strange]:
        """Names that are no product's.

        Args:
            known: what the turn was about besides: the message, what was quoted; its words are no strange names.
            own: the text of the products that the sentence may speak of.
        """
        taken = [(m.start, m.end) for m in mentions]
        heard = set(re.findall(r"[a-zà-ÿ0-9]+", _plain(known)))
        mine = set(re.findall(r"[a-zà-ÿ0-9]+", _plain(own)))
        found: list[Strange] = []
        for run in self._runs(sentence, taken):
            text = sentence[run[0].start() : run[-1].end()]
            if " ".join(_plain(token[0]) for token in run) in self._values:
                continue
            unknown = [token for token in run if not self._is_known(token, sentence, heard, mine)]
            if not unknown and text.islower():  # "sleeps 1" in a Chinese sentence
                continue
            if not unknown:
                joined = [t for t in run if _stem(t) not in self._common and self._distinct(t)]
                if len(run) > 1 and not self._in_text(run, heard, mine, known, own):
                    sure = bool(joined)
                    if sure or not any({_stem(t) for t in run} <= words for words in self._words.values()):
                        found.append(Strange(run[0].start(), run[-1].end(), text, sure, "no product has this name"))
                continue
            found.append(
                Strange(run[0].start(), run[-1].end(), text, True, f"{unknown[0][0]} is no name that the shop has")
            )
        return found

    def _runs(self, sentence: str, taken: Sequence[tuple[int, int]]) -> list[list[re.Match[str]]]:
        """Words in a row that look like a name: with capitals; in a Chinese sentence all Latin words."""
        runs: list[list[re.Match[str]]] = []
        latin = chinese(sentence)
        last = -10
        for token in _TOKEN.finditer(sentence):
            if any(start < token.end() and token.start() < end for start, end in taken):
                last = -10
                continue
            if re.fullmatch("EUR|USD|GBP|CNY|RMB", token[0]):
                last = -10
                continue
            named = (latin and re.search("[A-Za-z]", token[0])) or token[0][0].isupper()
            follows = runs and sentence[last : token.start()].strip(" ") in ("", "&", "-") and last >= 0
            if named or (
                follows
                and token[0][0].isdigit()
                and not re.match(
                    r":\d|\s*(?:EUR|USD|%|stars?\b|(?:g|kg|mg|cm|mm|m|km|l|ml|h|w|c|in|ft|oz|lb)\b)",
                    sentence[token.end() :],
                )
            ):
                if follows:
                    runs[-1].append(token)
                elif named:
                    runs.append([token])
                else:
                    continue
                last = token.end()
            else:
                last = -10
        return [trimmed for run in runs if (trimmed := self._trimmed(sentence, run))]

    def _trimmed(self, sentence: str, run: list[re.Match[str]]) -> list[re.Match[str]]:
        """Without the plain word that begins a sentence."""
        start = (
            run[0].start() == 0 or re.search(r"[.!?:;。！？：；“”\"'(—–-]\s*$", sentence[: run[0].start()]) is not None
        )
        while run and start and self._plain_word(run[0][0]):
            run = run[1:]
        return run

    def _plain_word(self, word: str) -> bool:
        plain = _plain(word)
        bare = re.split("'", plain)[0]
        if plain in stopwords() or ("'" in plain and bare in stopwords()):
            return True
        return self._count[stem(bare)] == 0 and is_english(bare)

    def _is_known(self, token: re.Match[str], sentence: str, heard: set[str], mine: set[str]) -> bool:
        plain = _plain(token[0]).removesuffix("'s")
        parts = [part for part in re.split(r"[-/&.]", plain) if part]
        whole = {plain, stem(plain), *parts}
        if (
            plain in lexicon()["capitals"]
            or plain in stopwords()
            or plain in self._records.names
            or plain in heard
            or plain in mine
        ):
            return True
        if all(
            self._count[stem(part)]
            or part in self._texts
            or stem(part) in self._common
            or part in mine
            or part.isdigit()
            for part in parts
        ):
            return True
        if any(char.isdigit() for char in plain):
            return True  # a number or an id is looked at as one
        if chinese(sentence) and len(plain) < 3:
            return True
        brand = {_plain(value) for value in self._records.catalogue.facets.get("brand", {})}
        return bool(whole & brand)

    def _distinct(self, token: re.Match[str]) -> bool:
        word = stem(_plain(token[0]).removesuffix("'s"))
        return 0 < self._count[word] <= max(3, len(self._words) // 20)

    def _in_text(self, run: Sequence[re.Match[str]], heard: set[str], mine: set[str], known: str, own: str) -> bool:
        """Whether the words of a run are no name of their own: they stand together in what the turn is about."""
        said = " ".join(_plain(token[0]) for token in run)
        if said in _plain(known) or said in _plain(own):
            return True
        if any(self._distinct(t) and _stem(t) not in self._common for t in run):
            return False  # a part of a product's name, with something else
        return all(_plain(t[0]).removesuffix("'s") in heard | mine or _stem(t) in self._common for t in run)

    def _part(self, run: list[re.Match[str]], turn: Sequence[str]) -> Mention | None:
        """A product by a part of its title: "the Skarn", "Wander 28"."""
        common = {_stem(t) for t in run if _stem(t) in self._common and not self._distinct(t)}
        for tokens in (run, _stripped(run, common, self._marks)):
            wanted = {_stem(token) for token in tokens}
            shown = [key for key in self._shown(turn) if wanted and wanted <= self._words[key]]
            if len(wanted) > 1 and len(shown) == 1:  # of the two Forge Iron Pans the one that is shown
                groups = shown
            elif any(self._distinct(token) and _stem(token) not in self._common for token in tokens):
                groups = [key for key, words in self._words.items() if wanted <= words]
            else:
                continue
            if groups:
                start, end = tokens[0].start(), self._with_kind(tokens[-1], groups)
                return Mention(start, end, self._variants(groups, turn), tokens[0].string[start:end], "part")
        return None

    def _with_options(self, sentence: str, mention: Mention) -> Mention:
        """A name with the variant after it: "Skarn Rain Jacket (Black, M)"; that variant is meant, where there is one."""
        match = _OPTIONS.match(sentence[mention.end :])
        if match is None or mention.how == "kind":
            return mention
        said = {_plain(part) for part in re.split(r"[,，、/]\s*", match[1])}
        catalogue = self._records.catalogue
        groups = {catalogue.products[key].group_id for key in mention.products}
        variants = [v for key in groups for v in catalogue.groups[key].variants]
        fitting = [v.id for v in variants if said <= {_plain(x) for x in (v.color, v.size) if x}]
        known = {_plain(x) for v in variants for x in (v.color, v.size) if x}
        if not fitting and not said & known:
            return mention
        end = mention.end + match.end()
        ids = tuple(fitting[:1]) or mention.products
        return replace(
            mention, end=end, text=sentence[mention.start : end], products=ids, missing="" if fitting else match[1]
        )

    def _with_kind(self, last: re.Match[str], groups: Sequence[str]) -> int:
        """Where a part of a title ends with the plain words after it: "the Torque shorts", "the Rival messenger bag"."""
        end = last.end()
        known = set().union(*(self._words[key] for key in groups)) | self._kinds_of(groups)
        while after := re.match(r"\s+([a-z]+)(?![A-Za-z])", last.string[end:]):
            if stem(after[1]) not in known:
                break
            end += after.end()
        return end

    def _kinds_of(self, groups: Sequence[str]) -> set[str]:
        held = self._records.catalogue.groups
        paths = " ".join(held[key].variants[0].product_type or "" for key in groups)
        return {word for word in _title_words(paths) if len(word) > 2}

    def _kinds(self, sentence: str, turn: Sequence[str], taken: Sequence[tuple[int, int]]) -> list[Mention]:
        """ "The bra", "这款外套", where one of several products that are shown is of that kind."""
        products = [self._records.catalogue.products[key] for key in turn]
        found: list[Mention] = []
        if len({product.group_id for product in products}) < 2:
            return found
        for said in self._records.vocabulary.find(sentence):
            before = re.search(r"(?:\b(?:the|this|that)\s+|这款|这件|这个|该|那款)$", sentence[: said.start], re.I)
            if said.term.kind != "type" or before is None or any(a < said.end and said.start < b for a, b in taken):
                continue
            own = [said.words] if said.words.isascii() else list(said.term.shown)
            titled = [p.id for p in products if any(phrase(word).search(p.title) for word in own)]
            filed = [p.id for p in products if p.path and any(phrase(word).search(p.path[-1]) for word in own)]
            of_kind = titled or filed
            if len(of_kind) == 1:
                found.append(Mention(said.start, said.end, tuple(of_kind), said.words, "kind"))
        return found

    def _similar(self, title: str) -> list[str]:
        return [key for plain, keys in self._groups.items() for key in keys if re.sub(r"[\s-]+", " ", plain) == title]

    def _variants(self, groups: Iterable[str], turn: Sequence[str]) -> tuple[str, ...]:
        """Ids for groups: the variants that the turn showed, where it showed some."""
        wanted = list(groups)
        products = self._records.catalogue.products
        shown = {products[key].group_id: key for key in reversed(turn) if key in products}
        here = [shown[key] for key in wanted if key in shown]
        exact = [self._records.catalogue.groups[key].variants[0].id for key in wanted]
        return tuple(dict.fromkeys(here)) or tuple(exact[:6])

    def _shown(self, turn: Sequence[str]) -> list[str]:
        """The groups of what the turn showed, in its order."""
        products = self._records.catalogue.products
        return list(dict.fromkeys(products[key].group_id for key in turn if key in products))

    def _shortened(self, groups: Iterable[str], title: str, turn: Sequence[str]) -> tuple[str, ...]:
        """The shown products whose titles begin with this one, where the one that is called so is not shown."""
        products = self._records.catalogue.products
        shown = {products[key].group_id: key for key in reversed(turn)}
        if set(groups) & set(shown):
            return ()
        return tuple(key for key in shown.values() if _plain(products[key].title).startswith(f"{title} "))

    def _places(self, sentence: str, turn: Sequence[str], last: Sequence[str]) -> list[Mention]:
        found: list[Mention] = []
        for match in _PLACE.finditer(sentence):
            if match["front"] or match["pair"]:
                many = {"两": 2, "二": 2, "三": 3, "四": 4, "two": 2, "three": 3}[
                    match["many"] or match["pair"].lower()
                ]
                found.append(Mention(match.start(), match.end(), tuple(turn[:many]), match[0], "place", all=True))
                continue
            raw = match["word"] or match["digit"] or match["hash"] or match["zh"] or match["no"]
            place = _ORDINALS.get(raw.lower()) or (int(raw) if raw.isdigit() else 0)
            if 0 < place <= len(turn):
                found.append(Mention(match.start(), match.end(), (turn[place - 1],), match[0], "place"))
        if len(last) == 2:
            for match in re.finditer(r"\bthe (former|latter)\b|(前者|后者)", sentence, re.I):
                which = 0 if (match[1] or match[2]).lower() in ("former", "前者") else 1
                found.append(Mention(match.start(), match.end(), (last[which],), match[0], "place"))
        return found

    def missing_places(self, sentence: str, turn: Sequence[str]) -> list[str]:
        """Places that no card has: "the fourth one" of three."""
        found = []
        for match in _PLACE.finditer(sentence):
            raw = match["word"] or match["digit"] or match["hash"] or match["zh"] or match["no"]
            if raw and turn:
                place = _ORDINALS.get(raw.lower()) or (int(raw) if raw.isdigit() else 0)
                if place > len(turn):
                    found.append(match[0])
        return found

    @staticmethod
    def _placed(sentence: str, mention: Mention) -> Mention:
        beside = bool(_BESIDE.search(sentence[: mention.start]))
        if not beside:
            return mention
        return replace(mention, beside=True)


def together(sentence: str, mentions: Sequence[Mention]) -> list[list[Mention]]:
    """Mentions that stand side by side in a list are spoken of together: "A and B", "A、B和C"."""
    groups: list[list[Mention]] = []
    for mention in mentions:
        before = sentence[groups[-1][-1].end : mention.start] if groups else "x"
        if (
            groups
            and not mention.beside
            and not groups[-1][-1].beside
            and _TOGETHER.match(re.sub(r"[（(][^）)]*[）)]", "", before))
        ):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return groups


def owner(sentence: str, mentions: Sequence[Mention], place: int) -> list[Mention]:
    """Of which mentioned products the words at a place are said; empty where the sentence names none.

    The only list of products in the clause, else the last one before, else the next one. One that is only compared
    with owns nothing.
    """
    lists = [group for group in together(sentence, mentions) if not group[0].beside]
    if not lists:
        return []
    for mention in mentions:  # "unlike A, which is lined, B ...": the relative clause is A's
        following = min((m.start for m in mentions if m.start > mention.end), default=len(sentence))
        if (
            mention.beside
            and mention.end <= place < following
            and re.match(r",?\s*(?:which|that|who|with|at)\b|'s\b", sentence[mention.end :])
        ):
            return [mention]
    start, end = next(((a, b) for a, b in clauses(sentence) if a <= place < b), (0, len(sentence)))
    inside = [group for group in lists if group[0].start < end and group[-1].end > start]
    before = [group for group in lists if group[-1].end <= place]
    if len(inside) == 1 and (inside[0] in before or not before or inside[0][0].start >= start):
        return inside[0]
    if before:
        return before[-1]
    return (inside or lists)[0]


def _stripped(run: list[re.Match[str]], common: set[str], marks: frozenset[str]) -> list[re.Match[str]]:
    """A run without the words around a name: "Moss Green Skarn", "Skarn XL"."""
    tokens = list(run)
    while tokens and _stem(tokens[0]) in common | marks:
        tokens = tokens[1:]
    while tokens and _stem(tokens[-1]) in marks:
        tokens = tokens[:-1]
    return tokens


def _stem(token: re.Match[str]) -> str:
    return stem(_plain(token[0]).removesuffix("'s"))


def _title_words(title: str) -> list[str]:
    words = [stem(word) for word in re.findall(r"[a-z0-9à-ÿ][a-z0-9à-ÿ'./-]*", _plain(title))]
    parts = [stem(part) for word in words for part in re.split(r"[-/]", word) if part]
    return list(dict.fromkeys([*words, *parts]))


@lru_cache(maxsize=20_000)
def _plain(text: str) -> str:
    return _mapped(text)[0]


def _mapped(text: str) -> tuple[str, list[int]]:
    """A text in lower case without accents, trademark signs and curly quotes, and where each letter was."""
    letters: list[str] = []
    origin: list[int] = []
    for place, char in enumerate(text):
        if char in "™®©\u200b":
            continue
        char = {"’": "'", "‘": "'", "–": "-", "‑": "-"}.get(char, char)
        for part in unicodedata.normalize("NFKD", char.lower()):
            if not unicodedata.combining(part):
                letters.append(part)
                origin.append(place)
    return "".join(letters), origin
