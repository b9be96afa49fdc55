"""Tools about products that are known: what is stated of one, and how several differ."""

from __future__ import annotations

import re

from langchain_core.tools import tool

from assistant.prompts import note
from assistant.references import ask_which, partly_named, resolve
from assistant.tools.known import about_product, about_several, in_english
from assistant.tools.lines import Runtime
from assistant.tools.several import answered_by_parts
from assistant.turn import TurnContext
from index.catalogue import Product
from index.words import content, stem, words

_WHICH = re.compile(
    r"^(?:and |so |ok |okay |but )*(?:which|what) (?:ones? )?(?:of (?:them|these|those|the (?:two|three|four|\w+s))|ones?)\b|(?:哪一?[款个件条双]|哪些)"
)


@tool
def show_product(product_id: str, runtime: Runtime, question: str | None = None) -> str:
    """Show one product, or answer a question about it from what is stated."""
    context = runtime.context
    if len(context.state.shown) > 1 and _WHICH.search(context.folded) and not context.named:
        return _which_of_shown(context)
    meant = resolve(context, product_id)
    if not meant:
        context.record("show_product", {"product_id": product_id}, ok=False)
        return note("not_asked") if context.cards else ask_which(context)  # another call has shown what there is
    translated = {"question": question} if question and context.language != "en" else {}
    context.record("show_product", {"product_id": meant[0].id} | translated)
    if told := answered_by_parts(context, meant[0]):
        return told
    return about_product(context, meant[0], in_english(context, question), alone=len(meant) == 1)


def _which_of_shown(context: TurnContext) -> str:
    """Answer which of those shown states something: the one that does, or those; none of them, and they are compared."""
    held = context.services.search.catalogue.products
    shown = [held[key] for key in context.state.shown if key in held]
    wanted = {stem(word) for word in content(in_english(context))}
    evidence = context.services.evidence
    having = [p for p in shown if wanted and wanted <= {stem(word) for word in words(evidence.stated(p))}]
    if len(having) == 1:
        context.record("show_product", {"product_id": having[0].id})
        return about_product(context, having[0], in_english(context))
    chosen = (having or shown)[:4]
    context.record("compare_products", {"product_ids": [p.id for p in chosen]})
    return about_several(context, chosen)


@tool
def compare_products(product_ids: list[str], runtime: Runtime) -> str:
    """Show two to four products side by side."""
    context = runtime.context
    products: dict[str, Product] = {p.group_id: p for p in resolve(context)}
    for product in partly_named(context) if len(products) < 4 else []:
        products.setdefault(product.group_id, product)
    for hint in product_ids if len(products) < 2 else []:
        for product in resolve(context, hint):
            products.setdefault(product.group_id, product)
    if len(products) < 2 and len(context.state.shown) >= 2:
        held = context.services.search.catalogue.products
        for key in [key for key in context.state.shown if key in held][:2]:
            products.setdefault(held[key].group_id, held[key])
    chosen = list(products.values())[:4]
    context.record("compare_products", {"product_ids": [p.id for p in chosen]}, ok=len(chosen) > 1)
    if len(chosen) < 2:
        return ask_which(context)
    return about_several(context, chosen)
