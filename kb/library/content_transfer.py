"""Files to database and back: import by slug and hash, byte-stable export, removal of the demo."""

import shutil
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import yaml
from sqlmodel import Session, col, delete, select

from kb import audit, outbox
from kb.errors import ShifuError
from kb.impact.changes import forget_changes
from kb.learning.moment import Moment
from kb.learning.path_file import FOLDER as PATHS
from kb.learning.path_store import archive_demo_paths, export_paths, import_paths
from kb.library.articles import Origin, content_hash, create_article, save_revision
from kb.library.content_folder import Content, ContentFile, file_path
from kb.library.models import (
    Article,
    ArticleFacet,
    Draft,
    Favourite,
    ProductLineRow,
    RecentView,
    Revision,
)
from kb.library.vocabulary import Scope
from kb.media.models import VideoPosition
from kb.messages import N_
from kb.quizzes.bank_store import export_banks, import_banks, retire_demo
from kb.quizzes.content import QuizContent
from kb.quizzes.questions import FOLDER as BANKS
from kb.quizzes.quiz_store import export_quizzes, import_quizzes, retire_demo_quizzes
from kb.scenarios.scenario_file import FOLDER as SCENARIOS
from kb.scenarios.store import (
    export_scenarios,
    import_scenarios,
    retire_demo_scenarios,
)
from kb.search.golden import export_golden, import_golden
from kb.search.team_words import export_team_words, import_team_words

IMAGES = "images"
MEDIA = "media"


class FaultyContentError(ShifuError):
    """The folder has faults; nothing of it was imported."""

    template = N_(
        "%(n)s faults in %(folder)s; nothing was imported. Run shifu content check to see them all."
    )


class NotAFolderError(ShifuError):
    """The content folder is not there."""

    template = N_("%(folder)s is not a folder. Name the folder that holds the articles.")


@dataclass
class ImportReport:
    """What an import did, by path."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # edited here, file unchanged since
    conflicts: list[str] = field(default_factory=list)  # edited here, and the file changed, too


def import_content(
    session: Session, content: Content, now: datetime, time_zone: str = "Asia/Shanghai"
) -> ImportReport:
    """Bring files in. Untouched articles follow their files; edited ones are never overwritten."""
    if content.problems:
        raise FaultyContentError(n=len(content.problems), folder=content.root)
    for position, (code, line) in enumerate(content.product_lines.items()):
        session.merge(ProductLineRow(code=code, position=position, zh=line.zh, en=line.en))
    report = ImportReport()
    for file in content.files:
        _import_file(session, file, report, now)
    import_golden(session, content.golden, now)
    import_team_words(session, content.team_words, now)
    asked = import_banks(session, content.quizzes.banks, now)
    import_quizzes(session, content.quizzes.quizzes, now)
    report.conflicts += [f"{BANKS}/{name}" for name in asked.conflicts]
    played = import_scenarios(session, content.scenarios, now)
    report.conflicts += [f"{SCENARIOS}/{name}.yaml" for name in played]
    learned = import_paths(session, content.paths, Moment.of(now, time_zone))
    report.conflicts += [f"{PATHS}/{slug}.yaml" for slug in learned.conflicts]
    if report.created or report.updated:
        audit.record(
            session,
            now,
            None,
            "import_content",
            "library",
            created=len(report.created),
            updated=len(report.updated),
            conflicts=report.conflicts,
        )
    return report


def _import_file(session: Session, file: ContentFile, report: ImportReport, now: datetime) -> None:
    meta = file.document.meta
    new_hash = content_hash(file.source)
    article = session.exec(
        select(Article).where(Article.slug == meta.slug, Article.lang == meta.lang)
    ).first()
    origin = Origin(None, "file")
    if article is None:
        article = create_article(session, file.document, origin, now)
        _keep_exact_text(session, article, file.source)
        report.created.append(file.path)
    elif article.imported_hash == new_hash:
        edited = _head_hash(session, article) != new_hash
        (report.kept if edited else report.unchanged).append(file.path)
        return
    elif _head_hash(session, article) not in (article.imported_hash, new_hash):
        report.conflicts.append(file.path)
        return
    else:
        save_revision(session, article, file.source, meta, origin, now)
        report.updated.append(file.path)
    article.imported_hash = new_hash
    session.add(article)


def _keep_exact_text(session: Session, article: Article, source: str) -> None:
    """A file's own spacing and quoting survive until somebody edits the article here."""
    revision = session.exec(select(Revision).where(Revision.article_id == article.id)).one()
    revision.source, revision.content_hash = source, content_hash(source)
    session.add(revision)


