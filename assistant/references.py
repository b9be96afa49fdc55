"""Which product is meant: "it", "the second one", "the cheaper one", "the blue one", a name or a SKU.

Code decides, from what was shown and said; an id that was neither shown nor typed nor named is never used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.cards import keep_facts
from assistant.grounding import in_order
from assistant.grounding.record import record_of
from assistant.turn import TurnContext
from index.catalogue import Product
from index.filters import Filters, matches
from index.people import genders
from index.things import translated
from index.words import content, fold, lexicon, stem, words

SURE = 0.9  # share of its name that a product is named by for certain
_CHEAPER = re.compile(
    r"\b(?:cheap(?:er|est)|less expensive|least expensive|lower(?:-| )?priced|lower price|costs? (?:less|the least)|(?:is|are) less)\b|便宜"
)
_DEARER = re.compile(
    r"\b(?:more expensive|most expensive|costs? (?:more|the most)|higher price|dearer|dearest|pricier|priciest)\b|更贵|最贵"
)
# "The lighter one": what no place, price or property tells apart here must not be taken for what was last spoken of.
_GRADED = re.compile(
    r"\bthe (?!(?:other|either|neither|latter|former|later|number|order|whether|water|under|over)\b)"
    r"(?:[a-z]{2,}(?:er|est)|small|big|large|short|long|tall|light|heavy|little|(?:more|most|less|least) [a-z]+) (?:one|of (?:the (?:two|three|four)|them|these|those|both))\b|[更最][\u3400-\u9fff]{1,3}的?那?[个款只件条双台把]"
)
_MUCH = re.compile(
    r"\b(?:long|big|bigg|large?|tall|heavi|thick|wide?|high)(?:er|r|est|st)\b|\bthe (?:long|big|large|tall|heavy|wide) one|[更最][长大高重厚宽]"
)
_LITTLE = re.compile(
    r"\b(?:short|small|light|thinn?|narrow|low)(?:er|est)\b|\bthe (?:short|small|light|little|narrow) one|[更最][短小轻薄窄低]"
)
_LASTING = re.compile(r"^\d[\d.,]* ?(?:pages|minutes?|min|hours?|h)$")  # what is long or short and is no length
_BOTH = re.compile(
    r"\b(?:both|each(?: one| of (?:them|these|those))?|these two|(?<!of )the two|these|them|those)\b|这两|它们|两款"
)
_THE_ONE = re.compile(
    r"\bthe ((?!other|same|right|wrong|next|last|first|second|third|fourth|fifth)[a-z][a-z' -]{2,30}?) one\b"
)
_OTHER = re.compile(
    r"\bthe other(?: one)?\b(?! (?:day|side|hand|customers?|people|shoppers?))|另外?(?:那)?一?[个款件条双台把]"
)
_PLAIN = re.compile(r"\b(?:it|this|that|one|its|they)\b|它|这款|这个|那个|那款|这件")
# What a message in Chinese says without naming a product.
_NAMELESS = re.compile(
    r"请|帮我|给我|麻烦|我|你|您|要|想|买|把|将|它|这|那|款|个|件|条|双|只|的|了|吗|呢|吧|加入|加到|放进|放入|放到|添加|购物车|购物篮|"
    r"下单|购买|订购|来|拿|再|移除|删除|拿掉|去掉|改成|改为|数量|[一二两三四五六七八九十百\d]|谢谢|好的?|可以"
)


def resolve(
    context: TurnContext, hint: str = "", *, strict: bool = False, held: Sequence[Product] = ()
) -> list[Product]:
    """The products that the message means, in the order it names them; empty where that cannot be told.

    What the message says itself comes first: an id, a name, a place in the list. Then the model's hint, as far as the
    conversation supports it. Then what was last spoken of.

    Args:
        hint: what the model understood, in words or as an id.
        strict: for what writes: a place in the list ("the second one") that only the model speaks of is not believed.
        held: what else a part of a name may mean, beside what was shown.
    """
    search = context.services.search
    recent = list({product.id: product for product in (*_recent(context), *held)}.values())
    typed = search.find_by_id(context.text)
    if typed:
        return typed
    named = _named(context, context.text, recent)
    if named:
        return named
    said = context.folded
    if pointed := _pointed(context, said, recent):
        return [_variant(context, product) for product in pointed]
    if _graded(context, said):
        return []
    if context.state.focus and _PLAIN.search(said):
        return [_variant(context, product) for product in recent[:1]]
    if hinted := _hinted(context, hint, recent):
        return [_variant(context, product) for product in hinted]
    if not strict and hint and (pointed := _pointed(context, fold(hint), recent)):
        return [_variant(context, product) for product in pointed]
    last = recent[:1] if context.state.focus or len(context.state.shown) == 1 else []
    return [_variant(context, product) for product in last]


def names_some(context: TurnContext) -> bool:
    """Whether the message names a product, or by a part of its name one of those just shown."""
    return bool(_named(context, context.text, _recent(context)))


def surely_named(context: TurnContext) -> list[Product]:
    """The products that the message names in full, in its order, each in the variant that it means."""
    return partly_named(context, SURE)


def partly_named(context: TurnContext, share: float = 0.6) -> list[Product]:
    """The products of whose names the message has a share, in its order, each in the variant that it means."""
    recent = _recent(context)
    named = [match for match in context.named if match.score >= share]
    found = [_variant(context, _shown_or_first(context, match.group_id, recent)) for match in named]
    if len(found) == 1 and len(context.said.filters.gender) > 1:  # "what does it cost for men and for women?"
        both = [_counterpart(context, found[0], gender) for gender in context.said.filters.gender]
        found = [product for product in both if product] or found
    return list({product.group_id: product for product in found}.values())


def pointed_at(context: TurnContext) -> list[Product]:
    """The products that the message points at without naming them: "the first one", "it"."""
    recent = _recent(context)
    said = context.folded
    if pointed := _pointed(context, said, recent):
        return pointed
    return list(recent[:1]) if context.state.focus and _PLAIN.search(said) else []


def ask_which(context: TurnContext) -> str:
    """Nothing was told apart: ask which one of those shown is meant, or say that the thing is not sold."""
    held = context.services.search.catalogue.products
    shown = [held[key] for key in context.state.shown if key in held][:4]
    for product in shown:
        keep_facts(context, product)
    if shown:
        return context.fix("which_of", "asks", titles=", ".join(product.title for product in shown))
    if context.named or len(content(context.text)) < 2:
        return context.fix("which", "asks")
    return context.fix("not_sold", "not_sold")


def _recent(context: TurnContext) -> list[Product]:
    """What was last spoken of or shown, most recent first."""
    products = context.services.search.catalogue.products
    state = context.state
    return [products[key] for key in dict.fromkeys((*state.focus, *state.shown)) if key in products]


def _named(context: TurnContext, text: str, recent: Sequence[Product]) -> list[Product]:
    """The products that a text names; a part of a name is enough among those just shown ("the jump rope")."""
    search = context.services.search
    named = context.named if text == context.text else search.find_by_name(text)
    near = search.find_by_name(text, within=[p.group_id for p in recent]) if recent else []
    sure = [m for m in named if m.score >= SURE] or ([] if near else named)
    if not sure and near:
        top = max(m.score for m in near)
        sure = [m for m in near if m.score >= max(0.3, top - 0.25)] if len(near) > 1 else near
    return [_variant(context, _shown_or_first(context, m.group_id, recent)) for m in sure]


def _hinted(context: TurnContext, hint: str, recent: Sequence[Product]) -> list[Product]:
    """What the model's hint names, if it was shown, or named by the shopper, in this conversation.

    In a language that code reads little of, a translated name is believed where the message has a name to translate.
    """
    search = context.services.search
    products = search.catalogue.products
    known = {*context.state.shown, *context.state.focus, *context.state.told}
    known |= set(context.services.carts.view(context.conversation.cart_owner))
    if hint in products:
        return [products[hint]] if hint in known or _typed(hint, context) else []
    if not hint:
        return []
    match = next(iter(search.find_by_name(hint)), None)
    if match is None:
        return []
    product = _shown_or_first(context, match.group_id, recent)
    groups = {products[key].group_id for key in known if key in products}
    if product.group_id in groups or _supported(hint, context):
        return [product]
    return [product] if context.language != "en" and _translates(context, product) else []


def _typed(key: str, context: TurnContext) -> bool:
    """Whether the shopper typed an id earlier in the conversation."""
    said = [context.text, *(said for said, _ in context.state.said)]
    return any(re.search(rf"(?<![\w-]){re.escape(key)}(?![\w-])", text, re.I) for text in said)


def _translates(context: TurnContext, product: Product) -> bool:
    """Whether a message in Chinese may name a product whose title is English: its known words must be the product's."""
    left = re.sub(_NAMELESS, "", context.text)
    if len(re.findall(r"[\u3400-\u9fff]", left)) < 2:
        return False
    things = [stem(word) for text in translated(left) for word in words(text)]
    own = {stem(word) for word in words(f"{product.title} {product.product_type or ''}")}
    return not things or bool(own & set(things))


