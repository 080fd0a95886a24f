"""Where somebody stopped watching."""

from datetime import datetime

from sqlmodel import Session

from kb.media.models import VideoPosition
from kb.permissions import Reader

LONGEST = 24 * 3600


def position_of(session: Session, reader: Reader, article_id: int) -> int:
    """The second at which the reader stopped; 0 at first."""
    row = session.get(VideoPosition, (reader.person_id, article_id))
    return row.seconds if row else 0


def remember_position(
    session: Session, reader: Reader, article_id: int, seconds: int, now: datetime
) -> None:
    """Keep where the reader is."""
    session.merge(
        VideoPosition(
            person_id=reader.person_id, article_id=article_id,
            seconds=min(max(0, seconds), LONGEST), at=now,
        )
    )  # fmt: skip
