"""axe finds nothing serious or critical on any page; no page breaks its content security policy."""

from datetime import date

import pytest

from kb.learning.enrolments import EnrolForm, enrol
from kb.learning.moment import Moment
from kb.learning.path_store import find_path

PAGES = [
    ("chen.liang", "/"),
    ("zhou.xiaoyu", "/"),
    ("chen.liang", "/search?q=报价高"),
    ("chen.liang", "/search?q=qqzzqq"),
    ("chen.liang", "/library"),
    ("chen.liang", "/library/zh/price-too-high"),
    ("chen.liang", "/library/zh/cold-call-opening"),
    ("chen.liang", "/library/zh/contract-end-data"),
    ("chen.liang", "/library/zh/process-negotiation"),
    ("chen.liang", "/library/zh/won-by-foresight"),
    ("chen.liang", "/library/zh/cheap-rival"),
    ("chen.liang", "/library/zh/first-call"),
    ("chen.liang", "/process"),
    ("chen.liang", "/account/password"),
    ("chen.liang", "/nowhere"),
    ("zhao.lan", "/library/zh/price-too-high/edit"),
    ("zhao.lan", "/write/competitor_brief"),
    ("zhao.lan", "/library/zh/price-too-high/history"),
    ("sun.ning", "/admin/people"),
    ("sun.ning", "/admin/people/new"),
    ("sun.ning", "/admin/teams"),
    ("sun.ning", "/admin/import"),
    ("sun.ning", "/admin/audit"),
    ("sun.ning", "/admin/calendar"),
    ("", "/sign-in"),
]
LEARNING = [
    ("zhou.xiaoyu", "/learn"),
    ("zhou.xiaoyu", "/learn/e/1/path"),
    ("zhou.xiaoyu", "/learn/e/1/read-quote"),
    ("zhou.xiaoyu", "/learn/calendar"),
    ("zhou.xiaoyu", "/library/zh/reading-a-quote"),
    ("zhou.xiaoyu", "/quizzes"),
    ("zhou.xiaoyu", "/quizzes/free-talk"),
    ("zhou.xiaoyu", "/quizzes/a/1"),
    ("zhou.xiaoyu", "/quizzes/a/2"),
    ("zhou.xiaoyu", "/practice"),
    ("zhou.xiaoyu", "/practice/next"),
    ("zhou.xiaoyu", "/scenarios"),
    ("zhou.xiaoyu", "/scenarios/too-dear"),
    ("zhou.xiaoyu", "/scenarios/play/1"),
    ("lin.yue", "/learn/reviews"),
    ("lin.yue", "/scenarios/play/1"),
    ("lin.yue", "/videos/new"),
    ("zhao.lan", "/learn/cohort"),
    ("zhao.lan", "/learn/cohort/enrol"),
    ("zhao.lan", "/learn/cohort/e/1"),
    ("zhao.lan", "/learn/paths/first-week"),
    ("zhao.lan", "/learn/paths/first-week/edit"),
    ("zhao.lan", "/quizzes/bank"),
    ("zhao.lan", "/quizzes/bank/zh/basics"),
    ("zhao.lan", "/quizzes/bank/q/1"),
    ("zhao.lan", "/scenarios/too-dear/edit/zh"),
    ("zhao.lan", "/practice/drill"),
    ("zhao.lan", "/library/changes"),
]


@pytest.fixture
def learning(client_as, library, reader, person, clock):
    """A new hire in the middle of everything: an open quiz, a finished one, a finished role-play."""
    form = EnrolForm((person("zhou.xiaoyu").id,), date(2026, 12, 1), person("lin.yue").id, "winter")
    moment = Moment.of(clock.now(), "Asia/Shanghai")
    with library.write() as db:
        enrol(db, reader("zhao.lan"), find_path(db, "first-week"), form, moment)
    hire = client_as("zhou.xiaoyu")
    hire.post("/learn/e/1/read-quote/read")
    hire.post("/learn/e/1/tell-quote/evidence", data={"text": "three figures"})
    first = hire.post("/quizzes/basics/begin").location
    hire.post(first, data={"revision": "0"})
    hire.post("/quizzes/free-talk/begin")
    play = hire.post("/scenarios/too-dear/begin").location
    hire.post(play, data={"moves": "0", "reply": "cut"})


both_ways = pytest.mark.parametrize(
    ("lang", "width", "dark"), [("zh", 1280, False), ("en", 360, True)]
)


@both_ways
def test_pages_are_accessible_and_keep_their_policy(open_as, site, lang, width, dark):
    assert faults_of(PAGES, open_as, site, lang, width, dark) == []


@both_ways
def test_pages_of_learning_are_accessible_too(learning, open_as, site, lang, width, dark):
    assert faults_of(LEARNING, open_as, site, lang, width, dark) == []


def faults_of(addresses, open_as, site, lang, width, dark) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    faults = []
    pages = {}
    for login, path in addresses:
        page = pages.get(login)
        if page is None:
            page = pages[login] = open_as(login, width=width, lang=lang, dark=dark)
            page.on(
                "console",
                lambda m: faults.append(m.text) if "Content Security Policy" in m.text else None,
            )
        answer = page.goto(site.url + path)
        assert answer.status in (200, 404), path
        if path != "/nowhere":
            assert answer.status == 200, path
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if overflow > 0:
            faults.append(f"{path} scrolls sideways by {overflow} px")
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                where = [node["target"] for node in violation["nodes"][:3]]
                faults.append(f"{login} {path}: {violation['id']} {where}")
    return faults
