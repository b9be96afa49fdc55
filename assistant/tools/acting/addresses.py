"""An address as somebody writes it in a message: "Hauptstrasse 5, 45127 Essen, Germany", "上海市徐汇区漕溪北路88号 200030".

Parts only. Nothing is guessed but the country of an address that is written the Chinese way, with a postal code of China.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.countries import country_in
from index.numbers import order_ids
from index.words import is_chinese

NEEDED = ("address1", "zip", "city", "country")
_PARTS = re.compile(r"[,;\n，；、]|\s+\bin\b\s+(?=[^\W\d])")
_STREET = re.compile(
    r"(?:\d+\w?(?:[-/]\d+\w?)? [^\W\d][\w.'’ -]{2,50}|[^\W\d][\w.'’ -]{2,50}? \d+ ?[a-z]?(?:[-/]\d+\w?)?|[\u3400-\u9fff]{2,20}\d+号?)$",
    re.I,
)
_ZIP = re.compile(
    r"(?<![\w-])(\d{4}-\d{3}|\d{5}-\d{4}|\d{3} \d{2}|\d{4} ?[A-Z]{2}|\d{4,6}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})(?![\w-])"
)
_AS_WHAT = re.compile(r"\bas (?:my|the) [^,;.]*\baddress\b", re.I)  # "save 5 Hill Road, Essen as my default address"
_STATE = re.compile(r"(?<!\w)[A-Z]{2}(?!\w)")
_BEFORE = re.compile(
    r"^.*(?:\b(?:to|at|is|be|address|into|for|but|save|use|keep|remember)\b|:|：|地址|改成|改为|寄到|送到|发到|邮编)\s*(?:my (?:new |other )?(?:address|home|office|place)[, ]*)?",
    re.I | re.S,
)
_FLOOR = re.compile(r"\b(?:apt|apartment|suite|unit|floor|flat|c/o)\b|#\s*\d|[楼室层栋座]|单元", re.I)


# Written the Chinese way: from the large to the small, without commas.
_CUT_ZH = re.compile(
    r"[,;\n，；、。!！]|\s+|(?:我的?|新的?|收货|收件|默认)*地址(?:是|为)?|(?:改|换|变|变更|更新|修改|保存|存|设|设置)(?:成|为|到)|(?:寄|送|发|搬)(?:到|去|往)|[:：]"
)
_WHOLE_ZH = re.compile(
    r"(?P<state>[\u3400-\u9fff]{2,7}?(?:省|自治区))?"
    r"(?P<city>(?:北京|上海|天津|重庆)市?|[\u3400-\u9fff]{2,7}?[市州])?"
    r"(?P<street>[\u3400-\u9fff\d]{1,24}?(?:路|街|道|巷|弄|里|胡同|村|镇)[\u3400-\u9fff]{0,4}\d+(?:[-之]\d+)?[号弄]?)"
    r"(?P<rest>[\u3400-\u9fffA-Za-z\d-]*)$"
)
_ZIP_ZH = re.compile(r"(?:邮编|邮政编码)?(\d{4,6})")
_NAME_ZH = re.compile(r"(?:收件人|收货人|联系人|姓名)?(?:是|叫)?([\u3400-\u9fff·]{2,6}?)(?:收|先生|女士)?")
_NO_NAME = re.compile("谢|请|麻烦|确认|可以|好的|是的|不|了|吧|吗|电话|手机|邮编|订单|保存|记")


def address_in(text: str, *, answer: bool) -> Mapping[str, str]:
    """The parts of an address that a message says, as in `Address`; empty where it says none.

    Args:
        answer: it answers the question for the address, so that "45127 Essen" alone is part of one.
    """
    for key in order_ids(text):
        text = re.sub(rf"#?\b{re.escape(key)}(?!\w)", " ", text, flags=re.I)
    text = _AS_WHAT.sub("", text)
    if written := _chinese(text):
        return written
    found: dict[str, str] = {}
    for raw in _PARTS.split(text):
        part = raw.strip(" .!。")
        if not answer and not found and (not any(char.isdigit() for char in part) or not part):
            continue  # "to my office instead" is no town
        if "address1" not in found:
            short = _BEFORE.sub("", part).strip()
            part = short or part
        _take(part, found, answer or bool(found))
    return found


def _chinese(text: str) -> dict[str, str]:
    """The parts of an address that is written the Chinese way; empty where there is none."""
    parts = [part for part in _CUT_ZH.split(text) if part]
    country = next((c for part in parts if (c := country_in(part)) and part.startswith(c)), "")
    parts = [left for part in parts if (left := part.removeprefix(country))]
    place, whole = next(((n, m) for n, part in enumerate(parts) if (m := _WHOLE_ZH.match(part))), (0, None))
    if whole is None:
        return {}
    found = {name: whole[name] for name in ("state", "city") if whole[name]} | ({"country": country} if country else {})
    found["address1"] = whole["street"]
    more = [whole["rest"]] if whole["rest"] else []
    for part in parts[place + 1 :]:
        if code := _ZIP_ZH.fullmatch(part):
            found.setdefault("zip", code[1])
        elif _FLOOR.search(part):
            more.append(part)
        elif "name" not in found and not _NO_NAME.search(part) and (name := _NAME_ZH.fullmatch(part)):
            found["name"] = name[1]
    if code := _ZIP_ZH.fullmatch(parts[place - 1]) if place else None:  # before the rest, as on an envelope
        found.setdefault("zip", code[1])
    if more:
        found["address2"] = " ".join(more)
    if len(found.get("zip", "")) == 6 and (found.get("state") or found.get("city")):
        found.setdefault("country", "中国")
    return found


def address_text(address: Mapping[str, str]) -> str:
    """An address in one line; one that is written the Chinese way goes from the large to the small."""
    if is_chinese(address.get("address1", "")):
        where = "".join(address.get(part, "") for part in ("country", "state", "city", "address1", "address2"))
        return "，".join(part for part in (where, address.get("zip"), address.get("name")) if part)
    parts = ("name", "address1", "address2", "zip", "city", "state", "country")
    return ", ".join(address[part] for part in parts if address.get(part))


def missing(address: Mapping[str, str]) -> list[str]:
    """What of an address is still to be said."""
    return [name for name in NEEDED if not address.get(name)]


def _take(part: str, found: dict[str, str], within: bool) -> None:
    if country := country_in(part):
        found["country"] = country
        part = part.replace(country, "").strip(" ,.")
    if not part:
        return
    if "address1" not in found and _STREET.match(part) and not _only_code(part):
        found["address1"] = part
    elif within and "address1" in found and _FLOOR.search(part):
        found["address2"] = part
    elif within and "zip" not in found and (code := _ZIP.search(part)):
        found["zip"] = code[1]
        rest = part.replace(code[1], " ").strip(" ,.")
        if state := _STATE.search(rest):
            found["state"] = state[0]
            rest = rest.replace(state[0], " ")
        if city := " ".join(rest.split()):
            found.setdefault("city", city)
    elif within and "city" not in found and not any(char.isdigit() for char in part) and len(part.split()) <= 4:
        found["city"] = part


def _only_code(part: str) -> bool:
    """ "45127 Essen" is a postal code and its town, and no house 45127 of a street."""
    match = _ZIP.match(part)
    return match is not None and match.end() < len(part) and len(re.findall(r"\d+", part)) == 1 and len(match[1]) >= 4
