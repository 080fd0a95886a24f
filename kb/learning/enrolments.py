"""Who is on which path: enrolling a cohort, start, mentor, leave. A manager does this."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from kb import audit
from kb.accounts.models import Person, PersonRole
from kb.accounts.scope import led_by
from kb.errors import InvalidError
from kb.learning.models import Enrolment, PersonLeave
from kb.learning.moment import Moment
from kb.learning.path_store import StoredPath
from kb.library.vocabulary import Role
from kb.messages import N_, Message
from kb.permissions import Reader, found

MAX_COHORT = 60
MAX_LEAVE_DAYS = 400
EARLIEST_DAYS = 120  # a start further back than this is a slip of the keyboard
LATEST_DAYS = 365


@dataclass(frozen=True)
class EnrolForm:
    """Whom to put on a path, from when, under whom."""

    person_ids: tuple[int, ...]
    start: date | None
    mentor_id: int | None = None
    cohort: str = ""


@dataclass(frozen=True)
class EnrolReport:
    """Who was enrolled, and who was on the path already and stays as they were."""

    added: tuple[Person, ...]
    already: tuple[Person, ...]


def enrol(
    session: Session, reader: Reader, stored: StoredPath, form: EnrolForm, moment: Moment
) -> EnrolReport:
    """Put people on a path, or back on one that they were taken off; what they did is kept.

    Raises InvalidError, also for people whom the reader does not lead.
    """
    faults = _faults(session, form, moment.day)
    if faults or form.start is None:
        raise InvalidError(faults)
    query = select(Person).where(
        col(Person.id).in_(form.person_ids), led_by(reader), col(Person.active)
    )
    people = sorted(session.exec(query), key=lambda person: person.login)
    if len(people) != len(set(form.person_ids)):
        advice = N_("Somebody of these is not in your teams or no longer active; choose again.")
        raise InvalidError({"people": Message(advice)})
    query_there = select(Enrolment).where(
        Enrolment.path_id == stored.id, col(Enrolment.person_id).in_(form.person_ids)
    )
    there = {enrolment.person_id: enrolment for enrolment in session.exec(query_there)}
    on_path = {key for key, enrolment in there.items() if not enrolment.ended}
    added = [person for person in people if person.id not in on_path]
    for person in added:
        enrolment = there.get(person.id or 0) or Enrolment(
            person_id=person.id or 0, path_id=stored.id, start=form.start, created_at=moment.at,
            created_by=reader.person_id,
        )  # fmt: skip
        enrolment.start, enrolment.ended = form.start, False
        enrolment.mentor_id, enrolment.cohort = form.mentor_id, form.cohort.strip()
        session.add(enrolment)
    if added:
        audit.record(
            session, moment.at, reader.person_id, "enrol", f"path:{stored.id}",
            people=[person.id for person in added], start=form.start.isoformat(),
        )  # fmt: skip
    already = tuple(person for person in people if person.id in on_path)
    return EnrolReport(tuple(added), already)


def _faults(session: Session, form: EnrolForm, today: date) -> dict[str, Message]:
    faults: dict[str, Message] = {}
    if not form.person_ids:
        faults["people"] = Message(N_("Choose at least one person."))
    if fault := start_fault(form.start, today):
        faults["start"] = fault
    if len(form.cohort) > MAX_COHORT:
        faults["cohort"] = Message(N_("Shorten the name to %(n)s characters."), {"n": MAX_COHORT})
    if form.mentor_id is not None and not _is_mentor(session, form.mentor_id):
        faults["mentor"] = Message(N_("Choose somebody who has the role of mentor."))
    return faults


def start_fault(start: date | None, today: date) -> Message | None:
    """What is wrong with a day on which a path is to begin."""
    if start is None:
        return Message(N_("Write the first day, such as 2027-03-01."))
    if start < today - timedelta(days=EARLIEST_DAYS) or start > today + timedelta(days=LATEST_DAYS):
        return Message(
            N_("The first day must lie between %(first)s and %(last)s."),
            {
                "first": today - timedelta(days=EARLIEST_DAYS),
                "last": today + timedelta(days=LATEST_DAYS),
            },
        )
    return None


def _is_mentor(session: Session, person_id: int) -> bool:
    query = (
        select(PersonRole)
        .join(Person)
        .where(
            PersonRole.person_id == person_id,
            PersonRole.role == Role.MENTOR,
            col(Person.active),
        )
    )
    return session.exec(query).first() is not None


def mentors(session: Session) -> list[Person]:
    """Active people with the role of mentor."""
    query = (
        select(Person).join(PersonRole).where(PersonRole.role == Role.MENTOR, col(Person.active))
    )
    return list(session.exec(query.order_by(Person.name)))


def people_led(session: Session, reader: Reader) -> list[Person]:
    """Active people whom the reader may put on a path."""
    query = select(Person).where(led_by(reader), col(Person.active))
    return list(session.exec(query.order_by(Person.name, Person.login)))


def may_follow(reader: Reader) -> ColumnElement[bool]:
    """The condition under which an enrolment's progress may be seen: one's own, a mentee's, one's people's."""
    people = select(Person.id).where(led_by(reader))
    return or_(
        col(Enrolment.person_id) == reader.person_id,
        col(Enrolment.mentor_id) == reader.person_id,
        col(Enrolment.person_id).in_(people),
    )