def _pointed(context: TurnContext, text: str, recent: Sequence[Product]) -> list[Product]:
    """By place in the list, by price or by colour, as a folded text says it."""
    products = context.services.search.catalogue.products
    shown = [products[key] for key in context.state.shown if key in products]
    places = ordinals(text, len(shown))
    if places:
        return [shown[place] for place in places]
    pool = shown or list(recent)
    if len(pool) > 1 and (sign := 1 if _CHEAPER.search(text) else -1 if _DEARER.search(text) else 0):
        return [min(pool, key=lambda p: sign * p.current_price.minor)]
    if len(pool) > 1 and _GRADED.search(text) and (order := _in_order(context, text, pool)):
        return [pool[order[0]]]
    if len(pool) > 1 and (match := _THE_ONE.search(text)) and (one := _stating(context, match[1], pool)):
        return [one]
    if len(pool) == 2 and context.state.focus and _OTHER.search(text):
        return [product for product in pool if product.id != context.state.focus[0]][:1]
    if len(pool) > 1 and _BOTH.search(text):
        return pool[:4]
    colors = context.said.filters.color
    if colors and len(shown) > 1 and re.search(r"\bones?\b|款|个", text):
        fitting = [p for p in shown if p.color in colors] or [
            p for p in shown if context.services.search.best_variant(p.group_id, Filters(color=colors))
        ]
        return fitting[:1]
    return []


