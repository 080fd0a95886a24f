"""An index in a folder of its own, made once per test."""

from pathlib import Path

import pytest

from indexer.builder import IndexBuilder
from indexer.engine import HybridEngine
from indexer.model_loading import LazyEmbedder
from tests.indexer.fakes import FakeEmbedder, library


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
def builder(folder: Path, embedder: FakeEmbedder) -> IndexBuilder:
    """A builder that has indexed the four articles of ``library``."""
    made = IndexBuilder(folder, embedder)
    made.rebuild(library())
    return made


@pytest.fixture
def engine(builder: IndexBuilder, embedder: FakeEmbedder) -> HybridEngine:
    """An engine over them, its model ready."""
    return HybridEngine(builder.folder, LazyEmbedder.ready(embedder))
