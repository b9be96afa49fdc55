"""Several processes that train one model, as torchrun starts them; without it there is one, the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import torch.distributed as dist

T = TypeVar("T")


@contextmanager
def processes() -> Iterator[None]:
    """Join the others, where torchrun has started several; leave them at the end."""
    if not dist.is_available() or not dist.is_torchelastic_launched():
        yield
        return
    dist.init_process_group("gloo")
    try:
        yield
    finally:
        dist.destroy_process_group()


def rank() -> int:
    """The number of this process, from 0."""
    return dist.get_rank() if dist.is_initialized() else 0


def world() -> int:
    """How many there are."""
    return dist.get_world_size() if dist.is_initialized() else 1


def first() -> bool:
    """Whether this is the process that reads, judges and writes."""
    return rank() == 0


def shared(read: Callable[[], T]) -> T:
    """What the first process reads, for all. Where it fails, so do the others.

    Raises:
        RuntimeError: in the others, where the first has failed.
    """
    if world() == 1:
        return read()
    held: list[tuple[bool, T | None]] = [(False, None)]
    try:
        if first():
            held = [(True, read())]
    finally:
        dist.broadcast_object_list(held)
    done, found = held[0]
    if not done or found is None:
        raise RuntimeError("the first process has failed")
    return found
