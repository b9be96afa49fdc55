"""Questions that the shop's policies answer: what they say is quoted or told, or what comes nearest to it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.countries import countries_named
from assistant.demands import is_question
from assistant.events import Citation
from assistant.references import partly_named, pointed_at, resolve, surely_named
from assistant.support.evidence import parts_of, whole_parts_of
from assistant.tools.known import about_product
from assistant.topics import asked_about, instead, plain, several, whole
from assistant.turn import TurnContext
from index.answers import amount, answers, in_chart
from index.catalogue import Product
from index.passages import NEAR, Passage, Ranked
from index.policies import narrowed
from index.words import content, fold, stem, words

AT_ONCE = 3  # passages that are told, of as many questions
WORDED = 0.9  # how much a model's wording of a question counts, beside the question
ABOUT = 0.7  # the same of its topic alone
OF_IT = 0.35  # score that a passage must have for the question itself, which its topic alone has found
AMONG = 2  # or it is one of so many best
WENT_ON = 0.75  # the same of a question that goes on: what it goes on with tells more
SHORT = 6  # words of a message that goes on with a question about another thing
MORE = 0.1  # how much more surely the policies must speak of a question than what is stated of a product that is meant
LIKELY = 0.6  # score from which a question may be taken for one of policies, whatever else it was taken for
SURE = 0.65  # score of a passage from which no other wording is tried
WITH_ITS_TOPIC = 0.95  # how much a question with its topic's words counts, beside the question alone
NEARLY = 0.75  # of the best passage's score, from which another is told beside it
FEW = 3  # words of a question that says too little alone
_GOES_ON = re.compile(
    r"^(?:(?:lol|haha|hm+|oh|ok|okay|well|alright|cool|right|thanks|great|nice|sure|got it)[,.! ]+)*(?:and|or|but|so|then|ok|also|what about|how about|what if|even if)\b|^(?:那|如果|要是|还有)|呢[？?]?$"
)
_MEANS_IT = re.compile(  # what was just told of is meant
    r"\b(?:it|that|one|there|this|they|those)\b(?!'?s? (?:me|in my))|\b(?:that way|too|as well|also)\s*[?.]*$|那"
)
_THAT_WAY = re.compile(r"\b(?:that way|like that|the same way|the same)\b|也(?:是)?(?:一样|这样)")  # of what was told
# What the first of two questions asks, and not of what.
_MEASURES = frozenset("long many much days soon often cost costs price euros eur dollars usd".split())
_NUMBER = re.compile(
    r"\d+(?:[.,]\d+)?(?!\d|[.,-]\d|\s*(?:(?:business|working) )?(?:hours?|days?|weeks?|months?|years?)\b)"
)
_OF_TIME = re.compile(r"\b(?:how (?:long|soon|fast|quickly|many (?:working |business )?(?:days|weeks))|when)\b")
_SPEED = re.compile(  # of delivery; one takes the place of another
    r"\b(?:(?:just )?(?:the )?(?:standard|normal|regular|usual|ordinary|cheapest|slow\w*)(?: speed)?|express|priority|"
    r"fast\w*|quick\w*|expedited|rush|overnight|next[- ](?:business |working )?day)\b"
)
_TO_HAVE_IT = re.compile(r"\b(?:shipping|delivery|postage|ship|deliver\w*)\b.*\b(?:it|that|this|one)\b")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}\b")  # and no sentence's first word


def look_up(context: TurnContext, asked: str, reworded: str = "") -> str:
    """Have a question answered from the policies; from what is stated of a product, where it names one and they are silent.

    Args:
        reworded: the same as a model words it, asked where the policies do not speak of the question as it stands.
    """
    if amount(asked) is None and (total := amount(context.text)) is not None:  # a translation may drop it
        asked = f"{asked} {total:g} {context.services.shop.settings.currency or 'EUR'}"
    named = surely_named(context) or partly_named(context)
    if len(meant := named or pointed_at(context)) == 1:
        asked = for_it(asked, meant[0])
    found, score = surest(context, _ways(context, asked, reworded))
    if len({product.group_id for product in named}) == 1 and _has_property(context, named[0], asked):
        if score <= _stated_so_surely(context, named[0], asked) + MORE:
            return about_product(context, named[0], asked)
    question = found or ""
    if context.language != "en" and (topics := several(context.text)):  # each is asked by itself
        question = "? ".join([*topics, ""])
    passages = stated(context, question) if question else []
    if passages := [passage for passage in passages if _speaks_of_it(context, passage, asked)]:
        context.state.policy = question
        if told := _in_chart(context, passages):
            return told
        own = [context.services.evidence.in_language(passage, context.language) for passage in passages]
        if all(own):  # the shop says it in the shopper's language: no model says it better
            return "\n".join(context.fix("policy_quote_own", quote=text) for text in own)
        if context.exact and (
            len(passages) > 1 or passages[0].table
        ):  # a small model takes one's figures for the other's
            return "\n".join(context.fix("policy_quote", quote=passage.text) for passage in passages)
        quotes = [
            context.text_of("policy_quote", quote=passage.text) for passage in passages[: _said_at_once(question)]
        ]
        return context.tell("policy", [passage.text for passage in passages], " ".join(quotes))
    if context.named:
        return about_product(context, resolve(context)[0], asked)
    if (spoken_of := pointed_at(context)) and _states(context, spoken_of[0], asked):  # "and the warranty on it?"
        return about_product(context, spoken_of[0], asked)
    return say_silent(context, asked)


def _ways(context: TurnContext, asked: str, reworded: str = "", *, alone: bool = False) -> dict[str, float]:
    """What to look up, one after another, with how much it counts: what goes on with the question before, as one (unless it is
    to stand alone); the question; what it is about; a rewording of it."""
    about = plain(asked)
    if context.language == "en" and 0 < len(content(reworded)) <= FEW:
        reworded = f"{asked} {reworded}"  # a topic alone would have its commonest question answered
    found = [asked, instead(asked), f"{asked} {about}" if about else "", about, whole(asked)]
    if context.language != "en":
        found += asked_about(context.text)
    worded = WORDED
    if not alone and (before := context.policy_before):
        if _THAT_WAY.search(context.folded):
            found.insert(0, before)
        elif _GOES_ON.search(context.folded) or len(content(asked)) <= FEW:
            found.insert(0 if len(content(asked)) <= FEW else 1, _gone_on(before, asked))
            worded = WENT_ON
    ways = dict.fromkeys((question for question in found if question), 1.0)
    if about in ways:
        ways[about] = ABOUT
    if reworded:
        ways.setdefault(reworded, worded)
    return ways


def surest(context: TurnContext, ways: Mapping[str, float]) -> tuple[str | None, float]:
    """The first of several wordings that the policies surely speak of, else the one that they speak of most, with how surely.

    None: they speak of none.

    Args:
        ways: wording → how much it counts; what only says what the question is about counts less than the question itself.
            A passage that this finds must have something of the question.
    """
    evidence = context.services.evidence
    asked = next(iter(ways), "")
    best, most = None, 0.0
    for question, weight in ways.items():
        found = [
            row
            for part in parts_of(question)
            for row in evidence.policy(part, amount(question) or amount(context.text))[:1]
            if row.supported
            and _speaks_of_it(context, row.passage, asked)
            and (weight > ABOUT or _has_something(row.passage, evidence.policy(asked)))
        ]
        score = max((row.score for row in found), default=0.0) * weight
        if score >= SURE:
            return question, score
        if score > most:
            best, most = question, score
    return best, most


def _speaks_of_it(context: TurnContext, passage: Passage, asked: str) -> bool:
    """Whether a passage that another wording found has what the message itself asks for; of several questions any does."""
    question = context.text if context.language == "en" else asked
    return len(parts_of(question)) > 1 or answers(question, passage.text)


def _has_something(passage: Passage, ranked: Sequence[Ranked]) -> bool:
    """Whether a passage is among the best for a question, or near to it."""
    return any(row.passage == passage and (place < AMONG or row.score >= OF_IT) for place, row in enumerate(ranked))


def _in_chart(context: TurnContext, passages: Sequence[Passage]) -> str | None:
    """The size that a chart among the passages gives for the measure that the message says: "101 cm around the chest"."""
    read = next((read for passage in passages if (read := in_chart(context.text, passage.text))), None)
    if read is None:
        return None
    measure, size, span = read
    return context.fix("chart_size", measure=measure, size=size, span=span)


def goes_on(context: TurnContext) -> bool:
    """Whether a message goes on with the question of policies that was just answered: "and to Norway?".

    Of a thing ("and a knife?") where the policies speak of it then.
    """
    if not context.policy_before:
        return False
    begins = bool(_GOES_ON.search(context.folded))
    if not begins and (context.state.shown or not _MEANS_IT.search(context.folded)):
        return False
    of_a_thing = bool(context.said.noun or context.named)
    if begins and not of_a_thing:
        return True
    rows = [
        row for row in context.services.evidence.policy(_gone_on(context.policy_before, context.text)) if row.supported
    ]
    if not of_a_thing:  # "it" may be what was told of, or what is wanted; "a 5 euro one would do" speaks of an amount
        return bool(rows) and (is_question(context.text) or amount(context.text) is not None)
    things = {stem(word) for word in content(context.text)}
    told = any(things & {stem(word) for word in words(row.passage.text)} for row in rows[:3])
    return told and len(words(context.text)) <= SHORT


def _gone_on(before: str, asked: str) -> str:
    """A question and one that goes on with it, as one: another number, place or speed takes the place of its own."""
    places, known = countries_named(asked) or _NAME.findall(asked), countries_named(before) or _NAME.findall(before)
    if len(places) == len(known) == 1:
        before = before.replace(known[0], places[0])
        if not _NUMBER.search(asked):
            return before
    if _SPEED.search(fold(asked)):
        before = _SPEED.sub("", fold(before))
    old, new = _NUMBER.findall(before), _NUMBER.findall(asked)
    if len(old) == len(new) == 1:
        return _NUMBER.sub(new[0], before)
    return f"{(_NUMBER.sub('', before) if new else before).rstrip(' ?.!')} {asked}"


def _said_at_once(question: str) -> int:
    """Passages that are quoted, where no sentence of the prose survives: one for each question."""
    return min(len(parts_of(question)), 2)


def say_more(context: TurnContext, product: Product, asked: str) -> bool:
    """Whether the policies speak of a question, and more surely than what is stated of a product: "how much is shipping for it?"."""
    found, score = surest(context, _ways(context, asked, alone=True))
    stated = _stated_so_surely(context, product, asked)
    return found is not None and (not stated or score > stated + MORE)


def for_it(asked: str, product: Product) -> str:
    """A question about what "it" would cost to have, with what the product costs: a rule may go by the amount."""
    if not _TO_HAVE_IT.search(asked.lower()) or amount(asked) is not None:
        return asked
    return f"{asked.rstrip(' ?')}, of {product.current_price}?"


def _states(context: TurnContext, product: Product, asked: str) -> bool:
    """Whether anything stated of a product answers a question."""
    return _stated_so_surely(context, product, asked) > 0


def _stated_so_surely(context: TurnContext, product: Product, asked: str) -> float:
    """The score of what is stated of a product that answers a question; 0 where nothing does."""
    return next((row.score for row in context.services.evidence.product(asked, product) if row.supported), 0.0)


def _has_property(context: TurnContext, product: Product, asked: str) -> bool:
    """Whether a product states what is asked for by its name: "how long is the warranty of the Iron Pan?"."""
    said = {stem(word) for word in words(asked)}
    return any(
        row.supported and (label := row.passage.text.partition(": ")[0]) and {stem(w) for w in words(label)} <= said
        for row in context.services.evidence.product(asked, product)
    )


def quote_of(context: TurnContext, passage: Passage) -> str:
    """Quote a passage: in the shopper's language where the shop has it in that."""
    own = context.services.evidence.in_language(passage, context.language)
    return context.fix("policy_quote_own", quote=own) if own else context.fix("policy_quote", quote=passage.text)


