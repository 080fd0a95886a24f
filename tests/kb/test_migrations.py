"""Migrations go up and down, and agree with the models."""

from pathlib import Path

from alembic import command
from sqlalchemy import inspect

from kb import migrations
from kb.db import Database


def test_up_down_and_up_again(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    migrations.upgrade(database.engine)
    assert migrations.is_current(database.engine)
    command.check(migrations.alembic_config(database.engine))
    migrations.downgrade(database.engine, "base")
    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    assert not migrations.is_current(database.engine)
    migrations.upgrade(database.engine)
    assert migrations.is_current(database.engine)
    database.close()
