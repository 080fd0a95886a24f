"""A new hire on the shipped path: day 1, day 9 and day 30, with mentor and manager beside them."""

import json
import shutil
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from kb import migrations
from kb.accounts.demo import add_demo_people
from kb.accounts.models import Person
from kb.db import Database
from kb.learning.completion import record_done, standing_of
from kb.learning.models import Enrolment
from kb.learning.moment import Moment
from kb.learning.path_file import SignOff
from kb.learning.standing import State
from kb.library.content_folder import read_content
from kb.library.content_transfer import import_content, import_files
from kb.quizzes.bank_store import read_body
from kb.quizzes.models import AttemptItem
from kb.quizzes.quiz_store import find_quiz, save_quiz
from kb.scenarios.scenario_file import read_scenario
from kb.scenarios.store import find_scenario
from tests.conftest import SHIPPED
from tests.fakes import MovableClock
from tests.kb.quizzes.test_attempts import right

HIRE, MENTOR, MANAGER = "zhou.xiaoyu", "lin.yue", "zhao.lan"


@pytest.fixture(scope="module")
def shipped_folder(tmp_path_factory):
    """A data folder with the demo's people and everything that is shipped."""
    folder = tmp_path_factory.mktemp("shipped") / "data"
    folder.mkdir()
    database = Database(f"sqlite:///{folder / 'shifu.db'}")
    migrations.upgrade(database.engine)
    now = MovableClock().now()
    with database.write() as session:
        add_demo_people(session, now)
        for person in session.exec(select(Person)):
            person.must_change_password = False
            session.add(person)
        import_content(session, read_content(SHIPPED), now)
    import_files(SHIPPED, folder / "uploads")
    database.close()
    return folder


@pytest.fixture
def database(settings, shipped_folder):
    shutil.copytree(shipped_folder, settings.data_dir)
    database = Database(settings.sqlalchemy_url)
    yield database
    database.close()


@pytest.fixture
def enrolled(open_as, site, database):
    """The manager puts the new hire on the path from today, under the mentor."""
    page = open_as(MANAGER)
    page.goto(f"{site.url}/learn/cohort/enrol")
    page.get_by_label("路径", exact=True).select_option("ice-breaking")
    page.get_by_label("导师").select_option(label="林悦")
    page.get_by_label("班级名称").fill("2026 冬季班")
    page.get_by_label("周晓雨").check()
    page.get_by_role("button", name="加入").click()
    expect(page.locator(".flash")).to_contain_text("周晓雨")
    with database.read() as db:
        return db.exec(select(Enrolment.id)).one()


def finish(database, clock, enrolment_id, but=()):
    """Whatever is due up to today is done, as if day by day."""
    moment = Moment.of(clock.now(), "Asia/Shanghai")
    with database.write() as db:
        row = db.get_one(Enrolment, enrolment_id)
        for view in standing_of(db, row, moment).counted:
            if view.due <= moment.day and view.step.id not in but:
                by = row.mentor_id if isinstance(view.step, SignOff) else None
                record_done(db, standing_of(db, row, moment), view.step, moment, score=None, by=by)


def states(database, clock, enrolment_id) -> dict[str, str]:
    with database.read() as db:
        row = db.get_one(Enrolment, enrolment_id)
        standing = standing_of(db, row, Moment.of(clock.now(), "Asia/Shanghai"))
        return {view.step.id: view.state for view in standing.steps}


