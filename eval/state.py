"""What the store of one run holds: read from its database, whatever the reply says of it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

_OWNERS = {
    "shoppers": "id",
    "accounts": "shopper_id",
    "orders": "shopper_id",
    "order_audit": "shopper_id",
    "cart_lines": "owner",
    "handoffs": "conversation_id",
    "dismissals": "shopper_id",
}


def state_of(database: Path, shopper: str, conversation: str, cart_owner: str) -> dict[str, Any]:
    """What is held of a shopper and of their conversation, ready for JSON.

    Args:
        database: the SQLite file.
        cart_owner: see `Conversation.cart_owner`.

    Returns:
        `cart`: SKU → quantity; `orders`: id → a digest of all that is recorded, behind the status; `preferences` and
        `personalization`, None for who has no profile; `account`: digests of address and ways to pay; `done`: keys of
        what was done about orders; `dismissed`: groups that are not to be suggested; `handoffs`: ids; `others`: a
        digest of the same about everybody else.
    """
    mine = dict.fromkeys(_OWNERS, shopper) | {"cart_lines": cart_owner, "handoffs": conversation}
    own: dict[str, list[dict[str, Any]]] = {table: [] for table in _OWNERS}
    others = hashlib.sha256()
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        for table, column in _OWNERS.items():
            for row in map(dict, db.execute(f"SELECT * FROM {table} ORDER BY rowid")):
                if row[column] == mine[table]:
                    own[table].append(row)
                else:
                    others.update(_line(row))
    profile = own["shoppers"][0] if own["shoppers"] else None
    return {
        "cart": {row["product_id"]: row["quantity"] for row in own["cart_lines"]},
        "orders": {row["id"]: f"{row['status']} {hashlib.sha256(_line(row)).hexdigest()[:8]}" for row in own["orders"]},
        "account": [hashlib.sha256(_line(row)).hexdigest()[:8] for row in own["accounts"]],
        "done": [row["key"] for row in own["order_audit"]],
        "preferences": json.loads(profile["preferences"]) if profile else None,
        "personalization": bool(profile["personalization"]) if profile else None,
        "dismissed": [row["item_group_id"] for row in own["dismissals"]],
        "handoffs": [row["id"] for row in own["handoffs"]],
        "others": others.hexdigest()[:16],
    }


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What differs between two states, each in words."""
    named = {"orders": "an order", "preferences": "the stored preferences", "personalization": "the consent"}
    named |= {"account": "the account", "done": "what was done about orders"}
    named |= {"cart": "the cart", "dismissed": "what is not suggested", "handoffs": "the hand-offs"}
    named |= {"others": "what is held of others"}
    return [f"{words} changed" for name, words in named.items() if before[name] != after[name]]


def _line(row: Mapping[str, Any]) -> bytes:
    return json.dumps(row, sort_keys=True, default=str).encode() + b"\n"
