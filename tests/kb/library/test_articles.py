"""Saving, reading, conflicts, history and who may see what."""

import pytest
from sqlmodel import select

from kb import outbox
from kb.audit import AuditEntry
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.library.articles import (
    Origin,
    create_article,
    document_of,
    find_visible,
    history,
    read_article,
    restore_revision,
    set_status,
    update_article,
)
from kb.library.browse import browse, facet_counts
from kb.library.front_matter import Document, parse
from kb.library.vocabulary import Status
from tests.conftest import SAMPLE

CARD, _ = parse((SAMPLE / "objection_card/staff-wont-use.zh.md").read_text("utf-8"))


@pytest.fixture
def edit(library, clock, reader):
    """Saves an edit of staff-wont-use by Zhao Lan."""

    def save(base: int, **changes: object):
        with library.write() as db:
            row = find_visible(db, reader("zhao.lan"), "staff-wont-use", "zh")
            meta = CARD.meta.model_copy(update=changes)
            return update_article(
                db,
                row,
                Document(meta, ""),
                base,
                Origin(reader("zhao.lan").person_id, "web"),
                clock.now(),
            )

    return save


def test_an_edit_writes_revision_audit_and_outbox_together(library, edit, reader):
    edit(1, title="员工不肯用")
    with library.read() as db:
        row = find_visible(db, reader("chen.liang"), "staff-wont-use", "zh")
        assert (row.title, row.revision) == ("员工不肯用", 2)
        assert [(r.number, name) for r, name in history(db, row)] == [(2, "赵岚"), (1, "")]
        last = db.exec(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (last.action, last.subject) == ("save_article_web", f"article:{row.id}")
        assert outbox.pending(db, outbox.INDEX_ARTICLE)[-1].subject_id == row.id


def test_saving_the_same_text_again_adds_no_revision(edit):
    assert edit(1).revision == 1


def test_two_people_editing_at_once_do_not_overwrite_each_other(edit):
    edit(1, title="甲的标题")
    with pytest.raises(ConflictError):
        edit(1, title="乙的标题")


def test_a_failed_save_leaves_nothing_behind(library, reader, clock):
    with pytest.raises(InvalidError), library.write() as db:
        create_article(db, CARD, Origin(None, "web"), clock.now())
    with library.read() as db:
        assert find_visible(db, reader("chen.liang"), "staff-wont-use", "zh").revision == 1


def test_an_old_revision_comes_back_as_a_new_one(library, edit, reader, clock):
    edit(1, title="改坏了")
    with library.write() as db:
        row = find_visible(db, reader("zhao.lan"), "staff-wont-use", "zh")
        restore_revision(db, row, 1, 2, Origin(None, "restore"), clock.now())
        assert (row.title, row.revision) == ("员工不愿意用", 3)


def test_archiving_takes_an_article_from_readers(library, reader, clock):
    with library.write() as db:
        row = find_visible(db, reader("zhao.lan"), "staff-wont-use", "zh")
        set_status(db, row, Status.ARCHIVED, Origin(None, "web"), clock.now())
    with library.read() as db, pytest.raises(NotFoundError):
        find_visible(db, reader("chen.liang"), "staff-wont-use", "zh")


@pytest.mark.parametrize(
    ("login", "seen"),
    [
        ("zhou.xiaoyu", set()),
        ("chen.liang", set()),
        ("wang.ke", {"canary-key-accounts"}),
        ("lin.yue", set()),
        ("zhao.lan", {"canary-draft", "canary-managers", "canary-key-accounts"}),
        ("sun.ning", {"canary-draft", "canary-managers", "canary-key-accounts"}),
    ],
)
def test_drafts_and_restricted_articles_are_seen_by_their_audience_alone(
    library, reader, login, seen
):
    with library.read() as db:
        found = set()
        for slug in ("canary-draft", "canary-managers", "canary-key-accounts"):
            try:
                find_visible(db, reader(login), slug, "zh")
                found.add(slug)
            except NotFoundError:
                pass
    assert found == seen


def test_counts_know_the_readers_rights(library, reader):
    with library.read() as db:
        rep = dict(facet_counts(db, reader("chen.liang"), {})["kind"])
        manager = dict(facet_counts(db, reader("zhao.lan"), {})["kind"])
        assert rep["playbook"] == 1
        assert manager["playbook"] == 3
        assert browse(db, reader("chen.liang"), {"kind": "playbook"}).total == 1


def test_the_twin_in_the_other_language_is_offered(library, reader):
    with library.read() as db:
        read = read_article(db, reader("chen.liang"), "price-too-high", "zh")
        assert read.twin
        assert read.twin.lang == "en"
        assert read.owner
        assert read.owner.login == "lin.yue"
        assert document_of(db, read.twin).meta.slug == "price-too-high"
