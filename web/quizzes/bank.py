"""The question bank: banks with figures, one question's text, import, export, quizzes."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from kb.errors import ConflictError, InvalidError
from kb.library.vocabulary import Lang
from kb.messages import Message
from kb.permissions import Capability, found
from kb.quizzes.bank_figures import figures_by_question
from kb.quizzes.bank_store import (
    banks,
    parse_question,
    question_counts,
    questions_of,
    read_body,
    save_question,
    set_retired,
)
from kb.quizzes.exchange import FORMATS, export_questions, import_questions, read_questions
from kb.quizzes.models import BankQuestion
from kb.quizzes.quiz_store import all_quizzes, find_quiz, save_quiz
from web.context import now, reader, reading, small_int, writing
from web.i18n import language
from web.rights import allows

pages = Blueprint("bank", __name__, url_prefix="/quizzes/bank")
NEW_QUIZ = """slug: new-quiz
title:
  zh: 测验的名字
  en: Name of the quiz
draw:
  - bank: products
    topics: [wms]
    count: 8
minutes: 10
pass_mark: 80
attempts: 3
"""
NEW_QUESTION = """id: new-question
type: single
topic: products
prompt: 问题怎么问
options:
- text: 对的答案
  right: true
- text: 像是对的错答案
  why: 为什么不对
explanation: 为什么这样才对
"""


@pages.get("")
@allows(Capability.MANAGE)
def overview() -> str:
    """Every bank with the number of its questions, and the quizzes that draw from them."""
    db = reading()
    counts = question_counts(db)
    rows = [(row, counts.get((row.code, row.lang), 0)) for row in banks(db)]
    return render_template("quizzes/banks.html", banks=rows, quizzes=all_quizzes(db))


@pages.get("/<any(zh, en):lang>/<bank>")
@allows(Capability.MANAGE)
def questions(lang: str, bank: str) -> str:
    """A bank's questions with their figures, the ones that tell least first if asked for."""
    db = reading()
    rows = questions_of(db, bank, lang, retired=True)
    found(rows or None)
    topic = request.args.get("topic", "")
    return render_template(
        "quizzes/bank.html",
        bank=bank,
        title=next(row.title for row in banks(db) if (row.code, row.lang) == (bank, lang)),
        lang=lang,
        rows=[row for row in rows if not topic or row.topic == topic],
        topics=sorted({row.topic for row in rows}),
        topic=topic,
        figures=figures_by_question(db, bank, lang),
        formats=FORMATS,
    )


@pages.get("/q/<int(max=2147483647):question_id>")
@allows(Capability.MANAGE)
def question(question_id: int) -> str:
    """One question: its text and what was answered to it."""
    row = found(reading().get(BankQuestion, question_id))
    return _question_page(row, row.body, {})


def _question_page(row: BankQuestion | None, text: str, faults: dict[str, Message]) -> str:
    figures = figures_by_question(reading(), row.bank, row.lang) if row else {}
    asked = read_body(row.body) if row else None
    return render_template(
        "quizzes/question.html",
        row=row,
        text=text,
        known=request.form.get("known"),
        faults=[(*key.partition(":")[::2], message) for key, message in faults.items()],
        figures=figures.get(row.id or 0) if row else None,
        options=getattr(asked, "options", []),
        bank=row.bank if row else request.values.get("bank", ""),
        lang=row.lang if row else request.values.get("lang", language()),
    )


@pages.get("/new")
@allows(Capability.MANAGE)
def new() -> str:
    """A new question begins with an example."""
    return _question_page(None, NEW_QUESTION, {})


@pages.post("/save")
@allows(Capability.MANAGE)
def save() -> BaseResponse | tuple[str, int]:
    """Save a question as it is typed."""
    question_id = request.form.get("question_id", type=small_int)
    row = reading().get(BankQuestion, question_id) if question_id else None
    text = request.form.get("text", "").replace("\r\n", "\n")
    bank = row.bank if row else request.form.get("bank", "").strip()
    lang = row.lang if row else request.form.get("lang", "")
    typed, problems = parse_question(text)
    faults = {f"{p.line}:{p.key}": p.message for p in problems}
    if typed is None or lang not in tuple(Lang):
        return _question_page(row, text, faults), 422
    same = row is not None and row.key == typed.id
    known = request.form.get("known", "").replace("\r\n", "\n") if same else ""
    try:
        with writing() as db:
            saved, _ = save_question(
                db, bank, lang, typed, reader().person_id, now(), known_body=known
            )
    except InvalidError as error:
        return _question_page(row, text, error.fields), 422
    flash(gettext("Saved."))
    return redirect(url_for(".question", question_id=saved.id))


