"""Reading a CSV of new people, checking it against the database, adding them all or none."""

from collections.abc import Callable

import pytest
from sqlmodel import select

from kb.accounts.bulk_people import (
    MAX_LINES,
    PHONE_LENGTH,
    TEMPLATE,
    BulkLine,
    add_people,
    check,
    decode,
    prepare,
    read_lines,
)
from kb.accounts.models import Person
from kb.accounts.people import roles_and_teams
from kb.accounts.sign_in import person_by_password
from kb.db import Database
from kb.errors import InvalidError
from tests.fakes import MovableClock

HEADING = "login,name,email,phone,roles,teams\n"


def refusal(text: str | bytes) -> str:
    with pytest.raises(InvalidError) as caught:
        read_lines(text if isinstance(text, str) else decode(text))
    return str(caught.value.fields["text"])


def sentences(line: BulkLine) -> list[str]:
    return [str(fault) for fault in line.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_names_survive_every_way_in_which_excel_saves(encoding: str) -> None:
    text = HEADING + "li.hua,李华,,,rep,\n"
    assert decode(text.encode(encoding)) == text


def test_an_excel_workbook_is_refused_with_what_to_do_instead() -> None:
    assert "Save it as CSV" in refusal(b"PK\x03\x04rest of a workbook")


def test_bytes_that_are_no_text_are_refused() -> None:
    assert "cannot be read" in refusal("login".encode("utf-16"))


def test_a_line_becomes_a_person_with_roles_and_teams() -> None:
    (line,) = read_lines(HEADING + " Li.Hua , 李华 ,a@b.cn,138,rep;Mentor,east-1；east-2\n")
    assert (line.number, line.form.login, line.form.name) == (2, "li.hua", "李华")
    assert line.form.roles == {"rep", "mentor"}
    assert line.form.teams == {"east-1", "east-2"}
    assert not line.faults


def test_columns_can_stand_in_any_order_and_some_can_be_missing() -> None:
    (line,) = read_lines("roles,login,name\nrep,li.hua,Li Hua\n")
    assert (line.form.login, line.form.name, line.form.email) == ("li.hua", "Li Hua", "")


def test_lines_copied_out_of_excel_are_separated_by_tabs() -> None:
    (line,) = read_lines("login\tname\troles\nli.hua\tLi Hua\trep\n")
    assert line.form.login == "li.hua"


def test_numbers_are_those_of_the_file_in_spite_of_empty_and_broken_lines() -> None:
    text = HEADING + "\n,,,,,\na.a,Ann,,,rep,\n" + 'b.b,"Two\nlines",,,rep,\n' + "c.c,Cleo,,,rep,\n"
    assert [(line.number, line.form.name) for line in read_lines(text)] == [
        (4, "Ann"),
        (5, "Two lines"),
        (7, "Cleo"),
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(newline: str) -> None:
    text = (HEADING + "a.a,Ann,,,rep,\nb.b,Bo,,,rep,\n").replace("\n", newline)
    assert [line.number for line in read_lines(text)] == [2, 3]


def test_an_unknown_role_is_named_with_the_known_ones() -> None:
    (line,) = read_lines(HEADING + "li.hua,Li Hua,,,boss,\n")
    assert sentences(line) == ["boss is not a role; use new_hire, rep, mentor, manager, admin."]


def test_a_phone_number_that_is_too_long_and_too_many_cells_are_faults() -> None:
    (line,) = read_lines(HEADING + f"li.hua,Li Hua,,{'1' * (PHONE_LENGTH + 1)},rep,east-1,extra\n")
    assert len(line.faults) == 2


def test_a_login_that_is_there_twice_points_to_the_earlier_line() -> None:
    first, second = read_lines(HEADING + "li.hua,Li Hua,,,rep,\nLI.HUA,Li Hua,,,rep,\n")
    assert not first.faults
    assert sentences(second) == ["li.hua is already in line 2; keep one of the two."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "nothing in it"),
        (" \n\r\n", "nothing in it"),
        (",,\n", "nothing in it"),
        (TEMPLATE, "no person below"),
        ("li.hua,Li Hua,rep\n", "login, name, roles is missing"),
        (HEADING.replace("phone", "salary") + "a,b,,,rep,\n", "no column salary"),
        ("login,name,roles,roles\na.a,Ann,rep,rep\n", "roles is there twice"),
        (HEADING + 'a.a,"Ann,,,rep,\nb.b,Bo,,,rep,\n', "From line 2"),
        (HEADING + "a.a,\0,,,rep,\n", "not a CSV file"),
        (HEADING + "a.a,Ann,,,rep,\n" * (MAX_LINES + 1), "at most 2000"),
        (HEADING + "x" * 600_000, "too large"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence(text: str, expected: str) -> None:
    assert expected in refusal(text)


def test_two_thousand_people_are_not_too_many() -> None:
    lines = read_lines(HEADING + "".join(f"p{n},P {n},,,rep,\n" for n in range(MAX_LINES)))
    assert len(lines) == MAX_LINES


def test_logins_that_have_an_account_are_skipped_and_faults_are_gathered(
    database: Database,
) -> None:
    text = HEADING + "wang.ke,Somebody,,,,\nli.hua,Li Hua,,,rep,east-1\nLi Hua,,no-address,,,moon\n"
    with database.read() as session:
        checked = check(session, read_lines(text))
    assert [line.form.login for line in checked.skipped] == ["wang.ke"]
    assert [line.form.login for line in checked.new] == ["li.hua"]
    assert [len(line.faults) for line in checked.faulty] == [5]


def test_added_people_have_roles_and_teams_and_can_sign_in_once(
    database: Database, clock: MovableClock
) -> None:
    text = HEADING + "li.hua,李华,,,rep;mentor,east-1;east-2\na.a,Ann,,,rep,\n"
    with database.read() as session:
        prepared = prepare(check(session, read_lines(text)).new)
    with database.write() as session:
        added = add_people(session, prepared, 1, clock.now())
    with database.read() as session:
        person = person_by_password(session, "li.hua", added[0].password)
        assert person is not None
        assert person.must_change_password
        assert roles_and_teams(session, [person.id or 0])[person.id or 0] == (
            ("mentor", "rep"),
            ("east-1", "east-2"),
        )
        assert added[0].password not in person.password_hash


def test_a_login_that_was_taken_after_the_check_is_left_out(
    database: Database, clock: MovableClock
) -> None:
    prepared = prepare(read_lines(HEADING + "wang.ke,Somebody,,,rep,\nli.hua,Li Hua,,,rep,\n"))
    with database.write() as session:
        added = add_people(session, prepared, 1, clock.now())
    assert [person.form.login for person in added] == ["li.hua"]


def test_nobody_is_added_when_a_team_has_gone(
    database: Database, clock: MovableClock, person: Callable[[str], Person]
) -> None:
    prepared = prepare(read_lines(HEADING + "a.a,Ann,,,rep,east-1\nb.b,Bo,,,rep,gone\n"))
    with pytest.raises(InvalidError), database.write() as session:
        add_people(session, prepared, person("sun.ning").id or 0, clock.now())
    with database.read() as session:
        assert session.exec(select(Person).where(Person.login == "a.a")).first() is None
