"""Golden queries come from the file, are pinned here, and what the team decided stays."""

import shutil

import pytest
from sqlmodel import select

from kb.audit import AuditEntry
from kb.errors import InvalidError, NotFoundError
from kb.library.articles import find_visible
from kb.library.content_folder import content_stats, read_content
from kb.library.content_transfer import export_content, import_content
from kb.search import golden
from kb.search.golden import Target, load_golden, pinned
from tests.conftest import SAMPLE

ZH = Target("price-too-high", "zh")


@pytest.fixture
def article(library, reader):
    def by_slug(slug: str, lang: str = "zh"):
        with library.read() as db:
            return find_visible(db, reader("zhao.lan"), slug, lang)

    return by_slug


@pytest.fixture
def pin(library, article, person, clock):
    def one(query: str, slug: str, lang: str = "zh") -> int:
        with library.write() as db:
            row = golden.pin(db, person("zhao.lan").id, query, article(slug, lang), clock.now())
            return row.id or 0

    return one


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(SAMPLE, tmp_path / "content")


def queries(library) -> dict[str, tuple[Target, ...]]:
    with library.read() as db:
        return {one.row.query: one.targets for one in load_golden(db)}


def bring_in(library, folder, clock):
    with library.write() as db:
        import_content(db, read_content(folder), clock.now())


def test_the_files_lines_come_with_the_library(library):
    assert queries(library)["cold call"] == (Target("cold-call-opening", "zh"), ZH)
    assert len(queries(library)) == 4


def test_importing_again_doubles_nothing_and_follows_the_file(library, folder, clock):
    bring_in(library, folder, clock)
    assert len(queries(library)) == 4
    path = folder / golden.FILE_NAME
    text = path.read_text("utf-8").replace("cold-call-opening,price-too-high", "price-too-high")
    path.write_text("\n".join(r for r in text.split("\n") if "报价高" not in r), "utf-8")
    bring_in(library, folder, clock)
    assert queries(library)["cold call"] == (ZH,)
    assert "报价高" not in queries(library)
    shutil.copy(SAMPLE / golden.FILE_NAME, path)
    bring_in(library, folder, clock)
    assert queries(library)["报价高"] == (ZH,)


def test_a_shipped_query_that_was_taken_out_stays_out(library, folder, clock):
    with library.write() as db:
        golden.take_out(db, None, load_golden(db)[0].row.id, clock.now())
    bring_in(library, folder, clock)
    assert "报价高" not in queries(library)
    with library.write() as db:
        gone = next(one for one in load_golden(db, active=False) if not one.row.active)
        golden.bring_back(db, None, gone.row.id, clock.now())
    assert queries(library)["报价高"] == (ZH,)


def test_taking_out_what_there_is_not_is_not_found(library, clock):
    with pytest.raises(NotFoundError), library.write() as db:
        golden.take_out(db, None, 999, clock.now())


def test_pinning_twice_is_no_error_and_writes_once(library, pin, person):
    first = pin("便宜一点行不行", "price-too-high")
    assert pin("  便宜一点行不行 ", "price-too-high") == first
    with library.read() as db:
        assert pinned(db, "便宜一点行不行") == {ZH}
        rows = db.exec(select(AuditEntry).where(AuditEntry.action == "pin_answer")).all()
        one = next(g for g in load_golden(db) if g.row.id == first)
    assert len(rows) == 1
    assert (one.row.grp, one.row.half, one.row.origin) == ("team", "team", "team")
    assert one.row.created_by == person("zhao.lan").id


def test_answers_in_two_languages_are_two_queries_and_both_count(library, pin):
    pin("便宜", "price-too-high")
    pin("便宜", "price-too-high", "en")
    pin("便宜", "staff-wont-use")
    with library.read() as db:
        assert len(pinned(db, "便宜")) == 3


def test_another_answer_to_a_shipped_query_survives_the_next_import(
    library, pin, folder, clock, settings, tmp_path
):
    pin("报价高", "staff-wont-use")
    bring_in(library, folder, clock)
    assert queries(library)["报价高"] == (ZH, Target("staff-wont-use", "zh"))
    with library.read() as db:
        export_content(db, tmp_path / "out", settings.uploads_dir)
    written = (tmp_path / "out" / golden.FILE_NAME).read_text("utf-8")
    assert "tuning\tzh\tzh\t报价高\tprice-too-high,staff-wont-use\n" in written


def test_what_the_team_pinned_is_not_exported(library, pin, settings, tmp_path):
    pin("便宜一点行不行", "price-too-high")
    with library.read() as db:
        export_content(db, tmp_path / "out", settings.uploads_dir)
    written = (tmp_path / "out" / golden.FILE_NAME).read_bytes()
    assert written == (SAMPLE / golden.FILE_NAME).read_bytes()


def test_unpinning_takes_one_answer_and_with_the_last_the_query(library, pin, article, clock):
    def unpin(slug: str) -> None:
        with library.write() as db:
            golden.unpin(db, None, "便宜", article(slug), clock.now())

    pin("便宜", "price-too-high")
    pin("便宜", "staff-wont-use")
    unpin("price-too-high")
    assert queries(library)["便宜"] == (Target("staff-wont-use", "zh"),)
    unpin("staff-wont-use")
    unpin("staff-wont-use")
    assert "便宜" not in queries(library)
    pin("便宜", "price-too-high")
    assert queries(library)["便宜"] == (ZH,)


def test_nothing_is_pinned_to_no_words(pin):
    with pytest.raises(InvalidError):
        pin(" ！ \x00", "price-too-high")


def test_faults_of_the_file_stand_among_the_folders(folder):
    path = folder / golden.FILE_NAME
    path.write_text(path.read_text("utf-8") + "tuning\tzh\tzh\t问\tno-such\n", "utf-8")
    content = read_content(folder)
    assert [(p.path, p.problem.line, p.problem.key) for p in content.problems] == [
        (golden.FILE_NAME, 6, "targets")
    ]
    assert len(content.golden) == 4
    assert content_stats(content).languages["en"] == 1
    path.write_bytes("half\tgröße".encode("latin-1"))
    assert "UTF-8" in str(read_content(folder).problems[0].problem.message)


def test_a_folder_without_the_file_takes_nothing_away(library, folder, clock):
    (folder / golden.FILE_NAME).unlink()
    bring_in(library, folder, clock)
    assert len(queries(library)) == 4
