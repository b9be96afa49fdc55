"""`onevoice shopper`: everything held about one shopper, as a document; and its erasure, with a proof."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.common import ShopOption
from assistant.settings import load_settings
from assistant.untrusted import escaped, printable
from index.shop import read_shop

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from assistant.settings import Settings
    from assistant.shoppers.needles import Mark
    from assistant.shoppers.proof import Proof
    from index.shop import Shop

shopper = typer.Typer(help="What is held about one shopper: export it, forget it.", no_args_is_help=True)
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The shopper's id.")]


@shopper.command()
def export(
    shopper_id: IdArgument,
    shop: ShopOption = None,
    out: Annotated[Path | None, typer.Option(help="A file to write it to (default: print it).")] = None,
) -> None:
    """Everything held about a shopper, as one JSON document.

    Profile, preferences, consent, account (address, ways to pay), events,
    orders and what was done about them, cart, dismissed products, hand-offs,
    drafted replies, ratings, and conversations with all their turns. What a guest
    said before signing in is not in it: nobody knows whose it was.
    """
    from assistant.app import system_clock
    from assistant.shoppers.held import export as read

    with _opened(shop) as (_, _, engine):
        document = read(engine, shopper_id, system_clock())
    if document is None:
        raise _unknown(shopper_id)
    written = escaped(json.dumps(document, ensure_ascii=False, indent=2))
    if out is None:
        print(written)
        return
    try:
        out.write_text(written + "\n", encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"{out}: cannot be written ({error})", param_hint="--out") from error


@shopper.command()
def forget(
    shopper_id: IdArgument,
    shop: ShopOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    also: Annotated[
        list[str] | None, typer.Option(help="Search for this too: a former name, a second e-mail address. Repeatable.")
    ] = None,
) -> None:
    """Erase a shopper everywhere, and prove it.

    Profile, preferences, consent, account, events, orders and what was done
    about them, carts, dismissed products, hand-offs, drafted replies, ratings
    and conversations are deleted in one transaction, and the
    files of the database are written anew without them, those of exported
    ratings and drafts in the data folder too; the model's log is emptied.
    A digest of the id is kept, made with a key of this shop's database alone,
    so that reading the shop folder again brings nothing back. The shop folder
    itself is never written: what it still holds is named, for you to delete.

    Then every file of the shop's data and every text of every table is
    searched for the id, the name, the e-mail address, and the ids of the
    conversations and orders. Exit code 1 if anything is found, or if a file
    cannot be searched. Killed half way, run it again.

    Out of reach: backups; PostgreSQL's own write-ahead log and archives, until
    they are recycled, and what file systems and disks keep of overwritten
    files; the memory of a server that runs (restart it); what `onevoice eval`
    and `onevoice ratings export` have written elsewhere; what a guest said
    before signing in, unless it holds one of the texts above.
    """
    import prompts
    from assistant.shoppers.erase import erase, is_known, shared
    from assistant.shoppers.needles import Mark, Needles
    from assistant.shoppers.traces import lines_about, words_of_the_shop

    with _opened(shop) as (settings, found, engine):
        if not is_known(engine, shopper_id):
            raise _unknown(shopper_id)
        if not yes and typer.prompt("This cannot be undone. Type the id to confirm") != shopper_id:
            print("Not the same: nothing was erased.", file=sys.stderr)
            raise typer.Exit(1)
        erased = erase(engine, shopper_id)
        exported = _cleaned(settings, found, engine)
        counts = ", ".join(f"{number} {name}" for name, number in erased.rows.items() if number)
        print(f"Erased: {counts or 'nothing, it was erased before'}.")
        for name, number in exported.items():
            print(f"Taken out of {name}: {number} lines.")

        lines, said = lines_about(found.folder, shopper_id)
        marks = {Mark("id", shopper_id), *erased.marks, *said, *(Mark("word", text) for text in also or () if text)}
        marks -= {mark for mark in marks if mark.kind != "id" and mark.text == shopper_id}
        needles = Needles(marks)
        common = words_of_the_shop(found.folder, needles, (Path(prompts.__path__[0]),))
        common |= set(needles.count(f"{found.name}\n{found.settings.assistant}".encode())) | shared(engine, marks)
        proof = _searched(settings, found, engine, marks, common)
    _tell(settings, proof, marks)
    if lines:
        files = ", ".join(f"{name} ({number} lines)" for name, number in lines.items())
        print(f"The shop folder is never written. It still holds the shopper: {files}. Delete them in {found.folder}.")
    _end(engine, proof)


@shopper.command("forget-conversation")
def forget_conversation(
    conversation_id: Annotated[str, typer.Argument(metavar="ID", help="The conversation's id, as the desk has it.")],
    shop: ShopOption = None,
) -> None:
    """Erase one conversation, and prove it: a guest's is in nobody's name.

    Its turns, cart, hand-offs, take-overs, drafted replies, ratings and what
    was shown of whose orders it is about are deleted, as with "forget"; then
    the same places are searched for its id. On the page the button "Delete
    conversation" does the same, but leaves the files of the database to be
    overwritten in time.
    """
    from assistant.shoppers.erase import erase_conversation
    from assistant.shoppers.needles import Mark

    with _opened(shop) as (settings, found, engine):
        if not erase_conversation(engine, conversation_id):
            raise _unknown(conversation_id)
        _cleaned(settings, found, engine)
        marks = {Mark("conversation", conversation_id)}
        proof = _searched(settings, found, engine, marks, set())
    print("Erased: 1 conversation.")
    _tell(settings, proof, marks)
    _end(engine, proof)


@contextmanager
def _opened(folder: Path | None) -> Iterator[tuple[Settings, Shop, Engine]]:
    """A shop with its store, which is closed again."""
    from assistant.app import open_state

    settings = load_settings(shop=folder)
    found = read_shop(settings.shop)
    engine, _ = open_state(settings, found)
    try:
        yield settings, found, engine
    finally:
        engine.dispose()


def _cleaned(settings: Settings, shop: Shop, engine: Engine) -> Mapping[str, int]:
    """Write the store, exported files and the log anew without what was erased; the lines taken out of each file."""
    from assistant.app import log_folder, state_folder
    from assistant.ratings_file import prune
    from assistant.shoppers.erase import empty_logs, purge

    purge(engine)
    exported = prune(engine, state_folder(settings, shop))
    empty_logs(log_folder(settings))
    return exported


def _searched(settings: Settings, shop: Shop, engine: Engine, marks: set[Mark], common: set[Mark]) -> Proof:
    """What is found of the marks in the store and in the data folder."""
    from assistant.app import log_folder, state_folder
    from assistant.shoppers.proof import Search

    search = Search(marks, common)
    search.tables(engine)
    store = Path(engine.url.database).resolve() if engine.dialect.name == "sqlite" and engine.url.database else None
    if store is not None:
        search.database(engine, store)
    for root in (state_folder(settings, shop), log_folder(settings)):
        search.folder(root.resolve(), store)
    return search.proof


def _tell(settings: Settings, proof: Proof, marks: set[Mark]) -> None:
    """Say what was searched, and what was found."""
    print(
        f"Searched: {proof.files} files ({proof.bytes / 1e6:.1f} MB) of {settings.data_dir}, and {proof.rows} rows of "
        f"{proof.tables} tables ({proof.columns} columns of text), for {_kinds(mark.kind for mark in marks)}."
    )
    if proof.common:
        print(
            f"Also words of the shop or of somebody else, so that they count only where they say whose something is: "
            f"{', '.join(f'the {kind} ({number} places not counted)' for kind, number in sorted(proof.common.items()))}."
        )
    print("Found: nothing." if proof.clean else "Found:")
    for (place, kind), number in sorted(proof.found.items()):
        print(printable(f"  {place}: the {kind}, {number} times"))
    for unread in proof.unread:
        print(printable(f"  could not be searched: {unread}"))


def _end(engine: Engine, proof: Proof) -> None:
    """Say what is out of reach; the exit code says whether something was found."""
    if engine.dialect.name != "sqlite":
        print("PostgreSQL's own write-ahead log and your backups keep what they have until they are recycled.")
    if not proof.clean:
        raise typer.Exit(1)


def _unknown(shopper_id: str) -> typer.BadParameter:
    return typer.BadParameter(printable(f"this shop holds nothing about {shopper_id!r}"), param_hint="ID")


def _kinds(kinds: Iterable[str]) -> str:
    held = list(kinds)
    names = {"id": "id", "name": "name", "email": "e-mail address", "word": "further word"}
    return ", ".join(
        f"{held.count(kind)} {names.get(kind, f'{kind} id')}{'s' if held.count(kind) > 1 and kind not in names else ''}"
        for kind in dict.fromkeys(sorted(held))
    )
