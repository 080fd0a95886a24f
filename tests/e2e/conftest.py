"""A real site and a real browser. Chromium is Debian's; without it these tests are skipped,
or fail where SHIFU_E2E=required says that it must be there."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from werkzeug.serving import make_server

CHROMIUM = shutil.which("chromium")
SLOWEST_MS = 20_000  # how long a page may take on a machine that is busy with something else
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    if CHROMIUM is None:
        if os.environ.get("SHIFU_E2E") == "required":
            pytest.fail("chromium is not installed, and SHIFU_E2E=required")
        pytest.skip("chromium is not installed")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=SLOWEST_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Site:
    """A running site."""

    url: str


def _whole(app: Flask) -> Callable[..., list[bytes]]:
    """The application with each answer read and closed before it is sent.

    Werkzeug's server leaves a file open where the browser drops the connection.
    """

    def answer(environ, start_response):
        body = app(environ, start_response)
        try:
            return [b"".join(body)]
        finally:
            body.close()

    return answer


@pytest.fixture
def site(app: Flask) -> Iterator[Site]:
    app.config["WTF_CSRF_ENABLED"] = True
    server = make_server("127.0.0.1", 0, _whole(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_as(chromium, app, site, database, clock, person) -> Iterator[Callable[..., object]]:
    """Opens a page in a fresh browser profile, signed in as somebody."""
    from kb.accounts.sign_in import open_session

    contexts = []

    def opened(login: str, width: int = 1280, lang: str = "zh", dark: bool = False):
        context = chromium.new_context(
            viewport={"width": width, "height": 800 if width > 500 else 740},
            locale="zh-CN" if lang == "zh" else "en-GB",
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
        if login:
            context.add_cookies(
                [{"name": "shifu", "value": cookie_of(login, lang), "url": site.url}]
            )
        return context.new_page()

    def cookie_of(login: str, lang: str) -> str:
        from flask.sessions import SecureCookieSessionInterface

        with database.write() as db:
            token = open_session(db, person(login), clock.now(), 14).token
        serializer = SecureCookieSessionInterface().get_signing_serializer(app)
        return serializer.dumps({"token": token, "lang": lang, "_permanent": True})

    yield opened
    for context in contexts:
        context.close()
