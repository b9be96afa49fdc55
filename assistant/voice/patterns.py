"""The patterns of the rules that are no mere lists of words. They see what is quoted as single private characters."""

from __future__ import annotations

import re

HAN = r"\u3400-\u9fff"
HELD = r"\ue000-\uf8ff"  # what is quoted
CLOSED = rf"{HAN}”）》」"  # what a Chinese mark may follow


def any_of(*parts: str, flags: int = 0) -> re.Pattern[str]:
    """One pattern of several."""
    return re.compile("|".join(parts), flags)


# Shape: how it looks on the page

EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\u231a\u231b\u23e9-\u23fa\u20e3\u2190-\u21ff\u25a0-\u25ff]"
)
EMOTICON = any_of(
    r"(?<![A-Za-z0-9])[:;=][-'^]?[)(DPp](?![A-Za-z0-9])",
    r"\(\^[_-]?\^\)|\^[_-]?\^|<3|T_T|(?<![A-Za-z])[xX]D(?![A-Za-z])",
)
ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{1,6}|#x[0-9a-f]{1,5});", re.I)
WIDE_LETTER = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
SCRIPT = any_of(
    r"<\s*/?\s*(?:script|style|iframe|object|embed|svg|form|link|meta|img)\b",
    r"<[^>]*\bon\w+\s*=|javascript:|data:text",
    flags=re.I,
)
IMAGE_LINK, TEXT_LINK = re.compile(r"!\[[^\]]*\]\([^)]*\)"), re.compile(r"\[([^\]]+)\]\([^)]*\)")
TAG = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]{0,300}>", re.S)
EMPHASIS = re.compile(r"(?<!\w)([*_])(?=\S)([^*_]+?)(?<=\S)\1(?!\w)")
MARKUP = re.compile(r"`+|\*+|__|~~|\s*\|+\s*$|^\s*\|+\s*")
LIST_MARK = re.compile(r"^(?:#{1,6}\s+|>+\s*|[-+*•·▪–—]\s+|\d{1,2}[.)]\s+|-{3,}\s*)")
LABEL = re.compile(r"^(?:assistant|answer|reply|response|bot|助手|客服|回答|答复|回复|答)\s*[:：]\s*", re.I)
SURPRISE = re.compile(r"[!！‼]*[?？⁉⁈][!！?？]*[!！‼]+|[!！‼]+[?？]+|[⁉⁈]")
SHOUT_ZH, SHOUT = re.compile(rf"(?<=[{HAN}])[!！‼]+|！+"), re.compile(r"[!‼]+")
_DOTS_ZH, _DOTS = r"\s*(?:\.{2,}|…+|。{2,})", r"\s*(?:\.{2,}|…+|\.\s\.\s\.)"
DOTS_FIRST = re.compile(r"^\s*(?:\.{2,}|…+|。{2,})\s*")
DOTS_WITHIN_ZH, DOTS_ZH = re.compile(rf"(?<=[{HAN}]){_DOTS_ZH}\s*(?=[{HAN}])"), re.compile(rf"(?<=[{HAN}]){_DOTS_ZH}")
DOTS_WITHIN, DOTS = re.compile(rf"{_DOTS}\s*(?=[a-z])"), re.compile(_DOTS)
AFTER_QUESTION = re.compile(r"([?？])(?:\s*[?？.。,，])+")
BEFORE_STOP = re.compile(r"[,，;；:：]\s*([.。?？])")
AFTER_STOP, AFTER_STOP_ZH = re.compile(r"\.(?:\s*[;.]+|\s+,+)+"), re.compile(r"。\s*[,，;；.。]+")
REPEATED = re.compile(r"([,，;；:：、])(?:\s*[,，;；:：、])+")
DASHES = re.compile(r"\s*-{2,}\s*|\s*[—–]{2,}\s*")
TILDE = re.compile(r"\s*[~～]+(?=\s*(?:$|[.。!！?？,，]))")
_SHOUTED = (
    "ALL ALWAYS AMAZING AND ANY BEST BIG BUT BUY CAN DEAL EVER EVERY EXTRA FAST FREE GREAT HOT HUGE JUST LOVE MANY "
    "MORE MOST MUST NEVER NEW NONE NOT NOW OFF ONLY ORDER PERFECT SALE SAVE STOP SUPER SURE THAT THE THIS TODAY TOP "
    "VERY WOW YES YOU YOUR"
).replace(" ", "|")
CAPITALS = any_of(  # an abbreviation (USB, HDMI) is no shouting
    r"(?<![\w&-])[A-Z]{2,}(?:[ ,]+(?:[A-Z]{2,}|[AI](?![\w'’]))){2,}(?![\w&-])",
    rf"(?<![\w&-])(?:{_SHOUTED})S?(?![\w&-])",
    r"(?<![\w&-])[A-Z]{6,}(?![\w&-])",
    r"(?<![\w&-])[A-Z]{3,}(?: [A-Z]{3,})+(?![\w&-])",
    rf"(?<=[{HAN}])(?:{_SHOUTED}|[A-Z]{{6,}})(?=[{HAN}])",
)
INFORMAL_YOU = re.compile("[你您]们|你")
PARTICLES = "哦喔哟呦啦嘛噢哈呀"
PARTICLE = re.compile(rf"(?<=[{HAN}{HELD}])(?<!哈)[{PARTICLES}]+(?=\s*(?:[。！？，,.!?~～]|$))")
COMMA = re.compile(rf"(?<=[{CLOSED}]) *, *| *, *(?=[{HAN}“《「（])")
STOP = re.compile(rf"(?<=[{CLOSED}{HELD}])\.(?![\w.])|(?<=\w)\.\s*$|(?<=\w)\.\s+(?=[{HAN}])")
QUESTION = re.compile(r"\s*\?\s*")
SEMICOLON = re.compile(rf"(?<=[{CLOSED}]) *; *| *; *(?=[{HAN}])")
COLON = re.compile(rf"(?<=[{CLOSED}]) *: *|: *(?=[{HAN}“《])")
ROUND = re.compile(rf"(?<=[{HAN}])\s*\(([^()]*)\)|\(([^()]*[{HAN}][^()]*)\)")
STRAIGHT_QUOTES = re.compile(rf"\"([^\"]*[{HAN}{HELD}][^\"]*)\"")
FULL_WIDTH = re.compile("[，。？；：（）、！「」『』《》【】]")

