"""Messages of simulated shoppers, put into words by a model behind an endpoint. The goal's title is withheld from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage

from assistant.llm import hosted
from assistant.prompts import Prompt, read_prompt
from assistant.settings import Settings
from eval.simulated.shoppers import NAMELESS, Message, Persona
from index.errors import ShopError

MOVES: Mapping[str, str] = {
    "open": "asks whether the shop has it",
    "open_limit": "asks whether the shop has it for at most that",
    "narrow": "these were not it; says more exactly what it looks for",
    "again": "nothing was found; tries other words",
    "other": "none of these; asks for others",
    "limit": "these are too dear; says the most it wants to pay",
    "cheaper": "these are too dear; asks for something cheaper",
    "ideas": "does not know; asks the shop to suggest something, and names no product",
}


@dataclass
class Worded:
    """The same words wherever the same is to be said, so that both arms hear the same shopper."""

    chat: BaseChatModel
    prompt: Prompt = field(default_factory=lambda: read_prompt(Path(__file__).with_name("worded.md")))
    _said: dict[tuple[int, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> Worded:
        """By the configured endpoint.

        Raises:
            ShopError: none is configured.
        """
        if not settings.hosted:
            raise ShopError("--worded needs a model behind an endpoint: set ONEVOICE_LLM_BASE_URL, or leave it out.")
        chat = hosted(
            settings.llm_base_url, settings.llm_model or "default", settings.llm_api_key, settings.llm_timeout_s
        )
        return cls(chat)

    def __call__(self, persona: Persona, message: Message, before: str) -> Message:
        """A message in the model's words.

        Args:
            before: what the shopper has said, a line each.
        """
        thing = "" if message.move in NAMELESS else message.thing
        asked = self.prompt.render(
            move=MOVES[message.move],
            thing=thing or "nothing",
            limit=message.limit or "not said",
            before=before or "nothing",
        )
        key = (persona.number, asked)
        if key not in self._said:
            lines = str(self.chat.invoke([HumanMessage(asked)]).text).strip().splitlines()
            self._said[key] = lines[0].strip().strip('"') if lines else message.text
        return replace(message, text=self._said[key])
