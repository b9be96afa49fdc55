"""Questions that the shop's policies answer: what they say is quoted or told, or what comes nearest to it."""

from __future__ import annotations

from assistant.events import Citation
from assistant.references import resolve, surely_named
from assistant.tools.known import about_product
from assistant.topics import whole
from assistant.turn import TurnContext
from index.answers import amount
from index.catalogue import Product
from index.passages import NEAR, Passage
from index.words import stem, words


def look_up(context: TurnContext, asked: str) -> str:
    """Have a question answered from the policies; from what is stated of a product, where it names one and they are silent."""
    if amount(asked) is None and (total := amount(context.text)) is not None:  # a translation may drop it
        asked = f"{asked} {total:g} {context.services.shop.settings.currency or 'EUR'}"
    if (product := next(iter(surely_named(context)), None)) and _has_property(context, product, asked):
        return about_product(context, product, asked)
    passages = stated(context, asked)
    if not passages and (named := whole(asked)):
        passages = stated(context, named)
    if passages:
        quote = context.text_of("policy_quote", quote=passages[0].text)
        return context.tell("policy", [passage.text for passage in passages], quote)
    if context.named:
        return about_product(context, resolve(context)[0], asked)
    return say_silent(context, asked)


def _has_property(context: TurnContext, product: Product, asked: str) -> bool:
    """Whether a product states what is asked for by its name: "how long is the warranty of the Iron Pan?"."""
    said = {stem(word) for word in words(asked)}
    return any(
        row.supported and (label := row.passage.text.partition(": ")[0]) and {stem(w) for w in words(label)} <= said
        for row in context.services.evidence.product(asked, product)
    )


def say_silent(context: TurnContext, asked: str) -> str:
    """Say that no answer is found in the policies, with what they say that comes nearest, and offer a colleague."""
    context.ask("person", question=context.text)
    nearest = next(iter(context.services.evidence.policy(asked)), None)
    if nearest is None or nearest.score < NEAR:
        return context.fix("not_stated_policy", "not_stated")
    _cite(context, nearest.passage)
    return context.fix("not_stated_policy_but", "not_stated", quote=nearest.passage.text)


def speaks_of(context: TurnContext, question: str) -> bool:
    """Whether a policy answers a question."""
    return any(row.supported for row in context.services.evidence.policy(question))


def stated(context: TurnContext, question: str) -> list[Passage]:
    """The policy passages that answer a question, best first, kept as citations; none where no policy speaks of it."""
    supported = [row for row in context.services.evidence.policy(question) if row.supported][:3]
    best = supported[:1]
    kept = [
        r.passage for r in supported if r.score > 0.75 * best[0].score and r.passage.source == best[0].passage.source
    ]
    for passage in kept[:2]:
        _cite(context, passage)
    return kept[:2]


def _cite(context: TurnContext, passage: Passage) -> None:
    context.citations.append(Citation(passage.source, passage.text))
    context.fact(passage.source, "passage", passage.text, passage.source)
