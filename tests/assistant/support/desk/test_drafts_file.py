"""The file of drafts: beside the ratings, nobody's name in it, and cleared of conversations that are gone."""

import json

import pytest

from assistant.cli import main
from assistant.ratings_file import prune
from assistant.shoppers.erase import erase
from assistant.support.desk.drafts_file import beside
from tests.assistant.support.desk.steps import MUG, talk


def test_drafts_are_exported_beside_the_ratings(make_app, shop_folder, monkeypatch, tmp_path, capsys):
    for name, folder in (("DATA", tmp_path / "data"), ("CACHE", tmp_path / "cache")):
        monkeypatch.setenv(f"ONEVOICE_{name}_DIR", str(folder))
    app = make_app()
    out = tmp_path / "r.jsonl"
    key = talk(app, ["show me the Glen Mug, I am Ada, ada@example.com"], *MUG, shopper="ada")

    def export():
        with pytest.raises(SystemExit) as end:
            main(["ratings", "export", "--shop", str(shop_folder), "--out", str(out)])
        assert not end.value.code
        return capsys.readouterr().out

    assert "drafts:" not in export()
    assert not beside(out).exists()
    app.model.chat.script[:] = MUG
    made = list(app.drafts.draft(key, "sam"))[-1].draft
    app.drafts.sent(made.id, "Hello Ada, it is a mug.", "sam")
    app.drafts.rate(made.id, "up", "Ada will like it")
    assert f"1 drafts: {beside(out)}" in export()
    (line,) = map(json.loads, beside(out).read_text().splitlines())
    assert line["question"] == "show me the Glen Mug, I am [private], [e-mail]"
    assert (line["conversation"], line["turn"], line["draft"], line["thumbs"]) == (key, 1, made.id, "up")
    assert (line["sent_text"], line["edited"], line["reason"]) == (
        "Hello [private], it is a mug.",
        True,
        "[private] will like it",
    )
    assert line["sentences"][0]["sources"][0]["field"] == "title"
    assert "sam" not in json.dumps(line)
    erase(app._engine, "ada")
    assert prune(app._engine, tmp_path) == {"r.drafts.jsonl": 1}
