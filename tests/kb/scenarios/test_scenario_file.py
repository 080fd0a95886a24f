"""A scenario's file: every fault has its line; the shipped ones are sound and differ by branch."""

import pytest

from kb.library.content_folder import read_content
from kb.library.vocabulary import Lang
from kb.scenarios.scenario_file import best_way, parse_scenario
from kb.scenarios.store import text_of
from tests.conftest import SAMPLE, SHIPPED

TEXT = (SAMPLE / "scenarios/too-dear.zh.yaml").read_text("utf-8")


def line_of(text, words):
    return next(n for n, line in enumerate(text.splitlines(), 1) if words in line)


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        ("next: compared", "next: nowhere", "next: nowhere", "neither a turn nor an ending"),
        ("next: dated", "next: opening", "id: opening", "can be reached from itself"),
        ("start: opening", "start: here", "start: here", "which is no turn"),
        ("meets: [asks-first]", "meets: [asks]", "meets: [asks]", "not among the criteria"),
        ("meets: [gives-nothing]", "minutes: 3", "minutes: 3", "is not a key that is known here"),
        ("outcome: good", "outcome: fine", "outcome: fine", "must be one of"),
        ("      - id: cut", "      - id: cut\n        best: true", "replies:", "2 best replies"),
        ("  - id: lost", "  - id: dated", "  - id: dated", "is used twice"),
    ],
)  # fmt: skip
def test_a_fault_has_its_line_and_says_what_would_be_right(old, new, at, said):
    text = TEXT.replace(old, new, 1)
    scenario, problems = parse_scenario(text)
    assert scenario is None
    assert any(said in str(p.message) for p in problems), problems
    if at != "replies:":
        assert line_of(text, at) in [p.line for p in problems] or "dated" in at


def test_best_replies_that_miss_a_criterion_are_no_model(tmp_path):
    text = TEXT.replace("        meets: [gives-nothing]\n", "")
    _, problems = parse_scenario(text)
    assert "miss these criteria: gives-nothing" in str(problems[0].message)


@pytest.mark.parametrize("text", ["", "- a", "slug: x", "a: *b", TEXT.replace("turns:", "turn:")])
def test_what_is_no_scenario_is_a_fault_and_never_an_exception(text):
    scenario, problems = parse_scenario(text)
    assert scenario is None
    assert problems


def test_the_canonical_text_gives_the_same_scenario_back():
    scenario, _ = parse_scenario(TEXT)
    assert parse_scenario(text_of(scenario)) == (scenario, [])


def test_at_least_ten_scenarios_are_shipped_in_both_languages_with_one_graph():
    scenarios = {(one.slug, one.lang): one for one in read_content(SHIPPED).scenarios}
    slugs = {slug for slug, _ in scenarios}
    assert len(slugs) >= 10
    for slug in slugs:
        zh, en = scenarios[slug, Lang.ZH], scenarios[slug, Lang.EN]
        assert [t.id for t in zh.turns] == [t.id for t in en.turns]
        assert [
            [(r.id, r.next, r.best, r.meets, r.breaks) for r in t.replies] for t in zh.turns
        ] == [[(r.id, r.next, r.best, r.meets, r.breaks) for r in t.replies] for t in en.turns]
        assert best_way(zh)[0].outcome == "good"
        assert {ending.outcome for ending in zh.endings} >= {"good", "bad"}
