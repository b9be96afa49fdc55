"""`onevoice bench tau2`: the tasks replayed; and, where a model is behind an endpoint, played in words."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel

from eval.tau2.replay import Stage, read_tasks, replay
from eval.tau2.talk import Talk, play_tasks
from index.shop import read_shop


def bench_tau2(
    folder: Path, tasks: Path, chat: BaseChatModel | None = None, trials: int = 4, progress: bool = True
) -> dict[str, Any]:
    """The figures that the command prints; see `replay`, and `play_tasks` for those under `talk`.

    Args:
        chat: the model behind the endpoint; None: the tasks are not played in words.
        trials: how often each task is played; 0: not at all.

    Raises:
        ShopError: the shop or the tasks cannot be read.
        SetupError: the reference is not installed.
    """
    found = read_tasks(tasks)
    with tempfile.TemporaryDirectory(prefix="onevoice-tau2-") as place:
        stage = Stage(folder, Path(place))
        figures = replay(stage, found, progress)
        if chat is not None and trials:
            policy = "\n\n".join(policy.text for policy in read_shop(folder).policies)
            figures["talk"] = play_tasks(stage, found, Talk(chat, policy), trials, progress)
    return figures
