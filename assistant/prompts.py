"""The one composer: every word that a model or a shopper reads comes through here from the files of `prompts/`.

Templates are strict. Their front matter names the variables; a missing or unknown one is an error.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from string import Formatter
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined, Template, TemplateSyntaxError
from jinja2.meta import find_undeclared_variables
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from assistant.errors import Bug
from assistant.untrusted import brief, fenced
from assistant.voice.files import ShopVoice, shared_head
from index.loading import parse_yaml, read_yaml

TELLING = 12  # letters of a fixed text's own that tell it from prose
FOLDER = Path(__file__).resolve().parent.parent / "prompts"
PROMPTS = (
    "plan",
    "answer",
    "native",
    "values",
    "facts",
    "translate",
    "describe",
    "describe_facts",
    "summary",
    "summary_talk",
)
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
    return read_prompt(folder / f"{name}.md")


def read_prompt(path: Path) -> Prompt:
    """Read a template file.

    Raises:
        Bug: no front matter, or the template uses other variables than it declares.
    """
    try:
        opening, _, rest = path.read_text(encoding="utf-8").partition("---\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Bug(f"{path}: cannot be read ({error})") from error
    front, separator, body = rest.partition("\n---\n")
    if opening or not separator:
        raise Bug(f"{path.name}: must begin with front matter between '---' lines")
    try:
        head = parse_yaml(front)
        name, version, declared = head["name"], str(head["version"]), set(head["variables"])
        used = find_undeclared_variables(_environment.parse(body))
    except yaml.YAMLError as error:
        raise Bug(f"{path}: the front matter is not YAML: {error}") from error
    except (KeyError, TypeError) as error:
        raise Bug(f"{path}: the front matter must have name, version and variables ({error!r})") from error
    except TemplateSyntaxError as error:
        raise Bug(f"{path}: {error}") from error
    if used != declared:
        raise Bug(f"{path.name}: declares {sorted(declared)} and uses {sorted(used)}")
    return Prompt(name, version, frozenset(used), head, _environment.from_string(body))


class Composer:
    """Composes every model call of a shop. What a shopper reads begins with the brand, the same bytes for everybody.

    Args:
        shop_voice: the shop's own voice, on top of everybody's.
        voice: the voice of every shop; default: the one of `prompts/`.
    """

    def __init__(
        self, shop: str, assistant: str, shop_voice: ShopVoice | None = None, voice: Prompt | None = None
    ) -> None:
        own = shop_voice or ShopVoice()
        self._voice = voice or load_prompt("voice")
        self._prompts = {name: load_prompt(name) for name in PROMPTS}
        self.brand = self._voice.render(shop=shop, assistant=assistant, shop_voice=own.prose)
        self.assistant = assistant
        self.shop = shop
        self.voice_head: Mapping[str, Any] = own.on(shared_head(f"{self._voice.name}.md", self._voice.head))
        rules = json.dumps(self.voice_head, ensure_ascii=False, sort_keys=True)
        versions = [self._voice.version, own.version, _sha(self.brand + rules)[:8]]
        self.voice_version = "+".join(filter(None, versions))

    @cached_property
    def examples(self) -> Mapping[str, Any]:
        """The example plans of `plans.yaml`."""
        loaded: Mapping[str, Any] = read_yaml(FOLDER / "plans.yaml")
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
            turns += [HumanMessage(brief(said)), AIMessage(plan)]
        return [*turns, HumanMessage(brief(message))]

    def answer(self, kind: str, facts: str, message: str, language: str) -> list[BaseMessage]:
        """The call that writes prose from facts."""
        return [*self._answer_prefix, self._asked(kind, facts, message, language)]

    @cached_property
    def _answer_prefix(self) -> list[BaseMessage]:
        task = self._prompts["answer"]
        turns: list[BaseMessage] = [SystemMessage(f"{self.brand}\n\n{task.render()}")]
        for example in task.head["examples"]:
            facts = "\n".join(fenced(example["facts"]))
            turns += [self._asked(example["kind"], facts, example["message"], example["language"])]
            turns += [AIMessage(example["answer"])]
        return turns

    def _asked(self, kind: str, facts: str, message: str, language: str) -> HumanMessage:
        text = self._prompts["facts"].render(kind=kind, facts=facts, message=brief(message), language=language)
        return HumanMessage(text)

    def native(
        self, values: str, history: Sequence[tuple[str, str]], messages: Sequence[BaseMessage]
    ) -> list[BaseMessage]:
        """A call of a model with native tool calls: what was said before, then this turn's messages.

        Args:
            values: what may be filtered by, as `Search.values` gives it. It changes with the catalogue and is the
                shop's data, so it comes after the constant prefix, with the first message.
        """
        system = SystemMessage(f"{self.brand}\n\n{self._prompts['native'].render()}")
        turns: list[BaseMessage] = []
        for said, replied in history:
            turns += [*([HumanMessage(said)] if said else []), AIMessage(replied)]
        turns += messages
        if turns:
            first = self._prompts["values"].render(values=values, message=turns[0].text)
            turns[0] = HumanMessage(first)
        return [system, *turns]

    def describe(
        self, facts: Sequence[str], reviews: Sequence[str], language: str, refused: Sequence[str] = ()
    ) -> list[BaseMessage]:
        """The call that writes a product's description, and its title on a line of its own.

        Args:
            facts: what is stated of the product, the title first.
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
        values = {name: "\n".join(fenced(lines)) for name, lines in listed.items()}
        return self._prompts["describe_facts"].render(language=language, **values)

    def summary(self, turns: Sequence[tuple[str, str]], language: str) -> list[BaseMessage]:
        """The call that sums a conversation up for a colleague. No shopper reads it: it needs no brand.

        Args:
            turns: (message, reply), oldest first; either may be empty.
        """
        task = self._prompts["summary"]
        names = task.head["speakers"]
        lines = [
            f"{names[who]}: {brief(text)}"
            for turn in turns
            for who, text in zip(("shopper", "assistant"), turn, strict=True)
            if text
        ]
        talk = self._prompts["summary_talk"].render(talk="\n".join(fenced(lines)), language=language)
        return [SystemMessage(task.render()), HumanMessage(talk)]

    def translate(self, message: str) -> list[BaseMessage]:
        """The call that puts a message into English, as a plan of one call. No shopper reads it: it needs no brand."""
        prompt = self._prompts["translate"]
        turns: list[BaseMessage] = [SystemMessage(prompt.render())]
        for example in prompt.head["examples"]:
            plan = plan_json([{"tool": "translate", "english": example["english"]}])
            turns += [HumanMessage(example["say"]), AIMessage(plan)]
        return [*turns, HumanMessage(message)]


