"""Due days: on working days, in order, never red for what was not the person's fault."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.learning.path_file import Path
from kb.learning.planning import Facts, Leave, TestedOut, make_plan
from kb.learning.work_calendar import WorkCalendar, days_between, known_until

MONDAY = date(2026, 3, 2)
CALENDAR = WorkCalendar()


def path(study=(1, 2, 3, 4, 5, 8, 9, 10, 11, 12), rest=(6, 7, 13, 14), days=14) -> Path:
    schedule = []
    for day in sorted((*study, *rest)):
        step = {"id": f"s{day}", "type": "read", "article": "x", "minutes": "10"}
        if day in rest:
            step["optional"] = "true"
        schedule.append(
            {
                "day": str(day),
                "title": {"zh": "天", "en": "day"},
                "rest": "true" if day in rest else "false",
                "steps": [step],
            }
        )
    both = {"zh": "题", "en": "title"}
    return Path.model_validate(
        {"slug": "p", "title": both, "summary": both, "roles": ["new_hire"], "days": str(days),
         "schedule": schedule}
    )  # fmt: skip


PATH = path()
STUDY = [step.id for step in PATH.required()]

starts = st.dates(date(2025, 1, 1), date(2027, 12, 1))
overrides = st.dictionaries(
    st.dates(date(2025, 1, 1), date(2028, 3, 1)), st.booleans(), max_size=40
)


@st.composite
def leaves(draw, start: date):
    first = start + timedelta(days=draw(st.integers(-3, 25)))
    return Leave(first, first + timedelta(days=draw(st.integers(0, 12))))


def test_a_path_that_begins_on_a_monday_falls_on_its_own_days():
    plan = make_plan(PATH, Facts(MONDAY), CALENDAR)
    assert {step: (day - MONDAY).days + 1 for step, day in plan.due.items()} == {
        f"s{n}": n for n in range(1, 15)
    }
    assert plan.end == MONDAY + timedelta(days=13)


def test_a_start_in_midweek_takes_each_study_day_to_the_next_free_working_day():
    wednesday = MONDAY + timedelta(days=2)
    plan = make_plan(PATH, Facts(wednesday), CALENDAR)
    assert [(plan.due[f"s{n}"] - wednesday).days + 1 for n in (1, 2, 3, 4, 5, 8)] == [
        1,
        2,
        3,
        6,
        7,
        8,
    ]


def test_the_national_holiday_is_not_worked_and_its_make_up_saturday_is():
    plan = make_plan(PATH, Facts(date(2026, 9, 28)), CALENDAR)
    assert date(2026, 10, 10) in {plan.due[step] for step in STUDY}  # a Saturday that is worked
    assert not {date(2026, 10, n) for n in range(1, 8)} & {plan.due[step] for step in STUDY}


def test_beyond_the_announced_years_monday_to_friday_are_worked_until_an_administrator_says_other():
    thursday = date(known_until().year + 1, 3, 2)
    while thursday.weekday() != 3:
        thursday += timedelta(days=1)
    assert CALENDAR.is_working(thursday)
    assert not CALENDAR.is_working(thursday + timedelta(days=2))
    assert not WorkCalendar({thursday: False}).is_working(thursday)


@settings(max_examples=150)
@given(st.data(), starts, overrides)
def test_study_days_keep_their_order_on_worked_days_of_the_window(data, start, days):
    calendar = WorkCalendar(days)
    leave = data.draw(leaves(start))
    plan = make_plan(PATH, Facts(start, (leave,)), calendar)
    due = [plan.due[step] for step in STUDY]
    assert due == sorted(due)
    worked = [d for d in days_between(start, plan.end) if calendar.is_working(d)]
    for day in due:
        assert start <= day <= plan.end
        if worked:
            assert not leave.first <= day <= leave.last or not [
                w for w in worked if w not in plan.away
            ]
            assert calendar.is_working(day) or not [w for w in worked if w not in plan.away]


@settings(max_examples=150)
@given(st.data(), starts, overrides)
def test_leave_never_brings_anything_forward(data, start, days):
    calendar = WorkCalendar(days)
    before = make_plan(PATH, Facts(start), calendar)
    first = data.draw(leaves(start))
    after = make_plan(PATH, Facts(start, (first,)), calendar)
    both = make_plan(PATH, Facts(start, (first, data.draw(leaves(start)))), calendar)
    for step in STUDY:
        assert before.due[step] <= after.due[step] <= both.due[step]
    assert before.end <= after.end <= both.end


@settings(max_examples=150)
@given(starts, overrides, st.integers(0, 16), st.sets(st.sampled_from(STUDY), max_size=9))
def test_testing_out_leaves_nothing_newly_overdue(start, days, on, known):
    calendar = WorkCalendar(days)
    today = start + timedelta(days=on)
    before = make_plan(PATH, Facts(start), calendar)
    after = make_plan(
        PATH, Facts(start, tested_out=(TestedOut(today, frozenset(known)),)), calendar
    )
    for step in set(STUDY) - known:
        assert (after.due[step] <= today) == (before.due[step] <= today)
        assert after.due[step] <= max(before.due[step], after.end)
    left = [after.due[step] for step in STUDY if step not in known and after.due[step] > today]
    assert left == sorted(left)


def test_testing_out_of_the_second_week_spreads_the_rest():
    event = TestedOut(MONDAY + timedelta(days=4), frozenset({"s8", "s9", "s10"}))
    plan = make_plan(PATH, Facts(MONDAY, tested_out=(event,)), CALENDAR)
    assert [(plan.due[s] - MONDAY).days + 1 for s in ("s11", "s12")] == [8, 10]


def test_a_step_that_is_added_later_is_due_after_it_was_added():
    facts = Facts(MONDAY, added={"s2": MONDAY + timedelta(days=8)})
    assert make_plan(PATH, facts, CALENDAR).due["s2"] == MONDAY + timedelta(days=9)
    early = Facts(MONDAY, added={"s2": MONDAY - timedelta(days=30)})
    assert make_plan(PATH, early, CALENDAR).due["s2"] == MONDAY + timedelta(days=1)


@pytest.mark.parametrize(("offset", "number"), [(-1, 0), (0, 1), (8, 9), (13, 14), (40, 14)])
def test_day_n_is_counted_from_the_start(offset, number):
    plan = make_plan(PATH, Facts(MONDAY), CALENDAR)
    assert plan.day_number(MONDAY + timedelta(days=offset)) == number


def test_days_of_leave_do_not_count_and_their_working_days_are_given_back():
    leave = Leave(MONDAY + timedelta(days=2), MONDAY + timedelta(days=4))
    plan = make_plan(PATH, Facts(MONDAY, (leave,)), CALENDAR)
    assert plan.day_number(MONDAY + timedelta(days=7)) == 5
    assert plan.end == MONDAY + timedelta(days=16)
    assert plan.due["s3"] == MONDAY + timedelta(days=7)
