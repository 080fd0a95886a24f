"""A rep with the customer on the line: sign in, Ctrl-K, the card, the words on the clipboard."""

import pytest
from playwright.sync_api import expect

from kb.accounts.people import reset_to_temporary


def clipboard(page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


def test_a_rep_signs_in_with_a_temporary_password_and_must_choose_another(
    open_as, site, database, clock, person
):
    with database.write() as db:
        temporary = reset_to_temporary(db, person("chen.liang"), None, clock.now())
    page = open_as("")
    page.goto(site.url)
    page.get_by_label("登录名").fill("chen.liang")
    page.get_by_label("密码").fill(temporary)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("设置自己的密码")
    page.goto(f"{site.url}/library")
    assert page.url.endswith("/account/password")
    page.get_by_label("当前密码").fill(temporary)
    page.get_by_label("新密码", exact=False).nth(0).fill("four plain words here")
    page.get_by_label("再输一次新密码").fill("four plain words here")
    page.get_by_role("button", name="保存密码").click()
    expect(page.locator(".home-search")).to_be_visible()


@pytest.mark.parametrize("keys", ["Control+k", "Meta+k", "/"])
def test_the_palette_opens_by_keyboard(open_as, site, keys):
    page = open_as("chen.liang")
    page.goto(f"{site.url}/library")
    page.keyboard.press(keys)
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-palette]")).not_to_be_visible()


def test_the_price_card_is_first_and_its_words_are_copied_with_the_customers_name(open_as, site):
    page = open_as("chen.liang")
    page.goto(site.url)
    page.keyboard.press("Control+k")
    page.locator("[data-slot-input=customer]").fill("王总")
    page.get_by_role("combobox").fill("报价高")
    first = page.get_by_role("option").first
    expect(first).to_contain_text("嫌报价高")
    page.keyboard.press("c")
    expect(page.locator("[data-palette-note]")).to_contain_text("已复制")
    words = clipboard(page)
    assert words.startswith("王总，您觉得高")
    assert "188 元" in words
    assert "{" not in words


def test_a_word_that_begins_with_c_can_still_be_typed_and_the_list_copies_after_an_arrow(
    open_as, site
):
    page = open_as("chen.liang")
    page.goto(site.url)
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox")
    box.fill("报价高")
    expect(page.get_by_role("option").first).to_contain_text("嫌报价高")
    box.press_sequentially("crm", delay=30)
    expect(box).to_have_value("报价高crm")
    box.fill("no longer")
    box.fill("报价高")
    expect(page.get_by_role("option").first).to_contain_text("嫌报价高")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("c")
    expect(page.locator("[data-palette-note]")).to_contain_text("已复制")


def test_enter_opens_the_card_and_c_copies_there_too(open_as, site):
    page = open_as("chen.liang")
    page.goto(site.url)
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("报价高")
    expect(page.get_by_role("option").first).to_contain_text("嫌报价高")
    page.keyboard.press("Enter")
    page.wait_for_url("**/library/zh/price-too-high*")
    page.get_by_label("客户名").fill("李经理")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("c")
    expect(page.locator("[data-toast]")).to_contain_text("已复制")
    assert clipboard(page).startswith("李经理，您觉得高")


def test_slots_without_a_value_are_named(open_as, site):
    page = open_as("chen.liang")
    page.goto(f"{site.url}/library/zh/price-too-high")
    page.get_by_role("button", name="复制话术").click()
    expect(page.locator("[data-toast]")).to_contain_text("客户名")


def test_words_are_copied_on_plain_http_too(open_as, site):
    page = open_as("chen.liang")
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(f"{site.url}/library/zh/contract-end-data")
    page.get_by_role("button", name="复制话术").click()
    expect(page.locator("[data-toast]")).to_contain_text("已复制")


def test_browsing_narrows_down_and_the_language_switch_keeps_the_page(open_as, site):
    page = open_as("chen.liang")
    page.goto(f"{site.url}/library")
    page.get_by_role("link", name="异议卡").first.click()
    page.wait_for_url("**kind=objection_card*")
    page.get_by_role("link", name="商务谈判").first.click()
    page.wait_for_url("**stage=negotiation*")
    page.get_by_role("button", name="English").click()
    assert "kind=objection_card" in page.url
    assert "stage=negotiation" in page.url
    expect(page.get_by_role("heading", level=1)).to_have_text("Library")


def test_a_search_without_a_result_offers_to_ask(open_as, site):
    page = open_as("chen.liang")
    page.goto(f"{site.url}/search?q=qqzzqq")
    page.locator("#ask").fill("客户问能不能上链，怎么答？")
    page.get_by_role("button", name="提问").click()
    expect(page.locator(".flash")).to_be_visible()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search?q=报价高",
        "/library",
        "/library/zh/price-too-high",
        "/library/zh/cheap-rival",
        "/process",
    ],
)
def test_nothing_scrolls_sideways_on_a_phone(open_as, site, path):
    page = open_as("chen.liang", width=360)
    page.goto(site.url + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
