"""What is said of products that are known: a question about one is answered, several are compared."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant import cards
from assistant.acts import asks
from assistant.demands import is_question
from assistant.gloss import gloss
from assistant.grounding import in_order, unmeasured
from assistant.grounding.record import record_of
from assistant.options import no_such_option, told_count, told_materials, told_options
from assistant.prompts import note
from assistant.references import pointed_at
from assistant.restraint import for_someone_else
from assistant.tools.lines import IN_PROSE, lines_of
from assistant.tools.sizes import own_variant
from assistant.turn import TurnContext
from index.catalogue import Product
from index.filters import Filters
from index.passages import NEAR
from index.people import genders, whom
from index.words import content, fold, lexicon, mapped, stem, words

ANYTHING = Filters()
QUOTED = 2  # reviews that are quoted as they are
MAX_QUOTE = 240  # characters of a passage that the prose is given
# A question for price or stock; for what customers say; and words that ask for nothing in particular.
_OFFER = re.compile(
    r"can (?:i|we) (?:still )?(?:get|have|buy|order) (?:it|one|this|that|them)\b|how much(?! (?:weight|space|room|water|time)\b| (?:does|do|can|will|would)\b[^?]*\b(?:weigh|hold|carry|store|contain|take)\b)|pric(?:e|ed|ing)\b|costs?\b|in stock|sold out|available|availability|on sale|reduced|any left|how many .{0,60}left|how many (?:of (?:it|them|these|those) )?(?:do you have|are there|are left)|多少钱|价格|价钱|有货|现货|售罄|打折"
)
_WANTED = re.compile(
    r"\b(?:in stock|sold out|available|availability|any left|still have|left\?|can (?:i|we) (?:still )?(?:get|have|buy|order))\b|有货|现货|售罄|还有吗"
)
_OPINIONS = re.compile(
    r"\b(?:customers?|people|others|buyers?|shoppers?|reviews?|ratings?|rated|opinions?|feedback)\b|评价|评论|口碑|评分"
)
_AGAIN = re.compile(
    r"^(?:and|what about|how about|or|ok and|okay and|so)\b|^那.*|呢[？?。]*$"
)  # the question before, of another one
_GENERAL = (
    "describe", "description", "facts", "detail", "information", "overview", "summary", "introduce", "about", "sentence",
    "word", "briefly", "short", "quick", "explain", "own", "saw", "seen", "see", "looked", "found", "noticed", "interested",
)  # fmt: skip


def in_english(context: TurnContext, translated: str | None = None) -> str:
    """The message as a question to an English catalogue: a model's translation of it, where there is one, else ours."""
    return context.text if context.language == "en" else translated or gloss(context.text)


def about_product(context: TurnContext, product: Product, asked: str, *, alone: bool = True) -> str:
    """Show a product and have a question about it answered from what is stated of it.

    Args:
        asked: the question, in English.
        alone: no other product may be meant.
    """
    asked = _carried(context, asked, product)
    product = own_variant(context, product)
    context.state.focus = [product.id]
    if alone and (no := no_such_option(context, product)):
        return no
    if told := told_options(context, product) or told_count(context, product) or told_materials(context, product):
        _show_one(context, product)
        return told
    if asks("criticism", context.text) and (critical := context.services.evidence.critical(product)):
        _show_one(context, product)
        for passage in critical[:QUOTED]:
            context.fact(product.id, "evidence", passage.text, passage.source)
        return "\n".join(
            context.fix("review_quote", title=product.title, quote=passage.text[:MAX_QUOTE])
            for passage in critical[:QUOTED]
        )
    words_asked, priced = _asked(asked, product, context.said.filters)
    priced = priced or bool(_OFFER.search(context.folded))
    if (not words_asked and not priced) or asks("see", context.text):
        _show_one(context, product)
        if not product.in_stock:
            return context.fix("sold_out", title=cards.name_of(product), price=product.current_price)
        fallback = context.text_of("found_one", title=product.title, price=product.current_price)
        return context.tell("search", lines_of([cards.alone(product)], ""), fallback)
    if not product.in_stock and _WANTED.search(context.folded):
        _show_one(context, product)
        return context.fix("sold_out", title=cards.name_of(product), price=product.current_price)
    evidence = context.services.evidence
    ranked = evidence.product(asked, product)
    supported = [row.passage for row in ranked if row.supported]
    if priced:
        supported = [*evidence.offer(product), *supported]
    elif not supported and _OPINIONS.search(f"{asked} {context.text}".lower()):
        supported = [
            p for p in evidence.passages(product) if p.source.startswith("reviews") or p.text.startswith("Rating:")
        ]
    if not supported:
        cards.keep_facts(context, product)
        context.ask("person", question=context.text)
        nearest = next((row for row in ranked if not row.passage.source.startswith("reviews")), None)
        if nearest is None or nearest.score < NEAR:
            return context.fix("not_stated", "not_stated", title=product.title)
        context.fact(product.id, "evidence", nearest.passage.text, nearest.passage.source)
        return context.fix("not_stated_but", "not_stated", title=product.title, quote=nearest.passage.text[:MAX_QUOTE])
    _show_one(context, product)
    lines = [f"{product.title}; {product.current_price}"]
    for passage in supported[:IN_PROSE]:
        kind = "review" if passage.source.startswith("reviews") else "stated"
        lines.append(note(kind, text=passage.text[:MAX_QUOTE]))
        context.fact(product.id, "evidence", passage.text, passage.source)
    if priced and supported[0].text.startswith("Price: "):
        return context.tell(
            "question", lines, context.text_of("found_one", title=product.title, price=product.current_price)
        )
    fallback = context.text_of(
        "review_quote" if supported[0].source.startswith("reviews") else "evidence_quote",
        title=product.title,
        quote=supported[0].text,
    )
    return context.tell("question", lines, fallback)


