"""The team's own working days and days off, over the official calendar."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from kb import audit
from kb.errors import InvalidError
from kb.learning.models import CalendarDay
from kb.learning.work_calendar import WorkCalendar
from kb.messages import N_, Message

MAX_NOTE = 100


def load_calendar(session: Session) -> WorkCalendar:
    """The calendar by which paths are planned."""
    return WorkCalendar({row.day: row.worked for row in session.exec(select(CalendarDay))})


def calendar_days(session: Session) -> list[CalendarDay]:
    """Every day that an administrator has set, newest first."""
    return list(session.exec(select(CalendarDay).order_by(col(CalendarDay.day).desc())))


def set_days(
    session: Session, text: str, worked: bool, note: str, person_id: int, now: datetime
) -> list[date]:
    """Set the days typed, one a line or separated by commas. Raises InvalidError for the first bad one."""
    days = []
    for word in text.replace(",", "\n").replace("，", "\n").replace("、", "\n").split():
        try:
            days.append(date.fromisoformat(word))
        except ValueError:
            advice = N_("%(text)s is not a date; write it as 2027-02-15, one a line")
            raise InvalidError({"days": Message(advice, {"text": word[:20]})}) from None
    if not days:
        raise InvalidError({"days": Message(N_("Write at least one date, such as 2027-02-15."))})
    if len(note) > MAX_NOTE:
        too_long = Message(N_("Shorten the note to %(n)s characters."), {"n": MAX_NOTE})
        raise InvalidError({"note": too_long})
    for day in days:
        session.merge(
            CalendarDay(day=day, worked=worked, note=note, changed_at=now, changed_by=person_id)
        )
    audit.record(
        session, now, person_id, "set_calendar_days", "calendar",
        days=[day.isoformat() for day in days], worked=worked,
    )  # fmt: skip
    return days


def forget_day(session: Session, day: date, person_id: int, now: datetime) -> None:
    """Follow the official calendar again on a day."""
    row = session.get(CalendarDay, day)
    if row is not None:
        session.delete(row)
        audit.record(
            session, now, person_id, "forget_calendar_day", "calendar", day=day.isoformat()
        )
