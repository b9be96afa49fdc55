"""Accounts of staff: hashed passwords, limited tries, sessions that end; and the command that makes and removes them."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from assistant.cli import main
from assistant.conversation import Identity
from assistant.db import metadata, staff_tries
from assistant.errors import SetupError
from assistant.support.desk.accounts import TRIES, WINDOW, Accounts, TooManyTries
from assistant.support.desk.rights import Staff
from assistant.support.desk.sessions import DEMO, LASTS, Sessions
from tests.assistant.support.desk.conftest import LEA, MIA

SECRET = "correct horse 马"


@pytest.fixture
def accounts(engine, clock):
    found = Accounts(engine, clock, cost=4)
    found.add("Mia", "agent", SECRET)
    found.add("Lea", "lead", "battery staple")
    return found


def test_who_has_the_password_is_let_in_and_nobody_else(accounts):
    assert accounts.all() == [LEA, MIA]
    assert accounts.check("Mia", SECRET, "a") == MIA
    assert accounts.check("mia", SECRET, "a") == MIA
    for name, password in (("Mia", "battery staple"), ("Mia", ""), ("Mia", SECRET + "x"), ("Max", SECRET), ("", ""), ("Mia", "x" * 999)):  # fmt: skip
        assert accounts.check(name, password, "b" + name + password[:1]) is None


@pytest.mark.parametrize("odd", ["\ud800", "\0", "Mia\0", "\ud800" * 99])
def test_characters_that_no_store_takes_are_a_wrong_password_and_no_failure(accounts, odd):
    assert accounts.check(odd, odd, odd.encode(errors="replace").decode()) is None
    assert accounts.check("Mia", odd, "a") is None


def test_no_password_is_stored_or_shown(engine, accounts, caplog):
    caplog.set_level("DEBUG")
    accounts.check("Mia", SECRET, "a")
    accounts.check(SECRET, "typed in the wrong field", "a")
    with engine.connect() as db:
        rows = [str(row) for table in metadata.sorted_tables for row in db.execute(select(table))]
    assert not any(SECRET in text or "wrong field" in text for text in [*rows, caplog.text])


@pytest.mark.parametrize(
    ("name", "password"),
    [("", SECRET), ("x" * 41, SECRET), ("a\nb", SECRET), ("mia", SECRET), ("demo AGENT", SECRET), ("Max", "short"), ("Max", "马" * 30)],
)  # fmt: skip
def test_unfit_accounts_are_refused(accounts, name, password):
    with pytest.raises(SetupError) as error:
        accounts.add(name, "agent", password)
    assert password not in str(error.value) or not password
    assert len(accounts.all()) == 2


def test_tries_are_limited_and_forgotten_after_a_while(engine, accounts, clock):
    for _ in range(TRIES["pair"]):
        assert accounts.check("Mia", "wrong", "10.0.0.1") is None
    with pytest.raises(TooManyTries):
        accounts.check("Mia", SECRET, "10.0.0.1")
    with pytest.raises(TooManyTries):
        accounts.check("MIA", SECRET, "10.0.0.1")
    assert accounts.check("Mia", SECRET, "10.0.0.2") == MIA  # nobody locks a colleague out
    assert accounts.check("Lea", "battery staple", "10.0.0.1") == LEA
    clock.now += WINDOW
    assert accounts.check("Mia", SECRET, "10.0.0.1") == MIA
    with engine.connect() as db:
        assert db.execute(select(staff_tries)).all() == []  # the old ones are gone


def test_a_whole_office_may_sign_in(accounts):
    for _ in range(TRIES["name"] + 1):
        assert accounts.check("Mia", SECRET, "10.0.0.1") == MIA


def test_an_address_that_tries_many_names_is_stopped(accounts):
    for n in range(TRIES["address"]):
        accounts.check(f"name{n}", "x", "10.0.0.9")
    with pytest.raises(TooManyTries):
        accounts.check("Mia", SECRET, "10.0.0.9")


def test_a_session_ends_with_its_time_its_account_and_by_signing_out(engine, clock, accounts):
    sessions = Sessions(engine, clock, demo=True)
    first, second, third = (sessions.start(MIA) for _ in range(3))
    assert [sessions.current(token) for token in (first, second, "nope", "")] == [MIA, MIA, None, None]
    sessions.end(first)
    assert sessions.current(first) is None
    clock.now += LASTS - timedelta(seconds=1)
    assert sessions.current(second) == MIA
    clock.now += timedelta(seconds=1)
    assert sessions.current(second) is None
    fourth = sessions.start(MIA)
    assert accounts.remove("MIA") == MIA
    assert accounts.remove("Mia") is None
    assert [sessions.current(token) for token in (third, fourth)] == [None, None]


def test_the_demo_agent_is_one_in_a_demo_shop_only(engine, clock):
    token = Sessions(engine, clock, demo=True).start(DEMO)
    assert Sessions(engine, clock, demo=True).current(token) == DEMO
    assert Sessions(engine, clock, demo=False).current(token) is None


def test_the_command_adds_lists_and_removes(shop_folder, make_app, monkeypatch, capsys):
    app = make_app()
    monkeypatch.setenv("ONEVOICE_DATA_DIR", str(app.settings.data_dir))

    def onevoice(*arguments, typed=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        try:
            main(["desk", "staff", *arguments, "--shop", str(app.shop.folder)])
        except SystemExit as end:
            code = int(end.code or 0)
        printed = "".join(capsys.readouterr())
        assert SECRET not in printed
        return code, printed

    assert onevoice("add", "Mia", "--role", "agent", "--password-stdin", typed=f"{SECRET}\n")[0] == 0
    assert onevoice("add", "Mia", "--role", "agent", "--password-stdin", typed=f"{SECRET}\n")[0] == 2
    assert onevoice("add", "Lea", "--role", "boss", "--password-stdin", typed=f"{SECRET}\n")[0] == 2
    assert onevoice("add", "Lea", "--role", "lead", "on-the-line")[0] == 2  # no password on the command line
    assert onevoice("list") == (0, "agent\tMia\n")
    key = app.conversations.start(Identity())
    app.assistant.services.handoffs.open(key, {"reason": "r"})
    app.desk.takeovers.take(key, Staff("Mia", "agent"))
    code, printed = onevoice("remove", "mia")
    assert (code, "1 conversations" in printed) == (0, True)
    assert app.desk.takeovers.of(key) is None
    assert len(app.assistant.services.handoffs.waiting()) == 1
    assert onevoice("remove", "Mia")[0] == 2
    assert onevoice("list") == (0, "")
