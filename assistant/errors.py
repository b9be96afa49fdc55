"""What can go wrong, by who must act on it.

OnevoiceError
├── ModelMayRetry        the model's call was wrong; it is told why
│   └── PlanError        a plan that is no plan: malformed or cut off
├── TellShopper          the shopper is told in plain words
├── TellStaff            the colleague at the desk is told in plain words
├── Full                 so many wait for the assistant that nobody else can; later they can
├── Forgotten            the shopper whom it is about was erased; nothing is kept
├── DeskError            a member of staff asked for what cannot be
│   ├── NotOpen          it is not open to them, or not there: the two are told alike
│   └── Taken            a colleague has it
├── Stopped              the shopper pressed Stop or left; nothing more is sent
├── SetupError           the person who runs the shop must act; the message says how
└── Bug                  ours
"""

from __future__ import annotations


class OnevoiceError(Exception):
    """Base of every error that this package raises itself."""


class ModelMayRetry(OnevoiceError):
    """The model's call was wrong; the text says why."""


class PlanError(ModelMayRetry):
    """The model's plan could not be read."""


class TellShopper(OnevoiceError):
    """Something that the shopper should hear of, in plain words."""


class TellStaff(OnevoiceError):
    """Something that the colleague at the desk should hear of, in plain words."""


class Full(OnevoiceError):
    """So many turns wait that no other is taken: of all, or of this conversation."""


class Forgotten(OnevoiceError):
    """The shopper was erased meanwhile: nothing is kept of them, what their open page still sends among it."""


class DeskError(OnevoiceError):
    """What a member of staff asked for cannot be."""


class NotOpen(DeskError):
    """A conversation is not open to them, or not there; which of the two is not told."""


class Taken(DeskError):
    """A colleague has taken the conversation over.

    Args:
        by: the colleague's name.
    """

    def __init__(self, by: str) -> None:
        super().__init__(f"{by} has taken this conversation")
        self.by = by


class Stopped(OnevoiceError):
    """The turn was stopped by the person who asked."""


class SetupError(OnevoiceError):
    """A setting, file or network that must be put right; the message names the remedy."""


class Bug(OnevoiceError):
    """A state that the code rules out."""
