"""YAML documents of a strict form: each error names the file, the document, the line of the key and the remedy.

Scalars are read as YAML 1.2 has them, so that `say: yes` is a text, and a number keeps how it was written: `59.00`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from index.errors import ShopError

Path_ = Sequence[str | int]


class Strict(BaseModel):
    """Refuses keys that the format does not have."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


M = TypeVar("M", bound=BaseModel)
WRITTEN = "written"  # the context of what is read from a file, for validators


class WholeNumber(int):
    """An int that keeps how it was written."""

    written: str


class Number(float):
    """A float that keeps how it was written."""

    written: str


class Loader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: times stay texts, and of the truth values only `true` and `false` are none."""


def _kept(kind: type[WholeNumber] | type[Number], read: Any) -> Any:
    def construct(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
        number = kind(read(loader, node))
        number.written = node.value
        return number

    return construct


Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in forms if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")]
    for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), "tTfF")
Loader.add_constructor("tag:yaml.org,2002:int", _kept(WholeNumber, yaml.SafeLoader.construct_yaml_int))
Loader.add_constructor("tag:yaml.org,2002:float", _kept(Number, yaml.SafeLoader.construct_yaml_float))


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that cannot be used."""

    where: str  # the file, and the document in it
    line: int | None
    words: str

    def __str__(self) -> str:
        return f"{self.where}: {f'line {self.line}, ' if self.line else ''}{self.words}"


@dataclass(frozen=True)
class Document(Generic[M]):
    """A document that was read, and where it stands.

    Args:
        file: its path under the folder that was named, or its name.
    """

    value: M
    file: str
    path: Path
    noun: str
    node: yaml.Node

    def problem(self, path: Path_, words: str) -> Problem:
        """Something wrong with the value at a path of keys and places."""
        return _problem(self.path, self.noun, self.node, path, words)


def read_documents(path: Path, model: type[M], noun: str, remedy: str = "") -> Iterator[M]:
    """Every YAML document of a file, or of a folder's YAML files in the order of their names, read as `model`.

    A field `file` of the model, if it has one, is set to the file's name; no document may write it.

    Args:
        noun: what a document is, for the errors.
        remedy: what to do about a document of the wrong form.

    Raises:
        ShopError: no such path, not YAML, or a key that the format does not have; all that is wrong in all files.
    """
    documents, problems = read_all(path, model, noun)
    refuse(problems, remedy)
    yield from (document.value for document in documents)


def read_all(path: Path, model: type[M], noun: str) -> tuple[list[Document[M]], list[Problem]]:
    """As `read_documents`: what could be read, and what is wrong with the rest.

    Raises:
        ShopError: there is no such file.
    """
    files = sorted({*path.rglob("*.yaml"), *path.rglob("*.yml")}) if path.is_dir() else [path]
    if not path.exists() or not files:
        raise ShopError(f"{path}: no {noun}s there. Name a YAML file or a folder of them.")
    documents: list[Document[M]] = []
    problems: list[Problem] = []
    for file in files:
        name = file.relative_to(path).as_posix() if path.is_dir() else file.name
        for found in _read(file, name, model, noun):
            if isinstance(found, Problem):
                problems.append(found)
            else:
                documents.append(found)
    return documents, problems


def refuse(problems: Sequence[Problem], remedy: str = "") -> None:
    """Say all that is wrong at once, if anything is.

    Raises:
        ShopError: something is.
    """
    if not problems:
        return
    told = [f"{problem}." for problem in problems]
    lines = told if len(told) == 1 else [f"{len(told)} mistakes:", *(f"  {line}" for line in told)]
    raise ShopError(("\n".join(lines) + f" {remedy}").rstrip())


def _read(file: Path, name: str, model: type[M], noun: str) -> Iterator[Document[M] | Problem]:
    try:
        nodes = list(yaml.compose_all(file.read_text(encoding="utf-8"), Loader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}, line {mark.line + 1}" if mark else str(file)
        yield Problem(where, None, f"not YAML: {getattr(error, 'problem', None) or error}")
        return
    except (OSError, UnicodeDecodeError) as error:
        yield Problem(str(file), None, f"cannot be read ({error}); write it in UTF-8")
        return
    for node in nodes:
        if node is None or (isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"):
            continue
        problems = [_problem(file, noun, node, path, "is written twice; keep one") for path in _twice(node)]
        try:
            value = _constructed(node)
            if isinstance(value, dict) and "file" in value and "file" in model.model_fields:
                problems.append(_problem(file, noun, node, ("file",), "Extra inputs are not permitted"))
            read = model.model_validate(value, context=WRITTEN)
        except yaml.YAMLError as error:
            problems.append(_problem(file, noun, node, (), f"not YAML: {getattr(error, 'problem', None) or error}"))
        except ValidationError as error:
            known = _keys(model)
            problems += [_problem(file, noun, node, item["loc"], _words(item, known)) for item in error.errors()]
        if problems:
            yield from problems
            continue
        if "file" in model.model_fields:
            read = read.model_copy(update={"file": name})
        yield Document(read, name, file, noun, node)


def _constructed(node: yaml.Node) -> Any:
    loader = Loader("")
    try:
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _problem(file: Path, noun: str, node: yaml.Node, path: Path_, words: str) -> Problem:
    start, line = node.start_mark.line + 1, _line(node, path)
    key = ".".join(str(part) for part in path)
    return Problem(f"{file}, {noun} at line {start}", line, f"{key or 'the document'}: {words.rstrip('.')}")


def _line(node: yaml.Node, path: Path_) -> int:
    """The line of the key or item at a path, or of the last one on the way that is there, from 1."""
    line = node.start_mark.line
    for part in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if _named(key) == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line
    return line + 1


def _twice(node: yaml.Node, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of the keys that stand twice in one mapping, of which YAML would keep the last."""
    if isinstance(node, yaml.MappingNode):
        names = [_named(key) for key, _ in node.value]
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            yield (*path, name)
        for key, value in node.value:
            yield from _twice(value, (*path, _named(key)))
    elif isinstance(node, yaml.SequenceNode):
        for place, item in enumerate(node.value):
            yield from _twice(item, (*path, place))


def _named(key: yaml.Node) -> str:
    return key.value if isinstance(key, yaml.ScalarNode) else ""


def _words(item: Any, known: Iterable[str]) -> str:
    """What pydantic says, and the remedy where one can be named."""
    if item["type"] == "missing":
        return "is missing; write it"
    if item["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(item["loc"][-1]), known, 1)
        return f"{item['msg']}: the format has no such key{f'; did you mean {near[0]!r}?' if near else ''}"
    return str(item["msg"]).removeprefix("Value error, ")


def _keys(model: type[BaseModel]) -> set[str]:
    """All keys of a format."""
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return {key for part in parts for key in part.get("properties", {})}
