"""What a shopper was told: every fact of a conversation's replies, and what the shop says of it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.conversation import Conversations
from assistant.grounding.sources import PASSAGE
from assistant.support.orders import Orders
from assistant.turn import Services
from index.catalogue import Product

OFFER = ("title", "price", "availability")
EVIDENCE = "evidence"  # the field of a fact that quotes a passage on a product


@dataclass(frozen=True, slots=True)
class Told:
    """One fact as it was told.

    Args:
        turn: its number, from 0.
        subject: a product id, an order id, a policy file, or "cart".
        policy_version: of the file that a passage was quoted from; None of anything else and of what is older.
        now: the value today; None where the shop no longer has it, or where it is of a moment: when prices were read,
            what was to be refunded, why something was suggested.
        changed: another value today, or none; of a policy, that the passage is not in it any more.
    """

    turn: int
    subject: str
    field: str
    then: str
    source: str
    at: datetime
    prompt_sha: str
    voice_version: str
    policy_version: str | None
    now: str | None
    changed: bool


class Ledger:
    """Looks up what shoppers were told."""

    def __init__(self, services: Services, talks: Conversations) -> None:
        self._services = services
        self._talks = talks

    def told(self, conversation_id: str) -> list[Told]:
        """Every fact of a conversation's replies, in their order, each once a reply; none where there is none."""
        found = []
        for number, turn in enumerate(self._talks.turns(conversation_id)):
            reply = turn.reply
            versions = {(c["source"], c["quote"]): c.get("version") or None for c in reply.get("citations", ())}
            for fact in reply.get("facts", ()):
                now, changed = self._now(fact)
                found.append(
                    Told(
                        turn=number,
                        subject=fact["subject"],
                        field=fact["field"],
                        then=fact["value"],
                        source=fact["source"],
                        at=datetime.fromisoformat(fact["at"]),
                        prompt_sha=reply["prompt_sha"],
                        voice_version=reply["voice"]["version"],
                        policy_version=versions.get((fact["source"], fact["value"])),
                        now=now,
                        changed=changed,
                    )
                )
        return found

    def _now(self, fact: Mapping[str, Any]) -> tuple[str | None, bool]:
        """(value today, whether it has changed)."""
        subject, name, then = fact["subject"], fact["field"], fact["value"]
        if name == PASSAGE:
            now = self._passage(subject, then)
        elif fact["source"] == Orders.SOURCE:
            if name not in ("date", "status"):  # sentences of it, and what an action moves: of their moment
                return None, False
            now = self._order(subject, name)
        else:
            catalogue = self._services.index.current.catalogue
            if name not in (*OFFER, EVIDENCE) and name.replace(" ", "_") not in catalogue.facets:
                return None, False
            product = catalogue.products.get(subject)
            now = self._of_product(product, name, then) if product is not None else None
        return now, now != then

    def _of_product(self, product: Product, name: str, then: str) -> str | None:
        if name == EVIDENCE:  # a passage on it, which is there or is not
            return then if any(p.text == then for p in self._services.evidence.passages(product)) else None
        return _value(product, name)

    def _passage(self, source: str, then: str) -> str | None:
        """The passage as it was told, where the policy still has it; else what its file says that comes nearest."""
        if any(passage.source == source and passage.text == then for passage in self._services.evidence.policies):
            return then
        nearest = (row.passage for row in self._services.evidence.policy(then))
        return next((passage.text for passage in nearest if passage.source == source), None)

    def _order(self, order_id: str, name: str) -> str | None:
        order = self._services.orders.find(order_id)
        if order is None:
            return None
        if name == "date":
            return order.at.date().isoformat() if order.at else None
        return order.status or Orders.UNKNOWN


def _value(product: Product, name: str) -> str | None:
    """A product's value of a field, in the words of `assistant.cards`."""
    if name == "title":
        return product.title
    if name == "price":
        return str(product.current_price)
    if name == "availability":
        return product.offered
    held = {facet.replace("_", " "): product.values(facet) for facet in product.facet_names}
    return ", ".join(held.get(name, ())[:3]) or None
