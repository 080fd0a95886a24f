"""The file of a scenario: a customer conversation that branches, and the criteria it is scored by."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kb.errors import InvalidError
from kb.library.faults import LineIndex, Problem
from kb.library.kinds import Line, Paragraph, Part, Slug
from kb.library.vocabulary import Lang, Scope, Stage
from kb.library.yaml_text import load_yaml
from kb.messages import N_, Message
from kb.quizzes.questions import Source

FOLDER = "scenarios"
RESERVED = {"new", "play"}  # addresses beside those of scenarios
Id = Annotated[Slug, StringConstraints(max_length=60)]


class Customer(Part):
    """Who speaks."""

    name: Line
    role: Line


class Criterion(Part):
    """Something that a conversation does or does not do, with the words of the standard behind it."""

    id: Id
    text: Line
    source: Source
    quote: Line


class Reply(Part):
    """One way to answer, its other wordings, what it meets and breaks, and where it leads."""

    id: Id
    best: bool = False
    say: Paragraph
    also: Annotated[list[Paragraph], Field(max_length=8)] = Field(default_factory=list)
    meets: list[Id] = Field(default_factory=list)
    breaks: list[Id] = Field(default_factory=list)
    comment: Paragraph
    next: Id


class Turn(Part):
    """What the customer says, and the replies that there are to it."""

    id: Id
    customer: Paragraph
    replies: Annotated[list[Reply], Field(min_length=2, max_length=5)]

    def reply(self, reply_id: str) -> Reply | None:
        """A reply by its id."""
        return next((reply for reply in self.replies if reply.id == reply_id), None)


class Ending(Part):
    """How a conversation ends."""

    id: Id
    outcome: Literal["good", "fair", "bad"]
    customer: Paragraph
    debrief: Paragraph


class Scenario(Part):
    """A whole scenario in one language."""

    slug: Slug
    lang: Lang
    title: Annotated[Line, Field(max_length=80)]
    summary: Line
    scope: Scope = Scope.GENERAL
    stage: list[Stage] = Field(default_factory=list)
    minutes: Annotated[int, Field(ge=1, le=60)]
    customer: Customer
    situation: Paragraph
    goal: Paragraph
    pass_: Annotated[int, Field(ge=1, le=100, alias="pass")] = 75
    criteria: Annotated[list[Criterion], Field(min_length=1, max_length=10)]
    start: Id
    turns: Annotated[list[Turn], Field(min_length=1, max_length=30)]
    endings: Annotated[list[Ending], Field(min_length=1, max_length=10)]

    def turn(self, turn_id: str) -> Turn | None:
        """A turn by its id."""
        return next((turn for turn in self.turns if turn.id == turn_id), None)

    def ending(self, ending_id: str) -> Ending | None:
        """An ending by its id."""
        return next((ending for ending in self.endings if ending.id == ending_id), None)


def parse_scenario(text: str) -> tuple[Scenario | None, list[Problem]]:
    """Read a scenario's file, or every fault with its line. Never raises."""
    loaded = load_yaml(text, Scenario)
    if loaded.model is None:
        return None, loaded.problems
    problems = sorted(_faults(loaded.model, loaded.lines), key=lambda problem: problem.line)
    return (None if problems else loaded.model), problems


@lru_cache(maxsize=256)
def read_scenario(text: str) -> Scenario:
    """A scenario's text that was checked before. Raises InvalidError where it no longer holds."""
    scenario, problems = parse_scenario(text)
    if scenario is None:
        raise InvalidError({f"{p.line}:{p.key}": p.message for p in problems})
    return scenario


def _faults(scenario: Scenario, lines: LineIndex) -> Iterator[Problem]:
    yield from _faults_of_names(scenario, lines)
    graph = {turn.id: [reply.next for reply in turn.replies] for turn in scenario.turns}
    known = {*graph, *(ending.id for ending in scenario.endings)}
    broken = scenario.start not in graph
    if broken:
        advice = N_("names %(id)s, which is no turn")
        yield Problem(lines.of(("start",)), "start", Message(advice, {"id": scenario.start}))
    for t, turn in enumerate(scenario.turns):
        for r, reply in enumerate(turn.replies):
            if reply.next not in known:
                broken = True
                advice = N_("leads to %(id)s, which is neither a turn nor an ending")
                line = lines.of(("turns", t, "replies", r, "next"))
                yield Problem(line, "next", Message(advice, {"id": reply.next}))
    if broken:
        return
    if loop := _loop(graph, scenario.start):
        advice = N_("can be reached from itself; a conversation has to come to an end")
        number = [turn.id for turn in scenario.turns].index(loop)
        yield Problem(lines.of(("turns", number, "id")), "id", Message(advice))
        return
    yield from _faults_of_ways(scenario, graph, lines)


