"""Properties of a sentence: words, colours, sizes, for whom, and stock, for the products that it speaks of."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import pairwise

from assistant.grounding.evidence import Evidence
from assistant.grounding.reading import Clause
from assistant.grounding.record import Record
from assistant.grounding.tokens import VARIANTS, Token
from assistant.grounding.verdicts import holds, subjects
from assistant.grounding.vocabulary import chinese, colour_family, plain
from index.catalogue import Product
from index.words import fold, stem, words

_CLAIMS = ("word", "han", "color", "gender", "size")
_EXTENTS = ("long", "wide", "high", "tall", "deep", "thick", "across")
_LEFT_ONLY = ("只剩", "仅剩")
_SAYS = re.compile(r" (?:say|like|love|praise)$|[说示为]$")
_REVIEWED = frozenset(
    "review reviews rated rating ratings 评论 评价 评价了 reviewed 评分 顾客评价 用户评价 条评论 条评价".split()
)


def properties(clause: Clause, evidence: Evidence) -> str | None:
    """Each word that could be wrong is stated, or denied where the sentence denies it."""
    if (unstated := clause.of("unstated")) and not clause.asks:
        return _unstated(clause, evidence, unstated[0])
    denied_fit = False
    settled = False
    gone = any(token.kind == "stock" and token.value == "-" for token in clause.tokens)
    for place, token in enumerate(clause.tokens):
        following = next((t for t in clause.tokens[place + 1 : place + 3] if t.kind in ("word", "han")), None)
        if token.kind in ("color", "size") and gone:
            continue  # what is said not to be there need not exist
        if token.text in _EXTENTS and place and clause.tokens[place - 1].kind == "number":
            continue  # "165 mm long": the number is checked with its unit
        verdicts: dict[str, Callable[[Record], bool | None]] = {
            "han": partial(_chinese, token=token, evidence=evidence),
            "color": partial(_color, token=token, following=following, clause=clause),
            "size": partial(_size, token=token, clause=clause),
            "gender": partial(_gender, token=token),
        }
        if token.kind in verdicts:
            fine = holds(clause, evidence, token.denied, verdicts[token.kind]) or (token.kind == "han" and clause.asks)
        elif token.kind == "word":
            fine = _word(clause, evidence, token)
        elif token.kind in ("unknown", "misquote"):
            fine = False
        elif token.kind == "quote":
            fine = holds(clause, evidence, False, partial(_quoted, token=token))
        elif (
            token.kind in ("reviews", "rating")
            and (token.text in _REVIEWED or _SAYS.search(token.text))
            and not clause.asks
        ):
            fine = holds(clause, evidence, token.denied, _reviewed)
        else:
            denied_fit = denied_fit or (token.kind == "fit" and token.denied)
            continue
        if not fine:
            return f"{'denied' if token.denied else 'not stated'}: {token.text}"
        settled = settled or (token.denied and token.kind in _CLAIMS and token.text not in plain())
    if pair := _torn(clause, evidence):
        return f"not stated together: {pair}"
    if denied_fit and not settled:
        return "unfit"
    return _complete(clause, evidence)


def stock(clause: Clause, evidence: Evidence) -> str | None:
    """What is said to be there is there, in the colour and size that are named."""
    for place, token in enumerate(clause.tokens):
        if token.kind == "stock":
            there = (token.value == "+") is not token.denied
        elif token.kind == "available" and token.text == "available" and _of_stock(clause, place):
            there = not token.denied
        elif token.kind == "preorder":
            if not holds(clause, evidence, token.denied, lambda r: r.product.offered in ("preorder", "backorder")):
                return f"stock: {token.text}"
            continue
        else:
            continue
        if any(t.text in VARIANTS for t in clause.tokens):  # counted by numbers.py, or the only ones
            continue
        if not holds(clause, evidence, False, partial(_there, clause=clause, there=there)):
            return f"stock: {token.text}"
    return None


def _torn(clause: Clause, evidence: Evidence) -> str | None:
    """Two words side by side that a record has in different places only: "zippered" and "side pockets" make no third."""
    for first, second in pairwise(clause.tokens):
        if first.kind == second.kind == "word" and not first.denied and not ({first.text, second.text} & plain()):
            known = [record for record in subjects(clause, evidence) if not _of_name(record, first.text, second.text)]
            if any(not record.prose.joins(first.text, second.text) for record in known if record.prose.has(first.text)):
                return f"{first.text} {second.text}"
    return None


def _of_name(record: Record, *said: str) -> bool:
    """Whether one of the words is of what the product is: its name, kind, brand, material or a value of one word."""
    product = record.product
    named = " ".join([product.title, product.product_type or "", product.brand or "", *product.material])
    own = {stem(word) for word in words(named)}
    own |= {stem(fold(value)) for values in product.attributes.values() for value in values if " " not in value}
    return any(stem(word) in own for word in said)


def _word(clause: Clause, evidence: Evidence, token: Token) -> bool:
    word = token.text.removesuffix("'s")
    if word in plain() or not any(char.isalpha() for char in word):
        return True
    if holds(clause, evidence, token.denied, partial(_stated, word=word, denied=token.denied)):
        return True
    if token.denied:
        said = {stem(other.text) for other in clause.of("word") if other.denied}
        if holds(clause, evidence, True, partial(_refused, word=word, said=said)):
            return True
        return holds(clause, evidence, True, partial(_closed, word=word, evidence=evidence))
    return clause.asks


def _refused(record: Record, word: str, said: set[str]) -> bool | None:
    """ "Not microwave safe", though it is dishwasher safe: the whole of a property that is stated as "No"."""
    return False if any(stem(word) in no <= said for no in record.refused) else None


def _closed(record: Record, word: str, evidence: Evidence) -> bool | None:
    """What is no value of a list that the record has (materials, features) may be denied."""
    if record.prose.has(word):
        return None
    for name, values in evidence.words_of_facets.items():
        held = record.product.material if name == "material" else record.product.attributes.get(name, ())
        if held and stem(word) in values:
            return False
    return None


def _stated(record: Record, word: str, denied: bool) -> bool | None:
    if denied and record.denies(word):
        return False
    return record.verdict(word)


def _chinese(record: Record, token: Token, evidence: Evidence) -> bool | None:
    found = [_phrase(record, phrase, token.denied) for phrase in chinese()[token.value]]
    if True in found or False in found:
        return True in found
    closed = [_closed(record, word, evidence) for phrase in chinese()[token.value] for word in words(phrase)]
    return False if token.denied and False in closed else None


def _phrase(record: Record, phrase: str, denied: bool) -> bool | None:
    verdicts = [_stated(record, word, denied) for word in words(phrase)]
    return False if False in verdicts else True if all(verdicts) else None


def _color(record: Record, token: Token, following: Token | None, clause: Clause) -> bool | None:
    word = token.value
    if record.colors:
        if word in record.color_words:
            return not (token.denied and clause.of("available", "stock") and _gone(record, clause))
        if (
            record.prose.has(word)
            and following is not None
            and (stem(word), stem(following.text)) in record.prose.pairs
        ):
            return True
        return stem(word) in {stem(w) for w in words(fold(record.product.title))}
    if (
        following is not None
        and following.kind == "word"
        and following.text not in plain()
        and record.prose.has(following.text)
    ):
        near = (stem(word), stem(following.text)) in record.prose.pairs or _of_name(record, word, following.text)
        return near or None
    if record.verdict(word) or (not token.text.isascii() and _family(record, word)):
        return True
    return record.verdict(word)


def _family(record: Record, colour: str) -> bool:
    """Whether a text without variants' colours names a shade of a colour."""
    return any(colour_family(form) == colour for form in record.prose.stems)


