"""The bank in the database: questions and quizzes, import from files and back, editing one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlmodel import Session, col, func, select

from kb import audit
from kb.errors import InvalidError
from kb.library.articles import content_hash
from kb.library.faults import Problem
from kb.library.kinds import CODE_PATTERN
from kb.library.vocabulary import Lang, Scope
from kb.library.yaml_text import dump_yaml
from kb.messages import N_, Message
from kb.permissions import found
from kb.quizzes.models import BankQuestion, BankRow
from kb.quizzes.questions import FOLDER, Bank, Question, parse_bank

MAX_BANK_CODE = 40


@dataclass
class BankReport:
    """What an import of questions and quizzes did."""

    created: int = 0
    updated: int = 0
    conflicts: list[str] = field(default_factory=list)  # changed here and in the file


def body_of(question: Question) -> str:
    """A question's canonical text."""
    return dump_yaml(question, defaults=False)


def read_body(body: str) -> Question:
    """The question of a canonical text. Raises InvalidError for one that no longer holds."""
    question, problems = parse_question(body)
    if question is None:
        raise InvalidError({f"{p.line}:{p.key}": p.message for p in problems})
    return question


@lru_cache(maxsize=2048)
def parse_question(body: str) -> tuple[Question | None, list[Problem]]:
    """One question as it is typed, or its faults with their lines. Never raises."""
    text = "".join(f"  {line}\n" for line in body.splitlines())
    whole = f"bank: x\nlang: zh\ntitle: x\nquestions:\n-\n{text}"
    bank, problems = parse_bank(whole)
    if bank is None or problems or not bank.questions:
        moved = [
            Problem(max(1, p.line - 5), p.key.removeprefix("questions.0."), p.message)
            for p in problems
        ]
        return None, moved
    return bank.questions[0], []


def import_banks(session: Session, banks: Iterable[Bank], now: datetime) -> BankReport:
    """Bring banks in. A question edited here is never overwritten; one gone from its file is retired."""
    report = BankReport()
    for bank in banks:
        session.merge(BankRow(code=bank.bank, lang=bank.lang, title=bank.title, scope=bank.scope))
        rows = {
            row.key: row
            for row in session.exec(
                select(BankQuestion).where(
                    BankQuestion.bank == bank.bank, BankQuestion.lang == bank.lang
                )
            )
        }
        for position, question in enumerate(bank.questions):
            row = rows.pop(question.id, None)
            _import_question(session, bank, question, row, position, report, now)
        for row in rows.values():
            if (
                row.imported_hash
                and not row.retired
                and content_hash(row.body) == row.imported_hash
            ):
                row.retired = True
                session.add(row)
    return report


def _import_question(
    session: Session,
    bank: Bank,
    question: Question,
    row: BankQuestion | None,
    position: int,
    report: BankReport,
    now: datetime,
) -> None:
    body = body_of(question)
    digest = content_hash(body)
    if row is None:
        row = BankQuestion(
            bank=bank.bank, key=question.id, lang=bank.lang, type=question.type,
            topic=question.topic, prompt=question.prompt, body=body, changed_at=now,
        )  # fmt: skip
        report.created += 1
    elif row.imported_hash == digest:
        row.position = position
        session.add(row)
        return
    elif content_hash(row.body) not in (row.imported_hash, digest):
        report.conflicts.append(f"{bank.bank}.{bank.lang}:{question.id}")
        return
    else:
        report.updated += 1
    _project(row, question, body, now)
    row.position, row.imported_hash, row.retired = position, digest, False
    session.add(row)


def _project(row: BankQuestion, question: Question, body: str, now: datetime) -> None:
    row.type, row.topic, row.prompt = question.type, question.topic, question.prompt
    row.source, row.body, row.changed_at = question.source or "", body, now


