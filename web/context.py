"""What a request can reach: the services of the application, and who is asking."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from flask import current_app, g, session
from sqlmodel import Session

from kb.accounts.sign_in import reader_of_token
from kb.db import Database
from kb.permissions import Reader
from kb.ports import Clock, NoSimilarity, SearchEngine, Similarity
from kb.settings import Settings

_KEY = "shifu"


@dataclass(frozen=True)
class Services:
    """Everything that is wired once, in ``web/app.py``."""

    settings: Settings
    database: Database
    engine: SearchEngine
    clock: Clock
    similarity: Similarity = field(default_factory=NoSimilarity)


def services() -> Services:
    """The services of the running application."""
    return cast(Services, current_app.extensions[_KEY])


def now() -> datetime:
    """The present by the application's clock."""
    return services().clock.now()


def reading() -> Session:
    """The request's read session; it is closed when the request ends."""
    if "read_session" not in g:
        manager = services().database.read()
        g.read_session = manager.__enter__()
        g.read_manager = manager
    return cast(Session, g.read_session)


@contextmanager
def writing() -> Iterator[Session]:
    """A write session; commits at the end of the block."""
    close_reading()  # so that what is read next is not older than what was written
    with services().database.write() as write_session:
        yield write_session


def close_reading(_error: BaseException | None = None) -> None:
    """End the request's read session, if it began."""
    manager = g.pop("read_manager", None)
    g.pop("read_session", None)
    if manager:
        manager.__exit__(None, None, None)


def current_reader() -> Reader | None:
    """Who is asking, or None for somebody who is not signed in."""
    if "reader" not in g:
        token = session.get("token")
        g.reader = reader_of_token(reading(), token, now()) if token else None
    return cast("Reader | None", g.reader)


def reader() -> Reader:
    """Who is asking; only for views that are not public."""
    return cast(Reader, current_reader())


def small_int(text: str) -> int:
    """A number from a form or an address; beyond what a database column holds is a ValueError."""
    number = int(text)
    if not 0 <= number < 2**31:
        raise ValueError(text)
    return number
