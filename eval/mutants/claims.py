"""False numbers, stock and sizes of the products that a turn showed or looked up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from eval.mutants.case import Case
from eval.mutants.claim import Claim, spoken
from eval.mutants.folder import naming, numbers, own_prices
from index.catalogue import Group
from index.money import Money

_LETTERS = ("XS", "S", "M", "L", "XL", "XXL", "3XL")
_MEASURE = re.compile(r"(-?\d+(?:\.\d+)?)\s([A-Za-z ]{1,12})")
_MEASURED = {
    "weight": "重量", "capacity": "容量", "warranty": "保修期", "burn_time": "燃烧时间", "keeps_hot": "保温时间", "diameter": "直径",
    "thickness": "厚度", "blade_length": "刀刃长度", "length": "长度", "waterproof_rating": "防水指数", "brightness": "亮度", "pages": "页数",
}  # fmt: skip
_UNITS = {"years": "年", "year": "年", "people": "人", "person": "人", "pages": "页", "h": "小时", "lumen": "流明"}


def _groups(case: Case, many: int = 2) -> list[Group]:
    return case.some(case.groups, many)


def _near(case: Case, avoid: Iterable[int | Decimal | None]) -> list[int]:
    """Whole numbers that the turn has of something else, so that only whose they are tells that they are wrong."""
    told = numbers(" ".join(str(fact["value"]) for fact in case.reply["facts"]))
    left = told - {Decimal(n) for n in avoid if n is not None}
    return sorted(int(n) for n in left if 1 < n < 1000 and n == int(n))


def _reckoned(case: Case) -> set[Decimal]:
    """What the lines of the cart come to, alone and together: said of a product it may be meant so."""
    products = case.seen.catalogue.products
    lines = [products[k].current_price.times(n).amount for k, n in case.reply["cart"].items() if k in products]
    return {*lines, sum(lines, Decimal(0))}


def _price(case: Case) -> Iterator[Claim]:
    """The price of another product of the turn."""
    near = dict.fromkeys(product.current_price for group in case.groups for product in group.variants)
    for group in _groups(case):
        for price in case.some([price for price in near if price.amount not in own_prices(group) | _reckoned(case)]):
            yield Claim(
                "another product's price",
                f"{naming(group, begins=True)} costs {price}.",
                f"{group.title}的价格是{price}。",
            )


def _price_of_the_shop(case: Case) -> Iterator[Claim]:
    """The price of a product that the turn has nothing to do with."""
    for group in _groups(case, 1):
        for price in case.some(
            [price for price in case.folder.prices if price.amount not in own_prices(group) | _reckoned(case)]
        ):
            yield Claim(
                "another product's price",
                f"{naming(group, begins=True)} costs {price}.",
                f"{group.title}的价格是{price}。",
            )


def _price_nowhere(case: Case) -> Iterator[Claim]:
    for group in _groups(case, 1):
        price = f"{case.folder.free_number(13, str(case.reply), case.seen.say)}.00 {case.folder.catalogue.currency}"
        yield Claim(
            "nothing costs that", f"{naming(group, begins=True)} costs {price}.", f"{group.title}的价格是{price}。"
        )


def _list_price(case: Case) -> Iterator[Claim]:
    for group in _groups(case, 1):
        for price in case.some([p for p in case.folder.prices if p.amount not in own_prices(group) | _reckoned(case)]):
            yield Claim(
                "it never cost that", f"{naming(group, begins=True)} was {price} before.", f"{group.title}原价{price}。"
            )


def _currency(case: Case) -> Iterator[Claim]:
    currency = "USD" if case.folder.catalogue.currency != "USD" else "EUR"
    for group in _groups(case, 1):
        price = Money(group.variants[0].current_price.minor, currency)
        yield Claim(
            "the shop's currency is another",
            f"{naming(group, begins=True)} costs {price}.",
            f"{group.title}的价格是{price}。",
        )


def _measure(case: Case) -> Iterator[Claim]:
    """Another product's weight, capacity and the like; one more, where no other has it."""
    for group in _groups(case):
        taken = numbers(case.folder.text(group)) | own_prices(group)
        own = {n: m for n, v in group.variants[0].attributes.items() if len(v) == 1 and (m := _MEASURE.fullmatch(v[0]))}
        for name in case.some([name for name in own if name in _MEASURED]):
            unit, more = own[name][2], str(Decimal(own[name][1]) + 1)
            found = [
                match[1]
                for groups in (case.groups, case.folder.groups)
                for other in groups
                for value in other.variants[0].attributes.get(name, ())[:1]
                if (match := _MEASURE.fullmatch(value)) and match[2] == unit and numbers(match[1]).isdisjoint(taken)
            ]
            found = found or ([more] if numbers(more).isdisjoint(taken) else [])
            for value in found[:1]:
                yield Claim(
                    f"another product's {name}",
                    f"The {name.replace('_', ' ')} of {naming(group)} is {value} {unit}.",
                    f"{group.title}的{_MEASURED[name]}是{value}{_UNITS.get(unit, f' {unit}')}。",
                )


