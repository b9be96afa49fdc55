"""What of a draft may stay: the audit and the voice of replies, and what only a page that stays up for long asks for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.describe.source import Fact, Source
from assistant.grounding import audit, trimmed
from assistant.grounding.vocabulary import chinese, colours
from assistant.voice import Voice
from index.words import content, fold, mapped, stem, words

MAX_SENTENCES = 4
TITLE_LENGTH = 70  # characters; Google Merchant shows about as many
IN_A_REVIEW = 0.6  # share of an opinion's words that one sentence of a review has

_WHO = (
    r"\b(?:customers?|reviewers?|buyers?|shoppers?|users?|owners?|wearers?|people|everyone|everybody|many|most|some|one|"
    r"reviews?)\b"
)
_SAYS = (
    r"(?:say|says|said|find|finds|found|report|reports|mention|mentions|praise|praises|like|likes|love|loves|note|notes|"
    r"describe|describes|agree|agrees|recommend|recommends|call|calls|think|thinks|appreciate|appreciates|enjoy|enjoys|"
    r"wish|wishes|write|writes|add|adds|tell|tells|prefer|prefers)"
)
_TOLD = re.compile(
    rf"{_WHO}(?: \w+){{0,2}} {_SAYS}\b(?: (?:that|us|it as))?|according to (?:\w+ )?(?:customers?|reviewers?|reviews?),?|"
    r"\b(?:loved|praised|liked|recommended|trusted|appreciated) by\b|"
    r"(?:有)?(?:顾客|买家|用户|客户|购买者|评论|评价)(?:们|者)?(?:都)?(?:说|表示|认为|觉得|提到|反映|评价|喜欢|称赞|指出|写道)[，,：:]?",
    re.I,
)
_HOW_MANY = re.compile(
    r"\b(?:most|many|all|every|everyone|everybody|several|nearly all|always|countless|thousands|hundreds|\d+)\b|"
    r"大多数|多数|许多|很多|所有|全部|大家|一致",
    re.I,
)
_NOT = re.compile(
    r"\b(?:not|no|never|nothing|without|hardly|cannot|lacks?|isn't|\w+n't|except|wish(?:ed)?|too)\b|不|没|无|太", re.I
)
_DAILY = re.compile(
    r"[$€£¥]\s*\d|\d\s*(?:[$€£]|usd|eur|gbp|cny|dollars?|euros?|pounds?|yuan|元|欧元|美元|英镑)|\b(?:prices?d?|pricing|costs?|"
    r"affordable|cheap(?:er|est)?|inexpensive|bargain|deal|sale|on offer|discount(?:ed)?|in stock|out of stock|sold out|"
    r"stock|ships?|shipping|deliver(?:y|ed)|rated|rating|stars?|best[- ]?sell(?:er|ing)|popular|new arrival|limited)\b|"
    r"价格|售价|便宜|优惠|促销|特价|现货|有货|缺货|售罄|库存|评分|星级|热销|畅销|新品|限量|送货|配送|包邮",
    re.I,
)
_PUSH = re.compile(
    r"^(?:buy|order|shop|get|grab|visit|call|click|contact|email|e-mail|follow|use code|go to|write|ignore|add|treat|"
    r"upgrade|discover|don't|try|hurry)\b|\b(?:today|now)[.!]?$|立即|马上|赶快|点击|联系|致电",
    re.I,
)
_SPEAKER = re.compile(r"\b(?:i|i'm|i've|me|my|mine|we|we're|we've|us|our|ours)\b|我", re.I)
_CONTACT = re.compile(
    r"@|https?:|www\.|\b[\w-]+\.(?:com|net|org|io|shop|store|info|biz|example)\b|\+?\d[\d\s().-]{7,}\d"
)
_CHOICE = re.compile(
    r"\b(?:choose|choices?|comes?|available|offered|pick|select|options?|colou?rs|sizes)\b|可选|任选|选择|多种|有", re.I
)
_LINK = frozenset(("and", "with", "for", "in", "of", "the", "a", "an", "by", "from", "to"))
_TITLE_CHARACTERS = re.compile(r"[a-zA-Z0-9À-ɏ\u3400-\u9fff\s,.\-–&/()'’\"®™+|:·，、（）：%°]+")
_HAN = re.compile(r"[\u3400-\u9fff]+")


@dataclass(frozen=True)
class Kept:
    """A sentence of a description, and the facts and reviews that it rests on."""

    text: str
    rests_on: tuple[str, ...]


@dataclass(frozen=True)
class Dropped:
    """A sentence that the model wrote, or the part of it, that does not stay, and why."""

    text: str
    reason: str


class Judge:
    """Judges drafts in one language."""

    def __init__(self, voice: Voice, language: str, titles: Mapping[str, str]) -> None:
        self._voice = voice
        self._language = language
        self._taken = {fold(title): key for key, title in titles.items()}

    def sentences(self, written: Iterable[str], source: Source) -> tuple[list[Kept], list[Dropped]]:
        """What stays of a description, in its order, and what does not."""
        kept: list[Kept] = []
        dropped: list[Dropped] = []
        for sentence in written:
            text, reason = self._judged(sentence, source)
            if text is None:
                dropped.append(Dropped(sentence, reason))
                continue
            if any(fold(other.text) == fold(text) for other in kept):
                dropped.append(Dropped(sentence, "said already"))
            elif len(kept) == MAX_SENTENCES:
                dropped.append(Dropped(sentence, f"more than {MAX_SENTENCES} sentences"))
            else:
                kept.append(Kept(text, self._rests_on(text, source)))
                if reason:  # only a part of it stays
                    dropped.append(Dropped(sentence, f"cut: {reason}"))
        return kept, dropped

    def title(self, proposed: str, source: Source) -> tuple[str, str]:
        """The title, and a note on it: the proposed one, or the current one and why the proposed one is not taken."""
        current = source.group.title
        if not proposed:
            return current, "as it is: none was proposed"
        if fold(proposed) == fold(current):
            return current, "as it is"
        problem = self._wrong_title(proposed, source)
        return (current, f"as it is: “{proposed}” {problem}") if problem else (proposed, "")

    def _judged(self, sentence: str, source: Source) -> tuple[str | None, str]:
        """The sentence as it may stay, or None; and what is wrong with it, or was before a part was left out."""
        text, problem = self._mended(sentence)
        if text is None:
            return None, problem
        reason = self._wrong(text, source)
        if reason is None:
            return text, ""
        evidence = source.opinions if _TOLD.search(text) else source.evidence
        part = trimmed(text, evidence)
        if part is not None and bool(_TOLD.search(part)) == bool(_TOLD.search(text)) and not self._wrong(part, source):
            return part, reason
        return None, reason

    def _mended(self, sentence: str) -> tuple[str | None, str]:
        """A sentence in the voice; None and the rules it breaks if it cannot be mended."""
        text, _, broken = self._voice.mend(sentence, self._language)
        return text, ", ".join(f"voice: {violation}" for violation in broken)

    def _wrong(self, text: str, source: Source) -> str | None:
        """Why a sentence cannot stay."""
        for pattern, name in (
            (_CONTACT, "sends the reader elsewhere"),
            (_PUSH, "presses the reader"),
            (_SPEAKER, "speaks of whoever writes"),
        ):
            if match := pattern.search(text):
                return f"{name}: {match[0].strip()}"
        named = _stems(" ".join(fact.label for fact in source.facts))  # "Waterproof rating" is no shopper's rating
        for match in _DAILY.finditer(text):
            if not _stems(match[0]) & named:
                return f"changes daily: {match[0].strip()}"
        told = _TOLD.search(text)
        if reason := _told_wrongly(text, source) if told else _one_of_several(text, source):
            return reason
        if reason := audit(text, source.opinions if told else source.evidence):
            return reason
        if not self._rests_on(text, source):
            return "states nothing of the product"
        return None

    def _rests_on(self, text: str, source: Source) -> tuple[str, ...]:
        """The facts whose words a sentence has, and the reviews, where it tells of customers."""
        unnamed = fold(text).replace(fold(source.group.title), " ")  # a name states nothing
        said = _stems(" ".join([unnamed, *_english(unnamed)]))
        row = _spaced(unnamed)
        found = [
            fact.text
            for fact in source.facts
            if _stems(_told(fact)) & said
            or any(_spaced(value) in row if words(value) else value in unnamed for value in fact.values)
        ]
        if _TOLD.search(text):
            found = [
                f"review: {_nearest(_units(claim), source.reviews)[0]}" for claim in _claims(text) if source.reviews
            ]
        return tuple(dict.fromkeys(found))

    def _wrong_title(self, title: str, source: Source) -> str | None:
        if len(title) > TITLE_LENGTH:
            return f"is longer than {TITLE_LENGTH} characters"
        if not _TITLE_CHARACTERS.fullmatch(title) or (title.isupper() and not source.group.title.isupper()):
            return "has marks or capitals that a title does not have"
        if rules := self._voice.violations(title, "zh" if _HAN.search(title) else "en"):
            return f"is not in the voice ({', '.join(map(str, rules))})"
        current = source.group.title
        shared = [fact for fact in source.facts if not fact.choice]
        stated = " ".join([current, *(_told(fact) for fact in shared)])
        known, proposed = _stems(stated) | {*words(stated)}, words(title)
        if strange := [word for word in proposed if not ({word, stem(word)} & known or word in _LINK)]:
            return f"has words that the facts do not have: {', '.join(strange)}"
        if foreign := [run for run in _HAN.findall(title) if run not in stated]:
            return f"has words that cannot be checked against the facts: {', '.join(foreign)}"
        if missing := _missing_name(current, proposed, shared):
            return f"does not keep the name: {' '.join(missing)}"
        counts, before = (Counter(stem(w) for w in row if w not in _LINK) for row in (proposed, words(current)))
        if repeated := [word for word, count in counts.items() if count > max(1, before[word])]:
            return f"repeats a word: {repeated[0]}"
        if self._taken.get(fold(title), source.group.id) != source.group.id:
            return "is another product's"
        return None


def _missing_name(current: str, proposed: Sequence[str], facts: Iterable[Fact]) -> list[str]:
    """Words of the product's name that a proposed title lacks or has in another order.

    The name is what no attribute says, the brand where the title has it, and the last word, which says what it is.
    """
    named = words(current)
    if not named:  # a Chinese name stands or falls as a whole; the proposed title's words were found in it
        return [] if not _HAN.search(current) else [current]
    stated = _stems(" ".join(_told(fact) for fact in facts if fact.label != "Brand"))
    wanted = [word for place, word in enumerate(named) if stem(word) not in stated or place == len(named) - 1]
    have = iter([stem(word) for word in proposed])
    return [] if all(stem(word) in have for word in wanted) else wanted


def _one_of_several(text: str, source: Source) -> str | None:
    """Colours and sizes that differ between variants are told as a choice, not as what the product is."""
    row = _spaced(text)
    for fact in source.facts:
        if not fact.choice:
            continue
        named = [value for value in fact.values if _spaced(value) in row]
        if named and len(named) < len(fact.values) and not _CHOICE.search(text):
            return f"one of several: {named[0]}"
    return None


def _told_wrongly(text: str, source: Source) -> str | None:
    """An opinion is that of a review, said for nobody but its author, and no more than it says."""
    if not source.reviews:
        return "opinion: there is no review"
    told = _TOLD.search(text)
    if told and (match := _HOW_MANY.search(text[: told.end()])):
        return f"opinion: how many is not known ({match[0]})"
    claims = _claims(text)
    named = _stems(" ".join([source.group.title, *(_told(fact) for fact in source.facts if fact.label == "Type")]))
    if not any(_units(claim) - named for claim in claims):
        return "opinion: none is told"
    for claim in claims:
        said = _units(claim) - named
        near, share = _nearest(said, source.reviews)
        if said and share < IN_A_REVIEW:
            return f"opinion: not in a review ({claim})"
        if said and bool(_NOT.search(claim)) != bool(_NOT.search(_nearest(said, _parts(near))[0])):
            return f"opinion: the review says otherwise ({claim})"
    return None


def _claims(text: str) -> list[str]:
    """What a sentence tells of customers, in parts that one sentence of a review may each have said."""
    return [part for part in _parts(_TOLD.sub(" ", text)) if _units(part)]


def _parts(sentence: str) -> list[str]:
    parts = re.split(
        r"\s*[,;，；、]\s*(?:and|but|while)?\s*|\s+(?:and|but|while)\s+|[而但]", sentence.strip().rstrip(".。!！?？")
    )
    return [part.strip() for part in parts if part.strip()]


def _nearest(said: frozenset[str], texts: Iterable[str]) -> tuple[str, float]:
    """The sentence that has most of these words, and their share."""
    best, share = "", -1.0
    for text in texts:
        for sentence in re.split(r"(?<=[.!?])\s+|(?<=[。！？])", text):
            found = len(said & _units(sentence)) / max(1, len(said))
            if found > share:
                best, share = sentence.strip(), found
    return best, share


def _units(text: str) -> frozenset[str]:
    """The stems of a text's words that say something; of Chinese, its pairs of characters."""
    pairs = {run[n : n + 2] for run in _HAN.findall(text) for n in range(max(1, len(run) - 1))}
    return frozenset({stem(word) for word in content(text)} | pairs)


def _english(text: str) -> Iterable[str]:
    """What the Chinese words of a text may be in an English record."""
    named = {word: (value,) for word, value in {**colours(), **mapped("genders")}.items() if not word.isascii()}
    return (phrase for word, phrases in {**chinese(), **named}.items() if word in text for phrase in phrases)


def _told(fact: Fact) -> str:
    """The words by which a fact is told."""
    return f"{fact.label} {' '.join(fact.values)}"


def _spaced(text: str) -> str:
    """The words of a text, each between spaces: one text is in another only as whole words."""
    return f" {' '.join(words(text))} "


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(part) for word in content(text) for part in (word, *word.split("-")) if part)
