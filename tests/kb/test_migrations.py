"""Migrations go up and down, and agree with the models."""

from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
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


def test_an_older_schema_and_an_empty_file_are_not_current(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    assert not migrations.is_current(database.engine)
    migrations.upgrade(database.engine)
    migrations.downgrade(database.engine, "-1")
    assert not migrations.is_current(database.engine)
    database.close()


def test_the_newest_revision_is_the_file_with_the_highest_number():
    """``is_current`` relies on it and does not ask Alembic."""
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    numbers = [path.name.split("_")[0] for path in Path(script.versions).glob("[0-9]*.py")]
    assert script.get_current_head() == max(numbers)
    assert sorted(numbers) == sorted(one.revision for one in script.walk_revisions())