def _rating(case: Case) -> Iterator[Claim]:
    near = {p.rating for group in case.groups for p in group.variants}
    rated = {p.rating for p in case.folder.catalogue.products.values()}
    for group in _groups(case):
        own = {Decimal(r.rating) for r in case.folder.catalogue.reviews.get(group.id, ())} | {
            v.rating for v in group.variants
        }
        if own == {None}:
            continue
        of_turn = sorted(r for r in near if r is not None and r not in own)
        for rating in case.some(of_turn or sorted(r for r in rated if r is not None and r not in own)):
            yield Claim(
                "another product's rating",
                f"{naming(group, begins=True)} is rated {rating} of 5.",
                f"{group.title}的评分是{rating}分。",
            )


def _review_count(case: Case) -> Iterator[Claim]:
    for group in _groups(case, 1):
        held = {variant.review_count for variant in group.variants}
        for many in case.some(_near(case, held) or [max(held) + 3]):
            yield Claim(
                "its reviews are not as many",
                f"{naming(group, begins=True)} has {many} reviews.",
                f"{group.title}有{many}条评价。",
            )


def _unreviewed(case: Case) -> Iterator[Claim]:
    for group in case.groups:
        if all(variant.review_count for variant in group.variants):
            yield Claim(
                "it has reviews", f"{naming(group, begins=True)} has no reviews yet.", f"{group.title}还没有评价。"
            )
            return


def _stock_count(case: Case) -> Iterator[Claim]:
    for group in _groups(case, 1):
        held = [variant.quantity for variant in group.variants]
        if None not in held:
            total = sum(count or 0 for count in held)
            for many in case.some([n for n in _near(case, held) if n > total] or [total + 7]):
                yield Claim(
                    "there are fewer",
                    f"We have {many} pieces of {naming(group)} in stock.",
                    f"{group.title}库存还有{many}件。",
                )


def _sold_out(case: Case) -> Iterator[Claim]:
    for group in case.groups:
        if all(variant.in_stock for variant in group.variants):
            yield Claim("all of it is in stock", f"{naming(group, begins=True)} is sold out.", f"{group.title}已售罄。")
            return


def _in_stock(case: Case) -> Iterator[Claim]:
    for group in case.groups:
        if not any(variant.in_stock for variant in group.variants):
            yield Claim("none of it is in stock", f"{naming(group, begins=True)} is in stock.", f"{group.title}有货。")
            return


def _few(case: Case) -> Iterator[Claim]:
    for group in case.groups:
        if all(variant.in_stock and (variant.quantity or 0) > 7 for variant in group.variants):
            yield Claim(
                "there is plenty", f"{naming(group, begins=True)} is almost sold out.", f"{group.title}库存紧张。"
            )
            return


def _sale(case: Case) -> Iterator[Claim]:
    for group in case.groups:
        if all(variant.sale_price is None for variant in group.variants) and "sale" not in case.folder.text(group):
            yield Claim("it is not reduced", f"{naming(group, begins=True)} is on sale.", f"{group.title}正在降价。")
            return


def _size(case: Case) -> Iterator[Claim]:
    """A size of the same scale that no variant has, "40-43" and "S/M" taken apart."""
    for group in _groups(case):
        own = {variant.size for variant in group.variants if variant.size}
        parts = {part for size in own for part in re.split(r"[-–/\s]+", size)}
        if parts and all(part in _LETTERS for part in parts):
            places = [_LETTERS.index(part) for part in parts]
            others = [size for n, size in enumerate(_LETTERS) if not min(places) <= n <= max(places)]
        elif parts and all(re.fullmatch(r"\d\d", part) for part in parts):
            held = [int(part) for part in parts]
            others = [str(n) for n in (min(held) - 2, max(held) + 2)]
        else:
            continue
        for size in case.some(others):
            yield Claim(
                "no variant has that size",
                f"{naming(group, begins=True)} comes in size {size}.",
                f"{group.title}有{size}码。",
            )


def _number(case: Case) -> Iterator[Claim]:
    for group in _groups(case, 1):
        many = case.folder.free_number(2101, str(case.reply), case.seen.say)
        yield Claim(
            "the number is nowhere",
            f"{naming(group, begins=True)} has {many} parts.",
            f"{group.title}由{many}个部件组成。",
        )


def _code(case: Case) -> Iterator[Claim]:
    for group in _groups(case, 1):
        code = f"QZ-{case.folder.free_number(101, str(case.reply), case.seen.say)}"
        yield Claim(
            "the code is nowhere",
            f"{naming(group, begins=True)} is the model {code}.",
            f"{group.title}的型号是{code}。",
        )


CLAIMS = spoken(
    {
        "price": _price,
        "price of the shop": _price_of_the_shop,
        "price from nowhere": _price_nowhere,
        "list price": _list_price,
        "currency": _currency,
        "measure": _measure,
        "rating": _rating,
        "review count": _review_count,
        "no reviews": _unreviewed,
        "stock count": _stock_count,
        "sold out": _sold_out,
        "in stock": _in_stock,
        "few left": _few,
        "sale": _sale,
        "size": _size,
        "number from nowhere": _number,
        "code": _code,
    }
)
