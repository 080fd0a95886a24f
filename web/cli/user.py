"""``shifu user``: people from the command line."""

import click
from sqlmodel import select

from kb.accounts.models import Person
from kb.accounts.people import PersonForm, create_person, list_people, reset_to_temporary
from kb.errors import InvalidError
from kb.library.vocabulary import Role
from kb.messages import N_
from kb.permissions import found
from kb.ports import SystemClock
from web.cli.output import print_json, say, sentence
from web.cli.runtime import open_database, open_settings


@click.group()
def user() -> None:
    """Add people, list them, reset passwords."""


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> None:
    """List everyone."""
    with open_database(open_settings()).read() as session:
        rows = [
            {
                "login": p.person.login,
                "name": p.person.name,
                "roles": p.roles,
                "teams": p.teams,
                "active": p.person.active,
            }
            for p in list_people(session)
        ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(
            f"{row['login']:<16} {row['name']:<10} {', '.join(row['roles'])} {'' if row['active'] else '(inactive)'}"
        )


@user.command()
@click.argument("login")
@click.option("--name", required=True)
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
)
@click.option("--team", "teams", multiple=True)
def add(login: str, name: str, roles: tuple[str, ...], teams: tuple[str, ...]) -> None:
    """Add LOGIN and print a temporary password."""
    form = PersonForm(
        login, name, roles=frozenset(Role(role) for role in roles), teams=frozenset(teams)
    )
    try:
        with open_database(open_settings()).write() as session:
            _, password = create_person(session, form, None, SystemClock().now())
    except InvalidError as error:
        raise click.UsageError(
            "; ".join(f"{key}: {sentence(m)}" for key, m in error.fields.items())
        ) from None
    say(
        N_("%(login)s can sign in once with %(password)s and then chooses a password."),
        login=login,
        password=password,
    )


@user.command()
@click.argument("login")
def reset(login: str) -> None:
    """Give LOGIN a new temporary password and end their sessions."""
    with open_database(open_settings()).write() as session:
        person = found(session.exec(select(Person).where(Person.login == login)).first())
        password = reset_to_temporary(session, person, None, SystemClock().now())
    say(
        N_("%(login)s can sign in once with %(password)s and then chooses a password."),
        login=login,
        password=password,
    )
