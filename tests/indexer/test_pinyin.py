import pytest

from indexer.pinyin import PinyinLexicon


@pytest.fixture(scope="module")
def lexicon() -> PinyinLexicon:
    phrases = ["太贵了，超预算了", "价格异议", "银行转账", "嫌报价高"]
    return PinyinLexicon(phrases, words=["转正", "回款"])


@pytest.mark.parametrize(
    ("letters", "phrase"),
    [
        ("taiguile", "太贵了"),
        ("chaoyusuan", "超预算"),
        ("jiageyiyi", "价格异议"),
        ("jgyy", "价格异议"),
        ("yinhang", "银行"),  # 行 has several readings
        ("zhuanzheng", "转正"),  # a word from anywhere, where no phrase fits
    ],
)
def test_what_is_said_is_found(lexicon: PinyinLexicon, letters: str, phrase: str) -> None:
    assert lexicon.phrases_of(letters)[0] == phrase


@pytest.mark.parametrize("letters", ["", "j", "jg", "taiguil", "price", "Tai贵", "2024"])
def test_what_is_no_pinyin_of_the_library_is_nothing(lexicon: PinyinLexicon, letters: str) -> None:
    assert lexicon.phrases_of(letters) == []


def test_the_likelier_phrase_comes_first() -> None:
    lexicon = PinyinLexicon(["见客户", "客户", "客户", "课户"])
    assert lexicon.phrases_of("kehu") == ["客户", "课户"]
