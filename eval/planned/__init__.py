"""Single messages, each with the call that it should lead to: their form, read strictly. README.md says how they are.

Nothing here asks the assistant; `eval.plans` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from assistant.events import Outcome
from assistant.shortlist import labelled
from assistant.tools import SCHEMAS
from eval.lists import read_list
from eval.stage import GUEST
from index.errors import ShopError
from index.words import fold, is_chinese

FOLDER = Path(__file__).parent
ALIKE = 0.8  # Jaccard similarity of two messages' words from which one repeats the other


class Planned(BaseModel):
    """A message, and the executed call that it should lead to.

    Args:
        tool: the right tool, or several that are equally right. `chat` and `decline` are turns that call none of the
            contract's tools, and answer or refuse.
        args: what the call must have among its arguments, each where the tool has such an argument; null: it has none.
            A list is one call each. A product is named by its id or its group's. Of `query` and `question` one of the
            texts' words must be there; any other list must be there in whole.
        outcome: where only some are right. Without it the call must have succeeded.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    say: str = Field(min_length=1)
    tool: tuple[str, ...] = Field(min_length=1)
    args: tuple[dict[str, Any], ...] = ({},)
    outcome: tuple[Outcome, ...] = ()
    shopper: str = GUEST
    language: str = ""
    line: int = 0

    @field_validator("tool", "args", "outcome", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return value if isinstance(value, (list, tuple)) else (value,)

    @model_validator(mode="after")
    def _known(self) -> Planned:
        if unknown := [name for name in self.tool if name not in SCHEMAS]:
            raise ValueError(f"there is no tool {unknown[0]!r}")
        takes = {key for name in self.tool for key in parameters(name)}
        if strange := [key for args in self.args for key in args if key not in takes]:
            raise ValueError(f"{' and '.join(self.tool)} take no {strange[0]!r}")
        return self

    @property
    def spoken_in(self) -> str:
        return self.language or ("zh" if is_chinese(self.say) else "en")

    @property
    def products(self) -> list[str]:
        """The ids of the products that are wanted."""
        return [
            key for args in self.args for name in ("product_id", "product_ids") for key in listed(args.get(name, []))
        ]


def read_planned(path: Path) -> list[Planned]:
    """All messages of a file: a YAML list of `Planned`.

    Raises:
        ShopError: the file cannot be read, or a row is wrong, is there twice or repeats an example of
            `prompts/plans.yaml` or `labelled.yaml`; the message names file and line.
    """
    return list(_read(path, *read_list(path, "{say: a red mug, tool: search_products}")))


def repeated(say: str) -> str | None:
    """The example of `prompts/plans.yaml` or `labelled.yaml` that a message repeats, if it repeats one."""
    tokens = _tokens(say)
    for example, others in _examples():
        if len(tokens & others) >= ALIKE * len(tokens | others):
            return example
    return None


def _read(path: Path, rows: Sequence[Any], lines: Sequence[int]) -> Iterator[Planned]:
    seen: set[tuple[str, str]] = set()
    for line, row in zip(lines, rows, strict=True):
        try:
            planned = Planned.model_validate(row).model_copy(update={"line": line})
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"]) or "the row"
            raise ShopError(f"{path}, line {line}: {key}: {first['msg'].removeprefix('Value error, ')}.") from error
        if (planned.shopper, planned.say) in seen:
            raise ShopError(f"{path}, line {line}: is there already. Remove one of the two.")
        if example := repeated(planned.say):
            raise ShopError(f"{path}, line {line}: repeats the prompt's example {example!r}. Write another message.")
        seen.add((planned.shopper, planned.say))
        yield planned


def parameters(tool: str) -> Mapping[str, Any]:
    """The arguments that a tool takes, by name."""
    found: Mapping[str, Any] = SCHEMAS[tool]["function"]["parameters"]["properties"] if tool in SCHEMAS else {}
    return found


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@cache
def _examples() -> list[tuple[str, set[str]]]:
    """What the prompt shows and the shortlist of tools is taught, each with its tokens."""
    return [(say, _tokens(say)) for language in ("en", "zh") for say, _ in labelled(language)]


def _tokens(text: str) -> set[str]:
    """The words of a text, folded and without punctuation; of Chinese, its characters."""
    return set(re.findall(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+", fold(text).replace("'", "")))
