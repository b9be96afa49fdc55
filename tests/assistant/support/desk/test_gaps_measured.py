"""How well the questions are grouped that had no answer, on labelled ones, with the encoder that the index uses."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import yaml

from assistant.app import open_encoder
from assistant.settings import load_settings
from assistant.support.desk import gaps
from assistant.support.desk.gaps import Unanswered, grouped
from tests.conftest import NOW

LABELLED = yaml.safe_load(Path(__file__).with_name("gaps.yaml").read_text(encoding="utf-8"))
NEARLY = 0.02  # other processors round the encoder's whole numbers otherwise, and put two thresholds in another order
GRID = [step / 20 for step in range(4, 15)]


class Once:
    """Encodes a text once: the same ones are grouped under many thresholds."""

    name = "once"

    def __init__(self, encoder):
        self._encoder, self._known = encoder, {}

    def encode(self, texts, progress=False):
        for text in set(texts) - set(self._known):
            self._known[text] = self._encoder.encode([text])[0]
        return np.stack([self._known[text] for text in texts])


def measured(part, encoder):
    """(precision, recall, F1) of the pairs of questions that are put together."""
    label = {text: name for name, texts in LABELLED[part].items() for text in texts}
    label |= {text: text for text in LABELLED["alone"][part]}
    found = grouped([Unanswered(text, "not_stated", NOW) for text in label], encoder)
    place = {text: number for number, gap in enumerate(found) for text in gap.examples}
    pairs = [(label[a] == label[b], place[a] == place[b]) for a, b in combinations(label, 2)]
    right, wanted, put = (pairs.count((True, True)), sum(w for w, _ in pairs), sum(p for _, p in pairs))
    return right / max(put, 1), right / wanted, 2 * right / (wanted + put)


@pytest.mark.model
def test_the_threshold_groups_labelled_questions_as_well_as_any_and_holds_for_other_kinds(monkeypatch):
    encoder = Once(open_encoder(load_settings(), progress=False))
    monkeypatch.setattr(gaps, "SHOWN", 99)  # all messages of a group
    chosen, scores = gaps.ALIKE, {}
    for threshold in GRID:
        monkeypatch.setattr(gaps, "ALIKE", threshold)
        scores[threshold] = [measured(part, encoder) for part in ("chosen", "unseen")]
        told = "   ".join("P {:.2f} R {:.2f} F1 {:.3f}".format(*score) for score in scores[threshold])
        print(f"{threshold:.2f}   {told}")
    best = max(score[0][2] for score in scores.values())
    assert scores[chosen][0][2] > best - NEARLY
    assert scores[chosen][1][2] > 0.7


def test_there_are_enough_labelled_questions_in_both_languages():
    texts = [text for part in ("chosen", "unseen") for texts in LABELLED[part].values() for text in texts]
    texts += [text for part in LABELLED["alone"].values() for text in part]
    assert len(texts) == len(set(texts)) >= 40
    assert len(LABELLED["chosen"]) + len(LABELLED["unseen"]) >= 12
    assert sum(any("\u4e00" <= char <= "\u9fff" for char in text) for text in texts) >= 10
