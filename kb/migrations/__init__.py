"""Alembic migrations, run by code so that no ini file has to be found."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.engine import Engine

if TYPE_CHECKING:
    from alembic.config import Config

_VERSIONS = Path(__file__).parent / "versions"


def alembic_config(engine: Engine) -> "Config":
    """A configuration that points at this folder and works on ``engine``."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a revision; nothing happens where it is there already."""
    from alembic import command

    command.upgrade(alembic_config(engine), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to a revision."""
    from alembic import command

    command.downgrade(alembic_config(engine), revision)


def is_current(engine: Engine) -> bool:
    """Whether the database has the newest schema. Every command asks, so Alembic is not imported.

    Revisions are numbered in a row, and each is in the file that begins with its number.
    """
    newest = max(path.name.split("_")[0] for path in _VERSIONS.glob("[0-9]*_*.py"))
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return bool(found == newest)
