"""`onevoice shopper`: the export has everything, and what is forgotten is gone: from rows, bytes and the next reading.

Whether it is gone is looked up here without the product's own search: raw bytes of every file, every cell of every table.
"""

import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage
from sqlalchemy import inspect, select, text

from assistant.app import App, build_app
from assistant.cli import main
from assistant.conversation import Identity
from assistant.db import (
    impressions,
    keys,
    metadata,
    open_engine,
    seeds,
    staff,
    staff_sessions,
    staff_tries,
    tombstones,
)
from assistant.errors import Forgotten
from assistant.events import Done
from assistant.ratings_file import write_ratings
from assistant.settings import Settings
from assistant.shoppers.erase import erase
from assistant.shoppers.held import rows_of
from assistant.shoppers.needles import Mark, Needles
from assistant.shoppers.seed import seed
from assistant.shoppers.traces import lines_about, words_of_the_shop
from assistant.support.desk.rights import Staff
from assistant.support.ordering import Address, Cancel, ChangeAddress, ChangeDefaultAddress, Who
from tests.conftest import NOW, rows, scripted, write_jsonl
from tests.toys import ToyEncoder, plan

ID, NAME, EMAIL = "zora-7", "Zora Quillfeather", "zora.q@example.com"
PRIVATE = (ID, NAME, EMAIL, "ORD-9001", "ORD-9002", "Elderberry Lane", "TRACK-55", "my knee hurts",
           "gift-zora-3", "Quince Street", "Rowan Road")  # fmt: skip
MIA = Staff("Mia", "agent")


def write_people(folder: Path, *more: dict) -> None:
    write_jsonl(
        folder / "shoppers.jsonl",
        [
            {
                "id": ID,
                "name": NAME,
                "email": EMAIL,
                "zip": "99-123",
                "preferences": {"size": "M"},
                "address": {"address1": "3 Quince Street", "zip": "99-123"},
                "payment_methods": [{"id": "gift-zora-3", "source": "gift_card", "balance": "5.00 EUR"}],
            },
            {
                "id": "ben",
                "name": "Ben",
                "email": "ben@example.com",
                "payment_methods": [{"id": "card", "source": "card"}],
            },
            *more,
        ],
    )
    theirs = [(ID, "ORD-9001", "M2"), ("ben", "ORD-1", "M1"), (ID, "ORD-9001", "M1"), ("ben", None, "B1")]
    write_jsonl(
        folder / "events.jsonl",
        [
            {"shopper_id": who, "type": "purchase", "product_id": what, "order_id": order, "at": "2026-10-01T10:00:00"}
            for who, order, what in theirs
        ],
    )
    write_jsonl(
        folder / "orders.jsonl",
        [
            {"id": order, "shopper_id": who, "at": "2026-10-01T10:00:00", "status": "pending",
             "payments": [{"method": "gift-zora-3" if who == ID else "card", "amount": "9.50 EUR"}],
             "lines": [{"product_id": "M2", "quantity": 1, "price": "9.50 EUR"}], "address": street,
             "fulfilments": [{"tracking": tracking}]}
            for order, who, street, tracking in [
                ("ORD-9002", ID, "7 Elderberry Lane", "TRACK-55"), ("ORD-2", "ben", "1 Oak Road", "TRACK-1")]
        ],
    )  # fmt: skip


def settings_of(folder: Path, tmp_path: Path, url: str | None) -> Settings:
    return Settings(
        shop=folder, data_dir=tmp_path / "data", cache_dir=tmp_path / "cache", database_url=url, _env_file=None
    )


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request):
    if request.param == "sqlite":
        yield None
        return
    found = request.getfixturevalue("postgres")
    yield found
    engine = open_engine(found)
    metadata.drop_all(engine)
    engine.dispose()


