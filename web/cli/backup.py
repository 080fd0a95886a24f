"""``shifu backup`` and ``shifu restore``."""

from pathlib import Path

import click

from kb.backup import make_backup, restore_backup
from kb.messages import N_
from kb.ports import SystemClock
from web.cli.output import print_json, say
from web.cli.runtime import open_settings


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def backup(target: Path, as_json: bool) -> None:
    """Write database and uploads to TARGET (a file, or a folder) while the site runs."""
    report = make_backup(open_settings(), target, SystemClock().now())
    if as_json:
        print_json(report)
        return
    say(
        N_("Backup written to %(path)s: %(files)s files, %(rows)s rows."),
        path=report.path,
        files=report.files,
        rows=sum(report.rows.values()),
    )


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--replace", is_flag=True, help="Put it in place of existing data, which is kept beside it."
)
def restore(source: Path, replace: bool) -> None:
    """Put the backup SOURCE in place. Stop the site first; then run shifu init."""
    report = restore_backup(open_settings(), source, replace=replace)
    say(
        N_(
            "Restored %(files)s files, %(rows)s rows. Now run shifu init, which rebuilds the index."
        ),
        files=report.files,
        rows=sum(report.rows.values()),
    )