def followed_by(reader: Reader) -> ColumnElement[bool]:
    """The condition under which a person's answers and plays may be judged: a mentee's, one's people's."""
    mentees = select(Enrolment.person_id).where(Enrolment.mentor_id == reader.person_id)
    return col(Person.id).in_(mentees) | led_by(reader)


def find_enrolment(session: Session, reader: Reader, enrolment_id: int) -> Enrolment:
    """An enrolment that the reader may see. Raises NotFoundError."""
    query = select(Enrolment).where(Enrolment.id == enrolment_id, may_follow(reader))
    return found(session.exec(query).first())


def led_enrolment(session: Session, reader: Reader, enrolment_id: int) -> Enrolment:
    """An enrolment of one of the people whom the reader leads. Raises NotFoundError."""
    people = select(Person.id).where(led_by(reader))
    query = select(Enrolment).where(
        Enrolment.id == enrolment_id, col(Enrolment.person_id).in_(people)
    )
    return found(session.exec(query).first())


def enrolments_of(session: Session, person_id: int) -> list[Enrolment]:
    """A person's enrolments that were not ended, the newest start first."""
    query = select(Enrolment).where(
        Enrolment.person_id == person_id, col(Enrolment.ended).is_(False)
    )
    return list(session.exec(query.order_by(col(Enrolment.start).desc(), col(Enrolment.id))))


def change_enrolment(
    session: Session,
    reader: Reader,
    enrolment_id: int,
    start: date | None,
    mentor_id: int | None,
    ended: bool,
    moment: Moment,
) -> Enrolment:
    """Move the start, give another mentor, take somebody off a path or put them back."""
    enrolment = led_enrolment(session, reader, enrolment_id)
    faults: dict[str, Message] = {}
    if start != enrolment.start and (fault := start_fault(start, moment.day)):
        faults["start"] = fault
    if (
        mentor_id is not None
        and mentor_id != enrolment.mentor_id
        and not _is_mentor(session, mentor_id)
    ):
        faults["mentor"] = Message(N_("Choose somebody who has the role of mentor."))
    if faults or start is None:
        raise InvalidError(faults)
    enrolment.start, enrolment.mentor_id, enrolment.ended = start, mentor_id, ended
    session.add(enrolment)
    audit.record(
        session, moment.at, reader.person_id, "change_enrolment", f"enrolment:{enrolment.id}",
        start=start.isoformat(), mentor=mentor_id, ended=ended,
    )  # fmt: skip
    return enrolment


def add_leave(
    session: Session,
    reader: Reader,
    person_id: int,
    first: date | None,
    last: date | None,
    note: str,
    moment: Moment,
) -> None:
    """Enter days on which a person is away; plans follow at once. Raises InvalidError."""
    person = found(
        session.exec(select(Person).where(Person.id == person_id, led_by(reader))).first()
    )
    faults: dict[str, Message] = {}
    if first is None:
        faults["first"] = Message(N_("Write the first day of leave, such as 2027-03-01."))
    if last is None:
        faults["last"] = Message(N_("Write the last day of leave, such as 2027-03-05."))
    if first and last:
        if abs((first - moment.day).days) > MAX_LEAVE_DAYS:
            faults["first"] = Message(
                N_("Leave can be entered up to %(n)s days before or after today."),
                {"n": MAX_LEAVE_DAYS},
            )
        elif last < first:
            faults["last"] = Message(N_("The last day lies before the first; exchange the two."))
        elif (last - first).days >= MAX_LEAVE_DAYS:
            faults["last"] = Message(
                N_("Leave of more than %(n)s days cannot be entered; end the enrolment instead."),
                {"n": MAX_LEAVE_DAYS},
            )
    if len(note) > 200:
        faults["note"] = Message(N_("Shorten the note to %(n)s characters."), {"n": 200})
    if faults or first is None or last is None:
        raise InvalidError(faults)
    same = select(PersonLeave).where(
        PersonLeave.person_id == person.id, PersonLeave.first == first, PersonLeave.last == last
    )
    if session.exec(same).first() is None:  # a double click is one leave
        session.add(
            PersonLeave(
                person_id=person.id or 0, first=first, last=last, note=note,
                created_at=moment.at, created_by=reader.person_id,
            )
        )  # fmt: skip
        audit.record(
            session, moment.at, reader.person_id, "add_leave", f"person:{person.id}",
            first=first.isoformat(), last=last.isoformat(),
        )  # fmt: skip


def remove_leave(session: Session, reader: Reader, leave_id: int, moment: Moment) -> int:
    """Take days of leave back. Returns whose they were. Raises NotFoundError."""
    people = select(Person.id).where(led_by(reader))
    query = select(PersonLeave).where(
        PersonLeave.id == leave_id, col(PersonLeave.person_id).in_(people)
    )
    leave = found(session.exec(query).first())
    session.delete(leave)
    audit.record(
        session, moment.at, reader.person_id, "remove_leave", f"person:{leave.person_id}",
        first=leave.first.isoformat(), last=leave.last.isoformat(),
    )  # fmt: skip
    return leave.person_id


def leaves_of(session: Session, person_ids: Sequence[int]) -> list[PersonLeave]:
    """Days of leave of these people, in the order in which they were entered."""
    query = select(PersonLeave).where(col(PersonLeave.person_id).in_(person_ids))
    return list(session.exec(query.order_by(col(PersonLeave.id))))
