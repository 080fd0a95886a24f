import threading
from pathlib import Path

import numpy as np
import pytest

from indexer import packaged_model
from indexer.errors import ModelError
from indexer.model_loading import LazyEmbedder, load_embedder
from indexer.packaged_model import packaged_model_folder, verify_packaged_model
from indexer.sentence_model import SentenceEmbedder
from tests.indexer.fakes import FakeEmbedder


@pytest.fixture(scope="module")
def packaged() -> SentenceEmbedder:
    return SentenceEmbedder(threads=1)


def test_the_packaged_weights_are_the_published_ones() -> None:
    assert (verify_packaged_model() / "model.safetensors").is_file()


@pytest.mark.parametrize("content", [None, b"other weights"])
def test_missing_or_other_weights_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    if content:
        (tmp_path / "model.safetensors").write_bytes(content)
    monkeypatch.setattr(packaged_model, "packaged_model_folder", lambda: tmp_path)
    with pytest.raises(ModelError, match="model.safetensors"):
        verify_packaged_model()


def test_vectors_have_length_one_and_keep_the_order_of_texts(packaged: SentenceEmbedder) -> None:
    texts = ["price", "Your offer is too expensive for us this year.", "warehouse"]
    together = packaged.encode(texts)
    assert together.shape == (3, packaged.dimension)
    assert together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for row, text in zip(together, texts, strict=True):
        assert float(row @ packaged.encode([text])[0]) > 0.999


def test_no_texts_are_no_vectors(packaged: SentenceEmbedder) -> None:
    assert packaged.encode([]).shape == (0, packaged.dimension)


def test_the_model_tells_how_much_of_a_text_it_knows(packaged: SentenceEmbedder) -> None:
    assert packaged.known_share("the price is too high") == 1.0
    assert packaged.known_share("嫌报价高怎么办") < 0.7
    assert packaged.known_share("") == 0.0
    assert packaged.known_share("😀") == 0.0


def test_progress_is_told(packaged: SentenceEmbedder) -> None:
    seen: list[tuple[int, int]] = []
    packaged.encode(["a", "b"], lambda done, total: seen.append((done, total)))
    assert seen == [(2, 2)]


def test_the_same_model_from_its_folder_has_the_same_fingerprint(
    packaged: SentenceEmbedder,
) -> None:
    folder = SentenceEmbedder(str(packaged_model_folder()), threads=1)
    assert folder.fingerprint == packaged.fingerprint


def test_an_unknown_model_is_a_sentence_with_its_name() -> None:
    with pytest.raises(ModelError, match="no-such/model"):
        load_embedder("no-such/model")


def test_off_means_no_model() -> None:
    assert load_embedder("off") is None
    assert LazyEmbedder.from_setting("off").state == "off"


def test_a_lazy_model_tells_its_state_and_loads_once() -> None:
    release, calls = threading.Event(), []

    def load() -> FakeEmbedder:
        calls.append(1)
        release.wait(10)
        return FakeEmbedder()

    lazy = LazyEmbedder(load)
    assert (lazy.state, lazy.embedder, lazy.query_vector("贵")) == ("loading", None, None)
    lazy.start()
    lazy.start()
    assert lazy.wait(timeout=0.01) is None
    release.set()
    assert lazy.wait() is not None
    assert (lazy.state, calls) == ("ready", [1])


def test_a_failed_load_is_remembered_as_a_sentence() -> None:
    lazy = LazyEmbedder.from_setting("no-such/model")
    assert lazy.wait() is None
    assert lazy.state == "failed"
    assert "no-such/model" in str(lazy.error)


def test_the_vector_of_a_query_is_encoded_once() -> None:
    fake = FakeEmbedder()
    lazy = LazyEmbedder.ready(fake)
    first, second = lazy.query_vector("贵"), lazy.query_vector("贵")
    assert first is second
    assert fake.encoded == ["贵"]
    lazy.forget_queries()
    lazy.query_vector("贵")
    assert fake.encoded == ["贵", "贵"]
