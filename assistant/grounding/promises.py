"""Promises of a sentence: nothing is promised but what a policy says, and nobody is sent elsewhere.

What a tool did is said by a fixed text of `prompts/`, never by prose: so no prose need ever say that it was done.
"""

from __future__ import annotations

import re

from assistant.grounding.evidence import Evidence
from index.words import fold

_ACTS = "refund|ship|send|deliver|call|email|e-mail|contact|notify|inform|reserve|hold|cancel|discount|guarantee|promise|order|arrange|waive|process|confirm|apply|credit|sent|held|told|asked|spoken to|passed|compensate|replace|exchange|upgrade|escalate|forward|schedule|book|ring|reach out"
_PROMISE = re.compile(
    rf"\b(?:i|we)(?:'ll| will|'ve| have| can| could| would be happy to|'d be happy to| am going to|'m going to| are going to|'re going to)?\s+"
    rf"(?:just |already |now |gladly |immediately |personally |also |be )*(?:{_ACTS})(?:ed|led|d|ing|s)?\b|"
    r"\b(?:who|someone|somebody|a colleague|our team|a team member|a manager|an agent|support|customer service|the team|they|a specialist|a representative) (?:will|is going to|shall|can) (?:\w+ )?(?:call|contact|get|reach|email|e-mail|reply|be in touch|write|respond|ring|phone|follow|refund|help)|"
    r"\b(?:you will|you'll|you'd) (?:\w+ )?(?:receive|get|be refunded|be called|be contacted|be given|hear from)|"
    r"\b(?:has|have|had) (?:been|already been|now been) (?:refunded|cancelled|canceled|shipped|sent|reserved|applied|added|removed|confirmed|approved|processed|placed|ordered|credited|waived|changed|updated|booked|discounted|reduced)|"
    r"\b(?:is|are) (?:now |hereby |officially )?(?:refunded|cancelled|canceled|reserved|confirmed|approved|guaranteed|legally binding|binding)\b|"
    r"\b(?:i|we)\b.{0,40}\b(?:add|put|place|remove|tak)(?:ed|d|en|e|ing)?\b.{0,40}\b(?:cart|basket|bag)\b(?!.{0,20}\?)|"
    r"\b(?:guarantee|discount code|coupon|free shipping|free delivery|free of charge|for free|voucher|promo code|gift card code|money back|money-back|cashback|lifetime warranty|full refund|price[- ]match|best price guarantee|special deal|special price|legally binding|binding offer)|"
    r"\b(?:is|are|was|has been|have been) (?:now |hereby |officially |already )?(?:registered|accepted|granted|waived|booked|on (?:its|their) way|given away)\b|"
    r"\b(?:everything|all(?: of (?:it|this|that|them))?|it|that|this)(?:'s| is| was| has been| are) (?:all |now |already )?"
    r"(?:done|taken care of|sorted(?: out)?|arranged|settled|handled|all set)\b|(?:都|全部?|全都|已经?)(?:办好|办妥|完成|处理好|搞定|做好)|"
    r"\bpay nothing\b|\bcost price\b|\bwe (?:match|admit|accept|agree)\b|\blooking into it\b|"
    r"\b(?:is|are) (?:now |already )?in your (?:cart|basket|bag)\b|在您的购物车里|"
    r"\b\d+\s*% off|\brefund(?:ed)? (?:you|it|your)|\bon the house\b|\b(?:arrives?|delivered|ships?|dispatched) (?:today|tomorrow|within|by|in|on|next)\b|\bdelivery (?:today|tomorrow|by|within)\b|"
    r"\b(?:purchase|buy|order|get) (?:it|them|this|one) (?:from|at|on) (?!sale\b|a\b|the\b|\$|\d)\w|"
    r"我(?:们)?(?:已经?|会|将|可以|马上|立即|这就)?(?:为您|给您|帮您)?(?:安排)?(?:退款|发货|打电话|致电|联系|打折|优惠|保证|承诺|预留|保留|取消|赔偿|补偿|免除|通知|确认)|"
    r"(?:同事|客服|经理|专员|工作人员|有人)(?:会|将|稍后|马上)+.{0,8}(?:联系|致电|打电话|回复|处理|回电)|"
    r"(?:已|已经|已为您|已帮您|为您|给您|帮您)(?:为您|给您|帮您)?(?:退款|取消订单|取消|发货|预留|打折|确认|申请|批准|办理|下单|加入购物车)|"
    r"(?:已|已经|帮您|为您)(?:经)?.{0,60}?(?:加入|放入|放进|添加到|放到)(?:了|您的|到)*购物车|"
    r"[一二三四五六七八九\d]折|买一送一|赠送|贈送|送您一|返现|免運費|约束力|打電話|打电话|一定送到|已退款|已取消|"
    r"保证|承诺|折扣码|优惠码|免运费|包邮|免费|优惠券|全额退款|终身保修|价格匹配|具有法律效力|明天送达|今天送达|送达",
    re.I,
)  # fmt: skip
_DENIED = re.compile(
    r"\b(?:cannot|can't|can not|no|not|unable to|don't|won't|any)\s+(?:\w+\s+)?$|(?:没有|不能|无法|不可以|不会|未|并未|不)\w?$"
)


def promises(sentence: str, evidence: Evidence) -> str | None:
    """The promise of a sentence that nothing backs; None if it makes none."""
    plain = fold(sentence)
    asks = plain.rstrip().endswith(("?", "吗", "吗?"))
    for match in _PROMISE.finditer(plain):
        if asks or _DENIED.search(plain[max(0, match.start() - 16) : match.start()]):
            continue
        if match[0] in evidence.read.text or _policy_says(match[0], evidence):
            continue
        if any(match[0] in record.prose.text for record in evidence.records):
            continue
        return f"promise: {match[0]}"
    return None


def _policy_says(phrase: str, evidence: Evidence) -> bool:
    """In a turn about a policy its own words may be said, in the shop's name."""
    if evidence.kind != "policy":
        return False
    said = [
        word
        for word in re.findall(r"[a-z]{4,}", phrase)
        if word not in ("will", "have", "been", "they", "your", "that")
    ]
    return bool(said) and all(evidence.read.has(word) for word in said)
