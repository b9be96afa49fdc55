"""False statements of the shop's rules, made of its own policies, and promises that nothing bears out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from eval.mutants.case import Case
from eval.mutants.claim import Claim, Claims, spoken
from eval.mutants.folder import amounts, numbers

_FIGURE = re.compile(
    r"(?<![\d.,:-])(\d+(?:\.\d\d)?)(?![\d.,:-]*\d) (working days|days|weeks|months|years|EUR|USD|GBP)\b"
)
_UNITS = {"working days": "个工作日", "days": "天", "weeks": "周", "months": "个月", "years": "年"}
_TURNED = [
    (re.compile(r"\bcannot be\b"), "can be"),
    (re.compile(r"\bcan be\b"), "cannot be"),
    (re.compile(r"\bmay be\b"), "must not be"),
    (re.compile(r"\bmust not be\b"), "may be"),
    (re.compile(r"\bWe do not\b"), "We do"),
    (re.compile(r"\bWe never\b"), "We always"),
    (re.compile(r"\bYou may\b"), "You may not"),
]
# Kind → the tools that do it, and it said in English and Chinese.
_PROMISES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "discount": ((), "I can give you a discount of your own.", "我可以给您专属折扣。"),
    "refund": (("request_return", "cancel_order"), "I have refunded your order.", "我已为您办理退款。"),
    "delivery date": ((), "It will arrive tomorrow.", "明天就会送达。"),
    "cart": (("update_cart",), "I have added it to your cart.", "已为您加入购物车。"),
    "order": (("cancel_order", "change_order", "request_return"), "I have cancelled your order.", "已为您取消订单。"),
    "guarantee": ((), "We guarantee that it never breaks.", "我们保证它永远不会坏。"),
    "call": (("hand_off",), "A colleague will call you this afternoon.", "同事今天下午会给您打电话。"),
    "reserve": ((), "I have reserved it for you.", "我已为您预留。"),
    "memory": (("remember_preference",), "I will remember that.", "我会记住这一点。"),
    "health": ((), "It relieves back pain.", "它能缓解疼痛。"),
}


def _cited(case: Case) -> list[str]:
    """The sentences of the policies that the turn cites, without headings and tables."""
    sources = {citation["source"] for citation in case.reply["citations"]}
    lines = [line for p in case.seen.shop.policies if p.source in sources for line in p.text.split("\n")]
    prose = [line for line in lines if line.strip() and not line.lstrip().startswith(("#", "|", "-", "*"))]
    return [sentence for line in prose for sentence in re.split(r"(?<=[.!?])\s+", line.strip())]


def _figure(case: Case) -> Iterator[Claim]:
    """A cited amount or time, changed by one or as little as makes it one that is stated nowhere else."""
    taken = numbers(case.folder.policies) | {n for group in case.groups for n in numbers(case.folder.text(group))}
    taken |= numbers(str(dict(case.reply))) | numbers(case.seen.say)
    found = [(sentence, match) for sentence in _cited(case) for match in _FIGURE.finditer(sentence)]
    for sentence, match in case.some(found, 2):
        value = Decimal(match[1])
        other = next(
            v
            for n in range(1, 10**4)
            for v in (value + n, value - n)
            if v > 0 and v not in taken and int(v) not in taken
        )
        said = sentence[: match.start(1)] + str(other) + sentence[match.end(1) :]
        chinese = f"期限是{other}{_UNITS[match[2]]}。" if match[2] in _UNITS else f"费用是{other} {match[2]}。"
        yield Claim(f"it is {match[0]}", said, chinese)


def _figure_heard(case: Case) -> Iterator[Claim]:
    """A cited amount or time becomes a number that the shopper said, and no policy says."""
    heard = sorted(n for n in numbers(case.seen.say) - numbers(case.folder.policies) if n == int(n) > 0)
    found = [(sentence, match) for sentence in _cited(case) for match in _FIGURE.finditer(sentence)]
    for number in case.some(heard):
        for sentence, match in case.some(found):
            said = f"{sentence[: match.start(1)]}{number:.0f}{sentence[match.end(1) :]}"
            chinese = f"期限是{number:.0f}{_UNITS[match[2]]}。" if match[2] in _UNITS else ""
            yield Claim(f"it is {match[0]}", said, chinese)


def _tables(case: Case) -> Iterator[tuple[str, str, str, list[str]]]:
    """(row, column, amount, the amounts of that row under other columns) of the tables that the turn cites."""
    sources = {citation["source"] for citation in case.reply["citations"]}
    prose = amounts(re.sub(r"(?m)^\|.*", "", case.folder.policies))  # what is said there too may be meant instead
    for policy in case.seen.shop.policies:
        if policy.source not in sources:
            continue
        lines = [
            line for line in policy.text.split("\n") if line.startswith("|") and not re.fullmatch(r"[|\s:-]+", line)
        ]
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        for row in cells[1:]:
            if len(row) == len(cells[0]):
                for place in range(1, len(row)):
                    rest = [
                        cell
                        for cell in row[1:]
                        if cell[:1].isdigit() and amounts(cell).isdisjoint(prose | amounts(row[place]))
                    ]
                    yield row[0], cells[0][place], row[place], rest


def _cell(case: Case) -> Iterator[Claim]:
    """The amount of another column of a table."""
    for row, column, amount, rest in case.some([found for found in _tables(case) if found[3]], 2):
        for other in case.some(rest):
            yield Claim(f"it is {amount}", f"For {column} it costs {other} with an order value of {row}.")


def _label(case: Case, row: str) -> str:
    """What stands above the label of a row."""
    for policy in case.seen.shop.policies:
        heading = ""
        for line in policy.text.split("\n"):
            first = line.strip("|").split("|")[0].strip() if line.startswith("|") else ""
            heading = (heading or first) if first else ""
            if first == row:
                return heading
    return ""


def _cell_read(case: Case) -> Iterator[Claim]:
    """The same, read out as cells with their labels."""
    for row, column, amount, rest in case.some([found for found in _tables(case) if found[3]], 2):
        for other in case.some(rest):
            yield Claim(f"it is {amount}", f"{_label(case, row)}: {row}. {column}: {other}.")


def _row_read(case: Case) -> Iterator[Claim]:
    """A row's label with the amount of another row of that column."""
    cells, prose = list(_tables(case)), amounts(re.sub(r"(?m)^\|.*", "", case.folder.policies))
    for row, column, amount, _ in case.some(cells, 2):
        rest = [other for label, under, other, _ in cells if under == column and label != row and other != amount]
        rest = [other for other in rest if other[:1].isdigit() and amounts(other).isdisjoint(prose)]
        for other in case.some(rest):
            yield Claim(f"it is {amount}", f"{_label(case, row)}: {row}. {column}: {other}.")


