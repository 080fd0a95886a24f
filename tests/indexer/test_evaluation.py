from pathlib import Path

import pytest

from indexer.errors import EvaluationInputError
from indexer.evaluation import evaluate, ndcg, reciprocal_rank
from kb.documents import Mode
from tests.indexer.fakes import FakeEmbedder

PASSAGES = "p1\tzh\t太贵了，能不能便宜一点\np2\tzh\t先去仓库走一圈\np3\ten\tThe price is too high\n"
QUERIES = "zh\t便宜\tp1\nzh\t仓库\tp2,p9\nen\tprice\tp3\nen\tunrelated\tp1\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    passages, queries = tmp_path / "p.tsv", tmp_path / "q.tsv"
    passages.write_text(PASSAGES, "utf-8")
    queries.write_text(QUERIES, "utf-8")
    return passages, queries


def test_figures_per_mode_and_group(files: tuple[Path, Path]) -> None:
    figures = evaluate(*files, FakeEmbedder())
    assert set(figures) == {"keyword", "semantic", "hybrid", "latency_ms"}
    assert figures["keyword"]["zh"] == {
        "n": 2, "mrr@10": 1.0, "ndcg@10": pytest.approx((1 + 1 / 1.6309) / 2, abs=1e-3),
        "hit@1": 1.0, "hit@3": 1.0,
    }  # fmt: skip
    assert figures["keyword"]["en"]["mrr@10"] == 0.5
    assert figures["keyword"]["all"]["n"] == 4
    assert set(figures["latency_ms"]["hybrid"]) == {"p50", "p95"}


def test_without_a_model_only_keywords_are_measured(files: tuple[Path, Path]) -> None:
    assert set(evaluate(*files, None)) == {"keyword", "latency_ms"}


def test_modes_can_be_chosen(files: tuple[Path, Path]) -> None:
    assert set(evaluate(*files, FakeEmbedder(), [Mode.SEMANTIC])) == {"semantic", "latency_ms"}


def test_meaning_is_measured_even_where_the_model_knows_too_little(
    files: tuple[Path, Path],
) -> None:
    figures = evaluate(*files, FakeEmbedder(known=0.0))
    assert figures["semantic"]["all"]["mrr@10"] > 0
    assert figures["hybrid"] == figures["keyword"]


def test_a_line_with_other_than_three_fields_is_named(files: tuple[Path, Path]) -> None:
    files[1].write_text("zh\t便宜\tp1\nzh 仓库 p2\n", "utf-8")
    with pytest.raises(EvaluationInputError, match=r"q.tsv, line 2"):
        evaluate(*files, None)


def test_reciprocal_rank_and_ndcg() -> None:
    assert reciprocal_rank([False, True]) == 0.5
    assert reciprocal_rank([False]) == 0
    assert ndcg([True, True], 2) == 1
    assert ndcg([False, True], 1) == pytest.approx(0.6309, abs=1e-4)
    assert ndcg([], 0) == 0
