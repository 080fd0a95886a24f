"""The gate of the golden queries: the shipped library, searched with the shipped model."""

from pathlib import Path

from tests.shipped import RememberingEmbedder
from web.cli.golden import BASELINE_NAME, compared, measure_content, read_baseline

CONTENT = Path(__file__).parents[1] / "content"


def test_the_checking_half_is_not_found_worse_than_its_baseline(
    shipped_model: RememberingEmbedder,
) -> None:
    baseline = CONTENT / BASELINE_NAME
    assert read_baseline(baseline)["checking"].keys() == {"zh", "en", "across", "all"}
    figures = measure_content(CONTENT, None, "checking", shipped_model)
    assert [one for one in compared(baseline, "checking", figures) if one.fell] == []


def test_both_halves_together_are_better_by_both_ways_than_by_either(
    shipped_model: RememberingEmbedder,
) -> None:
    figures = measure_content(CONTENT, None, "all", shipped_model)
    better = max(figures[mode]["all"]["mrr@10"] for mode in ("keyword", "semantic"))
    assert figures["hybrid"]["all"]["mrr@10"] >= better - 0.005