def _head_hash(session: Session, article: Article) -> str:
    query = select(Revision.content_hash).where(
        Revision.article_id == article.id, Revision.number == article.revision
    )
    return session.exec(query).one()


def import_files(content_root: Path, uploads: Path) -> None:
    """Copy the folder's pictures and videos to the uploads."""
    for name in (IMAGES, MEDIA):
        if (content_root / name).is_dir():
            shutil.copytree(content_root / name, uploads / name, dirs_exist_ok=True)


def export_content(session: Session, target: Path, uploads: Path) -> int:
    """Write articles, pictures and the other files of a folder. Returns the number of articles."""
    query = (
        select(Article, Revision.source)
        .join(Revision, col(Revision.article_id) == Article.id)
        .where(Revision.number == Article.revision)
    )
    count = 0
    for article, source in session.exec(query):
        path = target / file_path(article.kind, article.slug, article.lang)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source.encode())
        count += 1
    lines = session.exec(select(ProductLineRow).order_by(col(ProductLineRow.position)))
    _write_product_lines({line.code: {"zh": line.zh, "en": line.en} for line in lines}, target)
    export_golden(session, target)
    export_team_words(session, target)
    export_paths(session, target)
    export_banks(session, target)
    export_quizzes(session, target)
    export_scenarios(session, target)
    import_files(uploads, target)
    return count


def _write_product_lines(lines: dict[str, dict[str, str]], target: Path) -> None:
    if lines:
        target.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump(lines, allow_unicode=True, sort_keys=False, width=10_000)
        (target / "product_lines.yaml").write_text(text, "utf-8")


def remove_demo(session: Session, now: datetime) -> int:
    """Take out every article of the invented company, with its history, and archive its paths.

    Returns the number of articles.
    """
    ids = list(session.exec(select(Article.id).where(Article.scope == Scope.DEMO)))
    forget_changes(session, ids)
    for table in (ArticleFacet, Revision, Favourite, RecentView, VideoPosition):
        session.exec(delete(table).where(col(table.article_id).in_(ids)))
    session.exec(delete(Draft).where(col(Draft.key).in_([f"article:{i}" for i in ids])))
    session.exec(delete(Article).where(col(Article.id).in_(ids)))
    for article_id in ids:
        outbox.enqueue(session, outbox.INDEX_ARTICLE, article_id or 0, now)
    archive_demo_paths(session)
    retire_demo(session)
    retire_demo_quizzes(session)
    retire_demo_scenarios(session)
    audit.record(session, now, None, "remove_demo", "library", articles=len(ids))
    return len(ids)


def demo_was_removed(session: Session) -> bool:
    """Whether somebody took the demo out of this library; set-up must not bring it back."""
    removed = select(audit.AuditEntry.id).where(audit.AuditEntry.action == "remove_demo")
    return session.exec(removed.limit(1)).first() is not None


def without_demo(content: Content) -> Content:
    """The same content without the articles and paths of the invented company."""
    kept = tuple(f for f in content.files if f.document.meta.scope != Scope.DEMO)
    paths = tuple(f for f in content.paths if f.path.scope != Scope.DEMO)
    banks = tuple(bank for bank in content.quizzes.banks if bank.scope != Scope.DEMO)
    quizzes = tuple(quiz for quiz in content.quizzes.quizzes if quiz.scope != Scope.DEMO)
    return replace(
        content,
        files=kept,
        paths=paths,
        quizzes=QuizContent(banks, quizzes),
        scenarios=tuple(one for one in content.scenarios if one.scope != Scope.DEMO),
    )
