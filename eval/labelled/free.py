"""Sentences that the model writes freely, before anything is audited: to be labelled by a person.

The model is asked as a turn asks it: the composer's prompt, facts in the lines that the shopping tools make, a
customer's message. Its prose is cut into sentences and kept as it came.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from langchain_core.language_models import BaseChatModel
from tqdm import tqdm

from assistant.cards import line_of
from assistant.prompts import Composer
from assistant.sentences import Splitter
from eval.labelled.cases import Case
from eval.labelled.items import Item, World, read_world
from eval.labelled.rules import SHOPS
from index.shop import read_shop

QUOTED = 240  # characters of a passage, as the tools quote
_SEARCH = {
    "en": ("I am looking for {type}", "show me {type}", "something from {type}, not too expensive", "{type} as a gift for a friend", "which of your {type} would you take", "do you have {type} under {limit} dollars"),
    "zh": ("我想找{type}", "有没有{limit}美元以内的{type}", "推荐几款{type}", "想送朋友{type}，有什么建议"),
}  # fmt: skip
_COMPARE = {
    "en": ("what is the difference between these two?", "which one is better?", "which is the better value?", "compare them for me", "which one would you take for every day?"),
    "zh": ("这两款有什么区别？", "哪一款更好？", "哪款性价比更高？", "帮我比较一下"),
}  # fmt: skip
_QUESTION = {
    "en": ("what is it made of?", "what do customers say about it?", "is it good for cold weather?", "tell me more about it", "is it worth the money?", "is it waterproof?", "what is special about it?", "who is it for?", "can I wash it?", "how much is it, and what do I get?"),
    "zh": ("这是什么材质的？", "适合什么场合？", "顾客怎么评价？", "有什么特点？", "防水吗？", "值得买吗？"),
}  # fmt: skip
_RECOMMEND = {
    "en": ("what would you recommend?", "I need an idea", "surprise me"),
    "zh": ("有什么推荐？", "给我一些建议"),
}


@dataclass(frozen=True)
class Asked:
    """What the model is asked: a message, and facts about products."""

    shop: str
    items: tuple[Item, ...]
    kind: str
    message: str
    language: str
    lines: tuple[str, ...]


def questions(shops: Path, count: int, seed: int = 5) -> list[Asked]:
    """Messages about products drawn at random, in turns of the shops and kinds; every third in Chinese."""
    rng = random.Random(seed)
    worlds = [read_world(shops, shop) for shop in SHOPS]
    kinds = ("search", "question", "compare", "question", "search", "recommend")
    return [
        _ask(worlds[place % 2], kinds[place // 2 % len(kinds)], "zh" if place % 3 == 2 else "en", rng)
        for place in range(count)
    ]


def _ask(world: World, kind: str, language: str, rng: random.Random) -> Asked:
    first = rng.choice(world.items)
    near = [item for item in world.like(first) if item is not first]
    if kind == "question":
        message = rng.choice(_QUESTION[language])
        return Asked(world.shop, (first,), kind, message, language, _passages(first, rng))
    wanted = 1 if kind == "compare" else 2
    more = rng.sample(near if len(near) >= wanted else [i for i in world.items if i is not first], wanted)
    items = (first, *more)
    limit = int(max(item.price for item in items)) // 10 * 10 + 10
    asked = {"search": _SEARCH, "compare": _COMPARE, "recommend": _RECOMMEND}[kind]
    message = rng.choice(asked[language]).format(type=first.leaf.lower(), limit=limit)
    lines = tuple(line_of(item.first, number, message) for number, item in enumerate(items, 1))
    return Asked(world.shop, items, kind, message, language, lines)


def _passages(item: Item, rng: random.Random) -> tuple[str, ...]:
    """What a question about a product is answered from: its name and price, and three passages of its record."""
    product = item.first
    stated = [part for part in re.split(r"• ?|(?<=[.!?]) ", product.description) if len(part.split()) > 3]
    listed = [
        f"{name.replace('_', ' ')}: {', '.join(values[:4])}"
        for name, values in product.attributes.items()
        if name != "promoted"
    ]
    passages = [f"stated: {text[:QUOTED]}" for text in (*stated, *listed)]
    passages += [f"review: {review.text[:QUOTED]}" for review in item.reviews]
    chosen = sorted(rng.sample(range(len(passages)), min(3, len(passages))))
    return (f"{product.title}; {product.current_price}", *(passages[place] for place in chosen))


def collect(shops: Path, chat: BaseChatModel, asked: Sequence[Asked]) -> Iterator[list[Case]]:
    """The model's sentences for each message as they come, one case each, not labelled yet."""
    composers = {}
    for name in SHOPS:
        shop = read_shop(shops / name)
        composers[name] = Composer(shop.name, shop.settings.assistant)
    for question in tqdm(asked, desc="prose", unit="call"):
        facts = "\n".join(question.lines)
        messages = composers[question.shop].answer(question.kind, facts, question.message, question.language)
        notes = {"kind": question.kind, "question": question.message, "facts_text": facts}
        ids = tuple(item.first.id for item in question.items)
        prose = str(chat.invoke(messages).text)
        yield [Case(question.shop, ids, sentence, question.language, None, notes) for sentence in sentences(prose)]


def sentences(prose: str) -> list[str]:
    """The whole sentences of a text; one that the limit of tokens cut off is left out."""
    splitter = Splitter()
    found = splitter.feed(prose)
    left, whole = splitter.rest()
    return [*found, left] if whole and left else found
