"""What the desk's tests share: conversations as they are left for a colleague."""

import pytest
from sqlalchemy import inspect, text

from assistant.conversation import Identity
from assistant.events import Done


def talk(app, messages, *script, shopper=None):
    """A conversation in which these messages were answered; its id."""
    app.model.chat.script[:] = script
    key = app.conversations.start(Identity("shopper", shopper) if shopper else Identity())
    for message in messages:
        assert isinstance(list(app.assistant.reply(key, message))[-1], Done)
    return key


def rows(app):
    """Table → its rows, of all tables there are."""
    with app._engine.connect() as db:
        names = inspect(db).get_table_names()
        return {name: [tuple(row) for row in db.execute(text(f'SELECT * FROM "{name}"'))] for name in names}


@pytest.fixture
def mug(make_app):
    """(app, conversation) where Ada was shown the Glen Mug."""
    from tests.assistant.desk.steps import MUG

    app = make_app()
    return app, talk(app, ["show me the Glen Mug"], *MUG, shopper="ada")
