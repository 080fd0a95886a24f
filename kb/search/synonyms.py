"""Synonyms: what people type, and the word of the library that is searched for beside it.

A shipped entry follows its file as long as nobody touches it here. Changed here it is the team's;
taken out it stays as a removed row, so that no import brings it back.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, literal, select

from kb import audit
from kb.accounts.models import Person
from kb.errors import ConflictError, InvalidError
from kb.messages import N_, Message
from kb.search.models import SynonymEntry
from kb.search.team_words_file import (
    MAX_PHRASES,
    SEPARATORS,
    Synonyms,
    normalised,
    phrase_fault,
    target_fault,
    tidy,
)

SHIPPED, TEAM = "shipped", "team"
MAX_TARGETS = 5  # of one query; more would bury what was typed


class SynonymsChangedError(ConflictError):
    """Somebody changed the same row in the meantime; ``current`` is what is saved now."""

    template = N_("%(who)s changed this row while you were editing.")

    def __init__(self, current: Synonyms | None, who: str) -> None:
        super().__init__(who=who)
        self.current = current


def list_synonyms(session: Session) -> list[Synonyms]:
    """All targets with their phrases, in the order in which they were written."""
    groups: dict[str, list[str]] = {}
    for row in _entries(session):
        groups.setdefault(row.target, []).append(row.phrase)
    return [Synonyms(target, tuple(phrases)) for target, phrases in groups.items()]


def _entries(session: Session, target: str | None = None) -> list[SynonymEntry]:
    query = select(SynonymEntry).where(col(SynonymEntry.removed).is_(False))
    if target is not None:
        query = query.where(SynonymEntry.target == target)
    return list(session.exec(query.order_by(col(SynonymEntry.id))))


def synonyms_for(session: Session, text: str) -> tuple[str, ...]:
    """Targets of the phrases in a query, the longest phrase's first; at most MAX_TARGETS.

    A target that the query says already is left out.
    """
    typed = normalised(text)
    if not typed:
        return ()
    # Wildcards in a phrase find more than they should; ``_stands_in`` has the last word.
    rows = session.exec(
        select(SynonymEntry.phrase, SynonymEntry.target)
        .where(col(SynonymEntry.removed).is_(False))
        .where(literal(typed).contains(col(SynonymEntry.phrase)))
    )
    return targets_of(rows, typed)


def targets_of(pairs: Iterable[tuple[str, str]], text: str) -> tuple[str, ...]:
    """As ``synonyms_for``, of pairs of phrase and target instead of the database's."""
    typed = normalised(text)
    found = sorted(
        (one for one in pairs if _stands_in(one[0], typed)), key=lambda one: -len(one[0])
    )
    targets = dict.fromkeys(target for _, target in found)
    return tuple(one for one in targets if not _stands_in(normalised(one), typed))[:MAX_TARGETS]


def _stands_in(phrase: str, text: str) -> bool:
    """Whether the text holds the phrase; where it is Latin, at the borders of words."""
    at = text.find(phrase)
    while at >= 0:
        if not (_splits_word(text, at) or _splits_word(text, at + len(phrase))):
            return True
        at = text.find(phrase, at + 1)
    return False


def _splits_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and _is_latin(text[at - 1]) and _is_latin(text[at])


def _is_latin(char: str) -> bool:
    return char.isalnum() and char < "\u2e80"


def split_phrases(text: str) -> tuple[str, ...]:
    """Phrases as typed into one field, normalised, each once."""
    for sign in SEPARATORS:
        text = text.replace(sign, "\n")
    return tuple(dict.fromkeys(filter(None, map(normalised, text.split("\n")))))


def save_synonyms(
    session: Session,
    person_id: int,
    seen: Synonyms | None,
    target: str,
    text: str,
    now: datetime,
) -> None:
    """Save one row of the table: ``seen`` as the person saw it, None for a new one.

    Raises InvalidError by field, and SynonymsChangedError where what is saved is not ``seen``.
    """
    wanted = Synonyms(tidy(target), split_phrases(text))
    if seen and not _same(session, wanted):
        _require_unchanged(session, seen)
    own = {row.phrase for row in _entries(session, wanted.target)}
    _check(session, wanted, own.union(seen.phrases if seen else ()))
    dropped = [phrase for phrase in seen.phrases if phrase not in wanted.phrases] if seen else []
    changed = _remove(session, dropped, person_id, now)
    for phrase in wanted.phrases:
        changed += _put(session, phrase, wanted.target, person_id, now)
    if changed:
        _record(session, now, person_id, "save_synonyms", wanted.target, seen, wanted.phrases)


