"""Training: what is learned, broken off, gone on with, and judged."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from assistant.taste.histories import Histories
from assistant.taste.sequence import SequenceModel
from assistant.taste.training import Recipe, train
from tests.taste.made import circles, judge_of_circles, texts_of

SIZE = 12
HISTORIES = circles(48, SIZE, 6)
TEXTS = texts_of(SIZE)
RECIPE = Recipe(batch=16, negatives=32, rate=3e-3, epochs=3, patience=10)


class Broken(Exception):
    pass


def rising() -> Callable[[SequenceModel], float]:
    """A judge for whom every epoch is better than the last."""
    calls = iter(range(1, 1000))
    return lambda model: float(next(calls))


def breaking(after: int) -> Callable[[SequenceModel], float]:
    """A judge who fails once so many epochs were judged."""
    calls = iter(range(1, 1000))

    def judge(model: SequenceModel) -> float:
        number = next(calls)
        if number > after:
            raise Broken
        return float(number)

    return judge


def same(one: SequenceModel, other: SequenceModel) -> bool:
    left, right = one.state_dict(), other.state_dict()
    return left.keys() == right.keys() and all(torch.equal(left[name], right[name]) for name in left)


def plain(recipe: Recipe = RECIPE, **more: object) -> SequenceModel:
    return train(HISTORIES, TEXTS, rising(), recipe=recipe, progress=False, **more)  # type: ignore[arg-type]


def break_off(checkpoint: Path, recipe: Recipe = RECIPE, after: int = 2, histories: Histories = HISTORIES) -> None:
    with pytest.raises(Broken):
        train(histories, TEXTS, breaking(after), recipe=recipe, checkpoint=checkpoint, progress=False)
    assert checkpoint.is_file()


@pytest.fixture(scope="module")
def whole() -> SequenceModel:
    """Trained in one go."""
    return plain()


def test_the_loss_falls_and_what_follows_in_a_circle_is_learned(caplog: pytest.LogCaptureFixture):
    judge = judge_of_circles(SIZE)
    with caplog.at_level(logging.INFO, "onevoice"):
        model = train(HISTORIES, TEXTS, judge, recipe=replace(RECIPE, epochs=6), progress=False)
    losses = [record.args[1] for record in caplog.records if record.msg.startswith("epoch")]  # type: ignore[index]
    assert len(losses) == 6
    assert losses[-1] < losses[0] / 2  # type: ignore[operator]
    assert judge(model) > 0.95
    assert not model.training


def test_the_same_seed_gives_the_same_weights_and_another_others(whole: SequenceModel):
    torch.rand(7)  # whatever was drawn before
    assert same(plain(), whole)
    assert not same(plain(replace(RECIPE, seed=1)), whole)


@pytest.mark.parametrize("after", [1, 2])
def test_broken_off_and_gone_on_with_is_as_in_one_go(tmp_path: Path, whole: SequenceModel, after: int):
    checkpoint = tmp_path / "training.pt"
    break_off(checkpoint, after=after)
    calls: list[float] = []

    def judge(model: SequenceModel) -> float:
        calls.append(10.0 + len(calls))
        return calls[-1]

    found = train(HISTORIES, TEXTS, judge, recipe=RECIPE, checkpoint=checkpoint, progress=False)
    assert len(calls) == RECIPE.epochs - after  # it did go on, and not begin anew
    assert same(found, whole)
    assert list(tmp_path.iterdir()) == []


def test_the_best_epoch_and_the_patience_are_those_from_before_the_break(tmp_path: Path):
    checkpoint, recipe = tmp_path / "training.pt", replace(RECIPE, epochs=10, patience=2)
    break_off(checkpoint, recipe, after=3)
    calls: list[int] = []

    def worse(model: SequenceModel) -> float:
        calls.append(1)
        return 0.5

    found = train(HISTORIES, TEXTS, worse, recipe=recipe, checkpoint=checkpoint, progress=False)
    assert len(calls) == 2
    assert same(found, plain(replace(recipe, epochs=3)))


@pytest.mark.parametrize("damage", ["cut", "words", "empty"])
def test_a_damaged_checkpoint_is_said_and_training_begins_anew(
    tmp_path: Path, whole: SequenceModel, damage: str, caplog: pytest.LogCaptureFixture
):
    checkpoint = tmp_path / "training.pt"
    break_off(checkpoint)
    content = checkpoint.read_bytes()
    checkpoint.write_bytes({"cut": content[: len(content) // 2], "words": b"not a checkpoint", "empty": b""}[damage])
    assert same(plain(checkpoint=checkpoint), whole)
    assert "training.pt cannot be read, training begins anew" in caplog.text
    assert not checkpoint.exists()


def test_a_checkpoint_of_which_a_part_is_missing_leaves_no_trace(
    tmp_path: Path, whole: SequenceModel, caplog: pytest.LogCaptureFixture
):
    checkpoint = tmp_path / "training.pt"
    break_off(checkpoint)
    found = torch.load(checkpoint, weights_only=True)
    del found["optimizer"]
    torch.save(found, checkpoint)
    assert same(plain(checkpoint=checkpoint), whole)
    assert "begins anew" in caplog.text


@pytest.mark.parametrize("other", [replace(RECIPE, rate=1e-3), replace(RECIPE, seed=5), replace(RECIPE, epochs=5)])
def test_a_checkpoint_of_another_recipe_is_not_used(tmp_path: Path, whole: SequenceModel, other: Recipe):
    checkpoint = tmp_path / "training.pt"
    break_off(checkpoint, other)
    assert same(plain(checkpoint=checkpoint), whole)


def test_a_checkpoint_of_other_histories_is_not_used_even_of_the_same_items_in_sum(
    tmp_path: Path, whole: SequenceModel
):
    checkpoint = tmp_path / "training.pt"
    backwards = Histories.of([HISTORIES.row(n)[::-1] for n in range(len(HISTORIES))], SIZE)
    break_off(checkpoint, histories=backwards)
    assert same(plain(checkpoint=checkpoint), whole)


@pytest.mark.parametrize("width", [24, 16])
def test_a_checkpoint_of_other_texts_is_not_used(tmp_path: Path, width: int):
    """Another encoder, whose vectors may be as wide: what was learned to read the one says nothing of the other."""
    checkpoint = tmp_path / "training.pt"
    break_off(checkpoint)
    other = texts_of(SIZE, width, seed=9)
    anew = train(HISTORIES, other, rising(), recipe=RECIPE, progress=False)
    found = train(HISTORIES, other, rising(), recipe=RECIPE, checkpoint=checkpoint, progress=False)
    assert same(found, anew)


def test_it_stops_early_and_the_best_epoch_is_kept():
    values = iter([0.1, 0.5, 0.4, 0.5, 0.3, 0.9])
    seen: list[dict[str, torch.Tensor]] = []

    def judge(model: SequenceModel) -> float:
        seen.append({name: part.clone() for name, part in model.state_dict().items()})
        return next(values)

    model = train(HISTORIES, TEXTS, judge, recipe=replace(RECIPE, epochs=6, patience=3), progress=False)
    assert len(seen) == 5  # as good as before is not better
    assert all(torch.equal(part, seen[1][name]) for name, part in model.state_dict().items())
    assert not torch.equal(seen[1]["own.weight"], seen[4]["own.weight"])


def test_a_judgement_may_be_below_zero():
    """Larger is better, and nothing else is asked of a judge."""
    values = iter([-5.0, -3.0, -4.0, -4.0])
    model = train(HISTORIES, TEXTS, lambda model: next(values), recipe=RECIPE, progress=False)
    assert same(model, plain(replace(RECIPE, epochs=2)))


def test_where_nobody_has_two_events_there_is_a_model_and_nothing_learned():
    model = train(Histories.of([[1], [2], []], SIZE), TEXTS, lambda model: 0.0, recipe=RECIPE, progress=False)
    assert all(torch.isfinite(part).all() for part in model.state_dict().values())


def test_broken_off_after_the_last_epoch_nothing_is_trained_again(tmp_path: Path):
    checkpoint, kept = tmp_path / "training.pt", tmp_path / "kept"

    def keeping(model: SequenceModel) -> float:
        if checkpoint.exists():
            kept.write_bytes(checkpoint.read_bytes())
        return float(checkpoint.exists())

    train(HISTORIES, TEXTS, keeping, recipe=replace(RECIPE, patience=1), checkpoint=checkpoint, progress=False)
    state = torch.load(kept, weights_only=True)
    torch.save({**state, "since": 1}, checkpoint)  # its patience is at an end
    asked: list[int] = []
    found = train(
        HISTORIES,
        TEXTS,
        lambda model: float(len(asked.append(1) or asked)),
        recipe=replace(RECIPE, patience=1),
        checkpoint=checkpoint,
        progress=False,
    )
    assert asked == []
    assert all(torch.equal(part, state["kept"][name]) for name, part in found.state_dict().items())
    assert not checkpoint.exists()
