"""Paths in the database: versions, import from files and back, and the parsed newest one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path as FilePath

from sqlmodel import Session, col, select

from kb import audit
from kb.accounts.models import Person
from kb.errors import ConflictError, InvalidError
from kb.learning.models import LearningPath, PathVersion
from kb.learning.moment import Moment
from kb.learning.path_file import FOLDER, Path, parse_path
from kb.library.articles import content_hash
from kb.library.faults import Problem
from kb.library.vocabulary import Scope
from kb.messages import N_, Message
from kb.permissions import found


@dataclass(frozen=True)
class StoredPath:
    """A path as it stands: its row, the parsed newest version, and when steps were added to it."""

    row: LearningPath
    path: Path
    added: Mapping[str, date]
    source: str

    @property
    def id(self) -> int:
        """The row's id."""
        return self.row.id or 0


@dataclass(frozen=True)
class PathFile:
    """A sound file of a path: its exact text and what it says."""

    source: str
    path: Path


@dataclass
class PathReport:
    """What an import did, by slug."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)  # edited here, and the file changed, too


def all_paths(session: Session, *, archived: bool = False) -> list[StoredPath]:
    """Every path with its newest version, shortest first; two queries whatever their number."""
    query = (
        select(LearningPath, PathVersion)
        .join(PathVersion, col(PathVersion.path_id) == LearningPath.id)
        .where(PathVersion.number == LearningPath.version)
    )
    if not archived:
        query = query.where(col(LearningPath.archived).is_(False))
    stored = [_stored(row, version) for row, version in session.exec(query)]
    return sorted(stored, key=lambda one: (one.path.days, one.row.slug))


def paths_by_id(session: Session) -> dict[int, StoredPath]:
    """Every path, archived ones too: people stay on them."""
    return {one.id: one for one in all_paths(session, archived=True)}


def find_path(session: Session, slug: str) -> StoredPath:
    """A path by its slug. Raises NotFoundError."""
    row = found(session.exec(select(LearningPath).where(LearningPath.slug == slug)).first())
    return _stored(row, version_of(session, row))


def version_of(session: Session, row: LearningPath, number: int | None = None) -> PathVersion:
    """A version of a path, the newest by default. Raises NotFoundError."""
    wanted = row.version if number is None else number
    query = select(PathVersion).where(PathVersion.path_id == row.id, PathVersion.number == wanted)
    return found(session.exec(query).first())


def versions(session: Session, row: LearningPath) -> list[tuple[PathVersion, str]]:
    """A path's versions with their author's name (empty for imports), newest first."""
    query = (
        select(PathVersion, Person.name)
        .join(Person, col(Person.id) == PathVersion.author_id, isouter=True)
        .where(PathVersion.path_id == row.id)
        .order_by(col(PathVersion.number).desc())
    )
    return [(version, name or "") for version, name in session.exec(query)]


def set_archived(
    session: Session, row: LearningPath, archived: bool, person_id: int, now: datetime
) -> None:
    """Offer a path no more, or again. Who is on it goes on."""
    if row.archived != archived:
        row.archived = archived
        session.add(row)
        action = "archive_path" if archived else "restore_path"
        audit.record(session, now, person_id, action, f"path:{row.id}", slug=row.slug)


def save_path(
    session: Session,
    source: str,
    base_version: int,
    person_id: int | None,
    moment: Moment,
    slug: str = "",
) -> LearningPath:
    """Save a path's text as typed; ``base_version`` 0 adds a new path.

    Raises InvalidError with every fault, ConflictError where somebody saved in the meantime.
    """
    path, problems = parse_path(source)
    if path is None:
        raise InvalidError(faults_by_line(problems))
    if slug and path.slug != slug:
        advice = Message(N_("A path keeps its slug: write slug: %(slug)s."), {"slug": slug})
        raise InvalidError({"1:slug": advice})
    row = session.exec(select(LearningPath).where(LearningPath.slug == path.slug)).first()
    if row is None:
        if slug or base_version:
            raise ConflictError
        return _add(session, PathFile(source, path), person_id, "web", moment.at)
    if not slug:
        taken = N_("%(slug)s is taken; choose another slug.")
        raise InvalidError({"1:slug": Message(taken, {"slug": path.slug})})
    if row.version != base_version:
        raise ConflictError
    _new_version(session, row, PathFile(source, path), person_id, "web", moment)
    return row


def faults_by_line(problems: Sequence[Problem]) -> dict[str, Message]:
    """Faults as a form shows them, named by line."""
    return {f"{problem.line}:{problem.key}": problem.message for problem in problems}


def import_paths(session: Session, files: Sequence[PathFile], moment: Moment) -> PathReport:
    """Bring files in. Untouched paths follow their files; edited ones are never overwritten."""
    report = PathReport()
    for file in files:
        slug, digest = file.path.slug, content_hash(file.source)
        row = session.exec(select(LearningPath).where(LearningPath.slug == slug)).first()
        if row is None:
            row = _add(session, file, None, "file", moment.at)
            report.created.append(slug)
        elif row.imported_hash == digest:
            continue
        elif version_of(session, row).content_hash not in (row.imported_hash, digest):
            report.conflicts.append(slug)
            continue
        else:
            _new_version(session, row, file, None, "file", moment)
            report.updated.append(slug)
        row.imported_hash = digest
        session.add(row)
    return report


def archive_demo_paths(session: Session) -> None:
    """Put away the paths of the invented company; what people did on them stays."""
    for row in session.exec(select(LearningPath).where(LearningPath.scope == Scope.DEMO)):
        row.archived = True
        session.add(row)


def export_paths(session: Session, folder: FilePath) -> int:
    """Write every path's newest text to ``paths/`` of a folder. Returns how many there are."""
    stored = all_paths(session)
    for one in stored:
        target = folder / FOLDER / f"{one.row.slug}.yaml"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(one.source.encode())
    return len(stored)


