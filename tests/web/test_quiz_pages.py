"""Quiz pages: no answer before its time, nothing typed is lost, the bank in and out."""

import io
import re

import pytest
from sqlmodel import select

from kb.quizzes.models import Attempt, AttemptItem, BankQuestion
from kb.quizzes.questions import parse_bank
from tests.conftest import SAMPLE

TEXT = (SAMPLE / "questions/basics.zh.yaml").read_text("utf-8")
BANK, _ = parse_bank(TEXT)


@pytest.fixture
def begun(client_as, library):
    client = client_as("chen.liang")
    answer = client.post("/quizzes/basics/begin")
    assert answer.status_code == 302
    return client, answer.location


def revision_of(page: str) -> str:
    return re.search(r'name="revision" value="(\d+)"', page)[1]


def test_the_form_gives_no_answer_away(begun, client_as, library):
    client, address = begun
    pages = [
        client.get(address).text,
        client.get("/quizzes/basics").text,
        client.get("/quizzes").text,
    ]
    kept = client.post(address + "/keep", data={"revision": "0", "a0": "0"})
    pages.append(kept.text)
    for question in BANK.questions:
        for page in pages:
            assert question.explanation == "" or question.explanation not in page
            assert "那是专业版" not in page
            assert (question.source or "nowhere#") not in page
    assert '"right"' not in "".join(pages)
    # pairs and items are numbered by where they stand on the page, not by where they belong
    with library.read() as db:
        items = db.exec(select(AttemptItem)).all()
    matches = [one for one in items if "type: match" in one.body]
    assert matches
    for one in matches:
        assert one.shown not in client.get(address).text


def test_what_is_typed_is_kept_and_shown_again(begun):
    client, address = begun
    page = client.get(address).text
    number = re.search(r'<input class="form-control" name="(a\d+)"', page)[1]
    kept = client.post(address + "/keep", data={"revision": "0", number: "my answer"})
    assert kept.get_json() == {"revision": 1}
    assert "my answer" in client.get(address).text
    older = client.post(address + "/keep", data={"revision": "0", number: "older"})
    assert older.status_code == 409
    both = client.post(address, data={"revision": "0", number: "the other tab"})
    assert both.status_code == 409
    assert "the other tab" in both.text
    assert "my answer" in both.text
    done = client.post(address, data={"revision": revision_of(both.text), number: "the other tab"})
    assert done.status_code == 302


def test_after_handing_in_each_mistake_leads_to_its_passage(begun):
    client, address = begun
    client.post(address, data={"revision": "0"})
    page = client.get(address).text
    assert "Not passed yet" in page
    assert "/library/price-too-high?lang=zh#words" in page
    assert "标准版 38,800 元。" in page
    again = client.post(address, data={"revision": "1"})
    assert again.status_code == 409
    assert "handed in already" in again.text


def test_a_late_submission_is_refused_and_shown(begun, clock, library):
    client, address = begun
    page = client.get(address).text
    number = re.search(r'<input class="form-control" name="(a\d+)"', page)[1]
    clock.move(minutes=11)
    late = client.post(address, data={"revision": "0", number: "too late"})
    assert late.status_code == 409
    assert "Time was up at 09:10" in late.text
    assert "too late" in late.text
    assert "not counted" in late.text
    with library.read() as db:
        assert db.exec(select(Attempt)).one().mark == 0


def test_the_clock_runs_out_while_the_page_is_closed(begun, clock):
    client, address = begun
    clock.move(hours=1)
    assert "Not passed yet" in client.get(address).text
    assert client.post(address + "/keep", data={"revision": "0"}).status_code == 409


def test_nobody_opens_anothers_attempt(begun, client_as):
    _, address = begun
    for login in ("wang.ke", "zhao.lan"):
        client = client_as(login)
        assert client.get(address).status_code == 404
        assert client.post(address, data={"revision": "0"}).status_code == 404
        assert client.post(address + "/keep", data={"revision": "0"}).status_code == 404


