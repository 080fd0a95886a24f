"""``shifu init``: repeatable preparation of a data folder."""

from pathlib import Path

import click
from sqlmodel import select

from kb import migrations
from kb.accounts.demo import NewAccount, add_demo_people
from kb.accounts.models import Person, PersonRole
from kb.accounts.people import PersonForm, create_person, save_team
from kb.db import Database
from kb.learning.demo import enrol_demo_people
from kb.learning.moment import Moment
from kb.library.content_folder import read_content
from kb.library.content_transfer import (
    NotAFolderError,
    demo_was_removed,
    import_content,
    import_files,
    without_demo,
)
from kb.library.vocabulary import Role
from kb.messages import N_
from kb.ports import SystemClock
from kb.settings import Settings
from web.cli.index import build_if_needed
from web.cli.output import say
from web.cli.runtime import open_settings


@click.command()
@click.option("--empty", is_flag=True, help="For real use: one administrator, no demo people.")
@click.option("--library/--no-library", default=True, help="Import the shipped articles.")
@click.option(
    "--admin", default="admin", show_default=True, help="Login of the administrator with --empty."
)
@click.option("--no-index", is_flag=True, help="Leave the index for later.")
def init(empty: bool, library: bool, admin: str, no_index: bool) -> None:
    """Prepare the data folder. Run it again after an upgrade: nothing is lost or doubled."""
    settings = open_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    _ = settings.signing_key
    database = Database(settings.sqlalchemy_url)
    if not migrations.is_current(database.engine):
        say(N_("Preparing the database …"))
        migrations.upgrade(database.engine)
    accounts = _first_people(database, empty, admin)
    if library:
        _import_library(database, settings)
    if library and not empty:
        with database.write() as session:
            enrol_demo_people(session, Moment.of(SystemClock().now(), settings.time_zone))
    if not no_index:
        build_if_needed(database, settings)
    _print_accounts(accounts)


def _first_people(database: Database, empty: bool, admin: str) -> list[NewAccount]:
    now = SystemClock().now()
    with database.write() as session:
        someone = session.exec(select(Person.id).limit(1)).first()
        demo = session.exec(select(Person.id).where(Person.is_demo).limit(1)).first()
        if not empty and (someone is None or demo is not None):
            return add_demo_people(session, now)
        admins = session.exec(select(PersonRole).where(PersonRole.role == Role.ADMIN)).first()
        if admins is not None:
            return []
        save_team(session, "sales", "Sales", None, now)
        form = PersonForm(admin, admin, roles=frozenset({Role.ADMIN}), teams=frozenset({"sales"}))
        _, password = create_person(session, form, None, now)
        return [NewAccount(admin, admin, ("admin",), password)]


def _import_library(database: Database, settings: Settings) -> None:
    folder = Path(settings.content_dir)
    if not folder.is_dir():
        raise NotAFolderError(folder=folder)
    content = read_content(folder)
    with database.write() as session:
        if demo_was_removed(session):
            content = without_demo(content)
        report = import_content(session, content, SystemClock().now(), settings.time_zone)
    import_files(folder, settings.uploads_dir)
    if report.created or report.updated:
        say(
            N_("Library: %(created)s articles new, %(updated)s updated."),
            created=len(report.created),
            updated=len(report.updated),
        )
    for path in report.conflicts:
        say(
            N_("%(path)s changed in the folder and on the site; the site's text is kept."),
            path=path,
        )


def _print_accounts(accounts: list[NewAccount]) -> None:
    if not accounts:
        return
    say(N_("\nSign in with one of these. Each password works until you choose your own:"))
    for account in accounts:
        click.echo(f"  {account.login:<14} {account.password:<16} {', '.join(account.roles)}")
    click.echo()
