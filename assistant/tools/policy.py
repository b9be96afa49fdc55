"""Questions that the shop's policies answer: what they say is quoted or told, or what comes nearest to it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.demands import is_question
from assistant.events import Citation
from assistant.references import partly_named, resolve, surely_named
from assistant.support.evidence import parts_of
from assistant.tools.known import about_product
from assistant.topics import asked_about, instead, plain, whole
from assistant.turn import TurnContext
from index.answers import amount, in_chart
from index.catalogue import Product
from index.passages import NEAR, Passage
from index.words import content, stem, words

AT_ONCE = 3  # passages that are told, of as many questions
ABOUT = 0.9  # how much the topic of a question counts, beside the question
SHORT = 6  # words of a message that goes on with a question about another thing
LIKELY = 0.65  # score from which a question may be taken for one of policies, whatever else it was taken for
SURE = 0.7  # score of a passage from which no other wording is tried
FEW = 3  # words of a question that says too little alone
_GOES_ON = re.compile(
    r"^(?:and|or|but|so|then|ok|also|what about|how about|what if|even if)\b|^(?:那|如果|要是|还有)|呢[？?]?$"
)
_MEANS_IT = re.compile(  # what was just told of is meant
    r"\b(?:it|that|one|there|this|they|those)\b(?!'?s? (?:me|in my))|\b(?:that way|too|as well|also)\s*[?.]*$|那"
)
# What the first of two questions asks, and not of what.
_MEASURES = frozenset("long many much days soon often cost costs price euros eur dollars usd".split())
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def look_up(context: TurnContext, asked: str, reworded: str = "") -> str:
    """Have a question answered from the policies; from what is stated of a product, where it names one and they are silent.

    Args:
        reworded: the same as a model words it, asked where the policies do not speak of the question as it stands.
    """
    if amount(asked) is None and (total := amount(context.text)) is not None:  # a translation may drop it
        asked = f"{asked} {total:g} {context.services.shop.settings.currency or 'EUR'}"
    named = surely_named(context) or partly_named(context)
    if len({product.group_id for product in named}) == 1 and _has_property(context, named[0], asked):
        return about_product(context, named[0], asked)
    question, _ = surest(context, _ways(context, asked, reworded))
    if context.language != "en" and len(topics := asked_about(context.text)) > 1:  # each is asked by itself
        question = "? ".join(topics)
    if question and (passages := stated(context, question)):
        context.state.policy = question
        if told := _in_chart(context, passages):
            return told
        own = [context.services.evidence.in_language(passage, context.language) for passage in passages]
        if all(own):  # the shop says it in the shopper's language: no model says it better
            return "\n".join(context.fix("policy_quote_own", quote=text) for text in own)
        if context.exact and len(parts_of(question)) > 1:  # a small model takes one's figures for the other's
            return "\n".join(context.fix("policy_quote", quote=passage.text) for passage in passages)
        quotes = [
            context.text_of("policy_quote", quote=passage.text) for passage in passages[: _said_at_once(question)]
        ]
        return context.tell("policy", [passage.text for passage in passages], " ".join(quotes))
    if context.named:
        return about_product(context, resolve(context)[0], asked)
    return say_silent(context, asked)


def _ways(context: TurnContext, asked: str, reworded: str) -> list[str]:
    """What to look up, one after another: what goes on with the question before, as one; the question; a rewording of it."""
    about = plain(asked)
    found = [asked, instead(asked), reworded, f"{asked} {about}" if about else "", about, whole(asked)]
    if context.language != "en":
        found += asked_about(context.text)
    if context.policy_before and (_GOES_ON.search(context.folded) or len(content(asked)) <= FEW):
        found.insert(0 if len(content(asked)) <= FEW else 1, _gone_on(context.policy_before, asked))
    return [question for question in dict.fromkeys(found) if question]


def surest(context: TurnContext, ways: Sequence[str]) -> tuple[str | None, float]:
    """The first of several wordings that the policies surely speak of, else the one that they speak of most, with how surely.

    None: they speak of none. What only says what the question is about counts less than the question itself.
    """
    best, most = None, 0.0
    about = plain(context.text)
    for question in ways:
        found = [
            row for part in parts_of(question) for row in context.services.evidence.policy(part)[:1] if row.supported
        ]
        score = max((row.score for row in found), default=0.0) * (ABOUT if question == about else 1.0)
        if score >= SURE:
            return question, score
        if score > most:
            best, most = question, score
    return best, most


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
    if not of_a_thing:  # "it" may be what was told of, or what is wanted
        return bool(rows) and is_question(context.text)
    things = {stem(word) for word in content(context.text)}
    told = any(things & {stem(word) for word in words(row.passage.text)} for row in rows[:3])
    return told and len(words(context.text)) <= SHORT


def _gone_on(before: str, asked: str) -> str:
    """A question and one that goes on with it, as one: another number takes the place of its number."""
    old, new = _NUMBER.findall(before), _NUMBER.findall(asked)
    if len(old) == len(new) == 1:
        return _NUMBER.sub(new[0], before)
    return f"{(_NUMBER.sub('', before) if new else before).rstrip(' ?.!')} {asked}"


def _said_at_once(question: str) -> int:
    """Passages that are quoted, where no sentence of the prose survives: one for each question."""
    return min(len(parts_of(question)), 2)


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
    cite(context, nearest.passage)
    own = context.services.evidence.in_language(nearest.passage, context.language)
    return context.fix("not_stated_policy_but", "not_stated", quote=own or nearest.passage.text)


def speaks_of(context: TurnContext, question: str, *, surely: bool = False) -> bool:
    """Whether a policy answers a question, and `surely` whether it does beyond doubt."""
    found, score = surest(context, _ways(context, question, ""))
    return found is not None and (not surely or score >= LIKELY)


def stated(context: TurnContext, question: str) -> list[Passage]:
    """The policy passages that answer a question, best first, kept as citations; none where no policy speaks of it.

    Of several questions in one, the best of each.
    """
    first, *others = parts_of(question)
    kept = _supporting(context, first)
    if others and kept:
        kept = kept[:1]
    for part in others:
        alone = [passage for passage in _supporting(context, part) if passage not in kept]
        if not alone and len(content(part)) <= FEW:  # "and who pays?" says too little alone
            about = " ".join(word for word in content(first) if word not in _MEASURES and not word[0].isdigit())
            alone = [p for p in _supporting(context, f"{about} {part} {plain(part)}") if p not in kept]
        kept += alone[:1]
    kept = (kept or _supporting(context, question))[: AT_ONCE if others else 2]
    for passage in kept:
        cite(context, passage)
    return kept


def _supporting(context: TurnContext, question: str) -> list[Passage]:
    """The best passage for one question, and others of its policy that are nearly as good."""
    ranked = context.services.evidence.policy(question)
    if about := plain(question):  # "send something back" is what policies call a return
        reworded = context.services.evidence.policy(f"{question} {about}")
        ranked = max(ranked, reworded, key=lambda rows: rows[0].score if rows and rows[0].supported else 0.0)
    supported = [row for row in ranked if row.supported][:3]
    return [
        row.passage
        for row in supported
        if row.score > 0.75 * supported[0].score and row.passage.source == supported[0].passage.source
    ]


def cite(context: TurnContext, passage: Passage) -> None:
    """Keep a passage as what the reply rests on."""
    version = next((policy.version for policy in context.services.shop.policies if policy.source == passage.source), "")
    context.citations.append(Citation(passage.source, passage.text, version))
    context.fact(passage.source, "passage", passage.text, passage.source)
