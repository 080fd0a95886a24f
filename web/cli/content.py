"""``shifu content``: check, stats, format, import, export, remove-demo."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from kb.library.content_folder import Content, content_stats, read_content
from kb.library.content_transfer import (
    NotAFolderError,
    export_content,
    import_content,
    import_files,
    remove_demo,
)
from kb.library.front_matter import serialise
from kb.messages import N_
from kb.ports import SystemClock
from kb.quizzes.content import canonical_quiz_files
from kb.scenarios.scenario_file import FOLDER as SCENARIOS
from kb.scenarios.store import text_of
from kb.search.team_words_file import FILE_NAME as TEAM_WORDS_FILE
from kb.search.team_words_file import serialise_team_words
from web.cli.output import print_json, say, sentence
from web.cli.runtime import open_database, open_settings

_FOLDER = click.argument("folder", type=click.Path(path_type=Path), required=False)


@click.group()
def content() -> None:
    """Check, count, import and export the library's files."""


def _read(folder: Path | None) -> Content:
    folder = folder or open_settings().content_dir
    if not folder.is_dir():
        raise NotAFolderError(folder=folder)
    return read_content(folder)


@content.command()
@_FOLDER
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(folder: Path | None, as_json: bool) -> None:
    """Report every fault of FOLDER at once, with file, line and key. Exit 1 where there are any."""
    read = _read(folder)
    if as_json:
        print_json(
            [
                {
                    "file": p.path,
                    "line": p.problem.line,
                    "key": p.problem.key,
                    "message": sentence(p.problem.message),
                }
                for p in read.problems
            ]
        )
    else:
        for p in read.problems:
            click.echo(
                f"{p.path}:{p.problem.line}: {p.problem.key + ' ' if p.problem.key else ''}{sentence(p.problem.message)}"
            )
        say(
            N_("%(files)s articles read, %(faults)s faults."),
            files=len(read.files),
            faults=len(read.problems),
        )
    sys.exit(1 if read.problems else 0)


@content.command()
@_FOLDER
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def stats(folder: Path | None, as_json: bool) -> None:
    """Count what the files hold; needs no database."""
    read = _read(folder)
    counted = asdict(content_stats(read))
    paths = {
        file.path.slug: {
            "days": file.path.days,
            "steps": len(list(file.path.steps())),
            "minutes": file.path.minutes,
        }
        for file in read.paths
    }
    counted |= {
        "questions": read.quizzes.question_count,
        "scenarios": len({one.slug for one in read.scenarios}),
        "paths": paths,
        "golden": len(read.golden),
    }
    if as_json:
        print_json(counted)
        return
    for name, number in (*counted["articles"].items(), *counted["languages"].items()):
        click.echo(f"{number:>5}  {name}")


@content.command("format")
@_FOLDER
def format_files(folder: Path | None) -> None:
    """Write every sound file of FOLDER in the canonical form."""
    read, changed = _read(folder), 0
    for file in read.files:
        canonical = serialise(file.document)
        if canonical != file.source:
            (read.root / file.path).write_bytes(canonical.encode())
            changed += 1
    changed += _format_team_words(read)
    canonical_files = _canonical_files(read) if not read.problems else {}
    for name, text in canonical_files.items():
        if (read.root / name).read_bytes() != text.encode():
            (read.root / name).write_bytes(text.encode())
            changed += 1
    files = len(read.files) + len(canonical_files) + (read.root / TEAM_WORDS_FILE).is_file()
    say(N_("%(changed)s of %(files)s files rewritten."), changed=changed, files=files)


def _canonical_files(read: Content) -> dict[str, str]:
    """The canonical text of questions, quizzes and scenarios, by path."""
    scenarios = {f"{SCENARIOS}/{one.slug}.{one.lang}.yaml": text_of(one) for one in read.scenarios}
    return canonical_quiz_files(read.quizzes) | scenarios


def _format_team_words(read: Content) -> bool:
    path = read.root / TEAM_WORDS_FILE
    if not path.is_file() or any(p.path == TEAM_WORDS_FILE for p in read.problems):
        return False
    canonical = serialise_team_words(read.team_words).encode()
    if canonical == path.read_bytes():
        return False
    path.write_bytes(canonical)
    return True


@content.command("import")
@_FOLDER
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_(folder: Path | None, as_json: bool) -> None:
    """Bring FOLDER into the database. Articles edited on the site are never overwritten."""
    settings = open_settings()
    read = _read(folder)
    with open_database(settings).write() as session:
        report = import_content(session, read, SystemClock().now(), settings.time_zone)
    import_files(read.root, settings.uploads_dir)
    if as_json:
        print_json(report)
        return
    say(
        N_(
            "%(created)s new, %(updated)s updated, %(unchanged)s unchanged, %(kept)s edited here and kept, %(conflicts)s conflicts."
        ),
        **{key: len(value) for key, value in vars(report).items()},
    )
    for path in report.conflicts:
        say(
            N_("%(path)s changed in the folder and on the site; the site's text is kept."),
            path=path,
        )


@content.command()
@click.argument("folder", type=click.Path(path_type=Path))
def export(folder: Path) -> None:
    """Write the library to FOLDER, byte for byte as it was imported where nobody edited it."""
    settings = open_settings()
    with open_database(settings).read() as session:
        count = export_content(session, folder, settings.uploads_dir)
    say(N_("%(n)s articles written to %(folder)s."), n=count, folder=folder)


@content.command("remove-demo")
@click.confirmation_option(prompt="Remove every article of the demo company?")
def remove_demo_articles() -> None:
    """Take every article of the invented company out of the database."""
    with open_database(open_settings()).write() as session:
        count = remove_demo(session, SystemClock().now())
    say(N_("%(n)s demo articles removed."), n=count)
