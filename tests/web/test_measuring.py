"""The worker measures by itself after the index changed, and never in the way of an edit."""

import pytest

from kb import outbox
from kb.search.golden_runs import runs
from web.cli.measuring import LOOK, Measuring


@pytest.fixture
def looks(library, index, clock, monkeypatch):
    """A look each time it is called; returns whether a run was stored."""
    made = {}

    def look(*, by_itself: bool = True, busy: bool = False) -> bool:
        one = made.setdefault(
            "it", Measuring(library, index.builder, clock, lambda: made["busy"], settle=0)
        )
        made["busy"] = busy
        monkeypatch.setattr(one, "_next_look", 0.0)
        return one.look(by_itself=by_itself)

    return look


def count(library) -> int:
    with library.read() as db:
        return len(runs(db))


def waiting(library) -> int:
    with library.read() as db:
        return len(outbox.pending(db, outbox.GOLDEN))


def test_each_generation_is_measured_once(library, index, looks, clock):
    assert looks()
    assert not looks()
    index.builder.update([], [])
    assert not looks()  # too soon after the run before
    clock.move(minutes=10)
    assert looks()
    assert not looks()
    with library.read() as db:
        assert [run.generation for run in runs(db)] == [2, 1]
        assert runs(db)[0].model == "fake"


def test_only_what_was_asked_for_is_done_where_that_is_wanted(library, looks, clock):
    assert not looks(by_itself=False)
    with library.write() as db:
        outbox.enqueue(db, outbox.GOLDEN, 0, clock.now())
    assert looks(by_itself=False)
    assert (count(library), waiting(library)) == (1, 0)


def test_index_work_comes_first_and_the_run_is_begun_anew(library, looks):
    assert not looks(busy=True)
    assert (count(library), waiting(library)) == (0, 1)
    assert looks()
    assert (count(library), waiting(library)) == (1, 0)


def test_between_looks_and_just_after_the_start_nothing_happens(library, index, clock):
    one = Measuring(library, index.builder, clock, lambda: False)
    assert not one.look()
    assert not one.look(by_itself=False)
    assert LOOK > 0
    assert count(library) == 0


def test_a_failing_engine_does_not_end_the_worker(library, looks, monkeypatch, caplog):
    def fails(*_args: object, **_more: object) -> None:
        raise RuntimeError("odd")

    monkeypatch.setattr("kb.search.golden_runs.measure", fails)
    assert not looks()
    assert "golden queries not measured" in caplog.text
    assert waiting(library) == 1