def no_sideways(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_day_one_lesson_clip_and_evidence(open_as, site, database, clock, enrolled):
    page = open_as(HIRE, width=360)
    page.goto(f"{site.url}/learn")
    expect(page.get_by_role("heading", level=1)).to_have_text("第 1 天，共 30 天")
    no_sideways(page)
    page.locator(".next-step").get_by_role("link", name="开始").click()
    page.wait_for_url("**/library/zh/first-week-map")
    page.get_by_role("button", name="读完了").click()
    expect(page.locator(".flash")).to_contain_text("完成了")

    page.get_by_role("link", name="一箱货怎么走").first.click()
    video = page.locator("video")
    page.wait_for_function("() => document.querySelector('video').readyState >= 1")
    assert video.evaluate("v => v.duration") > 40
    page.get_by_role("link", name="0:28").click()
    page.wait_for_function("() => document.querySelector('video').currentTime >= 28")
    with page.expect_response("**/position") as kept:
        video.evaluate("async v => { await v.play(); v.pause(); }")
    assert kept.value.ok
    page.goto(f"{site.url}/library/zh/a-box-through-the-warehouse")
    page.wait_for_function("() => document.querySelector('video').currentTime >= 28")
    page.get_by_role("button", name="看完了").click()
    assert states(database, clock, enrolled)["d01-clip"] == State.DONE

    page.goto(f"{site.url}/library/zh/company-story")
    page.get_by_role("button", name="读完了").click()
    page.get_by_role("link", name="90 秒介绍我们公司").first.click()
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".fault")).to_have_text("请写下你做了什么，或附上文件。")
    page.get_by_label("你做了什么").fill("录了三遍，84 秒。")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".flash")).to_contain_text("已提交")

    mentor = open_as(MENTOR)
    mentor.goto(f"{site.url}/learn/reviews")
    mentor.get_by_role("button", name="通过周晓雨").click()
    assert states(database, clock, enrolled)["d01-intro"] == State.DONE


def answer_everything(page, database, attempt_id):
    """Fill in the right answer to every question that the page shows."""
    with database.read() as db:
        query = select(AttemptItem).where(AttemptItem.attempt_id == attempt_id)
        items = {item.position: item for item in db.exec(query)}
    for position, item in items.items():
        question, shown = read_body(item.body), json.loads(item.shown)
        answer, name = right(question), f"a{position}"
        if question.type in ("single", "multiple"):
            for number in answer:
                page.locator(f"input[name='{name}'][value='{shown.index(number)}']").check()
        elif question.type == "true_false":
            page.locator(f"input[name='{name}'][value='{answer}']").check()
        elif question.type == "order":
            for at, number in enumerate(shown):
                page.locator(f"select[name='{name}.{at}']").select_option(str(answer[number]))
        elif question.type == "match":
            for left, number in enumerate(answer):
                page.locator(f"select[name='{name}.{left}']").select_option(
                    str(shown.index(number))
                )
        else:
            page.locator(f"[name='{name}']").fill(str(answer))


def test_day_nine_a_quiz_is_failed_and_passed_and_cards_are_practised(
    open_as, site, database, clock, enrolled, person
):
    with database.write() as db:  # every question of the topic, so that free answers are among them
        row, _ = find_quiz(db, "wms")
        text = row.body.replace("count: 8", "count: 20")
        save_quiz(db, "wms", text, row.version, person(MANAGER).id, clock.now())
    clock.move(days=8)
    finish(database, clock, enrolled, but=("d09-quiz", "d09-cards", "d08-cards", "d09-demo"))
    page = open_as(HIRE)
    page.goto(f"{site.url}/learn")
    expect(page.get_by_role("heading", level=1)).to_have_text("第 9 天，共 30 天")

    page.goto(f"{site.url}/quizzes/wms")
    page.get_by_role("button", name="开始").click()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("还没通过 · 0")
    page.get_by_role("link", name="看原文").first.click()
    expect(page.locator("article.article")).to_be_visible()

    page.goto(f"{site.url}/quizzes/wms")
    page.get_by_role("button", name="开始").click()
    page.wait_for_url("**/quizzes/a/*")
    answer_everything(page, database, int(page.url.rsplit("/", 1)[1]))
    expect(page.locator("[data-quiz-state]")).to_have_text("已保存")
    page.get_by_role("button", name="提交").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("通过")
    result = page.url
    mentor = open_as(MENTOR, width=360)
    mentor.goto(f"{site.url}/learn/reviews")
    no_sideways(mentor)
    while mentor.get_by_role("button", name="给周晓雨的回答定分").count():
        for box in mentor.locator("article").first.get_by_role("checkbox").all():
            box.check()
        mentor.locator("article").first.get_by_label("评语").fill("照着说就行")
        mentor.get_by_role("button", name="给周晓雨的回答定分").first.click()
    page.goto(result)
    expect(heading).to_have_text("通过 · 100")
    expect(page.locator(".mentor-word").first).to_have_text("照着说就行")
    assert states(database, clock, enrolled)["d09-quiz"] == State.DONE

    page.goto(f"{site.url}/practice")
    page.get_by_role("link", name="练习", exact=True).last.click()
    for _ in range(13):  # three of the first week are counted as of today, too
        page.get_by_label("说出来，或者打出来").fill("您觉得高，是跟谁比？")
        page.get_by_role("button", name="看参考话术").click()
        page.get_by_role("button", name="答得好").click()
    after = states(database, clock, enrolled)
    assert (after["d08-cards"], after["d09-cards"]) == (State.DONE, State.DONE)


