"""The list of people, new ones, changes, shutting out and letting in, reset links."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb import audit
from kb.accounts.models import Person
from kb.accounts.sign_in import person_by_password
from kb.db import Database

ClientAs = Callable[[str], FlaskClient]
PersonOf = Callable[[str], Person]
LI_HUA = {
    "login": "Li.Hua",
    "name": "李华",
    "email": "",
    "phone": "138",
    "roles": ["rep", "mentor"],
    "teams": ["east-1"],
}
CHEN = {"login": "chen.liang", "name": "陈亮", "roles": ["rep"], "teams": ["east-1"]}


@pytest.fixture
def admin(client_as: ClientAs) -> FlaskClient:
    return client_as("sun.ning")


def page_of(person: Person) -> str:
    return f"/admin/people/{person.id}"


def temporary_password(html: str) -> str:
    match = re.search(r"<code>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</code>", html)
    assert match
    return match[1]


def test_the_room_begins_with_the_list_of_people(admin: FlaskClient) -> None:
    answer = admin.get("/admin/", follow_redirects=True)
    assert answer.request.path == "/admin/people"
    assert "周晓雨" in answer.text
    assert "华东一组" in answer.text
    assert "Administrator" in answer.text


@pytest.mark.parametrize("login", ["chen.liang", "lin.yue", "zhao.lan"])
def test_only_administrators_get_in(client_as: ClientAs, login: str) -> None:
    for path in (
        "/admin/people",
        "/admin/teams",
        "/admin/import",
        "/admin/audit",
        "/admin/people/1",
    ):
        assert client_as(login).get(path).status_code == 403
    assert client_as(login).post("/admin/people/new", data=LI_HUA).status_code == 403


@pytest.mark.parametrize("words", ["wang.ke", "王珂", "大客户", "key-accounts rep"])
def test_words_filter_the_list(admin: FlaskClient, words: str) -> None:
    html = admin.get("/admin/people", query_string={"q": words}).text
    assert "王珂" in html
    assert "何子轩" not in html


def test_a_filter_that_fits_nobody_leads_back_to_everyone(admin: FlaskClient) -> None:
    assert "Nobody fits these words." in admin.get("/admin/people?q=nobody").text


@pytest.mark.parametrize("number", ["-3", "0", "99", "x"])
def test_a_page_number_that_does_not_exist_shows_one_that_does(
    admin: FlaskClient, number: str
) -> None:
    assert "周晓雨" in admin.get(f"/admin/people?page={number}").text


def test_a_new_person_gets_a_temporary_password_that_is_shown_once(
    admin: FlaskClient, database: Database, person: PersonOf
) -> None:
    answer = admin.post("/admin/people/new", data=LI_HUA)
    assert answer.status_code == 200
    password = temporary_password(answer.text)
    with database.read() as session:
        assert person_by_password(session, "li.hua", password)
        entries = audit.read(session, action="create_person", login="sun.ning").lines
    assert password not in str(entries)
    assert password not in str(answer.headers)
    assert password not in admin.get(page_of(person("li.hua"))).text


def test_a_form_with_faults_keeps_what_was_typed(admin: FlaskClient) -> None:
    answer = admin.post(
        "/admin/people/new", data={**LI_HUA, "login": "wang.ke", "email": "nowhere"}
    )
    assert answer.status_code == 422
    assert "wang.ke is taken" in answer.text
    assert "not an e-mail address" in answer.text
    assert 'value="李华"' in answer.text
    assert re.search(r'value="mentor" checked', answer.text)


def test_a_new_person_needs_a_role_of_the_list(admin: FlaskClient) -> None:
    answer = admin.post("/admin/people/new", data={**LI_HUA, "roles": ["emperor"]})
    assert answer.status_code == 422
    assert "Choose at least one role." in answer.text


def test_a_change_is_saved_and_a_change_of_roles_signs_the_person_out(
    admin: FlaskClient, client_as: ClientAs, person: PersonOf
) -> None:
    chen = client_as("chen.liang")
    assert chen.get("/account/password").status_code == 200
    answer = admin.post(
        page_of(person("chen.liang")), data={**CHEN, "name": "陈大亮", "roles": ["mentor"]}
    )
    assert answer.status_code == 302
    assert person("chen.liang").name == "陈大亮"
    assert chen.get("/account/password").status_code == 302


def test_a_faulty_change_saves_nothing(admin: FlaskClient, person: PersonOf) -> None:
    answer = admin.post(page_of(person("chen.liang")), data={**CHEN, "name": ""})
    assert answer.status_code == 422
    assert person("chen.liang").name == "陈亮"


def test_the_last_admin_cannot_give_the_role_away(admin: FlaskClient, person: PersonOf) -> None:
    data = {"login": "sun.ning", "name": "孙小宁", "roles": ["rep"], "teams": ["sales-ops"]}
    answer = admin.post(page_of(person("sun.ning")), data=data)
    assert answer.status_code == 409
    assert "last active administrator" in answer.text
    assert 'value="孙小宁"' in answer.text
    assert person("sun.ning").name == "孙宁"
    assert admin.get("/admin/people").status_code == 200


def test_the_last_admin_cannot_be_deactivated(admin: FlaskClient, person: PersonOf) -> None:
    answer = admin.post(f"{page_of(person('sun.ning'))}/deactivate")
    assert answer.status_code == 409
    assert "last active administrator" in answer.text
    assert person("sun.ning").active


def test_a_deactivated_person_is_out_at_once_and_can_be_let_in_again(
    admin: FlaskClient, client_as: ClientAs, person: PersonOf
) -> None:
    chen, page = client_as("chen.liang"), page_of(person("chen.liang"))
    answer = admin.post(f"{page}/deactivate", follow_redirects=True)
    assert "Activate this account" in answer.text
    assert chen.get("/account/password").status_code == 302
    assert "Deactivate this account" in admin.post(f"{page}/activate", follow_redirects=True).text
    assert person("chen.liang").active


def test_a_reset_link_is_absolute_shown_once_and_opens(
    admin: FlaskClient, app: Flask, person: PersonOf
) -> None:
    page = page_of(person("chen.liang"))
    answer = admin.post(f"{page}/reset-link")
    link = re.search(r'value="(http://localhost/reset/[^"]+)"', answer.text)
    assert link
    assert app.test_client().get(unescape(link[1])).status_code == 200
    assert link[1] not in str(answer.headers)
    assert link[1] not in admin.get(page).text


def test_a_reset_link_names_the_public_address(
    admin: FlaskClient, app: Flask, person: PersonOf
) -> None:
    app.extensions["shifu"].settings.base_url = "https://shifu.example.com"
    answer = admin.post(f"{page_of(person('chen.liang'))}/reset-link")
    assert "https://shifu.example.com/reset/" in answer.text


def test_somebody_who_does_not_exist_is_not_found(admin: FlaskClient) -> None:
    for answer in (
        admin.get("/admin/people/9999"),
        admin.get("/admin/people/99999999999999999999"),
        admin.post("/admin/people/9999", data=CHEN),
        admin.post("/admin/people/9999/deactivate"),
        admin.post("/admin/people/9999/reset-link"),
    ):
        assert answer.status_code == 404
