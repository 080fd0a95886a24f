import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.builder import IndexBuilder
from indexer.engine import HybridEngine
from indexer.errors import IndexDamagedError
from indexer.model_loading import LazyEmbedder
from kb.documents import Field, Mode, Reason, SearchRequest, Semantic
from kb.ports import SearchEngine
from tests.indexer.fakes import FakeEmbedder, document, library


def ids(engine: HybridEngine, text: str = "", **limits) -> list[int]:
    return [hit.article_id for hit in engine.search(SearchRequest(text, **limits)).hits]


def test_the_engine_is_what_the_domain_asks_for(engine: HybridEngine) -> None:
    port: SearchEngine = engine
    assert port.state().generation == 1
    assert (port.state().articles, port.state().model) == (4, "ready")


def test_expensive_finds_the_complaint_before_the_polite_address(engine: HybridEngine) -> None:
    for mode in (Mode.KEYWORD, Mode.HYBRID):
        result = engine.search(SearchRequest("贵", mode=mode))
        assert result.hits[0].text == "太贵了"
        assert result.hits[0].field is Field.CUSTOMER


def test_an_article_is_found_once_with_its_reasons(engine: HybridEngine) -> None:
    hits = engine.search(SearchRequest("报价", mode=Mode.KEYWORD)).hits
    assert [hit.article_id for hit in hits] == [1, 4]
    assert hits[0].reasons == (Reason.TITLE, Reason.KEYWORD, Reason.TAG)
    assert hits[0].field is not Field.TITLE  # the title is shown anyway


def test_meaning_finds_what_keywords_do_not(engine: HybridEngine) -> None:
    result = engine.search(SearchRequest("systems too expensiv", mode=Mode.SEMANTIC))
    assert result.semantic is Semantic.USED
    assert result.hits[0].article_id == 3
    assert result.hits[0].reasons == (Reason.MEANING,)


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("text", ["报价", "折扣底线", "经理的折扣底线", "再低要主管批", ""])
def test_what_the_audience_may_not_read_never_appears(
    engine: HybridEngine, mode: Mode, text: str
) -> None:
    for audience in ((), ("all",), ("all", "role:rep", "team:west-2")):
        for limits in ({}, {"kinds": ("playbook",)}, {"phrases": ("九折",)}):
            assert 4 not in ids(engine, text, audience=audience, mode=mode, **limits)
    assert 4 in ids(engine, text or "报价", audience=("role:manager",), mode=mode)


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize(
    ("limits", "allowed"),
    [
        ({"kinds": ("objection_card",)}, {1, 3}),
        ({"langs": ("en",)}, {3}),
        ({"stages": ("discovery",)}, {2}),
        ({"tiers": ("B",)}, {1}),
        ({"products": ("wms",)}, {1}),
        ({"tags": ("报价",)}, {1}),
        ({"kinds": ("objection_card",), "langs": ("zh",)}, {1}),
        ({"kinds": ("no such kind",)}, set()),
    ],
)
def test_filters_never_leak(engine: HybridEngine, mode: Mode, limits, allowed: set[int]) -> None:
    for text in ("报价", "price", "仓库", ""):
        assert set(ids(engine, text, mode=mode, **limits)) <= allowed
    assert set(ids(engine, **limits)) == allowed


def test_an_excluded_word_removes_whole_articles(engine: HybridEngine) -> None:
    assert ids(engine, "报价", mode=Mode.KEYWORD) == [1, 4]
    assert ids(engine, "报价", excluded=("便宜",), mode=Mode.KEYWORD) == [4]
    assert 1 not in ids(engine, "报价", excluded=("便宜",))
    assert 1 not in ids(engine, "", excluded=("便宜",))
    assert 3 not in ids(engine, "price", excluded=("System",))


