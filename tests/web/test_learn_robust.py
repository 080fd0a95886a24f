"""What a critical tester found: pages that broke, text that was lost, acts that counted twice."""

from datetime import date

import pytest
from sqlmodel import select

from kb.learning.completion import record_done, standing_of
from kb.learning.enrolments import EnrolForm, change_enrolment, enrol
from kb.learning.models import Enrolment
from kb.learning.moment import Moment
from kb.learning.path_store import find_path, save_path
from kb.quizzes.models import AttemptItem, BankQuestion, ExtraAttempt
from kb.quizzes.text_match import number_of, same_answer

START = date(2026, 12, 1)


@pytest.fixture
def moment(clock):
    return lambda: Moment.of(clock.now(), "Asia/Shanghai")


@pytest.fixture
def enrolled(library, reader, person, moment) -> int:
    form = EnrolForm((person("zhou.xiaoyu").id,), START, person("lin.yue").id, "winter")
    with library.write() as db:
        enrol(db, reader("zhao.lan"), find_path(db, "first-week"), form, moment())
        return db.exec(select(Enrolment.id)).one()


def test_a_quiz_with_untouched_questions_of_every_type_opens_again(client_as, library):
    client = client_as("chen.liang")
    for slug in ("basics", "free-talk"):
        address = client.post(f"/quizzes/{slug}/begin").location
        assert client.post(address + "/keep", data={"revision": "0"}).status_code == 200
        assert client.get(address).status_code == 200
        assert client.post(address, data={"revision": "0"}).status_code == 409  # both are shown
    with library.read() as db:
        types = {item.body.split("type: ")[1].split()[0] for item in db.exec(select(AttemptItem))}
    assert {"order", "match", "single"} <= types


@pytest.mark.parametrize(
    ("first", "last"), [("9999-12-30", "9999-12-31"), ("0001-01-01", "0001-01-02")]
)
def test_leave_in_another_age_is_refused_and_the_pages_stay_up(client_as, enrolled, first, last):
    manager = client_as("zhao.lan")
    data = {"first": first, "last": last}
    assert manager.post(f"/learn/cohort/e/{enrolled}/leave", data=data).status_code == 422
    assert manager.get("/learn/cohort").status_code == 200


def test_numerals_without_end_are_no_numbers():
    assert number_of("九" * 400) is None
    assert number_of("9" * 400) is None
    assert not same_answer("九" * 400, "9")


def test_the_cohort_opens_after_a_completed_path_was_changed(
    client_as, library, enrolled, moment, person
):
    with library.write() as db:
        row = db.get_one(Enrolment, enrolled)
        for view in standing_of(db, row, moment()).counted:
            record_done(db, standing_of(db, row, moment()), view.step, moment())
        stored = find_path(db, "first-week")
        source = stored.source
        for step in ("read-quote", "tell-quote", "watch-call", "signed"):
            source = source.replace(step, f"{step}-new")
        save_path(db, source, 1, person("zhao.lan").id, moment(), "first-week")
    page = client_as("zhao.lan").get("/learn/cohort?path=first-week")
    assert page.status_code == 200


def test_somebody_taken_off_a_path_is_put_back_by_enrolling_again(
    library, reader, person, moment, enrolled
):
    manager = reader("zhao.lan")
    with library.write() as db:
        change_enrolment(db, manager, enrolled, START, None, True, moment())
        form = EnrolForm((person("zhou.xiaoyu").id,), date(2026, 12, 7), person("lin.yue").id)
        report = enrol(db, manager, find_path(db, "first-week"), form, moment())
        assert [one.login for one in report.added] == ["zhou.xiaoyu"]
        row = db.get_one(Enrolment, enrolled)
        assert (row.ended, row.start) == (False, date(2026, 12, 7))


