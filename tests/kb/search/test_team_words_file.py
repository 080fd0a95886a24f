"""The file of synonyms and words: faults name their line, and the canonical form is stable."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.library.content_folder import read_content
from kb.search.team_words_file import (
    FILE_NAME,
    Synonyms,
    TeamWords,
    normalised,
    parse_team_words,
    phrase_fault,
    serialise_team_words,
    target_fault,
)

CONTENT = Path(__file__).parents[3] / "content"
SOUND = """synonyms:
- target: 嫌报价高
  phrases: [太贵, Too Expensive]
words:
- 转介绍
"""


def faults(text: str) -> list[tuple[int, str, str]]:
    return [(p.line, p.key, str(p.message)) for p in parse_team_words(text)[1]]


def test_a_sound_file_is_read_and_phrases_are_normalised():
    words, problems = parse_team_words(SOUND)
    assert problems == []
    assert words == TeamWords((Synonyms("嫌报价高", ("太贵", "too expensive")),), ("转介绍",))


def test_an_empty_file_says_nothing():
    assert parse_team_words("") == (TeamWords(), [])


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("ＰＤＡ  坏了", "pda坏了"),
        ("I  can’t\tafford", "i can't afford"),
        ("价格 高", "价格 高"),
        ("发个 PPT", "发个ppt"),
    ],
)
def test_width_capitals_and_spaces_do_not_count(typed, form):
    assert normalised(typed) == form


@pytest.mark.parametrize(
    ("text", "line", "key", "said"),
    [
        (SOUND.replace("[太贵,", "[贵,"), 3, "phrases", "贵 is too short"),
        (SOUND.replace("Too", "太贵, Too"), 3, "phrases", "太贵 stands in line 3 already"),
        (SOUND.replace("太贵", "嫌报价高"), 3, "phrases", "is the target itself"),
        (SOUND.replace("太贵", '"太贵、太高"'), 3, "phrases", "make it several phrases"),
        (SOUND.replace("太贵", "贵" * 41), 3, "phrases", "longer than 40 characters"),
        (SOUND.replace("太贵", "{a: b}"), 3, "phrases", "must be text"),
        (
            SOUND.replace("[太贵, Too Expensive]", "[]"),
            3,
            "phrases",
            "has 0 phrases; write 1 to 60",
        ),
        (SOUND.replace("[太贵, Too Expensive]", "太贵"), 3, "phrases", "must be a list"),
        (SOUND.replace("嫌报价高", "''"), 2, "target", "is empty; write the word"),
        (SOUND.replace("- target: 嫌报价高\n ", "-"), 2, "target", "is missing; add it"),
        (SOUND.replace("  phrases", "  phrase"), 3, "phrase", "is not a key that is known here"),
        (SOUND.replace("words:", "word:"), 4, "word", "is not a key that is known here"),
        (SOUND + "- WMS\n", 6, "words", "wms stays whole without an entry"),
        (SOUND + "- 转 介绍\n", 6, "words", "holds a space or a sign"),
        (SOUND + "- 转介绍\n", 6, "words", "stands in line 5 already"),
        (SOUND + "- " + "长" * 21, 6, "words", "longer than 20 characters"),
        ("- 太贵\n", 1, "", "must be a group of keys"),
        ("synonyms: 太贵\n", 1, "synonyms", "must be a list"),
        ("synonyms:\n- 太贵\n", 2, "synonyms", "must be a group of keys"),
        ("synonyms: [\n", 2, "", "is not valid YAML"),
    ],
)
def test_a_fault_is_told_with_its_line(text, line, key, said):
    found = faults(text)
    assert any(f[:2] == (line, key) and said in f[2] for f in found), found


def test_faults_of_some_entries_leave_the_others():
    words, problems = parse_team_words(SOUND.replace("[太贵,", "[贵,") + "- PDA\n")
    assert [p.line for p in problems] == [3, 6]
    assert words == TeamWords((Synonyms("嫌报价高", ("too expensive",)),), ("转介绍",))


def test_text_that_yaml_would_read_otherwise_is_quoted():
    text = serialise_team_words(TeamWords((Synonyms("no", ("618", "a: b", "can't #1")),), ()))
    assert '"no"' in text
    assert '["618", "a: b", "can\'t #1"]' in text
    assert parse_team_words(text)[0].synonyms[0].phrases == ("618", "a: b", "can't #1")


@given(st.lists(st.text(min_size=2, max_size=40), min_size=1, max_size=8), st.text(max_size=40))
def test_what_is_written_is_read_again(phrases, target):
    sound = [p for p in dict.fromkeys(map(normalised, phrases)) if not phrase_fault(p, target)]
    target = " ".join("".join(c if c.isprintable() else " " for c in target).split())
    if not sound or target_fault(target) or target in sound or normalised(target) in sound:
        return
    words = TeamWords((Synonyms(target, tuple(sound)),))
    assert parse_team_words(serialise_team_words(words)) == (words, [])


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text):
    parse_team_words(text)


def test_the_shipped_file_is_canonical_and_leads_to_words_of_the_library():
    content = read_content(CONTENT)
    assert serialise_team_words(content.team_words) == (CONTENT / FILE_NAME).read_text("utf-8")
    assert len(content.team_words.synonyms) >= 60
    places = [
        text.lower()
        for file in content.files
        for text in (
            file.document.meta.title,
            *file.document.meta.tags,
            *(line for line in file.source.splitlines() if line.startswith("#")),
        )
    ]
    lost = [
        group.target
        for group in content.team_words.synonyms
        if not any(group.target.lower() in place for place in places)
    ]
    assert lost == []


def test_a_content_folder_reports_the_faults_with_the_file(tmp_path):
    (tmp_path / FILE_NAME).write_text(SOUND.replace("[太贵,", "[贵,"), "utf-8")
    (problem,) = read_content(tmp_path).problems
    assert (problem.path, problem.problem.line) == (FILE_NAME, 3)
    (tmp_path / FILE_NAME).write_bytes("词".encode("gb18030"))
    assert "is not UTF-8" in str(read_content(tmp_path).problems[0].problem.message)
