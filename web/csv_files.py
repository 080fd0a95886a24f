"""Tables for spreadsheets: CSV with the mark by which Excel knows UTF-8, and no formulas."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(lines: Iterable[Sequence[object]], name: str) -> Response:
    """A download of these lines, the first being the names of the columns."""
    text = io.StringIO()
    writer = csv.writer(text)
    for line in lines:
        writer.writerow([_plain(value) for value in line])
    answer = Response(("\ufeff" + text.getvalue()).encode(), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _plain(value: object) -> str:
    """A cell's text; one that a spreadsheet would take for a formula is quoted."""
    text = "" if value is None else str(value)
    is_text = isinstance(value, str) and text.startswith(_FORMULA)
    return f"'{text}" if is_text else text
