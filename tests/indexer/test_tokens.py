import pytest

from indexer.packaged_model import packaged_model_folder
from indexer.tokens import MAX_TOKENS, BilingualTokenizer, has_chinese

WORDS = [("老板", -8.0), ("点头", -9.0), ("不", -4.0), ("报价", -8.5), ("价", -7.0), ("高", -6.0)]


@pytest.fixture(scope="module")
def tokenizer() -> BilingualTokenizer:
    return BilingualTokenizer(packaged_model_folder() / "tokenizer.json", WORDS)


def chinese(tokenizer: BilingualTokenizer, text: str) -> list[str]:
    return [
        WORDS[number - tokenizer.offset][0]
        for number in tokenizer.inner(text)
        if number >= tokenizer.offset
    ]


def test_chinese_is_cut_into_the_words_of_the_model(tokenizer: BilingualTokenizer) -> None:
    assert chinese(tokenizer, "老板不点头") == ["老板", "不", "点头"]


def test_a_word_outside_falls_back_to_its_parts(tokenizer: BilingualTokenizer) -> None:
    assert chinese(tokenizer, "价高") == ["价", "高"]


def test_traditional_and_full_width_are_read_as_simplified_and_plain(
    tokenizer: BilingualTokenizer,
) -> None:
    assert tokenizer.tokens("報價高ＣＲＭ") == tokenizer.tokens("报价高CRM")


def test_english_has_the_numbers_of_the_published_tokenizer(tokenizer: BilingualTokenizer) -> None:
    text = "The boss won't sign, naïve as ever."
    assert tokenizer.tokens(text) == tokenizer.wordpiece.encode(text).ids


@pytest.mark.parametrize("text", ["", " \t\n", "😀😀", "\x00\x01", "老板" * 5000, "boss " * 5000])
def test_odd_texts_have_a_frame_and_at_most_the_longest_length(
    tokenizer: BilingualTokenizer, text: str
) -> None:
    assert 2 <= len(tokenizer.tokens(text)) <= MAX_TOKENS


def test_the_share_of_known_tokens(tokenizer: BilingualTokenizer) -> None:
    assert tokenizer.known_share("老板不点头") == 1.0
    assert tokenizer.known_share("囧囧囧囧 the boss") == pytest.approx(2 / 3)
    assert tokenizer.known_share("") == 0.0


def test_only_chinese_characters_make_a_text_chinese() -> None:
    assert has_chinese("CRM 怎么用")
    assert not has_chinese("価格? no: ok。".replace("価格", "カ"))
