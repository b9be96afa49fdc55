"""Text that others wrote: messages, product texts, reviews, policies, names. Made safe to read and safe to show.

On the way in nothing invisible is left of it. For a model it is data that cannot end its own fence. On the way out it
cannot become markup: of a chat client (`inert`) or of a terminal (`printable`); the page escapes for itself.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

MAX_DATA = 400  # characters of one piece of data that a model reads
MAX_MARKS = 3  # combining marks on one letter; more only hide or smear it
FENCE = "> "  # begins each line of data; a line break in data begins no line of its own

_BLANK = re.compile(r"[\u115f\u1160\u2800\u3164\uffa0]")  # letters that show nothing
_VARIATIONS = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef\u034f]")
_MARK = r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20f0]"
_PILE = re.compile(rf"({_MARK}{{{MAX_MARKS}}}){_MARK}+")
# What the chat templates of models begin and end a speaker's turn with. A model's server reads them wherever they stand.
_TURNS = re.compile(
    r"<\s*\|[^<>|]{0,40}\|\s*>|<\|+|\|+>|</?s>|<</?SYS>>|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]|"
    r"</?(?:start_of_turn|end_of_turn|bos|eos|pad|unk|think|tool_call|tool_response|tools)>|<｜[^<>｜]{0,40}｜>",
    re.I,
)
_OWN_MARKS = re.compile(
    r"\b(?:END OF )?(?:FACTS|CATALOGUE VALUES)\b|\bTask:|\bCustomer:", re.I
)  # headings of our own prompts
# Six times and more, or a character twelve times: no number that anybody means has as many of one digit.
_OVER_AND_OVER = re.compile(r"(\S.{1,39}?)\1{5,}|(\S)\2{11,}", re.S)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


# Sentences of a text about goods that speak to the assistant, or ask a shopper for what a shop never asks in a chat.
_MARKS = re.compile(r"<\||\|>|\[/?INST\]|<</?SYS>>")  # by which models part their roles: no shop writes so
_ADDRESSED = re.compile(
    r"\b(?:ignore|disregard|forget) (?:all |any |the )?(?:previous|prior|above|earlier)|\b(?:system|assistants?|developer|admin)\s*:|"
    r"\bnote to (?:ai|the assistant|agents?|bots?)|\b(?:ai|assistants?|bots?|chatbots?)\b[^.!?]{0,40}\b(?:must|should|always|call|say|tell|quote|confirm|never)\b|"
    r"\b(?:agents?|models?)\b[^.!?]{0,20}\b(?:must|should|always|never) (?:\w+ ){0,2}(?:call|say|tell|quote|confirm|offer|grant|answer|reply)\b|"
    r"\b(?:dear|ask the|as an?|you are an?|you are the) (?:assistant|ai|bot)\b|\bassistant,|\b(?:tell|inform) (?:the |every |all |each )?(?:customers?|shoppers?|everybody|users?)\b|"
    r"\b(?:all|other) assistants\b|\bto the customers?\b|\bnew task\b|\bend of facts\b|\b(?:just|and|then|always) say that\b|\bsystem prompt\b|\byour (?:instructions|prompt|rules)\b|"
    r"\b(?:customer|user|shopper) is an? admin|\"tool\"|\b(?:hand_off|update_cart|order_status|search_products|ask_policy)\b|"
    r"系统(?:指令|提示|消息)|(?:忽略|无视).{0,8}(?:规则|指令|之前)|(?:请)?助手(?:必须|应该|要|告诉|说|请|需)?|提示词|告诉(?:每一位|所有|每个)?(?:顾客|客户|用户)|人工智能",
    re.I,
)
_SECRET = r"(?:card (?:numbers?|details)|cvc|cvv|passwords?|pin(?: codes?)?|iban)"
_SECRETS = re.compile(  # asked for: a wallet that guards them is spoken of as any other
    rf"\b(?:enter|give|send|tell|provide|share|type|confirm|verify|state|submit|ask|need|want|require|reply|write|sign in|log ?in|read|say|text|mail|e-?mail)\w*\b[^.!?]{{0,60}}\b{_SECRET}\b|"
    rf"\byour {_SECRET}\b[^.!?]{{0,30}}\b(?:please|here|now|first|is needed|are needed|is required|are required)\b|"
    r"(?:提供|发送|输入|告诉|告知|填写|报上|发给|索要|核对|验证)[^。！？]{0,16}(?:银行卡|密码|验证码|信用卡号|卡号)|(?:银行卡|密码|验证码|信用卡号|卡号)[^。！？]{0,8}(?:发给|告诉|告知|提供)|加微信",
    re.I,
)
_ELSEWHERE = re.compile(r"https?://|\bwww\.|\b[\w-]+(?:\.[\w-]+)*\.example\b|\S+@\S+\.\S+|\+\d[\d ()-]{6,}", re.I)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\s*•\s*|\n+")


def brief(text: str) -> str:
    """A message as a small model reads it: what it says over and over stands twice, for reading takes time."""
    return _OVER_AND_OVER.sub(lambda match: (match[1] or match[2]) * 2, text)


def received(text: str) -> str:
    """A message as it is read: one line, without control characters, invisible ones, and marks that end a turn.

    What is visible stays as it was typed; whoever compares words folds them (`index.words.fold`).
    """
    text = " ".join(_BLANK.sub(" ", _VARIATIONS.sub("", text)).split())
    if not text.isprintable():
        text = "".join(char for char in text if _visible(char))
    return " ".join(_turnless(_PILE.sub(r"\1", text)).split())


def data(text: str, limit: int = MAX_DATA) -> str:
    """A piece of the shop's text as a model may read it: one short line, with no heading of our prompts in it."""
    line = _OWN_MARKS.sub(lambda match: match[0].lower().rstrip(":"), received(text))
    return line if len(line) <= limit else line[:limit].rsplit(" ", 1)[0] + " …"