def _add(
    session: Session, file: PathFile, person_id: int | None, origin: str, now: datetime
) -> LearningPath:
    title = file.path.title
    row = LearningPath(
        slug=file.path.slug, title_zh=title.zh, title_en=title.en, scope=file.path.scope,
        updated_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _write_version(session, row, file, {}, person_id, origin, now)
    return row


def _new_version(
    session: Session,
    row: LearningPath,
    file: PathFile,
    person_id: int | None,
    origin: str,
    moment: Moment,
) -> None:
    """Write a version. Steps that the one before lacks are remembered as added today."""
    before = version_of(session, row)
    if before.content_hash == content_hash(file.source):
        return
    known, _ = parse_path(before.source)
    earlier = {step.id for step in known.steps()} if known else set()
    added = {key: day.isoformat() for key, day in _added(before.added).items()}
    for step in file.path.steps():
        if step.id not in earlier:
            added[step.id] = moment.day.isoformat()
    _write_version(session, row, file, added, person_id, origin, moment.at)


def _write_version(
    session: Session,
    row: LearningPath,
    file: PathFile,
    added: Mapping[str, str],
    person_id: int | None,
    origin: str,
    now: datetime,
) -> None:
    row.version += 1
    row.title_zh, row.title_en = file.path.title.zh, file.path.title.en
    row.scope, row.updated_at = file.path.scope, now
    session.add(row)
    session.add(
        PathVersion(
            path_id=row.id or 0, number=row.version, source=file.source,
            content_hash=content_hash(file.source), added=json.dumps(added) if added else "",
            author_id=person_id, origin=origin, created_at=now,
        )
    )  # fmt: skip
    audit.record(
        session, now, person_id, f"save_path_{origin}", f"path:{row.id}",
        slug=row.slug, version=row.version,
    )  # fmt: skip
    session.flush()


def _stored(row: LearningPath, version: PathVersion) -> StoredPath:
    path = _parsed(version.source)
    return StoredPath(row, path, _added(version.added), version.source)


@lru_cache(maxsize=64)
def _parsed(source: str) -> Path:
    """``parse_path``, remembered: a version's text never changes, and reading YAML is slow."""
    path, problems = parse_path(source)
    if path is None:  # a text that was once valid; the rules must have been tightened
        raise InvalidError(faults_by_line(problems))
    return path


def _added(text: str) -> dict[str, date]:
    return {key: date.fromisoformat(day) for key, day in json.loads(text).items()} if text else {}
