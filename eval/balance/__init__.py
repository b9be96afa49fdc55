"""`onevoice bench balance`: the balance of consistency and personalization, measured."""

from eval.balance.bench import Options, bench_balance

__all__ = ["Options", "bench_balance"]
