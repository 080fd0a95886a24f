from dataclasses import replace
from pathlib import Path

import pytest

from indexer import builder as builder_module
from indexer import segmentation
from indexer.builder import IndexBuilder
from indexer.engine import HybridEngine
from indexer.errors import IndexDamagedError, IndexOutdatedError
from indexer.model_loading import LazyEmbedder
from indexer.passages import passages_of
from kb.documents import Field, SearchRequest, Section
from tests.indexer.fakes import FakeEmbedder, document, library


def found(folder: Path, text: str) -> list[int]:
    engine = HybridEngine(folder, LazyEmbedder(None))
    return [hit.article_id for hit in engine.search(SearchRequest(text)).hits]


def test_a_rebuild_counts_articles_passages_and_vectors(builder: IndexBuilder) -> None:
    status = builder.status()
    passages = sum(len(passages_of(one)) for one in library())
    assert (status.generation, status.articles) == (1, 4)
    assert status.passages == status.vectors == passages
    assert status.model == "fake"


def test_progress_rises_to_the_end(folder: Path, embedder: FakeEmbedder) -> None:
    seen: list[tuple[int, int]] = []
    IndexBuilder(folder, embedder).rebuild(
        library(), lambda done, total: seen.append((done, total))
    )
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1]


def test_an_update_embeds_only_the_passages_that_changed(
    builder: IndexBuilder, embedder: FakeEmbedder
) -> None:
    embedder.encoded.clear()
    old = library()[0]
    sections = (*old.sections[:-1], Section(Field.BODY, (), "全新的一段话。"))
    builder.update([replace(old, sections=sections, fingerprint="1-2")])
    assert embedder.encoded == ["嫌报价高\n全新的一段话。"]
    assert builder.status().vectors == builder.status().passages


def test_an_update_that_changes_only_facts_embeds_nothing(
    builder: IndexBuilder, embedder: FakeEmbedder
) -> None:
    embedder.encoded.clear()
    builder.update([replace(library()[0], audience=("role:manager",), fingerprint="1-2")])
    assert embedder.encoded == []
    request = SearchRequest("便宜", audience=("all",))
    assert HybridEngine(builder.folder, LazyEmbedder(None)).search(request).hits == ()


def test_changed_words_are_found_and_old_ones_are_not(builder: IndexBuilder) -> None:
    builder.update([document(1, "新标题", (Field.BODY, "火星移民"))])
    assert found(builder.folder, "火星移民") == [1]
    assert found(builder.folder, "便宜") == []


def test_removed_articles_are_gone(builder: IndexBuilder) -> None:
    status = builder.update([], removed=[1, 99])
    assert status.articles == 3
    assert found(builder.folder, "便宜") == []


def test_an_update_without_an_index_makes_one(folder: Path) -> None:
    IndexBuilder(folder).update(library()[:1])
    assert found(folder, "便宜") == [1]


def test_the_last_of_the_same_article_in_a_batch_wins(folder: Path) -> None:
    first, last = document(1, "甲", (Field.BODY, "旧话")), document(1, "甲", (Field.BODY, "新词"))
    IndexBuilder(folder).rebuild([first, last])
    assert found(folder, "新词") == [1]
    assert found(folder, "旧话") == []


def test_an_index_without_a_model_says_so_and_answers_by_keyword(folder: Path) -> None:
    status = IndexBuilder(folder).rebuild(library())
    assert (status.model, status.vectors) == ("", 0)
    assert 1 in found(folder, "便宜")


def test_a_model_that_comes_later_makes_up_for_missing_vectors(
    folder: Path, embedder: FakeEmbedder
) -> None:
    IndexBuilder(folder).rebuild(library())
    status = IndexBuilder(folder, embedder).update([])
    assert status.vectors == status.passages


def test_an_update_without_the_model_keeps_vectors_and_leaves_new_ones_for_later(
    builder: IndexBuilder, embedder: FakeEmbedder
) -> None:
    status = IndexBuilder(builder.folder).update([document(9, "新", (Field.BODY, "无模型"))])
    assert status.passages - status.vectors == 2
    assert any("no vector" in str(problem) for problem in builder.check(fingerprints(9)))
    embedder.encoded.clear()
    assert builder.update([]).vectors == status.passages
    assert len(embedder.encoded) == 2


def test_models_are_not_mixed(builder: IndexBuilder) -> None:
    other = IndexBuilder(builder.folder, FakeEmbedder("fake-2"))
    with pytest.raises(IndexOutdatedError, match="shifu index build"):
        other.update(library()[:1])
    assert any("another model" in str(problem) for problem in other.check(fingerprints()))
    other.rebuild(library())
    assert other.check(fingerprints()) == []


