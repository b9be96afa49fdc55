"""The labelled sentences that the audit is measured on: how they are stored, and how they are made.

Nothing here uses the audit, or knows how it works: sentences and labels come from the shops' data alone.
"""
