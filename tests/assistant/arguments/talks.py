"""A conversation with a bad model, and turns that come before."""

from langchain_core.messages import AIMessage

from assistant.conversation import Identity
from assistant.events import Done
from tests.toys import plan

MUGS = ("show me mugs", ("search_products", {"query": "mug"}))


GLEN = ("tell me about the Glen Mug", ("show_product", {"product_id": "Glen Mug"}))


ALDER = ("tell me about the Alder Rain Jacket", ("show_product", {"product_id": "Alder Rain Jacket"}))


HAZEL_IN_CART = (
    "add the Hazel Mug to my cart",
    ("update_cart", {"product_id": "Hazel Mug", "quantity": 1, "mode": "add"}),
)


class Talk:
    """A conversation with a model that plays what it is given, and nothing else."""

    def __init__(self, make_app, planner, shopper=None):
        self.app, self._planner = make_app(planner=planner), planner
        self.key = self.app.conversations.start(Identity("shopper", shopper) if shopper else Identity())

    def say(self, text, *calls):
        script = self.app.model.chat.script
        script.clear()
        script += [plan(*calls)] if calls else []
        script += [AIMessage("Here you are.")] * 3
        return next(e.reply for e in self.app.assistant.reply(self.key, text) if isinstance(e, Done))

    def executed(self, reply, name):
        return [call.args for call in reply.tools if call.name == name and call.ok]


def added(product_id="Glen Mug", quantity=1, mode="add"):
    return ("update_cart", {"product_id": product_id, "quantity": quantity, "mode": mode})


def preference(key, value=None, forget=False):
    return ("remember_preference", {"key": key, "value": value, "forget": forget})
