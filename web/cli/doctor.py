"""``shifu doctor``: what is wrong with this installation, and what to do."""

import os
import sys

import click

from indexer.builder import IndexBuilder
from indexer.model_loading import load_embedder
from kb.errors import ShifuError
from kb.library.index_feed import published_fingerprints
from kb.messages import N_, Message
from web.cli.output import fail, say
from web.cli.runtime import open_database, open_settings


@click.command()
def doctor() -> None:
    """Check settings, data folder, database, model and index. Exit 1 where something is wrong."""
    problems: list[Message] = []
    settings = open_settings()
    if not os.access(settings.data_dir, os.W_OK):
        problems.append(
            Message(
                N_("%(folder)s cannot be written. Give its owner the right to write."),
                {"folder": settings.data_dir},
            )
        )
    if settings.host not in ("127.0.0.1", "localhost", "::1") and not settings.base_url:
        problems.append(
            Message(
                N_(
                    "The site listens on %(host)s without SHIFU_BASE_URL; set it so that links and cookies fit."
                ),
                {"host": settings.host},
            )
        )
    try:
        database = open_database(settings)
        builder = IndexBuilder(settings.index_dir, load_embedder(settings.model))
        with database.read() as session:
            problems += builder.check(published_fingerprints(session))
    except ShifuError as error:
        problems.append(error.message)
    for problem in problems:
        fail(problem)
    if not problems:
        say(N_("All is well."))
    sys.exit(1 if problems else 0)