def _carried(context: TurnContext, asked: str, product: Product) -> str:
    """A question, or for "and the men's one?" the one before, which it asks again of another product."""
    before = context.state.meant
    again = _AGAIN.search(context.folded) and is_question(before)
    if not again or content(_bare(context)):
        return asked
    said = context.services.search.reader.read(before).filters
    if _asked(before, product, said) == ([], False):  # it only asked to be shown one
        return asked
    titles = context.services.search.catalogue.titles
    for match in context.services.search.find_by_name(before):
        before = re.sub(rf"\b{re.escape(titles[match.group_id])}\b", product.title, before, flags=re.I)
    context.text = before  # the prose is to answer it
    return in_english(context)


def _bare(context: TurnContext) -> str:
    """A message without the products, people and options that it names."""
    said = genders(whom(fold(context.text))[1])[1]
    titles = context.services.search.catalogue.titles
    known = {stem(word) for match in context.named for word in words(titles[match.group_id])}
    known |= {
        stem(word) for value in (*context.said.filters.color, *context.said.filters.size) for word in words(value)
    }
    left = " ".join(word for word in words(said) if stem(word) not in known)
    return re.sub(r"^\s*[那和跟]|[呢吗？?。\s]+$|的$", "", left) if context.language == "zh" else left


def _show_one(context: TurnContext, product: Product) -> None:
    """Show the product that was asked for; that a shopper looked at it is kept, unless it is for somebody else."""
    cards.show(context, [cards.alone(product)])
    if context.shopper is not None and not for_someone_else(context):
        context.services.shoppers.record(context.shopper.id, "view", product.id, price=str(product.current_price))


def about_several(context: TurnContext, chosen: Sequence[Product]) -> str:
    """Show two to four products and have said how they differ."""
    cards.show(context, [cards.alone(product) for product in chosen], about=context.text)
    context.state.focus = _best_of(context, chosen)
    first, second = chosen[:2]
    graded = unmeasured(context.text)
    fallback = context.text_of(
        "compared_unknown" if graded else "compared",
        **({"word": graded} if graded else {}),
        first=first.title,
        second=second.title,
        first_price=first.current_price,
        second_price=second.current_price,
    )
    context.of_each = lambda product: _line_of(context, product)
    return context.tell("compare", lines_of([cards.alone(product) for product in chosen], context.text), fallback)


def _line_of(context: TurnContext, product: Product) -> str | None:
    """What is stated of a product for a question that was asked of several; None where it asks nothing, or nothing is."""
    terms, priced = _asked(context.text, product, context.said.filters)
    evidence = context.services.evidence
    question = _bare(context) if context.language == "en" else in_english(context)
    if priced:
        return context.text_of("found_one", title=product.title, price=product.current_price)
    stated = [row.passage for row in evidence.product(question, product) if row.supported] if terms else []
    if not stated or stated[0].source.startswith("reviews"):
        return None
    context.fact(product.id, "evidence", stated[0].text, stated[0].source)
    return context.text_of("evidence_quote", title=product.title, quote=stated[0].text)


def _best_of(context: TurnContext, chosen: Sequence[Product]) -> list[str]:
    """The one of several that a message asks for ("which is the cheapest?"), to be meant by "it"; none for any other."""
    pointed = pointed_at(context)
    if len(pointed) == 1 and pointed[0].id in {product.id for product in chosen}:
        return [pointed[0].id]
    catalogue = context.services.search.catalogue
    order = in_order(context.text, [record_of(product, catalogue) for product in chosen])
    return [chosen[order[0]].id] if order else []


def _asked(question: str, product: Product, said: Filters = ANYTHING) -> tuple[list[str], bool]:
    """What a question asks beyond "show me", whom it is for, the product and its options: its words; whether price or stock.

    Args:
        said: the size and colour that it says.
    """
    known = {stem(word) for word in words(f"{product.title} {product.color or ''} {product.size or ''} {product.id}")}
    generic = {stem(word) for word in (*lexicon()["showing"]["en"], *_GENERAL)}
    options = {stem(word) for value in (*said.size, *said.color) for word in words(value)}
    options |= {stem(word) for word, size in mapped("sizes").items() if size in said.size for word in words(word)}
    options |= {stem(word) for word, color in mapped("colors").items() if color in said.color}
    alone = genders(whom(fold(question))[1])[1]  # "for my sister", "the men's one" ask nothing of it
    terms = [term for term in content(alone) if stem(term) not in known | generic | options]
    return terms, bool(_OFFER.search(question.lower()))
