"""Signed texts: the key is made once and whole, and what is no key signs nothing."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant import signing
from assistant.errors import SetupError
from assistant.signing import Signer


def test_what_was_signed_is_read_and_nothing_else(tmp_path):
    signer = Signer(tmp_path / "state" / "key")
    cookie = signer.signed("abc.d")
    assert signer.read(cookie) == "abc.d"
    assert signer.read(cookie[:-1] + "x") is None
    assert signer.read("abc.d") is None
    assert Signer(tmp_path / "state" / "key").read(cookie) == "abc.d"
    assert Signer(tmp_path / "other").read(cookie) is None


def test_the_key_is_its_owners_alone_and_the_only_file(tmp_path):
    Signer(tmp_path / "key")
    (made,) = tmp_path.iterdir()
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert len(made.read_bytes()) == 32


@pytest.mark.parametrize("found", [b"", b"short", b"x" * 31])
def test_a_file_that_is_no_key_is_named_with_its_remedy(tmp_path, found):
    (tmp_path / "key").write_bytes(found)
    with pytest.raises(SetupError, match=r"key is no key.*Delete it"):
        Signer(tmp_path / "key")


def test_of_many_who_begin_at_once_all_have_one_key(tmp_path, monkeypatch):
    monkeypatch.setattr(signing.Path, "exists", lambda path: False)  # each sees none yet
    with ThreadPoolExecutor(8) as many:
        signers = list(many.map(lambda _: Signer(tmp_path / "key"), range(8)))
    assert len({signer.signed("a") for signer in signers}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_who_dies_before_the_key_is_written_leaves_none(tmp_path, monkeypatch):
    def dies(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", dies)
    with pytest.raises(KeyboardInterrupt):
        Signer(tmp_path / "key")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    assert Signer(tmp_path / "key").signed("a")