def tool_text(name: str) -> str:
    """What a model reads of a tool, from `tools.yaml`.

    Raises:
        Bug: nothing is written of it.
    """
    try:
        return str(read_yaml(FOLDER / "tools.yaml")["tools"][name])
    except KeyError as error:
        raise Bug(f"tools.yaml: nothing is said of the tool {name!r}") from error


def note(key: str, /, **values: object) -> str:
    """A note of `tools.yaml` that a model reads beside the shop's data.

    Raises:
        Bug: no such note, or a value is missing.
    """
    try:
        return str(read_yaml(FOLDER / "tools.yaml")["notes"][key]).format_map(values)
    except KeyError as error:
        raise Bug(f"note {key!r}: missing {error}") from error


_WIDE = re.compile(r" ?\(([^()]*)\)")  # "Camp Enamel Mug (Rust Red)"


class FixedText(str):
    """A fixed text as a shopper reads it, and what was filled in, word for word."""

    values: tuple[str, ...] = ()


class FixedTexts:
    """The fixed texts of `fixed.yaml`, in the language of the message; English where a language has none.

    Args:
        unwritten: nothing that they state is done: those of `unwritten.yaml` take the place of their namesakes.
    """

    def __init__(self, *, unwritten: bool = False) -> None:
        self._texts = read_yaml(FOLDER / "fixed.yaml")
        if unwritten:
            others = read_yaml(FOLDER / "unwritten.yaml")
            self._texts = {language: {**self._texts[language], **others[language]} for language in ("en", "zh")}

    def __call__(self, language: str, key: str, /, **values: object) -> FixedText:
        """Fill a text in.

        Raises:
            Bug: no such text, or a value is missing.
        """
        texts = self._texts.get(language) or self._texts["en"]
        try:
            filled = {name: str(value) for name, value in values.items()}
            if language == "zh":  # marks are full-width beside Chinese; what is quoted stays as it is
                filled = {n: value if n == "quote" else _WIDE.sub(r"（\1）", value) for n, value in filled.items()}
            text = FixedText(texts[key].format_map(filled))
        except KeyError as error:
            raise Bug(f"fixed text {key!r} in {language!r}: missing {error}") from error
        text.values = tuple(filled.values())
        return text

    def patterns(self) -> list[re.Pattern[str]]:
        """A pattern of each text that is a sentence, in any language, with a group for each value.

        The most telling come first; a text with hardly a word of its own has none.
        """
        texts = [text for by_key in self._texts.values() if isinstance(by_key, dict) for text in by_key.values()]
        told = {text: _words_of(text) for text in texts if text[-1] in ".?。？”}"}
        kept = [text for text in sorted(told, key=lambda text: -told[text]) if told[text] >= TELLING or "{" not in text]
        return [re.compile(_pattern(text), re.S) for text in kept]


def _pattern(template: str) -> str:
    parts = Formatter().parse(template)
    pattern = "".join(re.escape(literal) + ("" if name is None else "(.+?)") for literal, name, _, _ in parts)
    return pattern.removesuffix("?)") + ")$" if pattern.endswith("?)") else pattern


def _words_of(template: str) -> int:
    """How much of a template is its own: letters, a Chinese one as two."""
    own = "".join(literal for literal, _, _, _ in Formatter().parse(template))
    return sum(1 + (not char.isascii()) for char in own if char.isalpha())


def plan_json(calls: Sequence[Mapping[str, Any]]) -> str:
    """A plan as the grammar writes it: compact, keys in the order of the schema."""
    return json.dumps(list(calls), ensure_ascii=False, separators=(",", ":"))


def sha(messages: Sequence[BaseMessage], before: str = "") -> str:
    """A hash of what a turn has sent: 16 hex digits.

    Args:
        messages: those of one model call; none: the hash of a turn that calls no model.
        before: the hash of the turn's earlier calls.
    """
    return _sha("\x00".join([before, *(f"{m.type}\x01{m.content}\x01{_calls(m)}" for m in messages)]))[:16]


def _calls(message: BaseMessage) -> str:
    calls = message.tool_calls if isinstance(message, AIMessage) else []
    return plan_json([{"tool": call["name"], **call["args"]} for call in calls]) if calls else ""


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
