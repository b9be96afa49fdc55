"""What a shop folder says of its shoppers: times with and without a zone, bad rows, large files."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, func, select

from assistant.db import events
from assistant.shoppers.feed import EventRow, OrderRow, read_rows
from assistant.shoppers.seed import seed
from assistant.shoppers.store import Shoppers
from assistant.support.orders import Orders
from tests.conftest import NOW, write_jsonl

LONDON = ZoneInfo("Europe/London")


def event(at: str = "2026-07-01T10:00:00", **more):
    return {"shopper_id": "17850", "type": "purchase", "product_id": "M1", "order_id": "536365", "at": at, **more}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2010-12-01T08:26:00", "2010-12-01T08:26:00"),  # winter: the shop's clock is UTC
        ("2011-07-01T08:26:00", "2011-07-01T07:26:00"),  # summer time
        ("2011-07-01T08:26:00Z", "2011-07-01T08:26:00"),  # a zone that is named holds
        ("2011-07-01T08:26:00+02:00", "2011-07-01T06:26:00"),
        ("2026-10-25T01:30:00", "2026-10-25T00:30:00"),  # comes twice: the first is meant
        ("2026-03-29T01:30:00", "2026-03-29T01:30:00"),  # is left out: 02:30 summer time
    ],
)
def test_a_time_without_a_zone_is_of_the_shops_clock(tmp_path: Path, written, read):
    write_jsonl(tmp_path / "events.jsonl", [event(written)])
    rejected = []
    (row,) = read_rows(tmp_path / "events.jsonl", EventRow, rejected, LONDON)
    assert (row.at, rejected) == (datetime.fromisoformat(read), [])


def parcel(at: str) -> dict:
    sent = {"lines": [], "at": at}
    return {"id": "O1", "shopper_id": "ada", "at": "2026-07-01T10:00:00", "status": "delivered", "fulfilments": [sent]}


def test_a_parcel_may_have_come_some_days_before_the_file_is_read(tmp_path: Path):
    write_jsonl(tmp_path / "orders.jsonl", [parcel("-P4D")])
    (row,) = read_rows(tmp_path / "orders.jsonl", OrderRow, [], LONDON, now=datetime(2031, 3, 5, 12, tzinfo=UTC))
    assert row.details["fulfilments"][0]["at"] == "2031-03-01T12:00:00Z"


@pytest.mark.parametrize("at", ["P4D", "-P4W", "-P1Y", "-P4D ", "-P99999999D", "4 days ago"])
def test_days_back_are_told_in_one_way(tmp_path: Path, at):
    write_jsonl(tmp_path / "orders.jsonl", [parcel(at)])
    rejected = []
    assert list(read_rows(tmp_path / "orders.jsonl", OrderRow, rejected, LONDON, now=datetime.now(UTC))) == []
    assert "fulfilments.0.at" in rejected[0].reason


def test_days_back_count_from_no_moment_that_nobody_has_told(tmp_path: Path):
    write_jsonl(tmp_path / "orders.jsonl", [parcel("-P4D")])
    rejected = []
    assert list(read_rows(tmp_path / "orders.jsonl", OrderRow, rejected, LONDON)) == []
    assert "counted back" in rejected[0].reason


def test_events_and_orders_without_zones_are_taken_in(engine: Engine, tmp_path: Path):
    rows = "".join(json.dumps(event(quantity=n)) + "\n" for n in range(1, 12_001))
    (tmp_path / "events.jsonl.gz").write_bytes(gzip.compress(rows.encode()))
    write_jsonl(
        tmp_path / "orders.jsonl",
        [{"id": "O1", "shopper_id": "17850", "at": "2026-07-01T10:00:00", "status": "delivered"}],
    )
    assert seed(engine, tmp_path, LONDON) == []
    with engine.connect() as db:
        assert db.execute(select(func.count()).select_from(events)).scalar() == 12_000
    nine = datetime(2026, 7, 1, 9, tzinfo=UTC)
    assert {e.at for e in Shoppers(engine, lambda: NOW).events("17850")} == {nine}
    assert {order.id: order.at for order in Orders(engine).of("17850")} == {"O1": nine, "536365": nine}


def test_another_clock_reads_the_events_again(engine: Engine, tmp_path: Path):
    write_jsonl(tmp_path / "events.jsonl", [event()])
    seed(engine, tmp_path, LONDON)
    seed(engine, tmp_path, ZoneInfo("Asia/Tokyo"))
    (held,) = Shoppers(engine, lambda: NOW).events("17850")
    assert held.at == datetime(2026, 7, 1, 1, tzinfo=UTC)


def test_a_bad_row_is_reported_by_its_line_and_the_others_are_read(tmp_path: Path):
    bad = [
        ('{"shopper_id": "a"', "not a JSON object"),
        ("[1]", "not a JSON object"),
        (json.dumps(event("soon")), "at: "),
        (json.dumps(event("0001-01-01T00:00:00+14:00")), "at: "),
        (json.dumps(event(quantity=0)), "quantity: "),
        (json.dumps(event(quantity=2**40)), "quantity: "),
        (json.dumps(event(price="\0")), "NUL"),
        ('{"shopper_id": "\\ud800"}', "not a JSON object"),
    ]
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join([json.dumps(event()), *(line for line, _ in bad), json.dumps(event())]))
    rejected = []
    assert len(list(read_rows(path, EventRow, rejected))) == 2
    assert [row.line for row in rejected] == list(range(2, 2 + len(bad)))
    for row, (_, reason) in zip(rejected, bad, strict=True):
        assert reason in row.reason


def test_a_file_that_ends_too_early_is_read_up_to_there(tmp_path: Path):
    whole = gzip.compress("".join(json.dumps(event(quantity=n)) + "\n" for n in range(1, 5_000)).encode())
    path = tmp_path / "events.jsonl.gz"
    path.write_bytes(whole[: len(whole) // 2])
    rejected = []
    read = list(read_rows(path, EventRow, rejected))
    assert 0 < len(read) < 5_000
    ((line, reason),) = [(row.line, row.reason) for row in rejected]
    assert line == len(read) + 1
    assert "damaged" in reason


def test_progress_counts_the_bytes_of_the_file(tmp_path: Path):
    write_jsonl(tmp_path / "events.jsonl", [event()] * 3_000)
    seen = []
    assert len(list(read_rows(tmp_path / "events.jsonl", EventRow, [], seen=seen.append))) == 3_000
    assert seen == sorted(seen)
    assert seen[-1] == (tmp_path / "events.jsonl").stat().st_size
