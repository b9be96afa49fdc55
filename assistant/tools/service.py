"""Tools of service: policies, a colleague, a plain no, and small talk."""

from __future__ import annotations

import logging
import re
from typing import Literal

from langchain_core.tools import tool
from sqlalchemy.exc import SQLAlchemyError

from assistant.acts import asks
from assistant.demands import Demand, demanded, is_question, policy_question
from assistant.errors import Forgotten
from assistant.gloss import gloss
from assistant.prompts import note
from assistant.support.hours import read_hours
from assistant.support.packet import packet_of
from assistant.tools.acting.words import ADDRESSES, asked_kind
from assistant.tools.lines import Runtime
from assistant.tools.policy import look_up, quote_of, say_silent, stated, surest
from assistant.tools.several import answered_by_parts
from assistant.topics import in_english, several
from assistant.turn import TurnContext
from index.words import fold, stem, words

logger = logging.getLogger("onevoice")
_MATCHED = re.compile(r"\b(?:match|beat|same price)|匹配|同价|比价|保价|按(?:那个|这个|他们的?|别家的?|那家的?)价")
LEFT_OUT = 3  # words of a question that are added to its translation: more would lead away from it
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
    asked = context.text if context.language == "en" else _translated(context.text, question)
    context.record("ask_policy", {"question": asked})
    return answered_by_parts(context, None) or look_up(context, asked, question)


def _translated(text: str, question: str) -> str:
    """A model's translation of a question, with what it may have left out of it: "overnight", "how many"."""
    asked = in_english(text, question or text)
    have = {stem(word) for word in words(asked)}
    left_out = [word for word in gloss(text).split() if stem(word) not in have]
    whole = " ".join([asked, *left_out[:LEFT_OUT]])
    if re.search(r"普通|标准|平邮|一般", text) and not re.search(r"加急|特快|次日|隔日|最快", text):
        whole = re.sub(r"\b(?:express|priority|expedited|fast)\b", "standard", whole)  # 快递 is any parcel
    return whole


def answered_by_policy(context: TurnContext) -> bool:
    """Whether the message asks what only a policy can tell; the policy is then quoted, or it is said to be silent."""
    looked_up = policy_question(context.text)
    if looked_up is None or several(context.text):  # each has its answer
        return False
    ways = [context.text, looked_up] if context.language == "en" else [looked_up]
    question, _ = surest(context, dict.fromkeys(ways, 1.0))
    if question and (passages := stated(context, question)):
        context.record("ask_policy", {"question": question})
        context.state.policy = question
        quote_of(context, passages[0])
        return True
    context.record("ask_policy", {"question": looked_up})
    say_silent(context, looked_up)
    return True


@tool
def hand_off(reason: str, runtime: Runtime) -> str:
    """Pass the conversation on to a colleague, where the message asks for a person or accepts the offer."""
    context = runtime.context
    if context.handoff is not None:
        return note("done_already")
    if not may_hand_off(context):
        context.record("hand_off", {"reason": context.text}, ok=False)
        return context.fix("nothing_changed", "asks")
    return pass_on(context, context.pending["question"] if _offered(context) else context.text)


def may_hand_off(context: TurnContext) -> bool:
    """Whether a message asks for a person, or accepts the offer of one."""
    return _offered(context) or asks("person", context.text)


def _offered(context: TurnContext) -> bool:
    return context.pending.get("act") == "person" and asks("agree", context.text)


def pass_on(context: TurnContext, question: str) -> str:
    """Store a packet for a colleague, with the conversation, and say so. The reason is in the shopper's own words.

    Where it cannot be stored nothing is promised.
    """
    services, conversation = context.services, context.conversation.id
    try:
        packet = packet_of(context, question, services.conversations.turns(conversation))
        key = services.handoffs.open(conversation, packet)
    except (SQLAlchemyError, Forgotten):
        logger.exception("a hand-off could not be stored")
        context.record("hand_off", {"reason": question}, ok=False)
        return context.fix("hand_off_failed", "could_not_check")
    context.handoff = {"id": key, **packet}
    context.record("hand_off", {"reason": question})
    return context.fix("handed_off", "handed_off", when=_when(context))


def _when(context: TurnContext) -> str:
    """What happens next and when, by the shop's hours and its clock."""
    settings = context.services.shop.settings
    stated = settings.opening_hours
    hours = read_hours(stated, settings.holidays)
    if hours is not None:
        now = context.now.astimezone(context.services.shop.zone)
        if hours.is_open(now):
            return context.text_of("when_now")
        if opening := hours.next_opening(now):
            day, time = opening
            near = (day - now.date()).days < 7
            told = context.text_of(f"day_{day.weekday()}") if near else day.isoformat()
            return context.text_of("when_from", day=told, time=time)
    if isinstance(stated, dict):
        stated = ", ".join(f"{days} {times}" for days, times in stated.items())
    return context.text_of("when_hours", hours=stated) if stated else context.text_of("when_unknown")


@tool
def decline(kind: Literal["off_topic", "discount", "private", "advice", "rude"], runtime: Runtime) -> str:
    """Say no to what is not done here."""
    context = runtime.context
    return refuse(context, demand_of(context) or Demand(kind, policy=True))  # by the model's word alone: a policy may


def demand_of(context: TurnContext) -> Demand | None:
    """The demand that the message makes by its words, if it makes one."""
    shop = context.services.shop
    brands = context.services.search.catalogue.folded_brands
    found = demanded(context.text, [fold(shop.name), fold(shop.settings.assistant), *brands])
    kind = asked_kind(context.text) if found and found.kind in ("refund", "private") else None
    if found and kind and (found.kind == "refund" or kind in ADDRESSES):
        return None  # "send it back, and my money too" is a return, "change the address of my order" asks for nobody's
    return found


def refuse(context: TurnContext, demand: Demand) -> str:
    """Say no, and what can be done instead; a question that a policy speaks of is answered by the policy."""
    if demand.policy and is_question(context.text):
        asked = [context.text] if context.language == "en" else []
        if demand.kind in LOOKED_UP and (demand.kind != "competitors" or _MATCHED.search(context.text.lower())):
            asked.append(LOOKED_UP[demand.kind])
        for question in asked:
            if passages := stated(context, question):
                context.record("ask_policy", {"question": question})
                return quote_of(context, passages[0])
    context.record("decline", {"kind": demand.kind})
    if demand.kind in OFFERS_A_COLLEAGUE:
        context.ask("person", question=context.text)
    return context.fix(f"decline_{demand.kind}", "not_allowed")


@tool
def chat(runtime: Runtime) -> str:
    """Small talk: the prose is written from no facts."""
    context = runtime.context
    context.kind = "chat"
    context.answers.append(("chat", context.text_of("greeting", assistant=context.services.shop.settings.assistant)))
    return ""
