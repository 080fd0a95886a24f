"""Measuring by the golden queries, storing runs, and telling what changed between them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kb.documents import Mode
from kb.library.articles import find_visible
from kb.search import golden, golden_runs
from kb.search.golden_list import Result, list_golden
from kb.search.golden_runs import Verdict, compare, figures_of, request_of
from kb.search.models import GoldenRun


def run_of(clock, ranks: dict[int, int | None], generation: int = 1) -> GoldenRun:
    total = figures_of(list(ranks.values()))
    return GoldenRun(
        at=clock.now(), generation=generation, model="", mode="hybrid", count=total.n,
        mrr=total.mrr, recall_1=total.recall_1, recall_3=total.recall_3,
        recall_10=total.recall_10, groups="{}", ranks=str(ranks).replace("None", "null")
        .replace("{", '{"').replace(": ", '": ').replace(", ", ', "'),
    )  # fmt: skip


def test_the_sample_is_measured_by_group(library, index, clock):
    with library.read() as db:
        run = golden_runs.measure(db, index.engine, clock.now(), model="fake")
    assert run
    assert (run.count, run.generation, run.model, run.mode) == (4, 1, "fake", "hybrid")
    groups = golden_runs.groups_of(run)
    assert {name: figures.n for name, figures in groups.items()} == {
        "all": 4, "zh": 2, "en": 1, "across": 1,
    }  # fmt: skip
    ranks = list(golden_runs.ranks_of(run).values())
    assert ranks[:3] == [1, 1, 1]
    assert run.recall_10 >= run.recall_3 >= run.recall_1 >= 0.75


def test_the_right_slug_in_the_wrong_language_does_not_count(library, index, clock, reader):
    with library.write() as db:
        english = find_visible(db, reader("zhao.lan"), "price-too-high", "en")
        row = golden.pin(db, None, "报价高 lang:zh", english, clock.now())
        run = golden_runs.measure(db, index.engine, clock.now(), Mode.KEYWORD)
        assert run
        assert golden_runs.ranks_of(run)[row.id] is None
        assert run.model == ""


def test_only_what_is_published_is_asked(library, index, clock, reader):
    with library.write() as db:
        find_visible(db, reader("zhao.lan"), "staff-wont-use", "zh").status = "archived"
        db.flush()
        run = golden_runs.measure(db, index.engine, clock.now())
    assert run
    assert run.count == 3


def test_an_interrupted_run_is_none(library, index, clock):
    with library.read() as db:
        assert golden_runs.measure(db, index.engine, clock.now(), interrupted=lambda: True) is None


def test_quotes_are_a_voice_filters_hold_and_across_is_limited():
    asked = request_of("“太贵了” kind:faq", "zh", False, Mode.HYBRID)
    assert (asked.text, asked.phrases, asked.kinds, asked.langs) == ("太贵了", (), ("faq",), ())
    assert asked.audience is None
    assert request_of("太贵了", "en", True, Mode.HYBRID).langs == ("en",)


def test_figures_are_shares():
    assert figures_of([1, 2, None, 10]) == golden_runs.Figures(4, 0.4, 0.25, 0.5, 0.75)
    assert figures_of([]) == golden_runs.Figures(0, 0.0, 0.0, 0.0, 0.0)


def test_what_became_of_each_query(clock):
    before = run_of(clock, {1: 3, 2: 1, 3: 5, 4: None, 5: 2})
    after = run_of(clock, {1: 1, 2: 4, 3: None, 4: 7, 5: 2, 6: 1})
    assert {c.golden_id: c.verdict for c in compare(before, after)} == {
        1: Verdict.BETTER, 2: Verdict.WORSE, 3: Verdict.LOST, 4: Verdict.BETTER,
        5: Verdict.SAME, 6: Verdict.NEW,
    }  # fmt: skip
    assert {c.verdict for c in compare(None, after)} == {Verdict.NEW}


def test_a_run_is_due_once_a_generation_and_not_too_often(library, clock):
    with library.write() as db:
        assert golden_runs.is_due(db, 1, clock.now())
        assert not golden_runs.is_due(db, 0, clock.now())
        golden_runs.store_run(db, run_of(clock, {1: 1}))
        assert not golden_runs.is_due(db, 1, clock.now() + timedelta(hours=1))
        assert not golden_runs.is_due(db, 2, clock.now() + timedelta(minutes=9))
        assert golden_runs.is_due(db, 2, clock.now() + timedelta(minutes=10))
        for one in golden.load_golden(db):
            golden.take_out(db, None, one.row.id, clock.now())
        assert not golden_runs.is_due(db, 2, clock.now() + timedelta(minutes=10))


def test_old_runs_are_forgotten(library, clock):
    with library.write() as db:
        for n in range(golden_runs.KEEP_RUNS + 3):
            golden_runs.store_run(db, run_of(clock, {1: 1}, generation=n))
        kept = golden_runs.runs(db)
    assert [kept[0].generation, kept[-1].generation] == [golden_runs.KEEP_RUNS + 2, 3]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (None, [2, 3, 1, 4]),
        (Result.WORSE, [2, 3]),
        (Result.BETTER, [4]),
        (Result.MISSED, [2]),
        (Result.FIRST, [1, 4]),
        (Result.NEW, []),
        (Result.UNMEASURED, []),
    ],
)
def test_the_list_begins_with_what_got_worse(library, clock, result, expected):
    with library.read() as db:
        ids = [one.row.id for one in golden.load_golden(db)]
        places = dict(zip(ids, (1, 1, 1, None), strict=True))
        before = run_of(clock, places)
        after = run_of(clock, {**places, ids[1]: None, ids[2]: 3, ids[3]: 1})
        rows = list_golden(db, before, after, result=result)
        assert [ids.index(one.row.id) + 1 for one in rows] == expected
        assert all(one.findable for one in rows)
        halves = {one.row.half for one in list_golden(db, before, after, half="checking")}
        assert halves == {"checking"}
        assert len(list_golden(db, None, None, group="en")) == 1


def test_a_request_is_what_the_engine_takes():
    asked = request_of("报价", "zh", False, Mode.HYBRID, ("价格异议",))
    assert replace(asked, limit=5).synonyms == ("价格异议",)
