"""The JSON schema agrees with the reader, and the file in the repository is the one that is printed."""

from pathlib import Path

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from assistant.cli import cli
from eval.dialogues import read_dialogues
from eval.documents import Loader
from eval.schema import FILE, schema
from index.errors import ShopError
from tests.eval.test_dialogues import WHOLE, expecting, write

DEMO = Path(__file__).parents[2] / "eval" / "dialogues" / "demo"
VALIDATOR = jsonschema.Draft202012Validator(schema())


def test_the_file_is_what_the_command_prints():
    printed = CliRunner().invoke(cli, ["eval", "--schema"])
    assert printed.exit_code == 0
    assert FILE.read_text(encoding="utf-8") == printed.stdout, (
        "run: onevoice eval --schema > eval/dialogues/schema.json"
    )


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_demo_dialogues_fit_the_schema(path):
    for document in yaml.load_all(path.read_text(encoding="utf-8"), Loader):
        assert not [error.message for error in VALIDATOR.iter_errors(document)]


def test_every_spelling_that_is_read_fits_the_schema(tmp_path: Path):
    read_dialogues(write(tmp_path, WHOLE))
    for document in yaml.load_all(WHOLE.replace("24: 1", "'24': 1").replace("on: true", "'on': true"), Loader):
        assert not [error.message for error in VALIDATOR.iter_errors(document)]


@pytest.mark.parametrize(
    "expect",
    ["products: {every: {colour: Red}}", "tool: {name: search}", "outcome: maybe", "cart: null", "reply: {max_sentences: 0}", "products: {some: []}"],
)  # fmt: skip
def test_what_is_refused_does_not_fit_it(tmp_path: Path, expect):
    text = expecting(expect)
    with pytest.raises(ShopError):
        read_dialogues(write(tmp_path, text))
    assert not VALIDATOR.is_valid(yaml.load(text, Loader))


def test_every_key_is_described():
    made = schema()
    for name, part in {"Dialogue": made, **made["$defs"]}.items():
        for key, told in part["properties"].items():
            assert told.get("description"), f"{name}.{key}"
