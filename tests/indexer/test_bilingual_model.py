"""The shipped model itself: parity, licence and size, and what damage does."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from indexer.bilingual_model import SHIPPED_FOLDER, WEIGHTS, BilingualEmbedder
from indexer.errors import ModelError
from indexer.model_loading import LazyEmbedder, load_embedder
from indexer.sentence_model import SentenceEmbedder
from kb.settings import SHIPPED_MODEL
from tests.shipped import RememberingEmbedder

ENGLISH = ["price objection", "Your offer is too expensive for us this year.", "warehouse " * 300]
CHINESE = ["贵", "老板不点头", "CRM 里要记什么？", "客户说今年没有预算，等明年再谈。" * 20]


def test_english_gets_the_vectors_of_the_published_model(
    shipped_model: RememberingEmbedder,
) -> None:
    published = SentenceEmbedder(threads=1).encode(ENGLISH)
    assert ((shipped_model.encode(ENGLISH) * published).sum(axis=1) > 0.9999).all()


def test_onnx_gives_the_vectors_that_torch_gives(shipped_model: RememberingEmbedder) -> None:
    from indexer.training.reading import student_of

    student, tokenizer = student_of(SHIPPED_FOLDER)
    from indexer.training.lessons import encode

    by_torch = encode(student, [tokenizer.tokens(text) for text in CHINESE])
    assert ((shipped_model.encode(CHINESE) * by_torch).sum(axis=1) > 0.999).all()


def test_a_vector_does_not_depend_on_the_texts_beside_it(
    shipped_model: RememberingEmbedder,
) -> None:
    plain = BilingualEmbedder()
    together = plain.encode([*CHINESE, *ENGLISH])
    for row, text in zip(together, [*CHINESE, *ENGLISH], strict=True):
        assert float(row @ plain.encode([text])[0]) > 0.9999
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


def test_chinese_lies_near_its_translation(shipped_model: RememberingEmbedder) -> None:
    chinese = shipped_model.encode(["嫌报价高", "老板不点头", "今天天气很好"])
    english = shipped_model.encode(
        ["the price is too high", "the boss does not agree", "the weather is nice today"]
    )
    assert (chinese @ english.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_no_texts_are_no_vectors(shipped_model: RememberingEmbedder) -> None:
    assert shipped_model.encode([]).shape == (0, 384)


def test_the_model_knows_spoken_chinese_and_says_what_it_does_not(
    shipped_model: RememberingEmbedder,
) -> None:
    assert shipped_model.known_share("嫌报价高怎么办") == 1.0
    assert shipped_model.known_share("😀😀") == 0.0


def test_the_weights_are_small_and_come_with_notice_and_licence() -> None:
    size = sum(path.stat().st_size for path in SHIPPED_FOLDER.iterdir())
    assert size <= 25_000_000
    for name in ("NOTICE", "LICENSE", "README.md"):
        assert "CC BY-SA 4.0" in (SHIPPED_FOLDER / name).read_text("utf-8")


@pytest.mark.parametrize("name", [WEIGHTS, "graph.onnx", "words.tsv", "model.json"])
def test_a_truncated_file_is_a_sentence_with_its_name_or_a_missing_model(
    tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "shifu-minilm-zh"
    shutil.copytree(SHIPPED_FOLDER, folder)
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match="shifu-minilm-zh"):
        load_embedder(str(folder))


def test_a_missing_folder_leaves_keywords_and_a_sentence(tmp_path: Path) -> None:
    lazy = LazyEmbedder.from_setting(str(tmp_path / "nowhere"))
    assert lazy.wait() is None
    assert "nowhere" in str(lazy.error)


def test_the_setting_names_the_shipped_model() -> None:
    embedder = load_embedder(SHIPPED_MODEL)
    assert isinstance(embedder, BilingualEmbedder)


def test_the_shipped_model_loads_neither_torch_nor_sentence_transformers() -> None:
    code = (
        "import sys; from indexer.model_loading import load_embedder; load_embedder().encode(['贵']);"
        "assert not {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
