"""A new hire's pages, the mentor's, the manager's: what is shown, what is kept, what is refused."""

import io
from datetime import date

import pytest
from icalendar import Calendar
from sqlmodel import select

from kb.learning.enrolments import EnrolForm, enrol
from kb.learning.models import Enrolment, Submission
from kb.learning.moment import Moment
from kb.learning.path_store import find_path
from tests.kb.learning.test_progress import add_people
from tests.queries import counted_queries

START = date(2026, 12, 1)


@pytest.fixture
def enrolled(library, reader, person, clock) -> int:
    form = EnrolForm((person("zhou.xiaoyu").id,), START, person("lin.yue").id, "winter")
    with library.write() as db:
        moment = Moment.of(clock.now(), "Asia/Shanghai")
        enrol(db, reader("zhao.lan"), find_path(db, "first-week"), form, moment)
        return db.exec(select(Enrolment.id)).one()


def submissions(database) -> list[Submission]:
    with database.read() as db:
        return list(db.exec(select(Submission)))


def test_somebody_without_a_path_sees_which_there_are(client_as, library):
    page = client_as("chen.liang").get("/learn").text
    assert "You are not on a path" in page
    assert "First week" in page


def test_today_shows_the_day_the_next_step_and_what_is_left(client_as, enrolled):
    page = client_as("zhou.xiaoyu").get("/learn").text
    assert "Day 1 of 7" in page
    assert "27 minutes left for today." in page
    assert "报价单" in page  # the title of the article that the next step reads
    assert "0 / 4" in page


def test_an_article_of_the_path_offers_to_finish_its_step_once(client_as, enrolled):
    client = client_as("zhou.xiaoyu")
    assert "I have read it" in client.get("/library/zh/reading-a-quote").text
    assert "I have read it" not in client_as("chen.liang").get("/library/zh/reading-a-quote").text
    done = client.post(f"/learn/e/{enrolled}/read-quote/read", follow_redirects=True)
    assert "Here is what comes next" in done.text
    again = client.post(f"/learn/e/{enrolled}/read-quote/read", follow_redirects=True)
    assert "done already" in again.text
    assert "1 / 4" in again.text
    assert "I have read it" not in client.get("/library/zh/reading-a-quote").text


def test_evidence_goes_to_the_mentor_and_back(client_as, enrolled, database):
    hire, mentor = client_as("zhou.xiaoyu"), client_as("lin.yue")
    hire.post(f"/learn/e/{enrolled}/read-quote/read")
    refused = hire.post(f"/learn/e/{enrolled}/tell-quote/evidence", data={"text": ""})
    assert refused.status_code == 422
    assert "Write what you did, or attach a file." in refused.text
    file = (io.BytesIO(b"sound"), "报价 录音.m4a")
    hire.post(
        f"/learn/e/{enrolled}/tell-quote/evidence", data={"text": "three figures", "file": file}
    )
    (one,) = submissions(database)
    queue = mentor.get("/learn/reviews").text
    assert "three figures" in queue
    assert "报价 录音.m4a" in queue
    got = mentor.get(f"/learn/evidence/{one.id}")
    assert got.data == b"sound"
    assert got.headers["Content-Disposition"].startswith("attachment")
    got.close()
    assert client_as("gu.heng").get(f"/learn/evidence/{one.id}").status_code == 404
    bare = mentor.post(f"/learn/reviews/{one.id}", data={"return": "", "comment": ""})
    assert bare.status_code == 422
    assert "Write what is missing" in bare.text
    mentor.post(f"/learn/reviews/{one.id}", data={"return": "", "comment": "say the third one"})
    step = hire.get(f"/learn/e/{enrolled}/tell-quote").text
    assert "say the third one" in step
    hire.post(f"/learn/e/{enrolled}/tell-quote/evidence", data={"text": "128,000"})
    mentor.post(f"/learn/reviews/{submissions(database)[1].id}", data={"accept": ""})
    assert "2 / 4" in hire.get("/learn").text


def test_an_empty_file_is_refused_and_the_text_is_kept(client_as, enrolled):
    hire = client_as("zhou.xiaoyu")
    hire.post(f"/learn/e/{enrolled}/read-quote/read")
    answer = hire.post(
        f"/learn/e/{enrolled}/tell-quote/evidence",
        data={"text": "what I wrote", "file": (io.BytesIO(b""), "x.png")},
    )
    assert answer.status_code == 422
    assert "what I wrote" in answer.text


def test_a_step_out_of_order_is_refused_with_what_comes_first(client_as, enrolled):
    hire = client_as("zhou.xiaoyu")
    answer = hire.post(f"/learn/e/{enrolled}/tell-quote/evidence", data={"text": "x"})
    assert answer.status_code == 409
    assert "读懂一份报价单" in answer.text


def test_the_mentor_signs_what_the_person_cannot(client_as, enrolled, library):
    hire, mentor = client_as("zhou.xiaoyu"), client_as("lin.yue")
    hire.post(f"/learn/e/{enrolled}/read-quote/read")
    hire.post(f"/learn/e/{enrolled}/tell-quote/evidence", data={"text": "three"})
    assert hire.post(f"/learn/e/{enrolled}/signed/sign").status_code == 403
    assert "All of it holds" in mentor.get(f"/learn/e/{enrolled}/signed").text
    mentor.post(f"/learn/e/{enrolled}/signed/sign")
    assert "signed by 林悦" in hire.get(f"/learn/e/{enrolled}/signed").text


