"""Opens what commands work on: settings, database, index."""

import logging

from kb import migrations
from kb.db import Database
from kb.errors import ShifuError
from kb.messages import N_
from kb.settings import Settings, load_settings


class NotReadyError(ShifuError):
    """There is no database with the newest schema."""

    template = N_(
        "The database in %(folder)s is missing or older than this version. Run shifu init first; data is kept."
    )


def open_settings() -> Settings:
    """The settings. Raises SettingsError."""
    return load_settings()


def open_database(settings: Settings) -> Database:
    """The database, if it is ready. Raises NotReadyError."""
    shipped = not settings.database_url
    if shipped and not (settings.data_dir / "shifu.db").exists():
        raise NotReadyError(folder=settings.data_dir)
    database = Database(settings.sqlalchemy_url)
    if not migrations.is_current(database.engine):
        raise NotReadyError(folder=settings.data_dir)
    return database


def log_to_stderr(settings: Settings) -> None:
    """Log with time and level; libraries that talk about their own affairs only when in trouble."""
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=settings.log_level, format=form)
    for name in ("alembic", "sentence_transformers", "faiss"):
        logging.getLogger(name).setLevel(logging.WARNING)
