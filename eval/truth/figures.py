"""Every number of a sentence, with its unit and for the product that it is said of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from eval.truth.bounds import Relation, holds, relation
from eval.truth.names import together
from eval.truth.policies import stated_number
from eval.truth.quantities import Quantity, codes, quantities
from eval.truth.records import Record
from eval.truth.spoken import Finding, Spoken, Subjects, agreed
from eval.truth.stock import fits_size, meant, numbers_of_sizes
from eval.truth.text import fold, phrase, stem
from index.money import Money

_BEFORE_SALE = re.compile(
    r"\b(?:was|were|instead of|reduced from|down from|originally|list price|regular price|before)\b|原价", re.I
)
_TOTAL = re.compile(r"\b(?:together|total|altogether|in all|combined|sum)\b|合计|总共|一共|总计|总价", re.I)
_MORE = re.compile(
    r"^\s*(?:more|less|cheaper|lighter|heavier|dearer|extra|higher|lower|longer|larger|bigger|apart|difference)\b|^的?(?:差价|差距)",
    re.I,
)
_BY = re.compile(
    r"(?:\bby|\bsaves?|\bsaving|\bdifference (?:in \w+ )?(?:is|of)(?: about)?|\bpay|\bbetween .{5,140} is)\s*$|(?:便宜|贵|少花|多花|轻|重|差|相差|省|节省|多|少|高|低|差价(?:是|为))(?:了|出)?\s*$",
    re.I,
)
_STOCK = re.compile(
    r"would you like \d+\?|需要\d+件吗|\b(?:in stock|left|remaining|remain|on stock|pieces? (?:are|is) left|we have|there are)\b|库存|\bstock\b|\bavailable\b|\bstill have\b|还剩|只剩|剩余|仅剩|剩下",
    re.I,
)
_RATING = re.compile(r"\brat(?:ed|es|ing|ings)\b|\bscor(?:e|es|ed)\b|评分|得分|评价为|打分", re.I)
_ORDERED = re.compile(r"\brespectively\b|\bin turn\b|\bin that order\b|分别|依次", re.I)
# Speaks of the shopper's own order or wish; "you may return" speaks of a rule.
_THEIRS = re.compile(r"\byour\b|\byou\b(?! (?:may|can|could|have)\b)|\bfor an?\b|\bif\b|您|你", re.I)
_LINKING = ("for", "and", "in", "to", "or", "is", "on", "at", "if", "but", "per", "the", "a", "with", "from", "by")
_COUNTING = {
    "option", "options", "choice", "choices", "product", "products", "item", "items", "one", "ones", "of", "model", "models", "suggestions", "picks",
    "types", "kinds", "pairs", "pair", "for", "alternatives", "that", "are", "have", "which", "very", "great", "good", "different", "other", "more", "款", "种", "个", "件", "只", "双", "顶", "本",
}  # fmt: skip
_COLORS = {"色", "color", "colors", "colour", "colours", "shades", "颜"}
_SIZES = {"码", "size", "sizes", "尺"}
_FIELDS: dict[str, str] = {
    "weight": r"\bweigh(?:s|t|ing)?\b|重量|重",
    "warranty": r"\bwarrant(?:y|ies)\b|\bguarantee\b|保修|质保",
    "capacity": r"\bcapacity\b|\bholds?\b|\bvolume\b|容量",
    "burn_time": r"\bburn(?:s|ing)?\b|燃烧",
    "keeps_hot": r"\bkeeps?\b.{0,20}\b(?:hot|warm)\b|保温",
    "brightness": r"\bbright(?:ness)?\b|亮度",
    "blade_length": r"\bblade\b|刀刃|刀身",
    "diameter": r"\bdiameter\b|直径",
    "thickness": r"\bthick(?:ness)?\b|厚",
    "height": r"\b(?:height|tall|high)\b|高度",
    "length": r"\blength\b|长度",
    "comfort_temperature": r"\bcomfort\b|舒适温度",
    "oven_safe": r"\boven\b|烤箱",
    "load": r"\bload\b|\bsupports?\b|承重|承受",
    "drying_time": r"\bdr(?:y|ies|ying)\b|晾干|干得",
    "waterproof_rating": r"\bwaterproof\b|防水",
    "water_column": r"\bwater column\b",
    "water_resistance": r"\bwater resist\w+\b",
    "drop": r"\bdrop\b",
    "power": r"\bpower\b|功率",
    "case": r"\bcase\b|表壳",
    "fill_power": r"\bfill power\b|蓬松度",
    "brim": r"\bbrim\b|帽檐",
    "seat_height": r"\bseat height\b|座高",
    "pages": r"\bpages?\b|页",
    "r_value": r"\bR[- ]value\b",
    "upf": r"\bUPF\b",
}


def figures(spoken: Spoken) -> Iterator[Finding]:
    """Numbers that the folder does not have, or has of something else."""
    sizes = numbers_of_sizes(spoken.text)
    said = [
        q
        for q in quantities(spoken.text)
        if spoken.free(q.start, q.end) and not any(a <= q.start < b for a, b in sizes)
    ]
    said = [_in_context(spoken, q) for q in said if not _inside_place(spoken, q)]
    ordered = _in_turn(spoken, said)
    yield from ordered[0]
    said = [q for q in said if q.start not in ordered[1]]
    said = [
        q
        for q in said
        if not re.search(r"(?:满分|out of|of)\s*$", spoken.text[: q.start]) or q.unit != "rating" or q.value != 5
    ]
    said = [q for q in said if not (q.unit == "rating" and spoken.text[q.end : q.end + 1] == "制")]
    for quantity in said:
        yield from _figure(spoken, quantity)
    yield from _codes(spoken)


def _in_turn(spoken: Spoken, said: Sequence[Quantity]) -> tuple[list[Finding], set[int]]:
    """ "A, B and C cost 45, 34 and 20 EUR, respectively": findings, and the places of the numbers looked at."""
    named = [m for m in spoken.mentions if m.sure and not m.beside]
    found: list[Finding] = []
    if len(named) < 2 or not (_ORDERED.search(spoken.text) or len(together(spoken.text, named)) == 1):
        return found, set()
    after = [q for q in said if q.start > named[-1].end]
    by_unit = [[q for q in after if q.unit == unit] for unit in {q.unit for q in after}]
    listed = next((qs for qs in by_unit if len(qs) == len(named)), None)
    if listed is None:
        return found, set()
    for mention, quantity in zip(named, listed, strict=True):
        record = spoken.records.record(mention.products[0])
        if record is not None and not _stated(spoken, record, quantity):
            found.append(spoken.finding("number", quantity.text, "wrong", f"not {mention.text}'s", mention.products))
    return found, {q.start for q in listed}


def _in_context(spoken: Spoken, quantity: Quantity) -> Quantity:
    """A bare number's unit, where the clause says it: "a rating of 4.0", "we have 10 of it"."""
    start, end = spoken.clause(quantity.start)
    before = spoken.text[start : quantity.start]
    near = spoken.text[max(0, start - 1) : end]
    if not quantity.unit and _RATING.search(before) and quantity.value <= 5 and not quantity.spelled:
        return replace(quantity, unit="rating")
    rated = re.search(r"\breview|\brat(?:ed|ing)|评价|评论", near, re.I) and not re.search(r"\bsleeps?\b", before, re.I)
    if quantity.unit == "person" and rated:
        return replace(quantity, unit="review")
    stocked = quantity.unit in ("", "piece") and _STOCK.search(spoken.text)
    if stocked and (
        re.search(r"would you like|需要", spoken.text, re.I)
        or quantity.noun in ("of", "left", "in", "pieces", "piece", "units", "件", "items")
        or quantity.unit == "piece"
        or re.search(r"库存|剩", near)
    ):
        if re.search(
            r"would you like \d+\?|需要\d+件吗|\b(?:stock|left|remain\w*|we (?:still )?have (?:only |just )?\S+ (?:pieces )?of|there are \S+ of|pieces|units)\b|库存|剩",
            spoken.text,
            re.I,
        ):
            return replace(quantity, unit="stock")
    return quantity