def test_a_taken_slug_keeps_the_text_of_a_new_path_quiz_or_role_play(client_as, library):
    manager = client_as("zhao.lan")
    with library.read() as db:
        source = find_path(db, "first-week").source
    answer = manager.post("/learn/paths/new", data={"source": source, "version": "0"})
    assert answer.status_code == 422
    assert "first-week is taken" in answer.text
    assert "read-quote" in answer.text
    quiz = manager.get("/quizzes/bank/quiz/basics").text.split('spellcheck="false" required>')[1]
    answer = manager.post(
        "/quizzes/bank/quiz/new", data={"text": quiz.split("</textarea>")[0], "version": "0"}
    )
    assert "basics is taken" in answer.text
    play = manager.get("/scenarios/too-dear/edit/zh").text.split('spellcheck="false" required>')[1]
    answer = manager.post("/scenarios/new", data={"text": play.split("</textarea>")[0]})
    assert "too-dear is taken" in answer.text
    assert manager.post("/learn/paths/nowhere/edit", data={"source": "x"}).status_code in (404, 422)


def test_a_new_quiz_and_a_new_role_play_are_made_on_the_site(client_as, library):
    manager = client_as("zhao.lan")
    text = manager.get("/scenarios/new").text
    assert "new-role-play" in text
    from kb.scenarios.store import EXAMPLE
    from web.quizzes.bank import NEW_QUIZ

    assert manager.post("/scenarios/new", data={"text": EXAMPLE}).status_code == 302
    assert "对练的名字" in client_as("chen.liang").get("/scenarios").text
    refused = manager.post("/quizzes/bank/quiz/new", data={"text": NEW_QUIZ, "version": "0"})
    assert "which is no bank" in refused.text
    text = NEW_QUIZ.replace("products", "basics").replace("[wms]", "[prices]")
    assert (
        manager.post("/quizzes/bank/quiz/new", data={"text": text, "version": "0"}).status_code
        == 302
    )
    assert "Name of the quiz" in client_as("chen.liang").get("/quizzes").text


def test_changing_a_questions_id_does_not_overwrite_another(client_as, library):
    manager = client_as("zhao.lan")
    with library.read() as db:
        one, other = db.exec(select(BankQuestion).order_by(BankQuestion.id).limit(2)).all()
    text = one.body.replace(f"id: {one.key}", f"id: {other.key}")
    data = {"question_id": str(one.id), "known": one.body, "text": text}
    answer = manager.post("/quizzes/bank/save", data=data)
    assert answer.status_code == 422
    assert "in the bank already" in answer.text
    stale = {**data, "known": "id: old", "text": one.body}
    assert manager.post("/quizzes/bank/save", data=stale).status_code == 422
    with library.read() as db:
        assert db.get_one(BankQuestion, other.id).body == other.body


@pytest.mark.parametrize("bank", ["a/b <script>", "x" * 300, "产品", ""])
def test_a_bank_has_a_name_that_an_address_can_hold(client_as, library, bank):
    from web.quizzes.bank import NEW_QUESTION

    data = {"bank": bank, "lang": "zh", "text": NEW_QUESTION}
    answer = client_as("zhao.lan").post("/quizzes/bank/save", data=data)
    assert answer.status_code == 422
    assert "Name the bank" in answer.text


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e999"])
def test_a_number_question_needs_a_number(client_as, library, value):
    text = f"id: x\ntype: number\ntopic: t\nprompt: how many\nanswer: {value}\n"
    data = {"bank": "basics", "lang": "zh", "text": text}
    assert client_as("zhao.lan").post("/quizzes/bank/save", data=data).status_code == 422


def test_an_older_page_of_a_role_play_is_refused_with_the_newer_text(client_as, library):
    manager = client_as("zhao.lan")
    from kb.scenarios.models import ScenarioRow

    with library.read() as db:
        body = db.get_one(ScenarioRow, ("too-dear", "zh")).body
    newer = body.replace("报价当场被嫌贵", "报价当场被说贵")
    data = {"text": newer, "version": "1"}
    assert manager.post("/scenarios/too-dear/edit/zh", data=data).status_code == 302
    late = manager.post("/scenarios/too-dear/edit/zh", data={"text": body, "version": "1"})
    assert late.status_code == 409
    assert "报价当场被说贵" in late.text


def test_a_play_that_is_running_is_not_reviewed(client_as, library):
    address = client_as("chen.liang").post("/scenarios/too-dear/begin").location
    assert client_as("zhao.lan").post(address + "/review", data={"word": "x"}).status_code == 404


