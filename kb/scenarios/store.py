"""Scenarios in the database: import from files, what can be played, export."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from kb import audit
from kb.errors import ConflictError, InvalidError
from kb.library.articles import content_hash
from kb.library.vocabulary import Scope
from kb.library.yaml_text import dump_yaml
from kb.messages import N_, Message
from kb.permissions import found
from kb.scenarios.models import ScenarioRow
from kb.scenarios.scenario_file import FOLDER, Scenario, parse_scenario, read_scenario


def text_of(scenario: Scenario) -> str:
    """A scenario's canonical text."""
    return dump_yaml(scenario, defaults=False)


def import_scenarios(session: Session, scenarios: Sequence[Scenario], now: datetime) -> list[str]:
    """Bring scenarios in; returns those that changed here and in their file, and were kept."""
    conflicts = []
    for scenario in scenarios:
        body = text_of(scenario)
        row = session.get(ScenarioRow, (scenario.slug, scenario.lang))
        if row is not None and row.imported_hash == content_hash(body):
            continue
        if row is not None and content_hash(row.body) not in (
            row.imported_hash,
            content_hash(body),
        ):
            conflicts.append(f"{scenario.slug}.{scenario.lang}")
            continue
        session.merge(
            ScenarioRow(
                slug=scenario.slug, lang=scenario.lang, title=scenario.title, scope=scenario.scope,
                body=body, version=row.version + 1 if row else 1, imported_hash=content_hash(body),
                changed_at=now,
            )
        )  # fmt: skip
    return conflicts


def find_scenario(session: Session, slug: str, lang: str) -> ScenarioRow:
    """A scenario in a language, or in the one there is. Raises NotFoundError."""
    query = select(ScenarioRow).where(ScenarioRow.slug == slug, col(ScenarioRow.retired).is_(False))
    rows = sorted(session.exec(query), key=lambda row: row.lang != lang)
    return found(rows[0] if rows else None)


def all_scenarios(session: Session, lang: str) -> list[Scenario]:
    """Every scenario once, in a language where it has it."""
    query = select(ScenarioRow).where(col(ScenarioRow.retired).is_(False))
    by_slug: dict[str, ScenarioRow] = {}
    for row in sorted(session.exec(query), key=lambda row: row.lang == lang):
        by_slug[row.slug] = row
    scenarios = [read_scenario(row.body) for row in by_slug.values()]
    return sorted(scenarios, key=lambda one: (one.stage[:1], one.title))


EXAMPLE = """slug: new-role-play
lang: zh
title: 对练的名字
summary: 一句话说明
minutes: 5
customer:
  name: 王总
  role: 批发商老板
situation: 之前发生了什么，学员知道什么
goal: 这次谈话要走到哪一步
criteria:
  - id: asks-first
    text: 先问清楚再回答
    source: price-too-high#words
    quote: 从标准里原样抄一句
start: opening
turns:
  - id: opening
    customer: 客户说的话
    replies:
      - id: ask
        best: true
        say: 最好的回答
        also: [换一种说法]
        meets: [asks-first]
        comment: 为什么好
        next: good
      - id: cut
        say: 差一些的回答
        comment: 差在哪里
        next: lost
endings:
  - id: good
    outcome: good
    customer: 客户最后说
    debrief: 成在哪里
  - id: lost
    outcome: bad
    customer: 客户最后说
    debrief: 丢在哪里
"""


def add_scenario(session: Session, text: str, person_id: int, now: datetime) -> ScenarioRow:
    """Add a scenario as typed. Raises InvalidError, also where its slug and language are taken."""
    scenario, problems = parse_scenario(text)
    if scenario is None:
        raise InvalidError({f"{p.line}:{p.key}": p.message for p in problems})
    if session.get(ScenarioRow, (scenario.slug, scenario.lang)) is not None:
        taken = N_("%(slug)s is taken; choose another slug.")
        raise InvalidError({"1:slug": Message(taken, {"slug": scenario.slug})})
    row = ScenarioRow(
        slug=scenario.slug, lang=scenario.lang, title=scenario.title, scope=scenario.scope,
        body=text_of(scenario), changed_at=now,
    )  # fmt: skip
    session.add(row)
    subject = f"scenario:{row.slug}.{row.lang}"
    audit.record(session, now, person_id, "add_scenario", subject)
    return row


def save_scenario(
    session: Session,
    slug: str,
    lang: str,
    text: str,
    version: int,
    person_id: int,
    now: datetime,
) -> ScenarioRow:
    """Save a scenario's text as typed. Plays that were begun go on as they began."""
    scenario, problems = parse_scenario(text)
    if scenario is None:
        raise InvalidError({f"{p.line}:{p.key}": p.message for p in problems})
    row = found(session.get(ScenarioRow, (slug, lang)))
    if (scenario.slug, scenario.lang) != (slug, lang):
        advice = Message(N_("A scenario keeps its slug and language."))
        raise InvalidError({"1:slug": advice})
    if row.version != version:
        raise ConflictError
    row.title, row.scope, row.body = scenario.title, scenario.scope, text_of(scenario)
    row.version, row.changed_at = row.version + 1, now
    session.add(row)
    audit.record(
        session, now, person_id, "save_scenario", f"scenario:{slug}.{lang}", version=row.version
    )
    return row


def retire_demo_scenarios(session: Session) -> None:
    """Offer nothing of the invented company any more; plays stay."""
    for row in session.exec(select(ScenarioRow).where(ScenarioRow.scope == Scope.DEMO)):
        row.retired = True
        session.add(row)


def export_scenarios(session: Session, folder: Path) -> None:
    """Write every scenario to ``scenarios/`` of a folder."""
    for row in session.exec(select(ScenarioRow).where(col(ScenarioRow.retired).is_(False))):
        path = folder / FOLDER / f"{row.slug}.{row.lang}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(row.body.encode())