def test_a_manager_edits_a_question_and_a_fault_keeps_the_text(client_as, library):
    manager = client_as("zhao.lan")
    assert "标准版一年一个仓多少钱" in manager.get("/quizzes/bank/zh/basics").text
    with library.read() as db:
        row = db.exec(select(BankQuestion).where(BankQuestion.key == "edition-price")).one()
    page = manager.get(f"/quizzes/bank/q/{row.id}").text
    assert "right: true" in page
    broken = re.sub(r" *right: true\n", "", row.body)
    data = {"question_id": str(row.id), "text": broken}
    refused = manager.post("/quizzes/bank/save", data=data)
    assert refused.status_code == 422
    assert "a single choice has exactly one" in refused.text
    data |= {"known": row.body, "text": row.body.replace("标准版", "入门版")}
    manager.post("/quizzes/bank/save", data=data)
    assert "入门版" in manager.get("/quizzes/bank/zh/basics").text
    manager.post(f"/quizzes/bank/q/{row.id}/retire", data={"retire": ""})
    assert "retired" in manager.get("/quizzes/bank/zh/basics").text


@pytest.mark.parametrize("form", ["gift", "csv", "xlsx"])
def test_a_bank_goes_out_and_comes_back(client_as, library, form):
    manager = client_as("zhao.lan")
    out = manager.get(f"/quizzes/bank/zh/basics.{form}")
    assert out.headers["Content-Disposition"].endswith(f"basics.zh.{form}")
    data = {"bank": "copy", "lang": "zh", "file": (io.BytesIO(out.data), f"x.{form}")}
    report = manager.post("/quizzes/bank/import", data=data).text
    assert "added" in report
    with library.read() as db:
        rows = db.exec(select(BankQuestion).where(BankQuestion.bank == "copy")).all()
    assert len(rows) == (7 if form == "gift" else 8)


def test_a_bad_file_is_refused_with_a_sentence(client_as, library):
    manager = client_as("zhao.lan")
    for name, data in (
        ("x.pdf", b"%PDF"),
        ("x.xlsx", b"PK\x03\x04nonsense"),
        ("x.csv", b"\xff\xfe\x00"),
    ):
        form = {"bank": "copy", "lang": "zh", "file": (io.BytesIO(data), name)}
        answer = manager.post("/quizzes/bank/import", data=form)
        assert answer.status_code == 422, name
        assert 'role="alert"' in answer.text


def test_a_quiz_is_edited_and_an_older_page_is_refused(client_as, library):
    manager = client_as("zhao.lan")
    page = manager.get("/quizzes/bank/quiz/basics").text
    assert "pass_mark" in page
    text = "slug: basics\ntitle: {zh: 新, en: Renewed}\ndraw:\n- {bank: basics, count: 2}\n"
    assert (
        manager.post("/quizzes/bank/quiz/basics", data={"text": text, "version": "1"}).status_code
        == 302
    )
    assert "Renewed" in manager.get("/quizzes/basics").text
    late = manager.post("/quizzes/bank/quiz/basics", data={"text": text, "version": "1"})
    assert late.status_code == 409
    assert "newer version" in late.text
    assert "Renewed" in late.text


def test_the_mentor_decides_on_a_free_answer(client_as, library, person, reader, clock, database):
    from datetime import date

    from kb.learning.enrolments import EnrolForm, enrol
    from kb.learning.moment import Moment
    from kb.learning.path_store import find_path

    with library.write() as db:
        form = EnrolForm((person("zhou.xiaoyu").id,), date(2026, 12, 1), person("lin.yue").id)
        moment = Moment.of(clock.now(), "Asia/Shanghai")
        enrol(db, reader("zhao.lan"), find_path(db, "first-week"), form, moment)
    hire, mentor = client_as("zhou.xiaoyu"), client_as("lin.yue")
    address = hire.post("/quizzes/free-talk/begin").location
    page = hire.get(address).text
    free = re.search(r'<textarea class="form-control" name="(a\d+)"', page)[1]
    hire.post(address, data={"revision": "0", free: "您觉得高，是跟哪家比？折下来一天 188 元。"})
    assert "with the mentor" in hire.get(address).text
    queue = mentor.get("/learn/reviews").text
    assert "您觉得高，是跟哪家比" in queue
    action = re.search(r'action="(/quizzes/judge/[^"]+)"', queue)[1]
    mentor.post(action, data={"met": ["0", "1"], "comment": "好，先问再答"})
    page = hire.get(address).text
    assert "好，先问再答" in page
    assert "您觉得高，是跟哪家比" not in mentor.get("/learn/reviews").text
