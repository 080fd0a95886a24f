from pathlib import Path

import pytest

from indexer.builder import IndexBuilder
from indexer.engine import HybridEngine
from indexer.model_loading import LazyEmbedder
from indexer.readings import language_of
from kb.documents import Field, Reading, Reason, SearchRequest, SearchResult
from tests.indexer.fakes import FakeEmbedder, document


@pytest.fixture
def engine(folder: Path) -> HybridEngine:
    builder = IndexBuilder(folder)
    builder.rebuild(
        [
            document(1, "嫌报价高", (Field.CUSTOMER, "太贵了"), tags=("价格异议",)),
            document(2, "没有预算", (Field.CUSTOMER, "今年预算用完了")),
            document(
                3, "Price objections", (Field.BODY, "Ask what they compare it with."), lang="en"
            ),
            document(4, "CRM 记录", (Field.BODY, "打完电话十分钟内写完。")),
            document(5, "机密降价底线", (Field.BODY, "secretword"), audience=("role:manager",)),
        ]
    )
    return HybridEngine(builder.folder, LazyEmbedder.ready(None))


def ask(engine: HybridEngine, text: str, **limits: object) -> SearchResult:
    return engine.search(SearchRequest(text, **limits))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "first", "reason"),
    [
        ("taiguile", 1, Reason.PINYIN),
        ("tai gui le", 1, Reason.PINYIN),
        ("jgyy", 1, Reason.PINYIN),
        ("報價太高", 1, Reason.TRADITIONAL),
        ("ｃｒｍ", 4, Reason.FULL_WIDTH),
        ("pric objection", 3, Reason.SPELLING),
        ("怎么说 taiguile", 1, Reason.PINYIN),
    ],
)
def test_other_ways_to_type_find_the_article_and_say_why(
    engine: HybridEngine, typed: str, first: int, reason: Reason
) -> None:
    result = ask(engine, typed)
    assert result.hits[0].article_id == first
    assert reason in {reading.reason for reading in result.readings}


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("taiguile", Reason.PINYIN),
        ("pric", Reason.SPELLING),
        ("報價", Reason.TRADITIONAL),
        ("ｃｒｍ", Reason.FULL_WIDTH),
    ],
)
def test_the_reason_stands_at_the_hit(engine: HybridEngine, typed: str, reason: Reason) -> None:
    assert reason in ask(engine, typed).hits[0].reasons


def test_a_word_of_the_library_is_not_read_otherwise(engine: HybridEngine) -> None:
    assert ask(engine, "price objection").readings == ()
    assert ask(engine, "报价高").readings == ()


def test_a_synonym_is_searched_for_beside_the_words_typed(engine: HybridEngine) -> None:
    result = ask(engine, "贵得离谱", synonyms=("价格异议",))
    assert result.hits[0].article_id == 1
    assert Reason.SYNONYM in result.hits[0].reasons
    assert result.readings == (Reading("价格异议", Reason.SYNONYM),)


def test_exact_words_come_before_a_synonym(engine: HybridEngine) -> None:
    assert ask(engine, "没有预算", synonyms=("价格异议",)).hits[0].article_id == 2


@pytest.mark.parametrize("typed", ["jimijiangjia", "jmjj", "secretwort"])
def test_nothing_is_read_as_words_that_the_reader_may_not_see(
    engine: HybridEngine, typed: str
) -> None:
    hidden = ask(engine, typed, audience=("all", "role:rep"))
    assert (hidden.hits, hidden.readings) == ((), ())
    assert ask(engine, typed, audience=("all", "role:manager")).hits[0].article_id == 5


def test_meaning_is_asked_for_the_words_that_were_meant(folder: Path) -> None:
    embedder = FakeEmbedder()
    builder = IndexBuilder(folder, embedder)
    builder.rebuild([document(1, "嫌报价高", (Field.CUSTOMER, "太贵了"))])
    engine = HybridEngine(builder.folder, LazyEmbedder.ready(embedder))
    ask(engine, "taiguile")
    assert embedder.encoded[-1] == "太贵了"


def test_only_the_whole_word_is_mended(engine: HybridEngine) -> None:
    readings = ask(engine, "pric Priced").readings
    assert {reading.text.split()[1] for reading in readings if "pric " not in reading.text} == {
        "Priced"
    }


def test_two_letters_wrong_are_another_word(engine: HybridEngine) -> None:
    assert ask(engine, "prices objektion").readings == (
        Reading("prices objection", Reason.SPELLING),
    )
    assert ask(engine, "objektionz").readings == ()


def test_of_two_versions_the_preferred_language_comes_first_and_the_other_next(
    folder: Path,
) -> None:
    builder = IndexBuilder(folder)
    builder.rebuild(
        [
            document(
                1, "Price objection", (Field.BODY, "price objection"), lang="en", slug="price"
            ),
            document(2, "价格异议 price", (Field.BODY, "先问"), slug="price"),
            document(3, "Price list", (Field.BODY, "objection to a price list"), lang="en"),
        ]
    )
    engine = HybridEngine(builder.folder, LazyEmbedder.ready(None))
    plain = [hit.article_id for hit in ask(engine, "price objection").hits]
    assert plain[0] == 1
    chinese = ask(engine, "price objection", prefer="zh").hits
    assert [hit.article_id for hit in chinese][:2] == [2, 1]
    assert chinese[0].score >= chinese[1].score
    assert next(hit.article_id for hit in ask(engine, "price objection", prefer="en").hits) == 1


@pytest.mark.parametrize(
    ("text", "lang"),
    [("报价高", "zh"), ("CRM 怎么用", "zh"), ("price is too high", "en"), ("CRM", ""), ("", "")],
)
def test_the_language_of_a_query(text: str, lang: str) -> None:
    assert language_of(text) == lang
