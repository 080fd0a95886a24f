"""A path's file: every fault has its line and a remedy; the shipped path leaves no day empty."""

import pytest

from kb.learning.content import Destinations, read_paths
from kb.learning.path_file import Read, StepType, parse_path
from kb.library.content_folder import read_content
from tests.conftest import SAMPLE, SHIPPED

TEXT = (SAMPLE / "paths/first-week.yaml").read_text("utf-8")


def faults(text: str) -> list[tuple[int, str, str]]:
    path, problems = parse_path(text)
    assert path is None
    return [(p.line, p.key, str(p.message)) for p in problems]


def test_a_sound_path_is_read():
    path, problems = parse_path(TEXT)
    assert problems == []
    assert [step.id for step in path.required()] == [
        "read-quote",
        "tell-quote",
        "watch-call",
        "signed",
    ]
    assert path.minutes == 42


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("type: watch", "type: wach", (21, "schedule.1.steps.0", "must be one of")),
        (
            "minutes: 12",
            "minutes: soon",
            (10, "schedule.0.steps.0.minutes", "must be a whole number"),
        ),
        ("needs: [tell-quote]", "needs: [tell]", (30, "needs", "needs tell, which is not")),
        ("id: signed", "id: watch-call", (26, "id", "watch-call stands in line 21 already")),
        ("day: 6", "day: 3", (42, "day", "stands after day 3")),
        ("day: 6", "day: 9", (42, "day", "is beyond the 7 days")),
        ("article: first-call, ", "", (21, "schedule.1.steps.0.article", "is missing; add it")),
        ("minutes: 5, optional: true}\n", "minutes: 5}\n", (46, "optional", "is on a rest day")),
    ],
)
def test_a_fault_has_its_line_and_says_what_would_be_right(old, new, fault):
    at = TEXT.rindex(old)
    found = faults(TEXT[:at] + new + TEXT[at + len(old) :])
    assert (fault[0], fault[1]) in [(line, key) for line, key, _ in found]
    assert any(message.startswith(fault[2]) for _, _, message in found), found


@pytest.mark.parametrize(
    "deep", ["[" * 200_000, "- " * 200_000, "[" * 50_000 + "]" * 50_000, "a: " + "{a: " * 9_000]
)
def test_what_is_nested_without_end_is_a_fault_and_no_crash(deep):
    ((_, _, message),) = faults(deep)
    assert "nested deeper" in message or "not valid YAML" in message


@pytest.mark.parametrize("text", ["", "- a", "slug: [", "a: *b", "slug: x\nslug: y", "\x00"])
def test_what_is_no_path_is_a_fault_and_never_an_exception(text):
    assert faults(text)


def test_a_step_to_an_article_that_is_not_there_is_named_with_its_line(tmp_path):
    (tmp_path / "paths").mkdir()
    (tmp_path / "paths/first-week.yaml").write_text(TEXT, "utf-8")
    (tmp_path / "paths/bad.yaml").write_bytes(b"\xff")
    articles = {"reading-a-quote", "price-too-high", "cold-call-opening"}
    files, problems = read_paths(
        tmp_path, Destinations(articles, {"basics", "free-talk"}, {"too-dear"})
    )
    assert files == []
    assert [(p.path, p.problem.line) for p in problems] == [
        ("paths/bad.yaml", 1),
        ("paths/first-week.yaml", 21),
    ]


def test_the_shipped_path_has_thirty_days_none_empty_and_forty_lessons():
    content = read_content(SHIPPED)
    (path,) = [file.path for file in content.paths if file.path.slug == "ice-breaking"]
    assert [day.day for day in path.schedule] == list(range(1, 31))
    assert all(day.rest or any(not step.optional for step in day.steps) for day in path.schedule)
    lessons = {f.document.meta.slug for f in content.files if f.document.meta.kind == "lesson"}
    read = {step.article for step in path.steps() if isinstance(step, Read)}
    assert len(read & lessons) >= 40
    assert {step.type for step in path.steps()} >= set(StepType) - {StepType.WATCH}
