"""Search as people use it: results, reasons, filters, nothing hidden shown, nothing odd an error."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlmodel import select

from kb.search.models import Question, SearchLog

CANARIES = ("金丝雀", "canary-draft", "canary-managers", "canary-key-accounts")


def test_the_price_card_is_first_with_its_reasons(client_as):
    data = client_as("chen.liang").get("/api/search?q=报价高").json
    first = data["results"][0]
    assert first["title"] == "嫌报价高"
    assert first["url"].startswith("/library/zh/price-too-high")
    assert "Title" in first["reasons"]
    assert first["can_copy"]


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("报价 kind:objection_card", {"Objection card"}),
        ("报价 类型:案例", {"Case review"}),
        (
            "报价 -嫌",
            {
                "Case review",
                "Lesson",
                "Playbook",
                "Talk track",
                "Competitor brief",
                "FAQ",
                "Video",
                "Objection card",
            },
        ),
        ("kind:video", {"Video"}),
    ],
)
def test_filters_limit_what_is_found(client_as, query, kinds):
    results = client_as("chen.liang").get("/api/search", query_string={"q": query}).json["results"]
    assert results
    assert {r["kind"] for r in results} <= kinds


def test_an_excluded_word_takes_its_articles_out(client_as):
    client = client_as("chen.liang")
    titles = [
        r["title"]
        for r in client.get("/api/search", query_string={"q": "报价 -太贵"}).json["results"]
    ]
    assert titles
    assert "嫌报价高" not in titles


def test_quoted_words_must_stand_there_as_they_are(client_as):
    client = client_as("chen.liang")
    results = client.get("/api/search", query_string={"q": '"占您 30 秒"'}).json["results"]
    assert [r["title"] for r in results] == ["陌生电话开场"]


@pytest.mark.parametrize("login", ["zhou.xiaoyu", "chen.liang", "lin.yue"])
@pytest.mark.parametrize(
    "query",
    ["金丝雀", "草稿金丝雀一号", "底价", "名单", '"金丝雀"', "kind:playbook", "金丝雀 -xyz"],
)
def test_hidden_articles_leak_nowhere(client_as, login, query):
    client = client_as(login)
    api = client.get("/api/search", query_string={"q": query}).get_data(as_text=True)
    page = (
        client.get("/search", query_string={"q": query})
        .text.replace(query.replace('"', "&#34;"), "")
        .replace(query, "")
    )
    for canary in CANARIES:
        assert canary not in api.encode().decode("unicode_escape", "ignore")
        assert f"/{canary}" not in page
    assert "草稿金丝雀的回答" not in page
    assert "只有经理能看" not in page
    for path in ("/", "/library", "/process", "/library?kind=playbook"):
        assert "金丝雀" not in client.get(path).text


def test_a_team_sees_what_is_meant_for_it(client_as):
    data = client_as("wang.ke").get("/api/search?q=金丝雀名单").json
    titles = [r["title"] for r in data["results"]]
    assert titles[0] == "金丝雀大客户手册"
    assert "金丝雀经理手册" not in titles


def test_an_archived_article_is_gone_from_results_before_the_index_knows(client_as):
    manager = client_as("zhao.lan")
    manager.post("/library/zh/price-too-high/status", data={"status": "archived"})
    titles = [
        r["title"] for r in client_as("chen.liang").get("/api/search?q=报价高").json["results"]
    ]
    assert "嫌报价高" not in titles


def test_a_search_is_logged_once(client_as, library, person):
    client_as("chen.liang").get("/search?q=报价高")
    with library.read() as db:
        (row,) = db.exec(select(SearchLog))
    assert (row.query, row.person_id) == ("报价高", person("chen.liang").id)
    assert row.found > 0


def test_a_question_without_an_answer_is_kept(client_as, library):
    client = client_as("chen.liang")
    assert client.post("/ask", data={"text": "  ", "q": "qqzz"}).status_code == 422
    assert client.post("/ask", data={"text": "能不能上链？", "q": "qqzz"}).status_code == 302
    with library.read() as db:
        assert [q.text for q in db.exec(select(Question))] == ["能不能上链？"]


def test_words_come_with_their_slots(client_as, library):
    client = client_as("chen.liang")
    card = client.get("/api/search?q=报价高").json["results"][0]
    words = client.get(f"/api/words/{card['id']}").json
    assert words["text"].startswith("{客户名}，您觉得高")
    assert words["slots"] == {"客户名": "customer"}
    assert client.get("/api/words/999999").status_code == 404


def test_before_typing_recent_and_favourite_articles_are_offered(client_as):
    client = client_as("chen.liang")
    client.get("/library/zh/price-too-high")
    client.post("/library/zh/cold-call-opening/favourite")
    data = client.get("/api/search?q=").json
    assert [a["title"] for a in data["recent"]] == ["嫌报价高"]
    assert [a["title"] for a in data["favourites"]] == ["陌生电话开场"]


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    query=st.text(max_size=60)
    | st.sampled_from(
        [
            '"',
            "-",
            "kind:",
            "tag:\x00",
            "AND OR NOT",
            "(((",
            "*" * 50,
            "贵" * 10_000,
            "🙂",
            "\u202e\u0000",
        ]
    )
)
def test_no_query_is_an_error(client_as, query):
    client = client_as("chen.liang")
    assert client.get("/api/search", query_string={"q": query}).status_code == 200
    assert client.get("/search", query_string={"q": query}).status_code == 200
