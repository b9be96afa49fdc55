"""What a scripted model says in the desk's tests."""

from langchain_core.messages import AIMessage

from tests.toys import plan

MUG = (plan(("show_product", {"product_id": "Glen Mug"})), AIMessage("The Glen Mug costs 12.00 EUR. It is white."))
RETURNS = (
    plan(("ask_policy", {"question": "how long can I return something"})),
    AIMessage("You may return anything within 60 days of delivery."),
)
