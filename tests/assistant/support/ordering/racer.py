"""What a process of `test_race` runs. It imports little, so that the processes start soon."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from assistant.db import open_engine
from assistant.support.ordering import OrderActions, Proposal, Who
from index.shop import OrderTerms


def act(url: str, person: str, rounds: list[tuple[dict, Who]], start: Any, told: Any) -> None:
    """One person: confirm a proposal in each round, at the same moment as the others."""
    engine = open_engine(url)
    actions = OrderActions(engine, lambda _: None, OrderTerms(return_days=None), lambda: datetime.now(UTC))
    for stored, who in rounds:
        proposal = Proposal.of_json(stored)
        start.wait(timeout=60)
        try:
            done = actions.carry_out(proposal, who)
            told.put((proposal.order_id, person, "done", done.after["status"]))
        except Exception as error:
            told.put((proposal.order_id, person, type(error).__name__, str(error)))
    engine.dispose()