def _in_order(context: TurnContext, text: str, pool: Sequence[Product]) -> list[int] | None:
    """Places in the order that "the lighter one" asks for, by what is stated of each; None where that cannot be told."""
    catalogue = context.services.search.catalogue
    if (order := in_order(text, [record_of(product, catalogue) for product in pool])) is not None:
        return order
    lasting = ([" ".join(product.attributes.get(name, ())) for product in pool] for name in pool[0].attributes)
    said = [[product.title for product in pool], *(values for values in lasting if _LASTING.search(values[0]))]
    orders = [order for texts in said if (order := _in_order_of_numbers(text, texts)) is not None]
    return orders[0] if len(orders) == 1 else None


def _in_order_of_numbers(text: str, said: Sequence[str]) -> list[int] | None:
    """The same by the one number in which what is said of each differs ("Strap 6 foot", "Strap 8 foot"; "180 pages", "212
    pages"); None where it differs otherwise."""
    numbers = [re.findall(r"\d+(?:\.\d+)?", one) for one in said]
    forms = {re.sub(r"\d+(?:\.\d+)?", "#", one) for one in said}
    if len(forms) > 1 or any(len(found) != 1 for found in numbers):
        return None
    sign = -1 if _MUCH.search(text) else 1 if _LITTLE.search(text) else 0
    return sorted(range(len(said)), key=lambda n: sign * float(numbers[n][0])) if sign else None


def _graded(context: TurnContext, text: str) -> bool:
    """Whether a message means one of several shown by a grade: "the shorter one"."""
    return len(context.state.shown) > 1 and bool(_GRADED.search(text))


def _stating(context: TurnContext, said: str, pool: Sequence[Product]) -> Product | None:
    """The only one of several that states what is said of it: "the water resistant one"."""
    wanted = {stem(word) for word in content(said)}
    stated = [{stem(word) for word in words(context.services.evidence.stated(product))} for product in pool]
    having = [product for product, own in zip(pool, stated, strict=True) if wanted and wanted <= own]
    return having[0] if len(having) == 1 else None


def ordinals(text: str, count: int) -> list[int]:
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
    if said.gender and product.gender and not matches(product, "gender", said.gender):
        product = _counterpart(context, product, *said.gender) or product
    wanted = Filters(color=said.color, size=said.size or _worded_size(context, product))
    if not wanted or wanted.met_by(product):
        return product
    keep = replace(
        wanted,
        color=wanted.color or ((product.color,) if product.color else ()),
        size=wanted.size or ((product.size,) if product.size else ()),
    )
    search = context.services.search
    if found := search.best_variant(product.group_id, keep):
        return found
    keep = replace(keep, size=wanted.size)
    return search.best_variant(product.group_id, keep) or search.best_variant(product.group_id, wanted) or product


def _worded_size(context: TurnContext, product: Product) -> tuple[str, ...]:
    """The size of a product's group that a message says in a word: "the Sill Plant Pot large", "the wide mat"."""
    said = set(words(context.text)) - set(words(product.title))
    sizes = {v.size for v in context.services.search.catalogue.groups[product.group_id].variants if v.size}
    return tuple(size for size in sorted(sizes) if len(size) > 3 and size.isalpha() and set(words(size)) <= said)


def _counterpart(context: TurnContext, product: Product, *gender: str) -> Product | None:
    """The same product for men or for women: "and the men's one?" after one for women."""
    search, whom = context.services.search, Filters(gender=gender)
    title = _ungendered(product.title)
    groups = [key for key, held in search.catalogue.titles.items() if _ungendered(held) == title]
    return next((found for key in groups if (found := search.best_variant(key, whom))), None)


def _ungendered(title: str) -> str:
    return genders(fold(title))[1].replace(" for ", " ").strip().removesuffix(" for").strip()


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
