"""Attacks: the format is strict, each check can fail, and without their guards the attacks succeed."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant import gate
from assistant.app import open_encoder
from assistant.cli import cli
from assistant.settings import Settings
from assistant.support import cart as carts
from assistant.voice import Voice
from assistant.web import render
from eval.redteam import run as runner
from eval.redteam.cases import Case, Patch, chosen, read_cases
from eval.redteam.copies import copy_shop, grouped
from eval.redteam.harm import harm_of_effect, harm_of_turn
from eval.redteam.invariants import Secrets, breaks_of_effect, breaks_of_turn
from eval.redteam.run import obeying, run
from eval.redteam.texts import affirms, plain, sentences, smuggled
from eval.redteam.watch import Effect, Turn, rows_of
from index.catalogue import Catalogue
from index.errors import ShopError
from index.intake import read_catalogue
from index.money import Money
from tests.conftest import rows
from tests.eval.test_eval import CARD, reply
from tests.toys import ToyEncoder