def save_question(
    session: Session,
    bank: str,
    lang: str,
    question: Question,
    person_id: int,
    now: datetime,
    *,
    known_body: str | None = None,
) -> tuple[BankQuestion, bool]:
    """Add a question or replace the one with its id. Returns the row and whether it is new.

    ``known_body`` is the text that the editor showed, empty for a new question: where another one
    is there now, InvalidError says so. None: whatever is there is replaced.
    """
    check_bank_code(bank)
    query = select(BankQuestion).where(
        BankQuestion.bank == bank, BankQuestion.lang == lang, BankQuestion.key == question.id
    )
    row = session.exec(query).first()
    is_new = row is None
    if known_body is not None and (row.body if row else "") != known_body:
        taken = N_(
            "%(id)s is in the bank already, or was changed meanwhile. Use another id, or reload."
        )
        raise InvalidError({"1:id": Message(taken, {"id": question.id})})
    if row is None:
        if session.get(BankRow, (bank, lang)) is None:
            session.add(BankRow(code=bank, lang=lang, title=bank, scope=Scope.GENERAL))
        last = select(func.max(BankQuestion.position)).where(
            BankQuestion.bank == bank, BankQuestion.lang == lang
        )
        row = BankQuestion(
            bank=bank, key=question.id, lang=lang, type=question.type, topic=question.topic,
            prompt=question.prompt, body="", changed_at=now,
            position=(session.exec(last).one() or 0) + 1,
        )  # fmt: skip
    _project(row, question, body_of(question), now)
    row.changed_by = person_id
    session.add(row)
    session.flush()
    audit.record(
        session, now, person_id, "save_question", f"question:{row.id}", bank=bank, key=row.key
    )
    return row, is_new


def check_bank_code(bank: str) -> None:
    """Raise InvalidError for a name that no bank can have."""
    if not re.match(CODE_PATTERN, bank) or len(bank) > MAX_BANK_CODE:
        advice = N_("Name the bank with lower-case letters, digits and hyphens, such as products.")
        raise InvalidError({"bank": Message(advice)})


def set_retired(
    session: Session, question_id: int, retired: bool, person_id: int, now: datetime
) -> BankQuestion:
    """Draw a question no more, or again."""
    row = found(session.get(BankQuestion, question_id))
    row.retired = retired
    session.add(row)
    action = "retire_question" if retired else "restore_question"
    audit.record(session, now, person_id, action, f"question:{row.id}", key=row.key)
    return row


def banks(session: Session) -> list[BankRow]:
    """Every bank, by code and language."""
    return list(session.exec(select(BankRow).order_by(BankRow.code, BankRow.lang)))


def question_counts(session: Session) -> dict[tuple[str, str], int]:
    """How many questions each bank draws from, by code and language."""
    query = (
        select(BankQuestion.bank, BankQuestion.lang, func.count())
        .where(col(BankQuestion.retired).is_(False))
        .group_by(BankQuestion.bank, BankQuestion.lang)
    )
    return {(bank, lang): count for bank, lang, count in session.exec(query)}


def questions_of(
    session: Session, bank: str, lang: str, *, retired: bool = False
) -> list[BankQuestion]:
    """A bank's questions in their order."""
    query = select(BankQuestion).where(BankQuestion.bank == bank, BankQuestion.lang == lang)
    if not retired:
        query = query.where(col(BankQuestion.retired).is_(False))
    return list(session.exec(query.order_by(col(BankQuestion.position), col(BankQuestion.id))))


def retire_demo(session: Session) -> None:
    """Draw nothing of the invented company any more; attempts stay."""
    demo = [(b.code, b.lang) for b in banks(session) if b.scope == Scope.DEMO]
    for bank, lang in demo:
        for row in questions_of(session, bank, lang):
            row.retired = True
            session.add(row)


def export_banks(session: Session, folder: Path) -> None:
    """Write every bank to ``questions/`` of a folder."""
    for row in banks(session):
        questions = [read_body(q.body) for q in questions_of(session, row.code, row.lang)]
        if questions:
            bank = Bank(
                bank=row.code, lang=Lang(row.lang), title=row.title, scope=Scope(row.scope),
                questions=questions,
            )  # fmt: skip
            write_text(
                folder / FOLDER / f"{row.code}.{row.lang}.yaml", dump_yaml(bank, defaults=False)
            )


def write_text(path: Path, text: str) -> None:
    """Write a file of a content folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