def say_silent(context: TurnContext, asked: str) -> str:
    """Say that no answer is found in the policies, with what they say that comes nearest, and offer a colleague."""
    context.ask("person", question=context.text)
    nearest = next(iter(context.services.evidence.policy(asked)), None)
    if nearest is None or nearest.score < NEAR:
        return context.fix("not_stated_policy", "not_stated")
    passage = _told_of(context, nearest.passage, asked, amount(context.text))
    cite(context, passage)
    own = context.services.evidence.in_language(passage, context.language)
    return context.fix("not_stated_policy_but", "not_stated", quote=own or passage.text)


def speaks_of(context: TurnContext, question: str, *, surely: bool = False) -> bool:
    """Whether a policy answers a question, and `surely` whether it does beyond doubt."""
    found, score = surest(context, _ways(context, question))
    return found is not None and (not surely or score >= LIKELY)


def stated(context: TurnContext, question: str) -> list[Passage]:
    """The policy passages that answer a question, best first, kept as citations; none where no policy speaks of it.

    Of several questions in one, the best of each.
    """
    first, *others = whole_parts_of(question)
    spent = amount(question) or amount(context.text)
    kept = _supporting(context, first, spent)
    if others and kept:
        kept = kept[:1]
    for part in others:
        due = None if _OF_TIME.search(fold(part)) else spent  # how long it takes goes by no amount
        about = " ".join(word for word in content(first) if word not in _MEASURES and not word[0].isdigit())
        joined = f"{about} {part} {plain(part)}"
        ways = [part, *([joined] if len(content(part)) <= FEW else [])]  # "and who pays?" says too little alone
        if re.search(r"\b(?:it|that|this|they|those|them)\b", fold(part)):  # "is that free for me?"
            ways = [joined, part]
        found = ([p for p in _supporting(context, way, due) if p not in kept] for way in ways)
        kept += next((passages for passages in found if passages), [])[:1]
    kept = (kept or _supporting(context, question, spent))[: AT_ONCE if others else 2]
    for passage in kept:
        cite(context, passage)
    return kept


