"""A person's path: today, all days, one step, handing in. The mentor reads the same pages."""

from flask import Blueprint, flash, redirect, render_template, request, send_from_directory, url_for
from flask_babel import gettext
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from kb.accounts.models import Person
from kb.errors import InvalidError
from kb.learning.certificates import certificate_of
from kb.learning.completion import (
    Evidence,
    finish_reading,
    hand_in,
    require_hand_in,
    standing_of,
    submissions,
)
from kb.learning.enrolments import enrolments_of, find_enrolment
from kb.learning.evidence_files import evidence_folder, keep_file
from kb.learning.judging import may_judge, sign
from kb.learning.models import Submission
from kb.learning.path_store import all_paths
from kb.learning.standing import Standing, StepView, day_marks
from kb.learning.step_titles import step_titles
from kb.learning.work_calendar import ONE_DAY
from kb.messages import Message
from kb.permissions import Capability, found
from kb.practice.deck import todays_cards
from web.context import reader, reading, services, small_int, writing
from web.i18n import language
from web.learn.moment import moment
from web.rights import allows

pages = Blueprint("learn", __name__, url_prefix="/learn")


@pages.get("")
@allows(Capability.READ)
def today() -> str:
    """The person's own day; without a path, the paths that there are."""
    own = enrolments_of(reading(), reader().person_id)
    if not own:
        return render_template("learn/no_path.html", paths=all_paths(reading()))
    wanted = request.args.get("e", type=small_int)
    enrolment = next((e for e in own if e.id == wanted), own[0])
    return _today_page(enrolment.id or 0)


@pages.get("/e/<int(max=2147483647):enrolment_id>")
@allows(Capability.READ)
def person_today(enrolment_id: int) -> str:
    """The same page of somebody whom the reader follows."""
    return _today_page(enrolment_id)


def _today_page(enrolment_id: int) -> str:
    db, who = reading(), reader()
    enrolment = find_enrolment(db, who, enrolment_id)
    standing = standing_of(db, enrolment, moment())
    own = enrolment.person_id == who.person_id
    others = [e for e in enrolments_of(db, who.person_id) if e.id != enrolment.id] if own else []
    names = {path.id: path.row for path in all_paths(db, archived=True)} if others else {}
    return render_template(
        "learn/today.html",
        standing=standing,
        enrolment=enrolment,
        titles=step_titles(db, standing.path.steps(), language()),
        person=db.get_one(Person, enrolment.person_id),
        mentor=db.get(Person, enrolment.mentor_id) if enrolment.mentor_id else None,
        own=own,
        certificate=certificate_of(db, enrolment_id),
        cards_left=todays_cards(db, who, moment()).left if own else 0,
        others=[(e, names[e.path_id]) for e in others],
        strip_days=day_strip(standing),
        resting=_is_resting(standing),
    )


def _is_resting(standing: Standing) -> bool:
    """Whether today asks for nothing but a review."""
    return bool(standing.due_today) and all(view.rest for view in standing.due_today)


def day_strip(standing: Standing) -> list[dict[str, object]]:
    """One entry for each day from the start to the end: its number, date and mark."""
    marks = day_marks(standing)
    strip: list[dict[str, object]] = []
    day = standing.plan.start
    while day <= standing.plan.end:
        away = day in standing.plan.away
        strip.append(
            {
                "day": day,
                "number": None if away else standing.plan.day_number(day),
                "mark": "away" if away else marks.get(day, "rest"),
                "today": day == standing.today,
            }
        )
        day += ONE_DAY
    return strip


@pages.get("/e/<int(max=2147483647):enrolment_id>/path")
@allows(Capability.READ)
def whole_path(enrolment_id: int) -> str:
    """Every step of the path with its day and state."""
    db = reading()
    enrolment = find_enrolment(db, reader(), enrolment_id)
    standing = standing_of(db, enrolment, moment())
    views = {view.step.id: view for view in standing.steps}
    return render_template(
        "learn/path.html",
        standing=standing,
        enrolment=enrolment,
        days=sorted(
            ((day, [views[step.id] for step in day.steps]) for day in standing.path.schedule),
            key=lambda pair: pair[1][0].due,
        ),
        titles=step_titles(db, standing.path.steps(), language()),
        person=db.get_one(Person, enrolment.person_id),
        own=enrolment.person_id == reader().person_id,
    )


