"""Which product is meant: "it", "the second one", "the cheaper one", "the blue one", a name or a SKU.

Code decides, from what was shown and said; an id that was neither shown nor typed nor named is never used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.cards import keep_facts
from assistant.turn import TurnContext
from index.catalogue import Product
from index.filters import Filters
from index.words import content, fold, lexicon, words

_CHEAPER = re.compile(r"\b(?:cheap(?:er|est)|less expensive|least expensive|lower priced)\b|便宜")
_DEARER = re.compile(r"\b(?:more expensive|most expensive|dearer|dearest|pricier|priciest)\b|更贵|最贵")
_BOTH = re.compile(r"\b(?:both|these two|the two|these|them|those)\b|这两|它们|两款")
_PLAIN = re.compile(r"\b(?:it|this|that|one|its|they)\b|它|这款|这个|那个|那款|这件")


def resolve(context: TurnContext, hint: str = "") -> list[Product]:
    """The products that the message means, in the order it names them; empty where that cannot be told.

    Args:
        hint: what the model understood, in words or as an id; believed only as far as the message, or what was
            shown, supports it.
    """
    search = context.services.search
    products = search.catalogue.products
    state = context.state
    recent = [products[key] for key in dict.fromkeys((*state.focus, *state.shown)) if key in products]
    if hint in products and (hint.lower() in context.text.lower() or hint in state.shown or hint in state.focus):
        return [_variant(context, products[hint])]
    typed = search.find_by_id(context.text)
    if typed:
        return typed
    english = context.text if context.language == "en" else hint
    named = search.find_by_name(english)
    near = search.find_by_name(english, within=[p.group_id for p in recent]) if recent else []
    sure = [m for m in named if m.score >= 0.9] or ([] if near else named)
    if not sure and near:
        top = max(m.score for m in near)
        sure = [m for m in near if m.score >= max(0.3, top - 0.25)] if len(near) > 1 else near
    if not sure and hint and (context.language != "en" or _supported(hint, context)):
        sure = search.find_by_name(hint)[:1]
    if sure:
        return [_variant(context, _shown_or_first(context, m.group_id, recent)) for m in sure]
    return [_variant(context, product) for product in _pointed(context, f"{fold(context.text)} {fold(hint)}", recent)]


def ask_which(context: TurnContext) -> str:
    """Nothing was told apart: ask which one of those shown is meant, or say that the thing is not sold."""
    titles = [context.product(key).title for key in context.state.shown[:4]]
    if titles:
        for key in context.state.shown[:4]:
            keep_facts(context, context.product(key))
        return context.fix("which_of", "asks", titles=", ".join(titles))
    if context.services.search.find_by_name(context.text) or len(content(context.text)) < 2:
        return context.fix("which", "asks")
    return context.fix("not_sold", "not_sold")


def sizes_of(context: TurnContext, product: Product) -> list[str]:
    """The sizes that a product's group has in stock, in its colour."""
    group = context.services.search.catalogue.groups[product.group_id]
    held = [v for v in group.variants if v.size and v.in_stock and (not product.color or v.color == product.color)]
    return list(dict.fromkeys(v.size for v in held if v.size))


def _pointed(context: TurnContext, text: str, recent: Sequence[Product]) -> list[Product]:
    """By place in the list, by price, by colour, or by a plain "it"."""
    products = context.services.search.catalogue.products
    shown = [products[key] for key in context.state.shown if key in products]
    places = _ordinals(text, len(shown))
    if places:
        return [shown[place] for place in places]
    pool = shown or list(recent)
    if len(pool) > 1 and (sign := 1 if _CHEAPER.search(text) else -1 if _DEARER.search(text) else 0):
        return [min(pool, key=lambda p: sign * p.current_price.minor)]
    if len(pool) > 1 and _BOTH.search(text):
        return pool[:4]
    colors = context.said.filters.color
    if colors and len(shown) > 1 and re.search(r"\bones?\b|款|个", text):
        fitting = [p for p in shown if p.color in colors] or [
            p for p in shown if context.services.search.best_variant(p.group_id, Filters(color=colors))
        ]
        return fitting[:1]
    if context.state.focus:
        return list(recent[:1])
    if len(shown) == 1 or (shown and not _PLAIN.search(text)):
        return shown[:1] if len(shown) == 1 else []
    return []


def _ordinals(text: str, count: int) -> list[int]:
    """Places in a list of `count` that a text names, from 0."""
    found: list[tuple[int, int]] = []
    for language in ("en", "zh"):
        for word, number in lexicon()["ordinals"][language].items():
            pattern = rf"\b{word}\b" if language == "en" else word
            for match in re.finditer(pattern, text):
                place = number - 1 if number > 0 else count + number
                if 0 <= place < count:
                    found.append((match.start(), place))
    for match in re.finditer(r"(?:\bnumber|\bno\.|#|第)\s*(\d)\b|(?<!\d)(\d)\s*号", text):
        place = int(match[1] or match[2]) - 1
        if 0 <= place < count:
            found.append((match.start(), place))
    if re.search(r"\b(?:the )?first two\b|前两", text):
        return [0, 1][:count]
    return list(dict.fromkeys(place for _, place in sorted(found)))


def _variant(context: TurnContext, product: Product) -> Product:
    """The variant in the colour and size that the message states, where there is one."""
    said = context.said.filters
    wanted = Filters(color=said.color, size=said.size)
    if not wanted or wanted.met_by(product):
        return product
    keep = replace(wanted, color=wanted.color or ((product.color,) if product.color else ()))
    search = context.services.search
    return search.best_variant(product.group_id, keep) or search.best_variant(product.group_id, wanted) or product


def _shown_or_first(context: TurnContext, group_id: str, recent: Sequence[Product]) -> Product:
    for product in recent:
        if product.group_id == group_id:
            return product
    found = context.services.search.best_variant(group_id, Filters())
    assert found is not None  # a group has at least one variant
    return found


def _supported(hint: str, context: TurnContext) -> bool:
    """Whether the hint's words were said, now or before."""
    heard = set(words(context.text))
    for said, _ in context.state.said:
        heard |= set(words(said))
    return bool(words(hint)) and all(word in heard for word in words(hint))