def _figure(spoken: Spoken, quantity: Quantity) -> Iterator[Finding]:
    if quantity.currency and quantity.currency != spoken.records.currency:
        yield spoken.finding("number", quantity.text, "wrong", f"prices are in {spoken.records.currency}")
        return
    if _counts(spoken, quantity):
        return
    if spoken.mentions and spoken.text[quantity.end : quantity.end + 1] == "月":  # "您在5月买过": when it was
        groups = [
            record.group.id for m in spoken.mentions for key in m.products if (record := spoken.records.record(key))
        ]
        if not any(quantity.value in spoken.records.months.get(group, ()) for group in groups):
            yield spoken.finding("number", quantity.text, "wrong", "nobody did that then")
        return
    subjects = spoken.subjects(quantity.start)
    if subjects.records:
        held = [_stated(spoken, record, quantity) for record in subjects.records]
        verdict = agreed(subjects.rule, held)
        if verdict is None and not (subjects.rule == "any" and not any(held)):
            return
        if _elsewhere(spoken, quantity, subjects):
            return
        if verdict == "doubtful":
            yield spoken.finding(
                "number", quantity.text, "doubtful", "not true of all that are spoken of", subjects.ids
            )
            return
        if (spoken.turn.cited and not subjects.named) or quantity.unit in ("working day", "time"):
            yield from stated_number(spoken, quantity)
            return
        if spoken.turn.cited and not list(stated_number(spoken, quantity)):
            return
        yield _unstated(spoken, quantity, subjects)
    elif not _elsewhere(spoken, quantity, subjects):
        yield from stated_number(spoken, quantity)