def test_a_crash_while_building_leaves_the_old_generation(
    builder: IndexBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(builder_module.Manifest, "write", crash)
    with pytest.raises(MemoryError):
        builder.rebuild([])
    assert builder.status().generation == 1
    assert 1 in found(builder.folder, "便宜")


def fingerprints(*more: int) -> dict[int, str]:
    return {one.article_id: one.fingerprint for one in library()} | {n: f"{n}-1" for n in more}


def test_a_sound_index_has_no_problems(builder: IndexBuilder) -> None:
    assert builder.check(fingerprints()) == []
    assert builder.pending(fingerprints()) == (set(), set())


def test_no_index_is_a_problem(folder: Path) -> None:
    builder = IndexBuilder(folder)
    assert "no search index yet" in str(builder.check({})[0])
    assert builder.pending({1: "x"}) == ({1}, set())


def test_changed_new_and_removed_articles_are_pending(builder: IndexBuilder) -> None:
    now = fingerprints(7) | {1: "1-2"}
    del now[2]
    assert builder.pending(now) == ({1, 7}, {2})
    assert len(builder.check(now)) == 2


def damage_truncated_vectors(generation: Path) -> None:
    path = generation / "vectors.faiss"
    path.write_bytes(path.read_bytes()[:100])


def damage_flipped_bit(generation: Path) -> None:
    path = generation / "vectors.faiss"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def damage_missing_keywords(generation: Path) -> None:
    for path in (generation / "keywords").iterdir():
        path.unlink()
    (generation / "keywords").rmdir()


def damage_missing_passages(generation: Path) -> None:
    (generation / "passages.sqlite").unlink()


def damage_overwritten_passages(generation: Path) -> None:
    (generation / "passages.sqlite").write_bytes(b"x" * 5000)


def damage_manifest(generation: Path) -> None:
    (generation / "manifest.json").write_text("{")


@pytest.mark.parametrize(
    "damage",
    [
        damage_truncated_vectors,
        damage_flipped_bit,
        damage_missing_keywords,
        damage_missing_passages,
        damage_overwritten_passages,
        damage_manifest,
    ],
)
def test_damage_is_found_and_mended_by_a_rebuild(builder: IndexBuilder, damage) -> None:
    damage(builder.folder / "generations" / "000001")
    assert any("shifu index build" in str(problem) for problem in builder.check(fingerprints()))
    builder.rebuild(library())
    assert builder.check(fingerprints()) == []
    assert 1 in found(builder.folder, "便宜")


def test_an_update_of_a_damaged_index_is_refused(builder: IndexBuilder) -> None:
    damage_missing_keywords(builder.folder / "generations" / "000001")
    with pytest.raises(IndexDamagedError):
        builder.update(library()[:1])
    assert builder.status().generation == 1


def test_new_words_of_the_team_cut_all_texts_anew_and_keep_the_vectors(
    builder: IndexBuilder, embedder: FakeEmbedder
) -> None:
    encoded = len(embedder.encoded)
    builder.update(library(), words=["仓库走一圈"])
    assert len(embedder.encoded) == encoded
    engine = HybridEngine(builder.folder, LazyEmbedder.ready(None))
    engine.warm()
    assert "仓库走一圈" in segmentation.index_terms("先去仓库走一圈")
    with pytest.raises(IndexOutdatedError, match="segmenter"):
        builder.update(library()[:1], words=[])
    builder.update(library(), words=[])
    assert "仓库走一圈" not in segmentation.index_terms("先去仓库走一圈")


def test_a_builder_without_words_of_its_own_takes_those_of_the_index(
    builder: IndexBuilder, folder: Path
) -> None:
    builder.rebuild(library(), words=["陌拜"])
    segmentation.use_words(())
    IndexBuilder(folder, builder.embedder).update(library()[:1])
    assert segmentation.team_words() == ("陌拜",)
    segmentation.use_words(())


def test_an_index_made_otherwise_or_damaged_is_outdated(
    builder: IndexBuilder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not builder.is_outdated()
    assert not IndexBuilder(folder).is_outdated()  # without a model there is none to compare
    assert IndexBuilder(folder, FakeEmbedder("fake-2")).is_outdated()
    with monkeypatch.context() as patch:
        patch.setattr(builder_module, "FORMAT", 99)
        assert builder.is_outdated()
    (folder / "generations/000001/manifest.json").write_text("{", "utf-8")
    assert builder.is_outdated()


def test_a_check_cuts_with_the_words_of_the_index(folder: Path, embedder: FakeEmbedder) -> None:
    builder = IndexBuilder(folder, embedder)
    builder.rebuild(library(), words=("报价底线",))
    segmentation.use_words(())  # as in a process that has read none
    problems = builder.check({one.article_id: one.fingerprint for one in library()})
    segmentation.use_words(())
    assert problems == []