def _size(record: Record, token: Token, clause: Clause) -> bool | None:
    if record.sizes:
        if token.value.upper() in record.sizes:
            return not (token.denied and clause.of("available", "stock") and _gone(record, clause))
        return False
    return record.verdict(token.value.lower())


def _gone(record: Record, clause: Clause) -> bool:
    """Whether no variant in the named colour and size is in stock: then it may be said not to be available in them."""
    return not any(variant.in_stock for variant in _variants(record, clause))


def _reviewed(record: Record) -> bool:
    return bool(record.reviews) or record.product.review_count > 0 or record.product.rating is not None


def _quoted(record: Record, token: Token) -> bool:
    return token.value in record.prose.text


def _gender(record: Record, token: Token) -> bool | None:
    if record.genders:
        return token.value in record.genders or None if token.value == "Unisex" else token.value in record.genders
    return record.verdict({"Men": "men", "Women": "women", "Boys": "boys", "Girls": "girls"}.get(token.value, "unisex"))


def _there(record: Record, clause: Clause, there: bool) -> bool:
    sizes, colors = clause.of("size"), clause.of("color")
    if clause.of("every_variant"):
        return all(v.in_stock is there for v in _variants(record, clause))
    if not sizes and not colors:
        return record.product.in_stock is there
    for size in (*sizes,) or (None,):  # each that is named
        for color in (*colors,) or (None,):
            found = [v for v in record.variants if _is(v, size, color)]
            own = [v for v in found if color is not None or v.color == record.product.color]
            if there and not any(v.in_stock for v in found):
                return False
            if not there and any(v.in_stock for v in (own or found)):
                return False
    return True


def _variants(record: Record, clause: Clause) -> list[Product]:
    sizes, colors = clause.of("size"), clause.of("color")
    return [
        v
        for v in record.variants
        if (not sizes or any(_is(v, size, None) for size in sizes))
        and (not colors or any(_is(v, None, color) for color in colors))
    ]


def _is(variant: Product, size: Token | None, color: Token | None) -> bool:
    fits = size is None or (variant.size or "").upper() == size.value.upper()
    shades = {form for word in words(fold(variant.color or "")) for form in (word, colour_family(word))}
    return fits and (color is None or color.value in shades)


def _of_stock(clause: Clause, place: int) -> bool:
    """Whether "available" speaks of stock: of the product, or of one variant; else of what it comes in."""
    return bool(clause.of("every_variant") or (clause.of("size") and clause.of("color"))) or not _in_something(
        clause, place
    )


