"""Signing in: sessions live on the server, guessing is slowed, links work once."""

import re

import pytest

from kb.accounts.people import make_reset_link, reset_to_temporary, set_active


@pytest.fixture
def password(database, clock, person):
    with database.write() as db:
        row = db.merge(person("chen.liang"))
        temporary = reset_to_temporary(db, row, None, clock.now())
        row.must_change_password = False
        db.add(row)
    return temporary


@pytest.fixture
def client(app):
    client = app.test_client()
    client.post("/language/en")
    return client


def sign_in(client, password, login="chen.liang", **extra):
    return client.post("/sign-in", data={"login": login, "password": password, **extra})


def test_a_right_password_leads_to_where_one_wanted_to_go(client, password):
    assert sign_in(client, password, next="/library?kind=faq").location == "/library?kind=faq"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "/\nx"]
)
def test_one_is_never_sent_to_another_site(client, password, target):
    assert sign_in(client, password, next=target).location == "/"


def test_a_wrong_password_says_no_more_than_that(client, password):
    wrong, unknown = sign_in(client, "nope"), sign_in(client, "nope", login="nobody")
    assert wrong.status_code == unknown.status_code == 401
    assert "do not match" in wrong.text
    assert "do not match" in unknown.text
    assert 'value="chen.liang"' in wrong.text


def test_guessing_is_held_back_even_with_the_right_password_until_time_has_passed(
    client, password, clock
):
    for _ in range(6):
        sign_in(client, "wrong")
    held = sign_in(client, password)
    assert held.status_code == 429
    assert "Wait 15 minutes" in held.text
    clock.move(minutes=16)
    assert sign_in(client, password).status_code == 302


def test_a_copied_cookie_is_dead_after_signing_out(app, client, password):
    sign_in(client, password)
    copied = client.get_cookie("shifu").value
    client.post("/sign-out")
    thief = app.test_client()
    thief.set_cookie("shifu", copied)
    assert thief.get("/").status_code == 302


def test_the_session_id_changes_at_every_sign_in(client, password):
    sign_in(client, password)
    first = client.get_cookie("shifu").value
    client.post("/sign-out")
    sign_in(client, password)
    assert client.get_cookie("shifu").value != first


def test_a_new_password_signs_other_devices_out_and_this_one_stays(app, client, password):
    other = app.test_client()
    sign_in(client, password)
    sign_in(other, password)
    form = {
        "current": password,
        "password": "four plain words here",
        "again": "four plain words here",
    }
    assert client.post("/account/password", data=form).location == "/"
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 302


@pytest.mark.parametrize(
    ("new", "again", "sentence"),
    [
        ("short", "short", "at least 10 characters"),
        ("four plain words", "four plain wordz", "differ"),
        ("chen.liang2026", "chen.liang2026", "login name"),
        ("aaaaaaaaaaaa", "aaaaaaaaaaaa", "five different"),
        ("x" * 201, "x" * 201, "at most 200"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(client, password, new, again, sentence):
    sign_in(client, password)
    answer = client.post(
        "/account/password", data={"current": password, "password": new, "again": again}
    )
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_deactivated_person_is_out_at_once(client, password, database, clock, person):
    sign_in(client, password)
    with database.write() as db:
        set_active(db, person("chen.liang").id, False, person("sun.ning").id, clock.now())
    assert client.get("/").status_code == 302
    assert sign_in(client, password).status_code == 401


def test_a_session_ends_by_itself(client, password, clock):
    sign_in(client, password)
    clock.move(days=15)
    assert client.get("/").status_code == 302


def test_a_reset_link_works_once_and_only_for_two_days(app, client, database, clock, person):
    def link() -> str:
        with database.write() as db:
            return make_reset_link(db, person("chen.liang").id, None, clock.now())

    form = {"password": "four plain words here", "again": "four plain words here"}
    token = link()
    assert "陈亮" in client.get(f"/reset/{token}").text
    assert client.post(f"/reset/{token}", data=form).status_code == 302
    assert client.get("/").status_code == 200
    again = client.post(f"/reset/{token}", data=form)
    assert again.status_code == 410
    assert "used already" in again.text
    late = link()
    clock.move(hours=49)
    assert client.get(f"/reset/{late}").status_code == 410


def test_cookies_do_not_travel_over_plain_http_when_the_site_has_https(
    library, index, settings, clock
):
    from web.app import Services, create_app

    secure = settings.model_copy(update={"base_url": "https://shifu.example.com"})
    client = create_app(Services(secure, library, index.engine, clock)).test_client()
    answer = client.get("/sign-in", base_url="https://shifu.example.com")
    cookie = answer.headers["Set-Cookie"]
    assert re.search(r"Secure.*HttpOnly|HttpOnly.*Secure", cookie)
    assert "SameSite=Lax" in cookie
