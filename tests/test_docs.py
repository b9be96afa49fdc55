"""What the documents show is read by the program as they say."""

import json
import re

import pytest
import yaml

from assistant.settings import ROOT
from assistant.shoppers.feed import EventRow, OrderRow, ShopperRow
from eval.dialogues import Dialogue
from index.shop import ShopSettings

FOLDER = (ROOT / "docs" / "shop-folder.md").read_text(encoding="utf-8")
DIALOGUES = (ROOT / "eval" / "dialogues" / "README.md").read_text(encoding="utf-8")


def block(text, language=""):
    return re.search(rf"```{language}\n(.*?)```", text, re.S)[1]


def test_the_settings_of_a_shop_are_all_shown_and_are_read():
    shown = yaml.safe_load(block(FOLDER, "yaml"))
    assert ShopSettings.model_validate(shown).model_dump(by_alias=True, exclude_unset=True).keys() == shown.keys()
    assert set(shown) == set(ShopSettings.model_fields)
    assert set(shown["orders"]) == set(type(ShopSettings().orders).model_fields)


@pytest.mark.parametrize(("name", "model"), [("shoppers", ShopperRow), ("events", EventRow), ("orders", OrderRow)])
def test_rows_are_read_and_no_field_of_theirs_is_unknown(name, model):
    shown = json.loads(re.search(rf"{name}\.jsonl\s+(\{{.*?\}})(?=\n\S|\n?$)", block(FOLDER), re.S)[1])
    assert set(shown) <= set(model.model_fields)
    model.model_validate(shown)


def test_the_dialogue_is_one_and_every_key_of_a_turn_is_told():
    shown = Dialogue.model_validate({**yaml.safe_load(block(DIALOGUES, "yaml")), "file": "x.yaml"})
    expected = type(shown.turns[0].expect).model_fields
    assert not {name for name in expected if f"`{name}`" not in DIALOGUES}
