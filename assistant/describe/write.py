"""Writes drafts: one model call a product, another one if nothing of the first can stay."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.describe.drafts import Row, text_hash
from assistant.describe.judge import Dropped, Judge, Kept
from assistant.describe.source import Source
from assistant.errors import SetupError
from assistant.llm import Model
from assistant.prompts import Composer, sha
from assistant.sentences import Splitter

TOKENS = 240  # of the embedded model; a draft has about 120
_TITLE = re.compile(r"\W*(?:product )?(?:title|name|标题|名称|商品名称)\W*[:：]\W*", re.I)
_HEADING = re.compile(r"\W*(?:product )?(?:description|描述|商品描述)\W*[:：]\W*", re.I)
_ENDS = re.compile(r"[.!?。！？]$")


@dataclass(frozen=True)
class Attempt:
    """What is left of one call of the model: the title with a note on it, what stays of the description and what not."""

    title: str = ""
    title_note: str = ""
    kept: Sequence[Kept] = ()
    dropped: Sequence[Dropped] = ()
    prompt_sha: str = ""


class Writer:
    """Writes descriptions in one language.

    Args:
        model: any; it is asked for prose, and calls no tools.
    """

    def __init__(self, composer: Composer, model: Model, judge: Judge, language: str) -> None:
        self._composer = composer
        self._model = model
        # a hosted model may think before it writes, and knows by itself when to stop
        self._chat = model.chat if model.native else model.chat.bind(max_tokens=TOKENS)
        self._judge = judge
        self._language = language

    def write(self, source: Source) -> Row:
        """A draft for a group, as a row of the file.

        Raises:
            SetupError: the model does not answer.
        """
        told = bool(source.facts or source.reviews)
        attempt = self._attempt(source, ()) if told else Attempt()
        if told and not attempt.kept:
            refused = [f"{row.text} ({row.reason})" for row in attempt.dropped] or ["(there was no description)"]
            again = self._attempt(source, refused)
            attempt = replace(again, dropped=[*attempt.dropped, *again.dropped])
        kept, dropped = attempt.kept, attempt.dropped
        group = source.group
        row = {
            "item_group_id": group.id,
            "id": group.variants[0].id,
            "language": self._language,
            "status": "draft" if kept else "none",
            "note": "" if kept else _why(told, dropped),
            "current_title": group.title,
            "title": attempt.title if kept else group.title,
            "title_note": attempt.title_note,
            "description": ("" if self._language == "zh" else " ").join(sentence.text for sentence in kept),
            "rests_on": [{"sentence": sentence.text, "facts": list(sentence.rests_on)} for sentence in kept],
            "dropped": [{"sentence": row.text, "reason": row.reason} for row in dropped],
            "left_out": list(source.left_out),
            "model": self._model.name,
            "voice": self._composer.voice_version,
            "prompt_sha": attempt.prompt_sha,
            "source_hash": source.hash,
        }
        return {**row, "text_hash": text_hash(row)}

    def _attempt(self, source: Source, refused: Sequence[str]) -> Attempt:
        """One call, judged."""
        facts = [f"Title: {source.group.title}", *(fact.text for fact in source.facts)]
        messages = self._composer.describe(facts, source.reviews, self._language, refused)
        try:
            reply = self._chat.invoke(messages)
        except Exception as error:  # whatever the endpoint's client raises; what was written so far is in the file
            raise SetupError(
                f"the model {self._model.name} did not answer for {source.group.id} ({type(error).__name__}: {error})"
            ) from error
        proposed, sentences, unfinished = read_draft(reply.text)
        kept, dropped = self._judge.sentences(sentences, source)
        if unfinished:
            dropped.append(Dropped(unfinished, "not finished"))
        title, note = self._judge.title(proposed, source)
        return Attempt(title, note, kept, dropped, sha(messages))


def read_draft(text: str) -> tuple[str, list[str], str]:
    """A model's draft as title, sentences, and what is left of a sentence that does not end.

    The title is on the line that says so, or on the first where that is no sentence.
    """
    title = ""
    lines: list[str] = []
    for line in text.strip().strip("`").splitlines():
        if match := _TITLE.match(line):
            title = title or line[match.end() :]
        else:
            lines.append(_HEADING.sub("", line))
    if not title and len(lines) > 1 and not _ENDS.search(lines[0].rstrip()):
        title = lines.pop(0)
    splitter = Splitter()
    sentences = splitter.feed("\n".join(lines))
    left, whole = splitter.rest()
    return title.strip(" \t\"“”'*#_."), [*sentences, left] if left and whole else sentences, "" if whole else left


def _why(told: bool, dropped: Sequence[Dropped]) -> str:
    """Why there is no description."""
    if not told:
        return "nothing but the title is stated of it: the model was not asked"
    return "nothing of what the model wrote is supported" if dropped else "the model wrote nothing"
