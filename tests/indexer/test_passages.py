import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.passages import SPAN, TARGET, cut_text, embedding_texts, passages_of, width
from kb.documents import Field, Section
from tests.indexer.fakes import document

ALPHABET = st.one_of(
    st.sampled_from("太贵了报价客户。，！？”\n \tab.,;: 1"), st.characters(codec="utf-8")
)
TEXTS = st.lists(st.text(ALPHABET, max_size=60), max_size=12).map("".join)


def visible(text: str) -> str:
    return "".join(text.split())


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.sampled_from([5.0, 20.0, TARGET]))
def test_no_text_is_lost_when_a_section_is_cut(text: str, target: float) -> None:
    assert visible("".join(cut_text(text, target))) == visible(text)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.from_regex(r"[a-z]{1,12}", fullmatch=True), min_size=1, max_size=80))
def test_no_word_is_cut(words: list[str]) -> None:
    parts = cut_text(" ".join(words), 10)
    assert [word for part in parts for word in part.split()] == words


def test_a_short_section_is_one_passage() -> None:
    assert cut_text("太贵了。\n\n真的太贵了。") == ["太贵了。\n\n真的太贵了。"]


def test_a_long_text_is_cut_at_paragraphs_before_sentences() -> None:
    paragraph = "一句话说完。" * 40
    assert cut_text(f"{paragraph}\n\n{paragraph}") == [paragraph, paragraph]


def test_a_long_paragraph_is_cut_after_sentence_ends_and_their_quotes() -> None:
    parts = cut_text("他说：“价格太高了，我们再想一想。”" * 40)
    assert len(parts) > 1
    assert all(part.endswith("。”") for part in parts)
    assert all(width(part) <= TARGET for part in parts)


def test_english_passages_hold_about_twice_the_letters() -> None:
    parts = cut_text("Ask what they compare it with. " * 60)
    assert all(part.endswith(".") for part in parts)
    assert max(len(part) for part in parts) > TARGET


def test_chinese_without_punctuation_is_cut_between_words() -> None:
    parts = cut_text("客户报价仓库" * 100)
    assert all(re.fullmatch("(客户|报价|仓库)+", part) for part in parts)


def test_a_title_and_each_way_a_customer_says_it_are_passages() -> None:
    made = passages_of(
        document(1, "嫌报价高", (Field.CUSTOMER, "太贵了"), (Field.CUSTOMER, "便宜点"))
    )
    assert [(p.field, p.text) for p in made] == [
        (Field.TITLE, "嫌报价高"), (Field.CUSTOMER, "太贵了"), (Field.CUSTOMER, "便宜点"),
    ]  # fmt: skip


def test_an_unchanged_passage_keeps_its_id() -> None:
    before = passages_of(document(1, "甲", (Field.BODY, "不变"), (Field.BODY, "会变")))
    after = passages_of(document(1, "甲", (Field.BODY, "不变"), (Field.BODY, "变了"), tags=()))
    assert before[1].passage_id == after[1].passage_id
    assert before[2].passage_id != after[2].passage_id


@pytest.mark.parametrize("changed", [{"title": "乙"}, {"article_id": 2}])
def test_what_the_vector_depends_on_changes_the_id(changed: dict[str, object]) -> None:
    plain = passages_of(document(1, "甲", (Field.BODY, "文")))
    other = passages_of(
        document(**({"article_id": 1, "title": "甲"} | changed), sections=plain_sections())
    )
    assert plain[1].passage_id != other[1].passage_id


def plain_sections() -> tuple[Section, ...]:
    return (Section(Field.BODY, (), "文"),)


def test_the_same_text_twice_gets_two_ids_of_63_bits() -> None:
    made = passages_of(document(1, "甲", (Field.BODY, "同"), (Field.BODY, "同")))
    ids = {passage.passage_id for passage in made}
    assert len(ids) == 3
    assert all(0 <= key < 2**63 for key in ids)


def test_the_model_reads_title_last_heading_and_text() -> None:
    section = Section(Field.BODY, ("外", "里"), "正文", "a")
    title, body = passages_of(document(1, "标题", tags=("价格",), sections=(section,)))
    assert embedding_texts(body) == ["标题\n里\n正文"]
    assert embedding_texts(title) == ["标题\n价格"]


def test_a_long_chinese_passage_gets_a_vector_for_each_span_and_an_english_one_a_single_one() -> (
    None
):
    chinese = "报价发出以后先打电话，让客户把话说完，再问他拿什么在比。" * 8
    english = "After the quote is out, call first and let the customer finish speaking. " * 8
    of = {
        lang: passages_of(document(1, "标题", (Field.BODY, text), lang=lang))[1]
        for lang, text in (("zh", chinese), ("en", english))
    }
    texts = embedding_texts(of["zh"])
    assert len(texts) == 4
    assert all(text.startswith("标题\n") and width(text) <= SPAN + 3 for text in texts)
    assert "".join(text.removeprefix("标题\n") for text in texts) == chinese
    assert embedding_texts(of["en"]) == ["标题\n" + english.strip()]
