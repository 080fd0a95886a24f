"""axe finds nothing serious or critical on any page; no page breaks its content security policy."""

import pytest

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
    ("", "/sign-in"),
]


@pytest.mark.parametrize(("lang", "width", "dark"), [("zh", 1280, False), ("en", 360, True)])
def test_pages_are_accessible_and_keep_their_policy(open_as, site, lang, width, dark):
    from axe_playwright_python.sync_playwright import Axe

    faults = []
    pages = {}
    for login, path in PAGES:
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
    assert faults == []
