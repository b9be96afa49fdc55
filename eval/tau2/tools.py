"""The reference's 16 tools over our store: their names, arguments and results are the reference's, the work is ours.

Whoever calls them acts as staff with the conversation of the order's owner open; the reference knows no more of authority.
"""

from __future__ import annotations

import ast
import json
import operator
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Engine

from assistant.conversation import Clock, Identity
from assistant.errors import OnevoiceError
from assistant.support import ordering
from assistant.support.ordering.effects import effect_of
from assistant.support.orders import Orders
from eval.tau2.document import document_of, one_user, order_document, product_document, variant_document
from eval.tau2.leniency import REFERENCE_RULES, reference_effect
from index.catalogue import Catalogue
from index.shop import OrderTerms

NAMES = (
    "calculate", "cancel_pending_order", "exchange_delivered_order_items", "find_user_id_by_name_zip",
    "find_user_id_by_email", "get_order_details", "get_product_details", "get_item_details", "get_user_details",
    "list_all_product_types", "modify_pending_order_address", "modify_pending_order_items",
    "modify_pending_order_payment", "modify_user_address", "return_delivered_order_items", "transfer_to_human_agents",
)  # fmt: skip
_LATER = ("cancel_reason", "exchange_items", "exchange_new_items", "exchange_payment_method_id",
          "exchange_price_difference", "return_items", "return_payment_method_id")  # fmt: skip
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.UAdd: operator.pos, ast.USub: operator.neg,
}  # fmt: skip
_LONGEST = 1_000  # characters of an expression
T = TypeVar("T")


class Tools:
    """The tools on one store.

    Args:
        lenient: with the reference's own leniency and faults; else as the product is.
    """

    def __init__(self, engine: Engine, catalogue: Catalogue, clock: Clock, *, lenient: bool) -> None:
        self._engine = engine
        self._catalogue = catalogue
        self._orders = Orders(engine)
        self._accounts = ordering.Accounts(engine)
        self._actions = ordering.OrderActions(
            engine,
            catalogue.products.get,
            OrderTerms(return_days=None),
            clock,
            rules=REFERENCE_RULES if lenient else ordering.RULES,
            effects=reference_effect if lenient else effect_of,
        )

    def call(self, name: str, arguments: dict[str, Any]) -> tuple[bool, Any]:
        """(whether it was done, the result or what is against it)."""
        if name not in NAMES:
            return False, f"Tool '{name}' not found."
        try:
            return True, getattr(self, name)(**arguments)
        except (OnevoiceError, ValueError, TypeError, ArithmeticError, SyntaxError, RecursionError) as error:
            return False, str(error)

    def state(self) -> dict[str, Any]:
        """The whole store in the reference's format."""
        with self._engine.connect().execution_options(read_only=True) as db:
            return document_of(db, self._catalogue)

    def calculate(self, expression: str) -> str:
        if not all(char in "0123456789+-*/(). " for char in expression) or len(expression) > _LONGEST:
            raise ValueError("Invalid characters in expression")
        return str(round(float(_value(ast.parse(expression, mode="eval").body)), 2))

    def cancel_pending_order(self, order_id: str, reason: str) -> dict[str, Any]:
        return self._done(order_id, ordering.Cancel(reason))

    def exchange_delivered_order_items(
        self, order_id: str, item_ids: list[str], new_item_ids: list[str], payment_method_id: str
    ) -> dict[str, Any]:
        return self._done(order_id, ordering.Exchange(_swaps(item_ids, new_item_ids), payment_method_id))

    def find_user_id_by_name_zip(self, first_name: str, last_name: str, zip: str) -> str:
        return _found(self._accounts.by_name_zip(f"{first_name} {last_name}", zip), "User")

    def find_user_id_by_email(self, email: str) -> str:
        return _found(self._accounts.by_email(email), "User")

    def get_order_details(self, order_id: str) -> dict[str, Any]:
        order = _found(self._orders.find(order_id), "Order")
        found = order_document(order, self._catalogue.products)
        return {**dict.fromkeys(_LATER), **found}

    def get_product_details(self, product_id: str) -> dict[str, Any]:
        return product_document(_found(self._catalogue.groups.get(product_id), "Product"))

    def get_item_details(self, item_id: str) -> dict[str, Any]:
        return variant_document(_found(self._catalogue.products.get(item_id), "Item"))

    def get_user_details(self, user_id: str) -> dict[str, Any]:
        with self._engine.connect().execution_options(read_only=True) as db:
            return _found(one_user(db, user_id), "User")

    def list_all_product_types(self) -> str:
        return json.dumps({group.title: group.id for group in self._catalogue.groups.values()}, sort_keys=True)

    def modify_pending_order_address(
        self, order_id: str, address1: str, address2: str, city: str, state: str, country: str, zip: str
    ) -> dict[str, Any]:
        return self._done(
            order_id, ordering.ChangeAddress(ordering.Address(address1, city, zip, country, address2, state))
        )

    def modify_pending_order_items(
        self, order_id: str, item_ids: list[str], new_item_ids: list[str], payment_method_id: str
    ) -> dict[str, Any]:
        return self._done(order_id, ordering.ChangeItems(_swaps(item_ids, new_item_ids), payment_method_id))

    def modify_pending_order_payment(self, order_id: str, payment_method_id: str) -> dict[str, Any]:
        return self._done(order_id, ordering.ChangePayment(payment_method_id))

    def modify_user_address(
        self, user_id: str, address1: str, address2: str, city: str, state: str, country: str, zip: str
    ) -> dict[str, Any]:
        user = self.get_user_details(user_id)
        action = ordering.ChangeDefaultAddress(ordering.Address(address1, city, zip, country, address2, state))
        self._carry_out(None, action, user["user_id"])
        return self.get_user_details(user_id)

    def return_delivered_order_items(
        self, order_id: str, item_ids: list[str], payment_method_id: str
    ) -> dict[str, Any]:
        return self._done(order_id, ordering.Return(tuple(item_ids), payment_method_id))

    def transfer_to_human_agents(self, summary: str) -> str:
        return "Transfer successful"

    def _done(self, order_id: str, action: ordering.Action) -> dict[str, Any]:
        self._carry_out(order_id, action, _found(self._orders.find(order_id), "Order").shopper_id)
        return self.get_order_details(order_id)

    def _carry_out(self, order_id: str | None, action: ordering.Action, shopper_id: str) -> None:
        agent = ordering.Who.staff("agent", Identity("shopper", shopper_id))
        self._actions.carry_out(self._actions.propose(order_id, action, agent), agent)


def _swaps(item_ids: list[str], new_item_ids: list[str]) -> tuple[ordering.Swap, ...]:
    if len(item_ids) != len(new_item_ids):
        raise ValueError("The number of items to be exchanged should match.")
    return tuple(ordering.Swap(item, new) for item, new in zip(item_ids, new_item_ids, strict=True))


def _found(value: T | None, kind: str) -> T:
    if value is None:
        raise ValueError(f"{kind} not found")
    return value


def _value(node: ast.expr) -> Any:
    """What an expression of numbers comes to. Powers are left out: nobody's bill has any, and they can be endless."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.UnaryOp(op=sign, operand=inner) if type(sign) in _OPERATORS:
            return _OPERATORS[type(sign)](_value(inner))
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATORS:
            return _OPERATORS[type(sign)](_value(left), _value(right))
    raise ValueError("not a sum")
