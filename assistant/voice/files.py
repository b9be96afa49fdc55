"""The front matter of voice files: everybody's, and a shop's own, whose rules only ever come on top."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from assistant.errors import SetupError

LONGEST = 2_000  # characters of prose: every model call begins with it
_LIMITS = ("max_sentences", "max_questions", "max_words_per_sentence", "max_characters_per_sentence")


def _says_something(word: str) -> str:
    """A word without a letter would be found everywhere."""
    if not re.search(r"[^\W_]", word):
        raise ValueError(f"{word!r} is no word")
    return word


def _settles(word: dict[str, str]) -> dict[str, str]:
    """A replacement must not hold what it replaces: mending would never come to an end."""
    for plain, other in word.items():
        _says_something(plain)
        if plain.lower() in other.lower():
            raise ValueError(f"{other!r} holds {plain!r} itself")
    return word


_Word = Annotated[str, AfterValidator(_says_something)] | Annotated[dict[str, str], AfterValidator(_settles)]
_Words = dict[Literal["en", "zh"], list[_Word | list[_Word]]]


class _Shared(BaseModel):
    """What the lint reads of the shared `voice.md`; older versions lack some."""

    forbidden: dict[str, _Words]
    never_address_as: _Words = Field(default_factory=dict)
    max_sentences: int = Field(4, ge=2)
    max_questions: int = Field(1, ge=0)
    max_words_per_sentence: int = Field(40, ge=8)
    max_characters_per_sentence: int = Field(90, ge=15)

    @field_validator("forbidden", mode="before")
    @classmethod
    def _grouped(cls, value: Any) -> Any:
        """Version 1 had no groups, only languages."""
        flat = isinstance(value, Mapping) and set(value) <= {"en", "zh"}
        return {"forbidden": value} if flat else value


class _Own(BaseModel):
    """What the front matter of a shop's voice may hold; see the shared `voice.md` for how words are written."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str | None = None
    version: str | float | int | None = None
    forbidden: _Words = Field(default_factory=dict)
    never_address_as: _Words = Field(default_factory=dict)
    max_sentences: int | None = Field(None, ge=2)  # one for the model, one for a fixed text
    max_questions: int | None = Field(None, ge=0)
    max_words_per_sentence: int | None = Field(None, ge=8)
    max_characters_per_sentence: int | None = Field(None, ge=15)


def shared_head(file: str, head: Mapping[str, Any]) -> dict[str, Any]:
    """The rules of a voice that all shops share.

    Raises:
        SetupError: they are malformed; names the file and the key.
    """
    try:
        return _Shared.model_validate(head).model_dump()
    except ValidationError as error:
        raise _told(file, error) from error


@dataclass(frozen=True)
class ShopVoice:
    """A shop's voice file.

    Args:
        prose: what the model reads after the shared voice.
        head: the rules that it adds.
    """

    prose: str = ""
    head: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""

    @property
    def version(self) -> str:
        return str(self.head.get("version") or "")

    def on(self, shared: Mapping[str, Any]) -> dict[str, Any]:
        """The shared front matter with this shop's rules added.

        Raises:
            SetupError: a limit is looser than the shared one; names file and key.
        """
        whole = dict(shared)
        for limit in _LIMITS:
            own = self.head.get(limit)
            if own is None:
                continue
            if own > shared[limit]:
                raise SetupError(
                    f"{self.file}: {limit}: {own} is looser than the {shared[limit]} of every shop. "
                    "A shop's voice may only be stricter: lower it or leave it out."
                )
            whole[limit] = own
        if self.head.get("forbidden"):
            whole["forbidden"] = {**shared["forbidden"], "shop_words": self.head["forbidden"]}
        more = self.head.get("never_address_as", {})
        whole["never_address_as"] = {
            language: [*shared["never_address_as"].get(language, ()), *more.get(language, ())]
            for language in ("en", "zh")
        }
        return whole


def is_shared(path: Path) -> bool:
    """Whether a voice file is one of all shops, like `prompts/voice.md`: its front matter names variables.

    Raises:
        SetupError: it cannot be read.
    """
    return bool(re.match(r"---\n(?:(?!---\n).*\n)*?variables:", _text(path)))


def read_shop_voice(path: Path) -> ShopVoice:
    """Read a shop's voice: prose, after front matter between `---` lines where it begins with one.

    Raises:
        SetupError: it cannot be read, or its front matter is malformed; names the file and the key or line.
    """
    text = _text(path)
    head: dict[str, Any] = {}
    prose = text
    if text.startswith("---\n"):
        front, end, prose = text[4:].partition("\n---\n")
        if not end:
            raise SetupError(f"{path}: the front matter has no end: put a line '---' after it.")
        head = _checked(path, front)
    prose = prose.strip()
    if len(prose) > LONGEST:
        raise SetupError(f"{path}: {len(prose)} characters of prose, more than {LONGEST}. Every model call reads it.")
    return ShopVoice(prose, head, str(path))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{path}: this voice cannot be read ({error}).") from error


def _checked(path: Path, front: str) -> dict[str, Any]:
    try:
        loaded = yaml.safe_load(front)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 2}" if mark else ""  # the line of dashes comes first
        raise SetupError(f"{path}{line}: not valid YAML ({getattr(error, 'problem', error)}).") from error
    try:
        return _Own.model_validate({} if loaded is None else loaded).model_dump(exclude_unset=True)
    except ValidationError as error:
        raise _told(str(path), error) from error


def _told(file: str, error: ValidationError) -> SetupError:
    return SetupError(f"{file}: {'; '.join(dict.fromkeys(_problem(item) for item in error.errors()))}.")


def _problem(item: Any) -> str:
    key = ".".join(
        str(part)
        for part in item["loc"]
        if not re.match(r"(?:list|dict|function-\w+)\[|(?:str|float|int|\[key\])$", str(part))
    )
    if item["type"] == "extra_forbidden":
        return f"{key}: there is no such key; known are {', '.join(_Own.model_fields)}"
    return f"{key or 'the front matter'}: {item['msg']}"
