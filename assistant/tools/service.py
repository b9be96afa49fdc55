"""Tools of service: policies, a colleague, a plain no, and small talk."""

from __future__ import annotations

import re
from typing import Literal

from langchain_core.tools import tool

from assistant.acts import asks
from assistant.demands import Demand, demanded, is_question, policy_question
from assistant.events import Citation
from assistant.prompts import note
from assistant.references import resolve
from assistant.tools.known import about_product
from assistant.tools.lines import Runtime
from assistant.tools.unasked import NOT_DONE, others_answer
from assistant.topics import in_english, whole
from assistant.turn import TurnContext
from index.answers import amount
from index.passages import NEAR, Passage
from index.words import fold

_MATCHED = re.compile(r"\b(?:match|beat|same price)|匹配|同价|比价|保价")
OFFERS_A_COLLEAGUE = ("refund", "promise")  # refusals that offer to pass the question on
# Questions that a policy may answer although what they ask for is not given, and what to look up for them.
LOOKED_UP = {
    "discount": "do you give discounts or discount codes",
    "competitors": "do you match the prices of other shops",
    "refund": "how do refunds work",
}


@tool
def ask_policy(question: str, runtime: Runtime) -> str:
    """Answer from the shop's policies, or say that they are silent."""
    context = runtime.context
    asked = context.text if context.language == "en" else in_english(context.text, question or context.text)
    context.record("ask_policy", {"question": asked})
    return _looked_up(context, asked)


def _looked_up(context: TurnContext, asked: str) -> str:
    """Have a question answered from the policies; from what is stated of a product, where it names one and they are silent."""
    if amount(asked) is None and (total := amount(context.text)) is not None:  # a translation may drop it
        asked = f"{asked} {total:g} {context.services.shop.settings.currency or 'EUR'}"
    passages = _stated(context, asked)
    if not passages and (named := whole(asked)):
        passages = _stated(context, named)
    if passages:
        quote = context.text_of("policy_quote", quote=passages[0].text)
        return context.tell("policy", [passage.text for passage in passages], quote)
    if context.named:
        return about_product(context, resolve(context)[0], asked)
    return _silent(context, asked)


def _silent(context: TurnContext, asked: str) -> str:
    """Say that no answer is found in the policies, with what they say that comes nearest, and offer a colleague."""
    context.ask("person", question=context.text)
    nearest = next(iter(context.services.evidence.policy(asked)), None)
    if nearest is None or nearest.score < NEAR:
        return context.fix("not_stated_policy", "not_stated")
    _cite(context, nearest.passage)
    return context.fix("not_stated_policy_but", "not_stated", quote=nearest.passage.text)


def answered_by_policy(context: TurnContext) -> bool:
    """Whether the message asks what only a policy can tell; the policy is then quoted, or it is said to be silent."""
    looked_up = policy_question(context.text)
    if looked_up is None:
        return False
    for question in [context.text, looked_up] if context.language == "en" else [looked_up]:
        if passages := _stated(context, question):
            context.record("ask_policy", {"question": question})
            context.fix("policy_quote", quote=passages[0].text)
            return True
    context.record("ask_policy", {"question": looked_up})
    _silent(context, looked_up)
    return True


@tool
def hand_off(reason: str, runtime: Runtime) -> str:
    """Pass the conversation on to a colleague, where the message asks for a person or accepts the offer."""
    context = runtime.context
    if context.handoff is not None:
        return note("done_already")
    offered = context.pending.get("act") == "person" and asks("agree", context.text)
    if not offered and not asks("person", context.text):
        context.record("hand_off", {"reason": context.text}, ok=False)
        return NOT_DONE if others_answer(runtime) else _looked_up(context, context.text)
    return pass_on(context, context.pending["question"] if offered else context.text)


def pass_on(context: TurnContext, question: str) -> str:
    """Store a packet for a colleague, with the conversation, and say so. The reason is in the shopper's own words."""
    said = [message for message, _ in context.state.said] + [context.text]
    packet = {
        "reason": question,
        "question": context.text,
        "shopper": context.conversation.identity.shopper_id,
        "products": list(context.state.shown),
        "cart": context.services.carts.view(context.conversation.cart_owner),
        "language": context.language,
        "transcript": [*([list(turn) for turn in context.state.said]), [context.text, ""]],
        "goal": said[0],
    }
    key = context.services.handoffs.open(context.conversation.id, packet)
    context.handoff = {"id": key, **packet}
    context.record("hand_off", {"reason": question})
    hours = context.services.shop.settings.opening_hours
    if isinstance(hours, dict):
        hours = ", ".join(f"{days} {times}" for days, times in hours.items())
    when = context.text_of("when_hours", hours=hours) if hours else context.text_of("when_unknown")
    return context.fix("handed_off", "handed_off", when=when)


@tool
def decline(kind: Literal["off_topic", "discount", "private", "advice", "rude"], runtime: Runtime) -> str:
    """Say no to what is not done here."""
    context = runtime.context
    demand = demand_of(context)
    if demand is None and kind == "rude":  # what is rude is told by its words; "are you a robot?" is not
        return _chat(context)
    return refuse(context, demand or Demand(kind, policy=kind in LOOKED_UP))


def demand_of(context: TurnContext) -> Demand | None:
    """The demand that the message makes by its words, if it makes one."""
    shop = context.services.shop
    brands = context.services.search.catalogue.folded_brands
    return demanded(context.text, [fold(shop.name), fold(shop.settings.assistant), *brands])


def refuse(context: TurnContext, demand: Demand) -> str:
    """Say no, and what can be done instead; a question that a policy speaks of is answered by the policy."""
    if demand.policy and is_question(context.text):
        asked = [context.text] if context.language == "en" else []
        if demand.kind != "competitors" or _MATCHED.search(context.text.lower()):
            asked.append(LOOKED_UP[demand.kind])
        for question in asked:
            if passages := _stated(context, question):
                context.record("ask_policy", {"question": question})
                return context.fix("policy_quote", quote=passages[0].text)
    context.record("decline", {"kind": demand.kind})
    if demand.kind in OFFERS_A_COLLEAGUE:
        context.ask("person", question=context.text)
    return context.fix(f"decline_{demand.kind}", "not_allowed")


@tool
def chat(runtime: Runtime) -> str:
    """Small talk: the prose is written from no facts."""
    return _chat(runtime.context)


def _chat(context: TurnContext) -> str:
    context.kind = "chat"
    context.fallback = context.text_of("greeting", assistant=context.services.shop.settings.assistant)
    return ""


def _stated(context: TurnContext, question: str) -> list[Passage]:
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
