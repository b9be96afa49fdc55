"""Properties of a sentence: words, colours, sizes, and for whom, for the products that it speaks of."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import pairwise, takewhile

from assistant.grounding.evidence import Evidence
from assistant.grounding.reading import Clause
from assistant.grounding.record import Record, stems_of
from assistant.grounding.stock import sold_out
from assistant.grounding.tokens import Token
from assistant.grounding.verdicts import holds, subjects
from assistant.grounding.vocabulary import chinese, colour_family, plain
from index.words import fold, stem, words

CLAIMS = ("word", "han", "color", "gender", "size")
_EXTENTS = ("long", "wide", "high", "tall", "deep", "thick", "across")
_VERBS = frozenset("is are has have costs cost weighs weigh comes come with for".split())
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
            "han": partial(_chinese, token=token, evidence=evidence, clause=clause),
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
        settled = settled or (token.denied and token.kind in CLAIMS and token.text not in plain())
    if stuff := _not_made_of(clause, evidence):
        return f"not made of: {stuff}"
    if pair := _torn(clause, evidence):
        return f"not stated together: {pair}"
    if denied_fit and not settled:
        return "unfit"
    return None


def _not_made_of(clause: Clause, evidence: Evidence) -> str | None:
    """What is said to be made of something is the product, and what it is said to be made of is a material of it.

    In "made of leather, waterproof and rated 4.5" the first is a material; in "made of leather, wool and cork" all are.
    The name of a property without its value is nothing that a product could be: "made of leather, care".
    """
    tokens = clause.tokens
    place = next((n for n, token in enumerate(tokens) if token.text == "made"), None)
    if place is None or [token.text for token in tokens[place + 1 : place + 2]] != ["of"]:
        return None
    if place and tokens[place - 1].text in ("material", "fabric"):
        return tokens[place - 1].text
    run = list(takewhile(_listed, tokens[place + 2 :]))
    items: list[list[Token]] = [[]]
    for token in run:
        if token.kind in ("comma", "and"):
            items.append([])
        else:
            items[-1].append(token)
    claims = [[token for token in item if token.text not in plain()] for item in items]
    listed = claims if claims[-1] and any(token.kind == "and" for token in run) else claims[:1]
    known = [record for record in subjects(clause, evidence) if record.product.material]
    for token in (token for item in listed for token in item if not token.denied):
        if any(not record.made_of & set(_parts(token.text)) for record in known):
            return token.text
    valued = tokens[place + 2 + len(run) :][:1]
    told = items[:-1] if valued and valued[0].kind in ("number", "score") else items
    for item in filter(None, told):
        if any(all(record.names & set(_parts(token.text)) for token in item) for record in known):
            return item[0].text
    return None


def _listed(token: Token) -> bool:
    return token.kind in ("word", "color", "comma", "and") and token.text not in _VERBS


def _parts(word: str) -> list[str]:
    return [form for part in (word, *word.split("-")) for form in (part, stem(part))]


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
    if holds(clause, evidence, token.denied, partial(_stated, word=word, denied=token.denied, clause=clause)):
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


def _stated(record: Record, word: str, denied: bool, clause: Clause) -> bool | None:
    if denied and record.denies(word):
        return False
    if (values := record.labels.get(stem(word))) is not None and not values & _said(clause):
        return None
    return record.verdict(word)


def _said(clause: Clause) -> frozenset[str]:
    """The stems and numbers that a clause says; "size flat: 45 x 45 cm" makes nothing flat without its 45."""
    numbers = {f"{token.number:f}" for token in clause.of("number", "score")}
    claims = " ".join(token.text for token in clause.of("word", "color", "size"))
    chinese_ = {form for token in clause.of("han") for phrase in chinese()[token.value] for form in stems_of(phrase)}
    return stems_of(claims) | numbers | chinese_


def _chinese(record: Record, token: Token, evidence: Evidence, clause: Clause) -> bool | None:
    found = [_phrase(record, phrase, token.denied, clause) for phrase in chinese()[token.value]]
    if True in found or False in found:
        return True in found
    closed = [_closed(record, word, evidence) for phrase in chinese()[token.value] for word in words(phrase)]
    return False if token.denied and False in closed else None


def _phrase(record: Record, phrase: str, denied: bool, clause: Clause) -> bool | None:
    verdicts = [_stated(record, word, denied, clause) for word in words(phrase)]
    return False if False in verdicts else True if all(verdicts) else None


def _color(record: Record, token: Token, following: Token | None, clause: Clause) -> bool | None:
    word = token.value
    if record.colors:
        if word in record.color_words:
            return not (token.denied and clause.of("available", "stock") and sold_out(record, clause))
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
            return not (token.denied and clause.of("available", "stock") and sold_out(record, clause))
        return False
    return record.verdict(token.value.lower())


def _reviewed(record: Record) -> bool:
    return bool(record.reviews) or record.product.review_count > 0 or record.product.rating is not None


def _quoted(record: Record, token: Token) -> bool:
    return token.value in record.prose.text


def _gender(record: Record, token: Token) -> bool | None:
    if record.genders:
        return token.value in record.genders or None if token.value == "Unisex" else token.value in record.genders
    return record.verdict({"Men": "men", "Women": "women", "Boys": "boys", "Girls": "girls"}.get(token.value, "unisex"))


def _unstated(clause: Clause, evidence: Evidence, token: Token) -> str | None:
    """What is said not to be stated must not be."""
    if evidence.kind in ("search", "recommend", "compare"):
        return "not stated: not asked"
    asked = [t for t in clause.of("word", "han") if t.kind == "han" or t.text not in plain()]
    for record in subjects(clause, evidence):
        verdicts = [_chinese(record, t, evidence, clause) if t.kind == "han" else record.verdict(t.text) for t in asked]
        if asked and 2 * sum(verdict is not None for verdict in verdicts) >= len(verdicts):
            return f"stated after all: {asked[0].text}"
    return None
