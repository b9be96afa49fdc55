"""Each case is played twice: as a planner's calls, as the embedded model writes them, and as native tool calls."""

import pytest

from tests.assistant.arguments.talks import Talk

FORMS = [pytest.param(True, id="planner"), pytest.param(False, id="native")]


@pytest.fixture(params=FORMS)
def begin(request, make_app):
    """begin(earlier turns, shopper) is a conversation after these turns."""

    def start(*before, shopper=None):
        talk = Talk(make_app, request.param, shopper)
        for text, *calls in before:
            talk.say(text, *calls)
        return talk

    return start