def _in_something(clause: Clause, place: int) -> bool:
    """Whether "available" goes on with what it is available in."""
    return any(
        token.kind in ("color", "size", "sizes", "colors", "number", "money")
        for token in clause.tokens[place + 1 : place + 6]
    ) or any(token.kind in ("size", "color", "colors", "sizes") for token in clause.tokens[:place])


def _complete(clause: Clause, evidence: Evidence) -> str | None:
    """ "Only in black" names all colours there are; "from XS to XL" begins and ends where the sizes do."""
    tokens = clause.tokens
    place = next((n for n, token in enumerate(tokens) if token.kind == "only" or token.text in _LEFT_ONLY), None)
    if place is not None:
        before = tokens[place - 1] if place else None
        after = next((t for t in tokens[place + 1 :] if t.text not in ("the", "a", "our", "in")), None)
        if after is not None and after.text in VARIANTS:
            return None if _only_these(clause, evidence) else f"only: {after.text}"
        alone = after is not None and (after.kind == "mention" or after.text in ("one", "product"))
        listed = after is not None and after.kind in ("color", "colors", "size", "sizes")
        if alone or (before is not None and before.text == "the" and after is not None and not listed):
            several = len(evidence.records) > 1 or (after is not None and after.kind == "mention")
            return _alone(clause, evidence) if several else None
        if after is None or after.kind != "number":
            return _only(clause, evidence, after.kind if after is not None else "")
    sizes = clause.of("size")
    if len(sizes) == 2 and "to" in [t.kind for t in tokens[tokens.index(sizes[0]) : tokens.index(sizes[1])]]:
        ends = (sizes[0].value.upper(), sizes[1].value.upper())
        if any(r.sizes and (r.sizes[0], r.sizes[-1]) != ends for r in subjects(clause, evidence)):
            return f"sizes: {sizes[0].text} to {sizes[1].text}"
    return None


def _only(clause: Clause, evidence: Evidence, beside: str) -> str | None:
    """ "Only in black", "in XL it is left in green only": of what there is, or is left, nothing else.

    Args:
        beside: the kind of what "only" stands before; else it is of what stands last.
    """
    named = [token for token in clause.of("color", "size") if not token.denied]
    if not named:
        return None
    kind = beside if beside in ("color", "size") else named[-1].kind
    meant = [token for token in named if token.kind == kind]
    others = [token for token in named if token.kind != kind]
    left = any(
        t.text in _LEFT_ONLY or t.kind == "left" or (t.kind == "stock" and t.value == "+") for t in clause.tokens
    )
    for record in subjects(clause, evidence):
        held = {
            (v.color if kind == "color" else v.size) or ""
            for v in record.variants
            if (v.in_stock or not left) and (not others or any(_of(v, other) for other in others))
        }
        if any(
            not any(_names(token, fold(value) if kind == "color" else value.upper()) for token in meant)
            for value in held
        ):
            return f"only: {meant[0].text}"
    return None


def _only_these(clause: Clause, evidence: Evidence) -> bool:
    """ "The only combination that is sold out is gray in 34": those that are named are gone, or there, and no others."""
    gone = any(token.kind == "stock" and token.value == "-" for token in clause.tokens)
    stated = gone or any(token.kind == "stock" for token in clause.tokens)
    return stated and all(
        {v.id for v in record.variants if v.in_stock is not gone} == {v.id for v in _variants(record, clause)}
        for record in subjects(clause, evidence)
    )


def _of(variant: Product, token: Token) -> bool:
    return _is(variant, token, None) if token.kind == "size" else _is(variant, None, token)


def _alone(clause: Clause, evidence: Evidence) -> str | None:
    """ "Only the first comes in red", "the only one under 50": what is said holds of no other."""
    others = Clause(tuple(n for n in range(len(evidence.records)) if n not in clause.subjects), every=False)
    others.tokens = [token for token in clause.tokens if token.kind not in ("only", "mention")]
    from assistant.grounding.numbers import numbers

    said = any(
        token.kind in (*_CLAIMS, "money", "number", "stock") and token.text not in plain() for token in others.tokens
    )
    if not said or not others.subjects:
        return "the only one"
    return (
        None if properties(others, evidence) or numbers(others, evidence) or stock(others, evidence) else "the only one"
    )


def _names(token: Token, value: str) -> bool:
    if token.kind == "size":
        return token.value.upper() == value
    return token.value in {form for word in words(value) for form in (word, colour_family(word))}


def _unstated(clause: Clause, evidence: Evidence, token: Token) -> str | None:
    """What is said not to be stated must not be."""
    if evidence.kind in ("search", "recommend", "compare"):
        return "not stated: not asked"
    asked = [t for t in clause.of("word", "han") if t.kind == "han" or t.text not in plain()]
    for record in subjects(clause, evidence):
        verdicts = [_chinese(record, t, evidence) if t.kind == "han" else record.verdict(t.text) for t in asked]
        if asked and 2 * sum(verdict is not None for verdict in verdicts) >= len(verdicts):
            return f"stated after all: {asked[0].text}"
    return None
