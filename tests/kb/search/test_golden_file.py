"""The golden file: read with its faults by line, written back byte for byte."""

import pytest

from kb.search.golden_file import HEADER, normalised, parse_golden, serialise_golden
from tests.conftest import SAMPLE

ARTICLES = {("price", "zh"), ("price", "en"), ("staff", "zh")}
HEAD = "\t".join(HEADER) + "\n"


def faults(*rows: str) -> list[tuple[int, str, str]]:
    _, problems = parse_golden(HEAD + "\n".join(rows), ARTICLES)
    return [(p.line, p.key, str(p.message)) for p in problems]


def test_sound_lines_are_read_and_written_back():
    text = HEAD + "tuning\tzh\tzh\t太贵了\tprice,staff\nchecking\tacross\ten\t太贵了\tprice\n"
    lines, problems = parse_golden(text, ARTICLES)
    assert not problems
    assert [(x.half, x.group, x.lang, x.query, x.slugs) for x in lines] == [
        ("tuning", "zh", "zh", "太贵了", ("price", "staff")),
        ("checking", "across", "en", "太贵了", ("price",)),
    ]
    assert serialise_golden(lines) == text


def test_the_samples_file_survives():
    text = (SAMPLE / "golden_queries.tsv").read_text("utf-8")
    slugs = {(p.name.split(".")[0], p.name.split(".")[1]) for p in SAMPLE.rglob("*.md")}
    lines, problems = parse_golden(text, slugs)
    assert not problems
    assert serialise_golden(lines) == text


@pytest.mark.parametrize(
    ("row", "key", "words"),
    [
        ("spare\tzh\tzh\tq\tprice", "half", "tuning, checking"),
        ("tuning\tteam\tzh\tq\tprice", "group", "zh, en, across"),
        ("tuning\tacross\tfr\tq\tprice", "lang", "zh, en"),
        ("tuning\tzh\ten\tq\tprice", "group", "write the group across"),
        ("tuning\tzh\tzh\t\tprice", "query", "empty"),
        ("tuning\tzh\tzh\t" + "长" * 301 + "\tprice", "query", "300"),
        ("tuning\tzh\tzh\tq\t", "targets", "empty"),
        ("tuning\ten\ten\tq\tstaff", "targets", "staff, which is no article in the language en"),
        ("tuning\tzh\tzh\tq", "", "has 4 fields"),
    ],
)
def test_each_fault_is_told_with_its_line(row, key, words):
    found = faults("tuning\tzh\tzh\tfine\tprice", "", row)
    assert [(line, where) for line, where, _ in found] == [(4, key)]
    assert words in found[0][2]


def test_the_same_query_twice_is_a_fault_unless_its_answers_are_in_another_language():
    assert not faults("tuning\tzh\tzh\tＷＭＳ\tprice", "tuning\tacross\ten\twms\tprice")
    assert faults("tuning\tzh\tzh\tＷＭＳ  价\tprice", "tuning\tzh\tzh\twms 价\tstaff") == [
        (3, "query", "stands in line 2 already; put all its targets into one line")
    ]


def test_a_file_without_its_header_is_refused():
    assert "must begin" in str(parse_golden("tuning\tzh\tzh\tq\tprice\n", ARTICLES)[1][0].message)
    assert "must begin" in str(parse_golden("", ARTICLES)[1][0].message)


def test_width_case_and_spaces_do_not_count():
    assert normalised(" ＷＭＳ　 Price ") == normalised("wms price")
