"""Properties, materials, colours, uses and kinds that a sentence claims, looked up for the product it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from eval.truth.names import Mention
from eval.truth.quantities import quantities
from eval.truth.records import Record, State, negated
from eval.truth.spoken import Finding, Spoken, Verdict, agreed
from eval.truth.stock import meant
from eval.truth.text import fold, phrase
from eval.truth.vocabulary import Said

_OFFERED = re.compile(r"\b(?:colou?rs?|comes? in|available in|offered in|come in|in the shade)\b|颜色|色", re.I)
_SUITS = re.compile(
    r"\b(?:suit|suits|suited|suitable|fit|fits|match|matches|meet|meets|satisfy|satisfies|fulfil\w*)\b[^,.;]{0,25}\b(?:wish|wishes|needs?|request|requirements?|criteria|preferences?|looking for|asked for)\b|(?:符合|满足)[^，。]{0,4}(?:要求|需求|愿望)",
    re.I,
)
_EXCLUSIVE = re.compile(
    r"\bonly\b|\bnothing but\b|\b(?:just|solely) in\b|\b(?:one|a single) colou?r\b|只有|仅有|仅", re.I
)
_IS_A = re.compile(
    r"(?:\b(?:is|are|as|it's|'s)\s+(?:an?|the|our|one of (?:the|our))?\s*(?:[\w-]+\s+){0,3}|\b(?:this|these|that)\s+|,\s*(?:an?)\s+|(?:是|为|属于|这)(?:一)?(?:款|件|个|双|条)?[^，。]{0,6})$",
    re.I,
)
_IDIOMS = re.compile(
    r"(?:cm|mm|\bm|inch(?:es)?|feet|foot|ft) (?:wide|long|high|tall|thick|deep)\b|\b(?:fitted with|light of|in the light|spring to mind|fall (?:in|for|under|short|within)|falls? (?:in|under|between)|down (?:to|the|from)|cool(?:est)? thing|short(?:ly| of)|in short|at hand|hand ?wash\w* only|run out|runs? (?:true|small|large|wide|from|between|for|about)|on top|top of|long run|iron out|hot topic|back ?up|check(?:ed)? out|safe(?:ly)? (?:choice|bet|to say)|easy choice|well suited)\b",
    re.I,
)


def attributes(spoken: Spoken) -> Iterator[Finding]:
    """What the folder does not bear out of what a sentence says of its products."""
    idioms = [match.span() for match in _IDIOMS.finditer(spoken.text)]
    before: Said | None = None
    for said in spoken.records.vocabulary.find(spoken.text):
        if (
            not spoken.free(said.start, said.end)
            or spoken.quotes(said.start)
            or any(a <= said.start < b for a, b in idioms)
        ):
            continue
        yield from _claim(spoken, said)
        yield from _is_no_thing(spoken, said)
        if before is not None and said.start - before.end == 1:
            yield from _side_by_side(spoken, before, said)
        before = said
    yield from _only(spoken)
    yield from _wish(spoken)
    yield from _parts(spoken)


def _is_no_thing(spoken: Spoken, said: Said) -> Iterator[Finding]:
    """ "The bag is a laptop sleeve": what a product has is not what it is."""
    after = spoken.text[said.end :]
    named = re.search(r"(?<!there )\b(?:is|are)\s+an?\s+$", spoken.text[: said.start], re.I)
    named = named if not said.words.lower().endswith(" fit") else None  # "it is a relaxed fit"
    if said.term.kind == "property" and named and re.match(r"\s*(?:[.,;!]|$|and\b|which\b|that\b)", after):
        subjects = spoken.subjects(said.start)
        if subjects.records and not any(phrase(said.words).search(record.product.title) for record in subjects.records):
            yield spoken.finding("attribute", f"is a {said.words}", "wrong", "it has one at most", subjects.ids)


def _side_by_side(spoken: Spoken, one: Said, other: Said) -> Iterator[Finding]:
    """ "Leather straps": a material and a part that the folder has, but not of each other."""
    if one.term.kind != "material" or other.term.kind != "property":
        return
    subjects = spoken.subjects(other.start)
    shown = [[phrase(word) for word in term.shown] for term in (one.term, other.term)]
    held = [
        any(all(any(p.search(line.text) for p in patterns) for patterns in shown) for line in record.lines)
        for record in subjects.records
    ]
    if agreed(subjects.rule, held):
        words = spoken.text[one.start : other.end]
        yield spoken.finding("attribute", words, "doubtful", "the folder has both, not of each other", subjects.ids)


def _wish(spoken: Spoken) -> Iterator[Finding]:
    """ "These suit your wish": then what the message wishes must hold for them."""
    match = _SUITS.search(spoken.text)
    if match is None or spoken.question:
        return
    subjects = spoken.subjects(match.start())
    negative = spoken.negates(match.start(), match.end())
    for said in spoken.records.vocabulary.find(spoken.turn.say):
        if said.term.kind in ("type", "soft"):
            continue
        unwanted = negated(spoken.turn.say, said.start, said.end)
        states = [record.state(said.term) for record in subjects.records]
        held = [state != "affirmed" if unwanted else state not in ("silent", "denied") for state in states]
        if negative and not all(held):
            return
        if not negative and agreed(subjects.rule, held):
            contrary = ("affirmed" if unwanted else "denied") in states
            why = f"the wish was: {'not ' if unwanted else ''}{said.words}"
            yield spoken.finding("attribute", match[0], "wrong" if contrary else "doubtful", why, subjects.ids)
            return
    if negative and subjects.records:
        yield spoken.finding("attribute", match[0], "doubtful", "no word of the wish speaks against it", subjects.ids)


def _only(spoken: Spoken) -> Iterator[Finding]:
    """ "Comes in black only": the colours that are said must be all that there are."""
    match = _EXCLUSIVE.search(spoken.text)
    said = [
        s for s in spoken.records.vocabulary.find(spoken.text) if s.term.kind == "color" and spoken.free(s.start, s.end)
    ]
    if match is None or not said or spoken.negates(match.start(), match.end()):
        return
    if re.match(r"\s*\d", spoken.text[match.end() :]) or re.match(r"[^，。]{0,8}[0-9]+件", spoken.text[match.end() :]):
        return
    if sole := next((m for m in spoken.mentions if 0 <= m.start - match.end() <= 5), None):
        yield from _only_one(spoken, sole, said)
        return
    subjects = spoken.subjects(said[0].start)
    for record in subjects.records:
        others = [c for c in record.colors if not any(phrase(word).search(c) for s in said for word in s.term.shown)]
        if (subjects.rule != "any" and others) or (others and len(subjects.records) == 1):
            yield spoken.finding("attribute", match[0], "wrong", f"there is also {', '.join(others)}", subjects.ids)
            return


def _only_one(spoken: Spoken, sole: Mention, said: Sequence[Said]) -> Iterator[Finding]:
    """ "Only the second one comes in red": no other that is shown does."""
    for key in spoken.turn.held:
        record = spoken.records.record(key)
        if record is not None and key not in sole.products:
            if any(phrase(word).search(color) for s in said for word in s.term.shown for color in record.colors):
                yield spoken.finding(
                    "attribute", f"only {sole.text}", "wrong", f"{record.product.title} too", (*sole.products, key)
                )


def _parts(spoken: Spoken) -> Iterator[Finding]:
    """ "40% cotton and 60% polyester": each share with its own material, as the folder has it."""
    found = list(spoken.records.vocabulary.find(spoken.text))
    for quantity in quantities(spoken.text):
        if quantity.unit != "%":
            continue
        material = next((s for s in found if s.term.kind == "material" and 0 <= s.start - quantity.end <= 12), None)
        subjects = spoken.subjects(quantity.start)
        if material is None or not subjects.records:
            continue
        share = rf"{quantity.value.normalize():f}\s?%\s?(?:[\w®™]+\s){{0,2}}?(?:{'|'.join(re.escape(w) for w in {material.term.name, fold(material.words)} if w.isascii())})"
        held = [bool(re.search(share, record.text)) for record in subjects.records]
        if verdict := agreed(subjects.rule, held):
            words = spoken.text[quantity.start : material.end]
            yield spoken.finding("attribute", words, verdict, "the folder has no such share", subjects.ids)


_NONE = re.compile(r":\s*(?:no|none|not included)\b", re.I)  # "Rain cover: No"


def _claim(spoken: Spoken, said: Said) -> Iterator[Finding]:
    term = said.term
    if term.name == "popular" and "recommend" in spoken.turn.done:
        return  # what is bought is no property: the tool counted it
    if term.kind == "type" and not _IS_A.search(spoken.text[: said.start]):
        return
    subjects = spoken.subjects(said.start)
    if not subjects.records:
        yield from _in_general(spoken, said)
        return
    negative = spoken.negates(said.start, said.end, offered=term.kind == "color")
    negative = negative or bool(_NONE.match(spoken.text[said.end :]))
    if negative and term.kind == "color" and all(_gone(spoken, record) for record in subjects.records):
        return
    states = [_state(spoken, record, said) for record in subjects.records]
    if spoken.unstated:
        if any(state in ("affirmed", "denied") for state in states) and term.strength == "fact":
            yield spoken.finding(
                "attribute", said.words, "doubtful", "called not stated, but the folder states it", subjects.ids
            )
        return
    verdicts = [_verdict(state, negative, term.strength == "fact", spoken.hearsay) for state in states]
    held = [verdict is None for verdict in verdicts]
    combined = agreed(subjects.rule, held)
    if combined is None:
        return
    mild = "doubtful" in verdicts if subjects.rule == "any" else "wrong" not in verdicts  # of any, the likeliest
    verdict: Verdict = "doubtful" if mild or combined == "doubtful" else "wrong"
    if spoken.echoes(said.start):
        verdict = "doubtful"
    told = sorted({state for state, fine in zip(states, held, strict=True) if not fine})
    why = f"{'not ' if negative else ''}{term.name}: the folder is {', '.join(told)}"
    yield spoken.finding("attribute", said.words, verdict, why, subjects.ids)


def _state(spoken: Spoken, record: Record, said: Said) -> State:
    term = said.term
    if term.kind == "color" and _OFFERED.search(spoken.text) and record.colors:
        offered = any(phrase(word).search(color) for word in term.shown for color in record.colors)
        return "affirmed" if offered else "denied"
    state = record.state(term)
    if state == "silent" and said.words.isascii() and phrase(said.words).search(record.text):
        return "affirmed"
    return state


def _gone(spoken: Spoken, record: Record) -> bool:
    """Whether the variants that are spoken of are sold out: then they may be called not available."""
    variants = meant(spoken, record)
    return bool(variants) and not any(variant.in_stock for variant in variants)


def _verdict(state: State, negative: bool, fact: bool, hearsay: bool) -> Verdict | None:
    """What a claim is worth, by what the folder says: None where it stands."""
    if state == "reviewed":
        return None if hearsay else "doubtful"
    if state == "mixed":
        return "doubtful" if fact else None
    if negative:
        if state == "denied":
            return None
        return "wrong" if state == "affirmed" and fact else "doubtful"
    if state == "affirmed":
        return None
    return "wrong" if fact or state == "denied" else "doubtful"


def _in_general(spoken: Spoken, said: Said) -> Iterator[Finding]:
    """A property that is said of no product: of the shop's range, or of a policy."""
    term = said.term
    known = fold(f"{spoken.records.policy_text} {spoken.turn.heard}")
    if term.strength != "fact" or any(phrase(word).search(known) for word in term.said):
        return
    if any(phrase(word).search(spoken.records.policy_text) for word in term.shown if word.isascii()):
        return
    groups = spoken.records.catalogue.groups
    if not any(spoken.records.of_group(key).state(term) == "affirmed" for key in groups):
        yield spoken.finding("attribute", said.words, "wrong", f"{term.name}: no product and no policy has it")
