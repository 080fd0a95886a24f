"""Practice and role-plays in the browser's words: front, back, grade; choose, type, end, review."""

import re

import pytest

TYPED = "您觉得贵，是跟哪家比的呢？"


def button(page: str, name: str) -> str:
    return re.search(rf'action="([^"]+)"[^>]*>(?:(?!</form>).)*{name}', page, re.S)[1]


def test_a_card_is_turned_graded_and_the_next_one_comes(client_as, library):
    client = client_as("chen.liang")
    page = client.get("/practice").text
    assert "2 cards for today." in page
    front = client.get("/practice/next").text
    back = client.post(button(front, "Show the words"), data={"typed": "先问跟谁比"}).text
    assert "You said" in back
    assert "先问跟谁比" in back
    assert "How did it go?" in back
    action = re.search(r'action="(/practice/\d+/grade)"', back)[1]
    client.post(action, data={"rating": "3", "reviews": "0"})
    again = client.post(action, data={"rating": "1", "reviews": "0"}, follow_redirects=True)
    assert "graded already" in again.text
    assert "1 is done." in client.get("/practice").text


def test_the_end_of_the_deck_says_so(client_as, library):
    client = client_as("chen.liang")
    client.post("/practice/limits", data={"cards": "1", "new_cards": "0"})
    done = client.get("/practice/next", follow_redirects=True)
    assert "That was all for today." in done.text
    refused = client.post("/practice/limits", data={"cards": "many", "new_cards": "0"})
    assert refused.status_code == 422
    assert 'value="many"' in refused.text


def test_an_objection_card_is_put_into_the_deck_from_its_page(client_as, library):
    client = client_as("chen.liang")
    assert "Practise this" in client.get("/library/zh/price-too-high").text
    client.post("/practice/add/price-too-high")
    assert "1 card in your deck" in client.get("/practice").text
    assert client.post("/practice/add/nowhere").status_code == 404


def test_a_manager_chooses_the_drill(client_as, library):
    manager = client_as("zhao.lan")
    assert manager.post("/practice/drill", data={"team": "east-1"}).status_code == 422
    manager.post("/practice/drill", data={"team": "east-1", "slugs": ["price-too-high"]})
    page = client_as("chen.liang").get("/practice").text
    assert "华东一组" in page
    assert "0/1" in page


def test_a_scenario_is_played_by_choosing_to_its_end(client_as, library):
    client = client_as("chen.liang")
    address = client.post("/scenarios/too-dear/begin").location
    page = client.get(address).text
    assert "太贵了。" in page
    assert "先问，答案才对得上。" not in page  # comments come at the end
    client.post(address, data={"moves": "0", "reply": "ask"})
    late = client.post(address, data={"moves": "0", "reply": "cut"})
    assert late.status_code == 409
    assert "gone on already" in late.text
    client.post(address, data={"moves": "1", "reply": "date"})
    end = client.get(address).text
    assert "Passed" in end
    assert "先问，答案才对得上。" in end
    assert "/library/price-too-high?lang=zh#words" in end


def test_what_is_typed_and_not_understood_stays_in_the_field(client_as, library):
    client = client_as("chen.liang")
    address = client.post("/scenarios/too-dear/begin").location
    unsure = client.post(address, data={"moves": "0", "typed": "今天天气"})
    assert unsure.status_code == 422
    assert "Say it another way" in unsure.text
    assert "今天天气" in unsure.text
    client.post(address, data={"moves": "0", "typed": TYPED})
    assert "跟仓捷通比。" in client.get(address).text


@pytest.mark.parametrize("login", ["wang.ke", "gu.heng"])
def test_nobody_reads_anothers_play(client_as, library, login):
    address = client_as("chen.liang").post("/scenarios/too-dear/begin").location
    assert client_as(login).get(address).status_code == 404


def test_the_manager_reviews_a_play_that_is_over_and_the_player_reads_it(client_as, library):
    player, manager = client_as("chen.liang"), client_as("zhao.lan")
    address = player.post("/scenarios/too-dear/begin").location
    assert manager.get(address).status_code == 404  # not before it is over
    player.post(address, data={"moves": "0", "reply": "cut"})
    assert address in manager.get("/learn/reviews").text
    manager.post(address + "/review", data={"word": "先问", "comment-0": "这里白让了"})
    page = player.get(address).text
    assert "先问" in page
    assert "这里白让了" in page


def test_a_manager_edits_a_scenario_and_a_fault_keeps_the_text(client_as, library):
    manager = client_as("zhao.lan")
    page = manager.get("/scenarios/too-dear/edit/zh").text
    assert "start: opening" in page
    data = {"text": "slug: too-dear\n", "version": "1"}
    refused = manager.post("/scenarios/too-dear/edit/zh", data=data)
    assert refused.status_code == 422
    assert "is missing; add it" in refused.text
    assert "slug: too-dear" in refused.text
