"""The files of learning in a content folder, with every fault in them."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path as FilePath

from kb.learning.path_file import (
    FOLDER,
    Path,
    Read,
    RolePlay,
    Step,
    TakeQuiz,
    Watch,
    parse_path,
)
from kb.learning.path_store import PathFile
from kb.library.faults import FileProblem, Problem
from kb.messages import N_, Message

_NO_QUIZ = N_("leads to the quiz %(slug)s, which does not exist")


@dataclass(frozen=True)
class Destinations:
    """Slugs of what steps can lead to."""

    articles: Collection[str]
    quizzes: Collection[str] = ()
    scenarios: Collection[str] = ()


def read_paths(root: FilePath, there: Destinations) -> tuple[list[PathFile], list[FileProblem]]:
    """Every sound path of the folder, and the faults of the others."""
    files: list[PathFile] = []
    problems: list[FileProblem] = []
    for file in sorted((root / FOLDER).glob("*.yaml")):
        name = file.relative_to(root).as_posix()
        source, fault = read_text(file)
        if fault:
            problems.append(FileProblem(name, fault))
            continue
        path, faults = parse_path(source)
        if path is not None:
            faults = _check(path, source, file.stem, there)
        problems += [FileProblem(name, fault) for fault in faults]
        if path is not None and not faults:
            files.append(PathFile(source, path))
    return files, problems


def read_text(file: FilePath) -> tuple[str, Problem | None]:
    """A file's text, or why it cannot be read."""
    try:
        return file.read_bytes().decode("utf-8"), None
    except UnicodeDecodeError as error:
        advice = Message(N_("is not UTF-8 (byte %(at)s); save it as UTF-8"), {"at": error.start})
    except OSError as error:
        advice = Message(N_("cannot be read: %(reason)s"), {"reason": error.strerror})
    return "", Problem(1, "", advice)


def _check(path: Path, source: str, stem: str, there: Destinations) -> list[Problem]:
    faults = []
    if path.slug != stem:
        advice = N_("is %(slug)s, but the file is called %(file)s.yaml; make them the same")
        faults.append(Problem(1, "slug", Message(advice, {"slug": path.slug, "file": stem})))
    for test in path.test_out:
        if test.quiz not in there.quizzes:
            faults.append(Problem(1, "test_out", Message(_NO_QUIZ, {"slug": test.quiz})))
    for step in path.steps():
        if fault := _destination_fault(step, there):
            key, advice, slug = fault
            line = line_of_id(source, step.id)
            faults.append(Problem(line, key, Message(advice, {"slug": slug})))
    return faults


def _destination_fault(step: Step, there: Destinations) -> tuple[str, str, str] | None:
    if isinstance(step, Read | Watch) and step.article not in there.articles:
        return "article", N_("leads to article:%(slug)s, which does not exist"), step.article
    if isinstance(step, TakeQuiz) and step.quiz not in there.quizzes:
        return "quiz", _NO_QUIZ, step.quiz
    if isinstance(step, RolePlay) and step.scenario not in there.scenarios:
        advice = N_("leads to the scenario %(slug)s, which does not exist")
        return "scenario", advice, step.scenario
    return None


def line_of_id(source: str, step_id: str) -> int:
    """The line in which a step's id stands."""
    for number, line in enumerate(source.splitlines(), 1):
        if f"id: {step_id}" in line:
            return number
    return 1
