"""Everyday words of questions about rules, in the words of policies."""

import pytest

from assistant.topics import instead, plain, several


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("can u guarantee it gets here by Thursday?", "can you guarantee delivery by thursday?"),
        ("do you take a cut when I send something back?", "do you charge a fee when i return something?"),
        ("can I turn the cookies off?", "can i disable the cookies?"),
        ("how can I pay?", ""),
    ],
)
def test_a_question_is_asked_in_the_words_of_policies(asked, words):
    assert instead(asked) == words


@pytest.mark.parametrize(
    ("asked", "topic"),
    [
        ("got a hoodie 5 weeks ago, still ok to return?", "return within days of delivery"),
        ("are there actual shops I can walk into?", "our stores"),
        ("can I just email you my card number?", ""),
        ("stop sending me emails", "promotional emails unsubscribe"),
    ],
)
def test_what_a_question_is_about(asked, topic):
    assert plain(asked) == topic


def test_questions_of_a_message_in_chinese_are_each_looked_up():
    asked = several("三个问题：退货邮费谁出（我在法国），退款几天到账，换尺码要钱吗？")
    assert asked == [
        "who pays the postage of a return",
        "how and when are refunds paid",
        "what does an exchange for another size cost",
    ]
    assert several("退货邮费谁出？") == []  # one question is looked up as it is