@pytest.fixture
def app(shop_folder, tmp_path, url, monkeypatch) -> App:
    """A shop where two shoppers have been: talked, filled a cart, asked for a person, refused a suggestion."""
    write_people(shop_folder)
    settings = settings_of(shop_folder, tmp_path, url)
    monkeypatch.setenv("ONEVOICE_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("ONEVOICE_CACHE_DIR", str(settings.cache_dir))
    monkeypatch.setenv("ONEVOICE_DATABASE_URL", url or "")
    app = build_app(settings, clock=lambda: NOW, model=scripted([]), encoder=ToyEncoder(), progress=False)
    for who, wish in ((ID, f"my knee hurts, {ID} wants to speak to a person"), ("ben", "I want to speak to a person")):
        app.model.chat.script[:] = [
            plan(("show_product", {"product_id": "M1"})),
            AIMessage("The Glen Mug costs 12.00 EUR."),
            plan(("hand_off", {"reason": "person"})),
        ]
        key = app.conversations.start(Identity("shopper", who))
        for message in ("show me the Glen Mug", wish):
            done = next(event for event in app.assistant.reply(key, message) if isinstance(event, Done))
        assert done.reply.outcome == "handed_off"
        app.desk.takeovers.take(key, MIA)
        app.desk.takeovers.hold(key, f"it is {who}", {})
        app.desk.takeovers.say(key, MIA, f"Dear {who}, it will be fine")
        app.desk.takeovers.hand_back(key, MIA)
        app.ratings.rate(key, 1, "up", f"kind to {who}")
        app.model.chat.script[:] = [plan(("hand_off", {"reason": "person"})), AIMessage("It is a mug.")]
        drafted = list(app.drafts.draft(key, "sam"))[-1].draft
        app.drafts.sent(drafted.id, f"Hello {who}", "sam")
        app.drafts.rate(drafted.id, "up", f"right for {who}")
        app.carts.update(f"shopper:{who}", "M1", 2, "add")
        app.carts.update(f"conversation:{key}", "B2", 1, "add")
        app.shoppers.dismiss(who, "J1")
        app.shoppers.remember(who, "avoids", "wool")
        person, to = Who.shopper(who), Address("8 Rowan Road" if who == ID else "2 Oak Road", "Ulm", "89073", "Germany")
        for order, action in (
            ("ORD-9002" if who == ID else "ORD-2", ChangeAddress(to)),
            (None, ChangeDefaultAddress(to)),
            ("ORD-9002" if who == ID else "ORD-2", Cancel("no longer needed")),
        ):
            app.order_actions.carry_out(app.order_actions.propose(order, action, person), person)
        guest, email = app.conversations.start(Identity()), EMAIL if who == ID else "ben@example.com"
        proves = app.assistant.services.proofs.prove
        assert proves(guest, "ORD-9002" if who == ID else "ORD-2", email, "", "")
    log = settings.data_dir / "logs" / "model.log"
    log.parent.mkdir(exist_ok=True)
    log.write_text(f"could not read: {EMAIL}\n")
    yield app
    app.close()


def onevoice(*arguments: str) -> int:
    """The exit code of a command, run here."""
    try:
        main(["shopper", *arguments])
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def cells(app: App) -> dict[str, list[tuple]]:
    """Table → its rows, of all tables there are."""
    with app._engine.connect() as db:
        names = inspect(db).get_table_names()
        return {name: [tuple(row) for row in db.execute(text(f'SELECT * FROM "{name}"'))] for name in names}


def in_tables(app: App, words: tuple[str, ...]) -> list[tuple[str, str]]:
    return [
        (name, word)
        for name, held in cells(app).items()
        for row in held
        for cell in row
        for word in words
        if word.lower() in (json.dumps(cell) if isinstance(cell, (dict, list)) else str(cell)).lower()
    ]


def in_files(folder: Path, words: tuple[str, ...]) -> list[tuple[str, str]]:
    return [
        (path.name, word)
        for path in folder.rglob("*")
        if path.is_file()
        for data in [path.read_bytes().lower()]
        for word in words
        if word.lower().encode() in data or word.lower().encode("utf-16-le") in data
    ]


def in_postgres_files(app: App, words: tuple[str, ...]) -> list[tuple[str, str]]:
    """In the bytes of the server's own files of our tables, their indexes and long values."""
    found = []
    with app._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text("CHECKPOINT"))
        for name in metadata.tables:
            files = db.execute(
                text(
                    "SELECT pg_read_binary_file(pg_relation_filepath(oid), 0, 1 << 26, true) FROM pg_class WHERE oid = "
                    "CAST(:name AS regclass) OR oid = (SELECT reltoastrelid FROM pg_class WHERE oid = CAST(:name AS regclass)) OR "
                    "oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = CAST(:name AS regclass))"
                ),
                {"name": name},
            ).scalars()
            data = b"".join(bytes(file) for file in files if file)
            found += [(name, word) for word in words if word.encode() in data]
    return found


