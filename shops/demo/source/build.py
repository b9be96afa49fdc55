"""Expands the hand-written sources of the demo shop into its feed files; --check says whether they are current.

Stock and the shoppers' histories are simulated, from a fixed seed. Products, reviews, policies and people are written,
and so are a few orders, so that there is something to cancel, to change and to send back.
"""

from __future__ import annotations

import json
import random
import re
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import yaml

HERE = Path(__file__).parent
SHOP = HERE.parent
ADULT = ["XS", "S", "M", "L", "XL"]
START, END = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 10, 31, 20, tzinfo=UTC)


def load(name):
    return yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))


def slug(text):
    return re.sub(r"[^A-Z0-9]+", "-", text.upper()).strip("-")


def products(groups, rng):
    for group in groups:
        sizes = group.get("sizes") or [None]
        sizes = ADULT if sizes == "adult" else [str(s) if s is not None else None for s in sizes]
        for color in group["colors"] or [None]:
            for size in sizes:
                parts = [group["id"], *(slug(part) for part in (color, size) if part)]
                quantity = group.get("stock", rng.choice([0, 1, 2, 3, 5, 8, 8, 12, 15, 20, 24, 30]))
                attributes = {k: v if isinstance(v, list) else [str(v)] for k, v in group["facts"].items()}
                row = {
                    "id": "-".join(parts),
                    "item_group_id": group["id"],
                    "title": group["title"],
                    "description": group["text"],
                    "brand": group.get("brand", "Hearth & Heath"),
                    "product_type": group["type"],
                    "price": f"{group['price']:.2f} EUR",
                }
                if "sale" in group:
                    row["sale_price"] = f"{group['sale']:.2f} EUR"
                row |= {
                    "availability": "in_stock" if quantity else "out_of_stock",
                    "quantity": quantity,
                    "color": color,
                    "size": size,
                    "material": group["material"],
                    "image_link": f"images/{image(group, color)}",
                    "attributes": attributes,
                }
                if "gender" in group:
                    row["gender"] = group["gender"]
                yield {key: value for key, value in row.items() if value is not None}


def image(group, color):
    return f"{group['art']}-{slug(color or group['id']).lower()}.png"


def reviews():
    for line in (HERE / "reviews.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            key, author, rating, title, text = (part.strip() for part in line.split("|"))
            yield {"item_group_id": key, "author": author, "title": title, "text": text, "rating": int(rating)}


def histories(people, rows, rng):
    """Views lead to carts and some carts to orders, more often of what somebody likes most."""
    by_group = {}
    for row in rows:
        by_group.setdefault(row["item_group_id"], []).append(row)
    events, orders = [], []
    for person in people:
        size = person["preferences"].get("size")
        bought = set()
        days = sorted(rng.sample(range((END - START).days), person["visits"]))
        for visit, day in enumerate(days):
            at = START + timedelta(days=day, hours=rng.randint(7, 20), minutes=rng.randint(0, 59))
            likes = person["likes"]
            seen = rng.sample(likes, min(len(likes), rng.randint(1, 3)))
            if rng.random() < 0.25:
                seen.append(rng.choice(sorted(by_group)))
            for place, key in enumerate(dict.fromkeys(seen)):
                variants = by_group[key]
                fitting = [v for v in variants if size and v.get("size") == size] or variants
                chosen = fitting[0] if rng.random() < 0.7 else rng.choice(fitting)
                price = chosen.get("sale_price", chosen["price"])
                when = at + timedelta(minutes=4 * place)

                def event(kind, minutes, order=None, *, when=when, chosen=chosen, price=price, person=person):
                    moment = (when + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
                    return {"shopper_id": person["id"], "type": kind, "product_id": chosen["id"], "order_id": order,
                            "at": moment, "quantity": 1, "price": price}

                events.append(event("view", 0))
                if key in bought or key not in likes:
                    continue
                if rng.random() < 0.55:
                    events.append(event("cart", 1))
                    if rng.random() < 0.7:
                        order = f"H{len(orders) + 2001}"
                        bought.add(key)
                        bought_at = event("purchase", 3, order)
                        events.append(bought_at)
                        orders.append(order_of(person, order, bought_at, rng))
    events.sort(key=lambda e: (e["at"], e["shopper_id"], e["type"], e["product_id"]))
    return events, sorted(orders, key=lambda o: o["at"])


def order_of(person, key, event, rng):
    at = datetime.fromisoformat(event["at"])
    age = (END - at).days
    status = "pending" if age < 2 else "processed" if age < 6 else rng.choice(["delivered"] * 12 + ["cancelled", "returning", "exchanging"])
    amount = event["price"]
    shipped = [] if status in ("pending", "cancelled") else [
        {"tracking": f"HH{rng.randint(10**8, 10**9 - 1)}", "lines": [0], "at": (at + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")}]
    return {"id": key, "shopper_id": person["id"], "at": event["at"], "status": status,
            "lines": [{"product_id": event["product_id"], "quantity": 1, "price": amount}],
            "address": {"name": person["name"], "zip": person["zip"]},
            "payments": [{"method": rng.choice(["card", "paypal", "invoice"]), "amount": amount}],
            "fulfilments": shipped}


def written(people, rows):
    """The orders of orders.yaml, as the feed has them."""
    prices = {row["id"]: row.get("sale_price", row["price"]) for row in rows}
    owners = {person["id"]: person for person in people}
    for order in load("orders"):
        lines = [{"product_id": key, "quantity": many, "price": prices[key]} for key, many in order["lines"].items()]
        total = sum(many * Decimal(prices[key].split()[0]) for key, many in order["lines"].items())
        parcel = {"tracking": f"HH3{order['id'][1:]:0>8}", "lines": [*range(len(lines))], "at": order.get("came")}
        yield {"id": order["id"], "shopper_id": order["shopper"], "at": order["at"], "status": order["status"],
               "lines": lines, "address": address(owners[order["shopper"]]),
               "payments": [{"method": order["method"], "amount": f"{total} EUR"}],
               "fulfilments": [parcel] if "came" in order else []}


def address(person):
    return {"name": person["name"], "zip": person["zip"], **person["address"]}


def account(person):
    """What the shoppers of orders.yaml have left with the shop; nothing of all others."""
    if "address" not in person:
        return {}
    return {"address": address(person), "payment_methods": person["payment_methods"]}


def outputs():
    rng = random.Random(20261031)
    groups = [group for name in ("clothing", "outdoors", "home") for group in load(name)]
    rows = list(products(groups, rng))
    people = load("shoppers")
    events, orders = histories(people, rows, rng)
    shoppers = [{"id": p["id"], "name": p["name"], "email": f"{p['id']}@example.com", "zip": p["zip"],
                 "preferences": p["preferences"], "personalization": p.get("personalization", True), **account(p)} for p in people]
    return {"products.jsonl": rows, "reviews.jsonl": list(reviews()), "shoppers.jsonl": shoppers,
            "events.jsonl": events, "orders.jsonl": [*orders, *written(people, rows)]}


def main():
    stale = []
    for name, rows in outputs().items():
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        path = SHOP / name
        if "--check" in sys.argv:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            path.write_text(text, encoding="utf-8")
            print(f"{name}: {len(rows)}")
    if stale:
        sys.exit(f"not current: {', '.join(stale)}; run python shops/demo/source/build.py")


if __name__ == "__main__":
    main()
