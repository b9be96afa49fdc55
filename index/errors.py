"""Errors of the index: all of them for the person who runs the shop."""

from __future__ import annotations


class ShopError(Exception):
    """A shop folder or index that cannot be used. The message names the file, the line where known, the remedy."""


class FetchError(ShopError):
    """A model that could not be fetched. The message names the remedy."""


class ExportError(ShopError):
    """A model that could not be made faster; its slower form serves. The message names the reason."""
