"""Small models are trained many times here: on a machine that is busy, one thread does it far sooner than several."""

from collections.abc import Iterator

import pytest
import torch


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True)
def _heard(caplog: pytest.LogCaptureFixture) -> None:
    """What is logged is heard, whatever level a command that ran before has set."""
    caplog.set_level("INFO", "onevoice")
