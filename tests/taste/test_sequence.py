"""The transformer over items: what it may see, and what it makes of padding and of new products."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from assistant.taste.histories import Histories
from assistant.taste.sequence import SequenceModel, Shape
from tests.taste.made import texts_of

SHAPE = Shape(items=20, text=16, width=32, length=10)


@pytest.fixture
def model() -> SequenceModel:
    torch.manual_seed(0)
    made = SequenceModel(SHAPE, torch.from_numpy(texts_of(20)))
    torch.nn.init.normal_(made.place.weight, std=0.5)  # as if trained: an error of places or masks would show
    return made.eval()


@pytest.mark.parametrize("inference", [True, False])  # torch has a fast path for the one
def test_padding_in_front_changes_nothing(model: SequenceModel, inference: bool):
    with torch.inference_mode(inference):
        alone = model(torch.tensor([[3, 1, 4]]))[0]
        longer = model(torch.tensor([[-1, -1, -1, 3, 1, 4], [5, 9, 2, 6, 5, 3]]))[0, 3:]
    assert torch.allclose(alone, longer, atol=1e-5)
    assert torch.isfinite(longer).all()


@pytest.mark.parametrize("inference", [True, False])
def test_a_later_item_does_not_change_an_earlier_state(model: SequenceModel, inference: bool):
    with torch.inference_mode(inference):
        one = model(torch.tensor([[-1, 3, 1, 4, 7]]))
        other = model(torch.tensor([[-1, 3, 1, 4, 8]]))
        earlier = model(torch.tensor([[-1, 2, 1, 4, 7]]))
    assert torch.allclose(one[:, :4], other[:, :4], atol=1e-6)
    assert not torch.allclose(one[:, 4], other[:, 4], atol=1e-3)
    assert not torch.allclose(one[:, 4], earlier[:, 4], atol=1e-3)  # nor is what came before ignored


def test_the_order_of_events_counts(model: SequenceModel):
    states = model(torch.tensor([[1, 2, 3], [2, 1, 3]]))[:, -1]
    assert not torch.allclose(states[0], states[1], atol=1e-3)


def test_a_row_of_nothing_but_padding_is_finite_and_leaves_gradients_finite(model: SequenceModel):
    model.train()
    states = model(torch.tensor([[-1, -1, -1], [-1, -1, 2]]))
    assert torch.isfinite(states).all()
    states[1].sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in model.parameters() if p.grad is not None)


def test_states_are_of_length_1_and_what_is_evaluated_is_the_same_twice(model: SequenceModel):
    rows = torch.tensor([[1, 2, 3], [-1, 5, 6]])
    assert torch.allclose(model(rows).norm(dim=-1), torch.ones(2, 3), atol=1e-5)
    assert torch.equal(model(rows), model(rows))
    assert not torch.equal(model.train()(rows), model(rows))  # dropout


def test_logits_are_cosines_over_the_temperature(model: SequenceModel):
    states = model(torch.tensor([[1, 2, 3]]))[:, -1]
    items = model.items(torch.arange(20))
    cosines = torch.cosine_similarity(states, items) / model.temperature.exp()
    assert torch.allclose(model.likely(states)[0], cosines, atol=1e-4)


def test_what_was_learned_meanwhile_is_seen(model: SequenceModel):
    histories = Histories.of([[1, 2, 3]], 20)
    before = model.scores(histories)
    model.train()
    with torch.no_grad():
        model.own.weight.add_(torch.randn_like(model.own.weight))
    assert not np.allclose(model.scores(histories), before, atol=1e-3)


def test_a_new_item_with_nothing_but_its_text_stands_by_the_item_of_the_same_text(model: SequenceModel):
    """In the catalogue from now on, it has learned nothing of its own."""
    texts = np.concatenate([texts_of(20), texts_of(20)[[7]]])
    grown = SequenceModel(replace(SHAPE, items=21), torch.from_numpy(texts)).eval()
    state = model.state_dict()
    own = torch.cat([state["own.weight"], torch.zeros(1, SHAPE.width)])
    grown.load_state_dict({**state, "own.weight": own})
    rng = np.random.default_rng(0)
    rows = [rng.integers(0, 20, 6) for _ in range(40)]
    scores = grown.scores(Histories.of(rows, 21))
    assert np.isfinite(scores).all() and (scores[:, 20] > 0).all()
    logs = np.log(scores)
    closeness = [np.corrcoef(logs[:, 20], logs[:, other])[0, 1] for other in range(20)]
    assert int(np.argmax(closeness)) == 7
    old = model.scores(Histories.of(rows, 20))
    assert old / old.max(axis=1, keepdims=True) == pytest.approx(
        scores[:, :20] / scores[:, :20].max(axis=1, keepdims=True), rel=1e-3, abs=1e-6
    )  # a new item does not change how the others stand to each other


def test_a_history_that_ends_in_a_new_item_is_read_by_its_text(model: SequenceModel):
    texts = np.concatenate([texts_of(20), texts_of(20)[[7]]])
    grown = SequenceModel(replace(SHAPE, items=21, nameless=0.0), torch.from_numpy(texts)).eval()
    state = model.state_dict()
    state["own.weight"] = torch.cat([state["own.weight"] * 0.01, torch.zeros(1, SHAPE.width)])
    grown.load_state_dict(state)
    scores = grown.scores(Histories.of([[1, 2, 20], [1, 2, 7]], 21))
    assert scores[0] == pytest.approx(scores[1], abs=0.05)


def test_a_longer_history_than_is_read_counts_by_its_latest_events(model: SequenceModel):
    rows = [[*range(15), *range(10)], list(range(10))]
    found = model.scores(Histories.of(rows, 20))
    assert found[0] == pytest.approx(found[1], abs=1e-5)


def test_in_training_some_items_are_known_by_their_text_alone():
    torch.manual_seed(0)
    model = SequenceModel(replace(SHAPE, nameless=0.5), torch.from_numpy(texts_of(20)))
    with torch.no_grad():
        rows = torch.arange(20).repeat(50)
        by_text = model.read(model.texts[rows])
        nameless = (model.items(rows) == by_text).all(dim=-1).float().mean()
        assert float(nameless) == pytest.approx(0.5, abs=0.06)
        assert not (model.eval().items(rows) == by_text).all(dim=-1).any()