def everything(app: App) -> list[tuple[str, str]]:
    app._engine.dispose()  # else an idle connection of ours may keep what the file system has already freed
    found = in_tables(app, PRIVATE) + in_files(app.settings.data_dir, PRIVATE)
    return found + (in_postgres_files(app, PRIVATE) if app._engine.dialect.name == "postgresql" else [])


def bens(app: App) -> dict[str, list[tuple]]:
    with app._engine.connect() as db:
        return {
            name: [tuple(row) for row in db.execute(select(table).where(which))]
            for name, (table, which) in rows_of("ben").items()
        }


def test_every_table_is_either_of_a_shopper_or_of_nobody():
    theirs = {table.name for table, _ in rows_of("x").values()}
    others = (impressions, keys, seeds, staff, staff_sessions, staff_tries, tombstones)  # no shopper is in them
    assert theirs | {table.name for table in others} == set(metadata.tables)


def test_a_guests_conversation_is_erased_by_its_id(app, capsys):
    guest = app.conversations.start(Identity())
    app.conversations.append(guest, "my elbow itches", {"reply": "Oh."}, {})
    app._engine.dispose()
    assert onevoice("forget-conversation", guest, "--shop", str(app.shop.folder)) == 0
    told = capsys.readouterr().out
    assert told.startswith("Erased: 1 conversation.\nSearched:") and "Found: nothing." in told
    assert in_tables(app, ("my elbow itches", guest)) == []
    assert onevoice("forget-conversation", guest, "--shop", str(app.shop.folder)) == 2


def test_the_export_has_everything(app, tmp_path, capsys):
    out = tmp_path / "zora.json"
    assert onevoice("export", ID, "--shop", str(app.shop.folder), "--out", str(out)) == 0
    held = json.loads(out.read_text())
    assert held["profile"] == {"id": ID, "name": NAME, "email": EMAIL, "zip": "89073"}
    assert held["account"]["address"]["address1"] == "8 Rowan Road"
    assert held["account"]["methods"] == [{"id": "gift-zora-3", "source": "gift_card", "balance": "14.50 EUR"}]
    assert {row["action"]["kind"]: row["order_id"] for row in held["order_audit"]} == {
        "change_address": "ORD-9002", "change_default_address": None, "cancel": "ORD-9002"
    }  # fmt: skip
    moved = next(row for row in held["order_audit"] if row["action"]["kind"] == "change_address")
    assert (moved["before"]["address"], moved["after"]["address"]["address1"]) == ("7 Elderberry Lane", "8 Rowan Road")
    assert {row["confirmed_id"] for row in held["order_audit"]} == {ID}
    assert held["preferences"] == {"size": "M", "prefers": [], "avoids": ["wool"]}
    assert held["consent"] == {"personalization": True}
    assert Counter(event["type"] for event in held["events"]) == {"purchase": 2, "view": 1, "cart": 1}
    assert [(order["id"], order["status"], order["details"]["address"]["address1"]) for order in held["orders"]] == [
        ("ORD-9002", "cancelled", "8 Rowan Road")
    ]
    talk, guest = sorted(held["conversations"], key=lambda row: not row["turns"])
    assert [row["conversation_id"] for row in held["proofs"]] == [guest["id"]] and held["proof_tries"]
    assert [turn["text"] for turn in talk["turns"]] == [
        "show me the Glen Mug",
        f"my knee hurts, {ID} wants to speak to a person",
        "",
        f"it is {ID}",
        "",
        "",
    ]
    assert talk["turns"][4]["reply"]["reply"] == f"Dear {ID}, it will be fine"
    assert [row["name"] for row in held["takeovers"]] == ["Mia"]
    assert talk["turns"][0]["reply"]["products"][0]["id"] == "M1"
    assert {(line["owner"], line["product_id"]) for line in held["cart"]} == {
        (f"shopper:{ID}", "M1"), (f"conversation:{talk['id']}", "B2")
    }  # fmt: skip
    assert [row["packet"]["shopper"] for row in held["handoffs"]] == [ID]
    assert [row["item_group_id"] for row in held["dismissals"]] == ["J1"]
    (drafted,) = held["drafts"]
    assert drafted["question"] == f"it is {ID}" and drafted["reason"] == f"right for {ID}"
    assert [(row["n"], row["thumbs"], row["reason"]) for row in held["ratings"]] == [(1, "up", f"kind to {ID}")]
    assert "ben" not in json.dumps(held).lower()
    capsys.readouterr()
    assert onevoice("export", ID, "--shop", str(app.shop.folder)) == 0
    printed = json.loads(capsys.readouterr().out)
    assert {**printed, "exported_at": 0} == {**held, "exported_at": 0}


