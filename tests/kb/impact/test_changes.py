"""A change of meaning lists what stands on the article and asks certified people to read it again."""

import pytest

from kb.errors import NotFoundError
from kb.impact.changes import (
    change_page,
    confirm_reading,
    is_to_read,
    mark_looked,
    note_meaning_change,
    open_changes,
    to_read,
)
from kb.impact.dependents import dependents_of
from kb.learning.completion import record_done, standing_of
from kb.learning.models import Enrolment
from kb.library.articles import find_visible
from kb.library.content_transfer import remove_demo
from kb.practice.deck import add_card


@pytest.fixture
def certified(library, enrolled, moment):
    """Zhou Xiaoyu holds the certificate of a path that reads price-too-high and reading-a-quote."""
    with library.write() as db:
        row = db.get_one(Enrolment, enrolled.id)
        for view in standing_of(db, row, moment()).counted:
            record_done(db, standing_of(db, row, moment()), view.step, moment())


def changed(library, reader, person, clock, slug="price-too-high"):
    with library.write() as db:
        article = find_visible(db, reader("zhao.lan"), slug, "zh")
        article.revision += 1
        note = "the price has changed"
        return note_meaning_change(db, article, person("zhao.lan").id, note, clock.now()).id


def test_everything_that_stands_on_a_card_is_found(library, reader, person, moment, enrolled):
    with library.write() as db:
        add_card(db, person("chen.liang").id, "objection", "price-too-high", moment())
        article = find_visible(db, reader("zhao.lan"), "price-too-high", "zh")
        found = {(one.kind, one.ref) for one in dependents_of(db, article)}
    assert ("scenario", "zh/too-dear") in found
    assert ("path", "first-week") in found
    assert ("deck", "price-too-high") in found
    assert len([ref for kind, ref in found if kind == "question"]) == 2


def test_a_change_is_noted_once_for_a_revision_and_looked_through(library, reader, person, clock):
    number = changed(library, reader, person, clock)
    manager = reader("zhao.lan")
    with library.write() as db:
        article = find_visible(db, manager, "price-too-high", "zh")
        again = note_meaning_change(db, article, manager.person_id, "", clock.now())
        assert again.id == number
        page = change_page(db, manager, number)
        ids = {item.id for item in page.items}
        assert mark_looked(db, manager, number, {*ids, 999}, clock.now()) == len(ids)
        assert mark_looked(db, manager, number, ids, clock.now()) == 0
        assert open_changes(db, manager) == []


def test_certified_people_are_asked_and_confirm_once(library, reader, person, clock, certified):
    changed(library, reader, person, clock)
    hire = reader("zhou.xiaoyu")
    with library.write() as db:
        (article,) = to_read(db, hire)
        assert article.slug == "price-too-high"
        assert to_read(db, reader("he.zixuan")) == []
        assert confirm_reading(db, hire, article.id, clock.now()) is True
        assert confirm_reading(db, hire, article.id, clock.now()) is False
        assert not is_to_read(db, hire, article.id)
        assert confirm_reading(db, reader("chen.liang"), article.id, clock.now()) is False


def test_a_second_change_asks_again(library, reader, person, clock, certified):
    changed(library, reader, person, clock)
    with library.write() as db:
        confirm_reading(db, reader("zhou.xiaoyu"), 1, clock.now())
        article = find_visible(db, reader("zhao.lan"), "price-too-high", "zh")
        confirm_reading(db, reader("zhou.xiaoyu"), article.id, clock.now())
        article.revision += 2
        note_meaning_change(db, article, person("zhao.lan").id, "", clock.now())
        assert is_to_read(db, reader("zhou.xiaoyu"), article.id)


def test_a_change_of_a_restricted_article_is_not_for_everybody(library, reader, person, clock):
    with library.write() as db:
        article = find_visible(db, reader("zhao.lan"), "canary-managers", "zh")
        number = note_meaning_change(db, article, person("zhao.lan").id, "", clock.now()).id
        with pytest.raises(NotFoundError):
            change_page(db, reader("lin.yue"), number)
        assert open_changes(db, reader("lin.yue")) == []


def test_taking_the_demo_out_takes_its_changes_too(library, reader, person, clock, certified):
    changed(library, reader, person, clock)
    with library.write() as db:
        assert remove_demo(db, clock.now()) > 0
        assert to_read(db, reader("zhou.xiaoyu")) == []


def test_the_author_chooses_and_the_pages_follow(
    client_as, library, reader, person, clock, certified
):
    manager, hire = client_as("zhao.lan"), client_as("zhou.xiaoyu")
    form = {
        "base_revision": "1", "title": "价格太高", "customer_says": "太贵了\n比别家贵\n预算超了",
        "concern": "怕买贵", "response": "您觉得高，是跟谁比？", "follow_up": "跟谁比？",
        "do_not_say": "不贵", "scope": "demo", "status": "published", "note": "new price",
    }  # fmt: skip
    manager.post("/library/zh/price-too-high/edit", data=form | {"change": "wording"})
    assert "Everything that stands on a changed article" in manager.get("/library/changes").text
    form |= {"base_revision": "2", "title": "嫌价格高", "change": "meaning"}
    page = manager.post("/library/zh/price-too-high/edit", data=form, follow_redirects=True).text
    assert "嫌价格高" in page
    assert "new price" in manager.get("/library/changes/1").text
    assert "Changed: read again" in hire.get("/").text
    assert "I have read the change" in hire.get("/library/zh/price-too-high").text
    hire.post("/library/zh/price-too-high/read-again")
    assert "I have read the change" not in hire.get("/library/zh/price-too-high").text
    assert "confirmed" in manager.get("/library/changes/1").text
