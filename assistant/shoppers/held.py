"""Everything that the store holds about one shopper: in which tables, and as one document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Table, literal, select

from assistant.db import (
    accounts,
    cart_lines,
    conversations,
    dismissals,
    drafts,
    events,
    handoffs,
    order_audit,
    orders,
    proof_tries,
    proofs,
    ratings,
    shoppers,
    takeovers,
    turns,
)

# Of a cart that a guest filled and of what was said before signing in nobody knows whose it was, unless the guest has
# shown whose orders they ask about.


def rows_of(shopper_id: str) -> dict[str, tuple[Table, ColumnElement[bool]]]:
    """What there is about a shopper → the table, and which of its rows. In an order in which they can be deleted."""
    proven = select(proofs.c.conversation_id).where(proofs.c.shopper_id == shopper_id)
    said = rows_in((conversations.c.shopper_id == shopper_id) | conversations.c.id.in_(proven))
    table, theirs = said["cart"]
    return {
        **said,
        "cart": (table, theirs | (cart_lines.c.owner == f"shopper:{shopper_id}")),
        "proofs": (proofs, proofs.c.shopper_id == shopper_id),  # after what is found by them
        "proof_tries": (proof_tries, proof_tries.c.shopper_id == shopper_id),
        "dismissals": (dismissals, dismissals.c.shopper_id == shopper_id),
        "order_audit": (order_audit, order_audit.c.shopper_id == shopper_id),
        "orders": (orders, orders.c.shopper_id == shopper_id),
        "accounts": (accounts, accounts.c.shopper_id == shopper_id),
        "events": (events, events.c.shopper_id == shopper_id),
        "profile": (shoppers, shoppers.c.id == shopper_id),
    }


def rows_in(which: ColumnElement[bool]) -> dict[str, tuple[Table, ColumnElement[bool]]]:
    """As `rows_of`, of what there is about some conversations."""
    keys = select(conversations.c.id).where(which)
    carts = select(literal("conversation:") + conversations.c.id).where(which)
    return {
        "cart": (cart_lines, cart_lines.c.owner.in_(carts)),
        **{
            table.name: (table, table.c.conversation_id.in_(keys))
            for table in (handoffs, takeovers, drafts, ratings, turns)
        },
        "conversations": (conversations, which),
    }


def read_held(db: Connection, shopper_id: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of `rows_of`, each table's in the order of its key."""
    return {
        name: [dict(row) for row in db.execute(select(table).where(theirs).order_by(*table.primary_key)).mappings()]
        for name, (table, theirs) in rows_of(shopper_id).items()
    }


def export(engine: Engine, shopper_id: str, at: datetime) -> dict[str, Any] | None:
    """Everything held about a shopper at one moment, ready for JSON; None where nothing is. Times are UTC."""
    postgres = engine.dialect.name == "postgresql"
    options: Any = {"isolation_level": "REPEATABLE READ"} if postgres else {"read_only": True}
    with engine.connect().execution_options(**options) as db:
        held = read_held(db, shopper_id)
    if not any(held.values()):
        return None
    said: dict[str, list[dict[str, Any]]] = {}
    for turn in held.pop("turns"):
        said.setdefault(turn.pop("conversation_id"), []).append(turn)
    profile = next(iter(held.pop("profile")), {})
    consent = profile.pop("personalization", True)
    document = {
        "shopper": shopper_id,
        "exported_at": at,
        "consent": {"personalization": consent},
        "preferences": profile.pop("preferences", {}),
        "profile": profile,
        "account": next(iter(held.pop("accounts")), None),
        **{
            name: held[name]
            for name in (
                *(
                    "events",
                    "orders",
                    "order_audit",
                    "cart",
                    "dismissals",
                    "handoffs",
                    "takeovers",
                    "drafts",
                    "ratings",
                ),
                *("proofs", "proof_tries"),
            )
        },
        "conversations": [{**row, "turns": said.get(row["id"], [])} for row in held["conversations"]],
    }
    plain: dict[str, Any] = _plain(document)
    return plain


def _plain(value: Any) -> Any:
    """As JSON has it. The store's times are in UTC and name no zone."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {name: _plain(held) for name, held in value.items()}
    return [_plain(held) for held in value] if isinstance(value, list) else value