# Manner: how it speaks, beyond the words of the voice file

INTENSIFIER = re.compile(
    r"\b(?:so|very|really|truly|terribly|deeply|awfully|extremely|incredibly|sincerely)(?:,? (?:so|very|really))* "
    r"(?=(?:sorry|apologi[sz]e)\b)|\b(?:sincere|sincerest|deepest|heartfelt|a thousand) (?=apolog)",
    re.I,
)
INTENSIFIER_ZH = re.compile(r"(?:非常|十分|万分|实在|真的|真是|特别|太|万般)+(?=抱歉|对不起|不好意思)|深感(?=抱歉)")
APOLOGY_ZH = re.compile(r"深表歉意|致以(?:最)?诚挚的歉意")
SOURCE = re.compile(
    r"^(?:based on|according to|from)\s+(?:the\s+|these\s+|your\s+)?(?:(?:provided|given|above|available)\s+)?"
    r"(?:facts?|information|details|data|passage|context|text)(?:\s+(?:provided|given|above|available))?\s*,\s*",
    re.I,
)
DOUBLED = re.compile(r"\b(is|are|of|to|and) \1\b", re.I)
ARTICLES = re.compile(r"\b(?:the|an?) (the|an?)\b", re.I)  # a name's own is the last
SOURCE_WITHIN = re.compile(  # "… is not stated in the given facts."
    r",?\s+(?:in|by|from|within|according to|based on|as stated in)\s+(?:the|these|this)\s+(?:(?:provided|given|available)\s+)?"
    r"(?:facts?|passage|information|data)(?:\s+(?:provided|given|above|available))?(?=\s*(?:[.,;]|$))",
    re.I,
)
SOURCE_ZH = re.compile(
    r"^(?:根据|按照|依据)(?:所?提供的|所给的?|给出的|上述|以上)?(?:信息|资料|事实|内容|数据)[，,]\s*"
)
MATERIAL = any_of(
    r"\b(?:the|these) (?:provided |given )?facts\b|\b(?:the|this) passage\b|\bcontext provided\b",
    r"\b(?:provided|given) (?:facts|information|context|data)\b",
    r"(?:提供|给出)的(?:事实|信息|数据)|所给(?:事实|信息)",
    flags=re.I | re.A,
)
INTERNAL = any_of(
    r"[{}]|\"\w+\"\s*:|(?<![A-Za-z/])[a-z]+(?:_[a-z]+)+(?![A-Za-z])|\b\w+\(\)",
    r"\bdef \w+\(|^\s*(?:import|from) \w+(?: import|$)",
    r"\b(?:END OF )?FACTS\b|\b(?:Task|System|Tools?):|\bJSON\b",
    r"\b(?i:system prompt|my prompt|this prompt|the prompt|my instructions|tool calls?|function calls?)\b",
    r"\b(?i:the tools? (?:return|say|found|gave))",
    r"系统提示|提示词|工具调用|函数调用|我的指令",
    flags=re.A,  # so that a Latin word begins and ends beside Chinese characters too
)
INVENTED_MESSAGE = re.compile(r"^(?:customer|user|human|shopper|question|q|顾客|用户|客户|问题|问)\s*[:：]", re.I)
THIRD_PERSON = re.compile(
    r"\b(?:the|this) (?:customer|user|shopper)\b(?! (?:reviews?|service|account|rating))|(?:这位|该)(?:顾客|用户|客户)",
    re.I | re.A,
)
OTHER_WORK = re.compile(
    r"\bhere(?: is|['’]s) (?:a|the|your|an) (?:\w+ )?(?:code|function|script|poem|essay|joke|story|song)\b"
    r"|这是(?:一?(?:首|段|篇|个))(?:诗|代码|文章|笑话|故事)",
    re.I | re.A,
)
LINK = any_of(
    r"https?:|\bwww\.|\]\(|[\w.+-]+@[\w-]+\.\w{2,}",
    r"(?<![\w.])(?:[a-z0-9-]{2,}\.)+(?:com|net|org|io|cn|shop|store|co\.uk|de|eu)(?!\w)",
    flags=re.I | re.A,
)
TABLE = re.compile(r"\|")
MIXED_SCRIPT = re.compile(r"[A-Za-z][\u0370-\u03ff\u0400-\u04ff]|[\u0370-\u03ff\u0400-\u04ff][A-Za-z]")
QUOTED = re.compile(f"[{HELD}]")
MEANING = re.compile(rf"[^\W\d_]|[{HELD}]")
PLAIN_WORD = re.compile(r"(?<![A-Za-z])[a-z]{2,}(?![A-Za-z])")  # no name, which would have a capital
FOREIGN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
