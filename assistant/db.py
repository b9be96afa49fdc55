"""The SQL store: tables and the engine. SQLite on one machine, PostgreSQL where it is outgrown.

Rows are plain; what they mean is with the module that owns them (carts, conversations, shoppers, orders).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    event,
    false,
    text,
)

from assistant.migration import add, loosen
from index.sql import open_url

metadata = MetaData()

shoppers = Table(
    "shoppers",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("email", String),
    Column("zip", String),
    Column("preferences", JSON, nullable=False),
    Column("personalization", Boolean, nullable=False),
)
events = Table(
    "events",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("shopper_id", String, nullable=False),
    Column("type", String, nullable=False),
    Column("product_id", String, nullable=False),
    Column("order_id", String),
    Column("at", DateTime, nullable=False),  # UTC, naive: SQLite keeps no zone
    Column("quantity", Integer, nullable=False),
    Column("price", String),
    Column("live", Boolean, nullable=False),  # seen by the assistant itself, not read from the shop's file
    Index("events_by_shopper", "shopper_id", "at"),
)
orders = Table(
    "orders",
    metadata,
    Column("id", String, primary_key=True),
    Column("shopper_id", String, nullable=False, index=True),
    Column("at", DateTime),  # null: not known
    Column("status", String),  # null: not known
    Column("details", JSON, nullable=False),  # lines, address, payments, fulfilments, and what was done since
)
accounts = Table(  # where a shopper has things sent, and what they pay with
    "accounts",
    metadata,
    Column("shopper_id", String, primary_key=True),
    Column("address", JSON(none_as_null=True)),
    Column("methods", JSON, nullable=False),
    Column("version", Integer, nullable=False),  # how often the address was changed
)
order_audit = (
    Table(  # what was done to orders and accounts, by whom; rows are only ever added, and go with their shopper
        "order_audit",
        metadata,
        Column("key", String, primary_key=True),  # of the proposal that was carried out
        Column("shopper_id", String, nullable=False, index=True),
        Column("order_id", String, index=True),  # null: it was about the account
        Column("action", JSON, nullable=False),
        Column("terms", JSON, nullable=False),
        Column("asked_role", String, nullable=False),
        Column("asked_id", String, nullable=False),
        Column("confirmed_role", String, nullable=False),
        Column("confirmed_id", String, nullable=False),
        Column("at", DateTime, nullable=False),
        Column("before", JSON, nullable=False),
        Column("after", JSON, nullable=False),
    )
)
conversations = Table(
    "conversations",
    metadata,
    Column("id", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("shopper_id", String, index=True),
    Column("channel", String, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("closed", Boolean, nullable=False, server_default=false()),  # no cookie opens it any more
)
turns = Table(
    "turns",
    metadata,
    Column("conversation_id", String, ForeignKey("conversations.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("reply", JSON, nullable=False),
    Column("state", JSON, nullable=False),
    Column("at", DateTime, nullable=False),
)
ratings = Table(
    "ratings",
    metadata,
    Column("conversation_id", String, primary_key=True),
    Column("n", Integer, primary_key=True),  # of the turn
    Column("thumbs", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("channel", String, nullable=False),
    Column("model", String, nullable=False),  # these as the turn's reply has them
    Column("prompt_sha", String, nullable=False),
    Column("voice_version", String, nullable=False),
    Column("at", DateTime, nullable=False),
    ForeignKeyConstraint(("conversation_id", "n"), ("turns.conversation_id", "turns.n")),
)
drafts = Table(
    "drafts",
    metadata,
    Column("id", String, primary_key=True),
    Column("conversation_id", String, nullable=False, index=True),
    Column("n", Integer, nullable=False),  # of the turn whose question it answers
    Column("question", Text, nullable=False),
    Column("staff", String, nullable=False),  # who asked for it
    Column("text", Text, nullable=False),
    Column("sentences", JSON, nullable=False),  # each with its sources
    Column("writes", JSON, nullable=False),  # what it describes and has not done: tool calls
    Column("outcome", String, nullable=False),
    Column("prompt_sha", String, nullable=False),
    Column("voice_version", String, nullable=False),
    Column("model", String, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("sent_text", Text),  # null: not sent
    Column("edited", Boolean),
    Column("sent_by", String),
    Column("sent_at", DateTime),
    Column("thumbs", String),  # null: not rated
    Column("reason", Text),
)
cart_lines = Table(
    "cart_lines",
    metadata,
    Column("owner", String, primary_key=True),
    Column("product_id", String, primary_key=True),
    Column("quantity", Integer, nullable=False),
)
handoffs = Table(
    "handoffs",
    metadata,
    Column("id", String, primary_key=True),
    Column("conversation_id", String, nullable=False, index=True),
    Column("at", DateTime, nullable=False),
    Column("status", String, nullable=False),
    Column("packet", JSON, nullable=False),
)
takeovers = Table(
    "takeovers",
    metadata,
    Column("id", String, primary_key=True),
    Column("conversation_id", String, nullable=False, index=True),
    Column("name", String, nullable=False),  # of the member of staff
    Column("role", String, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("ended_at", DateTime),  # null: not yet
)
staff = Table(
    "staff",
    metadata,
    Column("name", String, primary_key=True),
    Column("folded", String, nullable=False, unique=True),  # no two names differ in capitals alone
    Column("role", String, nullable=False),
    Column("password", String, nullable=False),  # hashed
    Column("at", DateTime, nullable=False),
)
staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("digest", String, primary_key=True),  # of what the cookie holds
    Column("name", String, nullable=False),
    Column("until", DateTime, nullable=False),
)
staff_tries = Table(  # of signing in; short-lived
    "staff_tries",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False, index=True),
    Column("at", DateTime, nullable=False),
)
proofs = Table(  # guests who have shown whose orders they ask about; see `support.proofs`
    "proofs",
    metadata,
    Column("conversation_id", String, primary_key=True),
    Column("shopper_id", String, nullable=False, index=True),
    Column("at", DateTime, nullable=False),
)
proof_tries = Table(  # for the limit alone: rows are gone after an hour
    "proof_tries",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("subject", String, nullable=False, index=True),  # a digest: of a conversation, an order id, or a claim
    Column("shopper_id", String, index=True),  # whose order it was, if it is one: so that it goes with them
    Column("at", DateTime, nullable=False),
)
dismissals = Table(
    "dismissals",
    metadata,
    Column("shopper_id", String, primary_key=True),
    Column("item_group_id", String, primary_key=True),
    Column("at", DateTime, nullable=False),
)
tombstones = Table(  # what was forgotten and stands in the shop's files still: digests, see `shoppers.tombstones`
    "tombstones",
    metadata,
    Column("digest", String, primary_key=True),
)
keys = Table(
    "keys",
    metadata,
    Column("name", String, primary_key=True),
    Column("key", String, nullable=False),
)
impressions = Table(
    "impressions",
    metadata,
    Column("campaign_id", String, primary_key=True),
    Column("day", Date, primary_key=True),  # by the shop's clock
    Column("shown", Integer, nullable=False),
)
seeds = Table(
    "seeds",
    metadata,
    Column("file", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
)


def open_engine(url: str) -> Engine:
    """Open the store at an SQLAlchemy URL, create what is missing, and bring what is older to today's form.

    SQLite runs at `synchronous=FULL`, so that a committed order or consent survives a power cut.
    """
    engine = open_url(url, durability="FULL")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
    with engine.begin() as db:
        lock(db, "schema")  # of several workers that start together one creates
        metadata.create_all(db)
        loosen(db, orders.c.at)
        add(db, conversations.c.closed)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten, and not only marked as free
    connection.create_function("lower", 1, _lower, deterministic=True)  # SQLite's own knows ASCII only


def _lower(text: str | None) -> str | None:
    return text.lower() if text is not None else None


def lock(db: Connection, name: str, *, shared: bool = False) -> None:
    """Let one transaction at a time change what `name` stands for. SQLite has one writer anyhow.

    Args:
        shared: only keep out whoever takes it for themselves alone.
    """
    if db.dialect.name == "postgresql":
        kind = "_shared" if shared else ""
        db.execute(text(f"SELECT pg_advisory_xact_lock{kind}(hashtext(:name))"), {"name": name})
