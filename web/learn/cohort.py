"""What a manager does: enrol a cohort, read it day by day, move starts, enter leave."""

from collections.abc import Iterator
from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from kb.accounts.models import Person
from kb.errors import InvalidError
from kb.learning.cohort import (
    CohortRow,
    cohorts,
    days_to_complete,
    load_cohort,
    stuck_steps,
)
from kb.learning.enrolments import (
    EnrolForm,
    add_leave,
    change_enrolment,
    enrol,
    leaves_of,
    led_enrolment,
    mentors,
    people_led,
    remove_leave,
)
from kb.learning.path_file import TakeQuiz
from kb.learning.path_store import StoredPath, all_paths, find_path
from kb.learning.standing import StepView
from kb.learning.step_titles import step_titles
from kb.messages import Message
from kb.permissions import Capability
from kb.quizzes.cohort_results import QuizResult, cohort_results
from web.context import reader, reading, services, small_int, writing
from web.csv_files import csv_answer
from web.i18n import STEP_STATES, language
from web.learn.moment import moment
from web.rights import allows

pages = Blueprint("cohort", __name__, url_prefix="/learn/cohort")
SHOWN = 100  # people on one page; the figures above count everyone


@pages.get("")
@allows(Capability.MANAGE)
def overview() -> str:
    """People by day, where they get stuck, scores, time to complete."""
    db = reading()
    paths = all_paths(db)
    stored = _chosen(paths)
    name = request.args.get("cohort", "")
    rows = load_cohort(db, reader(), stored, name, moment().day) if stored else []
    number = max(1, request.args.get("page", 1, type=small_int))
    return render_template(
        "learn/cohort.html",
        paths=paths,
        stored=stored,
        names=cohorts(db, reader(), stored.id) if stored else [],
        chosen=name,
        rows=rows[(number - 1) * SHOWN : number * SHOWN],
        total=len(rows),
        number=number,
        count=-(-len(rows) // SHOWN),
        behind=sum(bool(row.standing.overdue) for row in rows),
        complete=sum(row.standing.complete for row in rows),
        stuck=stuck_steps(rows),
        quizzes=_quiz_results(stored, rows),
        finished=days_to_complete(rows),
        titles=step_titles(db, stored.path.steps(), language()) if stored else {},
    )


def _quiz_results(
    stored: StoredPath | None, rows: list[CohortRow]
) -> list[tuple[TakeQuiz, QuizResult | None]]:
    """Every quiz of the path with how these people did in it."""
    steps = [s for s in stored.path.steps() if isinstance(s, TakeQuiz)] if stored else []
    starts = {row.standing.enrolment.person_id: row.standing.plan.start for row in rows}
    zone = services().settings.time_zone
    found = cohort_results(reading(), starts, {step.quiz for step in steps}, zone)
    return [(step, found.get(step.quiz)) for step in steps]


def _chosen(paths: list[StoredPath]) -> StoredPath | None:
    wanted = request.args.get("path", "")
    return next((one for one in paths if one.row.slug == wanted), paths[0] if paths else None)


@pages.get("/<slug>.csv")
@allows(Capability.MANAGE)
def export(slug: str) -> Response:
    """The same figures for a spreadsheet: a line for each person and each step."""
    db = reading()
    stored = find_path(db, slug)
    rows = load_cohort(db, reader(), stored, request.args.get("cohort", ""), moment().day)
    titles = step_titles(db, stored.path.steps(), language())
    return csv_answer(_csv_lines(rows, titles), f"{slug}-{moment().day.isoformat()}.csv")


def _csv_lines(rows: list[CohortRow], titles: dict[str, str]) -> Iterator[list[object]]:
    yield [
        gettext("Login"), gettext("Name"), gettext("Mentor"), gettext("Cohort"),
        gettext("First day"), gettext("Step"), gettext("Title"), gettext("Due"),
        gettext("State"), gettext("Done on"), gettext("Score"),
    ]  # fmt: skip
    for row in rows:
        enrolment = row.standing.enrolment
        for view in row.standing.steps:
            record = view.record
            yield [
                row.person.login, row.person.name, row.mentor.login if row.mentor else "",
                enrolment.cohort, enrolment.start, view.step.id, titles[view.step.id], view.due,
                _state(view, row),
                record.day if record and record.state == "done" else "",
                record.score if record and record.score is not None else "",
            ]  # fmt: skip


def _state(view: StepView, row: CohortRow) -> str:
    late = view.late_on(row.standing.today)
    return gettext("overdue") if late else str(STEP_STATES[view.state])


@pages.get("/enrol")
@allows(Capability.MANAGE)
def new() -> str:
    """Choose people, a path and the first day."""
    return _enrol_page({}, {"start": moment().day.isoformat()})


def _enrol_page(faults: dict[str, Message], typed: dict[str, str]) -> str:
    db = reading()
    return render_template(
        "learn/enrol.html",
        paths=all_paths(db),
        people=people_led(db, reader()),
        mentors=mentors(db),
        faults=faults,
        typed=typed,
        chosen=request.form.getlist("people"),
    )


@pages.post("/enrol")
@allows(Capability.MANAGE)
def create() -> BaseResponse | tuple[str, int]:
    """Put the chosen people on a path."""
    typed = request.form.to_dict()
    try:
        form = EnrolForm(
            tuple(_id(value) for value in request.form.getlist("people")),
            day_typed(typed.get("start", "")),
            _mentor(typed),
            typed.get("cohort", ""),
        )
        with writing() as db:
            stored = find_path(db, typed.get("path", ""))
            report = enrol(db, reader(), stored, form, moment())
    except InvalidError as error:
        return _enrol_page(error.fields, typed), 422
    if report.added:
        flash(gettext("Enrolled: %(names)s.", names=_names(report.added)))
    if report.already:
        flash(gettext("On this path already, unchanged: %(names)s.", names=_names(report.already)))
    return redirect(url_for(".overview", path=stored.row.slug, cohort=form.cohort or None))


def _id(text: str) -> int:
    """A person's id from a form; what is none is nobody's."""
    try:
        return small_int(text)
    except ValueError:
        return 0


def _mentor(typed: dict[str, str]) -> int | None:
    return _id(typed["mentor"]) if typed.get("mentor") else None


def _names(people: tuple[Person, ...]) -> str:
    return ("、" if language() == "zh" else ", ").join(person.name for person in people)


def day_typed(text: str) -> date | None:
    """A day from a form; None where it is empty or no date."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


@pages.get("/e/<int(max=2147483647):enrolment_id>")
@allows(Capability.MANAGE)
def enrolment(enrolment_id: int) -> str:
    """Start, mentor and leave of one person on one path."""
    return _enrolment_page(enrolment_id, {}, {})


def _enrolment_page(enrolment_id: int, faults: dict[str, Message], typed: dict[str, str]) -> str:
    db = reading()
    row = led_enrolment(db, reader(), enrolment_id)
    return render_template(
        "learn/enrolment.html",
        enrolment=row,
        person=db.get_one(Person, row.person_id),
        mentors=mentors(db),
        leaves=leaves_of(db, [row.person_id]),
        faults=faults,
        typed=typed,
    )


@pages.post("/e/<int(max=2147483647):enrolment_id>")
@allows(Capability.MANAGE)
def change(enrolment_id: int) -> BaseResponse | tuple[str, int]:
    """Move the start, change the mentor, end or resume."""
    typed = request.form.to_dict()
    try:
        with writing() as db:
            change_enrolment(
                db, reader(), enrolment_id, day_typed(typed.get("start", "")),
                _mentor(typed), "ended" in typed, moment(),
            )  # fmt: skip
    except InvalidError as error:
        return _enrolment_page(enrolment_id, error.fields, typed), 422
    flash(gettext("Saved. The days that follow are planned anew."))
    return redirect(url_for(".enrolment", enrolment_id=enrolment_id))


@pages.post("/e/<int(max=2147483647):enrolment_id>/leave")
@allows(Capability.MANAGE)
def leave(enrolment_id: int) -> BaseResponse | tuple[str, int]:
    """Enter days of leave; every path of the person is planned anew."""
    typed = request.form.to_dict()
    try:
        with writing() as db:
            row = led_enrolment(db, reader(), enrolment_id)
            add_leave(
                db, reader(), row.person_id, day_typed(typed.get("first", "")),
                day_typed(typed.get("last", "")), typed.get("note", ""), moment(),
            )  # fmt: skip
    except InvalidError as error:
        return _enrolment_page(enrolment_id, error.fields, typed), 422
    flash(gettext("Leave entered. The days that follow are planned anew."))
    return redirect(url_for(".enrolment", enrolment_id=enrolment_id))


@pages.post("/e/<int(max=2147483647):enrolment_id>/leave/<int(max=2147483647):leave_id>/remove")
@allows(Capability.MANAGE)
def take_back_leave(enrolment_id: int, leave_id: int) -> BaseResponse:
    """Take days of leave back."""
    with writing() as db:
        remove_leave(db, reader(), leave_id, moment())
    flash(gettext("Leave taken back."))
    return redirect(url_for(".enrolment", enrolment_id=enrolment_id))
