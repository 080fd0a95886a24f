"""Many new people at once from a CSV file: read it, check it, then add them in one transaction.

Reading and checking change nothing. Hashing the temporary passwords is slow and happens before
the transaction begins, so that nobody waits for the write lock in the meantime.
"""

import csv
import io
import os
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from sqlmodel import Session, col, select

from kb import audit
from kb.accounts.models import Membership, Person, PersonRole, Team
from kb.accounts.passwords import temporary_password
from kb.accounts.people import PersonForm, faults_of
from kb.errors import InvalidError
from kb.library.vocabulary import Role
from kb.messages import N_, Message

COLUMNS = ("login", "name", "email", "phone", "roles", "teams")
NEEDED = ("login", "name", "roles")
MAX_LINES = 2_000
MAX_CHARACTERS = 500_000  # at four bytes each it still fits into one form field
PHONE_LENGTH = 40
TEMPLATE = ",".join(COLUMNS) + "\r\n"
EXAMPLE = "li.hua,李华,li.hua@example.com,13800000000,new_hire;rep,east-1"
_LISTED = re.compile("[;；]")
_ZIP = b"PK\x03\x04"  # how an Excel workbook begins
# 59 random bits need less stretching than a password that somebody has thought up. These are the
# smallest parameters of OWASP's password storage cheat sheet; 2,000 hashes take well under a minute.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@dataclass(frozen=True)
class BulkLine:
    """One line of the file: its number there, what it says, and what is wrong with it."""

    number: int
    form: PersonForm
    faults: tuple[Message, ...] = ()


@dataclass(frozen=True)
class BulkCheck:
    """The lines of a file by what would become of them."""

    new: tuple[BulkLine, ...]
    skipped: tuple[BulkLine, ...]  # the login has an account
    faulty: tuple[BulkLine, ...]


@dataclass(frozen=True)
class PreparedPerson:
    """A person to add, with a temporary password that is stored nowhere."""

    form: PersonForm
    password: str
    password_hash: str


def decode(data: bytes) -> str:
    """A file's text: UTF-8 with or without a byte order mark, or GB18030 as Excel in China saves it.

    Raises InvalidError with the field ``text``.
    """
    if data.startswith(_ZIP):
        raise _refused(N_("This is an Excel workbook. Save it as CSV in Excel and send that file."))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused(
        N_("The text of this file cannot be read. Save it as “CSV UTF-8” and send it again.")
    )


def read_lines(text: str) -> list[BulkLine]:
    """The people in a CSV text with the faults that show without the database.

    Raises InvalidError with the field ``text`` where the whole cannot be used.
    """
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise _refused(N_("There is nothing in it yet. Choose a file or paste its lines."))
    if len(text) > MAX_CHARACTERS or "\0" in text:
        raise _refused(
            N_("This is too large or is not a CSV file. Split it, or save it as “CSV UTF-8”.")
        )
    table = _table(text)
    if not table:
        raise _refused(N_("There is nothing in it yet. Choose a file or paste its lines."))
    heading, *rows = table
    columns = _columns(heading[1])
    if not rows:
        raise _refused(N_("There is a line of column names, but no person below it."))
    if len(rows) > MAX_LINES:
        raise _refused(
            N_("There are %(n)s people in it; send at most %(most)s at a time."),
            n=len(rows),
            most=MAX_LINES,
        )
    return _without_repeats([_line(number, columns, cells) for number, cells in rows])


def check(session: Session, lines: Sequence[BulkLine]) -> BulkCheck:
    """Sort lines into new, skipped and faulty people; writes nothing."""
    taken = _taken(session)
    new: list[BulkLine] = []
    skipped: list[BulkLine] = []
    faulty: list[BulkLine] = []
    for line in lines:
        if line.form.login in taken:
            skipped.append(line)
            continue
        faults = (*line.faults, *faults_of(session, line.form).values())
        (faulty if faults else new).append(BulkLine(line.number, line.form, faults))
    return BulkCheck(tuple(new), tuple(skipped), tuple(faulty))


def prepare(lines: Iterable[BulkLine]) -> list[PreparedPerson]:
    """Draw and hash a temporary password for each line, on all processors."""
    forms = [line.form for line in lines]
    passwords = [temporary_password() for _ in forms]
    with ThreadPoolExecutor(
        os.cpu_count() or 1
    ) as pool:  # Argon2 runs outside the interpreter's lock
        hashes = list(pool.map(_HASHER.hash, passwords))
    return [PreparedPerson(*parts) for parts in zip(forms, passwords, hashes, strict=True)]


