"""The audit's lists of words hold no word twice: the first meaning would win, silently."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from assistant import grounding

FOLDER = Path(grounding.__file__).parent
NAMES = ("terms.yaml", "vocabulary.yaml")


def loaded(name: str):
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_phrase_has_one_meaning(language):
    phrases = [
        tuple(str(phrase).replace("-", " ").split()) if language == "en" else str(phrase)
        for languages in loaded("terms.yaml").values()
        for phrase in languages.get(language, ())
    ]
    assert len(phrases) > 100
    assert [phrase for phrase, times in Counter(phrases).items() if times > 1] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_key_stands_twice(name):
    found = []

    def walk(node):
        if isinstance(node, yaml.MappingNode):
            keys = Counter(key.value for key, _ in node.value)
            found.extend(key for key, times in keys.items() if times > 1)
            for _, value in node.value:
                walk(value)

    walk(yaml.compose((FOLDER / name).read_text(encoding="utf-8")))
    assert found == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_plain_words_stand_once_and_claim_nothing(language):
    words = loaded("vocabulary.yaml")["plain"][language].split()
    assert [word for word, times in Counter(words).items() if times > 1] == []
    if language == "zh":
        assert set(words).isdisjoint(map(str, loaded("vocabulary.yaml")["zh"]))