def test_a_forgotten_shopper_is_in_no_row_and_in_no_byte(app, capsys):
    assert {word for _, word in everything(app)} == set(PRIVATE)  # the search finds, before
    before = bens(app)
    folder = {path: path.read_bytes() for path in app.shop.folder.rglob("*") if path.is_file()}
    assert onevoice("forget", ID, "--shop", str(app.shop.folder), "--yes") == 0
    printed = capsys.readouterr().out
    assert everything(app) == []
    assert bens(app) == before
    assert all(before.values())
    assert {path: path.read_bytes() for path in app.shop.folder.rglob("*") if path.is_file()} == folder
    assert "Found: nothing." in printed
    assert ("write-ahead log" in printed) == (app._engine.dialect.name == "postgresql")
    assert "1 profile" in printed and "4 events" in printed and "1 handoffs" in printed
    assert "1 accounts" in printed and "3 order_audit" in printed
    assert "shoppers.jsonl (1 lines), events.jsonl (2 lines), orders.jsonl (1 lines)" in printed
    for word in (NAME, EMAIL, "ORD-9001"):
        assert word not in printed


def test_a_changed_folder_does_not_bring_a_forgotten_shopper_back(app):
    onevoice("forget", ID, "--shop", str(app.shop.folder), "--yes")
    write_people(app.shop.folder, {"id": "eve", "name": "Eve"})
    (app.shop.folder / "events.jsonl").open("a").write(
        json.dumps({"shopper_id": ID, "type": "view", "product_id": "B1", "at": "2026-10-20T10:00:00Z"}) + "\n"
    )
    seed(app._engine, app.shop.folder)
    assert app.shoppers.get("eve") is not None
    assert app.shoppers.get(ID) is None
    assert in_tables(app, PRIVATE) == []
    assert len(app.shoppers.events("ben")) == 4


def test_who_was_forgotten_while_their_page_is_open_leaves_nothing(app):
    key = next(talk for talk, who in [(row[0], row[2]) for row in cells(app)["conversations"]] if who == ID)
    app.model.chat.script[:] = [plan(("show_product", {"product_id": "M1"})), AIMessage("It costs 12.00 EUR.")]
    turn = app.assistant.reply(key, "show me the Glen Mug")
    next(turn)  # it is running
    to = Address("8 Rowan Road", "Bonn", "53111", "Germany")
    moving = app.order_actions.propose(None, ChangeDefaultAddress(to), Who.shopper(ID))
    assert onevoice("forget", ID, "--shop", str(app.shop.folder), "--yes") == 0
    assert isinstance(list(turn)[-1], Done)
    with pytest.raises(Forgotten):
        app.carts.update(f"shopper:{ID}", "M1", 1, "add")
    with pytest.raises(Forgotten):
        app.conversations.start(Identity("shopper", ID))
    with pytest.raises(Forgotten):
        app.assistant.services.handoffs.open(key, {"shopper": ID})
    app.shoppers.record(ID, "view", "M1")
    assert app.shoppers.remember(ID, "personalization", "true") is False
    assert app.shoppers.dismiss(ID, "J1") is False
    with pytest.raises(Forgotten):
        app.order_actions.carry_out(moving, Who.shopper(ID))
    assert app.conversations.get(key) is None
    assert in_tables(app, (*PRIVATE, key)) == []


