"""Voice files: a shop adds to the shared voice and never loosens it; what is malformed is said with file and key."""

from pathlib import Path

import pytest

from assistant.app import composer_of
from assistant.errors import Bug, SetupError
from assistant.prompts import Composer, load_prompt, read_prompt
from assistant.voice import Voice
from assistant.voice.files import ShopVoice, is_shared, read_shop_voice
from index.shop import read_shop
from tests.conftest import ROOT

SHARED = load_prompt("voice")


def own(folder: Path, text: str) -> Path:
    path = folder / "own.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_shop_adds_words_and_lowers_limits(tmp_path):
    path = own(
        tmp_path,
        "---\nversion: 3\nforbidden:\n  en: [cosy, {service centre: workshop}]\n  zh: [{服务中心: 工坊}]\n"
        "never_address_as: {en: [captain]}\nmax_sentences: 3\nmax_words_per_sentence: 12\n---\nWe are plain.\n",
    )
    found = read_shop_voice(path)
    assert found.prose == "We are plain."
    composer = Composer("Tiny", "Wren", found)
    voice, plain = Voice(composer.voice_head), Voice(Composer("Tiny", "Wren").voice_head)
    assert composer.brand.endswith("We are plain.")
    assert composer.voice_version.startswith(f"{SHARED.version}+3+")
    assert voice.max_sentences == 3
    assert voice.mend("Our service centre mends it.", "en").text == "Our workshop mends it."
    assert voice.mend("Our service centres mend it.", "en").text == "Our workshops mend it."
    assert voice.mend("我们的服务中心可以修。", "zh").text == "我们的工坊可以修。"
    assert voice.mend("Captain, it is warm.", "en").text == "It is warm."
    long = "It is warm and soft and light and long and wide and tall."
    for sentence in ("It is cosy.", "It is cosier.", long):
        assert plain.mend(sentence, "en").text == sentence
    assert voice.mend("It is cosy.", "en").broken[0].rule == "shop_words"
    assert voice.mend(long, "en").broken[0].rule == "too_long"
    assert voice.mend("It is an amazing mug.", "en").mended == ("hype",)  # the shared rules stay


def test_prose_alone_is_a_voice(tmp_path):
    path = own(tmp_path, "We are plain.\n---\nAnd calm.")
    assert read_shop_voice(path).prose == "We are plain.\n---\nAnd calm."
    assert Composer("Tiny", "Wren", read_shop_voice(path)).voice_head == Composer("Tiny", "Wren").voice_head


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("---\nmax_sentences: 9\n---\n", r"own\.md: max_sentences: 9 is looser than the 4"),
        ("---\nmax_questions: 2\n---\n", r"own\.md: max_questions: 2 is looser"),
        ("---\nmax_sentences: many\n---\n", r"own\.md: max_sentences: "),
        ("---\nmax_sentences: 0\n---\n", r"own\.md: max_sentences: "),
        ("---\nmax_sentence: 2\n---\n", r"own\.md: max_sentence: there is no such key; known are .*max_sentences"),
        ("---\nforbidden: [cosy]\n---\n", r"own\.md: forbidden: "),
        ("---\nforbidden: {fr: [chouette]}\n---\n", r"own\.md: forbidden\.fr: "),
        ("---\nforbidden: {en: [cosy, yes]}\n---\n", r"own\.md: forbidden\.en\.1: "),
        ("---\nforbidden: {en: [{yes: indeed}]}\n---\n", r"own\.md: forbidden\.en\.0"),
        (
            "---\nforbidden: {en: [{shop: our shop}]}\n---\n",
            r"own\.md: forbidden\.en\.0.*'our shop' holds 'shop' itself",
        ),
        ("---\nforbidden: {en: [warm, '']}\n---\n", r"own\.md: forbidden\.en\.1.*'' is no word"),
        ("---\nnever_address_as: {en: [{'-': ''}]}\n---\n", r"own\.md: never_address_as\.en\.0.*'-' is no word"),
        ("---\n- a\n---\n", r"own\.md: the front matter: "),
        ("---\nversion: 1\nforbidden: {en: [\n---\n", r"own\.md, line \d+: not valid YAML"),
        ("---\nmax_sentences: 3\n", r"own\.md: the front matter has no end"),
        ("x" * 2001, r"own\.md: 2001 characters of prose, more than 2000"),
    ],
)
def test_a_malformed_voice_names_file_and_key(tmp_path, text, message):
    with pytest.raises(SetupError, match=message):
        Composer("Tiny", "Wren", read_shop_voice(own(tmp_path, text)))


def test_a_voice_that_is_not_there(tmp_path):
    with pytest.raises(SetupError, match=r"none\.md"):
        read_shop_voice(tmp_path / "none.md")
    with pytest.raises(SetupError, match=r"none\.md"):
        is_shared(tmp_path / "none.md")


def test_a_shared_voice_can_be_another_file_of_an_older_form(tmp_path):
    old = own(
        tmp_path,
        '---\nname: voice\nversion: "1.0"\nvariables: [shop, assistant, shop_voice]\nforbidden: {en: [shiny], zh: [闪亮]}\n'
        "max_sentences: 4\n---\nYou are {{ assistant }} of {{ shop }}.\n{{ shop_voice }}\n",
    )
    assert is_shared(old) and is_shared(ROOT / "prompts" / "voice.md")
    other = tmp_path / "other"
    other.mkdir()
    assert not is_shared(own(other, "---\nversion: 1\n---\nvariables: none\n"))
    composer = Composer("Tiny", "Wren", ShopVoice("Plain."), read_prompt(old))
    assert composer.brand == "You are Wren of Tiny.\nPlain."
    voice = Voice(composer.voice_head)
    assert voice.mend("It is shiny.", "en").broken[0].rule == "forbidden"
    assert voice.mend("It is an amazing mug.", "en").mended == ()


@pytest.mark.parametrize(
    "text",
    [
        "no front matter",
        "---\nname: [\n---\nx",
        "---\nname: v\n---\nx",
        '---\nname: v\nversion: "1"\nvariables: []\n---\n{{ shop',
    ],
)
def test_a_malformed_template_is_named(tmp_path, text):
    with pytest.raises(Bug, match=r"own\.md"):
        read_prompt(own(tmp_path, text))


def test_a_malformed_shared_voice_names_its_key():
    with pytest.raises(SetupError, match=r"voice\.md: forbidden"):
        Composer("Tiny", "Wren", None, type(SHARED)("voice", "1", SHARED.variables, {}, SHARED.template))


def test_the_version_changes_with_prose_and_with_rules():
    versions = {
        Composer("Tiny", "Wren", voice).voice_version
        for voice in (None, ShopVoice("Plain."), ShopVoice("", {"forbidden": {"en": ["cosy"]}}))
    }
    assert len(versions) == 3


def test_the_demo_shop_has_a_voice_of_its_own():
    composer = composer_of(read_shop(ROOT / "shops" / "demo"))
    assert Voice(composer.voice_head).mend("Ask our service centre.", "en").text == "Ask our workshop."
    assert "our workshop" in composer.brand


def test_the_constant_prefix_is_short_enough_to_be_read_at_the_start():
    composer = composer_of(read_shop(ROOT / "shops" / "demo"))
    han = sum("\u3400" <= char <= "\u9fff" for char in composer.brand)
    assert (len(composer.brand) - han) / 4.5 + han < 650  # tokens, about: 480 by the embedded model's own count
