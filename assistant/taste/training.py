"""Training of the sequence model: sampled softmax, early stopping, checkpoints. Under torchrun, several processes share it."""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from assistant.taste.histories import Floats, Histories
from assistant.taste.processes import first, rank, world
from assistant.taste.sequence import SequenceModel, Shape
from assistant.taste.windows import Windows

logger = logging.getLogger("onevoice")

Judge = Callable[[SequenceModel], float]


@dataclass(frozen=True)
class Recipe:
    """How the model is trained. The values were chosen on the validation items of the Scientific set."""

    batch: int = 128  # windows of histories, over all processes
    negatives: int = 1024  # drawn evenly, shared by a batch
    rate: float = 1e-3
    decay: float = 0.05
    epochs: int = 25  # at most
    patience: int = 3  # epochs without a better judgement, after which it stops
    seed: int = 0


def train(
    histories: Histories,
    texts: Floats,
    judge: Judge,
    *,
    recipe: Recipe = Recipe(),
    checkpoint: Path | None = None,
    progress: bool = True,
) -> SequenceModel:
    """The model of the best epoch, by `judge` (larger is better).

    Args:
        texts: (items, d) vectors of the items' texts.
        checkpoint: a file that is written after every epoch, from which a broken-off training of the same histories
            and recipe goes on; removed at the end.
    """
    torch.manual_seed(recipe.seed)
    shape = Shape(histories.size, texts.shape[1])
    model = SequenceModel(shape, torch.from_numpy(np.ascontiguousarray(texts)))
    optimizer = torch.optim.AdamW(model.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    windows = Windows(histories, shape.length)
    key = _key(histories, texts, recipe)
    state: dict[str, Any] = {"epoch": 0, "best": -np.inf, "since": 0, "kept": None, "key": key}
    if checkpoint is not None and checkpoint.is_file():
        state = _resumed(checkpoint, state, model, optimizer)
    if world() > 1:
        dist.barrier()  # the first may remove the checkpoint soon, where the training was done already
    bar = tqdm(total=recipe.epochs, initial=state["epoch"], desc="sequence model", unit="epoch", disable=not progress)
    while state["epoch"] < recipe.epochs and state["since"] < recipe.patience:
        started = time.perf_counter()
        loss = _epoch(model, optimizer, windows, recipe, state["epoch"])
        value = _judged(judge, model)
        state["epoch"] += 1
        state["since"] += 1
        if value > state["best"]:
            kept = {name: part.detach().clone() for name, part in model.state_dict().items()}
            state |= {"best": value, "since": 0, "kept": kept}
        if checkpoint is not None and first():
            _save(checkpoint, state, model, optimizer)
        bar.update()
        bar.set_postfix(loss=f"{loss:.3f}", ndcg=f"{value:.4f}", best=f"{state['best']:.4f}")
        logger.info("epoch %d: %.3f, %.4f, %.0f s", state["epoch"], loss, value, time.perf_counter() - started)
    bar.close()
    model.load_state_dict(state["kept"], strict=False)
    if checkpoint is not None and first():
        checkpoint.unlink(missing_ok=True)
    return model.eval()


def _epoch(model: SequenceModel, optimizer: Any, windows: Windows, recipe: Recipe, epoch: int) -> float:
    """One pass over all windows; returns the mean loss. The order is that of the seed, whatever went before."""
    rng, own = (np.random.default_rng([recipe.seed, epoch, *process]) for process in ([], [rank()]))
    torch.manual_seed(recipe.seed * 10_007 + epoch * 101 + rank())
    model.train()
    lost = seen = 0.0
    for batch in windows.batches(recipe.batch, rng):
        before, after = windows.stacked(batch[rank() :: world()], own)
        loss, count = _loss(model, before, after, recipe.negatives) if len(before) else (None, 0)
        optimizer.zero_grad()
        if loss is not None:
            torch.autograd.backward(loss * count)
        total = _summed(model, count)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        lost, seen = lost + (float(loss.detach()) * count if loss is not None else 0.0), seen + total / world()
    return lost / max(seen, 1.0)


def _loss(model: SequenceModel, before: Tensor, after: Tensor, negatives: int) -> tuple[Tensor, int]:
    """Cross-entropy of each next item against items drawn evenly (Jean et al., ACL 2015), and how many there were."""
    there = before >= 0
    states, right = model(before)[there], after[there]
    drawn = torch.randint(0, model.shape.items, (negatives,))
    vectors = model.towards(torch.cat([right, drawn]))
    for_right = (states * vectors[: len(right)]).sum(dim=-1, keepdim=True)
    for_drawn = states @ vectors[len(right) :].T
    for_drawn = for_drawn.masked_fill(drawn[None] == right[:, None], -1e9)
    logits = torch.cat([for_right, for_drawn], dim=1)
    return functional.cross_entropy(logits, torch.zeros(len(right), dtype=torch.long)), len(right)


def _judged(judge: Judge, model: SequenceModel) -> float:
    """The first process's judgement, for all."""
    value = torch.tensor([judge(model) if first() else 0.0], dtype=torch.float64)
    if world() > 1:
        dist.broadcast(value, 0)
    return float(value)


def _summed(model: SequenceModel, count: int) -> float:
    """Turn each process's summed gradients into the mean over all targets; returns how many there were."""
    total = torch.tensor(float(count))
    if world() > 1:
        dist.all_reduce(total)
    for parameter in model.parameters():
        if parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
        if world() > 1:
            dist.all_reduce(parameter.grad)
        parameter.grad /= total.clamp(min=1.0)
    return float(total)


def _key(histories: Histories, texts: Floats, recipe: Recipe) -> str:
    """Tells one training from another: what it learns from, and how."""
    digest = hashlib.blake2b(repr((recipe, histories.size)).encode(), digest_size=16)
    for part in (histories.items, histories.ends, histories.moments, histories.weights, texts):
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()


def _save(path: Path, state: dict[str, Any], model: SequenceModel, optimizer: Any) -> None:
    draft = path.with_suffix(".draft")
    torch.save({**state, "model": model.state_dict(), "optimizer": optimizer.state_dict()}, draft)
    os.replace(draft, path)


def _resumed(path: Path, fresh: dict[str, Any], model: SequenceModel, optimizer: Any) -> dict[str, Any]:
    """The state of a broken-off training; the fresh one where the file is of another, or damaged."""
    try:
        found = torch.load(path, weights_only=True)
        if found["key"] != fresh["key"]:
            return fresh
        weights, moments = found.pop("model"), found.pop("optimizer")
        if found.keys() != fresh.keys() or weights.keys() != model.state_dict().keys():
            raise ValueError("a part of it is missing")
        optimizer.load_state_dict(moments)
        model.load_state_dict(weights)
    except Exception as error:  # a damaged file: torch raises of every kind
        logger.warning("%s cannot be read, training begins anew: %r", path.name, error)
        return fresh
    return dict(found)
