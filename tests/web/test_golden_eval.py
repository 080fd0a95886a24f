"""``shifu eval --golden``: figures of a content folder without a database, and the baseline."""

import json
import shutil

import pytest
from click.testing import CliRunner

from tests.conftest import SAMPLE
from tests.fakes import FakeEmbedder
from web.cli import evaluate as command
from web.cli.evaluate import evaluate
from web.cli.golden import GoldenFileError, measure_content


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(SAMPLE, tmp_path / "content")


@pytest.fixture
def shifu(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("SHIFU_CONTENT_DIR", str(folder))
    monkeypatch.setenv("SHIFU_DATA_DIR", str(tmp_path / "none"))
    monkeypatch.setattr(command, "load_embedder", lambda _: FakeEmbedder())
    return lambda *words: CliRunner().invoke(evaluate, ["--golden", *words])


def test_every_mode_is_measured_by_group():
    figures = measure_content(SAMPLE, None, "all", FakeEmbedder())
    assert set(figures) == {"keyword", "semantic", "hybrid", "latency_ms"}
    assert {name: row["n"] for name, row in figures["hybrid"].items()} == {
        "zh": 2, "en": 1, "across": 1, "all": 4,
    }  # fmt: skip
    assert figures["hybrid"]["zh"]["mrr@10"] == 1.0
    assert figures["keyword"]["en"]["mrr@10"] == 1.0


def test_a_half_is_measured_alone():
    figures = measure_content(SAMPLE, None, "checking", None)
    assert set(figures) == {"keyword", "latency_ms"}
    assert figures["keyword"]["all"]["n"] == 2


def test_a_faulty_file_is_named_with_its_line(tmp_path):
    path = tmp_path / "mine.tsv"
    path.write_text("half\tgroup\tlang\tquery\ttargets\ntuning\tzh\tzh\t问\tno-such\n", "utf-8")
    with pytest.raises(GoldenFileError, match=r"mine\.tsv, line 2: targets names no-such"):
        measure_content(SAMPLE, path, "all", None)
    with pytest.raises(GoldenFileError, match="nothing"):
        measure_content(SAMPLE, tmp_path / "nothing", "all", None)


def test_figures_are_printed_and_as_json(shifu):
    printed = shifu("--half", "tuning")
    assert printed.exit_code == 0, printed.output
    assert "hybrid" in printed.output
    assert json.loads(shifu("--json").stdout)["hybrid"]["all"]["n"] == 4


def test_a_file_of_ones_own_can_be_named(shifu, folder, tmp_path):
    own = tmp_path / "own.tsv"
    own.write_text(
        "half\tgroup\tlang\tquery\ttargets\ntuning\tzh\tzh\t报价\tprice-too-high\n", "utf-8"
    )
    assert json.loads(shifu(str(own), "--json").stdout)["keyword"]["all"]["n"] == 1


def test_a_baseline_is_written_and_held_against(shifu, folder):
    path = folder / "golden_baseline.json"
    assert shifu("--half", "checking", "--write-baseline").exit_code == 0
    assert shifu("--half", "tuning", "--write-baseline").exit_code == 0
    facts = json.loads(path.read_text("utf-8"))
    assert set(facts["halves"]) == {"checking", "tuning"}
    same = shifu("--half", "tuning", "--baseline", str(path), "--json")
    assert same.exit_code == 0
    assert "Hybrid MRR@10 of zh: 1.000 before, 1.000 now." in same.stderr
    assert json.loads(same.stdout)["hybrid"]
    facts["halves"]["tuning"]["zh"] += 0.009
    path.write_text(json.dumps(facts), "utf-8")
    assert shifu("--half", "tuning", "--baseline", str(path)).exit_code == 0
    facts["halves"]["tuning"]["zh"] += 0.009
    path.write_text(json.dumps(facts), "utf-8")
    fallen = shifu("--half", "tuning", "--baseline", str(path))
    assert fallen.exit_code == 1
    assert "Hybrid MRR@10 of zh fell from 1.018 to 1.000." in fallen.output


def test_a_baseline_that_lacks_the_half_says_what_to_do(shifu):
    answer = shifu("--baseline")
    assert answer.exit_code == 1
    assert "--write-baseline" in str(answer.exception)


def test_options_that_do_not_go_together_are_refused(shifu):
    assert shifu("--model", "a", "--model", "b", "--write-baseline").exit_code == 2
    assert CliRunner().invoke(evaluate, ["--baseline", "x"]).exit_code == 2
    assert CliRunner().invoke(evaluate, []).exit_code == 2


def test_content_stats_count_the_lines(folder, monkeypatch):
    from web.cli.content import content

    counted = CliRunner().invoke(content, ["stats", str(folder), "--json"])
    assert json.loads(counted.stdout)["golden"] == 4
