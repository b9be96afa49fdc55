"""What a sentence says that no list of words foresees: features and uses that the folder's text of the product lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from eval.truth.names import together
from eval.truth.quantities import quantities
from eval.truth.spoken import Finding, Spoken
from eval.truth.text import chinese, fold, stem, stems, tokens
from eval.truth.vocabulary import lexicon
from index.words import stopwords

_CLAIMS = re.compile(
    r"\b(?:has|have|having|features?|featuring|includes?|including|comes? with|with|offers?|boasts?|equipped with|provides?|mentions?|gives?|you get|made for|made to|designed for|designed to|designed with"
    r"|ideal for|perfect for|great for|good for|suitable for|suited (?:for|to)|meant for|intended for|best for|take\b.{0,70}? for|works? (?:well )?for|works? with|works? on|useful for|excellent for|notice|you will find|adds?|brings?|delivers?|helps?|keeps?|protects?|allows?|ensures?|prevents?|reduces?|improves?|supports?)\s+",
    re.I,
)
_CLAIMS_ZH = re.compile(
    r"(?:带有|采用|附带|附送|配有|配备|设有|内置|具有|拥有|适合|适用于|专为|可用于)([^，。；、！？]{1,16})"
)
_QUOTE = re.compile(r"[“\"「『]([^”\"」』]{8,})[”\"」』.。]")
_NOT_OF_IT = re.compile(
    r"\b(?:i|we|you|nothing|customers|colleagues?|they(?: all)?) (?:have|has|'ve|will|can|could)\b.{0,12}$", re.I
)
_NOT_STATED = re.compile(r"\b(?:whether|if|about|how|what)\b(.*)$|(?:说明|提到|提及|注明)(.*)$", re.I)


def unseen(spoken: Spoken) -> Iterator[Finding]:
    """Words of a claim that stand nowhere in what the folder has of the product."""
    yield from _quotes(spoken)
    if spoken.question:
        return
    if spoken.unstated:
        yield from _stated_after_all(spoken)
        return
    yield from (_chinese(spoken) if spoken.chinese else _english(spoken))


def _english(spoken: Spoken) -> Iterator[Finding]:
    said = [(found.start, found.end) for found in spoken.records.vocabulary.find(spoken.text)]
    said += [(quantity.start, quantity.end) for quantity in quantities(spoken.text)]
    for match in _CLAIMS.finditer(spoken.text):
        end = re.search(
            r"[,.;:!?](?!\d)|\b(?:while|whereas|but|although|because|since|as|so|which|that|and (?:is|has|costs?|comes?|weighs?|it))\b|$",
            spoken.text[match.end() :],
        )
        stop = match.end() + (end.start() if end else 0)
        subjects = spoken.subjects(match.end())
        if not subjects.records or spoken.quotes(match.start()) or _NOT_OF_IT.search(spoken.text[: match.end()]):
            continue
        text = " ".join(f"{record.text} {record.review_text if spoken.hearsay else ''}" for record in subjects.records)
        known = (
            stems(text)
            | stems(text.replace("-", " "))
            | stems(spoken.turn.heard if spoken.echoes(match.start()) else "")
            | _generic()
        )
        missing = []
        for word in re.finditer(r"[A-Za-z][A-Za-z'’-]{2,}", spoken.text[match.end() : stop]):
            start = match.end() + word.start()
            if any(a <= start < b for a, b in said) or not spoken.free(start, start + len(word[0])):
                continue
            parts = [part for part in re.split(r"[-'’]", fold(word[0])) if len(part) > 2 and part not in stopwords()]
            if parts and not all(stem(part) in known for part in parts):
                missing.append(word[0])
        if missing:
            why = f"{', '.join(missing)}: not in the folder's text of it"
            yield spoken.finding("attribute", spoken.text[match.start() : stop], "doubtful", why, subjects.ids)


def _chinese(spoken: Spoken) -> Iterator[Finding]:
    """Chinese words cannot be looked up in an English folder: what no known term covers is for a person."""
    said = [(found.start, found.end) for found in spoken.records.vocabulary.find(spoken.text)]
    for match in _CLAIMS_ZH.finditer(spoken.text):
        subjects = spoken.subjects(match.start())
        covered = any(a < match.end() and match.start(1) < b for a, b in said)
        named = any(m.start < match.end() and match.start(1) < m.end for m in spoken.mentions)
        told = re.search(r"[0-9A-Za-z]|您|尺码|颜色|款|选择|参考|需要|评分|价格|购物|查看|请|帮", match[1])
        if subjects.records and not covered and not named and not told and chinese(match[1]):
            yield spoken.finding("attribute", match[0], "doubtful", "no known word: look it up by hand", subjects.ids)


def _quotes(spoken: Spoken) -> Iterator[Finding]:
    """What is quoted must stand where it is quoted from."""
    for match in _QUOTE.finditer(spoken.text):
        subjects = spoken.subjects(match.start())
        plain = _bare(match[1])
        before = [mention for mention in spoken.mentions if mention.end <= match.start()]
        named = [record for m in before[-1:] for key in m.products if (record := spoken.records.record(key))]
        records = named or subjects.records  # a name within the quotation does not say whose it is
        texts = [_bare(f"{record.text} {record.product.description} {record.review_text}") for record in records]
        a_name = any(m.start <= match.start(1) and match.end(1) <= m.end for m in spoken.mentions)
        if not a_name and len(plain) > 8 and texts:
            titles = {_bare(title) for title in spoken.records.catalogue.titles.values()}
            if (
                plain not in titles
                and not any(plain in text for text in texts)
                and plain not in _bare(spoken.records.policy_text + fold(spoken.turn.heard))
            ):
                about = tuple(record.product.id for record in records)
                yield spoken.finding("attribute", match[0], "wrong", "the quotation is not in the folder's text of it", about)  # fmt: skip


def _stated_after_all(spoken: Spoken) -> Iterator[Finding]:
    """ "It is not stated whether it laces up", where the folder does speak of it."""
    match = _NOT_STATED.search(spoken.text)
    subjects = spoken.subjects(match.start() if match else 0)
    if match is None:
        yield from _asked_for(spoken)
    if match is None or not subjects.records or spoken.chinese:
        return
    names = " ".join(m.text for group in together(spoken.text, spoken.mentions) for m in group)
    wanted = {stem(word) for word in tokens(match[1] or match[2] or "")} - {stem(w) for w in tokens(names)} - _generic()
    wanted = {word for word in wanted if len(word) > 2 and word not in {stem(w) for w in stopwords()}}
    for record in subjects.records:
        if wanted and wanted <= stems(record.text):
            yield spoken.finding(
                "attribute", match[0], "doubtful", "called not stated, but the folder speaks of it", subjects.ids
            )
            return


def _asked_for(spoken: Spoken) -> Iterator[Finding]:
    """ "That is not stated": then the folder must not state what was asked."""
    subjects = spoken.subjects(0)
    for said in spoken.records.vocabulary.find(spoken.turn.say):
        if said.term.strength == "fact" and said.term.kind in ("property", "material") and _asks(spoken, said.start):
            if any(record.state(said.term) in ("affirmed", "denied") for record in subjects.records):
                why = f"the folder states it: {said.words}"
                yield spoken.finding("attribute", spoken.text, "doubtful", why, subjects.ids)
                return


def _asks(spoken: Spoken, place: int) -> bool:
    """Whether the words at a place of the message are asked about, and no part of the product's name."""
    named = spoken.turn.names.mentions(spoken.turn.say, spoken.turn.held)
    return not any(mention.start <= place < mention.end for mention in named)


def _bare(text: str) -> str:
    return re.sub(r"\W+", "", fold(text))


@cache
def _generic() -> frozenset[str]:
    return frozenset(stem(word) for word in lexicon()["generic"])
