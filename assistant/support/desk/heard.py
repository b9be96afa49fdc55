"""What the assistant knows of what a person and the shopper said to each other: as history, fenced like any data."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.conversation import Turn
from assistant.prompts import note, plan_json
from assistant.support.desk.takeover import MAX_ANSWER
from assistant.turn import State
from assistant.untrusted import fenced

LATEST, LONGEST = 6, 200  # lines of it that a planning model reads, and their characters: few tokens are to spare


def hear(state: State, turns: Sequence[Turn]) -> None:
    """Take up what was said while a person had the conversation.

    Args:
        turns: those from number `state.heard` on. They are told from the assistant's own by whom they are from, so
            that what was said while a turn of its own still ran is not lost.
    """
    state.heard += len(turns)
    spoken = [turn for turn in turns if turn.reply.get("from")]
    if not spoken:
        return
    state.asked, state.policy, state.filled = {}, "", []  # what was asked before a person came is answered no more
    lines = []
    for turn in spoken:
        said, sender = turn.reply["reply"], turn.reply["from"]
        if sender["kind"] == "said":
            lines.append(note("colleague_said", name=sender["name"], text=said))
            said = "\n".join([note("colleague", name=sender["name"]), *fenced(said.splitlines(), limit=MAX_ANSWER)])
        if turn.text:
            lines.append(note("customer_said", text=turn.text))
        if turn.text or not state.said:
            state.said.append([turn.text, said])
        else:  # a model's history goes to and fro
            state.said[-1] = [state.said[-1][0], f"{state.said[-1][1]}\n{said}".strip()]
    if lines:
        told = "\n".join([note("meanwhile"), *fenced(lines[-LATEST:], limit=LONGEST)])
        state.plans.append([told, plan_json([{"tool": "chat"}])])
    state.trim()
