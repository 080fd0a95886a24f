"""The import of people: template, preview without writing, then everybody at once."""

import io
import re
from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlmodel import col, func, select
from werkzeug.test import TestResponse, encode_multipart

from kb.accounts.models import Person
from kb.accounts.sign_in import person_by_password
from kb.db import Database

TEXT = (
    "login,name,email,phone,roles,teams\r\n"
    "li.hua,李华,li.hua@example.com,138,rep;mentor,east-1\r\n"
    "wang.ke,王珂,,,rep,\r\n"
    "no.role,Nobody,,,,\r\n"
    "an.na,<b>Anna</b>,,,new_hire,east-1;east-2\r\n"
)


@pytest.fixture
def admin(client_as: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_as("sun.ning")


def people_in(database: Database) -> int:
    with database.read() as session:
        return session.exec(select(func.count(col(Person.id)))).one()


def carried_text(html: str) -> str:
    """The text that the confirming form sends, as a browser reads it: without the first newline."""
    match = re.search(r'<textarea name="text" hidden[^>]*>\n(.*?)</textarea>', html, re.DOTALL)
    assert match
    return unescape(match[1])


def send_as_the_page_does(admin: FlaskClient, path: str, text: str) -> TestResponse:
    boundary, body = encode_multipart({"text": text})
    return admin.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def test_the_template_names_the_columns_and_opens_in_excel(admin: FlaskClient) -> None:
    answer = admin.get("/admin/import/template.csv")
    assert answer.data == "\ufefflogin,name,email,phone,roles,teams\r\n".encode()
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_the_preview_tells_new_faulty_and_skipped_people_and_writes_nothing(
    admin: FlaskClient, database: Database
) -> None:
    before = people_in(database)
    html = admin.post("/admin/import/preview", data={"text": TEXT}).text
    assert "New: 2 · with faults: 1 · skipped: 1" in html
    assert re.search(
        r'<span class="num">4</span>.*?no\.role.*?Choose at least one role', html, re.DOTALL
    )
    assert "Line 3: wang.ke" in html
    assert "&lt;b&gt;Anna" in html
    assert people_in(database) == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_from_excel_is_read(admin: FlaskClient, encoding: str) -> None:
    file = (io.BytesIO(TEXT.encode(encoding)), "people.csv")
    html = admin.post("/admin/import/preview", data={"file": file, "text": ""}).text
    assert "李华" in html
    assert carried_text(html) == TEXT


def test_confirming_adds_everybody_valid_and_shows_the_passwords(
    admin: FlaskClient, database: Database
) -> None:
    before = people_in(database)
    text = carried_text(admin.post("/admin/import/preview", data={"text": TEXT}).text)
    answer = admin.post("/admin/import", data={"text": text})
    assert people_in(database) == before + 2
    passwords = re.findall(r"<code>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</code>", answer.text)
    with database.read() as session:
        assert person_by_password(session, "li.hua", passwords[0])
        assert person_by_password(session, "an.na", passwords[1])
    assert not any(password in str(answer.headers) for password in passwords)
    assert "no.role" in answer.text


def test_confirming_twice_adds_nobody_twice(admin: FlaskClient, database: Database) -> None:
    admin.post("/admin/import", data={"text": TEXT})
    after = people_in(database)
    answer = admin.post("/admin/import", data={"text": TEXT})
    assert answer.status_code == 200
    assert "0 people are added" in answer.text
    assert people_in(database) == after


def test_a_file_that_cannot_be_used_leaves_the_pasted_lines_on_the_page(admin: FlaskClient) -> None:
    answer = admin.post("/admin/import/preview", data={"text": "li.hua,Li Hua\nan.na,Anna"})
    assert answer.status_code == 422
    assert "The first line must name the columns" in answer.text
    assert "li.hua,Li Hua" in answer.text


def test_a_workbook_is_refused_with_what_to_do(admin: FlaskClient) -> None:
    answer = admin.post(
        "/admin/import/preview", data={"file": (io.BytesIO(b"PK\x03\x04"), "people.xlsx")}
    )
    assert answer.status_code == 422
    assert "Save it as CSV" in answer.text


def test_nothing_at_all_is_asked_for_again(admin: FlaskClient) -> None:
    assert admin.post("/admin/import/preview", data={}).status_code == 422
    assert admin.post("/admin/import", data={}).status_code == 422


def test_the_largest_file_passes_through_both_forms(admin: FlaskClient, database: Database) -> None:
    before = people_in(database)
    name = "长" * 230  # too long, so that nobody has to wait for so many passwords
    text = TEXT + "".join(f"p{n},{name},,,rep,\r\n" for n in range(1_990))
    html = send_as_the_page_does(admin, "/admin/import/preview", text).text
    answer = send_as_the_page_does(admin, "/admin/import", carried_text(html))
    assert answer.status_code == 200
    assert people_in(database) == before + 2
