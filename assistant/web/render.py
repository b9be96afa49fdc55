"""The page's HTML from stored replies and live events. Everything that is not ours is escaped."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from index.loading import read_yaml

TEXTS: Mapping[str, Mapping[str, str]] = read_yaml(Path(__file__).with_name("texts.yaml"))
_DESK_TEXTS = read_yaml(Path(__file__).with_name("desk_texts.yaml"))
DESK_TEXTS: Mapping[str, Mapping[str, str]] = {
    lang: {name: texts[lang] for name, texts in _DESK_TEXTS.items()} for lang in ("en", "zh")
}
FEW = 5  # from how many on the stock is not counted out


def safe(text: object) -> str:
    """Escaped for HTML, and for the template syntax of Gradio's HTML component."""
    return escape(str(text)).replace("$", "&#36;").replace("{", "&#123;").replace("}", "&#125;").replace("`", "&#96;")


def language_of(header: str, cookie: str = "") -> str:
    """The page's language: the chosen one, else the browser's."""
    if cookie in TEXTS:
        return cookie
    return "zh" if header.lower().startswith("zh") else "en"


def turn(
    text: str,
    reply: Mapping[str, Any],
    lang: str,
    *,
    chips: bool = False,
    dismissed: Collection[str] | None = None,
    rate: str = "",
) -> str:
    """A finished turn, or what was said while a person had the conversation. For `dismissed` see `card`; `rate` is what
    `rating.controls` gives."""
    if sender := reply.get("from"):
        return (said(text) if text else "") + from_person(reply["reply"], sender, lang)
    shown = reply["suggestions"] if chips else ()
    prose = reply["reply"].split("\n")
    return said(text) + answer(prose, reply["products"], lang, dismissed=dismissed) + rate + suggestions(shown)


def said(text: str) -> str:
    return f'<div class="ov-said">{safe(text)}</div>'


def from_person(text: str, sender: Mapping[str, Any], lang: str) -> str:
    """What a person wrote, with role and name; or a notice that they came, left, or have the message."""
    if sender["kind"] != "said":
        return f'<div class="ov-notice" role="status" aria-live="polite">{safe(text)}</div>'
    role = TEXTS[lang][f"role_{sender['role']}"]
    who = f"{safe(sender['name'])} · {safe(role)}"
    lines = safe(text).replace("\n", "<br>")
    return f'<div class="ov-reply ov-person" role="status" aria-live="polite"><small>{who}</small>{lines}</div>'


def answer(
    sentences: Sequence[str],
    cards: Sequence[Mapping[str, Any]],
    lang: str,
    chips: Sequence[str] = (),
    note: str = "",
    dismissed: Collection[str] | None = None,
) -> str:
    """The assistant's side of a turn: prose, cards, chips. For `dismissed` see `card`."""
    prose = safe(" ".join(sentences)) + (f'<span class="ov-note">{safe(note)}</span>' if note else "")
    row = "".join(card(c, lang, dismissed) for c in cards)
    deck = f'<div class="ov-cards">{row}</div>' if cards else ""
    return f'<div class="ov-reply" role="status" aria-live="polite">{prose}</div>{deck}{suggestions(chips)}'


def suggestions(chips: Sequence[str]) -> str:
    buttons = "".join(f'<button class="ov-chip" data-say="{safe(chip)}">{safe(chip)}</button>' for chip in chips)
    return f'<div class="ov-chips">{buttons}</div>' if chips else ""


