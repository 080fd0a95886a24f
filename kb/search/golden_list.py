"""The golden queries as a manager looks through them: the ones that got worse first."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, select

from kb.library.models import Article
from kb.library.vocabulary import Status
from kb.search.golden import Golden, Target, load_golden
from kb.search.golden_runs import Change, Verdict, compare
from kb.search.models import GoldenQuery, GoldenRun


class Result(StrEnum):
    """By what a list can be narrowed."""

    WORSE = "worse"  # lost ones, too
    BETTER = "better"
    MISSED = "missed"  # not among the first ten
    FIRST = "first"  # found in the first place
    NEW = "new"
    UNMEASURED = "unmeasured"


@dataclass(frozen=True)
class Answer:
    """A right answer as it is shown; without an article that is published there is no title."""

    target: Target
    title: str


@dataclass(frozen=True)
class GoldenRow:
    """One query, its right answers and its places; ``change`` None: not in the last run."""

    row: GoldenQuery
    answers: tuple[Answer, ...]
    change: Change | None

    @property
    def findable(self) -> bool:
        """Whether any right answer is published, so that search could find it."""
        return any(answer.title for answer in self.answers)


_TESTS: dict[Result, Callable[[GoldenRow], bool]] = {
    Result.WORSE: lambda r: _verdict(r) in (Verdict.WORSE, Verdict.LOST),
    Result.BETTER: lambda r: _verdict(r) is Verdict.BETTER,
    Result.MISSED: lambda r: r.change is not None and r.change.after is None,
    Result.FIRST: lambda r: r.change is not None and r.change.after == 1,
    Result.NEW: lambda r: _verdict(r) is Verdict.NEW,
    Result.UNMEASURED: lambda r: r.change is None,
}


def list_golden(
    session: Session,
    before: GoldenRun | None,
    after: GoldenRun | None,
    *,
    group: str = "",
    half: str = "",
    result: Result | None = None,
) -> list[GoldenRow]:
    """Active golden queries within the filters; what lost most comes first."""
    changes = {c.golden_id: c for c in compare(before, after)} if after else {}
    query = select(Article.slug, Article.lang, Article.title)
    published = query.where(Article.status == Status.PUBLISHED)
    titles = {Target(slug, lang): title for slug, lang, title in session.exec(published)}
    rows = [_row(one, titles, changes.get(one.row.id or 0)) for one in load_golden(session)]
    return sorted(
        (
            r
            for r in rows
            if (not group or r.row.grp == group)
            and (not half or r.row.half == half)
            and (result is None or _TESTS[result](r))
        ),
        key=_urgency,
    )


def _row(one: Golden, titles: dict[Target, str], change: Change | None) -> GoldenRow:
    answers = tuple(Answer(target, titles.get(target, "")) for target in one.targets)
    return GoldenRow(one.row, answers, change)


def _verdict(row: GoldenRow) -> Verdict | None:
    return row.change.verdict if row.change else None


def _urgency(row: GoldenRow) -> tuple[float, float]:
    """What the run lost by this query, then how badly it is found."""
    if row.change is None:
        return 0.0, 2.0
    after = 1 / row.change.after if row.change.after else 0.0
    if row.change.verdict is Verdict.NEW:
        return 0.0, after
    before = 1 / row.change.before if row.change.before else 0.0
    return after - before, after
