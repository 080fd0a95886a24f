import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import segmentation
from indexer.segmentation import (
    TermKind,
    fingerprint,
    index_terms,
    normalise,
    phrase_form,
    pieces,
    query_terms,
)


def words(query: str) -> list[str]:
    return [term.text for term in query_terms(query) if term.kind is TermKind.WORD]


def test_full_width_letters_and_capitals_are_the_same_as_plain_ones() -> None:
    assert normalise("ＷＭＳ １００％") == "wms 100%"


def test_a_polite_address_does_not_contain_the_word_expensive() -> None:
    assert "贵" not in index_terms("贵公司的报价")
    assert "贵" in index_terms("这也太贵了")


def test_function_words_are_left_out_of_a_query() -> None:
    assert words("你的报价是什么") == ["报价"]
    assert words("what is the price") == ["price"]


def test_a_query_of_function_words_alone_keeps_them() -> None:
    assert words("的") == ["的"]
    assert words("what is this")


def test_plurals_and_thousands_are_read_alike() -> None:
    assert words("systems companies 68,800") == words("System company 68800")


def test_an_unknown_name_is_found_by_pairs_of_characters() -> None:
    pairs = {term.text for term in query_terms("云酷游") if term.kind is TermKind.PAIR}
    assert pairs == {"云酷", "酷游"}
    assert pairs <= set(index_terms("对手是云酷游"))


def test_a_phrase_form_keeps_word_borders() -> None:
    assert phrase_form("不贵") in phrase_form("看贵不贵")
    assert phrase_form("price") not in phrase_form("priceless")
    assert phrase_form("30 天") in phrase_form("试运行30天")
    assert phrase_form("高价") not in phrase_form("很高。价格")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_every_word_of_a_query_is_a_term_of_the_same_text(text: str) -> None:
    assert {t.text for t in query_terms(text) if t.kind is not TermKind.CHARACTER} <= set(
        index_terms(text)
    )


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_pieces_joined_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text


def test_the_manifest_learns_name_and_version() -> None:
    assert fingerprint().startswith("jieba ")


@pytest.mark.parametrize("cache", ["cache", "missing/folder"])
def test_the_dictionary_loads_without_a_word_and_caches_where_told(
    tmp_path: Path, cache: str
) -> None:
    (tmp_path / "cache").mkdir()
    code = (
        "from pathlib import Path; from indexer import segmentation as s;"
        f"s.use_cache(Path({str(tmp_path / cache)!r})); print(len(s.index_terms('太贵了')))"
    )
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(root), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert done.stderr == ""
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(path.parent.name == "cache" for path in found)
    assert bool(found) == (cache == "cache")


def test_importing_the_package_loads_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys, indexer.builder, indexer.engine, indexer.evaluation;"
        "print(sorted({'torch','sentence_transformers','faiss','whoosh','jieba'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True
    )
    assert done.stdout.strip() == "[]"


def test_traditional_characters_are_the_same_as_simplified_ones() -> None:
    assert segmentation.index_terms("報價太高") == segmentation.index_terms("报价太高")
    assert len(segmentation.normalise("裡面這麼貴")) == 5


def test_the_words_of_the_team_stay_whole_until_they_are_taken_back() -> None:
    plain, before = segmentation.fingerprint(), segmentation.index_terms("签师徒协议")
    segmentation.use_words(["师徒协议", "陌拜"])
    try:
        assert "师徒协议" in segmentation.index_terms("签师徒协议")
        assert segmentation.fingerprint() != plain
    finally:
        segmentation.use_words([])
    assert segmentation.index_terms("签师徒协议") == before
    assert segmentation.fingerprint() == plain
