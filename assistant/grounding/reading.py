"""Puts the tokens of a sentence into clauses: what each speaks of, what it compares that with, what it denies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.grounding.tokens import Token
from assistant.grounding.vocabulary import plain

_SEPARATORS = ("comma", "and", "but", "stop", "ask")
_LISTED = ("color", "size", "gender", "mention", "han", "number")
_BESIDE = ("with", "to", "from", "as", "over")  # before a product that the sentence is not about


_NUMERIC = ("number", "money", "percent", "score")
_CLAIMS = (
    *_NUMERIC,
    "word",
    "han",
    "color",
    "size",
    "gender",
    "stock",
    "fit",
    "more",
    "most",
    "same",
    "other_more",
    "sale",
)
_SPOKEN = ("reviews", "rating", "available", "unstated", "colors", "sizes", "left")
_GAVE = frozenset("gave gives awarded rates 给 给了 打了 给出".split())
_LIKEWISE = frozenset("so too likewise does do as also 也 也是 也有 也一样 同样 也都".split())
_COUNTS = {2: ("two", "pair", "两", "二", "俩"), 3: ("three", "三"), 4: ("four", "四")}


@dataclass
class Clause:
    """A part of a sentence with one subject.

    Args:
        subjects: places of its products in the evidence.
        every: it is stated of each of them; else of one at least.
        objects: places of the products that they are compared with.
        lost: it says "it" where several are meant.
    """

    subjects: tuple[int, ...]
    every: bool = True
    objects: tuple[int, ...] = ()
    tokens: list[Token] = field(default_factory=list)
    lost: bool = False
    named: bool = False  # its subject is named or pointed at
    asks: bool = False
    told: bool = False  # it tells what customers say

    @property
    def count(self) -> int | None:
        """How many it says they are: "the two", 这三款; None where it does not."""
        for token in self.of("both"):
            for number, forms in _COUNTS.items():
                if any(form in token.text for form in forms):
                    return number
        return None

    def of(self, *kinds: str) -> list[Token]:
        return [token for token in self.tokens if token.kind in kinds]


def clauses(tokens: Sequence[Token], count: int, subjects: Sequence[int] = ()) -> list[Clause]:
    """The clauses of a sentence.

    Args:
        count: how many products there are to speak of.
        subjects: the places of the products that "they" stands for at the beginning, and the last of them "it".
    """
    everything = tuple(range(count))
    found: list[Clause] = []
    last = tuple(subjects[-1:])
    before = tuple(subjects)
    objects: tuple[int, ...] = ()
    asks = bool(tokens) and tokens[-1].kind == "ask"
    opening: list[Token] = []
    for segment in _segments(tokens):
        segment = _compared([*opening, *(_placed(token, count) for token in segment)])
        opening = []
        named, against = _roles(segment)
        if against:
            objects = against
        clause = _subject(segment, named, last, before, everything, found)
        unsettled = clause is None or clause.lost or not clause.named
        if not found and segment[-1].kind in ("comma", "and", "but", "stop") and unsettled:
            opening = segment  # "For long walks, the …": of what comes next
            continue
        if clause is None and found:
            found[-1].tokens += segment
            found[-1].objects = objects
            continue
        clause = clause or Clause(everything)
        clause.tokens, clause.objects, clause.asks = list(segment), objects, asks
        if clause.named and clause.every:
            last = before = clause.subjects
        found.append(clause)
    if opening:
        found.append(Clause(last or everything, tokens=opening, asks=asks))
    starred = any(token.text in _GAVE for token in tokens) and any(token.kind == "rating" for token in tokens)
    told = starred or any(token.kind in ("reviews", "quote") for token in tokens)
    for n, clause in enumerate(found):
        clause.told = told
        clause.tokens = _denials(clause.tokens)
        if n:
            _complete(clause, found[n - 1])
        if not clause.objects and len(clause.subjects) == 1 and count == 2:
            clause.objects = tuple(n for n in everything if n not in clause.subjects)
    return found


def _complete(clause: Clause, before: Clause) -> None:
    """ "…, and so is the second", "…, but the third is not", 而第2款没有: what was said before is said or denied of it."""
    if not clause.named or clause.subjects == before.subjects or clause.of(*_SPOKEN) or _claims(clause):
        return
    denied = bool(clause.of("not"))
    inverted = before.tokens[-1].text == "so" and clause.tokens[0].text in ("is", "are", "does", "do", "has", "have")
    if denied or inverted or any(token.text in _LIKEWISE for token in clause.tokens):
        claims = _claims(before)
        clause.tokens += [replace(token, denied=token.denied is not denied) for token in claims]
        clause.lost = clause.lost or (denied and any(token.kind in _NUMERIC for token in claims))


def _claims(clause: Clause) -> list[Token]:
    return [token for token in clause.tokens if token.kind in _CLAIMS and token.text not in plain()]


def _segments(tokens: Sequence[Token]) -> list[list[Token]]:
    """Cut at commas, conjunctions and the like, but not inside a list of products."""
    rows: list[list[Token]] = [[]]
    for n, token in enumerate(tokens):
        if token.kind in _SEPARATORS:
            before = [
                t
                for t in tokens[:n]
                if t.kind not in _SEPARATORS and t.text not in ("both", "either", "the", "neither")
            ]
            after = [t for t in tokens[n + 1 :] if t.kind not in ("comma", "and") and t.text not in ("the", "a", "or")]
            if (
                before
                and after
                and _is_product(before[-1])
                and _is_product(after[0])
                and token.kind in ("comma", "and")
            ):
                rows[-1].append(token)
                continue
            rows[-1].append(token)
            rows.append([])
        else:
            rows[-1].append(token)
    return [row for row in rows if row]


def _is_product(token: Token) -> bool:
    return token.kind in ("mention", "place")


def _placed(token: Token, count: int) -> Token:
    """ "The second" and "the latter" as the products that they point at."""
    if token.kind == "place":
        place = int(token.value) - 1 if int(token.value) > 0 else count - 1
        return replace(token, kind="mention", products=(place if place < count else -1,))
    if token.kind in ("former", "latter"):
        return replace(token, kind="mention", products=(0 if token.kind == "former" else 1,)) if count > 1 else token
    return token


def _compared(segment: list[Token]) -> list[Token]:
    """ "Below the other's" and 价格低于第2款 compare products; "higher than 4" is a bound."""
    found: list[Token] = []
    for n, token in enumerate(segment):
        if token.text == "instead of" and any(t.kind == "mention" for t in segment[n + 1 : n + 3]):
            token = replace(token, kind="than")
        after = [t for t in segment[n + 1 : n + 4] if t.text not in ("the", "than", "that", "of", "a")][:1]
        if token.kind == "bound" and after and after[0].kind == "mention" and token.value in ("<=", ">="):
            dimension = (
                "price" if "价" in token.text else "rating" if "评" in token.text or "得分" in token.text else "value"
            )
            if any(t.kind == "money" or t.text in ("costs", "cost", "priced") for t in segment):
                dimension = "price"
            token = replace(token, kind="more", value=dimension + ("-" if token.value == "<=" else "+"))
        elif token.text in ("higher", "lower", "greater", "better", "worse") and token.kind == "other_more":
            up = token.text in ("higher", "greater", "better")
            if after and after[0].kind in ("number", "money", "score"):
                token = replace(token, kind="bound", value=">=" if up else "<=")
            elif any(t.kind == "rating" or t.text == "price" for t in segment) and any(
                t.kind == "than" for t in segment
            ):
                token = replace(token, kind="more", value="value+" if up else "value-")
        elif token.text in ("highest", "lowest", "best") and any(t.kind == "rating" for t in segment):
            token = replace(token, kind="most", value="rating-" if token.text == "lowest" else "rating+")
        found.append(token)
    return found


def _roles(segment: Sequence[Token]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """(products that a segment is about, products that it compares with)."""
    about: list[int] = []
    against: list[int] = []
    compared = max((n for n, token in enumerate(segment) if token.kind == "compared"), default=-1)
    side = False
    for n, token in enumerate(segment):
        if token.kind in ("than", "unlike") or (
            token.kind in ("bound", "more", "same") and token.text.endswith(("than", "于", "不如", " as", " of"))
        ):
            side = True
        elif token.kind in ("word", "plain", "to", "between") and token.text in _BESIDE and about:
            side = n + 1 < len(segment) and any(t.kind == "mention" for t in segment[n + 1 : n + 3])
        elif token.kind in ("comma", "stop"):
            side = False
        elif token.kind == "mention":
            (against if side or n < compared else about).extend(token.products)
        elif token.kind == "more" and side and not about and against:
            side = False
    # "than the first, the second …" and Chinese "比第一款便宜" keep their sides
    return tuple(dict.fromkeys(about)), tuple(dict.fromkeys(against))


def _subject(
    segment: Sequence[Token],
    named: tuple[int, ...],
    last: tuple[int, ...],
    several: tuple[int, ...],
    everything: tuple[int, ...],
    before: list[Clause],
) -> Clause | None:
    """The clause that a segment begins; None where it goes on with the one before."""
    kinds = [token.kind for token in segment]
    if named:
        denied_both = "not" in kinds[:1] and segment[0].text == "neither"
        return Clause(named, every=True if denied_both else not _either(segment), named=True)
    if "other" in kinds and kinds[0] != "not" and len(everything) > 1 and _leading(segment, "other"):
        rest = tuple(n for n in everything if n not in last)
        if last and rest and len(last) < len(everything):
            return Clause(rest, named=True)
        return Clause(everything, lost=True)
    if "any" in kinds:
        return Clause(everything, every=False, named=True)
    if any(_speaks_of_all(segment, n) for n, kind in enumerate(kinds) if kind == "both") or (
        kinds[:1] == ["not"] and segment[0].text in ("neither", "none")
    ):
        return Clause(several if len(several) > 1 else everything, named=True)
    if "they" in kinds and _leading(segment, "they"):
        return Clause(several or everything, named=True)
    if "it" in kinds and _leading(segment, "it"):
        if len(last) == 1:
            return Clause(last, named=True)
        if len(everything) == 1:
            return Clause(everything, named=True)
        return Clause(last or everything, lost=not last or len(last) > 1, named=True)
    return None if before else Clause(everything)


def _speaks_of_all(segment: Sequence[Token], place: int) -> bool:
    """Whether "the three" is what is spoken of, and not what something is the cheapest of."""
    before = segment[place - 1].text.split()[-1] if place else ""
    after = segment[place + 1].text if place + 1 < len(segment) else ""
    return before not in ("of", "in", "among", "between", "from") and after[:1] not in ("中", "里", "当", "之")


def _leading(segment: Sequence[Token], kind: str) -> bool:
    """Whether a pronoun is what a segment speaks of: nothing but small words stands before it."""
    for token in segment:
        if token.kind == kind:
            return True
        if token.kind in ("number", "money", "color", "size", "han", "more", "most"):
            return kind in ("they", "it") and token.kind in ("color", "size")
    return False


def _either(segment: Sequence[Token]) -> bool:
    """ "Either of the two": stated of each, but of one where it says "one of"."""
    return any(token.kind == "any" for token in segment)


def _denials(tokens: Sequence[Token]) -> list[Token]:
    """Marks what is denied: all that follows "not" until a conjunction that does not go on with its list."""
    found: list[Token] = []
    denying = False
    last = ""
    for n, token in enumerate(tokens):
        if token.kind == "not":
            denying = True
            found = _among(found, tokens[n + 1 : n + 9])
        elif token.kind in ("but", "stop"):
            denying = False
        elif token.kind in ("and", "comma") and denying and token.text not in ("or", "nor", "或", "或者"):
            following = next((t for t in tokens[n + 1 :] if t.text not in ("the", "a", "in", "size")), None)
            if not (following and following.kind == last and last in _LISTED and not _has_not(tokens[n + 1 :])):
                denying = False
        if token.kind not in ("not", "comma", "and", "plain") and token.text not in ("in", "the", "a", "size"):
            last = token.kind
        found.append(replace(token, denied=denying and token.kind != "not"))
    return found


def _among(before: list[Token], after: Sequence[Token]) -> list[Token]:
    """ "Pink is not an option", "size S is not available", "if you like red, it does not come in that colour": denied too."""
    near = [token.kind for token in after[:4]]
    reaches = any(
        token.kind in ("colors", "sizes")
        and place
        and after[place - 1].text in ("that", "this", "这个", "那个", "这种")
        for place, token in enumerate(after)
    )
    if not reaches and not (
        {"available", "things", "colors", "sizes"} & set(near) or "among" in [t.text for t in after[:2]]
    ):
        return before
    stop = max(
        (n for n, t in enumerate(before) if t.kind in ("but", "stop") or (t.kind == "comma" and not reaches)),
        default=-1,
    )
    return [replace(t, denied=True) if n > stop and t.kind in ("color", "size") else t for n, t in enumerate(before)]


def _has_not(tokens: Sequence[Token]) -> bool:
    return any(token.kind == "not" for token in tokens[:3])