@pytest.mark.parametrize("login", ["chen.liang", "gu.heng", "he.zixuan"])
def test_nobody_else_finds_the_page(client_as, enrolled, login):
    for path in ("", "/path", "/read-quote"):
        assert client_as(login).get(f"/learn/e/{enrolled}{path}").status_code == 404


def test_a_manager_enrols_reads_and_plans_anew(client_as, library, person, database):
    manager = client_as("zhao.lan")
    people = [str(person(login).id) for login in ("zhou.xiaoyu", "he.zixuan")]
    form = {"path": "first-week", "start": "2026-12-01", "cohort": "winter",
            "mentor": str(person("lin.yue").id), "people": people}  # fmt: skip
    assert manager.post("/learn/cohort/enrol", data=form | {"start": "soon"}).status_code == 422
    page = manager.post("/learn/cohort/enrol", data=form, follow_redirects=True).text
    assert "周晓雨" in page
    assert "何子轩" in page
    again = manager.post("/learn/cohort/enrol", data=form, follow_redirects=True).text
    assert "On this path already" in again
    with database.read() as db:
        first = db.exec(select(Enrolment.id).order_by(Enrolment.id)).first()
    leave = {"first": "2026-12-02", "last": "2026-12-01"}
    refused = manager.post(f"/learn/cohort/e/{first}/leave", data=leave)
    assert refused.status_code == 422
    assert 'value="2026-12-02"' in refused.text
    manager.post(f"/learn/cohort/e/{first}/leave", data=leave | {"last": "2026-12-03"})
    assert "2026-12-02 – 2026-12-03" in manager.get(f"/learn/cohort/e/{first}").text
    changed = {"start": "2026-12-07", "mentor": ""}
    manager.post(f"/learn/cohort/e/{first}", data=changed)
    assert 'value="2026-12-07"' in manager.get(f"/learn/cohort/e/{first}").text


def test_the_cohort_as_csv_holds_a_line_for_each_step_and_no_formulas(
    client_as, enrolled, database, person
):
    with database.write() as db:
        row = person("zhou.xiaoyu")
        row.name = "=cmd|' /C calc'!A0"
        db.merge(row)
    answer = client_as("zhao.lan").get("/learn/cohort/first-week.csv")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Login,Name,Mentor")
    assert len(lines) == 1 + 9
    assert all("'=cmd" in line for line in lines[1:])


def test_the_calendar_feed_needs_its_address_and_a_new_one_kills_the_old(client_as, enrolled, app):
    hire = client_as("zhou.xiaoyu")
    page = hire.get("/learn/calendar").text
    address = page.split('value="http://localhost')[1].split('"')[0]
    feed = app.test_client().get(address)
    calendar = Calendar.from_ical(feed.data)
    days = {str(event["dtstart"].dt): str(event["summary"]) for event in calendar.events}
    assert days["2026-12-01"].endswith("1/7 · 27 分钟")
    assert app.test_client().get(address.replace(".ics", "0.ics")).status_code == 404
    hire.post("/learn/calendar")
    assert app.test_client().get(address).status_code == 404


def test_a_path_is_edited_with_faults_by_line_and_without_loss(client_as, library):
    manager = client_as("zhao.lan")
    page = manager.get("/learn/paths/first-week/edit").text
    assert "read-quote" in page
    text = "slug: first-week\ntitle: {zh: 甲, en: A}\ndays: many\n"
    refused = manager.post("/learn/paths/first-week/edit", data={"source": text, "version": "1"})
    assert refused.status_code == 422
    assert "line 3" in refused.text
    assert "days: many" in refused.text
    with library.read() as db:
        source = find_path(db, "first-week").source
    newer = source.replace("First week", "Week one")
    manager.post("/learn/paths/first-week/edit", data={"source": newer, "version": "1"})
    assert "Week one" in manager.get("/learn/paths/first-week").text
    late = manager.post("/learn/paths/first-week/edit", data={"source": source, "version": "1"})
    assert late.status_code == 409
    assert "Somebody saved a newer version" in late.text


def test_a_new_path_and_an_archived_one(client_as, library):
    manager = client_as("zhao.lan")
    text = manager.get("/learn/paths/new").text
    assert "slug: my-path" in text
    from web.learn.paths import EMPTY

    manager.post("/learn/paths/new", data={"source": EMPTY, "version": "0"})
    assert "Name of the path" in client_as("chen.liang").get("/learn/paths").text
    manager.post("/learn/paths/my-path/archive", data={"archive": ""})
    assert "Name of the path" not in client_as("chen.liang").get("/learn/paths").text


def test_an_administrator_sets_days_off(client_as, enrolled):
    admin, hire = client_as("sun.ning"), client_as("zhou.xiaoyu")
    refused = admin.post("/admin/calendar", data={"days": "2026-13-01", "worked": "0"})
    assert refused.status_code == 422
    admin.post("/admin/calendar", data={"days": "2026-12-01", "worked": "0", "note": "盘点"})
    assert "盘点" in admin.get("/admin/calendar").text
    assert "27 minutes" not in hire.get("/learn").text
    admin.post("/admin/calendar/2026-12-01/forget")
    assert "27 minutes" in hire.get("/learn").text


def test_the_cohort_page_of_a_thousand_takes_as_many_queries_as_that_of_one(
    client_as, enrolled, library, clock
):
    def queries() -> int:
        with counted_queries(library.engine) as counted:
            assert manager.get("/learn/cohort").status_code == 200
        return len(counted)

    manager = client_as("zhao.lan")
    manager.get("/learn/cohort")
    one = queries()
    with library.write() as db:
        add_people(db, 1000, find_path(db, "first-week").id, clock)
    assert queries() == one
    assert "1 / 11" in manager.get("/learn/cohort").text
