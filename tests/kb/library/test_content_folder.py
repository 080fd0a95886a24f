"""A content folder is checked as a whole, and the shipped one is sound."""

import shutil
from pathlib import Path

import pytest

from kb.library.content_folder import content_stats, read_content
from kb.library.front_matter import serialise
from kb.library.kinds import MODELS
from kb.library.slots import SLOTS
from tests.conftest import SAMPLE

ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "content"))


def problems(folder: Path) -> list[str]:
    return [
        f"{p.path}:{p.problem.line} {p.problem.key} {p.problem.message}"
        for p in read_content(folder).problems
    ]


def test_a_link_to_an_article_that_does_not_exist_is_found_with_its_line(folder):
    path = folder / "faq/contract-end-data.zh.md"
    path.write_text(path.read_text("utf-8") + "\n一行\n\n见[这里](article:gone)。\n", "utf-8")
    (problem,) = problems(folder)
    line = path.read_text("utf-8").splitlines().index("见[这里](article:gone)。") + 1
    assert (
        problem
        == f"faq/contract-end-data.zh.md:{line}  links to article:gone, which does not exist"
    )


def test_a_missing_picture_is_found(folder):
    (folder / "images/sales-process.svg").unlink()
    assert any("images/sales-process.svg, which is not a picture" in p for p in problems(folder))


def test_an_unknown_product_line_is_found(folder):
    path = folder / "objection_card/price-too-high.zh.md"
    path.write_text(path.read_text("utf-8").replace("product: [wms]", "product: [crm]"), "utf-8")
    assert any(
        "crm is not in product_lines.yaml; known are care, insight, pda, wms" in p
        for p in problems(folder)
    )


def test_a_file_in_the_wrong_place_is_told_where_it_belongs(folder):
    (folder / "faq/contract-end-data.zh.md").rename(folder / "faq/other.zh.md")
    assert any("its front matter says faq/contract-end-data.zh.md" in p for p in problems(folder))


def test_bytes_that_are_not_utf8_are_a_fault_and_not_a_crash(folder):
    (folder / "faq/gb.zh.md").write_bytes("标题".encode("gb18030"))
    assert any("faq/gb.zh.md:1  is not UTF-8" in p for p in problems(folder))


def test_one_slug_belongs_to_one_kind(folder):
    source = (folder / "lesson/reading-a-quote.zh.md").read_text("utf-8")
    text = source.replace("slug: reading-a-quote", "slug: price-too-high").replace(
        "lang: zh", "lang: en"
    )
    (folder / "lesson/price-too-high.en.md").write_text(text, "utf-8")
    assert any("is also used by a objection_card" in p for p in problems(folder))


def test_the_shipped_library_is_sound_and_canonical():
    content = read_content(ROOT / "content")
    assert [p.path for p in content.problems] == []
    assert [f.path for f in content.files if serialise(f.document) != f.source] == []


def test_the_shipped_library_has_what_was_promised():
    stats = content_stats(read_content(ROOT / "content"))
    files = read_content(ROOT / "content").files
    chinese = [f.document.meta.kind for f in files if f.document.meta.lang == "zh"]
    assert chinese.count("objection_card") >= 40
    assert chinese.count("talk_track") >= 30
    assert chinese.count("playbook") >= 21
    assert chinese.count("faq") >= 40
    assert stats.languages["en"] >= 40


def test_general_articles_name_nothing_of_the_invented_company():
    names = ("砚仓", "Yancang", "南桥五金", "恩禾", "明杉", "仓捷通", "云库优", "锐盘")
    for file in read_content(ROOT / "content").files:
        if file.document.meta.scope == "general":
            assert not [name for name in names if name in file.source], file.path


def test_every_key_and_slot_is_documented():
    text = (ROOT / "content/README.md").read_text("utf-8")
    keys = {key for model in MODELS.values() for key in model.model_fields}
    assert {key for key in keys if f"`{key}`" not in text} == set()
    assert [zh for zh, en in SLOTS.values() if f"{{{zh}}}/{{{en}}}" not in text] == []
