"""The settings that an A/B compares: `strength=0` against `strength=default`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from assistant.app import App
from index.errors import ShopError
from index.shop import Personalization

Change = Callable[[App, str], App]


def _strength(app: App, value: str) -> App:
    """How much a shopper's history counts: from 0 to 1, or the shop's `default`."""
    if value == "default":
        return app
    try:
        personal = Personalization(strength=float(value))
    except ValueError as error:
        raise ShopError(f"strength={value}: write a number from 0 to 1, or default.") from error
    shop = replace(app.shop, settings=app.shop.settings.model_copy(update={"personalization": personal}))
    return replace(app, shop=shop)


def _recommender(app: App, value: str) -> App:
    """`trained`, or `none`: what is like a shopper's own, and what sells."""
    if value not in ("trained", "none"):
        raise ShopError(f"recommender={value}: write trained or none.")
    nowhere = app.settings.data_dir / "no-recommender"
    return app if value == "trained" else replace(app, settings=app.settings.model_copy(update={"data_dir": nowhere}))


SETTINGS: Mapping[str, Change] = {"strength": _strength, "recommender": _recommender}


@dataclass(frozen=True)
class Arm:
    """One side of an A/B.

    Args:
        settings: name → value, as they were written.
    """

    settings: Mapping[str, str]

    def __str__(self) -> str:
        return ",".join(f"{name}={value}" for name, value in self.settings.items())

    def of(self, app: App) -> App:
        """The app with these settings; take a `fresh_state` of it.

        Raises:
            ShopError: a value that its setting does not have.
        """
        for name, value in self.settings.items():
            app = SETTINGS[name](app, value)
        return app

    @contextmanager
    def opened(self, app: App, folder: Path, now: datetime) -> Iterator[App]:
        """The app with these settings, over databases in a folder of its own, its clock standing still."""
        fresh = self.of(app).fresh_state(folder, lambda: now)
        try:
            yield fresh
        finally:
            fresh.close_state()


def read_arm(text: str) -> Arm:
    """`strength=0`, or several settings with commas between.

    Raises:
        ShopError: no such setting; the message names those that there are.
    """
    settings = {}
    for part in text.split(","):
        name, separator, value = (piece.strip() for piece in part.partition("="))
        if not separator or name not in SETTINGS:
            raise ShopError(
                f"{part.strip()!r}: write a setting and its value, as strength=0. There are {', '.join(SETTINGS)}."
            )
        settings[name] = value
    return Arm(settings)