KILLED = """
import os, signal, sys
from assistant.shoppers import erase
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
class Deadly(dict):
    def values(self):
        yield from super().values()
        die()
rows_of = erase.rows_of
{}
from assistant.cli import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize(
    ("fault", "held_after"),
    [
        ("erase.Tombstones.bury_shopper = die", True),  # nothing is deleted yet
        ("erase.rows_of = lambda shopper_id: Deadly(rows_of(shopper_id))", True),  # all is deleted, nothing committed
        ("erase.purge = die", False),  # all is committed, the files hold it still
    ],
)
def test_killed_half_way_it_is_done_by_doing_it_again(app, fault, held_after, capsys):
    child = KILLED.replace("{}", fault)
    before = bens(app)
    app._engine.dispose()
    command = ["shopper", "forget", ID, "--shop", str(app.shop.folder), "--yes"]
    ended = subprocess.run([sys.executable, "-c", child, *command], capture_output=True, env=os.environ, text=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert (app.shoppers.get(ID) is not None) == held_after
    assert len(in_tables(app, (EMAIL,))) == (1 if held_after else 0)  # all of it or nothing
    assert onevoice("forget", ID, "--shop", str(app.shop.folder), "--yes") == 0
    assert "Found: nothing." in capsys.readouterr().out
    assert everything(app) == []
    assert bens(app) == before


@pytest.mark.parametrize("seconds", [1, None])
def test_who_reads_meanwhile_is_waited_for(app, seconds, monkeypatch, capsys):
    """PostgreSQL keeps a deleted row for every transaction that is older than its deletion."""
    if app._engine.dialect.name != "postgresql":
        pytest.skip("SQLite's own log is waited for by its driver")
    monkeypatch.setattr("assistant.shoppers.erase.BUSY_MS", 10_000 if seconds else 500)
    reader = open_engine(app._engine.url.render_as_string(hide_password=False))
    with reader.connect().execution_options(isolation_level="REPEATABLE READ") as db:
        assert db.execute(text("SELECT 1")).scalar() == 1
        if seconds:
            threading.Timer(seconds, db.rollback).start()
        code = onevoice("forget", ID, "--shop", str(app.shop.folder), "--yes")
    reader.dispose()
    printed = "".join(capsys.readouterr())
    assert ("Found: nothing." in printed, "still open" in printed) == (bool(seconds), not seconds)
    assert code == (0 if seconds else 2)
    assert (everything(app) == []) == bool(seconds)


def test_an_unknown_id_is_an_error_that_names_nobody(app, capsys):
    for command in (["export", "nobody"], ["forget", "nobody", "--yes"]):
        assert onevoice(*command, "--shop", str(app.shop.folder)) == 2
        told = "".join(capsys.readouterr())
        assert "nobody" in told
        assert not any(word in told for word in (*PRIVATE, "ben", "Ben"))


def test_nothing_is_erased_unless_the_id_is_typed(app, monkeypatch, capsys):
    for typed, code in (("zora", 1), (ID, 0)):
        monkeypatch.setattr("typer.prompt", lambda question, typed=typed: typed)
        assert onevoice("forget", ID, "--shop", str(app.shop.folder)) == code
        assert (app.shoppers.get(ID) is not None) == (code == 1)


@pytest.mark.parametrize("killed", [False, True])
def test_exported_ratings_in_the_data_folder_are_cleared_too(app, killed, capsys):
    folder = app.settings.data_dir / app.shop.key
    for name in ("ratings.jsonl", "older.jsonl"):
        write_ratings(folder / name, app.ratings.all(), app._engine)
    talks = {row[2]: row[0] for row in cells(app)["conversations"]}
    assert {name for name, _ in in_files(folder, (talks[ID],))} >= {"ratings.jsonl", "older.jsonl"}
    if killed:  # after the rows were deleted: nothing knows any more which conversations were theirs
        erase(app._engine, ID)
    assert onevoice("forget", ID, "--shop", str(app.shop.folder), "--yes") == 0
    printed = capsys.readouterr().out
    assert "Taken out of ratings.jsonl: 1 lines." in printed and "Found: nothing." in printed
    assert ("1 ratings" in printed) is not killed
    app._engine.dispose()
    assert in_files(folder, (*PRIVATE, talks[ID])) == []
    for name in ("ratings.jsonl", "older.jsonl"):
        (line,) = (folder / name).read_text().splitlines()
        assert json.loads(line)["conversation"] == talks["ben"]


def test_what_is_left_anywhere_is_found_and_named(app, capsys):
    """Traces that a fault might leave, in every form that is searched."""
    folder, said = app.settings.data_dir / app.shop.key, f"dear {EMAIL}, hello"
    (folder / "plain.txt").write_text(said)
    (folder / "capitals.txt").write_text(said.upper())
    (folder / "wide.txt").write_text(said, encoding="utf-16-be")
    (folder / "packed.gz").write_bytes(gzip.compress(said.encode()))
    with zipfile.ZipFile(folder / "model.npz", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("ids", f"a\x1f{ID}\x1fb")
    (folder / "lines.jsonl").write_text(json.dumps({"note": f"line\n{ID}"}))
    with sqlite3.connect(folder / "other.sqlite") as db:
        db.execute("CREATE TABLE log (n INTEGER PRIMARY KEY, a TEXT, b TEXT)")
        db.execute("INSERT INTO log VALUES (1, 'was', ?)", (ID,))
    (app.settings.data_dir / "logs" / "old.txt").write_text(said)
    with app._engine.begin() as db:
        db.execute(text("INSERT INTO impressions VALUES (:name, '2026-01-01', 1)"), {"name": f"to {NAME}"})
    key = app.conversations.start(Identity("shopper", "ben"))
    app.conversations.append(key, "hello", {"reply": "x", "deep": [{"a": {NAME: 1}}]}, {})
    assert onevoice("forget", ID, "--shop", str(app.shop.folder), "--yes") == 1
    found = capsys.readouterr().out.partition("Found:")[2]
    for place in (
        "plain.txt",
        "capitals.txt",
        "wide.txt",
        "packed.gz",
        "model.npz: ids",
        "lines.jsonl",
        "other.sqlite: log.b",
    ):
        assert f"{app.shop.key}/{place}: the " in found
    for place in ("logs/old.txt: the email", "impressions.campaign_id: the name", "turns.reply: the name"):
        assert place in found
    assert found.count(": the ") == found.count("1 times") == 10


def test_bytes_of_deleted_rows_are_found(app, monkeypatch, capsys):
    """Were the files not written anew, the proof would say so."""
    if app._engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's files are the server's")
    monkeypatch.setattr("assistant.shoppers.erase.purge", lambda engine: None)
    assert onevoice("forget", ID, "--shop", str(app.shop.folder), "--yes") == 1
    assert "state.sqlite" in capsys.readouterr().out


def test_what_cannot_be_read_is_no_proof(app, capsys):
    (app.settings.data_dir / app.shop.key / "broken.gz").write_bytes(b"\x1f\x8b\x08" + b"x" * 40)
    assert onevoice("forget", ID, "--shop", str(app.shop.folder), "--yes") == 1
    assert "could not be searched" in capsys.readouterr().out


@pytest.fixture
def rosy(app) -> App:
    """The same shop, with a mug called "rose" and shoppers of that and of like names."""
    folder = app.shop.folder
    rose = {**next(row for row in rows() if row["id"] == "M1"), "id": "rose", "title": "Rose Mug"}
    write_jsonl(folder / "products.jsonl", [*rows(), rose])
    write_people(folder, {"id": "rose", "name": "Rose"}, {"id": "ada", "name": "Ben"}, {"id": "ada-2", "name": "Adam"})
    app.index.build(progress=False)
    seed(app._engine, folder)
    key = app.conversations.start(Identity("shopper", "ben"))
    reply = {"reply": "Rose Mug", "products": [{"id": "rose"}]}
    app.conversations.append(key, "a rose mug, to Canada, for ada-2", reply, {})
    app.carts.update("shopper:ben", "rose", 1, "add")
    return app


def test_common_words_raise_no_alarm(rosy, capsys):
    """A wish for a rose is no word of shopper "rose"; "ada" is in no Canada; the name Ben is another's too."""
    for who in ("rose", "ada"):
        assert onevoice("forget", who, "--shop", str(rosy.shop.folder), "--yes") == 0
        assert "places not counted" in capsys.readouterr().out
    assert rosy.carts.view("shopper:ben") == {"M1": 2, "rose": 1}