def remove_synonyms(session: Session, person_id: int, seen: Synonyms, now: datetime) -> None:
    """Take a row out. Raises SynonymsChangedError where what is saved is not ``seen``."""
    if not _entries(session, seen.target):
        return
    _require_unchanged(session, seen)
    if _remove(session, seen.phrases, person_id, now):
        _record(session, now, person_id, "remove_synonyms", seen.target, seen, ())


def _check(session: Session, wanted: Synonyms, own: set[str]) -> None:
    faults: dict[str, Message] = {}
    if fault := target_fault(wanted.target):
        faults["target"] = fault
    if not 1 <= len(wanted.phrases) <= MAX_PHRASES:
        advice = N_("has %(n)s phrases; write 1 to %(most)s")
        faults["phrases"] = Message(advice, {"n": len(wanted.phrases), "most": MAX_PHRASES})
    for phrase in wanted.phrases:
        if fault := phrase_fault(phrase, wanted.target):
            faults.setdefault("phrases", fault)
    elsewhere = col(SynonymEntry.phrase).in_(set(wanted.phrases) - own)
    query = select(SynonymEntry).where(elsewhere, col(SynonymEntry.removed).is_(False))
    if taken := session.exec(query.order_by(col(SynonymEntry.id))).first():
        advice = N_("%(text)s leads to %(target)s already; change it there, or take it out first")
        params = {"text": taken.phrase, "target": taken.target}
        faults.setdefault("phrases", Message(advice, params))
    if faults:
        raise InvalidError(faults)


def _same(session: Session, group: Synonyms) -> bool:
    return {row.phrase for row in _entries(session, group.target)} == set(group.phrases)


def _require_unchanged(session: Session, seen: Synonyms) -> None:
    if _same(session, seen):
        return
    rows = _entries(session, seen.target)
    current = Synonyms(seen.target, tuple(row.phrase for row in rows)) if rows else None
    touched = select(SynonymEntry).where(
        (col(SynonymEntry.target) == seen.target) | col(SynonymEntry.phrase).in_(seen.phrases)
    )
    last = session.exec(touched.order_by(col(SynonymEntry.changed_at).desc())).first()
    person = session.get(Person, last.changed_by) if last and last.changed_by else None
    raise SynonymsChangedError(current, person.name if person else "shifu content import")


def _remove(session: Session, phrases: Iterable[str], person_id: int, now: datetime) -> int:
    wanted = col(SynonymEntry.phrase).in_(list(phrases))
    rows = session.exec(select(SynonymEntry).where(wanted, col(SynonymEntry.removed).is_(False)))
    count = 0
    for row in rows.all():
        row.origin, row.removed, row.changed_at, row.changed_by = TEAM, True, now, person_id
        session.add(row)
        count += 1
    session.flush()
    return count


def _put(session: Session, phrase: str, target: str, person_id: int, now: datetime) -> int:
    row = session.exec(select(SynonymEntry).where(SynonymEntry.phrase == phrase)).first()
    if row and not row.removed and row.target == target:
        return 0
    row = row or SynonymEntry(phrase=phrase, target=target, origin=TEAM, changed_at=now)
    row.target, row.origin, row.removed = target, TEAM, False
    row.changed_at, row.changed_by = now, person_id
    session.add(row)
    session.flush()  # so that ids follow the order in which phrases were typed
    return 1


def _record(
    session: Session,
    now: datetime,
    person_id: int,
    action: str,
    target: str,
    seen: Synonyms | None,
    phrases: tuple[str, ...],
) -> None:
    before = seen.phrases if seen else ()
    details: dict[str, object] = {
        "added": [one for one in phrases if one not in before],
        "removed": [one for one in before if one not in phrases],
    }
    if seen and seen.target != target:
        details["target_before"] = seen.target
    audit.record(session, now, person_id, action, f"synonyms:{target}", **details)


def import_synonyms(session: Session, groups: Iterable[Synonyms], now: datetime) -> int:
    """Bring the file's entries in; what the team changed or took out stays so.

    Returns the number of new and changed ones. What left the file stays until the team takes it out.
    """
    entries = {row.phrase: row for row in session.exec(select(SynonymEntry))}
    changed = 0
    for target, phrase in ((group.target, phrase) for group in groups for phrase in group.phrases):
        row = entries.get(phrase)
        if row is None:
            row = SynonymEntry(phrase=phrase, target="", origin=SHIPPED, changed_at=now)
        if row.origin == SHIPPED and row.target != target:
            row.target, row.changed_at = target, now
            session.add(row)
            changed += 1
    session.flush()
    return changed
