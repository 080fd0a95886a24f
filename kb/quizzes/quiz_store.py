"""Quizzes in the database: import from files, finding, editing."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from kb import audit
from kb.errors import ConflictError, InvalidError
from kb.library.articles import content_hash
from kb.library.vocabulary import Scope
from kb.library.yaml_text import dump_yaml
from kb.messages import N_, Message
from kb.permissions import found
from kb.quizzes.bank_store import write_text
from kb.quizzes.models import BankRow, QuizRow
from kb.quizzes.quiz_file import FOLDER, Quiz, parse_quiz


def import_quizzes(session: Session, quizzes: Sequence[Quiz], now: datetime) -> None:
    """Bring quizzes in; one that was edited here keeps its text."""
    for quiz in quizzes:
        body = dump_yaml(quiz)
        row = session.get(QuizRow, quiz.slug)
        if row is not None and content_hash(row.body) not in (
            row.imported_hash,
            content_hash(body),
        ):
            continue
        if row is not None and row.imported_hash == content_hash(body):
            continue
        version = row.version + 1 if row else 1
        session.merge(
            QuizRow(
                slug=quiz.slug, title_zh=quiz.title.zh, title_en=quiz.title.en, scope=quiz.scope,
                body=body, version=version, imported_hash=content_hash(body), changed_at=now,
            )
        )  # fmt: skip


def find_quiz(session: Session, slug: str) -> tuple[QuizRow, Quiz]:
    """A quiz by its slug. Raises NotFoundError."""
    row = found(session.get(QuizRow, slug))
    return row, quiz_of(row)


def quiz_of(row: QuizRow) -> Quiz:
    """What a row says."""
    quiz, problems = parse_quiz(row.body)
    if quiz is None:
        raise InvalidError({p.key: p.message for p in problems})
    return quiz


def all_quizzes(session: Session) -> list[tuple[QuizRow, Quiz]]:
    """Every quiz that is offered, in the order of their names."""
    rows = session.exec(
        select(QuizRow).where(col(QuizRow.retired).is_(False)).order_by(QuizRow.slug)
    )
    return [(row, quiz_of(row)) for row in rows]


def save_quiz(
    session: Session, slug: str, text: str, version: int, person_id: int, now: datetime
) -> QuizRow:
    """Save a quiz's text as typed. Raises InvalidError with its faults."""
    quiz, problems = parse_quiz(text)
    if quiz is None:
        raise InvalidError({f"{p.line}:{p.key}": p.message for p in problems})
    there = set(session.exec(select(BankRow.code)))
    for one in quiz.draw:
        if one.bank not in there:
            missing = N_("draws from %(bank)s, which is no bank")
            raise InvalidError({"1:draw": Message(missing, {"bank": one.bank})})
    row = session.get(QuizRow, quiz.slug)
    if not slug and row is not None:
        taken = N_("%(slug)s is taken; choose another slug.")
        raise InvalidError({"1:slug": Message(taken, {"slug": quiz.slug})})
    if slug and quiz.slug != slug:
        advice = Message(N_("A quiz keeps its slug: write slug: %(slug)s."), {"slug": slug})
        raise InvalidError({"1:slug": advice})
    if (row.version if row else 0) != version:
        raise ConflictError
    row = row or QuizRow(
        slug=quiz.slug, title_zh="", title_en="", scope=quiz.scope, body="", version=0,
        changed_at=now,
    )  # fmt: skip
    row.title_zh, row.title_en, row.scope = quiz.title.zh, quiz.title.en, quiz.scope
    row.body, row.version, row.changed_at = dump_yaml(quiz), version + 1, now
    session.add(row)
    audit.record(session, now, person_id, "save_quiz", f"quiz:{quiz.slug}", version=row.version)
    return row


def retire_demo_quizzes(session: Session) -> None:
    """Offer no quiz of the invented company any more; attempts stay."""
    for row in session.exec(select(QuizRow).where(QuizRow.scope == Scope.DEMO)):
        row.retired = True
        session.add(row)


def export_quizzes(session: Session, folder: Path) -> None:
    """Write every quiz to ``quizzes/`` of a folder."""
    for row, quiz in all_quizzes(session):
        write_text(folder / FOLDER / f"{row.slug}.yaml", dump_yaml(quiz))
