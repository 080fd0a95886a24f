"""The team's own words: they stay whole when Chinese is cut into words. And the file of both.

Entries of the file that the team takes out stay as removed rows, so that no import brings them back.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from kb import audit, outbox
from kb.errors import InvalidError
from kb.messages import N_, Message
from kb.search.models import TeamWord
from kb.search.synonyms import SHIPPED, TEAM, import_synonyms, list_synonyms
from kb.search.team_words_file import (
    FILE_NAME,
    TeamWords,
    normalised,
    serialise_team_words,
    word_fault,
)

MAX_WORDS = 2000


def team_words(session: Session) -> tuple[str, ...]:
    """The words that stay whole when Chinese is cut, sorted."""
    query = select(TeamWord.word).where(col(TeamWord.removed).is_(False))
    return tuple(sorted(session.exec(query)))


def save_team_words(
    session: Session, person_id: int, seen: Iterable[str], text: str, now: datetime
) -> tuple[str, ...]:
    """Save the team's words, one a line; returns all of them as they are then.

    Only what differs from ``seen`` is done, so words that somebody else added or took out in the
    meantime stay so. Raises InvalidError with the fault of each faulty line, ``words.3`` by name.
    """
    lines = [(number, normalised(line)) for number, line in enumerate(text.split("\n"), 1)]
    faults = {
        f"words.{number}": fault for number, word in lines if word and (fault := word_fault(word))
    }
    wanted = {word for _, word in lines if word}
    if len(wanted) > MAX_WORDS:
        advice = N_("has %(n)s words; keep at most %(most)s")
        faults["words"] = Message(advice, {"n": len(wanted), "most": MAX_WORDS})
    if faults:
        raise InvalidError(faults)
    rows = {row.word: row for row in session.exec(select(TeamWord))}
    before = set(seen)
    added, removed = [], []
    for word in sorted(wanted - before):
        row = rows.get(word) or TeamWord(word=word, origin=TEAM, removed=True, changed_at=now)
        if row.removed:
            added.append(word)
            _set_removed(session, row, False, person_id, now)
    for word in sorted(before - wanted):
        if word in rows and not rows[word].removed:
            removed.append(word)
            _set_removed(session, rows[word], True, person_id, now)
    if added or removed:
        session.flush()
        audit.record(
            session, now, person_id, "save_team_words", "team_words", added=added, removed=removed
        )
        outbox.enqueue(session, outbox.TEAM_WORDS, 0, now)  # the worker rebuilds
    return team_words(session)


def _set_removed(
    session: Session, row: TeamWord, removed: bool, person_id: int, now: datetime
) -> None:
    row.origin, row.removed, row.changed_at, row.changed_by = TEAM, removed, now, person_id
    session.add(row)


def import_team_words(session: Session, content: TeamWords, now: datetime) -> int:
    """Bring the file in; what the team changed or took out stays so. Returns what is new here."""
    synonyms = import_synonyms(session, content.synonyms, now)
    known = set(session.exec(select(TeamWord.word)))
    new = [word for word in content.words if word not in known]
    session.add_all(TeamWord(word=word, origin=SHIPPED, changed_at=now) for word in new)
    if new:
        outbox.enqueue(session, outbox.TEAM_WORDS, 0, now)  # the worker rebuilds
    if synonyms or new:
        audit.record(
            session, now, None, "import_team_words", "team_words", synonyms=synonyms, words=len(new)
        )
    return synonyms + len(new)


def export_team_words(session: Session, folder: Path) -> None:
    """Write the file as things stand here; none where there is nothing to write."""
    content = TeamWords(tuple(list_synonyms(session)), team_words(session))
    if content.synonyms or content.words:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE_NAME).write_bytes(serialise_team_words(content).encode())