def _supporting(context: TurnContext, question: str, spent: float | None) -> list[Passage]:
    """The best passage for one question, and others of its policy that are nearly as good.

    Args:
        spent: the amount of money that the message speaks of, which the question may lack.
    """
    evidence = context.services.evidence
    ways = {question: 1.0, instead(question): 1.0}
    if about := plain(question):  # "send something back" is what policies call a return
        ways.setdefault(f"{question} {about}", WITH_ITS_TOPIC)
    ranked, _ = max(
        ((evidence.policy(way, spent), weight) for way, weight in ways.items() if way),
        key=lambda found: found[1] * found[0][0].score if found[0] and found[0][0].supported else 0.0,
    )
    supported = [row for row in ranked if row.supported]
    if not supported:
        return []
    best, *others = supported
    beside = [row for row in others if row.passage.table is None and row.passage.source == best.passage.source]
    if best.passage.table is not None:
        alone = [row.passage for row in beside if evidence.only_there(question, row.passage)]
        return [_told_of(context, best.passage, question, spent), *alone[:1]]
    rows = [row.passage for row in others if row.passage.table is not None and row.passage.table.of_amounts]
    if spent is not None and rows and evidence.only_there(question, best.passage):  # what is added there, and to what
        return [_told_of(context, rows[0], question, spent), best.passage]
    return [best.passage, *(row.passage for row in beside[:2] if row.score > NEARLY * best.score)]


def _told_of(context: TurnContext, passage: Passage, question: str, spent: float | None) -> Passage:
    """What is told of a passage: of a table the row and the columns that a question asks for, see `narrowed`."""
    if passage.table is None:
        return passage
    columns = passage.table.columns_named(question)
    if not columns and len(parts_of(context.text)) == 1:  # a wording of the message may lack what it names
        columns = passage.table.columns_named(context.text)
    return narrowed(passage, columns, amount(question) or spent)


def cite(context: TurnContext, passage: Passage) -> None:
    """Keep a passage as what the reply rests on."""
    version = next((policy.version for policy in context.services.shop.policies if policy.source == passage.source), "")
    context.citations.append(Citation(passage.source, passage.text, version))
    context.fact(passage.source, "passage", passage.text, passage.source)
