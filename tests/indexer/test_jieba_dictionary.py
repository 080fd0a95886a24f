"""jieba's dictionary is the same from its text, from a cache, and past a damaged cache."""

import sys
from pathlib import Path

import pytest

from indexer.jieba_dictionary import jieba_with_dictionary

SENTENCE = "客户觉得报价太高，老板不肯拍板"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "cache"
    jieba_with_dictionary(folder)
    return folder


def test_a_cached_dictionary_cuts_as_a_fresh_one_does(folder: Path) -> None:
    assert [path.name for path in folder.iterdir()] == ["jieba-0.42.1.words"]
    fresh, cached = jieba_with_dictionary(None), jieba_with_dictionary(folder)
    assert cached.FREQ == fresh.FREQ
    assert cached.total == fresh.total
    assert cached.lcut(SENTENCE, HMM=False) == fresh.lcut(SENTENCE, HMM=False)


@pytest.mark.parametrize("damage", [b"", b"\x00", b"not a cache at all", b"i\x01\x00\x00\x00"])
def test_a_damaged_cache_is_read_past_and_mended(folder: Path, damage: bytes) -> None:
    cache = folder / "jieba-0.42.1.words"
    whole = cache.read_bytes()
    cache.write_bytes(damage)
    assert jieba_with_dictionary(folder).lcut(SENTENCE, HMM=False)[0] == "客户"
    assert cache.read_bytes() == whole


def test_a_truncated_cache_is_read_past(folder: Path) -> None:
    cache = folder / "jieba-0.42.1.words"
    whole = cache.read_bytes()
    for size in (1, 100, len(whole) // 2, len(whole) - 1):
        cache.write_bytes(whole[:size])
        assert jieba_with_dictionary(folder).lcut(SENTENCE, HMM=False)[0] == "客户"
        assert cache.read_bytes() == whole


def test_jieba_is_imported_without_setuptools_and_leaves_the_modules_as_they_were() -> None:
    before = sys.modules.get("pkg_resources")
    jieba_with_dictionary(None)
    assert sys.modules.get("pkg_resources") is before