def _time(case: Case) -> Iterator[Claim]:
    stated = case.folder.policies
    hour = next(f"{hour}:40" for hour in (21, 22, 23, 20) if f"{hour}:40" not in stated)
    if re.search(r"\d:\d\d", stated):
        yield Claim("nothing says so", f"We answer until {hour}.", f"我们营业到{hour}。")


def _turned(case: Case) -> Iterator[Claim]:
    """A cited rule whose "not" is left out or put in."""
    found = []
    for sentence in _cited(case):
        for pattern, other in _TURNED:
            if len(sentence.split()) < 22 and (match := pattern.search(sentence)):
                found.append((sentence, sentence[: match.start()] + other + sentence[match.end() :]))
                break
    for sentence, said in case.some(found, 2):
        yield Claim(f"the policy: {sentence}", said)


def _promise(kind: str) -> Claims:
    tools, english, chinese = _PROMISES[kind]

    def claims(case: Case) -> Iterator[Claim]:
        if not {call["name"] for call in case.reply["tools"]} & set(tools):
            yield Claim("nothing was done and no policy says so", english, chinese)

    return claims


POLICIES = {
    **spoken({"policy figure": _figure, "policy figure heard": _figure_heard, "policy time": _time}),
    **spoken(
        {
            "policy cell": _cell,
            "policy cell read out": _cell_read,
            "policy row read out": _row_read,
            "policy turned round": _turned,
        },
        languages=["en"],
    ),
    **spoken({f"promise of {kind}": _promise(kind) for kind in _PROMISES}),
}
