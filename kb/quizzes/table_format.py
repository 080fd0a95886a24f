"""Questions as a table: a CSV file or the first sheet of an xlsx workbook, one question a row.

The column ``answers`` holds one thing a line: options (right ones begin with ``*``, feedback
follows `` // ``), accepted answers, items in order, ``left => right``, or key points with other
wordings after ``|``.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from kb.errors import InvalidError
from kb.messages import N_, Message
from kb.quizzes.questions import (
    Fill,
    Free,
    Match,
    Multiple,
    Number,
    Order,
    Question,
    Single,
    TrueFalse,
)
from kb.quizzes.rows import ReadRow, read_row, unique_ids

COLUMNS = ("id", "type", "topic", "prompt", "answers", "tolerance", "unit", "model_answer",
           "explanation", "source")  # fmt: skip
MAX_ROWS = 2_000
MAX_XLSX_BYTES = 40_000_000  # unpacked
WHY = " // "
ARROW = "=>"


def write_rows(questions: Sequence[Question]) -> Iterator[list[str]]:
    """The names of the columns, then a row for each question."""
    yield list(COLUMNS)
    for question in questions:
        values = {
            "id": question.id,
            "type": str(question.type),
            "topic": question.topic,
            "prompt": question.prompt,
            "answers": "\n".join(_answers(question)),
            "explanation": question.explanation,
            "source": question.source or "",
        }
        if isinstance(question, Number):
            values |= {"tolerance": f"{question.tolerance:.10g}", "unit": question.unit}
        if isinstance(question, Free):
            values["model_answer"] = question.model_answer
        yield [values.get(name, "") for name in COLUMNS]


def _answers(question: Question) -> list[str]:
    if isinstance(question, Single | Multiple):
        return [
            ("*" if option.right else "") + option.text + (WHY + option.why if option.why else "")
            for option in question.options
        ]
    if isinstance(question, TrueFalse):
        return ["true" if question.answer else "false"]
    if isinstance(question, Fill):
        return list(question.accepted)
    if isinstance(question, Number):
        return [f"{question.answer:.10g}"]
    if isinstance(question, Order):
        return list(question.items)
    if isinstance(question, Match):
        pairs = [f"{pair.left} {ARROW} {pair.right}" for pair in question.pairs]
        return [*pairs, *(f"{ARROW} {right}" for right in question.extra)]
    return [" | ".join((point.point, *point.also)) for point in question.key_points]


def write_xlsx(questions: Sequence[Question]) -> bytes:
    """A workbook with one sheet; no cell is a formula."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    for number, row in enumerate(write_rows(questions), 1):
        for at, text in enumerate(row, 1):
            cell = sheet.cell(number, at, text)
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
    for letter, width in zip("ABCDEFGHIJ", (24, 12, 12, 50, 60, 10, 8, 40, 50, 40), strict=True):
        sheet.column_dimensions[letter].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_csv(data: bytes) -> list[ReadRow]:
    """The rows of a CSV file in UTF-8 or, as Excel writes it in China, GB18030."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            advice = N_("The file is neither UTF-8 nor GB18030; save it as CSV UTF-8.")
            raise InvalidError({"file": Message(advice)}) from None
    reader = csv.reader(io.StringIO(text, newline=""))
    lines: list[tuple[int, list[str]]] = []
    try:
        before = 0
        for row in reader:
            lines.append((before + 1, row))
            before = reader.line_num
    except csv.Error as error:
        advice = N_("Line %(line)s cannot be read as CSV: %(reason)s")
        params = {"line": reader.line_num, "reason": error}
        raise InvalidError({"file": Message(advice, params)}) from None
    return _read(lines)


def read_xlsx(data: bytes) -> list[ReadRow]:
    """The rows of a workbook's first sheet. Raises InvalidError for what is no workbook."""
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_XLSX_BYTES:
                advice = N_("The workbook unpacks to more than %(n)s MB; split it.")
                limit = MAX_XLSX_BYTES // 1_000_000
                raise InvalidError({"file": Message(advice, {"n": limit})})
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = [
            (number, ["" if value is None else str(value) for value in row])
            for number, row in enumerate(sheet.iter_rows(max_row=MAX_ROWS + 2, values_only=True), 1)
        ]
        book.close()
    except InvalidError:
        raise
    except Exception:  # openpyxl raises whatever its parsing of bytes runs into
        advice = N_("The file is no xlsx workbook; save it as .xlsx and try again.")
        raise InvalidError({"file": Message(advice)}) from None
    return _read(rows)


def _read(lines: Sequence[tuple[int, list[str]]]) -> list[ReadRow]:
    filled = [(number, row) for number, row in lines if any(cell.strip() for cell in row)]
    if not filled:
        raise InvalidError({"file": Message(N_("The file holds no rows."))})
    names = [cell.strip().lower() for cell in filled[0][1]]
    missing = [name for name in COLUMNS[:5] if name not in names]
    if missing:
        advice = N_("The first row must name the columns; missing: %(names)s.")
        raise InvalidError({"file": Message(advice, {"names": ", ".join(missing)})})
    if len(filled) - 1 > MAX_ROWS:
        advice = N_("The file has more than %(n)s rows; split it.")
        raise InvalidError({"file": Message(advice, {"n": MAX_ROWS})})
    return unique_ids(
        read_row(number, _data(dict(zip(names, row, strict=False)))) for number, row in filled[1:]
    )


def _data(cells: dict[str, str]) -> dict[str, Any]:
    values = {name: cells.get(name, "").strip() for name in COLUMNS}
    kind = values["type"].lower()
    lines = [line.strip() for line in values["answers"].splitlines() if line.strip()]
    data: dict[str, Any] = {name: values[name] for name in ("id", "topic", "prompt", "explanation")}
    data["type"] = kind
    if values["source"]:
        data["source"] = values["source"]
    return data | _data_by_type(kind, lines, values)


def _data_by_type(kind: str, lines: list[str], values: dict[str, str]) -> dict[str, Any]:
    if kind in ("single", "multiple"):
        return {"options": [_option(line) for line in lines]}
    if kind == "true_false":
        return {"answer": (lines or [""])[0].lower()}
    if kind == "fill":
        return {"accepted": lines}
    if kind == "number":
        return {
            "answer": (lines or [""])[0],
            "tolerance": values["tolerance"] or "0",
            "unit": values["unit"],
        }
    if kind == "order":
        return {"items": lines}
    if kind == "match":
        halves = [[half.strip() for half in line.split(ARROW, 1)] for line in lines]
        return {
            "pairs": [{"left": h[0], "right": h[-1]} for h in halves if h[0]],
            "extra": [h[-1] for h in halves if not h[0]],
        }
    if kind == "free":
        points = [[part.strip() for part in line.split("|")] for line in lines]
        return {
            "key_points": [{"point": p[0], "also": [a for a in p[1:] if a]} for p in points],
            "model_answer": values["model_answer"],
        }
    return {}


def _option(line: str) -> dict[str, Any]:
    text, _, why = line.removeprefix("*").partition(WHY)
    option: dict[str, Any] = {"text": text.strip(), "right": line.startswith("*")}
    return option | ({"why": why.strip()} if why.strip() else {})