def _stated(spoken: Spoken, record: Record, quantity: Quantity) -> bool:
    """Whether the folder has the number for that product, and for what the sentence says it of."""
    said = relation(spoken, quantity)
    product = record.product
    if quantity.unit == "money":
        near = spoken.text[max(0, quantity.start - 40) : quantity.start]
        prices = record.prices | (record.list_prices if _BEFORE_SALE.search(near) else set())
        return any(holds(said, price, quantity.value) for price in prices)
    if quantity.unit == "rating":
        if by := [
            review.rating
            for review in record.reviews
            if review.author and re.search(rf"(?<![A-Za-z]){re.escape(review.author)}(?![A-Za-z])", spoken.text)
        ]:
            return any(rating == quantity.value for rating in by)
        if spoken.hearsay and re.search(
            r"\b(?:a|one|another) (?:customer|reviewer|review|buyer)\b|有(?:一位)?顾客", spoken.text, re.I
        ):
            return any(review.rating == quantity.value for review in record.reviews)
        return product.rating is not None and holds(said, product.rating, quantity.value)
    if quantity.unit == "review":
        return quantity.value == product.review_count or (
            quantity.value == 1 and quantity.spelled and product.review_count > 0
        )
    if quantity.unit == "stock":
        variants = meant(spoken, record)
        total = sum(variant.quantity or 0 for variant in variants if variant.in_stock)
        return (
            any(holds(said, Decimal(v.quantity), quantity.value) for v in variants if v.quantity is not None)
            or total == quantity.value
        )
    return _in_record(spoken, record, quantity, said)


def _in_record(spoken: Spoken, record: Record, quantity: Quantity, said: Relation) -> bool:
    held = [(source, q) for source, q in record.quantities if spoken.hearsay or source != "review"]
    start, end = spoken.clause(quantity.start)
    clause = spoken.text[start:end]
    for name, pattern in _FIELDS.items():
        own = [q for value in record.attribute(name) for q in quantities(value) if q.unit == quantity.unit]
        others = any(source != name and q.same(quantity) for source, q in held)
        if own and re.search(pattern, clause, re.I) and not any(q.same(quantity) for q in own):
            if not (
                others
                and any(re.search(p, clause, re.I) for n, p in _FIELDS.items() if n != name and record.attribute(n))
            ):
                return False
    if not quantity.unit and any(fits_size(size, str(quantity.value)) for size in record.sizes):
        return True
    loose = said in ("about", "nearly", "below", "above")
    for _, q in held:
        if q.same(quantity) or (
            loose and quantity.unit and q.unit == quantity.unit and holds(said, q.value, quantity.value)
        ):
            if quantity.unit or not quantity.spelled or not quantity.noun or stem(q.noun) == stem(quantity.noun):
                return True
        if not quantity.unit and not quantity.spelled and not q.spelled and _plain(q) == quantity.value:
            return True  # "UPF of 50", "capacity 20"
        if (
            quantity.unit
            and not q.unit
            and q.value == quantity.value
            and not q.spelled
            and quantity.unit not in ("money", "rating", "review")
        ):
            return True  # the folder leaves out the unit
    words = f"{quantity.text} {quantity.noun}".strip().lower()
    return quantity.spelled and bool(re.search(rf"(?<!\w){re.escape(words)}", record.text))