def _faults_of_names(scenario: Scenario, lines: LineIndex) -> Iterator[Problem]:
    if scenario.slug in RESERVED:
        advice = N_("%(slug)s is an address of the site; choose another slug")
        yield Problem(lines.of(("slug",)), "slug", Message(advice, {"slug": scenario.slug}))
    seen: set[str] = set()
    lists: tuple[tuple[str, list[str]], ...] = (
        ("turns", [turn.id for turn in scenario.turns]),
        ("endings", [ending.id for ending in scenario.endings]),
    )
    for key, ids in lists:
        for number, one in enumerate(ids):
            if one in seen:
                twice = Message(N_("is used twice; every turn and ending has its own id"))
                yield Problem(lines.of((key, number, "id")), "id", twice)
            seen.add(one)
    criteria = {criterion.id for criterion in scenario.criteria}
    for t, turn in enumerate(scenario.turns):
        best = sum(reply.best for reply in turn.replies)
        if best != 1:
            advice = N_("has %(n)s best replies; mark exactly one with best: true")
            line = lines.of(("turns", t, "replies"))
            yield Problem(line, "replies", Message(advice, {"n": best}))
        for r, reply in enumerate(turn.replies):
            for criterion in (*reply.meets, *reply.breaks):
                if criterion not in criteria:
                    advice = N_("names %(id)s, which is not among the criteria")
                    line = lines.of(("turns", t, "replies", r, "meets"))
                    yield Problem(line, "meets", Message(advice, {"id": criterion}))


def _loop(graph: Mapping[str, list[str]], start: str) -> str | None:
    """A turn that can be reached from itself."""
    done: set[str] = set()
    path: list[str] = []

    def visit(turn: str) -> str | None:
        if turn in path:
            return turn
        if turn in done or turn not in graph:
            return None
        path.append(turn)
        for following in graph[turn]:
            if found := visit(following):
                return found
        path.pop()
        done.add(turn)
        return None

    return visit(start)


def _faults_of_ways(
    scenario: Scenario, graph: Mapping[str, list[str]], lines: LineIndex
) -> Iterator[Problem]:
    reached: set[str] = set()
    waiting = [scenario.start]
    while waiting:
        place = waiting.pop()
        if place not in reached:
            reached.add(place)
            waiting += graph.get(place, [])
    for key, ids in (
        ("turns", [turn.id for turn in scenario.turns]),
        ("endings", [ending.id for ending in scenario.endings]),
    ):
        for number, one in enumerate(ids):
            if one not in reached:
                unreached = Message(N_("is never reached; let a reply lead to it or take it out"))
                yield Problem(lines.of((key, number, "id")), "id", unreached)
    ending, met, broken = best_way(scenario)
    missed = [c.id for c in scenario.criteria if c.id not in met or c.id in broken]
    if ending.outcome != "good" or missed:
        advice = N_(
            "the best replies end %(outcome)s and miss these criteria: %(ids)s; they must show "
            "how it is done"
        )
        params = {"outcome": ending.outcome, "ids": ", ".join(missed) or "-"}
        yield Problem(lines.of(("turns",)), "turns", Message(advice, params))


def best_way(scenario: Scenario) -> tuple[Ending, set[str], set[str]]:
    """Where the best replies lead, and the criteria that they meet and break."""
    met: set[str] = set()
    broken: set[str] = set()
    place = scenario.start
    while turn := scenario.turn(place):
        best = next((reply for reply in turn.replies if reply.best), turn.replies[0])
        met |= set(best.meets)
        broken |= set(best.breaks)
        place = best.next
    ending = scenario.ending(place)
    assert ending is not None  # checked before: every way comes to an end
    return ending, met, broken
