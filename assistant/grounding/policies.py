"""Sentences about a policy, small talk, and others that speak of no product."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from assistant.days import days_in
from assistant.grounding.evidence import Evidence
from assistant.grounding.record import stems_of
from assistant.grounding.vocabulary import chinese, plain
from index.words import content, fold, lexicon, stem, stopwords, words

_NO = re.compile(r"\b(?:not|no|cannot|never|none|nor|without|unless|only|\w+n't)\b")
_FLAT_NO = re.compile(
    r"\b(?:not|no|cannot|never|none|nor|without|\w+n't)\b"
)  # "unless" and "only" do not turn it round
_CAPITAL = re.compile(r"(?<![.!?。:]\s)(?<!^)\b[A-Z][\w'’™®-]+")
_OVER_AND_OVER = re.compile(r"\b(\w+)(?:[\s,.!-]+\1\b){3,}|([\u3400-\u9fff]{1,6})\2{3,}")
_BARE = re.compile(
    r"(?:(?:yes|yeah|yep|no|sure|of course|agreed|confirmed|ok|okay|certainly|absolutely|done|deal|granted|accepted|right|correct|"
    r"definitely|it is|you are right|that is right|free|是|是的|好|好的|可以|没问题|当然|确认|同意|行|对|成交|免费|有|有的|没有|没有的|不|不是|不行|能|不能|不可以)[\s,.!，。！]*)+",
    re.I,
)
_TALK = re.compile(
    r"\b(?:hello|hi|hey|good (?:morning|afternoon|evening|day)|welcome|thank|thanks|glad|happy to|pleased|sorry|pleasure|goodbye|bye|"
    r"i can (?:help|find|show|look|compare|suggest|tell|answer)|help you|here to help|let me know|tell me|feel free|just ask|"
    r"ask me|i am \w+, the|i'm \w+, the|my name is|enjoy|have a|see you|you're welcome)\b|"
    r"您好|你好|谢谢|不客气|欢迎|高兴|请告诉|告诉我|帮您|为您|随时|祝您|再见|早上好|晚上好|下午好|抱歉",
    re.I,
)
_TALKED = frozenset(
    "chat today help assist assistant question questions looking gift gifts policies orders day evening afternoon".split()
)
_CLAIMS = frozenset(
    "unknown han color size gender money number percent score more most same other_more sale stock preorder fit".split()
)
_TERM = re.compile(r"\b(?:within|after|in|for|takes?|up to)\s+(\d+(?:-\d+)?\s+(?:\w+\s+)?(?:hour|day|week|month|year))")
_TERM_TO = re.compile(r"\bha(?:ve|s) (\d+(?:-\d+)?\s+(?:\w+\s+)?(?:hour|day|week|month|year))s? (?=to\b)")
_DEED = re.compile(
    r"\b(?:(?P<refund>refund\w*|money back)|(?P<return>returns?\b|returned|returning|send (?:\w+ )?back)|(?P<exchange>exchang\w+)|"
    r"(?P<deliver>deliver\w*|ships?\b|shipping|shipped|arriv\w+)|(?P<repair>repair\w*)|(?P<replace>replac\w+)|"
    r"(?P<collect>pick \w*\s?up|collect\w*)|(?P<cancel>cancel\w*))"
)
_SHUT = re.compile(r"\bclosed\b|\bshut\b|休息|不营业|关门", re.I)
# Words that turn what is said: they must be a policy's own.
_TURNING = frozenset("next same before after until first last every always never twice once previous following".split())
_SOLD = re.compile(r"\bwe (?:do |also )?(?:sell|have|offer|carry|stock)\b([^.,;]*)", re.I)


def legible(sentence: str, evidence: Evidence) -> str | None:
    """No heaps of accents, no invisible or turning characters: what is read must be what is seen."""
    marks = [unicodedata.combining(char) > 0 for char in unicodedata.normalize("NFD", sentence)]
    if any(all(marks[n : n + 3]) for n in range(len(marks) - 2)):
        return "illegible"
    if any(unicodedata.category(char) in ("Cf", "Cc", "Co", "Cs") and char not in "\n\t" for char in sentence):
        return "invisible characters"
    if _OVER_AND_OVER.search(sentence.lower()):
        return "over and over"
    return None


def policy(sentence: str, evidence: Evidence) -> str | None:
    """A sentence about a policy is in the policy's own words, says more than the question, and decides as it does.

    A bare "yes" cannot be checked by words, so it is not said. What a passage denies is not granted, and the other way.
    """
    if evidence.kind != "policy":
        return None
    tokens = [token for clause in evidence.clauses(sentence) for token in clause.tokens]
    said: set[str] = set()
    for token in tokens:
        if token.kind == "unknown":
            return f"policy: not in its words: {token.text}"
        if token.kind == "han":
            if not any(evidence.read.states(phrase) for phrase in chinese()[token.value]):
                return f"policy: not in its words: {token.text}"
            said |= {stem(word) for phrase in chinese()[token.value] for word in words(phrase)}
        elif token.kind in ("word", "color", "gender", "sale", "stock", "things", "other_more"):
            for word in words(token.text):
                if f"un{word}" in evidence.read.stems and word not in evidence.read.stems and not token.denied:
                    return f"policy: granted: {word}"  # "used goods", where they must be unused
                if word in _TURNING and word not in evidence.read.text.lower():
                    return f"policy: not in its words: {word}"
                if word in plain() or word in stopwords() or evidence.read.has(word):
                    said.add(stem(word))
                elif not (evidence.heard.has(word) and stem(word) in evidence.goods):
                    return f"policy: not in its words: {word}"
    claims = sum(token.kind == "han" for token in tokens)
    if not sentence.isascii() and claims < 2 and not any(t.kind in ("number", "money", "percent") for t in tokens):
        return "policy: says too little to be checked"
    stated = evidence.read.stems
    fresh = (said - stems_of(fold(evidence.message))) & stated
    numbers = any(token.kind in ("number", "money", "percent") for token in tokens)
    if not fresh and not numbers:
        return "policy: says nothing"
    if other := _of_another(sentence, evidence.read.text):
        return f"policy: not so: {other}"
    parts = [part for part in re.split(r"(?<=[.!?;|])\s+", evidence.read.text) if part.strip()]
    if not _on_these_days(sentence, parts):
        return "policy: not on these days"
    denies = bool(_NO.search(fold(sentence))) or any(token.kind == "not" for token in tokens)
    near = max(parts, key=lambda part: len(said & stems_of(part)) / (1 + 0.02 * len(part)), default="")
    if denies and not any(_NO.search(part) for part in parts if said & stems_of(part)):
        return "policy: denied"
    flatly = bool(_FLAT_NO.search(fold(sentence))) or any(t.kind == "not" for t in tokens)
    if flatly and (of := _of_other_things(sentence, said, parts, evidence)):
        return f"policy: denied of {of}"
    granted = (_FLAT_NO.search(near) and not flatly) or (_NO.search(near) and not denies)
    if granted and len(said & stems_of(near)) >= 0.5 * len(said):
        return "policy: granted"
    return None


def _of_other_things(sentence: str, said: set[str], parts: list[str], evidence: Evidence) -> str | None:
    """What the passage denies it of, where neither the sentence nor the message speaks of that.

    "E-mail is not encrypted" is not "credit card information is not encrypted".
    """
    denied = [part for part in parts if _FLAT_NO.search(fold(part))]
    if not denied:
        return None
    part = fold(max(denied, key=lambda part: len(said & stems_of(part)) / (1 + 0.02 * len(part))))
    no = _FLAT_NO.search(part)
    before = part[: no.start()] if no else ""
    subject = content(re.split(r"[,;:]|\b(?:that|please)\b", before)[-1])
    spoken = stems_of(fold(sentence)) | evidence.heard.stems
    if subject and not any(stem(word) in spoken or evidence.heard.has(word) for word in subject):
        return " ".join(subject)
    return None


def _of_another(sentence: str, policies: str) -> str | None:
    """A term that is stated of something else only: "return it within 5 working days", which is when we refund."""
    stated: dict[str, set[str]] = {}
    for done, term in _terms(policies):
        stated.setdefault(term, set()).add(done)
    for done, term in _terms(sentence):
        if done and (held := stated.get(term)) and "" not in held and done not in held:
            return f"{done} {term}"
    return None


def _on_these_days(sentence: str, parts: list[str]) -> bool:
    """Whether what a sentence says of days of the week is so, by the parts that speak of the same place, or of any."""
    spoken = days_in(sentence)
    told = [part for part in parts if days_in(part)]
    if not spoken or not told:
        return True
    places = {fold(name) for name in _CAPITAL.findall(sentence) if not days_in(name)}
    here = [part for part in told if places & set(words(part))] or told
    shut = frozenset[int]().union(*(days_in(part) for part in here if _is_shut(part)))
    held = frozenset[int]().union(*(days_in(part) for part in here if not _is_shut(part)))
    if _is_shut(sentence):
        return not spoken & held - shut
    return spoken <= held - shut if held else not spoken & shut


def _is_shut(text: str) -> bool:
    return bool(_FLAT_NO.search(fold(text)) or _SHUT.search(text))


def _terms(text: str) -> Iterator[tuple[str, str]]:
    """(what is done, within which time) of each term that a text sets; nothing where it names no deed before it."""
    for part in re.split(r"(?<=[.!?;|])\s+", fold(text)):
        for match in _TERM_TO.finditer(part):
            if deed := _DEED.search(part[match.end() :]):
                yield next(name for name, held in deed.groupdict().items() if held), match[1]
        for match in _TERM.finditer(part):
            deeds = list(_DEED.finditer(part[: match.start()]))
            yield (next(name for name, held in deeds[-1].groupdict().items() if held) if deeds else ""), match[1]


def small_talk(sentence: str, evidence: Evidence) -> str | None:
    """Small talk greets, thanks, asks or offers help, in common words; it states nothing and agrees to nothing."""
    if _BARE.fullmatch(sentence.strip()):
        return "agreement to nothing"
    if evidence.kind != "chat":
        return None
    if len(sentence.split()) > 24 or re.search(r":(?!\))", sentence):
        return "chat: more than small talk"
    if not _TALK.search(sentence) and not sentence.rstrip().endswith(("?", "？")):
        return "chat: a statement"
    for clause in evidence.clauses(sentence):
        for token in clause.tokens:
            if token.kind == "word" and not (token.text in plain() or token.text in _TALKED):
                return f"chat: {token.text}"
            if token.kind in _CLAIMS:
                return f"chat: {token.text}"
    return None


def names(sentence: str, evidence: Evidence) -> str | None:
    """Products that were not shown, capitalised words that nobody said, and kinds of things that are not there."""
    row = re.findall(r"[\w'’®™-]+", sentence)
    if found := _title(row, evidence):
        return f"name: {found}"
    if evidence.products:
        return None
    known = stopwords() | set(lexicon()["capitals"]["en"])
    for match in _CAPITAL.finditer(sentence):
        strange = [w for w in words(match[0]) if w not in known and not w.isdigit()]
        if any(not evidence.heard.has(word) and not evidence.read.has(word) for word in strange):
            return f"name: {match[0]}"
    if (sold := _SOLD.search(fold(sentence))) and evidence.kind != "policy":
        things = {stem(word) for word in content(sold[1])} & evidence.properties
        if things - evidence.goods - evidence.heard.stems:
            return f"sold: {sold[0]}"
    return None


def _title(row: list[str], evidence: Evidence) -> str | None:
    """The title of a product that is not among those read, as a name: with capitals."""
    titles = evidence.catalogue.folded_titles
    own = [fold(product.title) for product in evidence.products]
    folded = [fold(word).strip("'-") for word in row]
    said = fold(evidence.message)
    for start in range(len(row)):
        for stop in range(start + 2, min(start + 10, len(row)) + 1):
            name = " ".join(folded[start:stop])
            if name in titles and not any(name in title for title in own) and name not in said:
                if (
                    all(word[:1].isupper() or word[:1].isdigit() or len(word) < 4 for word in row[start:stop])
                    or not own
                ):
                    return name
    return None