def _plain(quantity: Quantity) -> Decimal | None:
    """The number as it was written, before its unit was converted."""
    written = re.search(r"-?\d+(?:[.,]\d+)?", quantity.text)
    return Decimal(written[0].replace(",", ".")) if written else None


def _counts(spoken: Spoken, quantity: Quantity) -> bool:
    """Numbers that count what is shown: "these two", "three options", "两款"; "one" counts nothing."""
    if quantity.unit not in ("", "piece", "person") or quantity.unit == "person":
        return False
    bare = quantity.noun.lower()
    if quantity.spelled and quantity.value == 1:
        return True
    classifier = quantity.text[-1:] if quantity.spelled and not quantity.text.isascii() else ""
    if (
        bare in _COLORS | _SIZES
        or classifier in _COLORS | _SIZES
        or (classifier and spoken.text[quantity.end : quantity.end + 1] in _COLORS | _SIZES)
    ):
        return False
    shown = max(len(spoken.turn.shown), len(spoken.turn.held))
    mentioned = len(spoken.mentions)
    if (
        quantity.spelled
        and (bare in _COUNTING or classifier in _COUNTING or not bare)
        and quantity.value <= max(shown, mentioned)
    ):
        whole = re.search(r"\bhere (?:are|is)\b|\bbelow\b|\bfound\b|找到|以下是|这里有", spoken.text, re.I)
        return not whole or quantity.value in (len(spoken.turn.shown), mentioned)
    if (
        quantity.spelled
        and quantity.value == shown
        and any(
            t.kind == "type" and phrase(bare).search(" ".join(t.said)) for t in spoken.records.vocabulary.terms if bare
        )
    ):
        return True
    if not quantity.spelled and classifier == "" and (bare in _COUNTING - {"of"}) and quantity.value == shown:
        return True
    return (
        quantity.spelled
        and quantity.value <= shown
        and bool(re.search(r"\b(?:these|the|all|both|those|our)\s*$|这|前", spoken.text[: quantity.start], re.I))
    )


def _elsewhere(spoken: Spoken, quantity: Quantity, subjects: Subjects) -> bool:
    """Whether something other than a product's record has the number: cart, order, a difference, colours or sizes counted."""
    turn = spoken.turn
    products = spoken.records.catalogue.products
    if quantity.unit == "money":
        cart = [
            products[key].current_price.times(count) for key, count in turn.reply["cart"].items() if key in products
        ]
        sums = {price.amount for price in cart}
        if cart:
            sums.add(Money.total(cart).amount)
        if _TOTAL.search(spoken.text) and len(subjects.records) > 1:
            sums.add(sum((record.product.current_price.amount for record in subjects.records), Decimal(0)))
        for order in turn.orders:
            sums |= {Money.parse(line["price"]).amount for line in order["lines"] if line.get("price")}
            sums |= {Money.parse(payment["amount"]).amount for payment in order.get("payments", ())}
        if quantity.value in sums or _is_budget(spoken, quantity, subjects):
            return True
    if "remember_preference" in turn.done and any(q.value == quantity.value for q in quantities(turn.heard)):
        return True  # what was said is said to be noted
    different = _MORE.search(spoken.text[quantity.end :]) or _BY.search(spoken.text[: quantity.start])
    if different and _is_difference(spoken, quantity):
        return True
    if (
        quantity.noun in _COLORS
        or quantity.text[-1] in _COLORS
        or spoken.text[quantity.end : quantity.end + 1] in _COLORS
    ):
        return any(len(record.colors) == quantity.value for record in subjects.records)
    if quantity.noun in _SIZES or quantity.text[-1] in _SIZES or spoken.text[quantity.end : quantity.end + 1] in _SIZES:
        return any(len(record.sizes) == quantity.value for record in subjects.records)
    if quantity.unit in ("", "piece"):
        counts = {Decimal(count) for count in turn.reply["cart"].values()}
        counts |= {Decimal(line["quantity"]) for order in turn.orders for line in order["lines"]}
        counts.add(Decimal(sum(turn.reply["cart"].values())))
        dates = {Decimal(part) for order in turn.orders for part in order["at"][:10].split("-")}
        if quantity.value in counts | dates:
            return True
    if turn.orders and any(
        quantity.value == Decimal(part) for order in turn.orders for part in order["at"][:10].split("-")
    ):
        return True
    start, end = spoken.clause(quantity.start)
    theirs = _THEIRS.search(spoken.text[start:end])
    return bool(theirs) and any(
        q.value == quantity.value and (q.unit == quantity.unit or (not q.unit and (not q.noun or q.noun in _LINKING)))
        for q in quantities(turn.heard)
    )


