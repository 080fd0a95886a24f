"""Videos: uploading, ranges, captions, rights, where one stopped, and the hit that names a second."""

import io

import pytest

from kb.library.index_feed import published_documents
from tests.kb.media.test_subtitles import VTT, WEBM


def form(**changed):
    data = {
        "title": "异议示范", "slug": "objection-demo", "lang": "zh",
        "file": (io.BytesIO(WEBM), "clip.webm"), "subtitles": (io.BytesIO(VTT.encode()), "c.vtt"),
    }  # fmt: skip
    return data | changed


@pytest.fixture
def uploaded(client_as, library):
    manager = client_as("zhao.lan")
    answer = manager.post("/videos/new", data=form())
    assert answer.status_code == 302, answer.text
    manager.post("/library/zh/objection-demo/status", data={"status": "published"})
    return manager


def test_a_video_with_subtitles_becomes_a_draft_with_its_transcript(client_as, library):
    manager = client_as("zhao.lan")
    page = manager.post("/videos/new", data=form(), follow_redirects=True).text
    assert "太贵了" in page
    assert client_as("chen.liang").get("/library/zh/objection-demo").status_code == 404
    again = manager.post("/videos/new", data=form())
    assert again.status_code == 422
    assert "exists already" in again.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"title": ""}, "Write a title"), ({"slug": "Not A Slug"}, "lower-case words"),
     ({"file": (io.BytesIO(b"<svg>"), "x.webm")}, "This is no webm video"),
     ({"subtitles": (io.BytesIO(b"x"), "x.vtt")}, "No timed lines")],
)  # fmt: skip
def test_a_bad_upload_is_refused_and_what_was_typed_stays(client_as, library, changed, said):
    answer = client_as("zhao.lan").post("/videos/new", data=form(**changed))
    assert answer.status_code == 422
    assert said in answer.text
    assert "objection-demo" in answer.text or "Not A Slug" in answer.text


def test_a_browser_gets_the_range_that_it_asks_for(uploaded, client_as):
    rep = client_as("chen.liang")
    whole = rep.get("/library/zh/objection-demo/video")
    assert whole.data == WEBM
    whole.close()
    part = rep.get("/library/zh/objection-demo/video", headers={"Range": "bytes=4-9"})
    assert part.status_code == 206
    assert part.data == WEBM[4:10]
    assert part.headers["Content-Range"] == f"bytes 4-9/{len(WEBM)}"
    part.close()
    beyond = rep.get("/library/zh/objection-demo/video", headers={"Range": "bytes=999-"})
    assert beyond.status_code == 416
    captions = rep.get("/library/zh/objection-demo/captions.vtt")
    assert "00:00:05.000 --> 01:02:03.000" in captions.text


def test_who_may_not_see_the_article_gets_neither_video_nor_captions(client_as, library):
    client_as("zhao.lan").post("/videos/new", data=form())
    rep = client_as("chen.liang")
    for path in ("video", "captions.vtt"):
        assert rep.get(f"/library/zh/objection-demo/{path}").status_code == 404
    assert rep.get("/library/zh/price-too-high/video").status_code == 404


def test_where_one_stopped_is_remembered_for_each_person(uploaded, client_as, library, reader):
    from kb.library.articles import find_visible

    with library.read() as db:
        number = find_visible(db, reader("zhao.lan"), "objection-demo", "zh").id
    rep = client_as("chen.liang")
    rep.post(f"/api/videos/{number}/position", data={"seconds": "37"})
    assert 'data-position="37"' in rep.get("/library/zh/objection-demo").text
    assert 'data-position="0"' in client_as("wang.ke").get("/library/zh/objection-demo").text
    assert rep.post("/api/videos/99999/position", data={"seconds": "1"}).status_code == 404


def test_a_hit_in_the_transcript_leads_to_its_second(uploaded, client_as, library, index):
    with library.read() as db:
        index.builder.rebuild(published_documents(db))
    page = client_as("chen.liang").get("/search?q=跟谁比").text
    assert "/library/zh/objection-demo#t-1-02-03" in page


def test_only_who_may_write_uploads_more_than_other_requests(client_as, library, app):
    app.config["MAX_CONTENT_LENGTH"] = 100_000
    large = WEBM + b"x" * 300_000
    data = form(file=(io.BytesIO(large), "x.webm"))
    assert client_as("zhao.lan").post("/videos/new", data=data).status_code == 302
    for path in ("/videos/new", "/learn/e/1/x/evidence"):
        data = form(file=(io.BytesIO(large), "x.webm"))
        assert client_as("chen.liang").post(path, data=data).status_code in (403, 404, 413)
    data = {"bank": "b", "lang": "zh", "file": (io.BytesIO(large), "x.csv")}
    assert client_as("zhao.lan").post("/quizzes/bank/import", data=data).status_code == 413
