"""Writing on the web: fields, faults, conflicts, autosave, restore, and the new text in search."""

import html

import pytest
from werkzeug.datastructures import MultiDict

from kb.library.articles import document_of, find_visible
from kb.library.front_matter import parse
from kb.library.index_feed import published_documents
from tests.conftest import SAMPLE
from web.library.forms import document_typed, form_of

FILES = sorted(SAMPLE.glob("*/*.md"))
PATH = "/library/zh/staff-wont-use"


def typed(**changes: object) -> MultiDict[str, str]:
    document, _ = parse((SAMPLE / "objection_card/staff-wont-use.zh.md").read_text("utf-8"))
    form = form_of(document) | {
        key: value if isinstance(value, list) else [value] for key, value in changes.items()
    }
    return MultiDict([(key, value) for key, values in form.items() for value in values])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_form_gives_back_the_document_it_shows(path):
    document, _ = parse(path.read_text("utf-8"))
    again, faults = document_typed(document.meta.kind, form_of(document))
    assert faults == {}
    assert (again.meta, again.body) == (document.meta, document.body)


def test_an_edit_is_saved_and_found(client_as, index, library):
    client = client_as("zhao.lan")
    answer = client.post(
        f"{PATH}/edit",
        data=typed(
            base_revision="1", customer_says="老员工抵触\n班长说太复杂\n没人愿意扫码", note="新说法"
        ),
    )
    assert answer.status_code == 302
    with library.read() as db:
        index.builder.update(published_documents(db))
    results = client_as("chen.liang").get("/api/search?q=班长说太复杂").json["results"]
    assert results[0]["title"] == "员工不愿意用"
    assert "新说法" in client.get(f"{PATH}/history").text


def test_faults_are_shown_at_their_fields_and_nothing_typed_is_lost(client_as):
    answer = client_as("zhao.lan").post(
        f"{PATH}/edit",
        data=typed(base_revision="1", title="", response="您好{客户}", body="## 我写的正文"),
    )
    assert answer.status_code == 422
    text = html.unescape(answer.text)
    assert "{客户} is not a known slot" in text
    assert "is missing; add it" in text
    assert "## 我写的正文" in text


def test_the_second_of_two_editors_sees_both_versions_and_can_save_again(client_as):
    first, second = client_as("zhao.lan"), client_as("sun.ning")
    assert (
        first.post(f"{PATH}/edit", data=typed(base_revision="1", title="甲的标题")).status_code
        == 302
    )
    conflict = second.post(f"{PATH}/edit", data=typed(base_revision="1", title="乙的标题"))
    assert conflict.status_code == 409
    assert 'value="乙的标题"' in conflict.text
    assert "甲的标题" in conflict.text
    assert 'name="base_revision" value="2"' in conflict.text
    assert (
        second.post(f"{PATH}/edit", data=typed(base_revision="2", title="乙的标题")).status_code
        == 302
    )


def test_what_is_typed_survives_a_closed_tab(client_as):
    client = client_as("zhao.lan")
    page = client.get(f"{PATH}/edit").text
    key = page.split('name="draft_key" value="')[1].split('"')[0]
    assert client.post(
        "/api/draft", data=typed(draft_key=key, base_revision="1", title="还没保存")
    ).json == {"kept": True}
    assert 'value="还没保存"' in client.get(f"{PATH}/edit").text
    client.post("/draft/discard", data={"draft_key": key})
    assert 'value="还没保存"' not in client.get(f"{PATH}/edit").text


def test_a_new_article_by_an_author_is_a_draft_that_only_an_editor_publishes(
    client_as, library, reader
):
    mentor = client_as("lin.yue")
    form = typed(slug="new-card", title="新的异议", status="draft", owner="lin.yue")
    assert mentor.post("/write/objection_card", data=form).status_code == 302
    assert client_as("chen.liang").get("/library/zh/new-card").status_code == 404
    assert (
        mentor.post("/library/zh/new-card/status", data={"status": "published"}).status_code == 403
    )
    form["status"] = "published"
    form["base_revision"] = "1"
    assert mentor.post("/library/zh/new-card/edit", data=form).status_code == 403
    assert (
        client_as("zhao.lan")
        .post("/library/zh/new-card/status", data={"status": "published"})
        .status_code
        == 302
    )
    assert client_as("chen.liang").get("/library/zh/new-card").status_code == 200


def test_an_author_edits_only_what_they_own(client_as):
    mentor = client_as("gu.heng")
    assert mentor.get("/library/zh/price-too-high/edit").status_code == 403
    assert client_as("lin.yue").get("/library/zh/price-too-high/edit").status_code == 200


def test_a_taken_slug_is_refused_at_its_field(client_as):
    answer = client_as("zhao.lan").post("/write/objection_card", data=typed())
    assert answer.status_code == 422
    assert "exists already in this language" in answer.text


def test_an_old_revision_can_be_restored(client_as, library, reader):
    client = client_as("zhao.lan")
    client.post(f"{PATH}/edit", data=typed(base_revision="1", title="改坏了"))
    assert (
        client.post(f"{PATH}/restore", data={"number": "1", "base_revision": "2"}).status_code
        == 302
    )
    with library.read() as db:
        row = find_visible(db, reader("chen.liang"), "staff-wont-use", "zh")
        assert (row.title, row.revision) == ("员工不愿意用", 3)
        assert document_of(db, row).meta.title == "员工不愿意用"


def test_the_preview_is_sanitised(client_as):
    body = "<script>alert(1)</script> [x](javascript:alert(1)) **b**"
    shown = (
        client_as("zhao.lan").post("/api/preview", data={"body": body, "lang": "zh"}).json["html"]
    )
    assert "<script" not in shown
    assert "href" not in shown
    assert "<strong>b</strong>" in shown


@pytest.mark.parametrize("number", ["0", "99", "-1", "9" * 30, "x"])
def test_a_revision_that_there_is_not_is_no_error_of_ours(client_as, number):
    answer = client_as("zhao.lan").get(f"{PATH}/history?r={number}")
    assert answer.status_code in (200, 404)
