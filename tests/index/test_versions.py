"""Versions: a pointer moved in one step, one build at a time over all processes, sweeping, names of any kind."""

import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import inspect

from index.errors import ShopError
from index.store import put_meta
from index.versions import LocalVersions, PostgresVersions, versions_of

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys, time
from pathlib import Path
from index.versions import versions_of

with versions_of(Path(sys.argv[1]), sys.argv[2], sys.argv[3] or None).lock():
    print("held", flush=True)
    time.sleep(60)
"""
KEYS = ["plain-0a1b", "店铺" * 40, "größe " * 30, "what? 100%20 #1", 'o\'hara "x"; drop', "A" * 100, ".."]


def names_in(versions, directory):
    """The versions that there are, by what is kept of them."""
    if isinstance(versions, LocalVersions):
        return {path.name for path in directory.glob("v-*") if path.is_dir()}
    found = inspect(versions._engine).get_schema_names()
    return {name.removeprefix(versions._prefix) for name in found if name.startswith(versions._prefix)}


def note(versions, version, value):
    store = versions.open(version)
    with store.engine.begin() as db:
        put_meta(db, mark=value)
    store.close()


def test_nothing_is_served_until_it_is_taken_up(versions):
    assert versions.current() == ""
    first = versions.create()
    assert versions.current() == ""
    versions.take_up(first)
    second = versions.create()
    assert (versions.current(), first != second) == (first, True)
    versions.take_up(second)
    assert versions.current() == second


def test_each_version_is_a_store_of_its_own(versions):
    first, second = versions.create(), versions.create()
    note(versions, first, "one")
    note(versions, second, "two")
    assert [versions.open(version).meta()["mark"] for version in (first, second)] == ["one", "two"]


def test_readers_of_the_pointer_see_the_old_or_the_new(versions):
    pair = [versions.create(), versions.create()]
    versions.take_up(pair[0])
    seen, done = set(), threading.Event()

    def read():
        while not done.is_set():
            seen.add(versions.current())

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(60):
        versions.take_up(pair[turn % 2])
    done.set()
    reader.join()
    assert seen <= set(pair) and seen


def test_sweeping_keeps_what_is_asked_and_removes_the_rest(versions, tmp_path):
    first, second, third = (versions.create() for _ in range(3))
    (tmp_path / f"{first}.reader.lock").touch()
    assert names_in(versions, tmp_path) == {first, second, third}
    assert set(versions.sweep({second, "", "v-absent"})) == {first, third}
    assert names_in(versions, tmp_path) == {second}
    assert versions.open(second).meta() == {}
    assert versions.sweep({second}) == []


def test_two_threads_do_not_build_at_once(versions, tmp_path, index_settings):
    """With objects of their own, as two builds have."""
    inside, most, lock = 0, [], threading.Lock()
    key = getattr(versions, "_shop", "shop")

    def build():
        nonlocal inside
        with versions_of(tmp_path, key, index_settings.get("database_url")).lock():
            with lock:
                inside += 1
                most.append(inside)
            threading.Event().wait(0.02)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=build) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 5


def test_a_process_that_is_killed_gives_its_lock_up(versions, tmp_path, index_settings):
    key = getattr(versions, "_shop", "shop")
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path), key, index_settings.get("database_url", "")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None and other.stdout.readline() == "held\n"
    taken = threading.Event()

    def build():
        with versions.lock():
            taken.set()

    waiting = threading.Thread(target=build)
    waiting.start()
    assert not taken.wait(0.3)
    other.kill()
    assert taken.wait(10)
    waiting.join()
    other.communicate()


@pytest.mark.postgres
@pytest.mark.parametrize("key", KEYS)
def test_shops_of_any_name_share_a_database(key, postgres, tmp_path):
    mine, other = PostgresVersions(postgres, key), PostgresVersions(postgres, f"{key}x")
    versions = [mine.create(), mine.create(), other.create()]
    for versions_, version in zip((mine, mine, other), versions, strict=True):
        note(versions_, version, version)
    mine.take_up(versions[1])
    assert (mine.current(), other.current()) == (versions[1], "")
    assert mine.sweep({versions[1]}) == [versions[0]]
    assert mine.open(versions[1]).meta()["mark"] == versions[1]
    assert other.open(versions[2]).meta()["mark"] == versions[2]
    with psycopg.connect(postgres) as db:
        schemas = [row[0] for row in db.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'ov\\_%'")]
    assert all(len(name.encode()) < 63 for name in schemas)
    mine.sweep(set())
    other.sweep(set())


@pytest.mark.parametrize("name", ["plain", "店铺 größe", "what? a=1", "100%20 #1 & ;", "it's"])
def test_a_shop_s_files_may_lie_in_a_folder_of_any_name(name, tmp_path):
    directory = tmp_path / name
    directory.mkdir()
    versions = LocalVersions(directory)
    version = versions.create()
    note(versions, version, name)
    versions.take_up(version)
    assert versions.current() == version
    assert (directory / version / "index.sqlite").is_file()
    assert versions.open(version).meta()["mark"] == name
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_pointer_to_what_is_not_there_serves_nothing(tmp_path):
    (tmp_path / "current").write_text("v-gone\n")
    assert LocalVersions(tmp_path).current() == ""
    (tmp_path / "current").write_text("")
    assert LocalVersions(tmp_path).current() == ""


def test_a_postgres_that_does_not_answer_is_said_without_its_password():
    with pytest.raises(ShopError, match="ONEVOICE_DATABASE_URL=") as caught:
        PostgresVersions("postgresql://ada:secret@127.0.0.1:9/none?connect_timeout=2", "shop")
    assert "secret" not in str(caught.value)