@pages.post("/q/<int(max=2147483647):question_id>/retire")
@allows(Capability.MANAGE)
def retire(question_id: int) -> BaseResponse:
    """Draw a question no more, or again."""
    with writing() as db:
        retired = "retire" in request.form
        set_retired(db, question_id, retired, reader().person_id, now())
    return redirect(url_for(".question", question_id=question_id))


@pages.get("/<any(zh, en):lang>/<bank>.<any(gift, csv, xlsx):form>")
@allows(Capability.MANAGE)
def export(lang: str, bank: str, form: str) -> Response:
    """A bank as GIFT, CSV or xlsx."""
    data, _ = export_questions(reading(), bank, lang, form)
    answer = Response(data, mimetype=FORMATS[form])
    answer.headers.set("Content-Disposition", "attachment", filename=f"{bank}.{lang}.{form}")
    return answer


@pages.post("/import")
@allows(Capability.MANAGE)
def bring_in() -> str | tuple[str, int]:
    """Bring questions in from a file; a report tells what became of each line."""
    bank, lang = request.form.get("bank", "").strip(), request.form.get("lang", "")
    file = request.files.get("file")
    try:
        rows = read_questions(
            file.filename or "" if file else "", file.read() if file else b"", bank or "topic"
        )
        with writing() as db:
            chosen = lang if lang in tuple(Lang) else language()
            report = import_questions(db, bank, chosen, rows, reader().person_id, now())
    except InvalidError as error:
        page = render_template(
            "quizzes/imported.html", report=[], faults=error.fields, bank=bank, lang=lang
        )
        return page, 422
    return render_template(
        "quizzes/imported.html", report=report, faults={}, bank=bank, lang=chosen
    )


@pages.get("/quiz/new")
@allows(Capability.MANAGE)
def new_quiz() -> str:
    """A new quiz begins with an example."""
    return render_template("quizzes/quiz_edit.html", slug="", text=NEW_QUIZ, version=0, faults=[])


@pages.post("/quiz/new")
@allows(Capability.MANAGE)
def add_quiz() -> BaseResponse | tuple[str, int]:
    """Add a quiz."""
    return _save_quiz("")


@pages.get("/quiz/<slug>")
@allows(Capability.MANAGE)
def edit_quiz(slug: str) -> str:
    """A quiz's text: what is drawn, minutes, pass mark, attempts."""
    row, _ = find_quiz(reading(), slug)
    return render_template(
        "quizzes/quiz_edit.html", slug=slug, text=row.body, version=row.version, faults=[]
    )


@pages.post("/quiz/<slug>")
@allows(Capability.MANAGE)
def change_quiz(slug: str) -> BaseResponse | tuple[str, int]:
    """Save a quiz; attempts that were begun stay as they are."""
    return _save_quiz(slug)


def _save_quiz(slug: str) -> BaseResponse | tuple[str, int]:
    text = request.form.get("text", "").replace("\r\n", "\n")
    version = request.form.get("version", 0, type=small_int)
    try:
        with writing() as db:
            row = save_quiz(db, slug, text, version, reader().person_id, now())
    except InvalidError as error:
        faults = [(*key.partition(":")[::2], message) for key, message in error.fields.items()]
        page = render_template(
            "quizzes/quiz_edit.html", slug=slug, text=text, version=version, faults=faults
        )
        return page, 422
    except ConflictError:
        newest, _ = find_quiz(reading(), slug)
        page = render_template(
            "quizzes/quiz_edit.html", slug=slug, text=text, version=newest.version, faults=[],
            newer=newest.body,
        )  # fmt: skip
        return page, 409
    flash(gettext("Saved."))
    return redirect(url_for("quizzes.quiz", slug=row.slug))