def card(product: Mapping[str, Any], lang: str, dismissed: Collection[str] | None = None) -> str:
    """One product card; the price and stock on it are the server's.

    Args:
        dismissed: the product groups that a signed-in shopper does not want suggested; None for anybody else, who has
            no say beside a reason.
    """
    texts = TEXTS[lang]
    labels = ""
    if product["sponsored"]:
        labels += f'<span class="ov-label">{safe(texts["sponsored"])}</span>'
    if product["alternative"]:
        labels += f'<span class="ov-label ov-alt">{safe(texts["alternative"])}</span>'
    before = f"<s>{safe(product['list_price'])}</s> " if product.get("list_price") else ""
    stars = (
        f'<span class="ov-stars">★ {safe(product["rating"])} · {safe(product["review_count"])} {safe(texts["reviews"])}</span>'
        if product.get("rating")
        else ""
    )
    because = f'<p class="ov-because">{safe(product["because"]["text"])}</p>' if product["because"] else ""
    if product["because"] and dismissed is not None:
        because += refusing(product, lang, dismissed)
    if product.get("reason"):
        because += f'<p class="ov-facts">{safe(product["reason"])}</p>'
    source = picture(product.get("image"))
    image = f'<img src="{safe(source)}" alt="" loading="lazy">' if source else '<div class="ov-noimage"></div>'
    title = safe(product["title"])
    return (
        f'<article class="ov-card" data-id="{safe(product["id"])}" data-title="{title}">{image}'
        f'<div class="ov-body">{labels}<h3>{title}</h3><p class="ov-price">{before}<b>{safe(product["price"])}</b>'
        f"{checked(product.get('checked_at'), lang)}</p>"
        f'<p class="ov-stock {safe(product["availability"])}">{safe(stock(product, lang))}</p>{stars}{because}'
        f"{options(product, lang)}"
        f'<div class="ov-actions"><button class="ov-add">{safe(texts["add"])}</button>'
        f'<button class="ov-compare">{safe(texts["compare"])}</button></div></div></article>'
    )


def refusing(product: Mapping[str, Any], lang: str, dismissed: Collection[str]) -> str:
    """What a shopper can say to a suggestion: that it is not for them, and that its reason be forgotten."""
    texts = TEXTS[lang]
    event = product["because"].get("event") or {}
    data = "".join(
        f' data-{name.replace("_", "-")}="{safe(event[name])}"'
        for name in ("type", "product_id", "at")
        if name in event
    )

    def button(name: str, key: str) -> str:
        text = safe(texts[key])
        return f'<button class="{name}" aria-label="{text}: {safe(product["title"])}">{text}</button>'

    said = f"<span>{safe(texts['dismissed'])}</span>{button('ov-undo', 'undo')}"
    first = said if product.get("item_group_id") in dismissed else button("ov-dismiss", "dismiss")
    return f'<div class="ov-refuse"{data}><span aria-live="polite">{first}</span><span aria-live="polite">{button("ov-forget", "forget")}</span></div>'


def picture(path: object) -> str:
    """The address of a picture in the shop's folder; empty for any other: the page loads nothing from elsewhere."""
    parts = str(path or "").split("/")
    if parts[0] != "images" or len(parts) < 2 or any(part in ("", ".", "..") or "\\" in part for part in parts):
        return ""
    return "/" + quote("/".join(parts))


def checked(at: str | None, lang: str) -> str:
    """When the price was read; the page shows it in the reader's own time zone."""
    if not at:
        return ""
    clock = f"{at[11:16]} UTC"
    label = TEXTS[lang]["checked"].format(time=f'<time datetime="{safe(at)}">{safe(clock)}</time>')
    return f' <small class="ov-checked">{label}</small>'


def stock(product: Mapping[str, Any], lang: str) -> str:
    texts = TEXTS[lang]
    availability = product["availability"]
    if availability == "out_of_stock":
        return texts["sold_out"]
    if availability != "in_stock":
        return texts.get(availability, texts["sold_out"])
    count = product.get("quantity")
    return texts["few"].format(n=count) if count is not None and count < FEW else texts["in_stock"]


def options(product: Mapping[str, Any], lang: str) -> str:
    """A menu of the group's variants, the shown one chosen."""
    listed = product.get("options") or []
    if len(listed) < 2:
        return ""
    rows = []
    for option in listed:
        name = " · ".join(value for value in (option["color"], option["size"]) if value) or option["id"]
        out = option["availability"] == "out_of_stock"
        gone = f" · {TEXTS[lang]['sold_out']}" if out else ""
        state = (" selected" if option["id"] == product["id"] else "") + (" disabled" if out else "")
        rows.append(f'<option value="{safe(option["id"])}"{state}>{safe(name + gone)}</option>')
    return f'<select class="ov-options" aria-label="{safe(TEXTS[lang]["options"])}">{"".join(rows)}</select>'
