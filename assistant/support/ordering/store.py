"""The store of what is done about orders: proposed without writing, carried out in one transaction and once only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from assistant.conversation import Clock
from assistant.db import lock, order_audit, orders
from assistant.errors import Forgotten
from assistant.shoppers.feed import naive
from assistant.shoppers.tombstones import may_keep
from assistant.support.ordering.accounts import read_account, write_account
from assistant.support.ordering.actions import Action, ChangeDefaultAddress, action_to_json
from assistant.support.ordering.case import Case, Products
from assistant.support.ordering.effects import Effect, effect_of
from assistant.support.ordering.errors import NotYours, OrderChanged, Refused
from assistant.support.ordering.proposals import Carried, Proposal
from assistant.support.ordering.rules import RULES, Rule
from assistant.support.ordering.who import Who
from assistant.support.orders import Order, find_order
from index.shop import OrderTerms
from index.sql import reading


class OrderActions:
    """What can be done about orders and accounts.

    Args:
        product: a product of the catalogue by its id, as it stands.
        terms: `orders:` of shop.yaml.
        zone: the shop's clock, by whose days a time limit is counted.
        rules, effects: what is against an action, and what it does; for comparison with other shops' systems.
    """

    def __init__(
        self,
        engine: Engine,
        product: Products,
        terms: OrderTerms,
        clock: Clock,
        zone: tzinfo = UTC,
        *,
        rules: tuple[Rule, ...] = RULES,
        effects: Callable[[Case], Effect] = effect_of,
    ) -> None:
        self._engine = engine
        self._product = product
        self._terms = terms
        self._clock = clock
        self._zone = zone
        self._rules = rules
        self._effects = effects

    def look_up(self, order_id: str, who: Who) -> Order:
        """An order.

        Raises:
            NotYours: there is none, or it is not of the shopper that it is about.
        """
        with self._reading() as db:
            return _own(db, order_id, who)

    def propose(self, order_id: str | None, action: Action, who: Who) -> Proposal:
        """Judge an action, and say what it would do; nothing is written.

        Args:
            order_id: None for what is about the account alone.

        Raises:
            NotYours: there is no such order, or it is not of the shopper that it is about.
            Refused: a rule is against it.
        """
        with self._reading() as db:
            case = self._case(db, order_id, action, who)
        self._judge(case)
        return Proposal(order_id, action, who, case.fingerprint, self._effects(case).terms)

    def carry_out(self, proposal: Proposal, confirmed_by: Who) -> Carried:
        """Do what was proposed and confirmed. Everything is judged again, in the transaction that writes.

        The same proposal carried out again changes nothing, and returns what was done the first time.

        Raises:
            NotYours: there is no such order, or it is not of the shopper whom the confirming person acts for.
            OrderChanged: the order, a price or the outcome is not what it was when this was proposed.
            Refused: a rule is against it now.
            Forgotten: the shopper was erased.
        """
        with self._engine.begin() as db:
            if confirmed_by.shopper_id != proposal.asked_by.shopper_id:
                raise NotYours
            if not may_keep(db, confirmed_by.shopper_id):  # and nobody else touches their gift cards until we are done
                raise Forgotten("this shopper was erased")
            lock(db, "orders", shared=True)  # while nobody takes in what the shop itself has done
            lock(db, f"order:{proposal.order_id}")
            done = db.execute(select(order_audit).where(order_audit.c.key == proposal.key)).first()
            if done is not None:
                return Carried.of_row(done)
            case = self._case(db, proposal.order_id, proposal.action, confirmed_by)
            if case.fingerprint != proposal.fingerprint:
                raise OrderChanged
            self._judge(case)
            effect = self._effects(case)
            if effect.terms != proposal.terms:  # a price has changed: it is not what was confirmed
                raise OrderChanged
            return self._write(db, proposal, case, effect, confirmed_by)

    def history(self, who: Who, order_id: str | None = None) -> list[Carried]:
        """What was done about a shopper's orders and account, or about one of the orders, oldest first."""
        query = select(order_audit).where(order_audit.c.shopper_id == who.shopper_id)
        if order_id is not None:
            query = query.where(order_audit.c.order_id == order_id)
        with self._reading() as db:
            rows = db.execute(query.order_by(order_audit.c.at, order_audit.c.key)).all()
        return [Carried.of_row(row) for row in rows]

    def _case(self, db: Connection, order_id: str | None, action: Action, who: Who) -> Case:
        about_account = isinstance(action, ChangeDefaultAddress)
        if about_account != (order_id is None) or (about_account and not who.has_login):
            raise NotYours
        order = None if order_id is None else _own(db, order_id, who)
        account = read_account(db, who.shopper_id)
        return Case(order, account, action, self._product, self._terms, self._clock().astimezone(self._zone))

    def _judge(self, case: Case) -> None:
        for rule in self._rules:
            if rule.breaks(case):
                raise Refused(rule.code)

    def _write(self, db: Connection, proposal: Proposal, case: Case, effect: Effect, confirmed_by: Who) -> Carried:
        write_account(db, case.account, effect.account)
        if effect.order is not None:
            values = {"status": effect.order.status, "details": dict(effect.order.details)}
            db.execute(update(orders).where(orders.c.id == effect.order.id).values(values))
        row: dict[str, Any] = {
            "key": proposal.key,
            "shopper_id": confirmed_by.shopper_id,
            "order_id": proposal.order_id,
            "action": action_to_json(proposal.action),
            "terms": effect.terms.to_json(),
            "asked_role": proposal.asked_by.role,
            "asked_id": proposal.asked_by.id,
            "confirmed_role": confirmed_by.role,
            "confirmed_id": confirmed_by.id,
            "at": naive(self._clock()),
            "before": (case.order or case.account).to_json(),
            "after": (effect.order or effect.account).to_json(),
        }
        db.execute(insert(order_audit).values(row))
        return Carried.of_row(db.execute(select(order_audit).where(order_audit.c.key == proposal.key)).one())

    def _reading(self) -> Any:
        return reading(self._engine)


def _own(db: Connection, order_id: str, who: Who) -> Order:
    order = find_order(db, order_id)
    if order is None or order.shopper_id != who.shopper_id:
        raise NotYours
    return order
