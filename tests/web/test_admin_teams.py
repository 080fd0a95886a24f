"""Teams: counts, new ones, other names."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from kb.accounts.models import Person
from kb.accounts.people import list_teams
from kb.db import Database


@pytest.fixture
def admin(client_as: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_as("sun.ning")


def names(database: Database) -> dict[str, str]:
    with database.read() as session:
        return {team.code: team.name for team in list_teams(session)}


def count_in(html: str, code: str) -> int:
    match = re.search(rf"<code>{code}</code>.*?<span class=\"num\">(\d+)</span>", html, re.DOTALL)
    assert match
    return int(match[1])


def test_the_list_counts_active_members(
    admin: FlaskClient, person: Callable[[str], Person]
) -> None:
    before = count_in(admin.get("/admin/teams").text, "east-1")
    admin.post(f"/admin/people/{person('chen.liang').id}/deactivate")
    assert before == 4
    assert count_in(admin.get("/admin/teams").text, "east-1") == 3


def test_a_new_team_is_added(admin: FlaskClient, database: Database) -> None:
    assert (
        admin.post("/admin/teams", data={"code": "South-1", "name": "华南一组"}).status_code == 302
    )
    assert names(database)["south-1"] == "华南一组"


def test_a_code_that_is_taken_does_not_rename_the_other_team(
    admin: FlaskClient, database: Database
) -> None:
    answer = admin.post("/admin/teams", data={"code": "east-1", "name": "Another"})
    assert answer.status_code == 422
    assert "east-1 is taken" in answer.text
    assert 'value="Another"' in answer.text
    assert names(database)["east-1"] == "华东一组"


@pytest.mark.parametrize(("code", "name"), [("华南", "华南一组"), ("", "X"), ("south", "")])
def test_a_faulty_team_is_refused_and_kept_on_the_page(
    admin: FlaskClient, database: Database, code: str, name: str
) -> None:
    before = names(database)
    answer = admin.post("/admin/teams", data={"code": code, "name": name})
    assert answer.status_code == 422
    assert 'class="fault"' in answer.text
    assert names(database) == before


def test_a_team_is_renamed_and_shows_its_members(admin: FlaskClient, database: Database) -> None:
    assert "陈亮" in admin.get("/admin/teams/east-1").text
    assert admin.post("/admin/teams/east-1", data={"name": "华东甲组"}).status_code == 302
    assert names(database)["east-1"] == "华东甲组"


def test_an_empty_name_is_refused(admin: FlaskClient) -> None:
    assert admin.post("/admin/teams/east-1", data={"name": " "}).status_code == 422


def test_a_team_that_does_not_exist_is_not_found_and_not_made(
    admin: FlaskClient, database: Database
) -> None:
    assert admin.get("/admin/teams/moon").status_code == 404
    assert admin.post("/admin/teams/moon", data={"name": "Moon"}).status_code == 404
    assert "moon" not in names(database)
