"""A person's path as a calendar that their phone can subscribe to (iCalendar, RFC 5545)."""

import hmac
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256

from icalendar import Calendar, Event
from sqlmodel import Session

from kb import audit
from kb.learning.models import CalendarFeed
from kb.learning.path_file import Step
from kb.learning.standing import Standing, StepView


def feed_token(signing_key: str, person_id: int, serial: int) -> str:
    """The secret part of a feed's address. It holds no data and cannot be guessed."""
    message = f"calendar-feed:{person_id}:{serial}".encode()
    return hmac.new(signing_key.encode(), message, sha256).hexdigest()[:40]


def feed_serial(session: Session, person_id: int) -> int:
    """The serial of the links that work now."""
    row = session.get(CalendarFeed, person_id)
    return row.serial if row else 1


def renew_feed(session: Session, person_id: int, now: datetime) -> None:
    """Make every link given out so far invalid."""
    serial = feed_serial(session, person_id) + 1
    session.merge(CalendarFeed(person_id=person_id, serial=serial))
    audit.record(session, now, person_id, "renew_calendar_feed", f"person:{person_id}")


def calendar_text(
    standings: Sequence[Standing],
    name: str,
    lang: str,
    title_of: Callable[[Step], str],
    now: datetime,
    address: str,
) -> bytes:
    """An all-day event for each day with steps: what is due, and how many minutes it needs."""
    calendar = Calendar()
    calendar.add("prodid", "-//Shifu//Learning path//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    unit = "min" if lang == "en" else "分钟"
    for standing in standings:
        by_day: dict[date, list[StepView]] = defaultdict(list)
        for view in standing.steps:
            by_day[view.due].append(view)
        for day, views in sorted(by_day.items()):
            event = Event()
            event.add("uid", f"path-{standing.enrolment.id}-{day.isoformat()}@shifu")
            event.add("dtstamp", now)
            event.add("dtstart", day)
            event.add("dtend", day + timedelta(days=1))
            title = standing.path.title.in_language(lang)
            minutes = sum(view.step.minutes for view in views)
            number = standing.plan.day_number(day)
            event.add("summary", f"{title} {number}/{standing.plan.total} · {minutes} {unit}")
            lines = [f"{'✓' if v.settled else '·'} {title_of(v.step)}" for v in views]
            event.add("description", "\n".join(lines))
            event.add("url", address)
            event.add("transp", "TRANSPARENT")
            calendar.add_component(event)
    return bytes(calendar.to_ical())
