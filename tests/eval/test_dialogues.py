"""The dialogue format: all that it allows is read, all that it does not is told with its line, all at once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from eval.dialogues import Dialogue, read_dialogues
from eval.documents import read_documents
from index.errors import ShopError


def write(folder: Path, text: str, name: str = "d.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


WHOLE = """\
name: 42
shopper: [guest, ada]
channel: desk
language: zh
now: 2026-11-20
turns:
  - say: yes
    expect:
      tool: {name: request_return, args: {order_id: 7, deep: {a: [1, null]}, on: true}}
      no_tool: update_cart
      products:
        min: 1
        max: 1
        every: {price_max: 60, in_stock: true, size: 42, attributes: {climate: Rainy}, not: {brand: 501}}
        some: {id: no-such-product}
        none: [{color: Red}, {title: x, text: y, id_contains: z, gender: Men, material: Wool}]
      reply: {includes: 59.00, excludes: [2026-05-07, 5], any_of: [no, off], max_sentences: 5, language: zh-CN}
      cites: policies/returns.md
      cart: {24: 1, 24-WB03: 0}
      orders: {24: pending, H2013: returning}
      done: 1
      outcome: answered
      refuses: false
      handoff: false
      personalized: true
      same_facts_for: [ada, ben]
  - say: 12:30
---
name: second
now: 2026-11-20T10:00:00+01:00
turns: [{say: hi}]
"""


def test_every_key_and_every_spelling_is_read(tmp_path: Path):
    first, second = read_dialogues(write(tmp_path, WHOLE))
    asked = first.turns[0].expect
    assert (first.name, first.shoppers, first.all_shoppers) == ("42", ["guest", "ada"], ["guest", "ada", "ben"])
    assert first.now == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert second.now == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert (second.shoppers, second.channel, second.language) == (["guest"], "shop", "en")
    assert [turn.say for turn in first.turns] == ["yes", "12:30"]
    assert asked.tool.args == {"order_id": 7, "deep": {"a": [1, None]}, "on": True}
    assert asked.no_tool == ["update_cart"] and asked.outcome == ["answered"]
    assert asked.products.every.size == "42" and asked.products.every.not_.brand == "501"
    assert [p.id for p in asked.products.some] == ["no-such-product"]
    assert asked.reply.includes == ["59.00"]
    assert asked.reply.excludes == ["2026-05-07", "5"]
    assert asked.reply.any_of == ["no", "off"]
    assert asked.cart == {"24": 1, "24-WB03": 0}
    assert (asked.orders, asked.done) == ({"24": "pending", "H2013": "returning"}, 1)


def expecting(expect: str) -> str:
    return f"name: x\nturns:\n  - say: hi\n    expect:\n      {expect}\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (expecting("products: {every: {colour: Red}}"), 5, "did you mean 'color'"),
        (expecting("tool: {name: search}"), 5, "'search' is no tool; write one of search_products"),
        (expecting("no_tool: [view_cart, fly]"), 5, "'fly' is no tool"),
        (expecting("outcome: [answered, yes]"), 5, "'not_sold'"),
        (expecting("reply: {language: klingon}"), 5, "'klingon' is no language"),
        (expecting("reply: {max_sentences: 0}"), 5, "greater than or equal to 1"),
        (expecting("products: {min: 3, max: 2}"), 5, "min 3 is above max 2"),
        (expecting("products: {none: {price_min: 3, price_max: 2}}"), 5, "price_min 3.0 is above price_max 2.0"),
        (expecting("products: {}"), 4, "products asks nothing"),
        (expecting("products: {some: []}"), 5, "at least 1 item"),
        (expecting("cart: {M1: -1}"), 5, "greater than or equal to 0"),
        (expecting("cart:"), 5, "cart: says nothing"),
        (expecting("handoff: perhaps"), 5, "boolean"),
        (expecting("same_facts_for: guest"), 1, "none to compare it with"),
        ("name: x\nturns:\n  - say: hi\n    expect: {}\n", 4, "expect asks nothing"),
        ("name: x\nturns:\n  - say: hi\n    expect:\n", 4, "says nothing"),
        ("name: x\nturns:\n  - expect: {cart: {}}\n", 3, "turns.0.say: is missing"),
        ("turns: [{say: hi}]\n", 1, "name: is missing"),
        ("name: x\nturns: []\n", 2, "at least 1 item"),
        ("name: x\nfile: y\nturns: [{say: hi}]\n", 2, "file"),
        ("name: x\nchannel: phone\nturns: [{say: hi}]\n", 2, "'shop' or 'desk'"),
        ("name: x\nnow: soon\nturns: [{say: hi}]\n", 2, "now"),
        ("name: x\nshopper: [ada, ada]\nturns: [{say: hi}]\n", 2, "'ada' is there twice"),
        ("name: x\nname: y\nturns: [{say: hi}]\n", 1, "name: is written twice"),
        ("# no dialogue\n---\n\n- just a list\n", 4, "the document"),
    ],
)
def test_a_mistake_is_told_with_the_line_of_its_key(tmp_path: Path, text, line, words):
    with pytest.raises(ShopError) as refused:
        read_dialogues(write(tmp_path, text))
    assert "d.yaml, dialogue at line" in str(refused.value)
    assert f": line {line}, " in str(refused.value)
    assert words in str(refused.value)
    assert "onevoice eval --schema" in str(refused.value)


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path):
    write(tmp_path, "name: a\nturn: []\n---\nname: b\nturns: [{say: hi, expct: {}}]\n")
    write(tmp_path, "name: [", "more/broken.yml")
    with pytest.raises(ShopError) as refused:
        read_dialogues(tmp_path)
    told = str(refused.value)
    assert told.startswith("4 mistakes:")
    for words in ("d.yaml, dialogue at line 1: line 2, turn:", "turns: is missing", "line 5, turns.0.expct", "broken.yml, line 1: not YAML"):  # fmt: skip
        assert words in told, words


def test_a_name_is_used_once_in_a_file_and_again_in_another(tmp_path: Path):
    text = "name: x\nturns: [{say: hi}]\n"
    write(tmp_path, text)
    write(tmp_path, text, "more/d.yaml")
    assert [d.file for d in read_dialogues(tmp_path)] == ["d.yaml", "more/d.yaml"]
    write(tmp_path, f"{text}---\n{text}")
    with pytest.raises(ShopError, match=r"line 4, name: 'x' names the dialogue at line 1 too"):
        read_dialogues(tmp_path)


def test_a_folder_without_dialogues_is_told(tmp_path: Path):
    with pytest.raises(ShopError, match="Name a YAML file"):
        read_dialogues(tmp_path)
    with pytest.raises(ShopError, match="Name a YAML file"):
        read_dialogues(tmp_path / "missing.yaml")


def test_a_file_that_is_no_text_is_told(tmp_path: Path):
    (tmp_path / "d.yaml").write_bytes(b"name: \xff\xfe")
    with pytest.raises(ShopError, match="UTF-8"):
        list(read_documents(tmp_path / "d.yaml", Dialogue, "dialogue"))