def add_people(
    session: Session, prepared: Sequence[PreparedPerson], by: int, now: datetime
) -> list[PreparedPerson]:
    """Add everybody in the transaction at hand; leaves out logins that were taken meanwhile.

    Raises InvalidError with the field ``text``, and adds nobody, where a team has gone meanwhile.
    """
    taken = _taken(session)
    teams = {team.code: team.id or 0 for team in session.exec(select(Team))}
    added = [person for person in prepared if person.form.login not in taken]
    for code in sorted({code for person in added for code in person.form.teams} - set(teams)):
        raise _refused(N_("There is no team %(code)s; create it first."), code=code)
    rows = [_row(person, now) for person in added]
    session.add_all(rows)
    session.flush()
    for person, row in zip(added, rows, strict=True):
        form, person_id = person.form, row.id or 0
        session.add_all(PersonRole(person_id=person_id, role=role) for role in sorted(form.roles))
        session.add_all(
            Membership(person_id=person_id, team_id=teams[code]) for code in sorted(form.teams)
        )
        audit.record(
            session, now, by, "create_person", f"person:{person_id}",
            roles=sorted(form.roles), teams=sorted(form.teams), bulk=True,
        )  # fmt: skip
    return added


def _refused(template: str, **params: object) -> InvalidError:
    return InvalidError({"text": Message(template, params)})


def _table(text: str) -> list[tuple[int, list[str]]]:
    """The rows that hold something, each with the number of its first line in the file."""
    first = next(line for line in text.splitlines() if line.strip())
    delimiter = "\t" if "\t" in first and "," not in first else ","  # tabs: copied out of Excel
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    table, number = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                table.append((number, [" ".join(cell.split()) for cell in cells]))
            number = reader.line_num + 1
    except csv.Error:
        raise _refused(
            N_(
                "From line %(line)s on it is not a CSV table; look for a quotation mark that is not closed."
            ),
            line=number,
        ) from None
    return table


def _columns(heading: list[str]) -> list[str]:
    columns = [name.lower() for name in heading]
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise _refused(
            N_("The first line must name the columns; %(names)s is missing."),
            names=", ".join(missing),
        )
    strange = [name for name in columns if name and name not in COLUMNS]
    if strange:
        raise _refused(
            N_("There is no column %(name)s; use %(known)s."),
            name=strange[0],
            known=", ".join(COLUMNS),
        )
    repeated = [name for name in COLUMNS if columns.count(name) > 1]
    if repeated:
        raise _refused(
            N_("The column %(name)s is there twice; keep one of them."), name=repeated[0]
        )
    return columns


def _line(number: int, columns: list[str], cells: list[str]) -> BulkLine:
    faults = []
    if any(cells[len(columns) :]):
        faults.append(
            Message(
                N_("There are more cells than columns; put text with a comma into quotation marks.")
            )
        )
    cell = dict.fromkeys(COLUMNS, "") | dict(zip(columns, cells, strict=False))
    roles = [name.lower() for name in _listed(cell["roles"])]
    known = frozenset(Role(name) for name in roles if name in set(Role))
    faults += [
        Message(
            N_("%(role)s is not a role; use %(known)s."), {"role": name, "known": ", ".join(Role)}
        )
        for name in roles
        if name not in set(Role)
    ]
    if len(cell["phone"]) > PHONE_LENGTH:
        faults.append(
            Message(N_("Write a phone number of at most %(n)s characters."), {"n": PHONE_LENGTH})
        )
    form = PersonForm(
        cell["login"].lower(),
        cell["name"],
        cell["email"],
        cell["phone"],
        known,
        frozenset(_listed(cell["teams"])),
    )
    return BulkLine(number, form, tuple(faults))


def _listed(cell: str) -> list[str]:
    return [part.strip() for part in _LISTED.split(cell) if part.strip()]


def _without_repeats(lines: list[BulkLine]) -> list[BulkLine]:
    """Mark each line whose login an earlier line has."""
    first: dict[str, int] = {}
    marked = []
    for line in lines:
        earlier = first.setdefault(line.form.login, line.number)
        if line.form.login and earlier != line.number:
            repeat = Message(
                N_("%(login)s is already in line %(line)s; keep one of the two."),
                {"login": line.form.login, "line": earlier},
            )
            line = BulkLine(line.number, line.form, (*line.faults, repeat))  # noqa: PLW2901 - replaced, not lost
        marked.append(line)
    return marked


def _taken(session: Session) -> set[str]:
    return set(session.exec(select(col(Person.login))))


def _row(person: PreparedPerson, now: datetime) -> Person:
    form = person.form
    return Person(
        login=form.login, name=form.name, email=form.email, phone=form.phone,
        password_hash=person.password_hash, created_at=now,
    )  # fmt: skip
