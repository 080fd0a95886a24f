"""The test site: a real database and index in a folder of its own, and the demo's people.

Chen Liang is a rep in east-1, Wang Ke a rep in key-accounts, Lin Yue a mentor and rep in east-1,
Zhao Lan a manager, Sun Ning an administrator, Zhou Xiaoyu a new hire.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from indexer.builder import IndexBuilder
from indexer.engine import HybridEngine
from indexer.model_loading import LazyEmbedder
from indexer.similarity import ModelSimilarity
from kb import migrations
from kb.accounts.demo import add_demo_people
from kb.accounts.models import Person
from kb.accounts.sign_in import open_session, reader_of
from kb.db import Database
from kb.library.content_folder import read_content
from kb.library.content_transfer import import_content, import_files
from kb.library.index_feed import published_documents
from kb.permissions import Reader
from kb.settings import Settings
from tests.fakes import FakeEmbedder, MovableClock
from tests.shipped import RememberingEmbedder
from web.app import Services, create_app

SAMPLE = Path(__file__).parent / "sample"  # a small library with every kind
SHIPPED = Path(__file__).parent.parent / "content"


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Data folders made once and copied for each test: with people only, and with the library."""
    now = MovableClock().now()
    people = tmp_path_factory.mktemp("people") / "data"
    people.mkdir()
    database = Database(f"sqlite:///{people / 'shifu.db'}")
    migrations.upgrade(database.engine)
    with database.write() as session:
        add_demo_people(session, now)
        for person in session.exec(select(Person)):
            person.must_change_password = False
            session.add(person)
    database.close()
    full = tmp_path_factory.mktemp("full") / "data"
    shutil.copytree(people, full)
    database = Database(f"sqlite:///{full / 'shifu.db'}")
    with database.write() as session:
        import_content(session, read_content(SAMPLE), now)
    import_files(SAMPLE, full / "uploads")
    with database.read() as session:
        IndexBuilder(full / "index", FakeEmbedder()).rebuild(published_documents(session))
    database.close()
    return {"people": people, "full": full}


@pytest.fixture(scope="session")
def shipped_model() -> RememberingEmbedder:
    """The model that is shipped; only for tests that are about it."""
    return RememberingEmbedder()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", content_dir=SAMPLE, model="off", _env_file=None)


@pytest.fixture
def database(
    settings: Settings, templates: dict[str, Path], request: pytest.FixtureRequest
) -> Iterator[Database]:
    """A migrated database with the demo's people; empty of articles unless ``library`` is asked."""
    kind = "full" if "library" in request.fixturenames else "people"
    shutil.copytree(templates[kind], settings.data_dir)
    database = Database(settings.sqlalchemy_url)
    yield database
    database.close()


@pytest.fixture
def library(database: Database) -> Database:
    """The database with the sample library in it."""
    return database


@dataclass
class Index:
    """A built index, how to bring it up to date, and the embedder that counts."""

    builder: IndexBuilder
    embedder: FakeEmbedder
    engine: HybridEngine


@pytest.fixture
def index(library: Database, settings: Settings) -> Index:
    embedder = FakeEmbedder(unknown="qz")  # so that a nonsense word is one the model does not know
    lazy = LazyEmbedder.ready(embedder)
    builder = IndexBuilder(settings.index_dir, embedder)
    return Index(builder, embedder, HybridEngine(settings.index_dir, lazy))


@pytest.fixture
def app(settings: Settings, index: Index, library: Database, clock: MovableClock) -> Flask:
    similarity = ModelSimilarity(LazyEmbedder.ready(index.embedder))
    app = create_app(Services(settings, library, index.engine, clock, similarity))
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def person(database: Database) -> Callable[[str], Person]:
    def by_login(login: str) -> Person:
        with database.read() as session:
            return session.exec(select(Person).where(Person.login == login)).one()

    return by_login


@pytest.fixture
def reader(database: Database, person: Callable[[str], Person]) -> Callable[[str], Reader]:
    def by_login(login: str) -> Reader:
        with database.read() as session:
            found = reader_of(session, person(login).id or 0)
        assert found
        return found

    return by_login


@pytest.fixture
def client_as(
    app: Flask, database: Database, clock: MovableClock, person: Callable[[str], Person]
) -> Callable[[str], FlaskClient]:
    """Signs a person in without the form and gives their browser; English pages."""

    def signed_in(login: str) -> FlaskClient:
        client = app.test_client()
        with database.write() as session:
            token = open_session(session, person(login), clock.now(), 14).token
        with client.session_transaction() as cookie:
            cookie.update(token=token, lang="en")
        return client

    return signed_in
