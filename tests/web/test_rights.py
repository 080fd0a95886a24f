"""Who may use which route, walked route by route; CSRF on every form; headers on every answer."""

import re

import pytest
from flask import Flask

from kb.library.vocabulary import Role
from web.rights import PUBLIC, SIGNED_IN, UndeclaredRouteError, route_table

PEOPLE = {
    "zhou.xiaoyu": {Role.NEW_HIRE},
    "chen.liang": {Role.REP},
    "lin.yue": {Role.REP, Role.MENTOR},
    "zhao.lan": {Role.MANAGER},
    "sun.ning": {Role.ADMIN},
}
VALUES = {"lang": "zh", "slug": "price-too-high", "kind": "faq", "code": "zh", "name": "light",
          "token": "x", "step_id": "read-quote", "day": "2026-12-01", "article_id": "1", "person_id": "1", "team_id": "1", "act": "activate"}  # fmt: skip


def address(rule: str) -> str:
    return re.sub(r"<(?:[a-z]+(?:\([^)]*\))?:)?([a-z_]+)>", lambda m: VALUES.get(m[1], "1"), rule)


def test_a_route_without_a_declared_right_stops_the_start(app: Flask):
    bare = Flask("bare")
    bare.add_url_rule("/open", "open", lambda: "x")
    with pytest.raises(UndeclaredRouteError, match="/open"):
        route_table(bare)


@pytest.mark.parametrize("login", PEOPLE)
def test_every_route_lets_in_exactly_the_declared_roles(app, client_as, login):
    client = client_as(login)
    checked = 0
    for route in route_table(app):
        if route.endpoint in ("account.sign_out", "account.do_sign_in") or route.endpoint.endswith(
            "static"
        ):
            continue
        for method in route.methods:
            answer = client.open(address(route.rule), method=method)
            allowed = route.allows(frozenset(PEOPLE[login]))
            own_refusal = route.endpoint in (
                "editor.create",
                "editor.edit",
                "editor.save",
                "editor.restore",
                "editor.autosave",
                "editor.discard",
                "learn.finish",  # of one's own path only
                "learn.evidence",
                "learn.sign_step",
            )
            if not allowed:
                assert answer.status_code == 403, (route.rule, method, answer.status_code)
            elif not own_refusal:
                assert answer.status_code != 403, (route.rule, method)
            assert answer.status_code < 500 or route.endpoint == "home.readyz", (
                route.rule,
                method,
                answer.text,
            )
            checked += 1
    assert checked > 30


def test_somebody_who_is_not_signed_in_gets_nowhere_but_the_public_pages(app):
    client = app.test_client()
    for route in route_table(app):
        if route.right == PUBLIC:
            continue
        for method in route.methods:
            answer = client.open(address(route.rule), method=method)
            assert answer.status_code in (302, 401), (route.rule, method)
            if answer.status_code == 302:
                assert answer.location.startswith("/sign-in")


def test_a_person_with_a_temporary_password_gets_no_further_than_changing_it(
    app, client_as, database, person
):
    client = client_as("zhao.lan")
    with database.write() as db:
        row = db.merge(person("zhao.lan"))
        row.must_change_password = True
        db.add(row)
    for route in route_table(app):
        if route.right in (PUBLIC, SIGNED_IN):
            continue
        for method in route.methods:
            answer = client.open(address(route.rule), method=method)
            assert answer.status_code in (302, 403), (route.rule, method)
            if answer.status_code == 302:
                assert answer.location == "/account/password"


def test_every_writing_route_refuses_a_request_without_a_csrf_token(app, client_as):
    app.config["WTF_CSRF_ENABLED"] = True
    client = client_as("sun.ning")
    posts = [r for r in route_table(app) if "POST" in r.methods]
    assert len(posts) > 15
    for route in posts:
        answer = client.post(address(route.rule), data={"csrf_token": "foreign"})
        assert answer.status_code == 400, route.rule
        assert "open for too long" in answer.text.replace("\\u", "")


def test_every_answer_carries_the_wall(client_as):
    client = client_as("chen.liang")
    for path in ("/", "/api/search?q=报价", "/nowhere", "/static/css/tokens.css"):
        with client.get(path) as answer:
            headers = answer.headers
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"


def test_too_large_a_body_is_refused_with_a_sentence(client_as):
    answer = client_as("chen.liang").post("/ask", data={"text": "x" * 3_000_000})
    assert answer.status_code == 413
    assert "too large" in answer.text
