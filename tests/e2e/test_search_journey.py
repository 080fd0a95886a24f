"""What people type, into the shipped library with the shipped model, in a real browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from indexer.builder import IndexBuilder
from indexer.engine import HybridEngine
from indexer.model_loading import LazyEmbedder
from kb.db import Database
from kb.library.content_folder import read_content
from kb.library.content_transfer import import_content
from kb.library.index_feed import published_documents
from kb.search.team_words import team_words
from kb.settings import Settings
from tests.fakes import MovableClock
from tests.shipped import RememberingEmbedder
from web.app import Services, create_app

CONTENT = Path(__file__).parents[2] / "content"


@pytest.fixture(scope="session")
def shipped_data(
    templates: dict[str, Path],
    shipped_model: RememberingEmbedder,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A data folder with people, the shipped library and its index."""
    folder = tmp_path_factory.mktemp("shipped") / "data"
    shutil.copytree(templates["people"], folder)
    database = Database(f"sqlite:///{folder / 'shifu.db'}")
    with database.write() as session:
        import_content(session, read_content(CONTENT), MovableClock().now())
    with database.read() as session:
        documents, words = published_documents(session), team_words(session)
    IndexBuilder(folder / "index", shipped_model).rebuild(documents, words=words)
    database.close()
    return folder


@pytest.fixture
def database(shipped_data: Path, settings: Settings) -> Iterator[Database]:
    shutil.copytree(shipped_data, settings.data_dir)
    database = Database(settings.sqlalchemy_url)
    yield database
    database.close()


@pytest.fixture
def app(
    settings: Settings, database: Database, clock: MovableClock, shipped_model: RememberingEmbedder
) -> Flask:
    engine = HybridEngine(settings.index_dir, LazyEmbedder.ready(shipped_model))
    return create_app(Services(settings, database, engine, clock))


@pytest.mark.parametrize(
    ("typed", "card"),
    [
        ("预算卡得很紧", "没预算"),
        ("老板不点头", "老板没同意"),
        ("贵", "嫌报价高"),
        ("taiguile", "嫌报价高"),
        ("jgyy", "嫌报价高"),
        ("報價太高", "嫌报价高"),
        ("price objection", "嫌报价高"),
    ],
)
def test_the_right_chinese_card_comes_first(open_as, site, typed: str, card: str) -> None:
    page = open_as("chen.liang")
    page.goto(f"{site.url}/search")
    page.locator("#q").fill(typed)
    page.keyboard.press("Enter")
    first = page.locator(".result h2").first
    expect(first).to_have_text(card)


@pytest.mark.parametrize(
    ("typed", "chip"),
    [("taiguile", "拼音"), ("報價太高", "繁体字"), ("太贵了", "客户原话")],
)
def test_a_result_says_how_it_was_found(open_as, site, typed: str, chip: str) -> None:
    page = open_as("chen.liang")
    page.goto(f"{site.url}/search?q={typed}")
    expect(page.locator(".result").first.locator(".why", has_text=chip)).to_be_visible()
