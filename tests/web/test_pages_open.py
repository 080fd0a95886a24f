"""Every page opens for those who may, in both languages."""

import pytest

PAGES = [
    "/",
    "/search",
    "/search?q=报价高",
    "/search?q=报价高&kind=objection_card&lang=zh",
    "/search?q=xyzzy",
    "/library",
    "/library?kind=playbook&stage=negotiation",
    "/library?page=99",
    "/library/zh/price-too-high",
    "/library/en/price-too-high",
    "/library/zh/cold-call-opening",
    "/library/zh/contract-end-data",
    "/library/zh/process-negotiation",
    "/library/zh/reading-a-quote",
    "/library/zh/won-by-foresight",
    "/library/zh/cheap-rival",
    "/library/zh/first-call",
    "/library/zh/price-too-high/history",
    "/library/zh/price-too-high/edit",
    "/library/zh/cold-call-opening/edit",
    "/write/faq",
    "/write/competitor_brief",
    "/process",
    "/learn",
    "/learn/paths",
    "/learn/paths/first-week",
    "/learn/paths/first-week/edit",
    "/learn/paths/new",
    "/learn/reviews",
    "/learn/cohort",
    "/learn/cohort/enrol",
    "/learn/calendar",
    "/library/changes",
    "/videos/new",
    "/practice",
    "/practice/next",
    "/practice/drill",
    "/scenarios",
    "/scenarios/too-dear",
    "/scenarios/too-dear/edit/zh",
    "/quizzes",
    "/quizzes/basics",
    "/quizzes/bank",
    "/quizzes/bank/zh/basics",
    "/quizzes/bank/q/1",
    "/quizzes/bank/new",
    "/quizzes/bank/quiz/basics",
    "/account/password",
]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_manager_can_open(client_as, path, lang):
    client = client_as("zhao.lan")
    with client.session_transaction() as cookie:
        cookie["lang"] = lang
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in answer.text
    assert "<h1" in answer.text


def test_an_unknown_address_says_so_in_a_sentence(client_as):
    answer = client_as("chen.liang").get("/nowhere")
    assert answer.status_code == 404
    assert "does not exist" in answer.text


def test_somebody_who_is_not_signed_in_is_asked_to_and_brought_back(app):
    answer = app.test_client().get("/library?kind=faq")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/library?kind%3Dfaq"


def test_health_is_told_without_signing_in(app):
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json == {"database": "ok", "index_generation": 1, "model": "ready"}


def test_a_new_hires_first_pages_are_those_that_the_library_has(client_as):
    page = client_as("zhou.xiaoyu").get("/").text
    block = page.split("Your first days")[1].split("</section>")[0]
    assert "陌生电话开场" in block
    assert "Your quote is too high" in block
    assert "company-culture" not in block
    assert "Your first days" not in client_as("chen.liang").get("/").text
