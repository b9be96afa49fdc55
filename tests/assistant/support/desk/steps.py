"""What the desk's tests share: what a scripted model says, conversations as they are left for a colleague, all rows."""

from langchain_core.messages import AIMessage
from sqlalchemy import inspect, text

from assistant.conversation import Identity
from assistant.events import Done
from tests.toys import plan

MUG = (plan(("show_product", {"product_id": "Glen Mug"})), AIMessage("The Glen Mug costs 12.00 EUR. It is white."))
RETURNS = (
    plan(("ask_policy", {"question": "how long can I return something"})),
    AIMessage("You may return anything within 60 days of delivery."),
)


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
