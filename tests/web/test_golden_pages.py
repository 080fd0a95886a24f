"""Pinning from the results, and the page that shows how well search finds."""

import pytest
from sqlmodel import select

from kb import outbox
from kb.audit import AuditEntry
from kb.search import golden_runs
from kb.search.golden import load_golden
from kb.search.models import GoldenQuery
from web.cli.measuring import Measuring

CARD = {"q": "报价太高", "slug": "price-too-high", "lang": "zh", "next": "/search?q=报价太高"}


@pytest.fixture
def manager(client_as):
    return client_as("zhao.lan")


@pytest.fixture
def measuring(library, index, clock):
    return Measuring(library, index.builder, clock, lambda: False, settle=0)


def test_a_manager_pins_an_answer_and_is_told_how_many_there_are(manager):
    page = manager.get("/search?q=报价太高 多少").text
    assert "Pin “嫌报价高” as the right answer" in page
    assert manager.post("/search/golden/pin", data=CARD).location.startswith("/search?q=")
    assert manager.post("/search/golden/pin", data=CARD).status_code == 302
    page = manager.get("/search?q=报价太高").text
    assert "“嫌报价高” is pinned as a right answer. 1 article is pinned for this query." in page
    assert "1 pinned as a right answer" in page
    assert "Unpin “嫌报价高”" in page


def test_a_pin_can_be_taken_back_on_the_spot(manager):
    manager.post("/search/golden/pin", data=CARD)
    manager.post("/search/golden/unpin", data=CARD)
    page = manager.get("/search?q=报价太高").text
    assert "no longer pinned" in page
    assert "Pin “嫌报价高” as the right answer" in page


def test_others_see_no_button(client_as):
    assert "Pin “" not in client_as("lin.yue").get("/search?q=报价高").text
    assert client_as("lin.yue").post("/search/golden/pin", data=CARD).status_code == 403


def test_a_pin_goes_nowhere_else(manager):
    answer = manager.post("/search/golden/pin", data=CARD | {"next": "https://evil.example/"})
    assert answer.location == "/"
    assert manager.post("/search/golden/pin", data=CARD | {"slug": "nothing"}).status_code == 404
    assert manager.post("/search/golden/pin", data=CARD | {"q": " ?! "}).status_code == 422


def test_before_the_first_run_the_page_offers_to_measure(manager):
    page = manager.get("/search/golden").text
    assert "Nothing was measured yet" in page
    assert "Measure now" in page
    assert "cold call" in page


def test_a_run_is_asked_for_once_and_the_page_waits_for_it(manager, library, measuring):
    for _ in range(2):
        assert manager.post("/search/golden/measure").status_code == 302
    with library.read() as db:
        assert len(outbox.pending(db, outbox.GOLDEN)) == 1
        assert db.exec(select(AuditEntry).where(AuditEntry.action == "golden_measure")).one()
    waiting = manager.get("/search/golden")
    assert "being measured" in waiting.text
    assert waiting.headers["Refresh"] == "4"
    assert measuring.look(by_itself=False)
    done = manager.get("/search/golden")
    assert "Refresh" not in done.headers
    assert "index generation 1" in done.text
    assert done.text.count('<svg class="bar"') == 4 * 4  # all and three groups, four measures


def test_two_runs_are_compared_and_the_worse_ones_come_first(manager, library, measuring, clock):
    manager.post("/search/golden/measure")
    measuring.look()
    with library.write() as db:
        first = golden_runs.runs(db)[0]
        ids = [one.row.id for one in load_golden(db)]
        worse = first.model_dump(exclude={"id"}) | {
            "mrr": 0.5, "ranks": f'{{"{ids[0]}": 1, "{ids[1]}": 1, "{ids[2]}": 3, "{ids[3]}": null}}',
        }  # fmt: skip
        golden_runs.store_run(db, type(first)(**worse))
    page = manager.get("/search/golden").text
    assert "worse</span>" in page
    assert "MRR@10 of the last 2 runs" in page
    rows = page.split('golden-list"')[1]
    lost = min(rows.index("cold call"), rows.index("the price is too high"))
    assert lost < rows.index("报价高")
    missed = manager.get("/search/golden?result=missed&group=across&half=checking").text
    assert "1 query" in missed
    assert manager.get("/search/golden?result=better").status_code == 200
    assert "No query fits" in manager.get("/search/golden?result=unmeasured").text
    for odd in ("against=99", "page=x", "result=zz", "removed=99999999999", "group=%00"):
        assert manager.get(f"/search/golden?{odd}").status_code == 200


def test_taking_a_query_out_can_be_undone(manager, library):
    with library.read() as db:
        golden_id = load_golden(db)[0].row.id
    answer = manager.post(f"/search/golden/{golden_id}/out")
    page = manager.get(answer.location).text
    assert "“报价高” is no longer measured." in page
    assert "Undo" in page
    manager.post(f"/search/golden/{golden_id}/back")
    assert "“报价高” is measured again." in manager.get("/search/golden").text
    with library.read() as db:
        assert db.get(GoldenQuery, golden_id).active


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_opens_in_both_languages(manager, measuring, lang):
    measuring.look()
    with manager.session_transaction() as cookie:
        cookie["lang"] = lang
    assert manager.get("/search/golden").status_code == 200
