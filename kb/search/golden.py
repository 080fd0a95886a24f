"""Golden queries: which article is the right answer to a query, from the file or pinned here.

A shipped query follows its file as long as nobody touches it here. Pinning another answer to it,
or taking one away, makes it the team's; taken out, it stays out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, delete, select

from kb import audit
from kb.errors import InvalidError
from kb.library.models import Article
from kb.messages import N_, Message
from kb.permissions import found
from kb.search.golden_file import (
    FILE_NAME,
    HALVES,
    MAX_QUERY,
    GoldenLine,
    normalised,
    serialise_golden,
)
from kb.search.models import GoldenQuery, GoldenTarget

SHIPPED, TEAM = "shipped", "team"


@dataclass(frozen=True)
class Target:
    """A right answer."""

    slug: str
    lang: str


@dataclass(frozen=True)
class Golden:
    """A golden query with its right answers."""

    row: GoldenQuery
    targets: tuple[Target, ...]


def load_golden(session: Session, *, active: bool = True) -> list[Golden]:
    """Golden queries in the order of their file, the team's last; with the ones taken out or not."""
    query = select(GoldenQuery).order_by(col(GoldenQuery.position), col(GoldenQuery.id))
    if active:
        query = query.where(GoldenQuery.active)
    rows = list(session.exec(query))
    targets: dict[int, list[Target]] = {}
    for target in session.exec(select(GoldenTarget).order_by(col(GoldenTarget.id))):
        targets.setdefault(target.golden_id, []).append(Target(target.slug, target.lang))
    return [Golden(row, tuple(targets.get(row.id or 0, ()))) for row in rows]


def import_golden(session: Session, lines: Iterable[GoldenLine], now: datetime) -> int:
    """Bring the file's lines in; what the team changed or took out stays so. Returns the new ones.

    A shipped line that is no longer in the file is taken out.
    """
    lines = list(lines)
    if not lines:
        return 0
    have = {(one.row.key, one.row.lang): one for one in load_golden(session, active=False)}
    created = 0
    for line in lines:
        one = have.pop((normalised(line.query), line.lang), None)
        if one is None:
            _add(session, line, now)
            created += 1
        elif one.row.origin == SHIPPED:
            _follow_file(session, one, line)
    for one in have.values():
        if one.row.origin == SHIPPED and one.row.active:
            _drop(session, one.row)
    return created


def _add(session: Session, line: GoldenLine, now: datetime) -> None:
    row = GoldenQuery(
        query=line.query,
        key=normalised(line.query),
        lang=line.lang,
        grp=line.group,
        half=line.half,
        origin=SHIPPED,
        position=line.line,
        created_at=now,
    )
    session.add(row)
    session.flush()
    _set_targets(session, row, [Target(slug, line.lang) for slug in line.slugs])


def _follow_file(session: Session, one: Golden, line: GoldenLine) -> None:
    row = one.row
    row.query, row.grp, row.half, row.position = line.query, line.group, line.half, line.line
    row.active = True
    session.add(row)
    wanted = tuple(Target(slug, line.lang) for slug in line.slugs)
    if wanted != one.targets:
        _set_targets(session, row, wanted)


def _drop(session: Session, row: GoldenQuery) -> None:
    """A line left the file. It may return: only what the team takes out becomes the team's."""
    session.exec(delete(GoldenTarget).where(col(GoldenTarget.golden_id) == row.id))
    row.active = False
    session.add(row)


def _set_targets(session: Session, row: GoldenQuery, targets: Iterable[Target]) -> None:
    session.exec(delete(GoldenTarget).where(col(GoldenTarget.golden_id) == row.id))
    for target in targets:
        session.add(GoldenTarget(golden_id=row.id or 0, slug=target.slug, lang=target.lang))
    session.flush()


def export_golden(session: Session, folder: Path) -> int:
    """Write the shipped halves to ``folder`` as they stand here. Returns the number of lines.

    What the team pinned itself stays with the team; answers that this library lacks are left out.
    """
    articles = set(session.exec(select(Article.slug, Article.lang)))
    lines = []
    for one in load_golden(session):
        row = one.row
        slugs = tuple(t.slug for t in one.targets if (t.slug, t.lang) in articles)
        if row.half in HALVES and slugs:
            lines.append(GoldenLine(row.half, row.grp, row.lang, row.query, slugs))
    if lines:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE_NAME).write_bytes(serialise_golden(lines).encode())
    return len(lines)


