"""What a message asks to be done is read from its words."""

from pathlib import Path

import pytest
import yaml

from assistant.acts import asks

SETS = yaml.safe_load(Path(__file__).with_name("acts.yaml").read_text(encoding="utf-8"))
CASES = [(act, text, side == "asks") for act, sides in SETS.items() for side, texts in sides.items() for text in texts]


@pytest.mark.parametrize(("act", "text", "wanted"), CASES)
def test_an_act_is_asked_for_in_words(act, text, wanted):
    assert asks(act, text) is wanted
