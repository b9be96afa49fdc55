"""What can be done about an order: proposed, listed to the person, confirmed, carried out.

    actions    what may be asked for: small frozen values
    who        who asks, and for whom: from the login, never from a text
    errors     NotYours, Refused, OrderChanged
    accounts   where a shopper has things sent, and what they pay with
    case       an action with all that decides about it, and the sums in question
    rules      one row a rule, each with the policy that it stems from
    effects    the order, the account and the money as they are afterwards
    proposals  what is listed to the person before they confirm
    store      OrderActions: look up, propose, carry out, in one transaction and once only

Rules and effects are pure. Nothing here reads a message or knows of a model.
"""

from assistant.support.ordering.accounts import Account, Accounts, Method
from assistant.support.ordering.actions import (
    Action,
    Address,
    Cancel,
    ChangeAddress,
    ChangeDefaultAddress,
    ChangeItems,
    ChangePayment,
    Exchange,
    Return,
    Swap,
)
from assistant.support.ordering.errors import NotYours, OrderChanged, Refused
from assistant.support.ordering.proposals import Carried, Item, Movement, Proposal, Terms
from assistant.support.ordering.rules import RULES
from assistant.support.ordering.store import OrderActions
from assistant.support.ordering.who import Who

__all__ = [
    "RULES",
    "Account",
    "Accounts",
    "Action",
    "Address",
    "Cancel",
    "Carried",
    "ChangeAddress",
    "ChangeDefaultAddress",
    "ChangeItems",
    "ChangePayment",
    "Exchange",
    "Item",
    "Method",
    "Movement",
    "NotYours",
    "OrderActions",
    "OrderChanged",
    "Proposal",
    "Refused",
    "Return",
    "Swap",
    "Terms",
    "Who",
]
