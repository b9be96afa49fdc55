"""Cards and the facts they rest on, from the catalogue at answer time. No shopper here: facts are the same for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.events import Because, Card, Option
from assistant.prompts import note
from assistant.ranking import Ranked
from assistant.shoppers.store import Event
from assistant.turn import TurnContext
from assistant.untrusted import sound
from index.catalogue import ARRANGEMENT, Product
from index.search import Candidate
from index.words import stem, words

SHOWN = 6  # cards of a turn, at most
SOURCE = "products"
MONTHS_EN = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def show(
    context: TurnContext,
    ranked: Sequence[Ranked],
    *,
    about: str = "",
    alternative: bool = False,
    reason: str | None = None,
) -> list[Card]:
    """Put cards for products in front of the shopper, at once, and keep the facts they state.

    Args:
        about: what was asked, for the facts that stand on the card.
        reason: why these, where no event of the shopper's says it.
    """
    start = len(context.cards)
    held = {card.id for card in context.cards}
    cards: list[Card] = []
    for row in ranked:
        product = row.candidate.product
        if product.id in held:
            continue
        held.add(product.id)
        card = card_of(context, product, start + len(cards) + 1)
        facts = " · ".join(highlights(product, about)) or None
        because = because_of(context, row.because) if row.because and not alternative else None
        cards.append(
            replace(card, alternative=alternative, because=because, sponsored=row.sponsored, reason=reason or facts)
        )
        keep_facts(context, product)
        for fact in highlights(product, about):
            name, _, value = fact.partition(": ")
            context.fact(product.id, name, value, SOURCE)
    context.cards += cards
    if cards:
        context.state.shown = [card.id for card in context.cards]
        context.show(tuple(context.cards))
    return cards


def card_of(context: TurnContext, product: Product, ref: int) -> Card:
    group = context.services.search.catalogue.groups[product.group_id]
    return Card(
        ref=ref,
        id=product.id,
        item_group_id=product.group_id,
        title=product.title,
        product_type=product.product_type or "",
        color=product.color,
        size=product.size,
        price=str(product.current_price),
        availability=product.offered,
        list_price=str(product.price) if product.sale_price else None,
        quantity=product.quantity,
        rating=str(product.rating) if product.rating is not None else None,
        review_count=product.review_count,
        brand=product.brand,
        image=product.image_link,
        checked_at=context.now,
        options=tuple(Option(v.id, v.color, v.size, str(v.current_price), v.offered) for v in group.variants),
    )


def keep_facts(context: TurnContext, product: Product) -> None:
    """The facts that a card states, with where and when they were read; the price now counts as told."""
    context.state.tell_price(product.id, str(product.current_price))
    context.fact(product.id, "title", product.title, SOURCE)
    context.fact(product.id, "price", product.current_price, SOURCE)
    context.fact(product.id, "availability", product.offered, SOURCE)
    for name in ("color", "size"):
        if value := getattr(product, name):
            context.fact(product.id, name, value, SOURCE)


def price_then(context: TurnContext, product: Product) -> str | None:
    """The price that this conversation last showed the product with, where it is another now."""
    told = context.state.told.get(product.id)
    return told if told is not None and told != str(product.current_price) else None


def checked(context: TurnContext) -> dict[str, str]:
    """When prices were read just now, by the shop's clock: `time` ("10:42") and `zone` ("CET"). Kept as a fact."""
    now = context.now.astimezone(context.services.shop.zone)
    read = {"time": now.strftime("%H:%M"), "zone": now.strftime("%Z")}
    context.fact("cart", "price checked", " ".join(read.values()), SOURCE)
    return read


def because_of(context: TurnContext, event: Event) -> Because:
    """The reason in words: the event's product and month, by its date and not today's."""
    product = context.services.search.catalogue.products[event.product_id]
    key = {"purchase": "because_bought", "cart": "because_cart"}.get(event.type, "because_viewed")
    month = f"{event.at.month}月" if context.language == "zh" else MONTHS_EN[event.at.month - 1]
    return Because(context.text_of(key, title=product.title, month=month), event.type, event.product_id, event.at)


def highlights(product: Product, about: str = "") -> list[str]:
    """Up to three facts of a product ("weather: Rain, Wind"): what was asked about first."""
    asked = {stem(word) for word in words(about)}
    left_out = ("gender", *ARRANGEMENT)
    facts = [(name.replace("_", " "), values) for name, values in product.attributes.items() if name not in left_out]
    if product.material and "material" not in product.attributes:
        facts.insert(0, ("material", product.material))
    facts.sort(key=lambda fact: not (asked & {stem(w) for v in fact[1] for w in words(f"{fact[0]} {v}")}))
    return [f"{name}: {', '.join(values[:3])}" for name, values in facts[:3]]


def line_of(product: Product, number: int, about: str = "", *, sponsored: bool = False) -> str:
    """A product in one short line for the model; what it says stands on the card as well."""
    parts = [f"{number}. {product.title}", str(product.current_price)]
    if sponsored:
        parts.append(note("sponsored"))
    if product.color:
        parts.append(product.color)
    facts = highlights(product, about)
    parts += facts
    if not product.in_stock:
        parts.append(product.offered.replace("_", " "))
    if product.rating is not None:
        parts.append(note("rated", rating=product.rating))
    first = sound(product.description).split(". ")[0][:110]
    if not facts and first:
        parts.append(first)
    return "; ".join(parts)


def alone(product: Product) -> Ranked:
    """A product that was asked for, as a ranked row of its own."""
    return Ranked(Candidate(product, 1.0, True))


def name_of(product: Product) -> str:
    """A variant's name in a sentence: "Dell Zip Hoodie (Moss Green, L)"."""
    options = [value for value in (product.color, product.size) if value]
    return f"{product.title} ({', '.join(options)})" if options else product.title