def _is_budget(spoken: Spoken, quantity: Quantity, subjects: Subjects) -> bool:
    """The shopper's own limit, said again: what it is said of must keep to it."""
    before = spoken.text[: quantity.start]
    if relation(spoken, quantity) == "is":
        return False
    if not any(q.value == quantity.value for q in quantities(spoken.turn.heard)):
        return False
    return not subjects.records or bool(re.search(r"\b(?:nothing|no|not|none|don't)\b|没有|无", before, re.I))


def _is_difference(spoken: Spoken, quantity: Quantity) -> bool:
    """How much more one of the turn's products costs, weighs or holds than another."""
    records = [record for key in spoken.turn.held if (record := spoken.records.record(key))]
    records += [record for m in spoken.mentions for key in m.products if (record := spoken.records.record(key))]
    for one, other in combinations({r.group.id: r for r in records}.values(), 2):
        if (
            quantity.unit == "money"
            and abs(one.product.current_price.amount - other.product.current_price.amount) == quantity.value
        ):
            return True
        if quantity.unit == "rating" and one.product.rating and other.product.rating:
            if abs(one.product.rating - other.product.rating) == quantity.value:
                return True
        for name in one.product.attributes:
            a, b = one.measure(name), other.measure(name)
            if a and b and a.unit == b.unit == quantity.unit and abs(a.value - b.value) == quantity.value:
                return True
    return False


def _unstated(spoken: Spoken, quantity: Quantity, subjects: Subjects) -> Finding:
    others = [key for key in spoken.turn.held if key not in subjects.ids]
    theirs = [key for key in others if (record := spoken.records.record(key)) and _stated(spoken, record, quantity)]
    heard = any(q.same(quantity) for q in quantities(spoken.turn.heard))
    if theirs:
        return spoken.finding("number", quantity.text, "wrong", "it is another product's", (*subjects.ids, *theirs))
    if heard and quantity.unit not in ("money", "rating", "review"):
        return spoken.finding(
            "number", quantity.text, "doubtful", "the shopper's own number, not the folder's", subjects.ids
        )
    counted = quantity.noun in _COLORS | _SIZES or quantity.text[-1:] in _COLORS | _SIZES
    soft = quantity.spelled and not quantity.unit and not counted
    return spoken.finding(
        "number", quantity.text, "doubtful" if soft else "wrong", "the folder does not have it", subjects.ids
    )


def _codes(spoken: Spoken) -> Iterator[Finding]:
    """Tokens of letters and digits must stand in the folder as they are, or have been said."""
    turn = spoken.turn
    known = fold(f"{turn.heard} {' '.join(turn.reply['cart'])} {' '.join(f['subject'] for f in turn.reply['facts'])}")
    for start, end, code in codes(spoken.text):
        if not spoken.free(start, end):
            continue
        subjects = spoken.subjects(start)
        texts = [f"{r.text} {r.review_text} {' '.join(v.id for v in r.group.variants)}" for r in subjects.records]
        plain = fold(code)
        if plain in known or plain in spoken.records.policy_text or any(plain in fold(text) for text in texts):
            continue
        if re.fullmatch(r"[a-z]\d?|\d[a-z]{1,2}", plain):
            continue
        yield spoken.finding("number", code, "wrong", "the folder does not have it", subjects.ids)


def _inside_place(spoken: Spoken, quantity: Quantity) -> bool:
    return any(m.how == "place" and m.start <= quantity.start < m.end for m in spoken.mentions)
