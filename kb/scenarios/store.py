"""Scenarios in the database: import from files, what can be played, export."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from kb import audit
from kb.errors import InvalidError
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
        if row is not None and row.imported_hash == _hash(body):
            continue
        if row is not None and _hash(row.body) not in (row.imported_hash, _hash(body)):
            conflicts.append(f"{scenario.slug}.{scenario.lang}")
            continue
        session.merge(
            ScenarioRow(
                slug=scenario.slug, lang=scenario.lang, title=scenario.title, scope=scenario.scope,
                body=body, version=row.version + 1 if row else 1, imported_hash=_hash(body),
                changed_at=now,
            )
        )  # fmt: skip
    return conflicts


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


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
        advice = Message(
            N_("Somebody saved a newer version meanwhile. Copy your text, reload and compare.")
        )
        raise InvalidError({"1:": advice})
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
