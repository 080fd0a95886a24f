"""The scenarios of a content folder, with every fault in them."""

from collections.abc import Collection
from pathlib import Path

from kb.learning.content import line_of_id, read_text
from kb.library.faults import FileProblem, Problem
from kb.messages import N_, Message
from kb.quizzes.content import source_fault
from kb.scenarios.scenario_file import FOLDER, Scenario, parse_scenario


def read_scenarios(
    root: Path, anchors: dict[str, Collection[str]]
) -> tuple[list[Scenario], list[FileProblem]]:
    """Sound scenarios, and the faults of the others. ``anchors``: see ``read_quizzes``."""
    scenarios: list[Scenario] = []
    problems: list[FileProblem] = []
    for file in sorted((root / FOLDER).glob("*.yaml")):
        name = file.relative_to(root).as_posix()
        source, fault = read_text(file)
        scenario, faults = (None, [fault]) if fault else parse_scenario(source)
        if scenario is not None:
            faults = _check(scenario, source, file.stem, anchors)
        problems += [FileProblem(name, one) for one in faults]
        if scenario is not None and not faults:
            scenarios.append(scenario)
    return scenarios, problems


def _check(
    scenario: Scenario, source: str, stem: str, anchors: dict[str, Collection[str]]
) -> list[Problem]:
    faults = []
    if stem != f"{scenario.slug}.{scenario.lang}":
        advice = N_("its slug and lang make %(wanted)s.yaml; rename the file or mend them")
        wanted = {"wanted": f"{scenario.slug}.{scenario.lang}"}
        faults.append(Problem(1, "slug", Message(advice, wanted)))
    for criterion in scenario.criteria:
        if fault := source_fault(criterion.source, anchors):
            faults.append(Problem(line_of_id(source, criterion.id), "source", fault))
    return faults
