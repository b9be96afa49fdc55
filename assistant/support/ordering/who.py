"""Who asks for something to be done, and for whom. It follows from the login and from the conversation that is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.conversation import Identity
from assistant.support.ordering.errors import NotYours

PROVEN = "proven:"


@dataclass(frozen=True, slots=True)
class Who:
    """A person who acts.

    Args:
        role: a shopper acts on their own orders only, staff for the shopper of the conversation that they have open.
        id: of the person.
        shopper_id: whose orders and account it is about.
    """

    role: Literal["shopper", "staff"]
    id: str
    shopper_id: str

    @classmethod
    def shopper(cls, shopper_id: str) -> Who:
        """A signed-in shopper."""
        return cls("shopper", shopper_id, shopper_id)

    @classmethod
    def staff(cls, staff_id: str, open_for: Identity) -> Who:
        """A member of staff, with the identity of the conversation that they have open.

        Raises:
            NotYours: it is a guest's.
        """
        if open_for.shopper_id is None:
            raise NotYours
        return cls("staff", staff_id, open_for.shopper_id)

    @classmethod
    def proven(cls, shopper_id: str) -> Who:
        """A guest who has shown that these orders are theirs, without a login."""
        return cls("shopper", f"{PROVEN}{shopper_id}", shopper_id)

    @property
    def has_login(self) -> bool:
        """Whether somebody signed in: the account, and where things go by default, is for them alone."""
        return not self.id.startswith(PROVEN)

    @classmethod
    def of(cls, identity: Identity) -> Who:
        """Whoever signed in as a shopper.

        Raises:
            NotYours: a guest, or staff, of whom this does not say who they are.
        """
        if identity.role != "shopper" or identity.shopper_id is None:
            raise NotYours
        return cls.shopper(identity.shopper_id)
