"""Golden queries: how well search finds what is pinned, and pinning from the results."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext, ngettext
from werkzeug.wrappers import Response

from kb import audit, outbox
from kb.library.articles import find_visible
from kb.permissions import Capability
from kb.search import golden, golden_runs
from kb.search.golden_list import GoldenRow, Result, list_golden
from kb.search.models import GoldenQuery, GoldenRun
from web.context import now, reader, reading, writing
from web.rights import allows
from web.security import safe_next

pages = Blueprint("golden", __name__, url_prefix="/search/golden")
PAGE_SIZE = 50
SHOWN_RUNS = 30
REFRESH = 4  # seconds until the page looks again for a run that is under way
SMALLEST = 0.0005  # a difference that shows in three decimals

GROUPS = {
    "zh": lazy_gettext("Chinese"),
    "en": lazy_gettext("English"),
    "across": lazy_gettext("Across languages"),
    "team": lazy_gettext("Pinned by the team"),
}
HALVES = {
    "tuning": lazy_gettext("For tuning"),
    "checking": lazy_gettext("For checking"),
    "team": lazy_gettext("Pinned by the team"),
}
RESULTS = {
    "worse": lazy_gettext("Got worse"),
    "better": lazy_gettext("Got better"),
    "missed": lazy_gettext("Not among the first ten"),
    "first": lazy_gettext("In the first place"),
    "new": lazy_gettext("Measured for the first time"),
    "unmeasured": lazy_gettext("Not measured"),
}
VERDICTS = {
    "better": lazy_gettext("better"),
    "same": lazy_gettext("unchanged"),
    "worse": lazy_gettext("worse"),
    "lost": lazy_gettext("lost"),
    "new": lazy_gettext("new"),
}
MEASURES = ("mrr", "recall_1", "recall_3", "recall_10")


@dataclass(frozen=True)
class Cell:
    """A figure beside the one before; ``change`` 0 where there is none or none to see."""

    value: float
    before: float | None

    @property
    def change(self) -> float:
        """How much it went up or down."""
        difference = self.value - self.before if self.before is not None else 0.0
        return difference if abs(difference) >= SMALLEST else 0.0


@dataclass(frozen=True)
class Dot:
    """A run in the chart, in a drawing 300 wide and 80 high."""

    x: float
    y: float
    run: GoldenRun


@pages.get("")
@allows(Capability.PUBLISH)
def overview() -> Response:
    """Figures of the last run beside those before it, and the queries, the worst change first."""
    db = reading()
    runs = golden_runs.runs(db)
    after = runs[0] if runs else None
    before = _against(runs)
    chosen = _chosen()
    result = chosen.get("result")
    rows = list_golden(
        db, before, after, group=chosen.get("group", ""), half=chosen.get("half", ""),
        result=Result(result) if result else None,
    )  # fmt: skip
    count = max(1, -(-len(rows) // PAGE_SIZE))
    number = min(max(1, request.args.get("page", 1, type=int)), count)
    measuring = bool(outbox.pending(db, outbox.GOLDEN, 1))
    page = render_template(
        "search/golden.html",
        runs=runs, after=after, before=before, measuring=measuring,
        figures=_figures(before, after), dots=_dots(runs[:SHOWN_RUNS]),
        rows=rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE], total=len(rows),
        chosen=chosen, number=number, count=count, removed=_removed(), unfindable=_unfindable(rows),
        groups=GROUPS, halves=HALVES, results=RESULTS, verdicts=VERDICTS, measures=MEASURES,
    )  # fmt: skip
    answer = make_response(page)
    if measuring:
        answer.headers["Refresh"] = str(REFRESH)
    return answer


@pages.post("/measure")
@allows(Capability.PUBLISH)
def measure() -> Response:
    """Ask the worker for a run; once is enough while one is waiting."""
    with writing() as db:
        if not outbox.pending(db, outbox.GOLDEN, 1):
            outbox.enqueue(db, outbox.GOLDEN, 0, now())
            audit.record(db, now(), reader().person_id, "golden_measure", "golden")
    return redirect(url_for(".overview"))


@pages.post("/pin")
@allows(Capability.PUBLISH)
def pin() -> Response:
    """Say that a result is the right answer to what was searched."""
    query = request.form.get("q", "")
    article = find_visible(
        reading(), reader(), request.form.get("slug", ""), request.form.get("lang", "")
    )
    with writing() as db:
        golden.pin(db, reader().person_id, query, article, now())
    n = len(golden.pinned(reading(), query))
    flash(
        gettext("“%(title)s” is pinned as a right answer.", title=article.title)
        + " "
        + ngettext(
            "%(num)s article is pinned for this query.",
            "%(num)s articles are pinned for this query.",
            n,
        )
    )
    return redirect(safe_next(request.form.get("next")))


@pages.post("/unpin")
@allows(Capability.PUBLISH)
def unpin() -> Response:
    """Take back that a result is a right answer."""
    article = find_visible(
        reading(), reader(), request.form.get("slug", ""), request.form.get("lang", "")
    )
    with writing() as db:
        golden.unpin(db, reader().person_id, request.form.get("q", ""), article, now())
    flash(gettext("“%(title)s” is no longer pinned for this query.", title=article.title))
    return redirect(safe_next(request.form.get("next")))


@pages.post("/<int(max=2147483647):golden_id>/out")
@allows(Capability.PUBLISH)
def take_out(golden_id: int) -> Response:
    """Measure a query no longer; the page then offers to undo it."""
    with writing() as db:
        golden.take_out(db, reader().person_id, golden_id, now())
    return redirect(url_for(".overview", removed=golden_id, **_chosen()))


@pages.post("/<int(max=2147483647):golden_id>/back")
@allows(Capability.PUBLISH)
def bring_back(golden_id: int) -> Response:
    """Undo taking a query out."""
    with writing() as db:
        row = golden.bring_back(db, reader().person_id, golden_id, now())
        query = row.query
    flash(gettext("“%(query)s” is measured again.", query=query))
    return redirect(url_for(".overview"))


def _chosen() -> dict[str, str]:
    """The filters in the address; what is none of ours does not narrow the list."""
    known = {"group": GROUPS, "half": HALVES, "result": RESULTS}
    return {name: request.args[name] for name in known if request.args.get(name) in known[name]}


def _against(runs: Sequence[GoldenRun]) -> GoldenRun | None:
    """The run to compare with: the one in the address, else the one before the last."""
    wanted = request.args.get("against", 0, type=int)
    earlier = runs[1:]
    return next((run for run in earlier if run.id == wanted), earlier[0] if earlier else None)


def _figures(before: GoldenRun | None, after: GoldenRun | None) -> list[dict[str, object]]:
    """A row for all queries and one for each group: its name, count and cells."""
    new, old = golden_runs.groups_of(after), golden_runs.groups_of(before)
    names = {golden_runs.ALL: gettext("All"), **GROUPS}
    return [
        {
            "name": str(name),
            "n": new[key].n,
            "n_before": old[key].n if key in old else None,
            "cells": {
                measure: Cell(
                    getattr(new[key], measure), getattr(old[key], measure) if key in old else None
                )
                for measure in MEASURES
            },
        }
        for key, name in names.items()
        if key in new
    ]


def _dots(runs: Sequence[GoldenRun]) -> list[Dot]:
    """The runs as dots from left to right, drawn between their smallest and largest MRR."""
    values = [run.mrr for run in runs]
    if len(values) < 2:
        return []
    low, high = min(values), max(values)
    span, step = max(high - low, 0.01), 284 / (len(values) - 1)
    return [
        Dot(round(8 + place * step, 1), round(72 - 64 * (run.mrr - low) / span, 1), run)
        for place, run in enumerate(reversed(runs))
    ]


def _removed() -> GoldenQuery | None:
    """The query that was just taken out, for undoing it."""
    golden_id = request.args.get("removed", 0, type=int)
    if not 0 < golden_id < 2**31:
        return None
    row = reading().get(GoldenQuery, golden_id)
    return row if row and not row.active else None


def _unfindable(rows: Sequence[GoldenRow]) -> int:
    return sum(not row.findable for row in rows)