@lru_cache(maxsize=4_096)  # the same texts are read turn after turn
def sound(text: str, *, own: bool = False) -> str:
    """A text about goods or rules without the sentences that are none.

    Left out is what speaks to the assistant or to models, and what asks for card numbers and passwords: a shopper does
    not read it from us, and the audit does not count it as stated.

    Args:
        own: it is the shop's word on itself, a policy, which may say where the shop is reached; from a product's text
            or a review nobody is sent elsewhere.
    """
    patterns = (_ADDRESSED, _SECRETS, _MARKS) if own else (_ADDRESSED, _SECRETS, _MARKS, _ELSEWHERE)
    if not any(pattern.search(text) for pattern in patterns):
        return text
    parts = _SENTENCE.split(text)
    return " ".join(part for part in parts if not any(pattern.search(part) for pattern in patterns))


def fenced(lines: Iterable[str], limit: int = MAX_DATA) -> list[str]:
    """Pieces of data behind their fence, a line each of at most so many characters."""
    return [FENCE + data(line, limit) for line in lines]


def inert(text: str) -> str:
    """Text in which nothing is a picture, a link or a tag to a client that renders Markdown or HTML."""
    text = printable(text).replace("![", "! [").replace("](", "] (").replace("][", "] [")
    text = re.sub(r"\]:(?=\s*\S)", "] :", text)
    return re.sub(r"<(?=[A-Za-z/!?])", "< ", text)


def printable(text: str) -> str:
    """Text that a terminal shows and does not obey: no escape sequence, nothing that turns its direction."""
    text = _CONTROLS.sub(" ", text)
    return "".join(char for char in text if char in "\n\t" or _visible(char))


def escaped(json_text: str) -> str:
    """JSON in which characters that a terminal would obey are written as escapes."""
    if json_text.isprintable():
        return json_text
    return "".join(char if char == "\n" or _visible(char) else json.dumps(char)[1:-1] for char in json_text)


def _turnless(text: str) -> str:
    """Without marks of turns; again, where taking one out has made one."""
    for _ in range(8):
        text, found = _TURNS.subn(" ", text)
        if not found:
            return text
    return text.replace("<", " ").replace("|", " ")


def _visible(char: str) -> bool:
    """Whether a character is no control, format, surrogate, private or unassigned one, and breaks no line."""
    return char.isprintable() or unicodedata.category(char) == "Zs"
