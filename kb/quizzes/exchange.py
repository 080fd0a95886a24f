"""Bringing questions in from a file and giving them out, with a report for each line."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from kb.errors import InvalidError
from kb.messages import N_, Message
from kb.quizzes.bank_store import check_bank_code, questions_of, read_body, save_question
from kb.quizzes.gift_format import read_gift, write_gift
from kb.quizzes.rows import ReadRow
from kb.quizzes.table_format import read_csv, read_xlsx, write_rows, write_xlsx

FORMATS = {
    "gift": "text/plain; charset=utf-8",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class ImportedLine:
    """What became of one question: ``added``, ``replaced`` or ``faulty``."""

    line: int
    name: str
    outcome: str
    faults: tuple[Message, ...] = ()


def read_questions(file_name: str, data: bytes, topic: str) -> list[ReadRow]:
    """The questions of a file, by the end of its name. Raises InvalidError for other files."""
    ending = file_name.lower().rpartition(".")[2]
    if ending == "csv":
        return read_csv(data)
    if ending == "xlsx":
        return read_xlsx(data)
    if ending in ("gift", "txt"):
        try:
            return read_gift(data.decode("utf-8-sig"), topic)
        except UnicodeDecodeError:
            advice = N_("The file is not UTF-8; save it as UTF-8 and try again.")
            raise InvalidError({"file": Message(advice)}) from None
    advice = N_("Choose a file that ends in .gift, .txt, .csv or .xlsx.")
    raise InvalidError({"file": Message(advice)})


def import_questions(
    session: Session,
    bank: str,
    lang: str,
    rows: list[ReadRow],
    person_id: int,
    now: datetime,
) -> list[ImportedLine]:
    """Save every sound question; a faulty one is reported with its line, and the rest goes on."""
    check_bank_code(bank)
    report = []
    for row in rows:
        if row.question is None:
            report.append(ImportedLine(row.line, row.name, "faulty", row.faults))
            continue
        _, is_new = save_question(session, bank, lang, row.question, person_id, now)
        report.append(ImportedLine(row.line, row.name, "added" if is_new else "replaced"))
    return report


def export_questions(session: Session, bank: str, lang: str, form: str) -> tuple[bytes, list[str]]:
    """A bank as a file, and the ids of questions that this format cannot hold."""
    questions = [read_body(row.body) for row in questions_of(session, bank, lang)]
    if form == "xlsx":
        return write_xlsx(questions), []
    if form == "gift":
        text, left_out = write_gift(questions)
        note = f"// not in GIFT, which has no order: {', '.join(left_out)}\n\n" if left_out else ""
        return (note + text).encode(), left_out
    out = io.StringIO()
    csv.writer(out).writerows(_without_formulas(row) for row in write_rows(questions))
    return ("\ufeff" + out.getvalue()).encode(), []


def _without_formulas(row: list[str]) -> list[str]:
    """A cell that a spreadsheet would take for a formula gets a space before it."""
    return [f" {cell}" if cell.startswith(("=", "+", "-", "@")) else cell for cell in row]