def test_one_more_attempt_is_allowed_once_and_never_to_oneself(client_as, library, person):
    manager, rep = client_as("zhao.lan"), client_as("chen.liang")
    allow = f"/quizzes/basics/allow/{person('chen.liang').id}"
    manager.post(allow)  # attempts are left: nothing happens
    for _ in range(2):
        address = rep.post("/quizzes/basics/begin").location
        rep.post(address, data={"revision": "0"})
    for _ in range(3):
        manager.post(allow)
    assert manager.post(f"/quizzes/basics/allow/{person('zhao.lan').id}").status_code == 404
    with library.read() as db:
        assert len(db.exec(select(ExtraAttempt)).all()) == 1


STRANGE = ["abc", "-1", "²", "99999999999", "1.5", "\x00", "😀" * 50, "<script>"]


@pytest.mark.parametrize("value", STRANGE)
def test_strange_numbers_never_break_a_page(client_as, library, enrolled, value):
    manager, rep = client_as("zhao.lan"), client_as("chen.liang")
    address = rep.post("/quizzes/basics/begin").location
    play = rep.post("/scenarios/too-dear/begin").location
    posts = [
        (manager, "/learn/cohort/enrol", {"path": "first-week", "people": value, "start": value}),
        (manager, "/learn/cohort/enrol", {"path": "first-week", "mentor": value, "start": "2026-12-01"}),
        (manager, f"/learn/cohort/e/{enrolled}", {"start": "2026-12-01", "mentor": value}),
        (rep, "/practice/limits", {"cards": value, "new_cards": value}),
        (rep, address + "/keep", {"revision": value, "a0": value, "a1.0": value}),
        (rep, address, {"revision": value}),
        (manager, "/quizzes/judge/1/0", {"met": value}),
        (rep, play, {"moves": value, "reply": value}),
        (rep, "/practice/1/grade", {"rating": value, "reviews": value}),
        (manager, "/learn/paths/new", {"source": value, "version": value}),
        (manager, "/admin/calendar", {"days": value}),
    ]  # fmt: skip
    for client, path, data in posts:
        assert client.post(path, data=data).status_code < 500, (path, data)


def test_an_address_of_the_feed_with_other_letters_is_only_not_found(app):
    assert app.test_client().get("/learn/calendar/1-é.ics").status_code == 404


def test_a_file_for_a_step_that_is_not_open_is_not_stored(client_as, enrolled, settings):
    import io

    data = {"text": "x", "file": (io.BytesIO(b"data"), "x.png")}
    answer = client_as("zhou.xiaoyu").post(f"/learn/e/{enrolled}/tell-quote/evidence", data=data)
    assert answer.status_code == 409
    data = {"text": "x", "file": (io.BytesIO(b"data"), "x.png")}
    assert (
        client_as("chen.liang")
        .post(f"/learn/e/{enrolled}/tell-quote/evidence", data=data)
        .status_code
        == 404
    )
    folder = settings.uploads_dir / "evidence"
    assert not folder.exists() or list(folder.iterdir()) == []


def test_only_objection_cards_go_into_the_deck(client_as, library):
    assert client_as("chen.liang").post("/practice/add/contract-end-data").status_code == 404


def test_while_a_free_answer_waits_nothing_is_told_and_no_other_attempt_begins(client_as, library):
    client = client_as("chen.liang")
    address = client.post("/quizzes/free-talk/begin").location
    page = client.get(address).text
    import re

    free = re.search(r'<textarea class="form-control" name="(a\d+)"', page)[1]
    client.post(address, data={"revision": "0", free: "先问跟谁比"})
    page = client.get(address).text
    assert "按天算是一百八十八元" not in page
    assert "折下来一天 188 元。" not in page
    again = client.post("/quizzes/free-talk/begin")
    assert again.status_code in (302, 409)


def test_reserved_addresses_are_no_slugs():
    from kb.learning.path_file import parse_path
    from kb.quizzes.quiz_file import parse_quiz
    from web.learn.paths import EMPTY
    from web.quizzes.bank import NEW_QUIZ

    assert parse_path(EMPTY.replace("my-path", "new"))[0] is None
    assert parse_path(EMPTY.replace("d01-first", "path"))[0] is None
    assert parse_quiz(NEW_QUIZ.replace("new-quiz", "bank"))[0] is None
