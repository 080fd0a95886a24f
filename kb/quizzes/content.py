"""The files of the question bank and of quizzes in a content folder, with every fault in them."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from kb.learning.content import read_text
from kb.library.faults import FileProblem, Problem
from kb.library.yaml_text import dump_yaml
from kb.messages import N_, Message
from kb.quizzes.questions import FOLDER as BANKS
from kb.quizzes.questions import Bank, parse_bank
from kb.quizzes.quiz_file import FOLDER as QUIZZES
from kb.quizzes.quiz_file import Quiz, parse_quiz


@dataclass(frozen=True)
class QuizContent:
    """All questions and quizzes of a folder."""

    banks: tuple[Bank, ...] = ()
    quizzes: tuple[Quiz, ...] = ()

    @property
    def question_count(self) -> int:
        """How many questions there are; the two languages of one count once."""
        return len({(bank.bank, one.id) for bank in self.banks for one in bank.questions})


def read_quizzes(
    root: Path, anchors: dict[str, Collection[str]]
) -> tuple[QuizContent, list[FileProblem]]:
    """Sound banks and quizzes, and the faults of the others.

    ``anchors`` maps an article's slug to the anchors of its page in any language.
    """
    problems: list[FileProblem] = []
    banks: list[Bank] = []
    for file in sorted((root / BANKS).glob("*.yaml")):
        name = file.relative_to(root).as_posix()
        source, fault = read_text(file)
        bank, faults = (None, [fault]) if fault else parse_bank(source)
        if bank is not None:
            faults = faults + _check_bank(bank, source, file.stem, anchors)
            banks.append(bank)
        problems += [FileProblem(name, fault) for fault in faults]
    quizzes: list[Quiz] = []
    topics = {(bank.bank, question.topic) for bank in banks for question in bank.questions}
    for file in sorted((root / QUIZZES).glob("*.yaml")):
        name = file.relative_to(root).as_posix()
        source, fault = read_text(file)
        quiz, faults = (None, [fault]) if fault else parse_quiz(source)
        if quiz is not None:
            faults = _check_quiz(quiz, file.stem, topics)
            quizzes.append(quiz)
        problems += [FileProblem(name, fault) for fault in faults]
    return QuizContent(tuple(banks), tuple(quizzes)), problems


def _check_bank(
    bank: Bank, source: str, stem: str, anchors: dict[str, Collection[str]]
) -> list[Problem]:
    faults = []
    if stem != f"{bank.bank}.{bank.lang}":
        advice = N_("its bank and lang make %(wanted)s.yaml; rename the file or mend them")
        wanted = {"wanted": f"{bank.bank}.{bank.lang}"}
        faults.append(Problem(1, "bank", Message(advice, wanted)))
    lines: dict[str, int] = {}
    for number, line in enumerate(source.splitlines(), 1):
        key, _, value = line.strip().removeprefix("- ").partition(": ")
        if key == "id":
            lines.setdefault(value, number)
    for question in bank.questions:
        if fault := source_fault(question.source, anchors):
            faults.append(Problem(lines.get(question.id, 1), "source", fault))
    return faults


def source_fault(source: str | None, anchors: dict[str, Collection[str]]) -> Message | None:
    """What is wrong with the passage that a question or a criterion names."""
    if source is None:
        return None
    slug, _, anchor = source.partition("#")
    if slug not in anchors:
        return Message(N_("leads to article:%(slug)s, which does not exist"), {"slug": slug})
    if anchor and anchor not in anchors[slug]:
        advice = N_("names #%(anchor)s, which is no part of article:%(slug)s")
        return Message(advice, {"anchor": anchor, "slug": slug})
    return None


def _check_quiz(quiz: Quiz, stem: str, topics: Collection[tuple[str, str]]) -> list[Problem]:
    faults = []
    if quiz.slug != stem:
        advice = N_("is %(slug)s, but the file is called %(file)s.yaml; make them the same")
        faults.append(Problem(1, "slug", Message(advice, {"slug": quiz.slug, "file": stem})))
    for draw in quiz.draw:
        wanted = [(draw.bank, topic) for topic in draw.topics]
        if not wanted and not any(bank == draw.bank for bank, _ in topics):
            wanted = [(draw.bank, "-")]
        for bank, topic in wanted:
            if (bank, topic) not in topics:
                advice = N_("draws from %(bank)s, topic %(topic)s, where there is no question")
                faults.append(Problem(1, "draw", Message(advice, {"bank": bank, "topic": topic})))
    return faults


def canonical_quiz_files(content: QuizContent) -> dict[str, str]:
    """The canonical text of each file, by its path within the folder."""
    files = {
        f"{BANKS}/{bank.bank}.{bank.lang}.yaml": dump_yaml(bank, defaults=False)
        for bank in content.banks
    }
    return files | {f"{QUIZZES}/{quiz.slug}.yaml": dump_yaml(quiz) for quiz in content.quizzes}
