import gc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import IndexDamagedError
from indexer.keywords import Filters, KeywordIndex, write_keywords
from indexer.passages import passages_of
from indexer.segmentation import query_terms
from kb.documents import Field
from tests.indexer.fakes import document, library


@pytest.fixture
def written(tmp_path: Path) -> Path:
    folder = tmp_path / "keywords"
    write_keywords(folder, [p for d in library() for p in passages_of(d)])
    return folder


def articles(index: KeywordIndex, query: str) -> list[int]:
    """Article ids by their best passage, best first."""
    scores = np.where(index.live, index.score(query_terms(query)).scores, 0)
    order = [doc for doc in np.argsort(-scores, kind="stable") if scores[doc] > 0]
    return list(dict.fromkeys(index.article_ids[order].tolist()))


def test_a_one_character_query_finds_the_word_before_the_polite_address(written: Path) -> None:
    assert articles(KeywordIndex(written), "贵") == [1, 2]


def test_no_score_is_above_the_querys_upper_bound(written: Path) -> None:
    index = KeywordIndex(written)
    for query in ("贵", "报价高", "price budget", "嫌报价太高怎么办"):
        found = index.score(query_terms(query))
        assert 0 < found.scores.max() <= found.upper_bound


def test_unknown_words_raise_the_upper_bound(written: Path) -> None:
    index = KeywordIndex(written)
    assert index.upper_bound(query_terms("报价 zyzzyva")) > index.upper_bound(query_terms("报价"))


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {1, 2, 3, 4}),
        (Filters(kind=("faq",)), set()),
        (Filters(kind=("objection_card",)), {1, 3}),
        (Filters(kind=("objection_card",), lang=("en",)), {3}),
        (Filters(stage=("negotiation", "discovery")), {1, 2}),
        (Filters(tier=("A",)), {1}),
        (Filters(product=("wms",)), {1}),
        (Filters(tag=("价格", "拜访")), {1, 2}),
        (Filters(audience=("all",)), {1, 2, 3}),
        (Filters(audience=("all", "team:east-1")), {1, 2, 3, 4}),
        (Filters(audience=()), set()),
    ],
)
def test_filters_let_through_what_they_name(
    written: Path, filters: Filters, expected: set[int]
) -> None:
    index = KeywordIndex(written)
    assert set(index.article_ids[index.allowed(filters)].tolist()) == expected


def test_a_replaced_article_is_found_by_its_new_words_only(written: Path) -> None:
    new = document(1, "嫌报价高", (Field.CUSTOMER, "预算批不下来"))
    write_keywords(written, passages_of(new), [1])
    index = KeywordIndex(written)
    assert articles(index, "批不下来")[0] == 1
    assert articles(index, "便宜") == []


def test_the_same_passages_twice_in_a_batch_are_there_once(tmp_path: Path) -> None:
    passages = passages_of(library()[0])
    write_keywords(tmp_path / "k", passages + passages)
    write_keywords(tmp_path / "k", passages, [1])
    assert int(KeywordIndex(tmp_path / "k").live.sum()) == len(passages)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([1, 2, 3, 4]), st.booleans()), min_size=1, max_size=8))
def test_any_row_of_updates_leaves_what_a_fresh_index_has(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("updates") / "k"
    write_keywords(folder, [])
    by_id = {d.article_id: passages_of(d) for d in library()}
    expected: set[int] = set()
    for article_id, present in steps:
        write_keywords(folder, by_id[article_id] if present else [], [article_id])
        expected = expected | {article_id} if present else expected - {article_id}
    index = KeywordIndex(folder)
    wanted = sorted(p.passage_id for key in expected for p in by_id[key])
    assert sorted(index.passage_ids[index.live].tolist()) == wanted
    assert set(articles(index, "报价")) == expected & {1, 4}


# Whoosh forgets to close the file of a segment that it cannot read.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
# Whoosh leaves a file open when it cannot make sense of it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_missing_folder_and_a_broken_segment_are_named_as_damaged(written: Path) -> None:
    with pytest.raises(IndexDamagedError):
        KeywordIndex(written.parent / "none")
    segment = next(written.glob("*.seg"))
    segment.write_bytes(segment.read_bytes()[:50])
    with pytest.raises(IndexDamagedError):
        KeywordIndex(written)
    gc.collect()  # let the open file complain here, not in a later test