@pages.get("/e/<int(max=2147483647):enrolment_id>/<step_id>")
@allows(Capability.READ)
def step(enrolment_id: int, step_id: str) -> str:
    """One step: what to do, how it stands, what the mentor said."""
    return _step_page(enrolment_id, step_id)


def _step_page(
    enrolment_id: int, step_id: str, typed: str = "", faults: dict[str, Message] | None = None
) -> str:
    db, who = reading(), reader()
    enrolment = find_enrolment(db, who, enrolment_id)
    standing = standing_of(db, enrolment, moment())
    view = _view(standing, step_id)
    needed = [_view(standing, need) for need in view.step.needs]
    return render_template(
        "learn/step.html",
        view=view,
        standing=standing,
        enrolment=enrolment,
        titles=step_titles(db, standing.path.steps(), language()),
        needed=[one for one in needed if not one.settled],
        person=db.get_one(Person, enrolment.person_id),
        signer=db.get(Person, view.record.by) if view.record and view.record.by else None,
        handed_in=submissions(db, enrolment_id, step_id),
        own=enrolment.person_id == who.person_id,
        judge=may_judge(who, enrolment),
        typed=typed,
        faults=faults or {},
    )


def _view(standing: Standing, step_id: str) -> StepView:
    return found(next((view for view in standing.steps if view.step.id == step_id), None))


@pages.post("/e/<int(max=2147483647):enrolment_id>/<step_id>/read")
@allows(Capability.READ)
def finish(enrolment_id: int, step_id: str) -> Response:
    """The article of a step was read."""
    with writing() as db:
        news = finish_reading(db, reader(), enrolment_id, step_id, moment())
    flash(gettext("Done. Here is what comes next.") if news else gettext("That was done already."))
    return redirect(url_for(".today", e=enrolment_id))


@pages.post("/e/<int(max=2147483647):enrolment_id>/<step_id>/evidence")
@allows(Capability.READ)
def evidence(enrolment_id: int, step_id: str) -> Response | tuple[str, int]:
    """Hand in what a field task asks for."""
    text = request.form.get("text", "")
    try:
        require_hand_in(reading(), reader(), enrolment_id, step_id, moment())
        name, digest = _kept(request.files.get("file"))
        with writing() as db:
            given = Evidence(text, name, digest)
            hand_in(db, reader(), enrolment_id, step_id, given, moment())
    except InvalidError as error:
        return _step_page(enrolment_id, step_id, text, error.fields), 422
    flash(gettext("Handed in. Your mentor sees it now; you can go on."))
    return redirect(url_for(".today", e=enrolment_id))


def _kept(file: FileStorage | None) -> tuple[str, str]:
    """The name and hash of an uploaded file; empty where none was chosen."""
    if file is None or not file.filename:
        return "", ""
    return file.filename[-200:], keep_file(services().settings.uploads_dir, file.stream)


@pages.get("/evidence/<int(max=2147483647):submission_id>")
@allows(Capability.READ)
def evidence_file(submission_id: int) -> Response:
    """A file that was handed in, as a download; for those who may see the enrolment."""
    db = reading()
    submission = found(db.get(Submission, submission_id))
    find_enrolment(db, reader(), submission.enrolment_id)
    found(submission.file_hash or None)
    return send_from_directory(
        evidence_folder(services().settings.uploads_dir).resolve(),
        submission.file_hash,
        as_attachment=True,
        download_name=submission.file_name,
        mimetype="application/octet-stream",
    )


@pages.post("/e/<int(max=2147483647):enrolment_id>/<step_id>/sign")
@allows(Capability.COACH)
def sign_step(enrolment_id: int, step_id: str) -> Response:
    """The mentor signs a step off."""
    with writing() as db:
        news = sign(db, reader(), enrolment_id, step_id, moment())
    flash(gettext("Signed.") if news else gettext("That was signed already."))
    return redirect(url_for(".person_today", enrolment_id=enrolment_id))
