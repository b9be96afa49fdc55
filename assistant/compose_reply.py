"""Puts a finished turn together: the reply that is stored, sent and evaluated. Decides nothing but the chips."""

from __future__ import annotations

from assistant.events import Reply
from assistant.gate import Gate
from assistant.prompts import sha
from assistant.turn import TurnContext


def reply(context: TurnContext, gate: Gate, voice_version: str, model: str) -> Reply:
    """The reply of a turn, from what its tools found and its gate let through."""
    return Reply(
        text=gate.text,
        outcome=context.outcome,
        cards=tuple(context.cards),
        facts=tuple(dict.fromkeys(context.facts)),
        tools=tuple(context.tools),
        citations=tuple(context.citations),
        cart=context.services.carts.view(context.conversation.cart_owner),
        handoff=context.handoff,
        sentences=gate.judged,
        dropped=gate.dropped,
        repaired=gate.repaired,
        model_sentences=gate.written,
        released=tuple(gate.released),
        voice_version=voice_version,
        voice_violations=gate.violations,
        voice_mended=dict(gate.mended),
        voice_dropped=dict(gate.unmended),
        timings_ms={part: round(seconds * 1000, 1) for part, seconds in context.timings.items()},
        tokens=context.tokens,
        model=model,
        prompt_sha=context.prompt_sha or sha([]),
        suggestions=_suggestions(context),
    )


def _suggestions(context: TurnContext) -> tuple[str, ...]:
    """Next messages that fit what is shown."""
    key = {
        "search": "chips_search",
        "recommend": "chips_search",
        "question": "chips_product",
        "compare": "chips_product",
    }
    listed = context.text_of(key.get(context.kind if context.cards else "chat", "chips_start"))
    return tuple(chip.strip() for chip in listed.split("|"))
