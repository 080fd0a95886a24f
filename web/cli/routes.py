"""``shifu routes``: the table of addresses and roles, generated from the views."""

import click

from kb.documents import IndexState, SearchRequest, SearchResult, Semantic
from kb.library.vocabulary import Role
from web.cli.output import print_json


class _NoEngine:
    def search(self, request: SearchRequest) -> SearchResult:
        return SearchResult((), Semantic.OFF)

    def state(self) -> IndexState:
        return IndexState(0, 0, 0, "off")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def routes(as_json: bool) -> None:
    """Print which role may use which address."""
    from kb.db import Database
    from kb.ports import SystemClock
    from kb.settings import Settings
    from web.app import Services, create_app
    from web.rights import route_table

    settings = Settings(secret_key="only for listing routes")  # noqa: S106 - signs nothing
    app = create_app(Services(settings, Database("sqlite://"), _NoEngine(), SystemClock()))
    table = route_table(app)
    if as_json:
        print_json(
            [
                {
                    "rule": r.rule,
                    "methods": r.methods,
                    "right": r.right,
                    "roles": [role for role in Role if r.allows(frozenset({role}))],
                }
                for r in table
            ]
        )
        return
    for r in table:
        roles = ", ".join(role for role in Role if r.allows(frozenset({role})))
        click.echo(f"{'/'.join(r.methods):<9} {r.rule:<58} {r.right:<11} {roles}")