def test_a_phrase_must_stand_there_word_for_word(engine: HybridEngine) -> None:
    assert ids(engine, phrases=("跟今年的预算比",)) == [1]
    assert ids(engine, "报价", phrases=("今年预算",)) == []
    assert ids(engine, phrases=("another offer",)) == [3]
    assert ids(engine, phrases=("other offer",)) == []
    assert ids(engine, phrases=("贵",)) == [1, 2]


def test_two_phrases_may_stand_in_two_passages_of_one_article(engine: HybridEngine) -> None:
    assert ids(engine, phrases=("太贵了", "第一通电话")) == [1]
    assert ids(engine, phrases=("太贵了", "仓库")) == []


def test_only_filters_list_the_newest_articles_first(engine: HybridEngine) -> None:
    assert ids(engine, kinds=("objection_card", "talk_track")) == [3, 2, 1]
    assert ids(engine, " \t\x00", kinds=("talk_track",)) == [2]
    assert ids(engine) == []


def test_the_limit_counts_articles(engine: HybridEngine) -> None:
    assert len(ids(engine, "报价", limit=1)) == 1
    assert ids(engine, "报价", limit=0) == []


def test_terms_are_what_the_page_highlights(engine: HybridEngine) -> None:
    result = engine.search(SearchRequest("嫌报价高", phrases=("到九折",)))
    assert result.terms == ("到九折", "嫌", "报价", "高", "九折")


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.text(
        st.one_of(st.characters(), st.sampled_from('"-:()*?[]{}~^\\/\0贵价 AND OR NOT')),
        max_size=60,
    ),
    st.sampled_from(list(Mode)),
)
def test_no_query_is_an_error(engine: HybridEngine, text: str, mode: Mode) -> None:
    request = SearchRequest(
        text, (text[:9],), (text[-9:],), tags=(text[:3],) if text else (), mode=mode
    )
    engine.search(request)
    engine.search(SearchRequest(text, mode=mode))


@pytest.mark.parametrize(
    "text",
    ["贵" * 10_000, "a" * 10_000, "😀", "\x00\x01", "\ud800", "AND OR NOT (", "a:b*", "-", "的"],
)
def test_odd_queries_are_answered(engine: HybridEngine, text: str) -> None:
    for mode in Mode:
        engine.search(SearchRequest(text, (text,), mode=mode))


def test_keywords_answer_while_the_model_is_loading(builder: IndexBuilder) -> None:
    release = threading.Event()
    model = LazyEmbedder(lambda: (release.wait(10), FakeEmbedder())[1])
    engine = HybridEngine(builder.folder, model)
    model.start()
    result = engine.search(SearchRequest("便宜"))
    assert (result.semantic, result.hits[0].article_id) == (Semantic.LOADING, 1)
    assert engine.state().model == "loading"
    release.set()
    model.wait()
    assert engine.search(SearchRequest("便宜")).semantic is Semantic.USED


def test_a_model_that_fails_leaves_keywords_and_a_sentence(builder: IndexBuilder) -> None:
    def fail() -> None:
        raise OSError("no such file")

    model = LazyEmbedder(fail)
    model.wait()
    engine = HybridEngine(builder.folder, model)
    result = engine.search(SearchRequest("便宜"))
    assert (result.semantic, result.hits[0].article_id) == (Semantic.FAILED, 1)
    assert "no such file" in str(engine.problem())


def test_without_a_model_or_in_keyword_mode_meaning_is_off(
    builder: IndexBuilder, engine: HybridEngine
) -> None:
    off = HybridEngine(builder.folder, LazyEmbedder(None))
    assert off.search(SearchRequest("便宜")).semantic is Semantic.OFF
    assert engine.search(SearchRequest("便宜", mode=Mode.KEYWORD)).semantic is Semantic.OFF


def test_vectors_of_another_model_are_not_asked(builder: IndexBuilder) -> None:
    engine = HybridEngine(builder.folder, LazyEmbedder.ready(FakeEmbedder("fake-2")))
    result = engine.search(SearchRequest("便宜"))
    assert (result.semantic, result.hits[0].article_id) == (Semantic.FAILED, 1)
    assert "shifu index build" in str(engine.problem())
    assert engine.state().model == "off"


