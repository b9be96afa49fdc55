"""The voice's rules that a program can check, applied to every sentence before it is shown. English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]")
_MARKUP = re.compile(r"```|\*\*|__|^\s*#+\s|^\s*[-*•]\s+|<[^>]{1,80}>|`", re.M)
_LINK = re.compile(r"https?://|www\.|\]\(")
_LEAK = re.compile(
    r'[{}]|"tool"|\b\w+\([\w, ]*\)|\bdef \w|\bimport \w|\bhere(?:\'s| is) (?:a|the|your) (?:\w+ )?(?:code|function|script|poem|essay|joke)|\bthe customer\b|\b(?:search_products|show_product|compare_products|ask_policy|update_cart|view_cart|order_status|'
    r"remember_preference|hand_off)\b|\b(?:FACTS|END OF FACTS)\b|\bTask:|\bthe facts\b|\bsystem prompt\b"
)
_CJK = re.compile(r"[\u3400-\u9fff]")


class Voice:
    """The checkable rules of `voice.md`."""

    def __init__(self, head: Mapping[str, Any]) -> None:
        self._forbidden: Mapping[str, list[str]] = head["forbidden"]
        self.max_sentences: int = head["max_sentences"]
        self._max_words: int = head["max_words_per_sentence"]

    def mend(self, sentence: str, language: str) -> tuple[str | None, tuple[str, ...]]:
        """A sentence as it may be shown, or None, and what was wrong with it."""
        found: list[str] = []
        text = sentence
        if _EMOJI.search(text):
            found.append("emoji")
            text = _EMOJI.sub("", text)
        if _MARKUP.search(text):
            found.append("markup")
            text = _MARKUP.sub("", text)
        if "!" in text or "！" in text:
            text = text.replace("!", ".").replace("！", "。")
        text = " ".join(text.split())
        if not re.search(r"\w", text):
            return None, tuple(found)
        fatal = self.violations(text, language)
        return (None if fatal else text), (*found, *fatal)

    def violations(self, text: str, language: str) -> tuple[str, ...]:
        """The rules that a sentence breaks and that cannot be mended."""
        found: list[str] = []
        lower = text.lower()
        for word in self._forbidden.get("en", []):
            if re.search(rf"\b{re.escape(word)}\b", lower):
                found.append(f"forbidden: {word}")
        found += [f"forbidden: {word}" for word in self._forbidden.get("zh", []) if word in text]
        if _LINK.search(text):
            found.append("link")
        if _LEAK.search(text):
            found.append("internal words")
        if language == "en" and len(text.split()) > self._max_words * 1.5:
            found.append("too long")
        chinese = len(_CJK.findall(text))
        if language == "zh" and chinese < 2:
            found.append("language")
        if language == "en" and chinese:
            found.append("language")
        return tuple(found)
