"""Campaigns: products that somebody pays for to be shown. Always labelled, only among what fits, and never many.

A product is sponsored where a campaign has placed it and pays for it. Beyond the share, the day's cap or the floor a
campaign's product stands where relevance puts it, like any other, and nobody pays for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import Engine, insert, select, update

from assistant.db import impressions, lock
from assistant.ranking import Ranked
from index.catalogue import Catalogue, Product
from index.shop import Campaign, Shop
from index.sql import reading

SHARE = 4  # of as many cards one may be sponsored
PLACE = 2  # where it is lifted to, from 0: the third
MARGIN = 0.2  # how far below the best relevance (which is 1) it may be


class Impressions:
    """How often campaigns were shown, by day."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, campaign_id: str, day: date, cap: int | None) -> bool:
        """Count one more showing, in one transaction; False, and nothing counted, where the day's cap is reached."""
        line = (impressions.c.campaign_id == campaign_id) & (impressions.c.day == day)
        with self._engine.begin() as db:
            lock(db, f"impressions:{campaign_id}")
            shown = db.execute(select(impressions.c.shown).where(line)).scalar()
            if cap is not None and (shown or 0) >= cap:
                return False
            if shown is None:
                db.execute(insert(impressions).values(campaign_id=campaign_id, day=day, shown=1))
            else:
                db.execute(update(impressions).where(line).values(shown=shown + 1))
        return True

    def shown(self, campaign_id: str, day: date) -> int:
        """How often a campaign was shown on a day."""
        line = (impressions.c.campaign_id == campaign_id) & (impressions.c.day == day)
        with reading(self._engine) as db:
            return int(db.execute(select(impressions.c.shown).where(line)).scalar() or 0)


class Sponsoring:
    """Places the products of a shop's campaigns among what was found."""

    def __init__(self, shop: Shop, counted: Impressions, catalogue: Catalogue) -> None:
        self._shop = shop
        self._impressions = counted
        self._catalogue = catalogue

    def over(self, catalogue: Catalogue) -> Sponsoring:
        """The same over another version of the index."""
        return Sponsoring(self._shop, self._impressions, catalogue)

    @cached_property
    def _campaigns(self) -> Sequence[tuple[Campaign, frozenset[str]]]:
        """The campaigns, each with the groups of its products, as far as the catalogue has them."""
        products = self._catalogue.products
        return [
            (campaign, frozenset(products[key].group_id for key in campaign.products if key in products))
            for campaign in self._shop.settings.campaigns
        ]

    def place(self, rows: Sequence[Ranked], now: datetime, room: int) -> list[Ranked]:
        """The rows that are shown, at most `room` of them, with the sponsored ones among them marked.

        A sponsored row fits what was asked for, within `MARGIN` of the best; one of `SHARE` cards may be one. It keeps
        its place, or is lifted to the third among four or more; never to the first. Where a product was asked for by
        name there is nothing to suggest, and none is sponsored.
        """
        placed = list(rows)
        shown = min(len(placed), room)
        left = max(1, shown // SHARE)
        day = now.astimezone(self._shop.zone).date()
        running = [(campaign, groups) for campaign, groups in self._campaigns if campaign.runs_on(day)]
        for row in rows if running else ():
            if not left:
                break
            if not _fits(row, rows) or not self._paid(row, running, day):
                continue
            left -= 1
            at = placed.index(row)
            placed.pop(at)
            placed.insert(PLACE if at > PLACE and shown >= SHARE else at, replace(row, sponsored=True))
        return placed[:room]

    def sponsored(self, product: Product, now: datetime) -> bool:
        """Whether a campaign that runs now has the product."""
        day = now.astimezone(self._shop.zone).date()
        return any(product.group_id in groups for campaign, groups in self._campaigns if campaign.runs_on(day))

    def _paid(self, row: Ranked, running: Sequence[tuple[Campaign, frozenset[str]]], day: date) -> bool:
        """Whether a running campaign has the row's product and pays for showing it."""
        group = row.candidate.product.group_id
        return any(
            group in groups and self._impressions.take(campaign.id, day, campaign.daily_cap)
            for campaign, groups in running
        )


def _fits(row: Ranked, rows: Sequence[Ranked]) -> bool:
    candidate = row.candidate
    if any(other.candidate.exact for other in rows):
        return False
    best = max(other.candidate.relevance for other in rows)
    return candidate.sure and candidate.product.in_stock and candidate.relevance >= best - MARGIN
