"""English for what is typed in other languages: written by the model once, and kept.

The model is started when a text is not kept yet, and stopped when all are.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

from assistant.app import model_name, open_model
from assistant.errors import PlanError
from assistant.llm import Model, read_plan
from assistant.prompts import Composer, sha
from assistant.settings import Settings

ENGLISH = {"type": "string", "pattern": "^[ -~]{1,120}$"}  # ASCII: a small model else leaves half of it as it was
PLAN: Mapping[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"tool": {"const": "translate"}, "english": ENGLISH},
        "required": ["tool", "english"],
        "additionalProperties": False,
    },
    "minItems": 1,
    "maxItems": 1,
}  # the grammar that holds the embedded model; others follow the examples of the prompt


@dataclass(frozen=True, slots=True)
class Translation:
    english: str
    seconds: float  # that the model took


class Translations:
    """Kept under CACHE_DIR, one file for each model and wording of the prompt.

    Args:
        opened: gives the model to use (tests); default: the configured one.
    """

    def __init__(self, settings: Settings, composer: Composer, opened: Callable[[], Model] | None = None) -> None:
        self._open = opened or (lambda: open_model(settings))
        self._composer = composer
        name = f"{model_name(settings).replace('/', '-')}-{sha(composer.translate(''))}.jsonl"
        self._path = settings.cache_dir / "translations" / name

    def of(self, texts: Sequence[str], *, progress: bool = True) -> Mapping[str, Translation]:
        """Text → its translation. A text that the model fails on stays as it is, and is not kept.

        Raises:
            SetupError: the model cannot be started.
        """
        held = self._read()
        missing = [text for text in dict.fromkeys(texts) if text not in held]
        if missing:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            model = self._open()
            try:
                with self._path.open("a", encoding="utf-8") as kept:
                    for text in tqdm(missing, desc="translating", unit="query", disable=not progress):
                        held[text] = self._translate(model, text)
                        if held[text].english != text:
                            row = {"text": text, "english": held[text].english, "seconds": held[text].seconds}
                            kept.write(json.dumps(row, ensure_ascii=False) + "\n")
                            kept.flush()
            finally:
                if model.server is not None:
                    model.server.stop()
        return {text: held[text] for text in texts}

    def _translate(self, model: Model, text: str) -> Translation:
        start = time.perf_counter()
        chat = model.chat if model.native else model.chat.bind(plan_schema=PLAN)
        try:
            reply = chat.invoke(self._composer.translate(text))
            calls = [(call["name"], call["args"]) for call in reply.tool_calls] or read_plan(str(reply.content))
            english = " ".join(str(calls[0][1].get("english", "")).split()) if calls else ""
        except PlanError:  # cut off, or another thing than was asked for
            english = ""
        return Translation(english or text, round(time.perf_counter() - start, 3))

    def _read(self) -> dict[str, Translation]:
        if not self._path.is_file():
            return {}
        rows = [json.loads(line) for line in self._path.read_text(encoding="utf-8").splitlines()]
        return {row["text"]: Translation(row["english"], row["seconds"]) for row in rows}
