"""Autosaved forms: what was typed survives a closed tab, a conflict and a restart."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from kb.errors import ShifuError
from kb.library.models import Draft
from kb.messages import N_

MAX_FORM = 300_000  # characters of JSON


class DraftTooLargeError(ShifuError):
    """A form that is too large to be kept."""

    template = N_(
        "This is too long to be kept. Split the article in two; %(n)s characters is the limit."
    )


@dataclass(frozen=True)
class KeptForm:
    """A form as it was last typed, and the revision on which the typing began."""

    fields: dict[str, list[str]]
    base_revision: int
    updated_at: datetime


def keep_form(
    session: Session,
    person_id: int,
    key: str,
    fields: Mapping[str, list[str]],
    base_revision: int,
    now: datetime,
) -> None:
    """Keep what a person has typed so far, in place of what was kept before."""
    form = json.dumps(fields, ensure_ascii=False)
    if len(form) > MAX_FORM:
        raise DraftTooLargeError(n=MAX_FORM)
    session.merge(
        Draft(person_id=person_id, key=key, base_revision=base_revision, form=form, updated_at=now)
    )


def kept_form(session: Session, person_id: int, key: str) -> KeptForm | None:
    """What was kept under a key, or None."""
    row = session.get(Draft, (person_id, key))
    return KeptForm(json.loads(row.form), row.base_revision, row.updated_at) if row else None


def forget_form(session: Session, person_id: int, key: str) -> None:
    """Drop what was kept: it is saved now, or no longer wanted."""
    row = session.get(Draft, (person_id, key))
    if row:
        session.delete(row)
