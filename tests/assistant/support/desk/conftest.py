"""Conversations, hand-offs and the door, over a real SQLite and PostgreSQL."""

import pytest

from assistant.conversation import Conversations, Identity
from assistant.prompts import FixedTexts
from assistant.support.desk.rights import Staff
from assistant.support.desk.takeover import Takeovers
from assistant.support.handoff import Handoffs
from tests.assistant.support.desk.steps import MUG, talk

MIA, JON, LEA = Staff("Mia", "agent"), Staff("Jon", "agent"), Staff("Lea", "lead")


@pytest.fixture
def talks(engine, clock):
    return Conversations(engine, clock)


@pytest.fixture
def handoffs(engine, clock):
    return Handoffs(engine, clock)


@pytest.fixture
def door(engine, clock):
    return Takeovers(engine, clock, FixedTexts())


@pytest.fixture
def waiting(talks, handoffs):
    """A conversation of Ada's that waits for a person."""
    key = talks.start(Identity("shopper", "ada"))
    talks.append(key, "a person please", {"reply": "Passed on.", "products": [], "suggestions": []}, {"shown": ["M1"]})
    handoffs.open(key, {"reason": "a person please", "shopper": "ada", "mood": "calm", "language": "en"})
    return key


@pytest.fixture
def mug(make_app):
    """(app, conversation) where Ada was shown the Glen Mug."""
    app = make_app()
    return app, talk(app, ["show me the Glen Mug"], *MUG, shopper="ada")
