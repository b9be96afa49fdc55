"""The one composer: every word that a model or a shopper reads comes through here from the files of `prompts/`.

Templates are strict. Their front matter names the variables; a missing or unknown one is an error.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined, Template
from jinja2.meta import find_undeclared_variables
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from assistant.errors import Bug

FOLDER = Path(__file__).resolve().parent.parent / "prompts"
PROMPTS = ("plan", "answer", "native", "facts", "translate", "describe", "describe_facts")
_environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)


@dataclass(frozen=True)
class Prompt:
    """A template file: its front matter and its body."""

    name: str
    version: str
    variables: frozenset[str]
    head: Mapping[str, Any]
    template: Template

    def render(self, **values: str) -> str:
        """Fill the template in.

        Raises:
            Bug: a variable is missing or not declared.
        """
        if set(values) != self.variables:
            raise Bug(f"prompt {self.name}: wants {sorted(self.variables)}, got {sorted(values)}")
        return self.template.render(**values).strip()


def load_prompt(name: str, folder: Path = FOLDER) -> Prompt:
    """Read `NAME.md`: YAML front matter between `---` lines, then the template.

    Raises:
        Bug: no front matter, or the template uses other variables than it declares.
    """
    path = folder / f"{name}.md"
    opening, _, rest = path.read_text(encoding="utf-8").partition("---\n")
    front, separator, body = rest.partition("\n---\n")
    if opening or not separator:
        raise Bug(f"{path.name}: must begin with front matter between '---' lines")
    head = yaml.safe_load(front)
    used = find_undeclared_variables(_environment.parse(body))
    if used != set(head["variables"]):
        raise Bug(f"{path.name}: declares {sorted(head['variables'])} and uses {sorted(used)}")
    return Prompt(head["name"], str(head["version"]), frozenset(used), head, _environment.from_string(body))


class Composer:
    """Composes every model call of a shop. What a shopper reads begins with the brand, the same bytes for everybody."""

    def __init__(self, shop: str, assistant: str, shop_voice: str = "") -> None:
        self._voice = load_prompt("voice")
        self._prompts = {name: load_prompt(name) for name in PROMPTS}
        self.brand = self._voice.render(shop=shop, assistant=assistant, shop_voice=shop_voice.strip())
        self.assistant = assistant
        self.shop = shop
        self.voice_head: Mapping[str, Any] = self._voice.head
        self.voice_version = f"{self._voice.version}+{_sha(self.brand)[:8]}"

    @cached_property
    def examples(self) -> Mapping[str, Any]:
        """The labelled messages of `plans.yaml`."""
        loaded: Mapping[str, Any] = yaml.safe_load((FOLDER / "plans.yaml").read_text(encoding="utf-8"))
        return loaded

    @cached_property
    def _plan_prefix(self) -> list[BaseMessage]:
        system = SystemMessage(f"{self.brand}\n\n{self._prompts['plan'].render()}")
        turns: list[BaseMessage] = [system]
        for example in self.examples["in_prompt"]:
            turns += [HumanMessage(example["say"]), AIMessage(plan_json(example["calls"]))]
        return turns

    def plan(self, history: Sequence[tuple[str, str]], message: str) -> list[BaseMessage]:
        """The call that chooses tools under a grammar.

        Args:
            history: (message, plan as JSON) of earlier turns, oldest first; it only ever grows, so that it stays
                in the server's cache.
        """
        turns = list(self._plan_prefix)
        for said, plan in history:
            turns += [HumanMessage(said), AIMessage(plan)]
        return [*turns, HumanMessage(message)]

    def answer(self, kind: str, facts: str, message: str, language: str) -> list[BaseMessage]:
        """The call that writes prose from facts."""
        system = SystemMessage(f"{self.brand}\n\n{self._prompts['answer'].render()}")
        text = self._prompts["facts"].render(kind=kind, facts=facts, message=message, language=language)
        return [system, HumanMessage(text)]

    def native(
        self, values: str, history: Sequence[tuple[str, str]], messages: Sequence[BaseMessage]
    ) -> list[BaseMessage]:
        """A call of a model with native tool calls: what was said before, then this turn's messages.

        Args:
            values: what may be filtered by, as `Search.values` gives it; the same for all turns of a catalogue.
        """
        system = SystemMessage(f"{self.brand}\n\n{self._prompts['native'].render(values=values)}")
        turns: list[BaseMessage] = [system]
        for said, replied in history:
            turns += [HumanMessage(said), AIMessage(replied)]
        return [*turns, *messages]

    def describe(
        self, facts: Sequence[str], reviews: Sequence[str], language: str, refused: Sequence[str] = ()
    ) -> list[BaseMessage]:
        """The call that writes a product's description, and its title on a line of its own.

        Args:
            facts: what is stated of the product, the title first; no fact has a line break.
            reviews: what customers wrote.
            refused: sentences of an earlier draft that could not stay, with the reasons.
        """
        task = self._prompts["describe"]
        example = task.head["examples"][language]
        return [
            SystemMessage(f"{self.brand}\n\n{task.render()}"),
            HumanMessage(self._product(example["facts"], example["reviews"], language)),
            AIMessage(example["draft"]),
            HumanMessage(self._product(facts, reviews, language, refused)),
        ]

    def _product(self, facts: Sequence[str], reviews: Sequence[str], language: str, refused: Sequence[str] = ()) -> str:
        listed = {"facts": facts, "reviews": reviews, "refused": refused}
        values = {name: "\n".join(f"- {line}" for line in lines) for name, lines in listed.items()}
        return self._prompts["describe_facts"].render(language=language, **values)

    def translate(self, message: str) -> list[BaseMessage]:
        """The call that puts a message into English, as a plan of one call. No shopper reads it: it needs no brand."""
        prompt = self._prompts["translate"]
        turns: list[BaseMessage] = [SystemMessage(prompt.render())]
        for example in prompt.head["examples"]:
            plan = plan_json([{"tool": "translate", "english": example["english"]}])
            turns += [HumanMessage(example["say"]), AIMessage(plan)]
        return [*turns, HumanMessage(message)]


class FixedTexts:
    """The fixed texts of `fixed.yaml`, in the language of the message; English where a language has none."""

    def __init__(self) -> None:
        self._texts = yaml.safe_load((FOLDER / "fixed.yaml").read_text(encoding="utf-8"))

    def __call__(self, language: str, key: str, /, **values: object) -> str:
        """Fill a text in.

        Raises:
            Bug: no such text, or a value is missing.
        """
        texts = self._texts.get(language) or self._texts["en"]
        try:
            text: str = texts[key].format_map({name: str(value) for name, value in values.items()})
        except KeyError as error:
            raise Bug(f"fixed text {key!r} in {language!r}: missing {error}") from error
        return text


def plan_json(calls: Sequence[Mapping[str, Any]]) -> str:
    """A plan as the grammar writes it: compact, keys in the order of the schema."""
    return json.dumps(list(calls), ensure_ascii=False, separators=(",", ":"))


def sha(messages: Sequence[BaseMessage]) -> str:
    """A hash of what was sent: 16 hex digits."""
    return _sha("\x00".join(f"{m.type}\x01{m.content}" for m in messages))[:16]


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
