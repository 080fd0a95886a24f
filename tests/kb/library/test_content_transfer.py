"""Import and export are inverse; what people edited here is never overwritten."""

import shutil
from pathlib import Path

import pytest

from kb.library.articles import Origin, find_visible, update_article
from kb.library.content_folder import read_content
from kb.library.content_transfer import (
    FaultyContentError,
    demo_was_removed,
    export_content,
    import_content,
    remove_demo,
    without_demo,
)
from kb.library.front_matter import Document, parse
from tests.conftest import SAMPLE

CARD = "objection_card/staff-wont-use.zh.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "content"))


def bring_in(library, folder, clock):
    with library.write() as db:
        return import_content(db, read_content(folder), clock.now())


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def test_export_gives_back_what_was_imported_byte_for_byte(library, settings, tmp_path):
    with library.read() as db:
        export_content(db, tmp_path / "out", settings.uploads_dir)
    assert files_of(tmp_path / "out") == files_of(SAMPLE)


def test_even_spacing_and_quotes_of_a_file_survive(library, folder, clock, settings, tmp_path):
    path = folder / CARD
    text = path.read_text("utf-8").replace("title: 员工不愿意用", "title:   '员工不愿意用'")
    (folder / "objection_card/spaced.zh.md").write_text(
        text.replace("slug: staff-wont-use", "slug: spaced"), "utf-8"
    )
    bring_in(library, folder, clock)
    with library.read() as db:
        export_content(db, tmp_path / "out", settings.uploads_dir)
    assert files_of(tmp_path / "out") == files_of(folder)


def test_importing_twice_changes_nothing(library, folder, clock):
    report = bring_in(library, folder, clock)
    assert report.created == report.updated == report.conflicts == []
    assert len(report.unchanged) == 13


def test_an_untouched_article_follows_its_file(library, folder, clock, reader):
    path = folder / CARD
    path.write_text(path.read_text("utf-8").replace("员工不愿意用", "工人不愿意用"), "utf-8")
    assert bring_in(library, folder, clock).updated == [CARD]
    with library.read() as db:
        assert (
            find_visible(db, reader("chen.liang"), "staff-wont-use", "zh").title == "工人不愿意用"
        )


def test_an_edit_here_is_kept_and_a_change_on_both_sides_is_a_conflict(
    library, folder, clock, reader
):
    document, _ = parse((folder / CARD).read_text("utf-8"))
    with library.write() as db:
        row = find_visible(db, reader("zhao.lan"), "staff-wont-use", "zh")
        edited = Document(document.meta.model_copy(update={"title": "我们改的"}), "")
        update_article(db, row, edited, 1, Origin(None, "web"), clock.now())
    assert bring_in(library, folder, clock).kept == [CARD]
    path = folder / CARD
    path.write_text(path.read_text("utf-8").replace("员工不愿意用", "文件改的"), "utf-8")
    assert bring_in(library, folder, clock).conflicts == [CARD]
    with library.read() as db:
        assert find_visible(db, reader("chen.liang"), "staff-wont-use", "zh").title == "我们改的"


def test_a_folder_with_faults_imports_nothing(library, folder, clock):
    (folder / "faq/bad.zh.md").write_text("no front matter", "utf-8")
    with pytest.raises(FaultyContentError, match="1 faults"):
        bring_in(library, folder, clock)


def test_the_demo_can_be_taken_out(library, clock, reader):
    with library.write() as db:
        assert not demo_was_removed(db)
        assert remove_demo(db, clock.now()) == 3
        assert demo_was_removed(db)
        again = import_content(db, without_demo(read_content(SAMPLE)), clock.now())
        assert again.created == []
    with library.read() as db:
        assert (
            find_visible(db, reader("chen.liang"), "staff-wont-use", "zh").slug == "staff-wont-use"
        )
