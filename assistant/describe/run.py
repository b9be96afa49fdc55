"""One run over a shop's products: which are described, which are left as they are, and where it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz import process
from tqdm import tqdm

from assistant.describe.drafts import Drafts, Row, is_persons
from assistant.describe.judge import Judge
from assistant.describe.page import write_page
from assistant.describe.source import Sources
from assistant.describe.write import Writer
from assistant.errors import SetupError
from assistant.llm import Model
from assistant.prompts import Composer
from assistant.voice import Voice
from index.catalogue import Catalogue

LANGUAGES = ("en", "zh")


@dataclass
class Summary:
    """What a run did.

    Args:
        stale: product groups whose row is a person's, and whose facts have changed since it was written.
    """

    written: int = 0
    none: int = 0
    kept: int = 0
    stale: list[str] = field(default_factory=list)
    interrupted: bool = False


def describe(
    catalogue: Catalogue,
    composer: Composer,
    open_model: Callable[[], Model],
    out: Path,
    ids: Sequence[str] = (),
    *,
    language: str = "en",
    limit: int | None = None,
    progress: bool = True,
) -> Summary:
    """Write drafts to a file, and a page for review beside it.

    A row stays as it is where a person has decided or edited, or where its facts have not changed.

    Args:
        open_model: called only if there is something to write.
        out: as `check_out` gives it.
        ids: of products or groups; none: all groups.
        limit: how many to write at most.

    Raises:
        SetupError: an id is unknown, the file cannot be used, or the model does not answer; what was written stays.
    """
    keys = wanted(catalogue, ids)
    sources = Sources(catalogue, (composer.shop, composer.assistant), language)
    judge = Judge(Voice(composer.voice_head), language, sources.titles)
    summary = Summary()
    with Drafts(out) as drafts:
        todo: list[str] = []
        for key in keys:
            row = drafts.get((key, language))
            changed = row is None or row.get("source_hash") != sources.of(key).hash
            if row is not None and (is_persons(row) or not changed):
                summary.kept += 1
                summary.stale += [key] if changed else []
            else:
                todo.append(key)
        todo = todo[:limit]
        model = open_model() if todo else None
        try:
            if model is not None:
                _write(todo, Writer(composer, model, judge, language), sources, drafts, summary, progress)
        except KeyboardInterrupt:
            summary.interrupted = True
        finally:
            if model is not None and model.server is not None:
                model.server.stop()
            write_page(out, list(drafts), catalogue, set(summary.stale))
    return summary


def wanted(catalogue: Catalogue, ids: Sequence[str]) -> list[str]:
    """The groups that ids of products or groups name, each once; all where there are none.

    Raises:
        SetupError: an id is unknown; names those that are most like it.
    """
    if not ids:
        return list(catalogue.groups)
    names = {**{key.lower(): key for key in catalogue.products}, **{key.lower(): key for key in catalogue.groups}}
    found: list[str] = []
    for one in ids:
        name = names.get(one.strip().lower())
        if name is None:
            near = ", ".join(names[match] for match, *_ in process.extract(one.lower(), list(names), limit=3))
            raise SetupError(f"{one}: no product or product group of this shop has that id. Like it: {near}.")
        found.append(name if name in catalogue.groups else catalogue.products[name].group_id)
    return list(dict.fromkeys(found))


def _write(
    todo: Sequence[str], writer: Writer, sources: Sources, drafts: Drafts, summary: Summary, progress: bool
) -> None:
    with tqdm(total=len(todo), desc="describing", unit="product", disable=not progress) as bar:
        for key in todo:
            row: Row = writer.write(sources.of(key))
            if drafts.put(row):
                summary.written += 1
                summary.none += row["status"] == "none"
            else:
                summary.kept += 1
            bar.update()
