from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import IndexDamagedError, VectorsError
from indexer.vectors import AllowedIds, VectorIndex

BIG = 2**62 + 7  # ids are 63 bits wide


@pytest.fixture
def index() -> VectorIndex:
    made = VectorIndex(4)
    made.add([1, 2, BIG], np.eye(4, dtype=np.float32)[:3])
    return made


def east() -> np.ndarray:
    return np.array([1, 0, 0, 0], np.float32)


def test_the_nearest_comes_first(index: VectorIndex) -> None:
    assert index.search(east(), 2)[0] == (1, 1.0)


def test_a_limited_search_finds_nothing_else(index: VectorIndex) -> None:
    allowed = AllowedIds(np.array([2, BIG]))
    assert {key for key, _ in index.search(east(), 10, allowed)} == {2, BIG}
    assert index.search(east(), 10, AllowedIds(np.array([], np.int64))) == []


def test_removed_vectors_are_gone(index: VectorIndex) -> None:
    assert index.remove([1, 99]) == 1
    assert set(index.ids().tolist()) == {2, BIG}


def test_cosines_of_named_passages_with_zero_for_unknown_ones(index: VectorIndex) -> None:
    assert index.cosines(east(), np.array([2, 99, 1])).tolist() == [0.0, 0.0, 1.0]


def test_a_saved_index_is_the_same_when_loaded(index: VectorIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "vectors.faiss")
    assert VectorIndex.load(tmp_path / "vectors.faiss", 4).search(east(), 3) == index.search(
        east(), 3
    )
    assert [path.name for path in tmp_path.iterdir()] == ["vectors.faiss"]


@pytest.mark.parametrize("shape", [(1, 5), (2, 4), (4,)])
def test_vectors_that_do_not_fit_are_refused(index: VectorIndex, shape: tuple[int, ...]) -> None:
    with pytest.raises(VectorsError):
        index.add([5], np.zeros(shape, np.float32))


def test_not_a_number_is_refused(index: VectorIndex) -> None:
    with pytest.raises(VectorsError):
        index.add([5], np.full((1, 4), np.nan, np.float32))


@pytest.mark.parametrize("size", [0, 3, 40, 100])
def test_a_truncated_file_is_named_as_damaged(
    index: VectorIndex, tmp_path: Path, size: int
) -> None:
    path = tmp_path / "vectors.faiss"
    index.save(path)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(IndexDamagedError, match="shifu index build"):
        VectorIndex.load(path)


def test_a_missing_file_and_another_dimension_are_named_as_damaged(
    index: VectorIndex, tmp_path: Path
) -> None:
    with pytest.raises(IndexDamagedError):
        VectorIndex.load(tmp_path / "none.faiss")
    index.save(tmp_path / "vectors.faiss")
    with pytest.raises(IndexDamagedError):
        VectorIndex.load(tmp_path / "vectors.faiss", 8)


@pytest.fixture
def spans() -> VectorIndex:
    """Passage 5 has two vectors, east and north; passage 2 has one, between them."""
    made = VectorIndex(4)
    made.add([5, 2, 5], np.array([[1, 0, 0, 0], [0.6, 0.8, 0, 0], [0, 1, 0, 0]], np.float32))
    return made


def test_a_passage_with_several_vectors_counts_once_with_its_best(spans: VectorIndex) -> None:
    assert len(spans) == 2
    assert spans.search(east(), 3) == [(5, 1.0), (2, pytest.approx(0.6))]
    assert spans.cosines(east(), np.array([2, 5, 7, 5])) == pytest.approx([0.6, 1, 0, 1])


def test_a_removed_passage_takes_all_its_vectors_along(spans: VectorIndex) -> None:
    assert spans.remove([5]) == 1
    assert spans.search(east(), 9) == [(2, pytest.approx(0.6))]


def test_the_mean_of_a_group_is_over_all_its_vectors_and_a_group_without_one_is_nothing(
    spans: VectorIndex,
) -> None:
    means = spans.means(np.array([5, 9]), np.array([0, 1]), 2)
    assert means[0] == pytest.approx([0.5**0.5, 0.5**0.5, 0, 0])
    assert not means[1].any()


@given(st.lists(st.integers(0, 6), min_size=1, max_size=30), st.lists(st.integers(0, 8)))
def test_the_best_cosine_is_that_of_comparing_one_by_one(
    owners: list[int], asked: list[int]
) -> None:
    vectors = np.random.default_rng(len(owners)).normal(size=(len(owners), 4)).astype(np.float32)
    index = VectorIndex(4)
    index.add(owners, vectors)
    expected = [
        max([v[0] for o, v in zip(owners, vectors, strict=True) if o == one], default=0)
        for one in asked
    ]
    assert index.cosines(east(), np.array(asked, np.int64)) == pytest.approx(expected)