def pin(
    session: Session, person_id: int | None, query: str, article: Article, now: datetime
) -> GoldenQuery:
    """Say that an article answers a query; saying it twice changes nothing. Raises InvalidError."""
    text, target = _readable(query), Target(article.slug, article.lang)
    one = _of_query(session, text, article.lang)
    if one is None:
        row = GoldenQuery(
            query=text, key=normalised(text), lang=article.lang, grp=TEAM, half=TEAM, origin=TEAM,
            position=_END, created_at=now, created_by=person_id,
        )  # fmt: skip
        session.add(row)
        session.flush()
        _set_targets(session, row, [target])
    else:
        row = one.row
        if row.active and target in one.targets:
            return row
        kept = one.targets if row.active else ()
        row.origin, row.active = TEAM, True
        session.add(row)
        _set_targets(session, row, [*kept, target])
    _record(session, now, person_id, "pin_answer", row, article=f"{article.slug}.{article.lang}")
    return row


def unpin(
    session: Session, person_id: int | None, query: str, article: Article, now: datetime
) -> None:
    """Take one right answer away; with its last one the query itself. Nothing pinned: no error."""
    one = _of_query(session, _readable(query), article.lang)
    target = Target(article.slug, article.lang)
    if one is None or not one.row.active or target not in one.targets:
        return
    rest = [other for other in one.targets if other != target]
    one.row.origin = TEAM
    if rest:
        _set_targets(session, one.row, rest)
    else:
        one.row.active = False
    session.add(one.row)
    _record(
        session, now, person_id, "unpin_answer", one.row, article=f"{article.slug}.{article.lang}"
    )


def take_out(session: Session, person_id: int | None, golden_id: int, now: datetime) -> GoldenQuery:
    """Measure a query no longer; ``bring_back`` undoes it. Raises NotFoundError."""
    return _set_active(session, person_id, golden_id, now, False)


def bring_back(
    session: Session, person_id: int | None, golden_id: int, now: datetime
) -> GoldenQuery:
    """Measure a query again, with the answers it had. Raises NotFoundError."""
    return _set_active(session, person_id, golden_id, now, True)


def _set_active(
    session: Session, person_id: int | None, golden_id: int, now: datetime, active: bool
) -> GoldenQuery:
    row = found(session.get(GoldenQuery, golden_id))
    if row.active != active:
        row.active, row.origin = active, TEAM
        session.add(row)
        _record(session, now, person_id, "golden_back" if active else "golden_out", row)
    return row


def pinned(session: Session, query: str) -> frozenset[Target]:
    """The right answers of a query, whatever their language."""
    rows = (
        select(GoldenTarget.slug, GoldenTarget.lang)
        .join(GoldenQuery, col(GoldenQuery.id) == GoldenTarget.golden_id)
        .where(GoldenQuery.key == normalised(_clean(query)), GoldenQuery.active)
    )
    return frozenset(Target(slug, lang) for slug, lang in session.exec(rows))


_END = 2**31 - 1  # the team's queries come after the file's


def _of_query(session: Session, query: str, lang: str) -> Golden | None:
    where = (GoldenQuery.key == normalised(query), GoldenQuery.lang == lang)
    row = session.exec(select(GoldenQuery).where(*where)).first()
    if row is None:
        return None
    targets = (
        select(GoldenTarget).where(GoldenTarget.golden_id == row.id).order_by(col(GoldenTarget.id))
    )
    return Golden(row, tuple(Target(t.slug, t.lang) for t in session.exec(targets)))


def _clean(query: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in query).split())[:MAX_QUERY]


def _readable(query: str) -> str:
    text = _clean(query)
    if not any(char.isalnum() for char in text):
        raise InvalidError(
            {"query": Message(N_("Search for something first, then pin its answer."))}
        )
    return text


def _record(
    session: Session,
    now: datetime,
    person_id: int | None,
    action: str,
    row: GoldenQuery,
    **details: object,
) -> None:
    audit.record(
        session,
        now,
        person_id,
        action,
        f"golden:{row.id}",
        query=row.query,
        lang=row.lang,
        **details,
    )