def test_a_common_word_counts_where_it_says_whose_something_is(rosy, monkeypatch, capsys):
    nobodys = rows_of("nobody")
    monkeypatch.setattr("assistant.shoppers.erase.rows_of", lambda shopper_id: nobodys)  # deletes nothing
    rosy.carts.update("shopper:rose", "M1", 1, "add")
    assert onevoice("forget", "rose", "--shop", str(rosy.shop.folder), "--yes") == 1
    printed = capsys.readouterr().out
    assert "cart_lines.owner: the id" in printed
    assert "shoppers.id: the id" in printed
    assert "turns" not in printed.partition("Found:")[2]


def test_several_workers_forget_at_once(app):
    """Each ends, one of them having found everything, and nobody else's rows are touched."""
    before, results = bens(app), []
    engines = [open_engine(app._engine.url.render_as_string(hide_password=False)) for _ in range(3)]
    threads = [threading.Thread(target=lambda e=e: results.append(erase(e, ID).rows["events"])) for e in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.dispose()
    assert sorted(results) == [0, 0, 4]
    assert bens(app) == before


def test_who_stands_in_a_whole_shops_document_is_named_and_forgotten_too(tmp_path, monkeypatch, capsys):
    """In db.json the people are beside the products: these are the shop's words, and those are not."""
    folder, user = tmp_path / "shop", "mug_lee_1"
    folder.mkdir()
    home = {"address1": "5 Sorrel Way", "address2": "", "city": "Ulm", "country": "USA", "state": "NV", "zip": "89501"}
    (folder / "db.json").write_text(json.dumps({
        "products": {"1": {"name": "Glen Mug", "variants": {"11": {"options": {"color": "blue"}, "available": True, "price": 9.5}}}},
        "users": {user: {"name": {"first_name": "Glen", "last_name": "Mug"}, "address": home, "email": EMAIL, "payment_methods": {}}},
        "orders": {"#W77": {"user_id": user, "status": "pending", "items": [{"item_id": "11", "price": 9.5}], "address": home,
                            "fulfillments": [], "payment_history": []}},
    }))  # fmt: skip
    monkeypatch.setenv("ONEVOICE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ONEVOICE_CACHE_DIR", str(tmp_path / "cache"))
    assert onevoice("export", user, "--shop", str(folder)) == 0
    held = json.loads(capsys.readouterr().out)
    assert (held["account"]["address"]["address1"], held["orders"][0]["id"], held["orders"][0]["at"]) == (
        "5 Sorrel Way",
        "#W77",
        None,
    )
    assert onevoice("forget", user, "--shop", str(folder), "--yes") == 0
    printed = capsys.readouterr().out
    assert "Found: nothing." in printed and "db.json (2 lines)" in printed
    lines, marks = lines_about(folder, user)
    assert lines == {"db.json": 2} and {mark.kind for mark in marks} == {"name", "email", "order"}
    assert words_of_the_shop(folder, Needles(marks)) == {Mark("name", "Glen Mug")}
    assert in_files(tmp_path / "data", (user, EMAIL, "#W77", "Sorrel")) == []
    assert onevoice("export", user, "--shop", str(folder)) == 2  # read again, it stays forgotten
