"""Where people stand: today's page in figures, changed paths, missing articles, many people."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from kb.accounts.models import Membership, Person, Team
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.learning.calendar_days import forget_day, load_calendar, set_days
from kb.learning.cohort import cells_of, days_to_complete, load_cohort, stuck_steps
from kb.learning.completion import finish_reading, standing_of
from kb.learning.enrolments import (
    EnrolForm,
    add_leave,
    change_enrolment,
    enrol,
    enrolments_of,
    find_enrolment,
    leaves_of,
    remove_leave,
)
from kb.learning.models import Enrolment
from kb.learning.moment import Moment
from kb.learning.path_store import find_path, import_paths, save_path
from kb.learning.progress import standings
from kb.learning.standing import State, day_marks
from kb.library.articles import Origin, find_visible, set_status
from kb.library.content_folder import read_content
from kb.library.vocabulary import Status
from tests.conftest import SAMPLE
from tests.queries import counted_queries

TEXT = (SAMPLE / "paths/first-week.yaml").read_text("utf-8")
START = date(2026, 12, 1)


@pytest.fixture
def standing(library, enrolled, moment):
    def read():
        with library.read() as db:
            return standing_of(db, db.get_one(Enrolment, enrolled.id), moment())

    return read


def test_day_one_shows_the_first_step_and_its_minutes(standing):
    first = standing()
    assert (first.day, first.done, len(first.counted)) == (1, 0, 4)
    assert first.next_step.step.id == "read-quote"
    assert first.minutes_today == 27
    assert first.overdue == ()
    assert [view.step.id for view in first.coming] == ["watch-call", "read-price"]


def test_what_was_not_done_is_overdue_since_its_day_and_comes_first(standing, clock):
    clock.move(days=2)
    third = standing()
    assert [(v.step.id, v.due) for v in third.overdue] == [
        ("read-quote", START),
        ("tell-quote", START),
        ("watch-call", START + timedelta(days=1)),
    ]
    assert third.next_step.step.id == "read-quote"
    assert day_marks(third) == {
        START: "late",
        START + timedelta(days=1): "late",
        START + timedelta(days=2): "open",
    }


def test_leave_that_is_entered_later_takes_the_red_away(
    standing, clock, library, reader, person, moment
):
    clock.move(days=1)
    assert standing().overdue
    with library.write() as db:
        add_leave(db, reader("zhao.lan"), person("zhou.xiaoyu").id, START, START, "ill", moment())
        add_leave(db, reader("zhao.lan"), person("zhou.xiaoyu").id, START, START, "ill", moment())
    assert standing().overdue == ()
    with library.write() as db:
        (leave,) = leaves_of(db, [person("zhou.xiaoyu").id])
        with pytest.raises(NotFoundError):
            remove_leave(db, reader("lin.yue"), leave.id, moment())
        remove_leave(db, reader("zhao.lan"), leave.id, moment())
    assert standing().overdue


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(None, START, "first"), (START, None, "last"), (START, START - timedelta(days=1), "last"),
     (START, START + timedelta(days=500), "last")],
)  # fmt: skip
def test_leave_without_sense_is_refused_by_its_field(
    library, reader, person, moment, first, last, field
):
    with library.write() as db, pytest.raises(InvalidError) as error:
        add_leave(db, reader("zhao.lan"), person("zhou.xiaoyu").id, first, last, "", moment())
    assert set(error.value.fields) == {field}


def test_a_later_start_moves_everything(standing, library, reader, enrolled, moment, person):
    with library.write() as db:
        change_enrolment(
            db, reader("zhao.lan"), enrolled.id, START + timedelta(days=6),
            person("lin.yue").id, False, moment(),
        )  # fmt: skip
    late = standing()
    assert late.day == 0
    assert min(view.due for view in late.counted) == START + timedelta(days=6)


def test_an_article_that_is_archived_is_named_and_the_rest_goes_on(
    standing, library, reader, clock
):
    with library.write() as db:
        row = find_visible(db, reader("zhao.lan"), "reading-a-quote", "zh")
        set_status(db, row, Status.ARCHIVED, Origin(None, "web"), clock.now())
    after = standing()
    states = {view.step.id: view.state for view in after.steps}
    assert states["read-quote"] == State.MISSING
    assert states["tell-quote"] == State.OPEN
    assert len(after.counted) == 3
    clock.move(days=3)
    assert "read-quote" not in [view.step.id for view in standing().overdue]


def test_a_changed_path_takes_nothing_away_and_new_steps_are_due_later(
    standing, library, enrolled, reader, moment, clock, person
):
    with library.write() as db:
        finish_reading(db, reader("zhou.xiaoyu"), enrolled.id, "read-quote", moment())
    clock.move(days=2)
    with library.write() as db:
        stored = find_path(db, "first-week")
        changed = TEXT.replace(
            "{id: read-quote, type: read, article: reading-a-quote, minutes: 12}",
            "{id: read-more, type: read, article: cold-call-opening, minutes: 5}",
        ).replace("needs: [read-quote]", "needs: [read-more]")
        manager = person("zhao.lan").id
        save_path(db, changed, stored.row.version, manager, moment(), "first-week")
        with pytest.raises(ConflictError):
            save_path(db, TEXT, stored.row.version - 1, manager, moment(), "first-week")
    after = standing()
    assert [record.step_id for record in after.former] == ["read-quote"]
    (new,) = [view for view in after.steps if view.step.id == "read-more"]
    assert new.due == START + timedelta(days=3)
    assert not new.late_on(after.today)


def test_a_path_that_was_edited_here_is_not_overwritten_by_its_file(library, moment, person):
    with library.write() as db:
        stored = find_path(db, "first-week")
        edited = TEXT.replace("Five days", "Five good days")
        save_path(db, edited, stored.row.version, person("zhao.lan").id, moment(), "first-week")
        (file,) = read_content(SAMPLE).paths
        assert import_paths(db, [file], moment()).conflicts == []  # the file is as it was
        newer = type(file)(file.source.replace("Five", "5"), file.path)
        assert import_paths(db, [newer], moment()).conflicts == ["first-week"]
        assert find_path(db, "first-week").source == edited


def test_only_the_mentor_and_who_leads_the_person_follow_an_enrolment(library, reader, enrolled):
    with library.read() as db:
        for login in ("zhou.xiaoyu", "lin.yue", "zhao.lan", "sun.ning"):
            assert find_enrolment(db, reader(login), enrolled.id).id == enrolled.id
        for login in ("he.zixuan", "chen.liang", "wang.ke", "gu.heng"):
            with pytest.raises(NotFoundError):
                find_enrolment(db, reader(login), enrolled.id)


def test_enrolling_twice_changes_nothing_and_strangers_are_not_enrolled(
    library, reader, person, moment, enrolled
):
    with library.write() as db:
        stored = find_path(db, "first-week")
        again = EnrolForm((person("zhou.xiaoyu").id,), START + timedelta(days=9))
        report = enrol(db, reader("zhao.lan"), stored, again, moment())
        assert (len(report.added), len(report.already)) == (0, 1)
        assert enrolments_of(db, person("zhou.xiaoyu").id)[0].start == START
        for form, field in [
            (EnrolForm((), START), "people"),
            (EnrolForm((person("wang.ke").id,), START), "people"),
            (EnrolForm((person("chen.liang").id,), None), "start"),
            (EnrolForm((person("chen.liang").id,), date(2020, 1, 1)), "start"),
            (EnrolForm((person("chen.liang").id,), START, person("chen.liang").id), "mentor"),
        ]:
            with pytest.raises(InvalidError) as error:
                enrol(db, reader("zhao.lan"), stored, form, moment())
            assert set(error.value.fields) == {field}


def test_a_day_that_the_administrator_sets_moves_what_was_due(library, standing, person, clock):
    admin = person("sun.ning").id
    with library.write() as db:
        assert set_days(db, "2026-12-01，2026-12-02", False, "stocktaking", admin, clock.now())
        with pytest.raises(InvalidError):
            set_days(db, "tomorrow", False, "", admin, clock.now())
    assert {view.due for view in standing().counted} & {START, START + timedelta(days=1)} == set()
    with library.write() as db:
        forget_day(db, START, admin, clock.now())
        assert load_calendar(db).is_working(START)


def add_people(db, count: int, path_id: int, clock) -> None:
    team = db.exec(select(Team).where(Team.code == "east-1")).one()
    people = [
        Person(login=f"many.{n}", name=f"Person {n}", created_at=clock.now()) for n in range(count)
    ]
    db.add_all(people)
    db.flush()
    db.add_all(Membership(person_id=p.id, team_id=team.id) for p in people)
    db.add_all(
        Enrolment(person_id=p.id, path_id=path_id, start=START, created_at=clock.now())
        for p in people
    )


def test_a_cohort_of_a_thousand_takes_as_many_queries_as_one_person(
    library, reader, clock, moment, enrolled
):
    def queries() -> tuple[int, int]:
        with library.read() as db:
            stored = find_path(db, "first-week")
            with counted_queries(library.engine) as counted:
                rows = load_cohort(db, reader_manager, stored, "", moment().day)
        return len(rows), len(counted)

    reader_manager = reader("zhao.lan")
    one, few = queries()
    with library.write() as db:
        add_people(db, 1000, find_path(db, "first-week").id, clock)
    many, as_many = queries()
    assert (one, many) == (1, 1001)
    assert as_many == few <= 10


def test_a_cohort_shows_who_is_behind_and_where(library, reader, clock, moment, enrolled, person):
    with library.write() as db:
        stored = find_path(db, "first-week")
        add_people(db, 1, stored.id, clock)
    clock.move(days=1)
    with library.write() as db:
        finish_reading(db, reader("zhou.xiaoyu"), enrolled.id, "read-quote", moment())
    with library.read() as db:
        rows = load_cohort(db, reader("zhao.lan"), stored, "", moment().day)
        assert [row.person.login for row in rows] == ["many.0", "zhou.xiaoyu"]
        assert cells_of(rows[0].standing) == ("late", "open", "open", "", "", "", "")
        stuck = {one.step.id: (one.done, one.overdue, one.late_days) for one in stuck_steps(rows)}
        assert stuck["read-quote"] == (1, 1, 1.0)
        assert stuck["tell-quote"] == (0, 2, None)
        assert days_to_complete(rows) == []
        assert (
            load_cohort(db, reader("zhao.lan"), stored, "winter", moment().day)[0].mentor.login
            == "lin.yue"
        )


def test_testing_out_counts_as_done_and_frees_the_day(library, enrolled, moment, clock):
    from kb.learning.completion import record_done
    from kb.learning.progress import TESTED_OUT

    with library.write() as db:
        row = db.get_one(Enrolment, enrolled.id)
        (before,) = standings(db, [row], START)
        step = before.path.step("watch-call")
        assert record_done(db, before, step, Moment(clock.now(), START), how=TESTED_OUT, score=90)
        (after,) = standings(db, [row], START)
    assert after.done == 1
    assert {v.step.id: v.due for v in after.steps}["signed"] == START + timedelta(days=1)
