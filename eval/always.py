"""What is judged in every turn, asked or not: what a reply says is found in the shop folder, and how it is worded."""

from __future__ import annotations

import re
from weakref import WeakKeyDictionary

from eval.lookup import catalogue_words, numbers, stated_of
from eval.manner import fault, quoted_of, spoken
from eval.seen import Seen
from eval.truth import Judge, Records, misstated
from eval.wording import CJK
from index.catalogue import Catalogue

_MARKS = re.compile("[™®©]")
_judges: WeakKeyDictionary[Catalogue, Judge] = WeakKeyDictionary()  # one a catalogue: it is read once


def grounded(seen: Seen) -> str:
    """Cards and facts agree with the shop folder; what the prose says is found in it, for the product it speaks of."""
    reply, products = seen.reply, seen.catalogue.products
    for card in seen.cards:
        product = seen.product(card)
        if product is None:
            return f"card {card['id']} is no product"
        if card["price"] != str(product.current_price) or card["title"] != product.title:
            return f"card {card['id']} says {card['title']}, {card['price']}"
        if (card["availability"] == "in_stock") != product.in_stock:
            return f"card {card['id']} says {card['availability']}"
    for fact in reply["facts"]:
        product = products.get(fact["subject"])
        held = {"price": str(product.current_price), "title": product.title} if product else {}
        if fact["field"] in held and fact["value"] != held[fact["field"]]:
            return f"fact {fact['subject']} {fact['field']}: {fact['value']}"
    policies = {policy.source: policy.text for policy in seen.shop.policies}
    for citation in reply["citations"]:
        source = re.sub(r"\W+", "", policies.get(citation["source"], ""))
        if not all(re.sub(r"\W+", "", part) in source for part in re.split(r"[.:]\s", citation["quote"]) if part):
            return f"quote not in {citation['source']}: {citation['quote']}"
    subjects = [products[key] for key in {f["subject"] for f in reply["facts"]} if key in products]
    stated = " ".join([stated_of(seen.catalogue, product) for product in subjects])
    orders = " ".join(str(f["value"]) for f in reply["facts"] if f["subject"] not in products)
    orders += " ".join(str(f["subject"]) for f in reply["facts"])
    quotes = " ".join(citation["quote"] for citation in reply["citations"])
    arguments = " ".join(str(call["args"]) for call in reply["tools"])
    hours = str(seen.shop.settings.opening_hours or "")
    base = " ".join([stated, orders, quotes, seen.say, arguments, str(reply["cart"]), hours])
    allowed = numbers(base) | {str(n) for n in range(1, max(len(seen.cards), 1) + 1)}
    held_prices = [products[key].current_price.times(count) for key, count in reply["cart"].items() if key in products]
    if held_prices:
        allowed |= numbers(str(held_prices[0].__class__(sum(p.minor for p in held_prices), held_prices[0].currency)))
    if strange := numbers(reply["reply"]) - allowed:
        return f"numbers from nowhere: {sorted(strange)}"
    text = reply["reply"].lower()
    known = base.lower()
    for group in seen.catalogue.groups.values():
        title = group.title.lower()
        if " " in title and len(title) > 7 and title in text and title not in known:
            return f"name from nowhere: {group.title}"
    if seen.cards and seen.language == "en":
        for word in catalogue_words(seen.catalogue):
            if re.search(rf"\b{word}\b", text) and not re.search(rf"\b{word}", known) and word[:-1] not in known:
                return f"attribute from nowhere: {word}"
    if seen.catalogue not in _judges:
        _judges[seen.catalogue] = Judge(Records.of(seen.shop, seen.catalogue))
    stored = seen.held_after["orders"] if seen.held_after is not None else {}
    statuses = {key: told.split()[0] for key, told in stored.items()}
    if wrong := misstated(_judges[seen.catalogue].records, reply, statuses):
        return wrong
    for finding in _judges[seen.catalogue].reply(reply, seen.say, seen.earlier):
        if finding.verdict == "wrong":
            return f"{finding.kind} {finding.words!r}: {finding.why}: {finding.sentence}"
    return ""


def voice(seen: Seen) -> str:
    """The rules of the voice that a program can check, as `manner` reads them; the reply's language is the message's."""
    reply = seen.reply
    if not reply["reply"].strip():
        return "empty"
    titles = {product.title for product in seen.catalogue.products.values()}
    bare = seen.say  # without names, which stay as they are in any language
    for title in titles if CJK.search(seen.say) else ():
        bare = bare.replace(title, "").replace(_MARKS.sub("", title), "")
    message = bare if _chinese(bare) or not CJK.search(bare) else reply["reply"]  # some mix languages
    return fault(
        reply["reply"],
        "zh" if _chinese(message) else "en",
        quoted=quoted_of(reply, titles, seen.shop),
        calls=max(1, len(reply["tools"])),
        **spoken(seen.shop.folder, seen.shop.settings.voice),
    )


def _chinese(text: str) -> bool:
    return len(CJK.findall(text)) > len(re.findall(r"[A-Za-z]", text)) * 0.5