def test_day_thirty_a_role_play_the_sign_off_the_certificate_and_the_cohort(
    open_as, site, database, clock, enrolled
):
    clock.move(days=29)
    late = ("d29-play", "d30-signoff", "d30-next")
    finish(database, clock, enrolled, but=late)
    page = open_as(HIRE, width=360)
    page.goto(f"{site.url}/learn")
    expect(page.get_by_role("heading", level=1)).to_have_text("第 30 天，共 30 天")
    page.goto(f"{site.url}/scenarios/boss-disagrees")
    page.get_by_role("button", name="开始").click()
    with database.read() as db:
        scenario = read_scenario(find_scenario(db, "boss-disagrees", "zh").body)
    place = scenario.start
    while turn := scenario.turn(place):
        best = next(reply for reply in turn.replies if reply.best)
        expect(page.locator("#now")).to_contain_text(turn.customer[:10])
        page.get_by_label("用自己的话说").fill(best.say)
        page.get_by_role("button", name="说出去").click()
        place = best.next
    expect(page.locator(".chat-page")).to_contain_text("通过 · 100")
    expect(page.locator(".judged li")).to_have_count(len(scenario.criteria))
    no_sideways(page)
    page.goto(f"{site.url}/library/zh/next-ninety-days")
    page.get_by_role("button", name="读完了").click()

    mentor = open_as(MENTOR)
    mentor.goto(f"{site.url}/learn/reviews")
    mentor.get_by_role("link", name="结业签字").click()
    mentor.get_by_role("button", name="全部达到，签字").click()
    page.goto(f"{site.url}/learn")
    expect(page.get_by_role("heading", level=1)).to_have_text("已完成")
    page.get_by_role("link", name="你的证书").click()
    expect(page.locator(".certificate h1")).to_have_text("周晓雨")
    assert page.locator(".certificate img").evaluate("i => i.naturalWidth") > 0
    verify = page.locator(".certificate-foot a").get_attribute("href")
    stranger = open_as("")
    stranger.goto(verify)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("有效")

    manager = open_as(MANAGER)
    manager.goto(f"{site.url}/learn/cohort?path=ice-breaking")
    expect(manager.locator(".heat tbody tr")).to_have_count(1)
    assert manager.locator(".heat-row .heat-done").count() >= 20
    expect(manager.locator(".figures")).to_contain_text("已完成")
    manager.locator("summary", has_text="用表格看").click()
    expect(manager.get_by_role("cell", name="2026-12-01")).to_be_visible()


def test_leave_moves_the_plan_and_takes_the_red_away(open_as, site, database, clock, enrolled):
    clock.move(days=1)
    page = open_as(HIRE)
    page.goto(f"{site.url}/learn")
    expect(page.get_by_role("heading", name="前面欠的")).to_be_visible()
    manager = open_as(MANAGER)
    manager.goto(f"{site.url}/learn/cohort/e/{enrolled}")
    first = date(2026, 12, 1)
    manager.get_by_label("请假第一天").fill(first.isoformat())
    manager.get_by_label("请假最后一天").fill((first + timedelta(days=1)).isoformat())
    manager.get_by_role("button", name="登记请假").click()
    expect(manager.locator(".flash")).to_contain_text("请假已登记")
    page.reload()
    expect(page.get_by_role("heading", name="前面欠的")).to_have_count(0)