def test_a_query_that_the_model_does_not_know_is_answered_by_keyword(builder: IndexBuilder) -> None:
    engine = HybridEngine(builder.folder, LazyEmbedder.ready(FakeEmbedder(known=0.69)))
    result = engine.search(SearchRequest("便宜"))
    assert result.semantic is Semantic.UNKNOWN_WORDS
    assert result.hits[0].reasons == (Reason.CUSTOMER,)


def test_a_model_that_stumbles_over_a_query_does_not_stop_the_search(builder: IndexBuilder) -> None:
    class Stumbling(FakeEmbedder):
        def known_share(self, text: str) -> float:
            raise ValueError(text)

    engine = HybridEngine(builder.folder, LazyEmbedder.ready(Stumbling()))
    result = engine.search(SearchRequest("便宜"))
    assert (result.semantic, result.hits[0].article_id) == (Semantic.FAILED, 1)


def test_two_engines_see_a_new_generation_without_a_restart(
    builder: IndexBuilder, embedder: FakeEmbedder
) -> None:
    engines = [HybridEngine(builder.folder, LazyEmbedder.ready(embedder)) for _ in range(2)]
    assert [ids(engine, "火星", mode=Mode.KEYWORD) for engine in engines] == [[], []]
    builder.update([document(9, "火星仓库")])
    assert [ids(engine, "火星", mode=Mode.KEYWORD) for engine in engines] == [[9], [9]]
    assert [engine.state().generation for engine in engines] == [2, 2]


def test_no_index_is_an_empty_answer_until_there_is_one(folder: Path) -> None:
    engine = HybridEngine(folder, LazyEmbedder(None))
    assert engine.search(SearchRequest("贵")).hits == ()
    assert engine.state().generation == 0
    IndexBuilder(folder).rebuild(library())
    assert ids(engine, "贵") == [1, 2]


def test_a_damaged_index_is_an_error_that_names_the_command(builder: IndexBuilder) -> None:
    (builder.folder / "generations" / "000001" / "passages.sqlite").unlink()
    engine = HybridEngine(builder.folder, LazyEmbedder(None))
    with pytest.raises(IndexDamagedError, match="shifu index build"):
        engine.search(SearchRequest("贵"))
    assert engine.state().generation == 0
    assert "shifu index build" in str(engine.problem())


def test_damaged_vectors_leave_keywords(builder: IndexBuilder, embedder: FakeEmbedder) -> None:
    path = builder.folder / "generations" / "000001" / "vectors.faiss"
    path.write_bytes(b"IxM2")
    engine = HybridEngine(builder.folder, LazyEmbedder.ready(embedder))
    result = engine.search(SearchRequest("便宜"))
    assert (result.semantic, result.hits[0].article_id) == (Semantic.FAILED, 1)
    assert "vectors.faiss" in str(engine.problem())


def test_a_damaged_new_generation_does_not_replace_one_that_answers(
    builder: IndexBuilder, engine: HybridEngine
) -> None:
    assert ids(engine, "便宜", mode=Mode.KEYWORD) == [1]
    builder.update([document(9, "火星仓库")])
    (builder.folder / "generations" / "000002" / "manifest.json").write_text("")
    assert ids(engine, "便宜", mode=Mode.KEYWORD) == [1]
    builder.rebuild(library())
    assert engine.state().generation == 3


def test_searching_threads_survive_a_row_of_updates(
    builder: IndexBuilder, engine: HybridEngine
) -> None:
    failures: list[Exception] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            try:
                assert 2 in ids(engine, "仓库 拜访")
            except Exception as error:
                failures.append(error)
                return

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(8):
        builder.update([replace(library()[0], title=f"第{number}版", fingerprint=str(number))])
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
