"""The audit log: newest first, filtered, page by page."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from kb import audit
from kb.accounts.models import Person
from kb.db import Database
from tests.fakes import MovableClock


@pytest.fixture
def admin(client_as: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_as("sun.ning")


@pytest.fixture
def long_log(database: Database, clock: MovableClock, person: Callable[[str], Person]) -> None:
    by = person("wang.ke").id
    with database.write() as session:
        for n in range(120):
            audit.record(
                session,
                clock.now(),
                by,
                "probe",
                f"thing:{n}",
                title="<i>标题</i>",
                tags=["a", "b"],
            )


def subjects(html: str) -> list[str]:
    return re.findall(r"thing:\d+", html)


@pytest.mark.usefixtures("long_log")
def test_the_newest_entry_stands_first_and_older_ones_follow_page_by_page(
    admin: FlaskClient,
) -> None:
    seen: list[str] = []
    path = "/admin/audit?action=probe"
    while path:
        html = admin.get(path).text
        seen += subjects(html)
        older = re.search(r'rel="next" href="([^"]+)"', html)
        path = older[1].replace("&amp;", "&") if older else ""
    assert seen == [f"thing:{n}" for n in reversed(range(120))]


@pytest.mark.usefixtures("long_log")
def test_the_log_is_filtered_by_action_and_person(admin: FlaskClient) -> None:
    assert "王珂" in admin.get("/admin/audit?person=wang.ke").text
    assert not subjects(admin.get("/admin/audit?person=sun.ning").text)
    assert not subjects(admin.get("/admin/audit?action=sign_in").text)
    assert "No entry fits." in admin.get("/admin/audit?action=probe&person=nobody").text


@pytest.mark.usefixtures("long_log")
def test_details_are_readable_and_harmless(admin: FlaskClient) -> None:
    html = admin.get("/admin/audit?action=probe").text
    assert "title: &lt;i&gt;标题&lt;/i&gt;; tags: a, b" in html


def test_what_nobody_did_by_hand_is_done_by_the_system(admin: FlaskClient) -> None:
    html = admin.get("/admin/audit?action=import_content").text
    assert "the system" in html
    assert "Imported the library" in html


@pytest.mark.parametrize(
    "query", ["before=x", "before=-1", "before=99999999999999999999", "action=%00"]
)
def test_an_odd_address_breaks_nothing(admin: FlaskClient, query: str) -> None:
    assert admin.get(f"/admin/audit?{query}").status_code == 200
