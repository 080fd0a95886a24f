"""Measuring search by the golden queries, and what changed from one run to the next."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, delete, select

from kb.documents import Hit, Mode, SearchRequest
from kb.library.models import Article
from kb.library.vocabulary import Status
from kb.ports import SearchEngine
from kb.search.golden import Golden, Target, load_golden
from kb.search.models import GoldenQuery, GoldenRun
from kb.search.query_language import parse_query
from kb.search.synonyms import synonyms_for

CUT_OFF = 10  # places that are looked at
KEEP_RUNS = 100
PAUSE = timedelta(minutes=10)  # between runs that nobody asked for
ALL = "all"

Ranks = dict[int, int | None]  # golden query to the place of its first right answer, from 1


@dataclass(frozen=True)
class Figures:
    """How well search found ``n`` queries; shares from 0 to 1."""

    n: int
    mrr: float
    recall_1: float
    recall_3: float
    recall_10: float


class Verdict(StrEnum):
    """What became of a query from one run to the next."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    LOST = "lost"  # found before, not among the first ten now
    NEW = "new"  # not measured before


@dataclass(frozen=True)
class Change:
    """One query's places in two runs; None is not among the first ten."""

    golden_id: int
    before: int | None
    after: int | None
    verdict: Verdict


def request_of(
    query: str, lang: str, across: bool, mode: Mode, synonyms: tuple[str, ...] = ()
) -> SearchRequest:
    """A golden query as the engine is asked by somebody who may see everything.

    Quotation marks are the customer's voice here, so quoted words need not stand there as they
    are; filters hold. Whoever asks reads the answer's language. A question across languages is
    limited to it: its twin in its own language would come first, and rightly.
    """
    read = parse_query(query)
    return replace(
        read.as_request(audience=None),
        text=" ".join([read.text, *read.phrases]).strip(),
        phrases=(),
        synonyms=synonyms,
        langs=(lang,) if across else tuple(read.langs),
        mode=mode,
        limit=CUT_OFF,
        prefer=lang,
    )


def place_of(hits: Iterable[Hit], targets: Collection[Target]) -> int | None:
    """The place, from 1, of the first right answer."""
    for place, hit in enumerate(hits, 1):
        if Target(hit.slug, hit.lang) in targets:
            return place
    return None


def figures_of(ranks: Collection[int | None]) -> Figures:
    """Mean reciprocal rank and recall within 1, 3 and 10 places; zeros for nothing measured."""
    n = len(ranks)

    def share(values: Iterable[float]) -> float:
        return round(sum(values) / n, 4) if n else 0.0

    return Figures(
        n,
        share(1 / rank for rank in ranks if rank),
        *(share(1 for rank in ranks if rank and rank <= depth) for depth in (1, 3, CUT_OFF)),
    )


def askable(session: Session) -> list[Golden]:
    """Golden queries of which at least one right answer is published; others cannot be found."""
    published = select(Article.slug, Article.lang).where(Article.status == Status.PUBLISHED)
    there = {Target(slug, lang) for slug, lang in session.exec(published)}
    return [one for one in load_golden(session) if there & set(one.targets)]


def measure(
    session: Session,
    engine: SearchEngine,
    now: datetime,
    mode: Mode = Mode.HYBRID,
    model: str = "",
    interrupted: Callable[[], bool] = lambda: False,
) -> GoldenRun | None:
    """Ask every golden query. Returns a run that is not yet stored; None when interrupted.

    Takes seconds, so ``session`` should be one for reading. ``model`` is the name that is noted
    where meaning takes part. Raises what the engine raises.
    """
    state = engine.state()
    ranks: Ranks = {}
    groups: dict[str, list[int | None]] = {}
    for one in askable(session):
        if interrupted():
            return None
        row = one.row
        words = synonyms_for(session, row.query)
        request = request_of(row.query, row.lang, row.grp == "across", mode, words)
        rank = place_of(engine.search(request).hits, one.targets)
        ranks[row.id or 0] = rank
        groups.setdefault(row.grp, []).append(rank)
    total = figures_of(list(ranks.values()))
    return GoldenRun(
        at=now,
        generation=state.generation,
        model=model if state.model == "ready" and mode is not Mode.KEYWORD else "",
        mode=mode,
        count=total.n,
        mrr=total.mrr,
        recall_1=total.recall_1,
        recall_3=total.recall_3,
        recall_10=total.recall_10,
        groups=json.dumps({name: asdict(figures_of(found)) for name, found in groups.items()}),
        ranks=json.dumps(ranks),
    )


def store_run(session: Session, run: GoldenRun) -> None:
    """Keep a run, and of the older ones the newest KEEP_RUNS."""
    session.add(run)
    session.flush()
    kept = select(GoldenRun.id).order_by(col(GoldenRun.id).desc()).limit(KEEP_RUNS)
    session.exec(delete(GoldenRun).where(col(GoldenRun.id).not_in(list(session.exec(kept)))))


def runs(session: Session, limit: int = KEEP_RUNS) -> list[GoldenRun]:
    """The newest runs, newest first."""
    return list(session.exec(select(GoldenRun).order_by(col(GoldenRun.id).desc()).limit(limit)))


def is_due(session: Session, generation: int, now: datetime) -> bool:
    """Whether the worker should measure by itself: the index is another one than at the last run.

    A site without golden queries has nothing to measure.
    """
    if generation == 0:
        return False
    last = session.exec(select(GoldenRun).order_by(col(GoldenRun.id).desc()).limit(1)).first()
    if last is not None and (last.generation == generation or now - last.at < PAUSE):
        return False
    return session.exec(select(GoldenQuery.id).where(GoldenQuery.active)).first() is not None


def ranks_of(run: GoldenRun | None) -> Ranks:
    """Places by golden query's id; empty without a run."""
    stored: Mapping[str, int | None] = json.loads(run.ranks) if run else {}
    return {int(key): rank for key, rank in stored.items()}


def groups_of(run: GoldenRun | None) -> dict[str, Figures]:
    """A run's figures by group, those of all queries under ``all``; empty without a run."""
    if run is None:
        return {}
    total = Figures(run.count, run.mrr, run.recall_1, run.recall_3, run.recall_10)
    return {ALL: total} | {key: Figures(**value) for key, value in json.loads(run.groups).items()}


def compare(before: GoldenRun | None, after: GoldenRun) -> list[Change]:
    """What became of each query of ``after``; without a run before, all are new."""
    old = ranks_of(before)
    return [
        Change(key, old.get(key), rank, _verdict(key in old, old.get(key), rank))
        for key, rank in ranks_of(after).items()
    ]


def _verdict(known: bool, before: int | None, after: int | None) -> Verdict:
    if not known:
        return Verdict.NEW
    if before == after:
        return Verdict.SAME
    if after is None:
        return Verdict.LOST
    if before is None or after < before:
        return Verdict.BETTER
    return Verdict.WORSE
