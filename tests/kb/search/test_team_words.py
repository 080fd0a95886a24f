"""Words that stay whole: two people may edit them, shipped ones do not come back, files round."""

import pytest

from kb import audit, outbox
from kb.errors import InvalidError
from kb.library.content_folder import read_content
from kb.library.content_transfer import export_content, import_content
from kb.search.synonyms import remove_synonyms
from kb.search.team_words import import_team_words, save_team_words, team_words
from kb.search.team_words_file import FILE_NAME, Synonyms, TeamWords

TEXT = """# What people type and what the library calls it; words that stay whole. See README.md.
synonyms:
- target: 没预算
  phrases: [预算不够, 没钱, no money]
- target: ERP
  phrases: [sap]
words:
- 异议卡
- 转介绍
"""


@pytest.fixture
def manager(person) -> int:
    return person("zhao.lan").id


@pytest.fixture
def words(database, clock):
    with database.write() as db:
        import_team_words(db, TeamWords(words=("转介绍", "异议卡")), clock.now())
        outbox.discard(db, outbox.TEAM_WORDS, outbox.last_id(db))
    return database


def save(database, clock, person_id, seen, text):
    with database.write() as db:
        return save_team_words(db, person_id, seen, text, clock.now())


def renewals(database) -> int:
    with database.read() as db:
        return len(outbox.pending(db, outbox.TEAM_WORDS))


def test_words_are_sorted_and_a_change_asks_for_a_new_index(words, clock, manager):
    before = ("异议卡", "转介绍")
    with words.read() as db:
        assert team_words(db) == before
    after = save(words, clock, manager, before, "转介绍\r\n 陌拜 \n\n陌拜\n")
    assert after == ("转介绍", "陌拜")
    assert renewals(words) == 1
    with words.read() as db:
        (line,) = audit.read(db, action="save_team_words").lines
    assert line.details == {"added": ["陌拜"], "removed": ["异议卡"]}


def test_saving_the_same_words_asks_for_nothing(words, clock, manager):
    save(words, clock, manager, ("异议卡", "转介绍"), "转介绍\n异议卡")
    assert renewals(words) == 0


def test_two_people_at_once_keep_both_changes(words, clock, manager, person):
    seen = ("异议卡", "转介绍")
    save(words, clock, manager, seen, "异议卡\n转介绍\n陌拜")
    after = save(words, clock, person("sun.ning").id, seen, "转介绍\n决策链")
    assert after == ("决策链", "转介绍", "陌拜")


def test_every_faulty_line_is_told_and_nothing_is_saved(words, clock, manager):
    with pytest.raises(InvalidError) as refused:
        save(words, clock, manager, (), "陌拜\n长\nERP\n转 介绍")
    assert sorted(refused.value.fields) == ["words.2", "words.3", "words.4"]
    with words.read() as db:
        assert "陌拜" not in team_words(db)
    with pytest.raises(InvalidError) as refused:
        save(words, clock, manager, (), "\n".join(f"词{n}" for n in range(2001)))
    assert "keep at most 2000" in str(refused.value.fields["words"])


def test_a_shipped_word_that_was_taken_out_stays_out(words, clock, manager):
    save(words, clock, manager, ("异议卡", "转介绍"), "转介绍")
    with words.write() as db:
        shipped = TeamWords(words=("转介绍", "异议卡", "陌拜"))
        assert import_team_words(db, shipped, clock.now()) == 1
        assert team_words(db) == ("转介绍", "陌拜")
    after = save(words, clock, manager, ("转介绍", "陌拜"), "转介绍\n陌拜\n异议卡")
    assert "异议卡" in after


def test_a_folder_comes_in_and_goes_out_byte_for_byte(database, clock, tmp_path, settings):
    (tmp_path / FILE_NAME).write_text(TEXT, "utf-8")
    with database.write() as db:
        import_content(db, read_content(tmp_path), clock.now())
    assert renewals(database) == 1
    with database.read() as db:
        export_content(db, tmp_path / "out", settings.uploads_dir)
    assert (tmp_path / "out" / FILE_NAME).read_text("utf-8") == TEXT


def test_an_export_holds_what_the_team_made_of_it(database, clock, tmp_path, settings, manager):
    (tmp_path / FILE_NAME).write_text(TEXT, "utf-8")
    with database.write() as db:
        import_content(db, read_content(tmp_path), clock.now())
        remove_synonyms(db, manager, Synonyms("ERP", ("sap",)), clock.now())
        save_team_words(db, manager, ("异议卡",), "陌拜", clock.now())
        export_content(db, tmp_path / "out", settings.uploads_dir)
    text = (tmp_path / "out" / FILE_NAME).read_text("utf-8")
    assert "ERP" not in text
    assert text.endswith("words:\n- 转介绍\n- 陌拜\n")
