"""The managers' page of synonyms and of words that stay whole."""

import html
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from kb import outbox
from kb.db import Database
from kb.search.synonyms import import_synonyms, list_synonyms
from kb.search.team_words import import_team_words, team_words
from kb.search.team_words_file import Synonyms, TeamWords
from tests.fakes import MovableClock

PATH = "/library/words"
ROW = {"seen_target": "没预算", "seen_phrases": "预算不够\r\n没钱"}


@pytest.fixture(autouse=True)
def words(library: Database, clock: MovableClock) -> None:
    groups = [Synonyms("嫌报价高", ("太贵", "价格高")), Synonyms("没预算", ("预算不够", "没钱"))]
    with library.write() as db:
        import_synonyms(db, groups, clock.now())
        import_team_words(db, TeamWords(words=("转介绍", "陌拜")), clock.now())
        outbox.discard(db, outbox.TEAM_WORDS, outbox.last_id(db))


@pytest.fixture
def manager(client_as: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_as("zhao.lan")


def saved(database: Database) -> dict[str, tuple[str, ...]]:
    with database.read() as db:
        return {group.target: group.phrases for group in list_synonyms(db)}


def post(client: FlaskClient, **fields: str):
    return client.post(f"{PATH}/synonyms", data=fields)


def form_of(page: str, target: str) -> dict[str, str]:
    """The hidden fields of a row's form, as a browser would send them."""
    form = next(
        form
        for form in re.findall(r"<form.*?</form>", page, re.DOTALL)
        if f'name="seen_target" value="{target}"' in form
    )
    found = re.findall(r'name="(seen_\w+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found}


def test_managers_find_the_page_from_the_library_and_others_do_not(client_as, manager):
    assert f'href="{PATH}"' in manager.get("/library").text
    assert f'href="{PATH}"' not in client_as("lin.yue").get("/library").text
    assert client_as("lin.yue").get(PATH).status_code == 403


def test_the_page_shows_rows_and_words_and_tries_a_phrase(manager):
    page = html.unescape(manager.get(PATH).text)
    assert "太贵, 价格高" in page
    assert 'value="嫌报价高"' in page
    assert 'href="/search?q=%E5%A4%AA%E8%B4%B5"' in page
    assert "转介绍\n陌拜" in page
    assert "renewed in the background" in page


def test_the_filter_looks_at_phrases_and_targets(manager):
    for word in ("没钱", "预算"):
        page = manager.get(PATH, query_string={"filter": word}).text
        assert 'value="没预算"' in page
        assert 'value="嫌报价高"' not in page
    assert "No row has this word." in manager.get(PATH, query_string={"filter": "飞船"}).text


def test_a_row_is_added_changed_and_removed(manager, library):
    assert post(manager, target="要折扣", phrases="打折、便宜点").status_code == 302
    assert saved(library)["要折扣"] == ("打折", "便宜点")
    fields = form_of(manager.get(PATH).text, "没预算")
    answer = post(manager, **fields, target="没预算", phrases="没钱，没拨款", filter="没")
    assert answer.location == f"{PATH}?filter=%E6%B2%A1"
    assert saved(library)["没预算"] == ("没钱", "没拨款")
    fields = form_of(manager.get(PATH).text, "嫌报价高")
    post(manager, **fields, target="嫌报价高", phrases="太贵", remove="1")
    assert "嫌报价高" not in saved(library)


def test_a_faulty_row_keeps_what_was_typed_and_says_what_to_do(manager, library):
    answer = post(manager, **ROW, target="没预算", phrases="没钱、太贵")
    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert "太贵 leads to 嫌报价高 already" in page
    assert "没钱、太贵" in page
    assert saved(library)["没预算"] == ("预算不够", "没钱")
    answer = post(manager, target="", phrases="打折")
    assert answer.status_code == 422
    assert "is empty; write the word that the library uses" in answer.text


def test_a_stale_row_shows_both_and_saves_on_the_second_go(manager, client_as, library):
    post(client_as("sun.ning"), **ROW, target="没预算", phrases="没拨款")
    answer = post(manager, **ROW, target="没预算", phrases="没钱")
    page = html.unescape(answer.text)
    assert answer.status_code == 409
    assert "孙宁 changed this row while you were editing." in page
    assert "没拨款 → 没预算" in page
    assert "没钱 → 没预算" in page
    assert saved(library)["没预算"] == ("没拨款",)
    again = post(manager, **form_of(answer.text, "没预算"), target="没预算", phrases="没钱")
    assert again.status_code == 302
    assert saved(library)["没预算"] == ("没钱",)


def test_a_row_removed_meanwhile_can_be_brought_back(manager, client_as, library):
    post(client_as("sun.ning"), **ROW, remove="1")
    answer = post(manager, **ROW, target="没预算", phrases="没钱")
    assert answer.status_code == 409
    assert "The row was taken out." in answer.text
    assert "没预算" not in saved(library)
    assert post(manager, target="没预算", phrases="没钱").status_code == 302
    assert saved(library)["没预算"] == ("没钱",)


def test_words_are_saved_and_the_index_is_asked_for(manager, library):
    data = {"seen_words": "转介绍 陌拜", "words": "转介绍\r\n决策链"}
    assert manager.post(f"{PATH}/whole", data=data).status_code == 302
    with library.read() as db:
        assert team_words(db) == ("决策链", "转介绍")
        assert len(outbox.pending(db, outbox.TEAM_WORDS)) == 1
    assert "It is being renewed now." in manager.get(PATH).text


def test_faulty_words_are_told_by_line(manager, library):
    data = {"seen_words": "转介绍 陌拜", "words": "转介绍\r\nWMS\r\n单"}
    answer = manager.post(f"{PATH}/whole", data=data)
    assert answer.status_code == 422
    assert "Line 2: wms stays whole without an entry" in answer.text
    assert "Line 3: 单 is too short" in answer.text
    with library.read() as db:
        assert team_words(db) == ("转介绍", "陌拜")


@pytest.mark.parametrize("path", ["synonyms", "whole"])
def test_an_empty_form_breaks_nothing(manager, path):
    assert manager.post(f"{PATH}/{path}").status_code in (302, 422)


def test_markup_in_a_phrase_stays_text(manager):
    post(manager, target="<b>折扣</b>", phrases='打折"<script>')
    page = manager.get(PATH).text
    assert "<b>折扣" not in page
    assert "<script>、" not in page
    assert "&lt;b&gt;折扣" in page
